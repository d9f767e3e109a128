"""Judges planted changes by the functions the nights are judged with: which are seen, and after how many months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.eyesight.kinds import Drawn, Trial
from transforms.eyesight.planting import family_of
from transforms.eyesight.still_life import StillLife, only
from transforms.watch.budget import Budget
from transforms.watch.findings import findings
from transforms.watch.months_to_judge import MonthAsKnown

_FIRST = date(1, 1, 1)


def look(still: StillLife, drawn: Sequence[Drawn], budget: Budget) -> list[Trial]:
    """The trials with what came of them, in their order.

    Each copy stands for a night of its own, so that all copies of one series are judged in one call and none is held
    against another.
    """
    by_series: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, one in enumerate(drawn):
        by_series[one.trial.plant.indicator, one.trial.level].append(number)
    seen: dict[int, int] = {}
    for (indicator, level), numbers in by_series.items():
        copies = [
            (number, months, _copy(still, drawn[number], months))
            for number in numbers
            for months in drawn[number].trial.plant.looked_for(drawn[number].trial.size)
        ]
        nights = [replace(copy, night=_FIRST + timedelta(days=at)) for at, (_, _, copy) in enumerate(copies)]
        found = findings(nights, dict(still.units), budget, family_of(indicator, level)).filter(pl.col("is_signal"))
        for night, unit, direction in found.select("night", "unit_id", "direction").iter_rows():
            number, months, _ = copies[(night - _FIRST).days]
            trial = drawn[number].trial
            if (unit, direction) == (trial.unit_id, trial.plant.direction):
                seen[number] = min(months, seen.get(number, months))
    return [replace(one.trial, seen_after=seen.get(number)) for number, one in enumerate(drawn)]


def _copy(still: StillLife, one: Drawn, months: int) -> MonthAsKnown:
    """What is known when the change has lasted so many months."""
    trial = one.trial
    lasts = trial.plant.looked_for(trial.size)[-1]
    month = still.months[one.place - lasts + months]
    unit = list(still.units[trial.level].names).index(trial.unit_id)
    figures = dict(month.figures)
    own, whole = dict(figures[trial.level]), dict(figures["province"])
    for name, values in one.figures.items():
        more = np.zeros(own[name].shape[1])
        more[-months:] = np.array(values[:months]) - own[name][unit, -months:]
        own[name] = _with_more(own[name], unit, more)
        if name in whole:
            whole[name] = _with_more(whole[name], 0, more)
    return only(month, trial.level, unit, figures | {"province": whole, trial.level: own})


def _with_more(values: NDArray[np.float64], unit: int, more: NDArray[np.float64]) -> NDArray[np.float64]:
    out = values.copy()
    out[unit] += more
    return out
