"""The headings met so far, from `labels.csv`: a new wording is a new line there, no code."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Wording:
    """One way a column is headed.

    Attributes:
        form: the form's name, or "unit" for the columns that tell whose row it is.
        measure: the measure's name; for "unit" one of ordinal, cell_code, commune_code, commune, cell, period, and
            check: what our own template says of a row.
        group: the heading above it, "" where it stands alone.
        text: the heading.
    """

    form: str
    measure: str
    group: str
    text: str


def read_wordings() -> tuple[Wording, ...]:
    """Every line of `labels.csv`, in its order."""
    text = files("expectations.contract").joinpath("labels.csv").read_text(encoding="utf-8")
    return tuple(
        Wording(line["form"], line["measure"], line["group_heading"], line["wording"])
        for line in csv.DictReader(text.splitlines())
    )
