"""The problems of one file as its sender reads them: in order, with their cells, in one language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from expectations.contract.problems import CODES, Severity, label_of, value_of
from expectations.language.catalogue import Language, text
from transforms.reading.sheets import Sheet
from transforms.reading.sums import column_number

Problems = pl.DataFrame | Iterable[Mapping[str, Any]]
Place = tuple[int, int]

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384  # of an .xlsx sheet

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})")


@dataclass(frozen=True, slots=True)
class Fault:
    """One problem as it is told; "" where a thing is not known.

    Attributes:
        places: 0-based (row, column) of every cell it is about, the cell it points at first.
        found, expected: as text; a day, a period, a measure's or form's name in words.
        last_accepted: what was last accepted in its cell.
    """

    severity: Severity
    sheet: str
    cell_ref: str
    places: tuple[Place, ...]
    unit: str
    measure: str
    found: str
    expected: str
    message: str
    last_accepted: str


@dataclass(slots=True)
class Mark:
    """What stands on one cell: the gravest severity, and the lines of its comment (none where only coloured)."""

    severity: Severity
    lines: list[str] = field(default_factory=list)


def faults_of(problems: Problems, sheets: list[Sheet], language: Language) -> list[Fault]:
    """The problems told one by one, errors before warnings, else in the order given.

    A problem without a sheet's name is of the only sheet, where there is one. The unit is the column `unit` where it
    is given, else what the sender wrote before the faulty cell, else the unit's code.
    """
    rows = problems.iter_rows(named=True) if isinstance(problems, pl.DataFrame) else problems
    by_name = {sheet.name: sheet for sheet in reversed(sheets)}
    faults = [_fault(row, by_name, language) for row in rows]
    return sorted(faults, key=lambda fault: fault.severity != "error")


def marks_on(name: str, faults: list[Fault], language: Language) -> dict[Place, Mark]:
    """The marks of one sheet by 0-based (row, column); problems of one cell share a mark."""
    marks: dict[Place, Mark] = {}
    for fault in faults:
        if fault.sheet != name:
            continue
        for number, place in enumerate(fault.places):
            mark = marks.setdefault(place, Mark(fault.severity))
            if number == 0 and fault.message not in mark.lines:
                mark.lines.append(fault.message)
    for fault in faults:
        if fault.sheet == name and fault.places and fault.last_accepted:
            line = text("returned.last", language, value=fault.last_accepted)
            if line not in (lines := marks[fault.places[0]].lines):
                lines.append(line)
    return marks


def place_of(cell_ref: str) -> Place | None:
    """0-based (row, column) of `C14`; None where it is no cell of a workbook."""
    found = _CELL.fullmatch(cell_ref.strip())
    if not found:
        return None
    column, row = column_number(found[1].upper()), int(found[2])
    return (row - 1, column - 1) if row <= MAX_ROWS and column <= MAX_COLUMNS else None


def _fault(row: Mapping[str, Any], sheets: dict[str, Sheet], language: Language) -> Fault:
    def said(column: str) -> str:
        value = row.get(column)
        return "" if value is None else str(value)

    name = said("sheet") or (next(iter(sheets)) if len(sheets) == 1 and said("cell_ref") else "")
    refs = [said("cell_ref"), *said("cell_refs").split(",")]
    places = tuple(dict.fromkeys(place for ref in refs if (place := place_of(ref))))
    severity = CODES[row["code"]].severity if row["code"] in CODES else row["severity"]
    written = _written_before(sheets[name], places[0]) if name in sheets and places and said("unit_code") else ""
    return Fault(
        severity=severity,
        sheet=name,
        cell_ref=said("cell_ref"),
        places=places,
        unit=said("unit") or written or said("unit_code"),
        measure=label_of(said("measure"), language),
        found=value_of(row["code"], said("found"), language),
        expected=value_of(row["code"], said("expected"), language),
        message=said(f"message_{language}"),
        last_accepted=said("last_accepted"),
    )


def _written_before(sheet: Sheet, place: Place) -> str:
    """The texts at the head of a row, before its first figure: the names its sender gave the unit."""
    row, column = place
    names: list[str] = []
    for value in sheet.rows[row][:column] if row < len(sheet.rows) else []:
        text = value.strip() if isinstance(value, str) else str(value or "")
        if sum(map(str.isalpha, text)) > 1 or (names and text and not text[0].isdigit()):
            names.append(text)
        elif names and text:
            break
    return ", ".join(names)
