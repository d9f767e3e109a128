"""One form's sheet of a template: headings, rows to fill in, subtotals and totals, the check beside each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from expectations.language.catalogue import Language, text
from expectations.language.numbers import roman
from transforms.reading.counts import LARGEST
from transforms.reading.sheets import column_letters
from transforms.returning.workbook_writer import lines_of
from transforms.template.checks import RowChecks
from transforms.template.formats import TemplateFormats
from transforms.template.layout import FIRST_ROW, HEADING_ROW, OPENINGS, STATE_ROW, UNITS, FormLayout, UnitRow, wording
from transforms.template.openings import Openings

_UNIT_WIDTHS = (5, 11, 27)
_COUNT_WIDTH, _CHECK_WIDTH = 8.5, 46
_ROW_HEIGHT, _HEADING_LINE = 25, 13
_A4 = 9


@dataclass(frozen=True, slots=True)
class SheetContent:
    """What is written on a form's sheet besides what its layout says: the lines above the table, and the figures.

    Attributes:
        head: four lines: the body above, the committee, the title, the period.
        names: the communes by unit_id.
        openings: what is known to stand in the opening's cells.
    """

    head: tuple[str, str, str, str]
    names: dict[str, str]
    openings: Openings


class FormSheet:
    """The writing of one sheet."""

    def __init__(
        self, file: Any, formats: TemplateFormats, layout: FormLayout, checks: RowChecks, language: Language
    ) -> None:
        self.page = file.add_worksheet(layout.sheet)
        self._formats, self._layout, self._checks, self._language = formats, layout, checks, language

    def write(self, content: SheetContent) -> None:
        self._write_head(content.head)
        self._write_headings()
        number = 0
        for position, ((commune, _), (top, rows)) in enumerate(
            zip(self._layout.groups, self._layout.blocks, strict=True), 1
        ):
            if self._layout.has_group_rows:
                self._write_group(top, roman(position), content.names[commune], rows, content.openings)
            for row, unit in rows:
                number += 1
                self._write_unit(row, number, unit, content.openings)
        self._write_total(content.openings)
        self._mark_faults()
        self._only_counts()
        self._lay_out()

    def _write_head(self, head: tuple[str, str, str, str]) -> None:
        for row, (line, kind) in enumerate(zip(head, ("plain", "strong", "title", "strong"), strict=True)):
            self.page.write_string(row, 0, line, self._formats[kind])
        units = len(self._layout.units)
        column = self._column(self._layout.check_column)
        counted = {"right": f'COUNTIF({column},"{self._checks.word("right")}")'}
        counted["blank"] = f'COUNTIF({column},"{self._checks.word("blank")}")'
        counted["faulty"] = f"({units}-{counted['right']}-{counted['blank']})"
        signs = {"right": "\x01", "faulty": "\x02", "blank": "\x03"}
        sentence = text("template.state", self._language, **signs).replace('"', '""')
        for name, sign in signs.items():
            sentence = sentence.replace(sign, f'"&{counted[name]}&"')
        now = text("template.state", self._language, right=0, faulty=0, blank=units)
        self.page.write_formula(STATE_ROW, 0, f'="{sentence}"', self._formats["state"], now)
        criteria = f"={counted['faulty']}>0"
        look = {"type": "formula", "criteria": criteria, "format": self._formats["said-broken"]}
        self.page.conditional_format(STATE_ROW, 0, STATE_ROW, 0, look)

    def _column(self, column: int) -> str:
        letters = column_letters(column + 1)
        return f"${letters}${FIRST_ROW + 1}:${letters}${self._layout.total_row}"

    def _write_headings(self) -> None:
        form, heading = self._layout.form.name, self._formats["heading"]
        words = [wording("unit", name) for name in self._layout.unit_columns]
        words += [wording(form, name) for name in self._layout.form.names] + [wording("unit", "check")]
        groups = [word.group for word in words]
        column = 0
        while column < len(words):
            group = groups[column]
            last = column
            while group and groups[last + 1 : last + 2] == [group]:
                last += 1
            if not group:
                self.page.merge_range(HEADING_ROW, column, HEADING_ROW + 1, column, words[column].text, heading)
            elif last > column:
                self.page.merge_range(HEADING_ROW, column, HEADING_ROW, last, group, heading)
            else:
                self.page.write_string(HEADING_ROW, column, group, heading)
            for at in range(column, last + 1) if group else ():
                self.page.write_string(HEADING_ROW + 1, at, words[at].text, heading)
            column = last + 1
        own = max(lines_of(word.text, _COUNT_WIDTH) for word in words if word.group) if any(groups) else 1
        over = max(lines_of(word.text, _COUNT_WIDTH) for word in words if word.form == form and not word.group)
        self.page.set_row(HEADING_ROW, _HEADING_LINE * max(2, over - own) + 4)
        self.page.set_row(HEADING_ROW + 1, _HEADING_LINE * own + 4)

    def _write_group(self, row: int, ordinal: str, name: str, rows: list[tuple[int, UnitRow]], known: Openings) -> None:
        self.page.set_row(row, 18)
        self.page.write_string(row, 0, ordinal, self._formats["group-centre"])
        self.page.write_blank(row, 1, None, self._formats["group"])
        self.page.write_string(row, 2, f"Đảng bộ {name}", self._formats["group"])
        for measure in self._layout.form.names:
            letters = self._layout.letters(measure)
            formula = f"=SUM({letters}{rows[0][0] + 1}:{letters}{rows[-1][0] + 1})"
            self._write_sum(row, measure, formula, [unit.code for _, unit in rows], known)
        self.page.write_blank(row, self._layout.check_column, None, self._formats["group"])

    def _write_total(self, known: Openings) -> None:
        row, blocks = self._layout.total_row, self._layout.blocks
        self.page.set_row(row, 18)
        for column in (0, 1, self._layout.check_column):
            self.page.write_blank(row, column, None, self._formats["group"])
        self.page.write_string(row, 2, "Tổng cộng", self._formats["group"])
        codes = [unit.code for _, unit in self._layout.units]
        for measure in self._layout.form.names:
            letters = self._layout.letters(measure)
            parts = ",".join(f"{letters}{top + 1}" for top, _ in blocks)
            if not self._layout.has_group_rows:
                parts = ",".join(f"{letters}{first + 1}:{letters}{last + 1}" for first, last in self._layout.spans)
            self._write_sum(row, measure, f"=SUM({parts})", codes, known)

    def _write_sum(self, row: int, measure: str, formula: str, codes: list[str], known: Openings) -> None:
        now = sum(known.get((code, measure), 0) for code in codes)
        self.page.write_formula(row, self._layout.column(measure), formula, self._formats["group-count"], now)

    def _write_unit(self, row: int, number: int, unit: UnitRow, known: Openings) -> None:
        self.page.set_row(row, _ROW_HEIGHT)
        self.page.write_number(row, 0, number, self._formats["locked-centre"])
        self.page.write_string(row, 1, unit.code, self._formats["locked-centre"])
        self.page.write_string(row, 2, unit.name, self._formats["locked"])
        for measure in self._layout.form.names:
            column, value = self._layout.column(measure), known.get((unit.code, measure))
            if measure in OPENINGS and value is not None:
                self.page.write_number(row, column, value, self._formats["locked-count"])
            else:
                self.page.write_blank(row, column, None, self._formats["input"])
        now = text("template.check.blank", self._language)
        self.page.write_formula(row, self._layout.check_column, self._checks.said(row), self._formats["check"], now)

    def _mark_faults(self) -> None:
        """Cells turn red where a rule breaks or no count stands, yellow where one is missing."""
        checks, first = self._checks, self._layout.spans[0][0]
        for rule in checks.rules:
            self._mark(self._layout.column(checks.pointed_at(rule)), checks.broken(rule, first), "broken")
        for measure in self._layout.form.names:
            column = self._layout.column(measure)
            self._mark(column, checks.no_count(measure, first), "broken")
            self._mark(column, checks.gap(measure, first), "missing")
        said = f"${column_letters(self._layout.check_column + 1)}{first + 1}"
        column = self._layout.check_column
        self._mark(column, f'{said}="{checks.word("right")}"', "said-right")
        self._mark(column, f'{said}="{checks.word("blank")}"', "said-blank")
        both = f'OR({said}="{checks.word("right")}",{said}="{checks.word("blank")}")'
        self._mark(column, f"NOT({both})", "said-broken")

    def _mark(self, column: int, formula: str, look: str) -> None:
        """A conditional format over all the cells of a column; the formula is written for the first of them."""
        (first, last), letters = self._layout.spans[0], column_letters(column + 1)
        ranges = " ".join(f"{letters}{top + 1}:{letters}{end + 1}" for top, end in self._layout.spans)
        self.page.conditional_format(
            first,
            column,
            last,
            column,
            {"type": "formula", "criteria": f"={formula}", "format": self._formats[look], "multi_range": ranges},
        )

    def _only_counts(self) -> None:
        left, right = UNITS, self._layout.check_column - 1
        areas = [[top, left, last, right] for top, last in self._layout.spans]
        self.page.data_validation(
            *areas[0],
            {
                "validate": "integer",
                "criteria": "between",
                "minimum": 0,
                "maximum": LARGEST - 1,
                "error_title": text("template.only-counts", self._language),
                "error_message": text("template.check.not-a-count", self._language),
                "other_cells": areas[1:],
            },
        )

    def _lay_out(self) -> None:
        page, last = self.page, self._layout.check_column
        for column, width in enumerate(_UNIT_WIDTHS):
            page.set_column(column, column, width)
        page.set_column(len(_UNIT_WIDTHS), last - 1, _COUNT_WIDTH)
        page.set_column(last, last, _CHECK_WIDTH)
        page.freeze_panes(FIRST_ROW, UNITS)
        page.set_landscape()
        page.set_paper(_A4)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
        page.fit_to_pages(1, 0)
        page.repeat_rows(HEADING_ROW, HEADING_ROW + 1)
        page.print_area(0, 0, self._layout.total_row, last)
        page.set_footer("&R&P/&N")
        page.protect("", {"format_columns": True, "format_rows": True})
        page.set_selection(self._layout.spans[0][0], UNITS, self._layout.spans[0][0], UNITS)
