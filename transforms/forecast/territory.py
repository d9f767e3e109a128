"""The parts of a province on one map, and their months as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array = NDArray[np.float64]
Float = TypeVar("Float", np.float32, np.float64)

SILENT = 12  # months after which a unit that reports nothing is not foreseen
PARTIAL = 0.9  # the share of its members below which a month is no figure of a unit


@dataclass(frozen=True, slots=True)
class Territory:
    """What is followed together.

    Attributes:
        codes: of its parts: districts, or the province itself where there are none. level: theirs.
        province: the code of their sum.
        months: month numbers without gaps, from the first that is known.
        counts: of each measure parts x months, of those who reported; NaN where not known.
        reported, members: parts x months: the share of the members that reported, and how many reported.
        whole: parts x months; the last known members.
    """

    codes: tuple[str, ...]
    level: str
    province: str
    months: NDArray[np.int64]
    counts: dict[str, Array]
    reported: Array
    members: Array
    whole: Array

    @property
    def series(self) -> list[tuple[str, str]]:
        """Code and level of each part, and after districts of the province."""
        own = [(code, self.level) for code in self.codes]
        return [*own, (self.province, "province")] if self.level == "district" else own

    def with_province(self, values: NDArray[Float]) -> NDArray[Float]:
        """Values of the parts, and after districts' their sum."""
        return np.concatenate([values, values.sum(axis=0, keepdims=True)]) if self.level == "district" else values

    def is_like(self, other: Territory) -> bool:
        """Whether the same is known of the same parts, in all of its months, of which the other may have more."""
        mine, its = ((one.codes, one.level, one.province, one.months[0]) for one in (self, other))
        pairs = [(self.reported, other.reported), (self.members, other.members), (self.whole, other.whole)]
        pairs += [(self.counts[name], other.counts[name]) for name in self.counts]
        until = len(self.months)
        return mine == its and all(np.array_equal(one, two[:, :until], equal_nan=True) for one, two in pairs)


def parts_of(rows: pl.DataFrame, month: int) -> tuple[str, ...]:
    """The unit_ids that are foreseen after a month: districts heard of in the year before, else the province's own.

    Args:
        rows: of one map, with month, level, unit_id and members_reported.
    """
    standing = rows.filter(pl.col("month") == month)
    heard = rows.filter(pl.col("month").is_between(month - SILENT + 1, month) & (pl.col("members_reported") > 0))
    for level in ("district", "province"):
        found = standing.filter(pl.col("level") == level).join(heard, on="unit_id", how="semi")
        if found.height:
            return tuple(found.sort("unit_code")["unit_id"])
    return ()


def territory(rows: pl.DataFrame, parts: Sequence[str], last: int, measures: Sequence[str]) -> Territory:
    """The months of some parts up to one.

    Args:
        rows: of one map, with month: map, level, unit_id, unit_code, the measures, members_reported, members_known.
        parts: unit_ids, in order; one of them at least known in some month.
        last: number of that month.
    """
    own = rows.filter(pl.col("unit_id").is_in(list(parts)) & (pl.col("month") <= last))
    first = own.filter(pl.col("members_reported") > 0)["month"].min()
    months = np.arange(first if isinstance(first, int) else last, last + 1)
    own = own.filter(pl.col("month") >= months[0])
    place = own["unit_id"].replace_strict({one: at for at, one in enumerate(parts)}, return_dtype=pl.Int64).to_numpy()
    at = place, own["month"].to_numpy() - months[0]

    def laid(name: str) -> Array:
        found = np.full((len(parts), len(months)), np.nan)
        found[at] = own[name].cast(pl.Float64).to_numpy()
        return found

    members, known = laid("members_reported"), laid("members_known")
    reported = np.divide(members, known, out=np.zeros_like(members), where=known > 0)
    is_figure = reported >= PARTIAL
    codes = dict(zip(own["unit_id"], own["unit_code"], strict=True))
    province = rows.filter((pl.col("level") == "province") & (pl.col("month") == last))["unit_code"]
    return Territory(
        codes=tuple(codes[one] for one in parts),
        level=own["level"][0],
        province=province[0] if len(province) else codes[parts[0]],
        months=months,
        counts={name: np.where(is_figure, laid(name), np.nan) for name in measures},
        reported=reported,
        members=members,
        whole=_last_known(known),
    )


def _last_known(values: Array) -> Array:
    """Units x months: the last value above 0 up to each month; 1 where there is none yet."""
    some = np.isfinite(values) & (values > 0)
    place = np.maximum.accumulate(np.where(some, np.arange(values.shape[1]), -1), axis=1)
    found: Array = np.where(place >= 0, np.take_along_axis(values, np.maximum(place, 0), axis=1), 1.0)
    return found
