"""Figures of cells gathered by unit on two maps: the units of the time, and today's units with the past followed.

On the map `reported` a cell stands where it stood in the period. On the map `today` it is followed through every
merge, split and rename since, and stands where its successor stands on a given day: merged cells are summed, a split
cell's past is divided by its weights. A commune's cells went with it in a reform (`whole`); where it was parted, each
cell is where the list of moved cells puts it, or under "chưa phân bổ" while no list does.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

import numpy as np
import polars as pl

from expectations.contract.forms import FORM_OF, FORMS
from expectations.contract.periods import Period
from transforms.months import last_day, month_number
from transforms.territory.apportion import split_measures
from transforms.territory.provinces import ProvincesOfDay, province_key
from transforms.territory.registry import FOREVER, Registry, Unit
from transforms.territory.unit_ids import unit_code, unit_code_of

UNALLOCATED = "chua-phan-bo"
UNALLOCATED_NAME = "Chưa phân bổ"
MAPS = ("reported", "today")
LEVELS = ("province", "district", "commune")
_PLACED = (
    *("cell_code", "kind", "commune", "district", "province"),
    *("today_cell", "weight", "today_commune", "today_district", "today_province", "later_commune", "span"),
)
# What tells one place from another: cells that share all of these are summed together wherever they go.
_PLACE = (*("commune", "district", "province"), *("today_commune", "today_district", "today_province", "later_commune"))
_DAYS_KEPT = 4
COUNTS = ("units_expected", "units_reported", "members_reported", "members_known")


# A registry never changes once it is read, and a night asks for the maps of few days, several times each.
@lru_cache(maxsize=_DAYS_KEPT)
def lineage(registry: Registry, today: date) -> pl.DataFrame:
    """What became of each cell by a day.

    Args:
        registry: the unit registry.
        today: the day whose map is meant; later successions are passed over.

    Returns:
        cell_code, valid_from, valid_to (the days on which a count of the cell is to be followed so), today_cell,
        weight (of 1). A cell nothing happened to is its own successor.
    """
    edges: dict[str, list[tuple[date, str, float]]] = defaultdict(list)
    for origin, to, day, _, weight in registry.cell_succession:
        if day <= today:
            edges[origin].append((day, to, weight))
    rows = []
    for cell in sorted({home.cell_code for home in registry.homes} | set(edges)):
        first = date.min
        for turn in sorted({day for day, *_ in edges[cell]}):
            rows += [(cell, first, _day_before(turn), *end) for end in _ends(cell, first, edges)]
            first = turn
        rows += [(cell, first, FOREVER, *end) for end in _ends(cell, first, edges)]
    schema = {
        "cell_code": pl.String,
        "valid_from": pl.Date,
        "valid_to": pl.Date,
        "today_cell": pl.String,
        "weight": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _ends(cell: str, after: date, edges: dict[str, list[tuple[date, str, float]]]) -> list[tuple[str, float]]:
    """The last successors of a cell and the part of it each carries, following what happened after a day."""
    days = [day for day, *_ in edges.get(cell, ()) if day > after]
    if not days:
        return [(cell, 1.0)]
    turn = min(days)
    steps = [(to, weight) for day, to, weight in edges[cell] if day == turn]
    whole = sum(weight for _, weight in steps)
    ends: dict[str, float] = defaultdict(float)
    for to, weight in steps:
        for end, part in _ends(to, turn, edges):
            ends[end] += weight / whole * part
    return sorted(ends.items())


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


@lru_cache(maxsize=_DAYS_KEPT)
def today_homes(registry: Registry, today: date) -> pl.DataFrame:
    """Where each cell stands on a day's map; a cell that ended stands where its commune went.

    Returns:
        today_cell, today_commune (unit_id), today_commune_code, today_district: the district it last lay in, kept
        after districts were abolished, so that their area can be followed. Null: not told.
    """
    went = {(origin, day): to for origin, to, extent, day in registry.unit_succession if extent == "whole"}
    changed = {(origin, day) for origin, _, _, day in registry.unit_succession if day <= today}
    days = sorted({day for _, day in changed})
    area = areas(registry, today)
    rows = []
    last: dict[str, list] = defaultdict(list)
    for home in registry.homes:
        if home.valid_from <= today:
            last[home.cell_code].append(home)
    for cell, homes in last.items():
        commune = homes[-1].commune_code
        for day in days:  # one step a day: a code may stand for a commune that ends and for one that begins on it
            if day > homes[-1].valid_to and commune and (commune, day) in changed:
                commune = went.get((commune, day))
        district = next((home.district_code for home in reversed(homes) if home.district_code), None)
        rows.append((cell, commune, district or area.get(commune or "")))
    frame = pl.DataFrame(rows, schema=["today_cell", "today_commune_code", "today_district"], orient="row")
    ids = {unit.unit_code: unit.unit_id for unit in registry.units_on(today, "commune")}
    return frame.cast(pl.String).with_columns(
        today_commune=pl.col("today_commune_code").replace_strict(ids, default=None, return_dtype=pl.String)
    )


def areas(registry: Registry, today: date) -> dict[str, str | None]:
    """The former district of each commune whose predecessors all lay in one."""
    parents: dict[str, set[str]] = defaultdict(set)
    by_code: dict[str, list[Unit]] = defaultdict(list)
    for unit in registry.units:
        by_code[unit.unit_code].append(unit)
    for origin, to, _, day in registry.unit_succession:
        if day <= today:
            then = _day_before(day)
            parents[to] |= {u.parent_code or "" for u in by_code[origin] if u.valid_from <= then <= u.valid_to}
    return {to: next(iter(of)) if len(of) == 1 else None for to, of in parents.items()}


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
    return sorted(succeeded | set(_at_home_twice(registry)))


def _at_home_twice(registry: Registry) -> list[str]:
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
        for (province, since), after in zip(known, [*(_day_before(day) for _, day in known[1:]), FOREVER], strict=True)
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


def cells_on_both_maps(
    facts: pl.DataFrame,
    members: pl.DataFrame,
    registry: Registry,
    periods: Iterable[str],
    today: date,
    summed: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The figures of cells, or of the parts of a split cell, with where each stands on both maps.

    Args:
        facts: cell_code, period and measures, one row a cell and period; null = not reported.
        members: cell_code, period (YYYY-MM), members_closing of every month, for what was last known.
        registry: the unit registry.
        periods: the periods wanted, of one kind; facts of others are passed over. For half-years only the kinds of
            cells that report the half-yearly form are expected.
        today: the day whose map is called today's.
        summed: place, period: what is summed already and not among the facts; see `places`.

    Returns:
        what `places` gives, the measures (a split cell's divided among its rows), is_reported and members_known (null
        where none were ever known). A cell that has figures in a period for which the registry has no such cell
        stands under `chua-phan-bo`, so that totals agree.
    """
    periods = sorted(set(periods))
    measures = [name for name in facts.columns if name not in ("cell_code", "period")]
    # A cell is reported once each form of the period is there: the first measure stands for its form.
    forms = [form for form in FORMS.values() if form.names[0] in measures]
    there = (pl.col(form.names[0]).is_not_null() | (pl.col("period") < form.since) for form in forms)
    facts = facts.with_columns(
        pl.col(measures).cast(pl.Int64), is_reported=pl.all_horizontal(*there), fact=pl.int_range(pl.len())
    )
    joined = places(registry, periods, today, summed).join(facts, on=["cell_code", "period"], how="left")
    is_placed = np.zeros(facts.height, dtype=bool)
    is_placed[joined["fact"].drop_nulls()] = True
    strange = facts.filter(~is_placed).filter(pl.col("period").is_in(periods))
    if strange.height:
        placed = _strangers(strange.select("cell_code", "period"), registry, today)
        joined = pl.concat([joined, placed.join(strange, on=["cell_code", "period"]).select(joined.columns)])
    expected = pl.col("kind").is_in(_kinds(measures)) | pl.col("is_reported").is_not_null()
    joined = joined.drop("fact").filter(expected) if _kinds(measures) else joined.drop("fact")
    joined = last_known(joined.with_columns(pl.col("is_reported").fill_null(value=False)), members, registry)
    return _divided(joined, [*measures, "members_known"])


