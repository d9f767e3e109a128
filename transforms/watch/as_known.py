"""Figures of units as each night knew them.

The cells that one version of a form gave are summed by unit once (a version sum), with the night it was recorded and
the night it was replaced. What a past night knew is then the sum of the versions that stood at its end.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from expectations.contract.forms import FORMS
from transforms.territory.places import UNALLOCATED, alike, places
from transforms.territory.registry import Registry

Index = NDArray[np.int64]

LEVELS = ("commune", "district", "province")


@dataclass(frozen=True)
class FiguresAsKnown:
    """All figures on one map, with the nights on which each was known.

    Attributes:
        version_sums: by form, the sum of what one version gave for one unit and period: level, unit_id, period,
            recorded_at, superseded_at (null while it stands), cells (how many have figures) and the form's measures.
        expected: level, unit_id, period, cells (that were active at the period's end).
        parents: unit_id of a commune, district (code; null where there is none).
    """

    version_sums: Mapping[str, pl.DataFrame]
    expected: pl.DataFrame
    parents: pl.DataFrame


def nights_by_territory(nights: Iterable[date], registry: Registry) -> list[list[date]]:
    """The nights in order, parted where the communes' territories changed: each part is judged on its own map.

    A series that went on over a reform would compare two territories that share a name.
    """
    turns = sorted(_reform_days(registry))
    parts: dict[int, list[date]] = {}
    for night in sorted(set(nights)):
        parts.setdefault(sum(turn <= night for turn in turns), []).append(night)
    return list(parts.values())


def night_from(nights: Sequence[date], day: date) -> date | None:
    """The first night on or after a day; none where it is still to come.

    Args:
        nights: in order.
    """
    place = bisect_left(nights, day)
    return nights[place] if place < len(nights) else None


def _reform_days(registry: Registry) -> set[date]:
    """Days on which a unit began or ended, or a cell's successor stands in another commune."""
    turns = {day for *_, day in registry.unit_succession}
    for origin, to, day, *_ in registry.cell_succession:
        before = {home.commune for home in registry.homes if home.cell_code == origin and home.valid_from < day}
        after = {home.commune for home in registry.homes if home.cell_code == to and home.valid_to >= day}
        if not before & after:
            turns.add(day)
    return turns


def figures_as_known(facts: Mapping[str, pl.DataFrame], registry: Registry, today: date) -> FiguresAsKnown:
    """Gather the versions of cells' figures by unit, on one day's map.

    A cell is followed through its successions to where it stands on that day. A unit that holds a part only of a cell's
    past has no figures in the periods concerned: a divided count is an estimate, and no alert is built on one.
    Districts are those of the day's map; there are none once they were abolished.

    Args:
        facts: by form, cell_code, period, recorded_at, superseded_at and the measures: every version.
        registry: the unit registry.
        today: the day whose map is meant.
    """
    months, halves = (_placed(registry, _periods(facts, kind), today) for kind in (False, True))
    version_sums = {
        form: _gathered((halves if FORMS[form].half_yearly else months).summed(rows, FORMS[form].names))
        for form, rows in facts.items()
    }
    return FiguresAsKnown(
        version_sums, _expected(months), months.placed.select(unit_id="commune", district="district").unique()
    )


def _periods(facts: Mapping[str, pl.DataFrame], half_yearly: bool) -> list[str]:
    found = [rows["period"].unique() for form, rows in facts.items() if FORMS[form].half_yearly is half_yearly]
    return pl.concat(found).unique().to_list() if found else []


_OF_VERSION = ("period", "recorded_at", "superseded_at")
_PLACE = ("commune", "district", "province")


def _placed(registry: Registry, periods: Sequence[str], today: date) -> _Placed:
    """Where each cell's figures of a period count on the map."""
    found_in = alike(registry, periods)
    found = places(registry, found_in.values(), today).filter(pl.col("today_commune") != UNALLOCATED)
    parts = found.group_by("cell_code", "period", "today_commune").agg(
        pl.col("weight").sum(), pl.col("today_district").first(), pl.col("today_province").first()
    )
    has_districts = bool(registry.units_on(today, "district"))
    placed = parts.select(
        "cell_code",
        found_in="period",
        commune="today_commune",
        district=pl.col("today_district") if has_districts else pl.lit(None, pl.String),
        province="today_province",
        is_whole=pl.col("weight") > 1 - 1e-9,  # weights are sums of fractions: 1 may come out a rounding short
    )
    return _Placed(placed, found_in)


class _Placed:
    """Where each cell's figures of a period count, looked up by number: every version there is asks, ten years of them.

    Attributes:
        placed: cell_code, found_in (a period that stands for those alike), commune, district, province, is_whole.
        found_in: by period, the one that stands for it.
    """

    def __init__(self, placed: pl.DataFrame, found_in: Mapping[str, str]) -> None:
        self.placed, self.found_in = placed, found_in
        whole = placed.filter("is_whole")
        self._parts = placed.filter(~pl.col("is_whole"))  # of a parted cell: it counts in several places
        self._places = whole.select(_PLACE).unique(maintain_order=True).with_row_index("place")
        self._cells, self._periods = pl.Enum(whole["cell_code"].unique().sort()), pl.Enum(list(found_in))
        standing = list(dict.fromkeys(found_in.values()))
        self._column = np.array([standing.index(one) for one in found_in.values()], dtype=np.int64)
        self._table = np.full((len(self._cells.categories), len(standing)), -1, dtype=np.int32)
        numbered = whole.join(self._places, on=list(_PLACE), nulls_equal=True, maintain_order="left")
        self._table[self._at(numbered["cell_code"], numbered["found_in"])] = numbered["place"].to_numpy()

    def summed(self, rows: pl.DataFrame, measures: Sequence[str]) -> pl.DataFrame:
        """Sums by place and version: commune, district, province, `_OF_VERSION`, cells, the measures, is_whole.

        Args:
            rows: cell_code, `_OF_VERSION` and the measures; of a cell that stood nowhere nothing is summed.
        """
        sums = [pl.len().alias("cells"), *(pl.col(name).sum() for name in measures)]
        known = rows.filter(pl.col("cell_code").is_in(self._cells.categories.implode()))
        place = self._table[self._at(known["cell_code"], known["period"])]
        whole = (
            known.with_columns(place=pl.Series(place))
            .filter(pl.col("place") >= 0)
            .group_by("place", *_OF_VERSION)
            .agg(sums)
            .join(self._places.cast({"place": pl.Int32}), on="place")
            .select(*_PLACE, *_OF_VERSION, "cells", *measures, is_whole=pl.lit(value=True))
        )
        parted = rows.filter(pl.col("cell_code").is_in(self._parts["cell_code"].implode()))
        parts = parted.with_columns(found_in=pl.col("period").replace_strict(self.found_in, return_dtype=pl.String))
        kept = parts.join(self._parts, on=["cell_code", "found_in"]).group_by(*_PLACE, *_OF_VERSION).agg(*sums)
        return pl.concat([whole, kept.with_columns(is_whole=pl.lit(value=False)).select(whole.columns)])

    def _at(self, cells: pl.Series, periods: pl.Series) -> tuple[Index, Index]:
        """Row and column of the table."""
        row, period = (
            names.cast(kind).to_physical().to_numpy().astype(np.int64)
            for names, kind in ((cells, self._cells), (periods, self._periods))
        )
        return row, self._column[period]


def _gathered(low: pl.DataFrame) -> pl.DataFrame:
    """Sums by unit of every level from those by place."""
    sums = [pl.exclude(*_PLACE, "unit_id", *_OF_VERSION, "is_whole").sum(), pl.col("is_whole").all()]
    frames = [
        low.filter(pl.col(level).is_not_null())
        .group_by(pl.col(level).alias("unit_id"), *_OF_VERSION)
        .agg(sums)
        .with_columns(level=pl.lit(level))
        for level in LEVELS
    ]
    # A cell parted between communes of one district or of the province is whole there.
    whole = (pl.col("level") != "commune") | pl.col("is_whole")
    return pl.concat(frames).filter(whole).drop("is_whole").sort("level", "unit_id", *_OF_VERSION)


def _expected(months: _Placed) -> pl.DataFrame:
    names = pl.DataFrame(list(months.found_in.items()), {"period": pl.String, "found_in": pl.String}, orient="row")
    frames = [
        months.placed.filter(pl.col(level).is_not_null())
        .group_by(pl.col(level).alias("unit_id"), "found_in")
        .agg(cells=pl.col("cell_code").n_unique())
        .with_columns(level=pl.lit(level))
        for level in LEVELS
    ]
    every = pl.concat(frames).join(names, on="found_in").select("unit_id", "period", "cells", "level")
    return every.sort("level", "unit_id", "period")


def as_of(known: FiguresAsKnown, form: str, night: date) -> pl.DataFrame:
    """The figures of a form as they stood at the end of a night.

    Returns:
        level, unit_id, period, cells (with figures), the form's measures; no row where nothing stood.
    """
    alive = (pl.col("recorded_at") <= night) & (pl.col("superseded_at").is_null() | (pl.col("superseded_at") > night))
    measures = list(FORMS[form].names)
    return (
        known.version_sums[form]
        .filter(alive)
        .group_by("level", "unit_id", "period")
        .agg(pl.col("cells", *measures).sum())
        .sort("level", "unit_id", "period")
    )
