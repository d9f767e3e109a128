"""Figures of cells gathered by unit on both maps: merged cells are summed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from expectations.contract.forms import FORM_OF
from transforms.months import last_day
from transforms.territory.places import UNALLOCATED, at_home_twice
from transforms.territory.provinces import province_key
from transforms.territory.registry import Registry, Unit
from transforms.territory.unit_ids import unit_code

MAPS = ("reported", "today")
LEVELS = ("province", "district", "commune")
COUNTS = ("units_expected", "units_reported", "members_reported", "members_known")
_UNALLOCATED_NAME = "Chưa phân bổ"


def unit_figures(
    cells: pl.DataFrame, registry: Registry, today: date, summed: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Gather cells by unit, on both maps and at every level.

    Args:
        cells: what `cells_on_both_maps` gives.
        registry: for the units' names.
        today: the day whose map is called today's.
        summed: other cells, that stand alone, summed by place: what `of_places` gives, with `COUNTS`.

    Returns:
        map, level, unit_id, unit_code, unit_name, period, the measures (null where no cell of the unit reported the
        form), units_expected, units_reported (cells), members_reported, members_known (the last known members of the
        cells that reported, and of all); one row a unit and period in which it has cells. From the day districts were
        abolished map `reported` has no row of level district; map `today` follows the former districts' areas.
    """
    measures = [name for name in cells.columns if name in FORM_OF]
    is_plain = _counts_once(cells, registry)
    plain, others = _of_places(cells, is_plain, measures), cells.filter(~is_plain)
    if summed is not None:
        plain = pl.concat([plain, summed.select(plain.columns)])
    frames = []
    for name in MAPS:
        prefix = "today_" if name == "today" else ""
        keys = [pl.col(f"{prefix}{level}").alias(level) for level in LEVELS]
        rest = _lowest(others.with_columns(*keys, cell=pl.col(f"{prefix}cell") if prefix else "cell_code"), measures)
        both = pl.concat([plain.with_columns(keys).select(rest.columns), rest])
        lowest = both.group_by("period", *LEVELS).agg(*sums(measures), pl.col(COUNTS).sum())
        frames += [_gathered(lowest, level, measures).with_columns(map=pl.lit(name)) for level in LEVELS]
    return (
        with_names(pl.concat(frames), registry, today)
        .select("map", "level", "unit_id", "unit_code", "unit_name", "period", *measures, *COUNTS)
        .sort("map", "level", "unit_id", "period")
    )


def with_names(rows: pl.DataFrame, registry: Registry, today: date) -> pl.DataFrame:
    """Add unit_code and unit_name: on map `reported` as it was called at the period's end, on `today` as it is now.

    Args:
        rows: map, level, unit_id (of communes) or code (of the others), period (YYYY-MM, YYYY-H1 or YYYY).
        registry: the units and their names.
        today: the day whose map is called today's.
    """
    names = pl.DataFrame(
        [(_key(registry, u), u.level, u.name, u.valid_from) for u in registry.units],
        schema={"unit_id": pl.String, "level": pl.String, "unit_name": pl.String, "named_on": pl.Date},
        orient="row",
    ).sort("named_on")
    named_on = pl.when(pl.col("map") == "today").then(pl.lit(today)).otherwise(last_day())
    dated = rows.with_columns(named_on=named_on, order=pl.int_range(pl.len())).sort("named_on")
    # check_sortedness: polars cannot check it by group and warns; both sides are sorted just above.
    named = dated.join_asof(names, on="named_on", by=["unit_id", "level"], strategy="backward", check_sortedness=False)
    return (
        named.sort("order")
        .drop("order", "named_on")
        .with_columns(
            pl.col("unit_name").fill_null(pl.when(pl.col("unit_id") == UNALLOCATED).then(pl.lit(_UNALLOCATED_NAME))),
            unit_code=unit_code(),
        )
    )


def _key(registry: Registry, unit: Unit) -> str:
    """What a unit stands under in tables of figures."""
    if unit.level == "commune":
        return unit.unit_id
    return province_key(registry, unit) if unit.level == "province" else unit.unit_code


def _counts_once(cells: pl.DataFrame, registry: Registry) -> pl.Series:
    """Whether a row is all there is of its cell in the period, on both maps: nothing to be told apart from it."""
    is_itself = (pl.col("cell_code") == pl.col("today_cell")) & (pl.col("weight") >= 1)
    twice = pl.Series(at_home_twice(registry), dtype=pl.String)
    taken_in = pl.concat([cells.filter(~is_itself)["today_cell"].unique(), twice])
    return cells.select(is_itself & ~pl.col("cell_code").is_in(taken_in.to_list())).to_series()


def _of_places(cells: pl.DataFrame, is_plain: pl.Series, measures: list[str]) -> pl.DataFrame:
    """Sums by the smallest places of both maps together, of the rows that are a cell each: most cells, in one pass."""
    places = (*LEVELS, *(f"today_{level}" for level in LEVELS))
    return (
        # Told apart by a key: a filter would write a million rows of all columns once more.
        cells.group_by("period", *places, is_plain=is_plain)
        .agg(
            *sums(measures),
            units_expected=pl.len().cast(pl.Int64),
            units_reported=pl.col("is_reported").sum().cast(pl.Int64),
            members_reported=pl.col("members_known").filter("is_reported").sum(),
            members_known=pl.col("members_known").sum(),
        )
        .filter("is_plain")
        .drop("is_plain")
    )


def _lowest(cells: pl.DataFrame, measures: list[str]) -> pl.DataFrame:
    """Sums by commune, with the district and province it lies in; a cell counts once, reported where all of it is."""
    keys = ["period", *LEVELS]
    counted = cells.group_by(*keys, "cell").agg(pl.col("members_known").sum(), pl.col("is_reported").all())
    counts = counted.group_by(keys).agg(
        units_expected=pl.len().cast(pl.Int64),
        units_reported=pl.col("is_reported").sum().cast(pl.Int64),
        members_reported=pl.col("members_known").filter("is_reported").sum(),
        members_known=pl.col("members_known").sum(),
    )
    return cells.group_by(keys).agg(sums(measures)).join(counts, on=keys, nulls_equal=True)


def _gathered(lowest: pl.DataFrame, level: str, measures: list[str]) -> pl.DataFrame:
    return (
        lowest.filter(pl.col(level).is_not_null())
        .group_by("period", unit_id=level)
        .agg(*sums(measures), pl.col(COUNTS).sum())
        .with_columns(level=pl.lit(level))
    )


def sums(names: Iterable[str]) -> list[pl.Expr]:
    """The sum of each measure, null where none of it is known."""
    return [pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in names]