def _kinds(measures: list[str]) -> list[str]:
    """The kinds of cells that report the form of the measures; none named: every kind."""
    return ["hamlet"] if all(FORMS[FORM_OF[name]].hamlet_only for name in measures) else []


def _strangers(cells: pl.DataFrame, registry: Registry, today: date) -> pl.DataFrame:
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


def last_known(cells: pl.DataFrame, members: pl.DataFrame, registry: Registry) -> pl.DataFrame:
    """Add members_known: a cell's members in the period, else the last reported before; else its predecessors'.

    Args:
        cells: cell_code, period and others; members_closing, where it is among them, is that of `members`.
        members: cell_code, period (YYYY-MM), members_closing; null = not reported.
        registry: for the predecessors of a cell that has not reported yet.
    """
    reported = members.drop_nulls().with_columns(pl.col("members_closing").cast(pl.Int64))
    known = cells["members_closing"] if "members_closing" in cells.columns else _in_last_month(cells, reported)
    # What came in the period is nearly all; looking back for each of a million rows would cost more than all else here.
    silent = known.is_null().arg_true()
    if silent.len():
        known = known.scatter(silent, _known_before(cells.select("cell_code", "period")[silent], reported, registry))
    return cells.with_columns(known.alias("members_known"))


def _in_last_month(cells: pl.DataFrame, reported: pl.DataFrame) -> pl.Series:
    """A cell's members in the last month of the period; null where it did not report it."""
    last = {period: str(Period.month_of(Period.parse(period).last_day)) for period in cells["period"].unique()}
    return (
        cells.select("cell_code", period=pl.col("period").replace_strict(last, return_dtype=pl.String))
        .join(
            reported.filter(pl.col("period").is_in(last.values())),
            on=["cell_code", "period"],
            how="left",
            maintain_order="left",
        )
        .get_column("members_closing")
    )


