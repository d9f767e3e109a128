"""A province's registry by enlarging the one that comes with the product: its reform, splits and mergers included."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from flows.registry_files import bundled_dir, registry_tables

CODES = ("unit_code", "parent_code", "commune_code", "cell_code", "from_code", "to_code", "to_commune_code")
_OF_CELLS = {"cells": ("cell_code",), "cells_moved": ("cell_code",), "cell_succession": ("from_code", "to_code")}


def write_registry(folder: Path, province: int, cells: int) -> None:
    """Write the tables of a province of about so many cells.

    Args:
        folder: of the home's registry; made.
        province: its number from 1: every code of it begins with that, so that no two provinces share one.
        cells: how many it has; each of the bundled ones stands for several, in the same commune and of the same kind.
    """
    folder.mkdir(parents=True)
    tables = registry_tables(bundled_dir())
    for name, table in tables.items():
        wide = _enlarged(table, _OF_CELLS[name], cells / tables["cells"].height) if name in _OF_CELLS else table
        prefixed = wide.with_columns(
            pl.when(pl.col(code) != "").then(pl.lit(f"{province:02d}") + pl.col(code)).otherwise(pl.lit("")).alias(code)
            for code in CODES
            if code in wide.columns
        )
        prefixed.write_csv(folder / f"{name}.csv")


def _enlarged(table: pl.DataFrame, codes: tuple[str, ...], factor: float) -> pl.DataFrame:
    """Each row as many times as the factor says, the copies' codes numbered; what belongs together keeps together."""
    whole, rest = divmod(factor, 1.0)
    copies = [table] if factor >= 1 else []
    for number in range(1, int(whole)):
        copies.append(_copied(table, codes, number))
    # A share of the communes has one copy more: their cells, and all that became of them.
    share = table.filter(pl.col(codes[0]).str.slice(0, 5).cast(pl.Int64) * 7919 % 1000 < 1000 * rest)
    copies.append(_copied(share, codes, int(whole)) if factor >= 1 else share)
    return pl.concat(copies)


def _copied(table: pl.DataFrame, codes: tuple[str, ...], number: int) -> pl.DataFrame:
    named = [pl.col("name") + f" {number}"] if "name" in table.columns else []
    return table.with_columns(*(pl.col(code) + f"{number:02d}" for code in codes), *named)
