"""The figures as one night knows them, each of the last months laid out as if it were judged on that night."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.watch.as_known import FiguresAsKnown
from transforms.watch.findings import GroupedUnits, groups
from transforms.watch.months_to_judge import MonthAsKnown, month_names, months_to_judge, units_of
from transforms.watch.watched import LEVELS, needed_measures

MONTHS = 20
"""How many of the last months can hold a planted change: the longest lasts nine, and may end up to a year ago."""


@dataclass(frozen=True)
class StillLife:
    """What one night knows, ready to be judged.

    Attributes:
        months: the last months in order, each with its history up to it; those that nobody has reported are not there.
        units: by level, the units and their groups.
    """

    months: Sequence[MonthAsKnown]
    units: Mapping[str, GroupedUnits]


def still_life(known: FiguresAsKnown, night: date, due_day: int, length: int, most: int = MONTHS) -> StillLife:
    """What stood at the end of a night.

    Every figure that stood is taken to have come on that night where it is of the last months, before it where it is
    older: so the watch's own judging of what is new lays out just the last months.

    Args:
        known: the figures on the night's map.
        night: whose end is meant.
        due_day: day of the next month on which reports are due.
        length: months of history.
        most: how many months are laid out.
    """
    names = month_names(known)
    parents = dict(known.parents.iter_rows())
    units = {level: groups(level, units_of(known, level), parents) for level in LEVELS}
    if not names:
        return StillLife([], units)
    stood = {form: _stood(frame, night, names[-most:][0]) for form, frame in known.version_sums.items()}
    still = FiguresAsKnown(stood, known.expected, known.parents)
    return StillLife(list(months_to_judge(still, [night], {night}, needed_measures(), due_day, length)), units)


def _stood(frame: pl.DataFrame, night: date, first: str) -> pl.DataFrame:
    stands = pl.col("superseded_at").is_null() | (pl.col("superseded_at") > night)
    came = pl.when(pl.col("period") >= first).then(pl.lit(night)).otherwise(pl.lit(night - timedelta(days=1)))
    return frame.filter((pl.col("recorded_at") <= night) & stands).with_columns(
        recorded_at=came, superseded_at=pl.lit(None, pl.Date)
    )


def only(
    month: MonthAsKnown, level: str, unit: int, figures: dict[str, dict[str, NDArray[np.float64]]]
) -> MonthAsKnown:
    """The same month with other figures, of which one unit is judged."""
    nobody = {one: np.zeros_like(mask) for one, mask in month.judged.items()}
    judged = {one: mask.copy() for one, mask in nobody.items()}
    judged[level][unit] = True
    return MonthAsKnown(month.night, month.period, figures, judged, nobody, nobody)
