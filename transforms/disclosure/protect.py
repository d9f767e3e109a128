"""Yearly totals of communes on both maps, with what must not be told left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.disclosure.moves import FLOWS, SENSITIVE
from transforms.disclosure.suppression import YearOfPlaces, cover

_PLACE = ("commune", "today_commune", "later_commune", "district", "today_district")
# A map that is announced is protected before its day: what is shown until then cannot be hidden any more.
_MAPS = {"reported": "commune", "today": "today_commune", "later": "later_commune"}
_PUBLISHED = ("reported", "today")
_IS_SENSITIVE = np.array([name in SENSITIVE for name in FLOWS])
SHOWN = pl.Schema({"map": pl.String, "unit_id": pl.String, "year": pl.Int32, "measure": pl.String, "value": pl.Int64})


@dataclass(frozen=True)
class Protected:
    """What may be published of communes by year.

    Attributes:
        rows: map, unit_id, year, the flows (null where hidden), suppressed (the measures hidden),
            is_released; units_expected and units_reported count cells by month.
        shown: map, unit_id, year, measure, value: every figure of a released year that the rows show.
        exposed: map, unit_id, year, measure: figures that are hidden but could be worked out, for want of another
            commune in the district or because of what was published before; normally empty.
    """

    rows: pl.DataFrame
    shown: pl.DataFrame
    exposed: pl.DataFrame


def last_released_year(as_of: date, days: int = 31) -> int:
    """The last year whose communes' figures may be published on a day.

    A year in course is never shown: from one night's copy to the next its totals would tell each month's. The days
    after its end leave time for the reports of December and the first corrections.

    Args:
        as_of: the night.
        days: how many days after the year's end it is released.
    """
    year = as_of.year - 1
    return year if (as_of - date(year, 12, 31)).days > days else year - 1


def area_months(cells: pl.DataFrame, summed: pl.DataFrame | None = None) -> pl.DataFrame:
    """Figures of cells summed to the smallest places that the published tables speak of.

    Args:
        cells: what `transforms.territory.cells_on_maps.cells_on_both_maps` gives, for whole years.
        summed: other cells, that all reported everything, as `unit_figures` (`sums_by_unit`) takes them.

    Returns:
        period, commune, today_commune, later_commune, district, today_district, the flows and pending_closing (0 where
        nothing was reported), is_reported, units_expected, units_reported.
    """
    counts = (*FLOWS, "pending_closing", "units_expected", "units_reported")
    months = (
        cells.with_columns(has_any=pl.any_horizontal(pl.col(FLOWS).is_not_null()))
        .group_by("period", *_PLACE)
        .agg(
            pl.col(*FLOWS, "pending_closing").fill_null(0).sum(),
            pl.col("has_any").any().alias("is_reported"),
            units_expected=pl.len().cast(pl.Int64),
            units_reported=pl.col("is_reported").sum().cast(pl.Int64),
        )
    )
    if summed is None:
        return months
    others = summed.select("period", *_PLACE, *counts, is_reported=pl.lit(value=True)).select(months.columns)
    both = pl.concat([months, others])
    return both.group_by("period", *_PLACE).agg(pl.col(counts).sum(), pl.col("is_reported").any())


def protect(
    months: pl.DataFrame,
    released_until: int,
    shown: pl.DataFrame | None = None,
    before: pl.DataFrame | None = None,
    small: int = 3,
) -> Protected:
    """The communes' yearly table with small counts hidden and others with them.

    In a year that is released, sensitive counts from 1 to small - 1 are hidden on both maps, and others so that every
    hidden figure lies on a move (see `moves`), also on the map that today's will become once all that the registry
    announces has happened. A figure hidden before stays hidden; one shown before protects nothing. In a later year all
    is hidden but zeros that the district's own monthly figures tell. Where nothing at all was reported of a unit and
    year its figures are null and not hidden.

    Args:
        months: what `area_months` gives, all months of each year.
        released_until: the last year that may be shown.
        shown: figures that earlier copies showed, of these years (`Protected.shown` of then, put together).
        before: map, unit_id, year, suppressed and is_released of the copy before, of these years.
        small: the least count that is shown, apart from 0; at least 2.

    Raises:
        ValueError: small is below 2.
    """
    if small < 2:
        raise ValueError(f"the least count shown must be at least 2, not {small}")
    parts = [
        _year(frame, int(year), int(year) <= released_until, shown, before, small)
        for (year,), frame in months.with_columns(year=pl.col("period").str.slice(0, 4))
        .partition_by("year", as_dict=True)
        .items()
    ]
    rows = pl.concat([part.rows for part in parts]).sort("map", "year", "unit_id")
    return Protected(rows, pl.concat([part.shown for part in parts]), pl.concat([part.exposed for part in parts]))


def _year(
    months: pl.DataFrame,
    year: int,
    is_released: bool,
    shown: pl.DataFrame | None,
    before: pl.DataFrame | None,
    small: int,
) -> Protected:
    """One year's table."""
    figures, rows = _arrays(months)
    if is_released:
        public = _public(rows, figures.totals, shown, year)
        targets = _IS_SENSITIVE & (figures.totals > 0) & (figures.totals < small) | _hidden_before(rows, before, year)
        hidden, exposed = cover(figures, targets, public)
    else:
        hidden, exposed = ~_told_zero(months, rows), np.zeros_like(figures.totals, dtype=bool)
    known = _known(figures, rows.height)
    hidden &= known
    long = _long(rows, year, figures.totals)
    is_published = pl.col("map").is_in(_PUBLISHED)
    return Protected(
        _wide(rows, months, year, figures.totals, hidden, known).with_columns(is_released=pl.lit(is_released)),
        long.filter((known & ~hidden & is_released).ravel(), is_published),
        long.filter(exposed.ravel(), is_published).drop("value"),
    )


