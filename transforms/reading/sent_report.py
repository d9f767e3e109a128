"""One file that is a table, as its sender's report: what the steps of its reading share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from expectations.contract.periods import Period
from expectations.contract.problems import Problem
from transforms.reading.counts import CountMemory
from transforms.reading.results import FileReading
from transforms.reading.sheets import Sheet
from transforms.reading.tables import Table, find_tables
from transforms.reading.template_mark import TemplateMark
from transforms.reading.units import Directory, SenderUnits


@dataclass(slots=True)
class SentReport:
    """A file on its way from sheets to rows; each step leaves what it found in `reading`.

    Attributes:
        sheets: those that people see, without the template's own mark.
        marks: what our template says of the unit and period it was made for; empty where the file is none of ours.
        name, reporter, received_on: the file's name, its sender's code, and the day it arrived.
        directory: the registry.
        reading: what has been found so far.
        counts: the values seen, each read once.
        day: the registry is asked as of this day: the last of the month before at first, then of the report's period.
        units: the sender's on that day.
        tables: those of the sheets that have a column of units.
        period: the month, or the year of a file that holds the yearly form alone; None where it cannot be told.
        is_of_year: whether the file holds the yearly form alone.
    """

    sheets: list[Sheet]
    marks: list[TemplateMark]
    name: str
    reporter: str
    received_on: date
    directory: Directory
    reading: FileReading = field(default_factory=FileReading)
    counts: CountMemory = field(default_factory=CountMemory)
    day: date = field(init=False)
    units: SenderUnits = field(init=False)
    tables: list[Table] = field(default_factory=list)
    period: Period | None = None
    is_of_year: bool = False

    def __post_init__(self) -> None:
        self.day = self.received_on.replace(day=1) - timedelta(days=1)

    def tell(self, code: str, **where: Any) -> None:
        """Add a problem, with its place and what was found there."""
        self.reading.problems.append(Problem(code, **where))

    def note(self, text: str) -> None:
        """Say once what was passed over."""
        if text not in self.reading.notes:
            self.reading.notes.append(text)

    def look_up_units(self) -> None:
        """Know the sender's units as of the report's day."""
        self.units = self.directory.sender(self.reporter, self.day)

    def look_for_tables(self) -> None:
        """Find the tables that tell of units."""
        self.tables = [
            table
            for sheet in self.sheets
            for table in find_tables(sheet, self.units.is_commune)
            if table.columns.units or table.of == "commune"
        ]
