"""The registry that a province begins with: its own part of the country's units."""

from __future__ import annotations

import polars as pl

from transforms.reading.folding import strip_marks
from transforms.territory.registry import COLUMNS

REFORM = "2025-07-01"
"""From this day on communes report and there are 34 provinces."""
_CITY, _PROVINCE = "Thành phố ", "Tỉnh "


def province_called(units: pl.DataFrame, name: str) -> str | None:
    """The code of today's province by code or name, with or without "Tỉnh" and marks; null for none."""
    wanted = _folded(name)
    today = units.filter(pl.col("parent_code") == "", pl.col("valid_to") == "")
    for code, full in today.select("unit_code", "name").iter_rows():
        if name.strip() == code or wanted in (_folded(full), _folded(_bare(full))):
            return str(code)
    return None


def _bare(name: str) -> str:
    return name.removeprefix(_PROVINCE).removeprefix(_CITY)


def _folded(name: str) -> str:
    return " ".join(strip_marks(name).lower().split())


def tables_of_province(units: pl.DataFrame, succession: pl.DataFrame, code: str) -> dict[str, pl.DataFrame]:
    """The tables of a province's registry, by name; without cells, which the province itself knows.

    Args:
        units, succession: those of the country, all columns text: the bundled `nation/units.csv` (parents named by
            code) and `nation/unit_succession.csv` (of provinces, too).
        code: of today's province.

    Returns:
        `units` (the province, its communes, and the provinces, districts and communes it was made of on the reform),
        `unit_succession`, `reporting_levels`, and the other tables empty.
    """
    today, former = units.filter(pl.col("valid_to") == ""), units.filter(pl.col("valid_to") != "")
    origins = succession.filter(pl.col("to_code") == code)["from_code"]
    own, before = _below(today, pl.Series([code])), _below(former, origins)
    pairs = succession.filter(pl.col("from_code").is_in(before["unit_code"].implode()))
    pairs = pairs.join(_goes_on(before, own), on=["from_code", "to_code"], how="anti")
    named = pairs.join(before.select(from_code="unit_code", from_name="name"), on="from_code").join(
        own.select(to_code="unit_code", to_name="name"), on="to_code"
    )
    empty = {name: pl.DataFrame(schema=dict.fromkeys(columns, pl.String)) for name, columns in COLUMNS.items()}
    return empty | {
        "units": pl.concat([before, own]).sort("valid_from", pl.col("unit_code").str.len_chars(), "unit_code"),
        "unit_succession": named.select(COLUMNS["unit_succession"]).sort("from_code", "to_code"),
        "reporting_levels": _reporting(former),
    }


def _below(units: pl.DataFrame, codes: pl.Series) -> pl.DataFrame:
    """Units of some codes with all that lie in them."""
    found = units.filter(pl.col("unit_code").is_in(codes.implode()))
    inside = units.filter(pl.col("parent_code").is_in(codes.implode()))
    return pl.concat([found, _below(units, inside["unit_code"])]) if inside.height else found


def _goes_on(before: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """A province that nothing was merged into keeps its territory with its code: it is no successor of itself."""
    roots = before.filter(pl.col("parent_code") == "")
    alone = roots if roots["unit_code"].n_unique() == 1 else roots.head(0)
    same = alone.join(own.filter(pl.col("parent_code") == ""), on=["unit_code", "name"], how="semi")
    return same.select(from_code="unit_code", to_code="unit_code")


def _reporting(former: pl.DataFrame) -> pl.DataFrame:
    first, last = former["valid_from"].min(), former["valid_to"].max()
    rows = [("district", first, last), ("commune", REFORM, "")]
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS["reporting_levels"], pl.String), orient="row")
