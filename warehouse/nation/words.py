"""What the country's tables and their columns mean: `tables.csv` and `columns.csv` here, and what homes' marts say."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from expectations.contract.forms import MEASURES
from warehouse.marts.columns import comments, read_columns

_HERE = Path(__file__).parent


def table_words() -> dict[str, tuple[str, str]]:
    """By table, what it holds: Vietnamese and English."""
    return {row["table"]: (row["meaning_vi"], row["meaning_en"]) for row in _rows("tables.csv")}


def column_words(table: str, columns: Sequence[str]) -> dict[str, tuple[str, str]]:
    """By column, what it means in a table: its own line, that of all tables here, else what it means in homes' marts.

    Raises:
        KeyError: nobody says what a column means.
    """
    own = {(row["table"], row["column"]): (row["meaning_vi"], row["meaning_en"]) for row in _rows("columns.csv")}
    everywhere = _of_homes()
    return {name: own.get((table, name)) or own.get(("", name)) or everywhere[name] for name in columns}


def _of_homes() -> Mapping[str, tuple[str, str]]:
    of_measures = {name: (measure.meaning_vi, measure.meaning_en) for name, measure in MEASURES.items()}
    return of_measures | comments(read_columns())


def _rows(file: str) -> list[dict[str, str]]:
    return list(csv.DictReader((_HERE / file).read_text("utf-8").splitlines()))
