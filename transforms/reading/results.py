"""What the reading of one file gives: rows by form, totals, problems and notes."""

from __future__ import annotations

from dataclasses import dataclass, field

from expectations.contract.problems import Problem


@dataclass(slots=True)
class CheckedTotal:
    """What a total row says and what its rows add up to; `computed` is None where one of them is not known."""

    sheet: str
    row: int
    measure: str
    label: str
    value: int
    computed: int | None


@dataclass(slots=True)
class FormRows:
    """The rows of one form in one table, column by column.

    Attributes:
        form: the form's name.
        table_no: counts the file's tables; `columns` holds for this one.
        sheet: the sheet's name.
        period: the month, half-year or year, None where it could not be read.
        rows: 1-based physical rows.
        unit_codes: of cells or communes, as the form has rows of; None where the unit was not found.
        units: as shown to people.
        is_reported: False where every measure is blank.
        counts: by measure; None where blank or unreadable.
        columns: 1-based physical column of each measure.
        unit_column: 1-based physical column of the units' names.
    """

    form: str
    table_no: int
    sheet: str
    period: str | None
    rows: list[int]
    unit_codes: list[str | None]
    units: list[str]
    is_reported: list[bool]
    counts: dict[str, list[int | None]]
    columns: dict[str, int]
    unit_column: int
    totals: list[CheckedTotal] = field(default_factory=list)


@dataclass(slots=True)
class FileReading:
    """What one file says.

    Attributes:
        period: the month it reports, the year where it holds the yearly form alone; None where that could not be read.
        forms: its tables' rows by form.
        problems: what is wrong with it, as far as the file alone and the registry tell.
        notes: what was passed over, in Vietnamese.
        encoding: how its text was encoded, "" in workbooks typed in Unicode.
        without_pictures: the file's bytes with nothing in the place of its pictures; None where it has none.
    """

    period: str | None = None
    forms: list[FormRows] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    encoding: str = ""
    without_pictures: bytes | None = None
