"""A province's registry: its real units of before and since 01-07-2025, and as many invented cells as are asked for."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from flows.registry_files import national_tables, start_registry

BEGAN, ENDED, REFORM = "2015-01-01", "2025-06-30", "2025-07-01"
KINDS = ("hamlet", "hamlet", "school", "hamlet", "agency", "hamlet", "school", "police", "hamlet", "military")
MERGED, SPLIT = 300, 500
"""One cell in so many was merged into its neighbour in 2021, one in so many split in 2020."""
_CELLS = ("cell_code", "name", "kind", "commune_code", "valid_from", "valid_to")


def provinces() -> pl.DataFrame:
    """Today's provinces: unit_code, communes (of before the reform, which its cells are spread over)."""
    units, succession = national_tables()
    today = units.filter(pl.col("parent_code") == "", pl.col("valid_to") == "").select("unit_code")
    districts = units.filter(pl.col("valid_to") == ENDED, pl.col("parent_code") != "")
    of_province = succession.join(today, left_on="to_code", right_on="unit_code", how="semi")
    return (
        districts.join(districts.select(parent_code="unit_code", above="parent_code"), on="parent_code")
        .join(of_province.select(above="from_code", today="to_code").unique("above"), on="above")
        .group_by(unit_code="today")
        .agg(communes=pl.len())
        .sort("unit_code")
    )


def write_registry(folder: Path, province: str, cells: int) -> None:
    """Write the tables of a province with so many cells, the same in every commune but for one.

    Args:
        folder: of the home's registry, which is not there yet.
        province: its code today.
        cells: how many it has.
    """
    tables = start_registry(folder, province)
    # A code that stood before under another name (46 was a province, then a city) goes on from there.
    is_first = pl.col("valid_from") == pl.col("valid_from").min().over("unit_code")
    units = tables["units"].with_columns(
        valid_from=pl.when(is_first, pl.col("valid_to") == ENDED).then(pl.lit(BEGAN)).otherwise("valid_from")
    )
    communes = units.filter(pl.col("valid_to") == ENDED, pl.col("kind").is_in(["xã", "phường", "thị trấn"]))
    made = _cells(communes["unit_code"].sort(), cells)
    plain, succession, more = _succession(made)
    every = {
        "units": units,
        "cells": pl.concat([plain, more]),
        "cell_succession": succession,
        "cells_moved": _moved(pl.concat([plain, more]), tables["unit_succession"]),
    }
    for name, table in every.items():
        table.with_columns(pl.all().replace("", None)).write_csv(folder / f"{name}.csv")


def _cells(communes: pl.Series, cells: int) -> pl.DataFrame:
    """Columns of `_CELLS`; number counts them through."""
    number = pl.int_range(cells, eager=True)
    within = number // len(communes)
    return pl.DataFrame(
        {"number": number, "commune_code": communes.gather(number % len(communes)), "within": within}
    ).select(
        cell_code=pl.col("commune_code") + "-" + (pl.col("within") + 1).cast(pl.String).str.zfill(3),
        name=pl.lit("Chi bộ ") + (pl.col("within") + 1).cast(pl.String),
        kind=pl.col("within").map_elements(lambda at: KINDS[at % len(KINDS)], return_dtype=pl.String),
        commune_code="commune_code",
        valid_from=pl.lit(BEGAN),
        valid_to=pl.lit(""),
    )


def _succession(cells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The cells with those ended that were merged or split, what became of these, and the cells that came."""
    numbered = (
        cells.with_row_index("at")
        .sort("commune_code", "cell_code")
        .with_columns(into=pl.col("cell_code").shift(1).over("commune_code"))
    )
    merged = numbered.filter(pl.col("at") % MERGED == MERGED - 1, pl.col("into").is_not_null())
    split = numbered.filter(pl.col("at") % SPLIT == 0).join(merged, on="cell_code", how="anti")
    halves = [split.with_columns(cell_code=pl.col("cell_code") + end) for end in ("a", "b")]
    came = pl.concat(halves).with_columns(valid_from=pl.lit("2020-07-01")).select(_CELLS)
    ends = {**dict.fromkeys(merged["cell_code"], "2020-12-31"), **dict.fromkeys(split["cell_code"], "2020-06-30")}
    ended = pl.col("cell_code").replace_strict(ends, default="", return_dtype=pl.String)
    steps = [
        merged.select(
            from_code="cell_code",
            to_code="into",
            effective_date=pl.lit("2021-01-01"),
            kind=pl.lit("merge"),
            weight=pl.lit("1.0"),
        ),
        *(
            split.select(
                from_code="cell_code",
                to_code=pl.col("cell_code") + end,
                effective_date=pl.lit("2020-07-01"),
                kind=pl.lit("split"),
                weight=pl.lit(weight),
            )
            for end, weight in (("a", "0.6"), ("b", "0.4"))
        ),
    ]
    return cells.with_columns(valid_to=ended), pl.concat(steps), came


def _moved(cells: pl.DataFrame, succession: pl.DataFrame) -> pl.DataFrame:
    """Where the cells went of communes that were parted: to one of their successors after the other."""
    parted = (
        succession.filter(pl.col("extent") != "whole")
        .group_by(commune_code="from_code")
        .agg(to=pl.col("to_code").sort())
    )
    return (
        cells.filter(pl.col("valid_to") == "")
        .sort("cell_code")
        .with_columns(at=pl.int_range(pl.len()).over("commune_code"))
        .join(parted, on="commune_code")
        .select(
            "cell_code",
            to_commune_code=pl.col("to").list.get(pl.col("at") % pl.col("to").list.len()),
            effective_date=pl.lit(REFORM),
        )
    )
