"""Where each cell stands at a period's end, on two maps: the units of the time, and today's with the past followed.

On the map `reported` a cell stands where it stood in the period. On the map `today` it is followed through every
merge, split and rename since, and stands where its successor stands on a given day. A commune's cells went with it in
a reform (`whole`); where it was parted, each cell is where the list of moved cells puts it, or under "chưa phân bổ"
while no list does.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

import polars as pl

from expectations.contract.periods import Period
from transforms.territory.lineage import day_before, lineage, today_homes
from transforms.territory.provinces import ProvincesOfDay
from transforms.territory.registry import FOREVER, Registry
from transforms.territory.unit_ids import unit_code_of

UNALLOCATED = "chua-phan-bo"
_PLACED = (
    *("cell_code", "kind", "commune", "district", "province"),
    *("today_cell", "weight", "today_commune", "today_district", "today_province", "later_commune", "span"),
)
# What tells one place from another: cells that share all of these are summed together wherever they go.
_PLACE = (*("commune", "district", "province"), *("today_commune", "today_district", "today_province", "later_commune"))


def places(registry: Registry, periods: Iterable[str], today: date, summed: pl.DataFrame | None = None) -> pl.DataFrame:
    """Every cell active at a period's end, where it stood then and where its parts stand on today's map.

    Args:
        registry: the unit registry.
        periods: as `2021-03` or `2021-H1`.
        today: the day whose map is called today's.
        summed: place, period: whose cells that stand alone are passed over (see `stays_alone`).

    Returns:
        period, cell_code, kind, commune, district (null where there is none), province, today_cell, weight,
        today_commune, today_district, today_province, later_commune (where it will stand once all that the registry
        announces has happened), span (the day from which the cell was followed so). Communes are
        unit_ids, the others codes; `chua-phan-bo` where the registry does not tell. A split cell has one row a part.
    """
    ends = _period_ends(registry, periods)
    stays = _stays(registry, today).with_row_index("stay")
    at = stays.select("stay", "place", "first", "last").join_where(
        ends, pl.col("first") <= pl.col("period_end"), pl.col("last") >= pl.col("period_end")
    )
    if summed is not None:
        at = at.join(summed, on=["place", "period"], how="anti")
    return (
        at.select("stay", "period", "has_districts")
        .join(stays, on="stay")
        .with_columns(_in_no_district())
        .select("period", *_PLACED)
    )


def _in_no_district() -> pl.Expr:
    """While there are districts, a cell that lies in none is one whose district is not told."""
    return pl.when("has_districts").then(pl.col("district").fill_null(UNALLOCATED)).otherwise("district")


def stays_alone(registry: Registry, today: date) -> pl.DataFrame:
    """The stays of cells that stand alone: that were never merged, split or renamed and have one home at a time.

    What cells of one place report in a period can be summed as it is, wherever it lies (`CellFigures.summed`).

    Returns:
        cell_code, first and last (the days on which it stands so), place: a number.
    """
    return _stays(registry, today).select("cell_code", "first", "last", "place").drop_nulls("place")


def of_places(sums: pl.DataFrame, registry: Registry, today: date) -> pl.DataFrame:
    """Sums by place and period with where the place lies, in the columns of `places`, instead of its number."""
    lies = _stays(registry, today).select("place", *_PLACE).unique("place")
    return (
        sums.join(lies, on="place")
        .join(_period_ends(registry, sums["period"].unique()), on="period")
        .with_columns(_in_no_district())
        .drop("place", "period_end", "has_districts")
    )


def alike(registry: Registry, periods: Iterable[str]) -> dict[str, str]:
    """By period, the first of the given ones at whose end everything stood where it does at its own.

    What stands where changes on few days: `places` of ten years are those of a few periods.
    """
    spans = {(one.valid_from, one.valid_to) for one in registry.homes}
    spans |= {(one.valid_from, one.valid_to) for one in registry.units}
    ends = {last + timedelta(days=1) for _, last in spans if last < FOREVER}
    turns = sorted(ends | {begun for begun, _ in spans} | {day for _, _, day, *_ in registry.cell_succession})
    first: dict[int, str] = {}
    return {
        period: first.setdefault(bisect_right(turns, Period.parse(period).last_day), period)
        for period in sorted(set(periods))
    }


def strangers(cells: pl.DataFrame, registry: Registry, today: date) -> pl.DataFrame:
    ends = _period_ends(registry, cells["period"].to_list())
    days = cells.join(ends.select("period", first="period_end", last="period_end"), on="period").with_columns(
        kind=pl.lit(None, pl.String), commune=pl.lit(UNALLOCATED), district=pl.lit(None, pl.String)
    )
    return (
        _followed(days, registry, today)
        .join(ends, left_on="first", right_on="period_end")
        .with_columns(district=pl.when("has_districts").then(pl.lit(UNALLOCATED)).otherwise(None))
        .select("period", *_PLACED)
    )


def _period_ends(registry: Registry, periods: Iterable[str]) -> pl.DataFrame:
    """Last day of each period, and whether there were districts."""
    rows = []
    for period in sorted(set(periods)):
        end = Period.parse(period).last_day
        rows.append((period, end, bool(registry.units_on(end, "district"))))
    schema = {"period": pl.String, "period_end": pl.Date, "has_districts": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


@lru_cache(maxsize=2)
def _stays(registry: Registry, today: date) -> pl.DataFrame:
    """Every cell's stays (columns of `_PLACED`, and first and last: the days on which that is so; place).

    A home is cut where its cell is followed otherwise from, or its commune lies in another province. What is found for
    a stay once holds for all its months. Stays whose cells may be summed together have one number as their place; one
    of a cell that does not stand alone has none.
    """
    homes = pl.DataFrame(
        [
            (h.cell_code, h.kind, h.commune or UNALLOCATED, h.district_code, h.valid_from, h.valid_to)
            for h in registry.homes
        ],
        schema={
            **dict.fromkeys(("cell_code", "kind", "commune", "district"), pl.String),
            "first": pl.Date,
            "last": pl.Date,
        },
        orient="row",
    )
    stays = _followed(homes, registry, today)
    alone = stays.filter(~pl.col("cell_code").is_in(_with_company(registry)))
    numbered = alone.select(_PLACE).unique().sort(_PLACE).with_row_index("place")
    return pl.concat(
        [
            alone.join(numbered, on=_PLACE, nulls_equal=True).select(*stays.columns, "place"),
            stays.join(alone, on="cell_code", how="anti").with_columns(place=pl.lit(None, numbered["place"].dtype)),
        ]
    )


def _with_company(registry: Registry) -> list[str]:
    """The cells that were or will be something else, or took one in, and those with two homes at once."""
    succeeded = {code for origin, to, *_ in registry.cell_succession for code in (origin, to)}
    return sorted(succeeded | set(at_home_twice(registry)))


def at_home_twice(registry: Registry) -> list[str]:
    return [
        one.cell_code
        for one, then in pairwise(registry.homes)
        if one.cell_code == then.cell_code and one.valid_to >= then.valid_from
    ]


def _followed(stays: pl.DataFrame, registry: Registry, today: date) -> pl.DataFrame:
    """Stays (cell_code, kind, commune, district, first, last) with where they lie and what became of their cells.

    A cell of which the registry knows nothing is its own successor.
    """
    now = ProvincesOfDay(registry, today)
    lines = lineage(registry, today).with_columns(span="valid_from")
    placed = (
        _cut(stays, _provinces_of(registry, stays["commune"].unique()), "commune")
        .pipe(_cut, lines.rename({"valid_from": "since", "valid_to": "until"}), "cell_code")
        .with_columns(pl.col("today_cell").fill_null(pl.col("cell_code")), pl.col("weight").fill_null(1.0))
        .join(today_homes(registry, today).drop("today_commune_code"), on="today_cell", how="left")
        .join(_later_homes(registry), on="today_cell", how="left")
        .with_columns(pl.col("today_commune", "today_district", "later_commune").fill_null(UNALLOCATED))
    )
    communes = placed["today_commune"].unique()
    provinces = [now.of(unit_code_of(unit_id)) or UNALLOCATED for unit_id in communes]
    return placed.with_columns(
        today_province=pl.col("today_commune").replace_strict(communes, provinces, return_dtype=pl.String)
    ).select(*_PLACED, "first", "last")


def _cut(stays: pl.DataFrame, spans: pl.DataFrame, key: str) -> pl.DataFrame:
    """Stays cut by the spans of their key (columns since and until); a key that has none stays whole, all null."""
    return (
        stays.join(spans, on=key, how="left")
        .filter(
            pl.col("since").is_null() | ((pl.col("since") <= pl.col("last")) & (pl.col("until") >= pl.col("first")))
        )
        .with_columns(first=pl.max_horizontal("first", "since"), last=pl.min_horizontal("last", "until"))
        .drop("since", "until")
    )


def _provinces_of(registry: Registry, communes: pl.Series) -> pl.DataFrame:
    """Which province each commune lies in from one day (`since`) to another (`until`), `chua-phan-bo` if not told."""
    turns = {unit.valid_from for unit in registry.units}
    turns |= {unit.valid_to + timedelta(days=1) for unit in registry.units if unit.valid_to < FOREVER}
    spans: dict[str, list[tuple[str, date]]] = {unit_id: [] for unit_id in communes}
    for turn in sorted({date.min} | turns):
        provinces = ProvincesOfDay(registry, turn)
        for unit_id, known in spans.items():
            province = provinces.of(unit_code_of(unit_id)) or UNALLOCATED
            if not known or known[-1][0] != province:
                known.append((province, turn))
    rows = [
        (unit_id, province, since, after)
        for unit_id, known in spans.items()
        for (province, since), after in zip(known, [*(day_before(day) for _, day in known[1:]), FOREVER], strict=True)
    ]
    schema = {"commune": pl.String, "province": pl.String, "since": pl.Date, "until": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row")


@lru_cache(maxsize=1)
def _later_homes(registry: Registry) -> pl.DataFrame:
    """Where each cell, or the larger part of it, stands on the last map the registry knows."""
    ends = lineage(registry, FOREVER).filter(pl.col("valid_to") == FOREVER).sort("weight", descending=True)
    homes = today_homes(registry, FOREVER).select(last_cell="today_cell", later_commune="today_commune")
    return (
        ends.unique("cell_code", keep="first", maintain_order=True)
        .select(last_cell="today_cell", today_cell="cell_code")
        .join(homes, on="last_cell", how="left")
        .drop("last_cell")
    )
