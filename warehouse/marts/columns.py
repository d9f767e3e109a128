"""The marts' columns that are no measures: what each means wherever it stands, from `columns.csv`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from expectations.contract.forms import MEASURES

COLUMNS = Path(__file__).parent / "columns.csv"


@dataclass(frozen=True, slots=True)
class Column:
    """A line of `columns.csv`.

    Attributes:
        name: of the column.
        meaning_vi, meaning_en: its comment in every mart that does not say otherwise.
        unit, formula, source, privacy: what the dictionary says of it; formula "" for labels and keys.
    """

    name: str
    meaning_vi: str
    meaning_en: str
    unit: str
    formula: str
    source: str
    privacy: str


def read_columns(file: Path = COLUMNS) -> dict[str, Column]:
    """Every line, by the column's name, in the file's order.

    Raises:
        ValueError: a column stands there twice, or is a measure, which the contract declares.
    """
    rows = [Column(*row.values()) for row in csv.DictReader(file.read_text("utf-8").splitlines())]
    found = {row.name: row for row in rows}
    if len(found) < len(rows) or found.keys() & MEASURES.keys():
        raise ValueError(f"{file.name}: a column stands there twice, or is a measure of the contract")
    return found


def comments(columns: dict[str, Column]) -> dict[str, tuple[str, str]]:
    """What each column of the marts means, measures too: Vietnamese and English."""
    of_measures = {name: (measure.meaning_vi, measure.meaning_en) for name, measure in MEASURES.items()}
    return of_measures | {name: (each.meaning_vi, each.meaning_en) for name, each in columns.items()}
