"""The table of pilots' effects: each pilot by each of its outcomes, the whole and by months since the start."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from expectations.contract.indicators import INDICATOR_OF
from expectations.contract.periods import Period
from transforms.months import month_number, month_of_year, year_of
from transforms.pilots.assignments import strata_of
from transforms.pilots.design import Followed, NoEffect, followed
from transforms.pilots.effect import Effect, PilotJudged, judged
from transforms.pilots.panel import Cohorts, PilotPanel
from transforms.pilots.pilot import Outcome, Pilot, named
from transforms.pilots.power import Plan, plan
from transforms.territory.registry import Registry

PAST, LEAST_PAST = 36, 12
"""Months before the first start that are looked at, and without which nothing is said."""
LENGTH = 12
"""Months a pilot is planned for that has no end."""
HALF = 0.5
"""Coverage below which a month is not known: who did not report may be of another kind."""
UNPLACED = "chua-phan-bo"
Row = dict[str, Any]
Seen = Mapping[tuple[str, str], date]
SCHEMA: dict[str, type[pl.DataType]] = {
    "pilot": pl.String,
    "indicator": pl.String,
    "map": pl.String,
    "level": pl.String,
    "unit_code": pl.String,
    "unit_name": pl.String,
    "period": pl.String,
    "part": pl.String,
    "months_since": pl.Int64,
    "rate_ratio": pl.Float64,
    "ratio_lower": pl.Float64,
    "ratio_upper": pl.Float64,
    "cases_a_month": pl.Float64,
    "cases_lower": pl.Float64,
    "cases_upper": pl.Float64,
    "p_value": pl.Float64,
    "smallest_p": pl.Float64,
    "assignments": pl.Int64,
    "is_exact": pl.Boolean,
    "observed_cases": pl.Float64,
    "expected_cases": pl.Float64,
    "pilot_months": pl.Float64,
    "units_with": pl.Int64,
    "units_without": pl.Int64,
    "units_left_out": pl.Int64,
    "chosen": pl.String,
    "named": pl.String,
    "written_on": pl.Date,
    "first_seen": pl.Date,
    "starts_on": pl.Date,
    "ends_on": pl.Date,
    "no_effect": pl.String,
    "regression_ratio": pl.Float64,
    "before_after_ratio": pl.Float64,
    "pre_trend_p": pl.Float64,
    "neighbour_ratio": pl.Float64,
    "neighbour_p": pl.Float64,
    "neighbours": pl.Int64,
    "second_method": pl.String,
    "second_cases_a_month": pl.Float64,
    "detectable_ratio": pl.Float64,
    "detectable_cases": pl.Float64,
    "what": pl.String,
    "position": pl.Int64,
}


@dataclass(frozen=True)
class Known:
    """What pilots are judged with.

    Attributes:
        figures: map, level, unit_code, indicator, period, numerator, denominator, coverage of months.
        registry, places: the units, and where they are.
        unsettled: months not shown yet: they take no part.
        first_seen: by pilot and indicator the night that saw it first; by pilot and "" the pilot itself.
        as_of: the night.
    """

    figures: pl.DataFrame
    registry: Registry
    places: Mapping[str, tuple[float, float]]
    unsettled: Collection[str]
    first_seen: Seen
    as_of: date


def pilot_table(pilots: Sequence[Pilot], known: Known) -> pl.DataFrame:
    """All pilots by all their outcomes: the columns of `SCHEMA`.

    part: "whole" or "months", the latter with months_since, from -12 on. What is null is not known; no_effect says why
    there is no effect. rate_ratio is observed over expected, with the interval of all ratios that a permutation of the
    starts does not reject; cases_a_month is of all the pilot's units together. detectable_ratio: of a pilot that has
    not begun.
    """
    rows = [
        row
        for position, pilot in enumerate(pilots)
        for outcome in pilot.outcomes
        for row in _of_outcome(pilot, outcome, known, position)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def pilots_fingerprint(pilots: Sequence[Pilot], unsettled: Iterable[str], seen: Seen) -> str:
    """A short text that changes when the pilots do, the months that are shown, or what was seen of them."""
    told = repr((tuple(pilots), sorted(unsettled), sorted(seen.items())))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _of_outcome(pilot: Pilot, outcome: Outcome, known: Known, position: int) -> Iterator[Row]:
    base = _base(pilot, outcome, known, position)
    where = followed(pilot, known.registry, known.as_of)
    if where is None:
        yield base | {"no_effect": "unknown-units"}
        return
    codes = list(where.names)
    base |= {"map": where.map, "level": where.level, "unit_code": " ".join(codes)}
    base |= {"unit_name": "; ".join(where.names[code] for code in codes), "units_with": len(codes)}
    panel, cohorts = panel_of(pilot, outcome.indicator, where, known)
    base |= {"units_left_out": len(where.mixed)}
    if reason := _not_known(panel, cohorts):
        yield base | {"no_effect": reason} | (_planned(pilot, outcome, panel, cohorts, where) if panel.codes else {})
        return
    told = judged(panel, cohorts, where.strata, known.places, pilot.name, are_worst=pilot.chosen == "worst")
    yield from _rows(base, panel, cohorts, told)


def _base(pilot: Pilot, outcome: Outcome, known: Known, position: int) -> Row:
    seen = known.first_seen.get((pilot.name, outcome.indicator), known.as_of)
    pilot_seen = known.first_seen.get((pilot.name, ""), known.as_of)
    return dict.fromkeys(SCHEMA) | {
        "pilot": pilot.name,
        "what": pilot.what,
        "indicator": outcome.indicator,
        "part": "whole",
        "chosen": pilot.chosen,
        "named": named(pilot, outcome, seen, pilot_seen),
        "written_on": outcome.written_on,
        "first_seen": seen,
        "starts_on": pilot.begins,
        "ends_on": pilot.ends,
        "unit_code": " ".join(pilot.units),
        "position": position,
    }


def panel_of(pilot: Pilot, indicator: str, where: Followed, known: Known) -> tuple[PilotPanel, Cohorts]:
    """The counts of all units of the pilot's level, from three years before it on, without months that it shares.

    A month in which a start or the end falls, not on its first or last day, is of neither side and left out.
    """
    starts = {day: _first_whole(day) for day, _ in where.starts or pilot.starts}
    first, last = min(starts.values()) - PAST, _last_whole(pilot.ends)
    shared = {number_of(day) for day in (*starts, *([pilot.ends] if pilot.ends else []))}
    shared -= {*starts.values(), last}
    panel = panel_from(known, where.map, where.level, indicator, (first, last), where.mixed, where.begins)
    kept = ~np.isin(panel.months, list(shared))
    panel = panel.in_months(kept)
    numbers = sorted(set(starts.values()))
    labels = np.zeros(len(panel.codes), dtype=np.int8)
    for day, codes in where.starts:
        labels[np.isin(panel.codes, list(codes))] = numbers.index(starts[day]) + 1
    return panel, Cohorts(labels, tuple(numbers))


def panel_from(
    known: Known,
    map_name: str,
    level: str,
    indicator: str,
    months: tuple[int, int | None],
    without: Collection[str] = (),
    begins: Mapping[str, date] | None = None,
) -> PilotPanel:
    """The counts of an indicator by unit and month, of units of which a month is known.

    Args:
        months: the first and the last, numbers; null: whatever is known.
        without: codes left out; so is what nobody has placed.
        begins: of codes that stood for another territory before, the day from which they are of this one.
    """
    first, last = months
    rows = known.figures.filter(
        (pl.col("map") == map_name)
        & (pl.col("level") == level)
        & (pl.col("indicator") == indicator)
        & ~pl.col("unit_code").is_in([*without, UNPLACED])
        & ~pl.col("period").is_in(list(known.unsettled))
    ).with_columns(month=month_number().cast(pl.Int64))
    rows = rows.filter((pl.col("month") >= first) & (pl.lit(last is None) | (pl.col("month") <= (last or 0))))
    if rows.is_empty():
        return PilotPanel((), np.zeros(0, dtype=np.int64), np.zeros((0, 0)), np.zeros((0, 0)))
    codes, numbers = sorted(rows["unit_code"].unique()), rows["month"].to_numpy()
    every = np.arange(numbers.min(), numbers.max() + 1)
    told = rows.filter((pl.col("denominator") > 0) & pl.col("numerator").is_not_null() & (pl.col("coverage") >= HALF))
    places = np.searchsorted(np.array(codes), told["unit_code"].to_numpy()), told["month"].to_numpy() - every[0]
    counts, exposure = np.zeros((2, len(codes), len(every)))
    counts[places], exposure[places] = told["numerator"].clip(lower_bound=0).to_numpy(), told["denominator"].to_numpy()
    since = np.array([_first_whole(begins[code]) if begins and code in begins else 0 for code in codes])
    is_of_another = every[None, :] < since[:, None]
    counts[is_of_another] = exposure[is_of_another] = 0.0
    return PilotPanel(tuple(codes), every, counts, exposure).of(np.asarray((exposure > 0).any(1)))


def number_of(day: date) -> int:
    """The number of a day's month."""
    return Period.month_of(day).number