def _known(figures: YearOfPlaces, rows: int) -> NDArray[np.bool_]:
    """Rows x FLOWS: whether anything was reported of the row's unit."""
    known = np.zeros((rows, len(FLOWS)), dtype=bool)
    known[figures.rows[figures.reported.any(axis=1)].ravel()] = True
    return known


def _arrays(months: pl.DataFrame) -> tuple[YearOfPlaces, pl.DataFrame]:
    """A year's months as arrays, and the table's rows (map, unit_id, row)."""
    places = months.select(_PLACE).unique().sort(_PLACE).with_row_index("place")
    is_announced = (places["later_commune"] != places["today_commune"]).any()
    maps = {name: key for name, key in _MAPS.items() if is_announced or name in _PUBLISHED}
    rows = pl.concat(
        [places.select(map=pl.lit(name), unit_id=key).unique().sort("unit_id") for name, key in maps.items()]
    ).with_row_index("row")
    areas = places.select("district", "today_district").unique().sort(pl.all()).with_row_index("area")
    places = places.join(areas, on=["district", "today_district"], nulls_equal=True)
    for name, key in maps.items():
        places = places.join(
            rows.filter(map=name).select(pl.col("unit_id").alias(key), pl.col("row").alias(name)), on=key
        )
    places = places.sort("place")
    counts = np.zeros((places.height, 12, len(FLOWS)), dtype=np.int64)
    pending = np.zeros((places.height, 12), dtype=np.int64)
    reported = np.zeros((places.height, 12), dtype=bool)
    placed = months.join(places, on=_PLACE, nulls_equal=True)
    at = (placed["place"].to_numpy(), placed["period"].str.slice(5).cast(pl.Int64).to_numpy() - 1)
    counts[at] = placed.select(FLOWS).to_numpy()
    pending[at] = placed["pending_closing"].to_numpy()
    reported[at] = placed["is_reported"].to_numpy()
    of = places.select(*maps).to_numpy().astype(np.intp)
    totals = np.zeros((rows.height, len(FLOWS)), dtype=np.int64)
    for column in of.T:
        np.add.at(totals, column, counts.sum(axis=1))
    return YearOfPlaces(counts, pending, reported, of, places["area"].to_numpy().astype(np.intp), totals), rows


