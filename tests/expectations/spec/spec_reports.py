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
}


@dataclass(frozen=True)
class Sent:
    """A file as sent: the base report of a month, and what is different in it.

    Attributes:
        written: what stands in a cell instead, by (cell code, or the total row's label, and measure).
        named: other names for the cells.
        twice: cells that have a second row, the same as the first.
        without: cells, forms or measures that are not in it.
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

    @property
    def month(self) -> Period:
        return Period.parse(self.period)

    @property
    def file_name(self) -> str:
        return self.name or f"BC thang {self.month.first_month}-{self.month.year}.csv"

    @property
    def title_line(self) -> str:
        return self.title or f"Tháng {self.month.first_month} năm {self.month.year}"

    @property
    def data(self) -> bytes:
        return report(self) if self.raw is None else self.raw

    def figure(self, cell: str, measure: str) -> str:
        """What is written for a measure of a cell, or in the total row."""
        if (cell, measure) in self.written:
            return self.written[cell, measure]
        if cell != TOTAL:
            return str(_FIGURES.get(measure, 0))
        figures = [self.figure(one, measure) for one in self.rows(MEASURES_FORM[measure])]
        return str(sum(int(figure) for figure in figures if figure.lstrip("-").isdigit()))

    def rows(self, form: str) -> list[str]:
        """The cells with a row in a form, those that stand twice one after the other."""
        held = [cell for cell in self.cells if cell not in self.without]
        if FORMS[form].hamlet_only:
            held = [cell for cell in held if CELLS[cell][1].startswith("Khóm")]
        return [cell for cell in held for _ in range(2 if cell in self.twice else 1)]

    def measures(self, form: str) -> list[str]:
        return [name for name in FORMS[form].names if name not in self.without]

    def names(self, cell: str) -> tuple[str, str]:
        commune, name = CELLS[cell]
        return commune, self.named.get(cell, name)


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
    title = f"{sent.title_line}" if not FORMS[form].half_yearly else f"Kỳ {_half(sent)} năm {sent.month.year}"
    lines = [[sent.sender], [FORMS[form].label_vi], [title], []]
    lines.append(["STT", "Đảng bộ xã, phường, thị trấn", "Chi bộ", *(group for group, _ in labels)])
    lines.append(["", "", "", *(wording for _, wording in labels)])
    for number, cell in enumerate(sent.rows(form), 1):
        lines.append([str(number), *sent.names(cell), *(sent.figure(cell, measure) for measure in measures)])
    lines.append(["", TOTAL, "", *(sent.figure(TOTAL, measure) for measure in measures)])
    return [*lines, []]


def _half(sent: Sent) -> str:
    return "I" if sent.month.first_month <= 6 else "II"


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
