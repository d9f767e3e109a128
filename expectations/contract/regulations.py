"""Which regulation is in force on a day, from `regulations.csv`: its successor will be a new line there, no code."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

DUTY = "residence"
"""Keeping in touch with the organisation and the people where one lives."""


@dataclass(frozen=True, slots=True)
class Regulation:
    """One regulation of one duty.

    Attributes:
        number: as it is cited.
        name_vi, name_en: as it is shown.
        valid_from, valid_to: first and last day in force; null while it is.
    """

    duty: str
    number: str
    name_vi: str
    name_en: str
    valid_from: date
    valid_to: date | None


@cache
def read_regulations() -> tuple[Regulation, ...]:
    """Every line of `regulations.csv`, in its order."""
    text = files("expectations.contract").joinpath("regulations.csv").read_text(encoding="utf-8")
    return tuple(
        Regulation(
            line["duty"],
            line["number"],
            line["name_vi"],
            line["name_en"],
            date.fromisoformat(line["valid_from"]),
            date.fromisoformat(line["valid_to"]) if line["valid_to"] else None,
        )
        for line in csv.DictReader(text.splitlines())
    )


def regulation_on(day: date, duty: str = DUTY) -> Regulation | None:
    """The regulation in force on a day, null where none is on the list."""
    return next(
        (
            one
            for one in read_regulations()
            if one.duty == duty and one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)
        ),
        None,
    )