def _first_whole(day: date) -> int:
    return number_of(day) + (day.day > 1)


def _last_whole(day: date | None) -> int | None:
    if day is None:
        return None
    return number_of(day) - (day != Period(day.year, day.month).last_day)


def _not_known(panel: PilotPanel, cohorts: Cohorts) -> NoEffect | None:
    has_pilot = cohorts.labels > 0
    if not has_pilot.any():
        return "unknown-units"
    if (~has_pilot).sum() < 2:
        return "no-others"
    known = panel.exposure > 0
    if (known[has_pilot].any(0) & (panel.months < min(cohorts.starts))).sum() < LEAST_PAST:
        return "no-past"
    if not (known & cohorts.treated(panel.months)).any():
        return "not-started"
    runs = panel.months >= min(cohorts.starts)
    if panel.counts[:, runs].sum() == 0 or panel.counts[has_pilot].sum() == 0:
        return "no-cases"
    return None


def _planned(pilot: Pilot, outcome: Outcome, panel: PilotPanel, cohorts: Cohorts, where: Followed) -> Row:
    """What a pilot that has not begun could show."""
    past = panel.in_months(panel.months < min(cohorts.starts, default=0))
    has_pilot = cohorts.labels > 0
    if past.counts.shape[1] < LEAST_PAST or not has_pilot.any() or has_pilot.all():
        return {}
    end = _last_whole(pilot.ends)
    months = LENGTH if end is None else max(end + 1 - min(cohorts.starts), 1)
    strata = strata_of(past, where.strata)
    found: Plan = plan(past, has_pilot, strata, months, INDICATOR_OF[outcome.indicator].good)
    return {
        "smallest_p": found.smallest_p,
        "assignments": found.ways,
        "detectable_ratio": found.ratio,
        "detectable_cases": found.cases_a_month,
        "units_without": int((~has_pilot).sum()),
    }


