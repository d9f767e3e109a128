"""Figures of units as each night knew them.

The cells that one version of a form gave are summed by unit once (a version sum), with the night it was recorded and
the night it was replaced. What a past night knew is then the sum of the versions that stood at its end.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from expectations.contract.forms import FORMS
from transforms.territory.maps import UNALLOCATED, places
from transforms.territory.registry import Registry

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
    has_districts = bool(registry.units_on(today, "district"))
    placed = {kind: _placed(registry, _periods(facts, kind), today, has_districts) for kind in (False, True)}
    version_sums = {
        form: _gathered(rows.join(placed[FORMS[form].half_yearly], on=["cell_code", "period"]), list(FORMS[form].names))
        for form, rows in facts.items()
    }
    months = placed[False]
    return FiguresAsKnown(
        version_sums, _expected(months), months.select(unit_id="commune", district="district").unique()
    )


def _periods(facts: Mapping[str, pl.DataFrame], half_yearly: bool) -> list[str]:
    found = [rows["period"].unique() for form, rows in facts.items() if FORMS[form].half_yearly is half_yearly]
    return pl.concat(found).unique().to_list() if found else []


def _placed(registry: Registry, periods: Sequence[str], today: date, has_districts: bool) -> pl.DataFrame:
    """Where each cell's figures of a period count on the map: cell_code, period, units, is_whole."""
    found = places(registry, periods, today).filter(pl.col("today_commune") != UNALLOCATED)
    parts = found.group_by("cell_code", "period", "today_commune").agg(
        pl.col("weight").sum(), pl.col("today_district").first(), pl.col("today_province").first()
    )
    return parts.select(
        "cell_code",
        "period",
        commune="today_commune",
        district=pl.col("today_district") if has_districts else pl.lit(None, pl.String),
        province="today_province",
        is_whole=pl.col("weight") > 1 - 1e-9,  # weights are sums of fractions: 1 may come out a rounding short
    )


def _gathered(rows: pl.DataFrame, measures: list[str]) -> pl.DataFrame:
    keys = ["period", "recorded_at", "superseded_at"]
    sums = [pl.len().alias("cells"), *(pl.col(name).sum() for name in measures), pl.col("is_whole").all()]
    low = rows.group_by("commune", "district", "province", *keys).agg(*sums)
    frames = []
    for level in LEVELS:
        again = [pl.col("cells").sum(), *(pl.col(name).sum() for name in measures), pl.col("is_whole").all()]
        frame = low.filter(pl.col(level).is_not_null()).group_by(pl.col(level).alias("unit_id"), *keys).agg(*again)
        frames.append(frame.with_columns(level=pl.lit(level)))
    # A cell parted between communes of one district or of the province is whole there.
    whole = (pl.col("level") != "commune") | pl.col("is_whole")
    return pl.concat(frames).filter(whole).drop("is_whole").sort("level", "unit_id", *keys)


def _expected(placed: pl.DataFrame) -> pl.DataFrame:
    frames = [
        placed.filter(pl.col(level).is_not_null())
        .group_by(pl.col(level).alias("unit_id"), "period")
        .agg(cells=pl.col("cell_code").n_unique())
        .with_columns(level=pl.lit(level))
        for level in LEVELS
    ]
    return pl.concat(frames).sort("level", "unit_id", "period")


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
