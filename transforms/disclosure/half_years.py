"""Which communes' half-years of Regulation 213 may be shown: none with a small count, and none from which one follows.

A commune's half-year is shown whole or not at all: each step's count is the next one's base, so that a step that is
hidden alone could be read from its neighbours. Districts and the province are published on both maps, so a commune that
is hidden could be what is left of its district, or of a merged commune. Every figure published is a sum over the same
smallest places; a hidden row follows from the published ones exactly where it is a linear combination of theirs (see
`linear`). Copies are kept: what one showed is public for good, and what it hid is hidden in the next, or both together
would tell what each hides.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from expectations.contract.forms import FORMS
from transforms.disclosure.linear import hide_with_others
from transforms.followup.steps import STEPS

_MEASURES = FORMS["regulation_213"].names
_PLACE = ("commune", "today_commune", "later_commune", "district", "today_district")
# A map that is announced is looked at before its day: what is shown until then cannot be hidden any more.
_MAPS = {
    "reported": ("commune", "district"),
    "today": ("today_commune", "today_district"),
    "later": ("later_commune", "today_district"),
}
TOLD = pl.Schema(
    {"map": pl.String, "unit_id": pl.String, "period": pl.String, "district_code": pl.String, "is_told": pl.Boolean}
)

SHOWN = pl.Schema(
    {"map": pl.String, "unit_id": pl.String, "period": pl.String, "measure": pl.String, "value": pl.Int64}
)
HIDDEN = pl.Schema({"map": pl.String, "unit_id": pl.String, "period": pl.String})


def halves_told(
    cells: pl.DataFrame, small: int = 3, shown: pl.DataFrame | None = None, hidden: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Which communes may show a half-year.

    One that was hidden stays hidden. A figure that was shown with the value it has now hides nothing: a commune with no
    others is shown on.

    Args:
        cells: half-years of cells as `transforms.territory.cells_on_maps.cells_on_both_maps` gives them.
        small: the least count that is shown, apart from 0.
        shown: map, unit_id, period, measure, value: figures of communes that copies up to now showed.
        hidden: map, unit_id, period: communes' half-years that copies up to now hid.

    Returns:
        columns of `TOLD`, one row a commune, map and half-year in which it reported; district_code is null where it
        lies in none, or its cells in several.
    """
    places = cells.group_by("period", *_PLACE).agg(pl.col(_MEASURES).sum(), pl.col(_MEASURES[0]).count().alias("known"))
    reported = places.filter(pl.col("known") > 0).sort("period", *_PLACE)
    shown = pl.DataFrame(schema=SHOWN) if shown is None else shown.cast(SHOWN)
    hidden = pl.DataFrame(schema=HIDDEN) if hidden is None else hidden
    frames = [
        _half(half, small, shown.filter(period=period), hidden.filter(period=period))
        for (period,), half in reported.partition_by("period", maintain_order=True, as_dict=True).items()
    ]
    return pl.concat([pl.DataFrame(schema=TOLD), *frames])


def _half(places: pl.DataFrame, small: int, shown: pl.DataFrame, hidden_before: pl.DataFrame) -> pl.DataFrame:
    parts = [_rows(places, name, small) for name in _MAPS]
    rows = pl.concat(parts)
    lies_in = np.vstack(
        [_lies_in(places[_MAPS[name][0]], part["unit_id"]) for name, part in zip(_MAPS, parts, strict=True)]
    )
    # The same places on two maps count once, so that the choice is the same before and after a reform's day: what one
    # published copy hides would follow from another that hides something else.
    bits = np.packbits(lies_in.astype(bool), axis=1)
    _, first, which = np.unique(bits, axis=0, return_index=True, return_inverse=True)
    has_small, was_hidden = (np.zeros(len(first), dtype=bool) for _ in range(2))
    were_shown = np.zeros((len(first), len(_MEASURES)), dtype=bool)
    np.logical_or.at(has_small, which.reshape(-1), rows["has_small"].to_numpy())
    np.logical_or.at(was_hidden, which.reshape(-1), _among(rows, hidden_before))
    np.logical_or.at(were_shown, which.reshape(-1), _were_shown(rows, shown))
    lies_in, size, hidden = lies_in[first], rows["size"].to_numpy()[first], has_small.copy()
    sums = _sums_of_districts(places)
    # A correction may change one measure of a commune and leave the others as they were shown: each has its own rows
    # that are public. Most often all have the same.
    for is_public in np.unique(were_shown, axis=1).T:
        rest, known = ~is_public, np.vstack([sums, lies_in[is_public]])
        hidden[rest] = hide_with_others((hidden | was_hidden)[rest], lies_in[rest], known, size[rest])
    return (
        rows.with_columns(is_told=~pl.Series(hidden[which.reshape(-1)]), period=pl.lit(places["period"][0]))
        .filter(pl.col("map") != "later")
        .select(*TOLD)
        .cast(TOLD)
    )


def _rows(places: pl.DataFrame, name: str, small: int) -> pl.DataFrame:
    """The communes of a map: unit_id, the measures, district_code, size (members concerned), has_small."""
    unit, district = _MAPS[name]
    steps = [step for step in STEPS if not step.is_yearly or places["period"][0].endswith("H2")]
    counts = [expression for step in steps for expression in (step.gap, pl.col(step.done))]
    is_one = pl.col("district_code").list.len() == 1
    return (
        places.group_by(unit_id=unit)
        .agg(pl.col(_MEASURES).sum(), district_code=pl.col(district).drop_nulls().unique())
        .sort("unit_id")
        .select(
            "unit_id",
            *_MEASURES,
            pl.when(is_one).then(pl.col("district_code").list.first()).alias("district_code"),
            size="r213_subject",
            has_small=pl.any_horizontal((count > 0) & (count < small) for count in counts),
            map=pl.lit(name),
        )
    )


def _among(rows: pl.DataFrame, units: pl.DataFrame) -> NDArray[np.bool_]:
    """Which rows are of a map's units."""
    keys = ["map", "unit_id"]
    marked = rows.select(keys).join(units.select(keys, found=True), on=keys, how="left", maintain_order="left")
    return marked["found"].fill_null(value=False).to_numpy()


def _were_shown(rows: pl.DataFrame, shown: pl.DataFrame) -> NDArray[np.bool_]:
    """Rows x measures: which figures were shown with the value that they have now."""
    keys = ["map", "unit_id", "measure", "value"]
    known = shown.select(keys).unique().with_columns(is_public=pl.lit(value=True))
    columns = [
        rows.select("map", "unit_id", measure=pl.lit(name), value=name)
        .join(known, on=keys, how="left", maintain_order="left")["is_public"]
        .fill_null(value=False)
        .to_numpy()
        for name in _MEASURES
    ]
    return np.column_stack(columns)


def _lies_in(column: pl.Series, codes: pl.Series) -> NDArray[np.float64]:
    """Codes x places: which places each code is the sum of."""
    return (column.to_numpy()[None] == codes.to_numpy()[:, None]).astype(float)


def _sums_of_districts(places: pl.DataFrame) -> NDArray[np.float64]:
    """The sums that are published anyway: of the districts on both maps, and of the province."""
    districts = [
        _lies_in(places[column], places[column].drop_nulls().unique().sort())
        for column in ("district", "today_district")
    ]
    return np.unique(np.vstack([np.ones((1, places.height)), *districts]), axis=0)