def _rows(base: Row, panel: PilotPanel, cohorts: Cohorts, told: PilotJudged) -> Iterator[Row]:
    last = panel.months[(panel.exposure > 0).any(0)].max()
    base = base | {
        "period": str(Period(int(year_of(last)), int(month_of_year(last)) + 1)),
        "units_with": int((cohorts.labels > 0).sum()),
        "units_without": int((cohorts.labels == 0).sum()),
        "smallest_p": told.ways.smallest_p,
        "assignments": told.ways.possible,
        "is_exact": told.ways.is_exact,
    }
    yield (
        base
        | _of_effect(told.whole)
        | {
            "regression_ratio": told.regression.ratio,
            "before_after_ratio": told.before_after,
            "pre_trend_p": told.pre_trend_p,
            "neighbour_ratio": told.near_ratio,
            "neighbour_p": told.near_p,
            "neighbours": told.near_units,
            "second_method": told.second_method or None,
            "second_cases_a_month": told.second_cases,
        }
    )
    for part in told.parts:
        yield base | _of_effect(part) | {"part": "months", "months_since": part.since}


def _of_effect(effect: Effect) -> Row:
    test = effect.tested
    return {
        "rate_ratio": effect.ratio,
        "ratio_lower": test.lower,
        "ratio_upper": test.upper,
        "cases_a_month": effect.cases_a_month,
        "cases_lower": effect.cases_at(test.lower),
        "cases_upper": effect.cases_at(test.upper),
        "p_value": test.p,
        "observed_cases": effect.observed,
        "expected_cases": effect.expected,
        "pilot_months": effect.months,
    }