def _known_before(cells: pl.DataFrame, reported: pl.DataFrame, registry: Registry) -> pl.Series:
    """The members a cell last reported before a period, else what its predecessors reported last."""
    origins = pl.DataFrame(
        [(to, origin, weight) for origin, to, _, _, weight in registry.cell_succession if to != origin],
        schema={"cell_code": pl.String, "origin": pl.String, "weight": pl.Float64},
        orient="row",
    )
    asked = pl.concat([cells["cell_code"], origins["origin"]]).unique()
    history = (
        reported.filter(pl.col("cell_code").is_in(asked.to_list()))
        .select("cell_code", month=month_number(), members_known="members_closing")
        .sort("month")
    )
    dated = cells.select("cell_code", month=month_number(), order=pl.int_range(pl.len())).sort("month")
    # check_sortedness: polars cannot check it by group and warns; both sides are sorted just above.
    found = dated.join_asof(history, on="month", by="cell_code", strategy="backward", check_sortedness=False)
    final = history.group_by("cell_code", maintain_order=True).last().rename({"cell_code": "origin"})
    members_then = (pl.col("weight") * pl.col("members_known")).sum().round().cast(pl.Int64)
    inherited = origins.join(final, on="origin").group_by("cell_code").agg(inherited=members_then)
    return (
        found.join(inherited, on="cell_code", how="left", maintain_order="left")
        .sort("order")
        .select(pl.col("members_known").fill_null(pl.col("inherited")))
        .to_series()
    )


def _divided(joined: pl.DataFrame, measures: list[str]) -> pl.DataFrame:
    """Divide the figures of the cells that have several parts."""
    split = joined.filter(pl.col("weight") < 1).sort("cell_code", "span", "period", "today_cell")
    if split.is_empty():
        return joined
    weights = split["weight"].to_numpy()
    counts = {name: split[name].fill_null(-1).to_numpy().copy() for name in measures}
    parts_of = split.group_by("cell_code", "span", maintain_order=True).agg(pl.len(), pl.col("today_cell").n_unique())
    start = 0
    for rows, parts in parts_of.select("len", "today_cell").iter_rows():  # rows in the order of months, then of parts
        months = {name: column[start : start + rows : parts] for name, column in counts.items()}
        for name, share in split_measures(months, weights[start : start + parts]).items():
            counts[name][start : start + rows] = np.ascontiguousarray(share).ravel()
        start += rows
    divided = split.with_columns(pl.Series(name, column).replace(-1, None) for name, column in counts.items())
    return pl.concat([joined.filter(pl.col("weight") >= 1), divided])


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
            pl.col("unit_name").fill_null(pl.when(pl.col("unit_id") == UNALLOCATED).then(pl.lit(UNALLOCATED_NAME))),
            unit_code=unit_code(),
        )
    )


def _key(registry: Registry, unit: Unit) -> str:
    """What a unit stands under in tables of figures."""
    if unit.level == "commune":
        return unit.unit_id
    return province_key(registry, unit) if unit.level == "province" else unit.unit_code


def map_fingerprint(registry: Registry, today: date) -> str:
    """A short text that changes when today's map does: then every period's figures are to be made again."""
    frames = (lineage(registry, today), today_homes(registry, today).sort("today_cell"))
    names = [unit.name for unit in registry.units if unit.valid_from <= today]
    digest = hashlib.sha256(repr((registry.homes, registry.units, names)).encode())
    for frame in frames:
        digest.update(frame.write_csv().encode())
    return digest.hexdigest()[:16]


def _counts_once(cells: pl.DataFrame, registry: Registry) -> pl.Series:
    """Whether a row is all there is of its cell in the period, on both maps: nothing to be told apart from it."""
    is_itself = (pl.col("cell_code") == pl.col("today_cell")) & (pl.col("weight") >= 1)
    twice = pl.Series(_at_home_twice(registry), dtype=pl.String)
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
