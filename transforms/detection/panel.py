"""Turns a long frame of counts into arrays of series by time, and back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Panel:
    """Counts of U units at T consecutive time points.

    Attributes:
        units: names, in the order of the rows.
        start: the t of the first column.
        counts: (U, T) events, NaN where the unit has no figure.
        population: (U, T) people, NaN where unknown; None where the frame gives none.
        days: (U, T) days since 1970-01-01 of the period's first day, -1 where unknown; None without dates.
    """

    units: list[str]
    start: int
    counts: Array
    population: Array | None
    days: Index | None

    @cached_property
    def is_even(self) -> bool:
        """Whether all periods of all units are of one length, by their dates."""
        if self.days is None or self.days.shape[1] < 2:
            return True
        steps = np.diff(self.days, axis=1)
        return bool((self.days >= 0).all() and (steps == steps[0, 0]).all())

    @property
    def last(self) -> int:
        """The t of the last column."""
        return self.start + self.counts.shape[1] - 1

    def rows(self, first: int, last: int) -> pl.DataFrame:
        """unit and t of every point in first..last, unit by unit in the panel's order."""
        n = last - first + 1
        units = pl.Series("unit", self.units, dtype=pl.String)
        return pl.DataFrame(
            {
                "unit": units.gather(np.repeat(np.arange(len(self.units)), n)),
                "t": pl.Series(np.tile(np.arange(first, last + 1), len(self.units)), dtype=pl.Int64),
            }
        )


def to_panel(frame: pl.DataFrame, use_population: bool, last: int | None = None, first: int | None = None) -> Panel:
    """Arrays from unit, t, count and, where they are there, population and date.

    Args:
        frame: one row a unit and t, in any order; null count means not known.
        use_population: whether the population is needed; only then is it read.
        last, first: the last and the first t needed; columns are made for them even where no unit has a figure.

    Raises:
        ValueError: a column is missing, or a unit has two rows for one t.
    """
    wanted = {"unit", "t", "count"} | ({"population"} if use_population else set())
    if missing := sorted(wanted - set(frame.columns)):
        raise ValueError(f"the frame lacks the columns {', '.join(missing)}; it has {', '.join(frame.columns)}")
    frame = frame.sort("unit", "t")
    units = frame["unit"].unique(maintain_order=True).cast(pl.String).to_list()
    row = frame["unit"].rle_id().to_numpy().astype(np.int64)
    t = frame["t"].to_numpy().astype(np.int64)
    if np.any((np.diff(row) == 0) & (np.diff(t) == 0)):
        raise ValueError("a unit has two rows for one t; give one row a unit and t")
    start = int(t.min()) if t.size else 1
    start = min(start, first) if first is not None else start
    end = max(int(t.max()) if t.size else 0, last or 0)
    place = (row, t - start)
    shape = (len(units), max(end - start + 1, 0))
    days = _days(frame, shape, place) if "date" in frame.columns else None
    population = _spread(frame["population"], shape, place) if use_population else None
    return Panel(units, start, _spread(frame["count"], shape, place), population, days)


def _spread(column: pl.Series, shape: tuple[int, int], place: tuple[Index, Index]) -> Array:
    """The column's values at their places, NaN elsewhere and for what is no number: nulls and infinities."""
    out = np.full(shape, np.nan)
    values = column.cast(pl.Float64).to_numpy()
    out[place] = np.where(np.isfinite(values), values, np.nan)
    return out


def _days(frame: pl.DataFrame, shape: tuple[int, int], place: tuple[Index, Index]) -> Index:
    """Days since 1970-01-01 of each period's first day, -1 where the frame has none."""
    out = np.full(shape, -1, dtype=np.int64)
    out[place] = frame["date"].cast(pl.Date).cast(pl.Int32).cast(pl.Int64).fill_null(-1).to_numpy()
    return out


def nullable(values: Array) -> pl.Series:
    """A column in which NaN has become null."""
    return pl.Series(values.ravel(), nan_to_null=True)


def directions(is_rise: Mask, known: Mask) -> pl.Series:
    """The column `direction`: "up" or "down", null where nothing is said."""
    up, told = pl.Series(is_rise.ravel()), pl.Series(known.ravel())
    words = pl.DataFrame({"up": up, "told": told}).select(
        direction=pl.when("told").then(pl.when("up").then(pl.lit("up")).otherwise(pl.lit("down")))
    )
    return words["direction"]