def _long(rows: pl.DataFrame, year: int, totals: NDArray[np.int64]) -> pl.DataFrame:
    """Every figure of the table in one row: map, unit_id, year, measure, value."""
    wide = pl.concat([rows.select("map", "unit_id"), pl.DataFrame(totals, schema=list(FLOWS))], how="horizontal")
    order = pl.DataFrame({"measure": FLOWS}).with_row_index("measure_no")
    return (
        wide.with_row_index("row")
        .unpivot(FLOWS, index=["row", "map", "unit_id"], variable_name="measure")
        .join(order, on="measure")
        .sort("row", "measure_no")
        .select("map", "unit_id", pl.lit(year, pl.Int32).alias("year"), "measure", "value")
    )


def _public(rows: pl.DataFrame, totals: NDArray[np.int64], shown: pl.DataFrame | None, year: int) -> NDArray[np.bool_]:
    """Figures that an earlier copy showed with the value they have now."""
    if shown is None:
        return np.zeros_like(totals, dtype=bool)
    keys = ["map", "unit_id", "year", "measure", "value"]
    known = shown.select(keys).unique().cast(SHOWN).with_columns(is_public=pl.lit(value=True))
    marked = _long(rows, year, totals).join(known, on=keys, how="left", maintain_order="left")
    return marked["is_public"].fill_null(value=False).to_numpy().reshape(totals.shape)


def _hidden_before(rows: pl.DataFrame, before: pl.DataFrame | None, year: int) -> NDArray[np.bool_]:
    hidden = np.zeros((rows.height, len(FLOWS)), dtype=bool)
    if before is None:
        return hidden
    old = before.filter(pl.col("year") == year, "is_released").join(rows, on=["map", "unit_id"])
    for row, names in old.select("row", "suppressed").iter_rows():
        hidden[row, [FLOWS.index(name) for name in names]] = True
    return hidden


def _told_zero(months: pl.DataFrame, rows: pl.DataFrame) -> NDArray[np.bool_]:
    """Rows x FLOWS: zeros that follow from the months' totals of the district, or of its area, being zero."""
    none = [pl.col(FLOWS).sum().over("period", level) == 0 for level in ("district", "today_district")]
    in_area = months.select(*_PLACE, none[0].name.prefix("then_"), none[1])
    told = in_area.select(*_PLACE, *(pl.col(name) | pl.col(f"then_{name}") for name in FLOWS))
    everywhere = pl.col(FLOWS).all()
    by_row = [told.group_by(unit_id=key).agg(everywhere).with_columns(map=pl.lit(name)) for name, key in _MAPS.items()]
    ordered = rows.join(pl.concat(by_row), on=["map", "unit_id"], how="left", maintain_order="left")
    return ordered.select(FLOWS).to_numpy().astype(bool)


def _wide(
    rows: pl.DataFrame,
    months: pl.DataFrame,
    year: int,
    totals: NDArray[np.int64],
    hidden: NDArray[np.bool_],
    known: NDArray[np.bool_],
) -> pl.DataFrame:
    """The published maps' rows with the hidden figures null and named."""
    counts = pl.col("units_expected", "units_reported").sum()
    seen = pl.concat(
        [months.group_by(unit_id=_MAPS[name]).agg(counts).with_columns(map=pl.lit(name)) for name in _PUBLISHED]
    )
    figures = pl.DataFrame(totals, schema=list(FLOWS))
    told = pl.DataFrame(known & ~hidden, schema=[f"{name}:told" for name in FLOWS])
    out = pl.DataFrame(hidden, schema=[f"{name}:hidden" for name in FLOWS])
    table = pl.concat([rows, figures, told, out], how="horizontal").with_columns(
        *(pl.when(f"{name}:told").then(name).alias(name) for name in FLOWS),
        suppressed=pl.concat_list(pl.when(f"{name}:hidden").then(pl.lit(name)) for name in FLOWS).list.drop_nulls(),
        year=pl.lit(year, pl.Int32),
    )
    return table.join(seen, on=["map", "unit_id"]).select(
        "map", "unit_id", "year", *FLOWS, "suppressed", "units_expected", "units_reported"
    )
