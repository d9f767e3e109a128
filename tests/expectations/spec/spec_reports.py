"""Small reports for the spec: what a sender's text file holds, cell by cell, and a registry of a few party cells."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files

import polars as pl

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from transforms.territory.registry import COLUMNS, Registry, build_registry

MONTHLY = ("balance", "away", "requests")
CELLS = {
    "29869-01": ("Phường 1", "Khóm 1"),
    "29869-02": ("Phường 1", "Trường Tiểu học"),
    "29872-01": ("Phường 2", "Khóm 2"),
    "29872-03": ("Phường 2", "Khóm 3"),
    "29872-04": ("Phường 2", "Khóm 4"),
}
COMMUNES = {"29869": "Phường 1", "29872": "Phường 2"}
TOTAL = "Tổng cộng"
_FIGURES = {
    "members_opening": 20,
    "members_closing": 20,
    "away_total": 3,
    "away_in_province": 1,
    "away_other_province": 2,
    "away_in_contact": 2,
    "away_out_of_contact": 1,
    "away_in_enterprise": 2,
    "away_in_private_enterprise": 1,
    "r213_subject": 4,
    "r213_introduced": 3,
    "r213_registered": 3,
    "r213_attended": 2,
    "r213_remarked": 2,
    "hamlet_cells": 1,
    "secretary_is_head": 1,
    "committees": 2,
    "committees_trained": 2,
    "graded_good": 1,
    "members_not_graded_away": 3,
}
_OF_UNITS = {("29872", "hamlet_cells"): 2}  # Khóm 2 was split in July 2021


@dataclass(frozen=True)
class Sent:
    """A file as sent: the base report of a month, or the yearly form of a year, and what is different in it.

    Attributes:
        written: what stands in a cell instead, by (code of cell or commune, or the total row's label, and measure).
        named: other names for the cells and communes.
        twice: cells or communes that have a second row, the same as the first.
        without: cells, communes, forms or measures that are not in it.
        year: what the yearly form's title says in a month's file, "" for that the month lies in.
        raw: the bytes, where the file is no such report.
    """

    period: str = "2021-05"
    received: date = date(2021, 6, 3)
    reporter: str = "866"
    name: str = ""
    title: str = ""
    sender: str = "THÀNH ỦY CAO LÃNH"
    forms: tuple[str, ...] = MONTHLY
    written: dict[tuple[str, str], str] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    twice: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    cells: tuple[str, ...] = ("29869-01", "29869-02", "29872-01")
    raw: bytes | None = None
    year: str = ""

    @property
    def month(self) -> Period:
        return Period.parse(self.period)

    @property
    def file_name(self) -> str:
        if self.name or self.month.kind == "year":
            return self.name or f"Bieu nam {self.month.year}.csv"
        return f"BC thang {self.month.first_month}-{self.month.year}.csv"

    @property
    def title_line(self) -> str:
        if self.month.kind == "year":
            return self.year_line
        return self.title or f"Tháng {self.month.first_month} năm {self.month.year}"

    @property
    def year_line(self) -> str:
        return self.year or f"Năm {self.month.year}"

    @property
    def data(self) -> bytes:
        return report(self) if self.raw is None else self.raw

    def figure(self, cell: str, measure: str) -> str:
        """What is written for a measure of a cell, or in the total row."""
        if (cell, measure) in self.written:
            return self.written[cell, measure]
        if cell != TOTAL:
            return str(_OF_UNITS.get((cell, measure), _FIGURES.get(measure, 0)))
        figures = [self.figure(one, measure) for one in self.rows(MEASURES_FORM[measure])]
        return str(sum(int(figure) for figure in figures if figure.lstrip("-").isdigit()))

    def rows(self, form: str) -> list[str]:
        """The cells or communes with a row in a form, those that stand twice one after the other."""
        units = COMMUNES if FORMS[form].unit == "commune" else self.cells
        held = [unit for unit in units if unit not in self.without]
        if FORMS[form].hamlet_only:
            held = [cell for cell in held if CELLS[cell][1].startswith("Khóm")]
        return [unit for unit in held for _ in range(2 if unit in self.twice else 1)]

    def measures(self, form: str) -> list[str]:
        return [name for name in FORMS[form].names if name not in self.without]

    def names(self, unit: str) -> tuple[str, ...]:
        """What a row calls its unit: the commune and the cell, or the commune alone."""
        if unit in COMMUNES:
            return (self.named.get(unit, COMMUNES[unit]),)
        commune, name = CELLS[unit]
        return commune, self.named.get(unit, name)


MEASURES_FORM = {measure.name: form.name for form in FORMS.values() for measure in form.measures}


def report(sent: Sent) -> bytes:
    """The report as CSV: its forms one below another, each with its title, headings and total row."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for form in sent.forms:
        if form not in sent.without:
            writer.writerows(_table(sent, form))
    return text.getvalue().encode("utf-8")


def _table(sent: Sent, form: str) -> list[list[str]]:
    measures = sent.measures(form)
    labels = [_heading(measure) for measure in measures]
    lines = [[sent.sender], [FORMS[form].label_vi], [_title(sent, form)], []]
    heads = ["STT", "Đảng bộ xã, phường, thị trấn", *(["Chi bộ"] if FORMS[form].unit == "cell" else [])]
    lines.append([*heads, *(group for group, _ in labels)])
    lines.append([*[""] * len(heads), *(wording for _, wording in labels)])
    for number, cell in enumerate(sent.rows(form), 1):
        lines.append([str(number), *sent.names(cell), *(sent.figure(cell, measure) for measure in measures)])
    lines.append(["", TOTAL, *[""] * (len(heads) - 2), *(sent.figure(TOTAL, measure) for measure in measures)])
    return [*lines, []]


def _title(sent: Sent, form: str) -> str:
    if FORMS[form].half_yearly:
        return f"Kỳ {'I' if sent.month.first_month <= 6 else 'II'} năm {sent.month.year}"
    return sent.year_line if FORMS[form].every == "year" else sent.title_line


def _heading(measure: str) -> tuple[str, str]:
    """The first wording the contract knows, under its group's heading."""
    row = LABELS.row(by_predicate=pl.col("measure") == measure, named=True)
    return (row["group_heading"], row["wording"]) if row["group_heading"] else (row["wording"], "")


def labels() -> pl.DataFrame:
    text = files("expectations.contract").joinpath("labels.csv").read_text("utf-8")
    return pl.read_csv(io.StringIO(text), infer_schema=False).fill_null("").unique("measure", keep="first")


LABELS = labels()


def registry() -> Registry:
    """Two districts, three communes, their cells; Khóm 2 is split in two on 1 July 2021."""
    tables = {
        "units": [
            "87,Tỉnh Đồng Tháp,tỉnh,,2015-01-01,",
            "866,Thành phố Cao Lãnh,thành phố,87,2015-01-01,",
            "868,Thành phố Hồng Ngự,thành phố,87,2015-01-01,",
            "29869,Phường 1,phường,866,2015-01-01,",
            "29872,Phường 2,phường,866,2015-01-01,",
            "29954,Phường An Lộc,phường,868,2015-01-01,",
        ],
        "cells": [
            "29869-01,Khóm 1,hamlet,29869,2015-01-01,",
            "29869-02,Trường Tiểu học,school,29869,2015-01-01,",
            "29872-01,Khóm 2,hamlet,29872,2015-01-01,",
            "29872-03,Khóm 3,hamlet,29872,2021-07-01,",
            "29872-04,Khóm 4,hamlet,29872,2021-07-01,",
            "29954-01,Khóm An Lộc,hamlet,29954,2015-01-01,",
        ],
        "cell_succession": ["29872-01,29872-03,2021-07-01,split,0.6", "29872-01,29872-04,2021-07-01,split,0.4"],
        "unit_succession": [],
        "cells_moved": [],
        "aliases": [],
        "reporting_levels": ["district,2015-01-01,"],
    }
    return build_registry({name: _csv(columns, tables[name]) for name, columns in COLUMNS.items()})


def _csv(columns: tuple[str, ...], lines: list[str]) -> pl.DataFrame:
    rows = [line.split(",") for line in lines]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
