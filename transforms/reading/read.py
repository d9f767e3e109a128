"""One file's bytes into contract tables and located problems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any, cast

from expectations.contract.carried import CARRIED
from expectations.contract.forms import FORMS, MONTHLY, YEARLY
from expectations.contract.periods import Period, PeriodKind
from expectations.contract.problems import Problem
from transforms.reading import legacy_fonts
from transforms.reading.carriers import look_through
from transforms.reading.counts import CountMemory, NotACount, read_counts
from transforms.reading.folding import fold
from transforms.reading.grid import NoValue
from transforms.reading.headings import LABELS, heading_blocks
from transforms.reading.package import Zips
from transforms.reading.people import lists_people
from transforms.reading.people_in_text import may_tell_of_people, tells_of_people
from transforms.reading.pictures import without_pictures
from transforms.reading.results import CheckedTotal, FileReading, FormRows
from transforms.reading.sheets import Refused, Sheet, column_letters, map_texts, open_sheets, stem
from transforms.reading.tables import Row, Table, find_tables
from transforms.reading.template_mark import is_mark, read_marks
from transforms.reading.title_lines import title_lines
from transforms.reading.titles import Stated, is_aside, periods_in, periods_in_name, years_in_name
from transforms.reading.units import Directory, SenderUnits, UnitFound

__all__ = ["CheckedTotal", "FileReading", "FormRows", "read_file", "sender_of"]

_YEAR = re.compile(r"\d{4}")
_HALF = re.compile(r"-H[12]$")
_FIRST_DAY = re.compile(r"\d{4}-\d\d-01(?: 00:00:00)?")
_NO_UNIT = re.compile(
    r"(?:tỷ|tỉ) (?:lệ|trọng|suất)|tăng/giảm|so với|bình quân|ghi chú|chênh lệch|\(?(?:trang|page|tiếp)\b"
)
_OF_MONTHS = re.compile(r"(?:kỳ|tháng)(?: (?:báo cáo|số liệu))?|tháng[/,]năm")  # heads a column
_MANY = 10_000_000  # no unit counts so many
_LONE_BLANK = NotACount("ô trống")
_YEARLY_NAMES = frozenset(form.name for form in YEARLY)
_OPENINGS = frozenset(carried.opening for carried in CARRIED)


def legible_sheets(
    data: bytes, name: str, directory: Directory | None = None, zips: Zips | None = None
) -> tuple[list[Sheet], str]:
    """The file's sheets with every text in Unicode, and how the text was written.

    Args:
        data, name: the file's.
        directory: the registry, whose names settle what could be read in several fonts.
        zips: keeps those that are opened, for whoever looks into them next.

    Raises:
        Refused: the file is no table.
    """
    sheets = open_sheets(data, name, zips)
    encoding = next((sheet.encoding for sheet in sheets if sheet.encoding), "")
    for sheet in sheets:
        if not sheet.encoding:
            encoding = _from_legacy_fonts(sheet, directory) or encoding
    return sheets, encoding


def _from_legacy_fonts(sheet: Sheet, directory: Directory | None) -> str:
    """Turn a sheet's texts typed in TCVN3 or VNI fonts into Unicode; the font, "" where there was none."""

    def knows(text: str) -> bool:
        return LABELS.knows(text) or (directory is not None and directory.knows(text))

    turned, font = legacy_fonts.readings(list(sheet.texts), knows)
    if not turned:
        return ""
    map_texts(sheet, lambda text: turned.get(text, text))
    return font


def read_file(data: bytes, name: str, reporter: str, received_on: date, directory: Directory) -> FileReading:
    """Read one file as the sender's report.

    Args:
        data: its bytes.
        name: its name; only a period in it is compared with the title's.
        reporter: the folder it came in: the sender's code.
        received_on: the day it arrived.
        directory: the registry.
    """
    sheets: list[Sheet] = []
    encoding, refused, zips = "", None, Zips()
    try:
        sheets, encoding = legible_sheets(data, name, directory, zips)
    except Refused as error:
        refused = error
    carried = look_through(data, zips)
    if lists_people(sheets, directory.knows) or _tell_of_people(carried.texts, sheets, directory):
        return FileReading(problems=[Problem("personal-data")])
    if refused is None and carried.unseen:
        refused = Refused("unsupported-format", carried.unseen[0])
    if refused:
        problem = Problem(
            refused.code, sheet=refused.sheet, cell_ref=refused.cell_ref, found=refused.found, expected=refused.expected
        )
        return FileReading(problems=[problem])
    reading = _Report(sheets, encoding, name, reporter, received_on, directory).read()
    reading.without_pictures = without_pictures(data, zips)
    return reading


def _tell_of_people(parts: list[list[str]], sheets: list[Sheet], directory: Directory) -> bool:
    """Whether what a file says beside its sheets tells of people; what its sheets say too is judged with them."""
    on_sheets = set().union(*(sheet.texts for sheet in sheets))

    def knows(text: str) -> bool:
        return LABELS.knows(text) or directory.knows(text)

    for part in parts:
        texts = [text for text in part if text not in on_sheets]
        if may_tell_of_people(texts) and tells_of_people(legacy_fonts.convert(texts, knows), directory.knows):
            return True
    return False


def sender_of(data: bytes, name: str, received_on: date, directory: Directory) -> str | None:
    """The code of the reporter a file's titles name, None where they name none or several."""
    try:
        sheets, _ = legible_sheets(data, name, directory)
    except Refused:
        return None
    report = _Report(sheets, "", name, "", received_on, directory)
    day = report.likely_day()
    named: set[str] = set()
    for sheet in report.sheets:
        blocks = heading_blocks(sheet.rows, texts=sheet.texts)
        for row in sheet.rows[: blocks[0][0] if blocks else 0]:
            for value in row:
                if type(value) is str and value:
                    named |= directory.titled(value, day)
    return next(iter(named)) if len(named) == 1 else None


class _Report:
    """The reading of one file that is a table: each step leaves what it found in `reading`."""

    def __init__(
        self, sheets: list[Sheet], encoding: str, name: str, reporter: str, received_on: date, directory: Directory
    ) -> None:
        self.sheets = [sheet for sheet in sheets if not sheet.is_hidden and not is_mark(sheet)]
        self.marks = read_marks(sheets)
        self.name, self.reporter, self.received_on, self.directory = name, reporter, received_on, directory
        self.reading = FileReading(encoding=encoding)
        self.counts = CountMemory()
        self.day = received_on.replace(day=1) - timedelta(days=1)
        self.is_alone = False

    def read(self) -> FileReading:
        self.day = min(self.likely_day(), self.day)
        if not self._is_known_sender():
            return self.reading
        units = self.directory.sender(self.reporter, self.day)
        tables = [
            table
            for sheet in self.sheets
            for table in find_tables(sheet, units.is_commune)
            if table.columns.units or table.of == "commune"
        ]
        if not any(table.forms for table in tables):
            self._problem("unknown-form")
            return self.reading
        self._judge_ends(tables, units)
        due = self._due(tables)
        self.is_alone = due.kind == "year"
        period = self._judge_period(tables, due)
        if self._is_wrong_template(period):
            return self.reading
        self.day = period.last_day if period else self.day
        if not self._is_known_sender():
            return self.reading
        units = self.directory.sender(self.reporter, self.day)
        if not self._is_anothers(tables, units):
            self._judge_unknown_periods(tables, period)
            self._take_forms(tables, units, period)
        return self.reading

    def _problem(self, code: str, **where: Any) -> None:
        self.reading.problems.append(Problem(code, **where))

    def _judge_ends(self, tables: list[Table], units: SenderUnits) -> None:
        """Tell of a text that ends within a record.

        Where its last line has no end, that is a record shorter than all others of its table, or one after which the
        sender has units left that the table lacks. Programs end the last line as they do the others.
        """
        for sheet in self.sheets:
            last = next((index for index in reversed(range(len(sheet.rows))) if any(sheet.rows[index])), 0)
            is_cut = sheet.is_cut
            for table in (table for table in tables if table.sheet is sheet and sheet.is_open):
                is_cut = is_cut or _ends_short(table, last) or _ends_early(table, last, units)
            if is_cut:
                shown = next((str(value) for value in reversed(sheet.rows[last]) if value not in ("", None)), "")
                self._problem("truncated-file", sheet=sheet.name, cell_ref=f"A{last + 1}", found=shown[-40:])

    # -- the period ---------------------------------------------------------------------------------------------

    def likely_day(self) -> date:
        """The last day of the first month that a title states, else of such a year, else of the month before."""
        for kind in ("month", "year"):
            for one in self._periods_above(kind):
                return one.period.last_day if one.period else self.day
        return self.day

    def _periods_above(self, kind: PeriodKind) -> Iterator[Stated]:
        """The periods of a kind stated above the first table of each sheet, or at the head of one without tables."""
        for sheet in self.sheets:
            blocks = heading_blocks(sheet.rows[:60], texts=sheet.texts)
            for line in title_lines(sheet.rows[: blocks[0][0] if blocks else 15]):
                for stated in periods_in(line):
                    if stated.period and stated.period.kind == kind:
                        yield stated

    def _judge_period(self, tables: list[Table], due: Period) -> Period | None:
        """The month of the report, the year of a yearly form alone; None, with a problem, where it cannot be."""
        stated = self._stated(tables, due.kind)
        impossible = next((one.text for one in stated if one.period is None), None)
        periods = sorted({one.period for one in stated if one.period})
        if impossible is not None:
            found = impossible
        elif not periods:
            found = "không thấy kỳ nào trong tiêu đề"
        elif len(periods) > 1:
            found = "các biểu thuộc nhiều kỳ: " + ", ".join(map(str, periods))
        elif periods[0].last_day >= self.received_on:
            found = self._not_ended(periods[0])
        else:
            self._judge_name(periods[0])
            self.reading.period = str(periods[0])
            return periods[0]
        expected = f"Tháng {due.first_month} năm {due.year}" if due.kind == "month" else f"Năm {due.year}"
        self._problem("period-invalid", found=found, expected=expected)
        return None

    def _due(self, tables: list[Table]) -> Period:
        """The period such a file would mostly be of: a month, or a year where the yearly form alone states one."""
        month = Period.month_of(self.day)
        is_yearly = {form for table in tables for form in table.forms} <= _YEARLY_NAMES
        is_of_year = is_yearly and (self._stated(tables, "year") or not self._stated(tables, "month"))
        return month.of_kind("year") if is_of_year else month

    def _stated(self, tables: list[Table], kind: PeriodKind) -> list[Stated]:
        """What the tables' titles state: those of the monthly forms for a month, else of any, else of the sheets."""
        monthly = {form.name for form in MONTHLY} if kind == "month" else set()
        stated = [one for table in tables if monthly & set(table.forms) for one in _first_stated(table, kind)]
        stated = stated or [one for table in tables for one in _first_stated(table, kind)]
        return stated or list(islice(self._periods_above(kind), 1))

    def _not_ended(self, period: Period) -> str:
        return f"{period} chưa kết thúc vào ngày nhận {self.received_on:%d/%m/%Y}"

    def _judge_name(self, period: Period) -> None:
        named = years_in_name(stem(self.name)) if period.kind == "year" else periods_in_name(stem(self.name))
        near = {one for one in named if abs((one.first_day - period.first_day).days) < 750}
        if near and period not in near:
            self._problem("file-name-period", found=str(min(near)), expected=str(period))

    def _judge_unknown_periods(self, tables: list[Table], period: Period | None) -> None:
        """Tell of rows of which a column of months that the contract does not know says another month."""
        if period is None:
            return
        monthly = {form.name for form in MONTHLY}
        for table in (one for one in tables if monthly & set(one.forms)):
            headed = [(c, heading) for c, heading in table.columns.unknown.items() if _OF_MONTHS.fullmatch(heading)]
            for column, heading in headed:
                months = [(row.index, _month_said(_value(table, row.index, column))) for row in table.rows]
                others = [(index, month) for index, month in months if month and month not in period.months]
                if others:
                    index, month = others[0]
                    self._problem(
                        "period-invalid",
                        sheet=table.sheet.name,
                        cell_ref=f"{column_letters(column + 1)}{index + 1}",
                        found=f"«{month}» ở cột «{heading}» trong tệp của {period}",
                        expected=f"Tháng {period.first_month} năm {period.year}",
                    )

    def _is_wrong_template(self, period: Period | None) -> bool:
        """Whether the file is our template made for another unit or period; nothing more is then said of it."""
        for mark in self.marks:
            is_other = period is not None and mark.period != period and mark.period.of_kind(period.kind) != period
            if mark.unit_code != self.reporter or is_other:
                made_for = self.directory.name(mark.unit_code, mark.period.last_day)
                sender = self.directory.name(self.reporter, self.day)
                self._problem(
                    "wrong-template",
                    found=f"{made_for}, {_as_marked(mark.period)}",
                    expected=f"{sender}, {_as_marked(period)}" if period else sender,
                )
                return True
        return False

    # -- the sender ---------------------------------------------------------------------------------------------

    def _is_known_sender(self) -> bool:
        known = self.directory.is_reporter(self.reporter, self.day)
        if not known:
            reporters = ", ".join(unit.name for unit in self.directory.registry.reporters_on(self.day)[:12])
            self._problem("unknown-district", found=self.reporter, expected=f"{reporters}, …")
        return known

    def _is_anothers(self, tables: list[Table], units: SenderUnits) -> bool:
        other = self._owner_by_titles(tables) or self._owner_by_units(tables, units)
        if other:
            self._problem(
                "wrong-district",
                found=self.directory.name(other, self.day),
                expected=self.directory.name(self.reporter, self.day),
            )
        return bool(other)

    def _owner_by_titles(self, tables: list[Table]) -> str:
        """The reporter the titles name in place of the sender, be it over one table only; "" where they do not."""
        titled = set().union(*(self.directory.titled(line, self.day) for table in tables for line in table.titles))
        if titled and self.reporter not in titled:
            return min(titled)
        for table in tables:
            alone = set().union(*(self.directory.titled_alone(line, self.day) for line in table.titles))
            if alone and self.reporter not in alone:
                return min(alone)
        return ""

    def _owner_by_units(self, tables: list[Table], units: SenderUnits) -> str:
        """The reporter most of the rows belong to, where that is not the sender."""
        rows = list({(row.commune, row.cell, row.code, table.of) for table in tables for row in table.rows})
        if not rows or 2 * sum(units.find(*row).code is not None for row in rows) > len(rows):
            return ""
        owners = self.directory.owners(rows, self.day)
        best = max(owners, key=lambda code: owners[code], default="")
        return best if best != self.reporter and 2 * owners.get(best, 0) > len(rows) else ""

    # -- the forms ----------------------------------------------------------------------------------------------

    def _take_forms(self, tables: list[Table], units: SenderUnits, period: Period | None) -> None:
        for form in FORMS.values():
            holding = _holding(form.name, tables, units)
            is_asked = form.every == "month" and not self.is_alone
            if is_asked and not any(table.rows for table in holding) and (not period or form.asked_in(str(period))):
                self._missing_form(form.name, holding)
            for table in holding:
                self._take(form.name, tables.index(table), table, units, period)
        if self.is_alone and not self.reading.forms:  # every row of it is blank
            name = next(name for table in tables for name in table.forms)
            self._problem("missing-form", form=name, expected=name, variant="blank")
        self._note_unknown(tables)

    def _missing_form(self, form: str, holding: list[Table]) -> None:
        """A form that is not there, or whose headings stand over nothing: a damaged workbook may have lost its rows."""
        if holding:
            self._problem("missing-form", form=form, expected=form, sheet=holding[0].sheet.name, variant="blank")
        else:
            self._problem("missing-form", form=form, expected=form)

    def _period_of(self, form: str, table: Table, period: Period | None) -> str | None:
        """The period of a form in the file of a month, or in that of a year, which holds the yearly form alone.

        Where the file's is not known, what the table itself states: a unit in the tables of two months is there once.
        """
        kind = FORMS[form].every
        if period is None:
            return next((str(one.period) for one in _first_stated(table, kind) if one.period), None)
        if kind == period.kind:
            return str(period)
        newest = period.of_kind(kind)
        stated = [one.period for one in _every_stated(table) if one.period and one.period.kind == kind]
        own = stated[0] if stated else newest
        # A half-year of December's file may be the first one; a yearly form may come months after its year.
        wrong = "" if own in (newest, newest.previous) else f"{own} trong tệp của {period}"
        if "period" in table.columns.units and len(set(stated)) > 1:
            wrong = "biểu thuộc nhiều kỳ: " + ", ".join(map(str, sorted(set(stated))))
        if not stated:
            wrong = _said_otherwise(table, period, newest)
        if kind == "year" and own.last_day >= self.received_on:
            wrong = self._not_ended(own)
        if wrong:
            self._problem("period-invalid", form=form, sheet=table.sheet.name, found=wrong, expected=str(newest))
        return str(own)

    def _note_unknown(self, tables: list[Table]) -> None:
        """Say which columns, rows and tables were passed over."""
        taken = {form.table_no for form in self.reading.forms}
        for number, table in enumerate(tables):
            name, columns = table.sheet.name, table.columns
            if number not in taken and table.rows:
                self._note(f"{name}: bỏ qua bảng ở dòng {columns.first_row + 1}, không đủ cột của biểu nào")
            for column, heading in columns.unknown.items():
                self._note(f"{name}: bỏ qua cột {column_letters(column + 1)} «{heading[:80]}»")
            for column in (one for rivals in columns.rivals.values() for one in rivals):
                self._note(f"{name}: bỏ qua cột {column_letters(column + 1)}, lặp lại một cột trước")
            for column in _unheaded(table):
                self._note(f"{name}: bỏ qua cột {column_letters(column + 1)} không có tiêu đề")
            for index in table.passed:
                self._note_row(table, index)

    def _take(self, form: str, number: int, table: Table, units: SenderUnits, period: Period | None) -> None:
        columns = table.columns.of_form(form)
        self._judge_columns(form, table, columns)
        rows = _rows_of(form, table)
        self._judge_rivals(form, table, rows)
        found = _found(form, table, rows, units)
        rows, found = self._without_remarks(rows, found, table, columns)
        lines = _lines(table, rows)
        counts = {name: read_counts([line[at] for line in lines], self.counts) for name, at in columns.items()}
        # In our template the openings stand there before anybody reports.
        said = [values for name, values in counts.items() if not (self.marks and name in _OPENINGS)]
        blank = (None,) * len(said)
        reported = [line != blank for line in zip(*said, strict=True)]
        for name, values in counts.items():
            if None in values:  # a blank beside filled measures is no zero
                counts[name] = [
                    _LONE_BLANK if value is None and reported[i] else value for i, value in enumerate(values)
                ]
        if form == table.forms[0]:
            self._judge_units(form, table, rows, found, units)
        if FORMS[form].every != "month" and not any(reported):
            self._note_stray_totals(table, columns)
            return  # a form kept for June and December, left empty in other months, whatever its title says
        clean = self._judge_counts(form, table, rows, found, counts, columns)
        for name in _OPENINGS & clean.keys():
            clean[name] = [value if reported[i] else None for i, value in enumerate(clean[name])]
        taken = FormRows(
            form=form,
            table_no=number,
            sheet=table.sheet.name,
            period=self._period_of(form, table, period),
            rows=[row.index + 1 for row in rows],
            unit_codes=[one.code for one in found],
            units=[one.shown for one in found],
            is_reported=reported,
            counts=clean,
            columns={name: column + 1 for name, column in columns.items()},
            unit_column=_unit_column(table, form) + 1,
        )
        self._add_totals(taken, table, rows, counts)
        self.reading.forms.append(taken)

    def _judge_columns(self, form: str, table: Table, columns: dict[str, int]) -> None:
        for name in FORMS[form].names:
            if name not in columns:
                self._problem(
                    "missing-column",
                    form=form,
                    sheet=table.sheet.name,
                    measure=name,
                    expected=name,
                    cell_ref=f"A{table.columns.last_row + 1}",
                )

    def _judge_rivals(self, form: str, table: Table, rows: list[Row]) -> None:
        """Tell of measures that stand more than once; a copy that says the same in every row is no rival."""
        for measure, rivals in table.columns.rivals.items():
            own = table.columns.measures[measure]
            differing = [
                column
                for column in rivals
                if any(
                    self.counts[_value(table, row.index, own)] != self.counts[_value(table, row.index, column)]
                    for row in rows
                )
            ]
            if differing and measure in FORMS[form].names:
                places = [f"{column_letters(c + 1)} «{table.columns.marks[c]}»" for c in (own, *differing)]
                self._problem(
                    "ambiguous-column",
                    form=form,
                    sheet=table.sheet.name,
                    measure=measure,
                    cell_ref=f"{column_letters(differing[0] + 1)}{table.columns.last_row + 1}",
                    found=", ".join(places),
                )

    def _judge_units(
        self, form: str, table: Table, rows: list[Row], found: list[UnitFound], units: SenderUnits
    ) -> None:
        told: set[str] = set()
        for row, one in zip(rows, found, strict=True):
            if one.code is not None or (one.is_commune_unknown and one.shown in told):
                continue
            told.add(one.shown)
            place = table.columns.units
            coded = place.get(FORMS[form].key, place.get("cell_code"))
            named = place.get("commune") if one.is_commune_unknown else coded if row.code else None
            column = _unit_column(table) if named is None else named
            index = row.commune_index if one.is_commune_unknown else row.index
            self._problem(
                "unknown-unit",
                form=form,
                sheet=table.sheet.name,
                cell_ref=f"{column_letters(column + 1)}{index + 1}",
                found=one.shown or "dòng không có tên đơn vị",
                unit=one.shown,
                expected=units.nearest(row.commune, row.cell, row.code, table.of),
            )

    def _judge_counts(
        self,
        form: str,
        table: Table,
        rows: list[Row],
        found: list[UnitFound],
        counts: dict[str, list[int | NotACount | None]],
        columns: dict[str, int],
    ) -> dict[str, list[int | None]]:
        """Problems of values that are no counts; the counts with these unknown."""
        clean: dict[str, list[int | None]] = {}
        for name, values in counts.items():
            has_others = NotACount in set(map(type, values))
            known = [None if type(value) is NotACount else value for value in values] if has_others else values
            clean[name] = cast("list[int | None]", known)
            if not has_others and min(filter(None, clean[name]), default=0) >= 0:
                continue
            for position, value in enumerate(values):
                if value is None or (isinstance(value, int) and value >= 0):
                    continue
                self._problem(
                    "negative-count" if isinstance(value, int) else "not-a-count",
                    form=form,
                    sheet=table.sheet.name,
                    cell_ref=f"{column_letters(columns[name] + 1)}{rows[position].index + 1}",
                    measure=name,
                    found=str(value) if isinstance(value, int) else value.text,
                    unit_code=found[position].code or "",
                    unit=found[position].shown,
                )
        return clean

    def _without_remarks(
        self, rows: list[Row], found: list[UnitFound], table: Table, columns: dict[str, int]
    ) -> tuple[list[Row], list[UnitFound]]:
        """Drop what is no row of a unit: remarks, ratios and signatures beside or below the rows of units.

        What is dropped though something stands in its columns of figures is told of in a note.
        """
        if all(one.code is not None for one in found):
            return rows, found
        last = max((row.index for row, one in zip(rows, found, strict=True) if one.code is not None), default=-1)
        kept = []
        for row, one in zip(rows, found, strict=True):
            if one.code is None and self._is_sum(row, rows, table, columns):
                self._note_row(table, row.index)
                continue
            if one.code is None and self._is_remark(row, table, last):
                self._note_row(table, row.index)
                continue
            kept.append((row, one))
        return [row for row, _ in kept], [one for _, one in kept]

    def _is_remark(self, row: Row, table: Table, last: int) -> bool:
        """Whether a row of no known unit is none at all; one that holds counts is a unit's unless it says otherwise."""
        measures = table.columns.measures.values()
        values = [value for column in measures if (value := _value(table, row.index, column)) not in ("", None)]
        figures = sum(map(self._may_count, values))
        is_below = -1 < table.end < row.index and row.index > last
        if not figures:
            return is_below or not row.is_numbered
        name = table.name(row)
        if _NO_UNIT.match(fold(name)):
            return True
        names_unit = row.code or (name and row.commune_index == row.index and "commune" in table.columns.units)
        return is_below and not names_unit and not row.is_numbered and 2 * figures < len(measures)

    def _may_count(self, value: Any) -> bool:
        """Whether a cell holds what may be a count, be it unknown; a telephone number is none."""
        count = self.counts[value]
        is_phone = type(value) is str and value.strip().startswith("0") and len(value.strip()) > 1
        return type(value) is NoValue or (isinstance(count, int) and abs(count) < _MANY and not is_phone)

    def _note_row(self, table: Table, index: int) -> None:
        """Say of a row passed over what stands in it, where anything stands in its columns of figures."""
        measures = table.columns.measures.values()
        if any(_value(table, index, column) not in ("", None) for column in measures):
            first = next((str(value) for value in table.sheet.rows[index] if value not in ("", None)), "")
            self._note(f"{table.sheet.name}: bỏ qua dòng {index + 1} «{first[:80]}»")

    def _note_stray_totals(self, table: Table, columns: dict[str, int]) -> None:
        """Say of totals that hold figures where no unit has any."""
        for total in table.totals:
            stated = [self.counts[_value(table, total.index, column)] for column in columns.values()]
            if any(isinstance(value, NotACount) or value for value in stated):
                self._note_row(table, total.index)

    def _note(self, text: str) -> None:
        if text not in self.reading.notes:
            self.reading.notes.append(text)

    def _is_sum(self, row: Row, rows: list[Row], table: Table, columns: dict[str, int]) -> bool:
        """Whether a row without any name holds what all rows above it add up to: a total that lacks its word."""
        if table.name(row) or row.code or row.is_numbered:
            return False
        above = [one for one in rows if one.index < row.index]
        for column in columns.values():
            figures = [self.counts[_value(table, one.index, column)] for one in above]
            if self.counts[_value(table, row.index, column)] != sum(f for f in figures if isinstance(f, int)):
                return False
        return bool(above)

    def _add_totals(
        self, taken: FormRows, table: Table, rows: list[Row], counts: dict[str, list[int | NotACount | None]]
    ) -> None:
        positions = {row.index: position for position, row in enumerate(rows)}
        for total in table.totals:
            if table.is_beside_cells(taken.form):
                if total.index in positions:  # a commune's row, the sum of its cells in other forms
                    continue
                above = [position for index, position in positions.items() if index < total.index]
                spans = [(above[0], above[-1])] if above else []
            else:
                spans = [ends for span in total.spans if (ends := _ends(table.rows, span, positions))]
            stated = {
                name: self.counts[_value(table, total.index, column - 1)] for name, column in taken.columns.items()
            }
            stands = {name: value for name, value in stated.items() if isinstance(value, int)}
            sums = [_sums(counts, first, last, stands) for first, last in spans]
            if not sums:
                self._note_row(table, total.index)
            if not sums or not stands:
                continue
            # Of what it may cover, that which fits most of its figures.
            computed = max(sums, key=lambda some: sum(some[name] == value for name, value in stands.items()))
            for name, value in stands.items():
                self._judge_total(
                    taken, CheckedTotal(table.sheet.name, total.index + 1, name, total.label, value, computed[name])
                )

    def _judge_total(self, taken: FormRows, total: CheckedTotal) -> None:
        taken.totals.append(total)
        if total.computed is not None and total.computed != total.value:
            self._problem(
                "total-mismatch",
                form=taken.form,
                sheet=total.sheet,
                measure=total.measure,
                cell_ref=f"{column_letters(taken.columns[total.measure])}{total.row}",
                unit=total.label,
                found=str(total.value),
                expected=str(total.computed),
            )


def _ends(rows: list[Row], span: tuple[int, int], positions: dict[int, int]) -> tuple[int, int] | None:
    """The first and the last position of the rows in a span of a table's that have one."""
    first = next((positions[rows[at].index] for at in range(*span) if rows[at].index in positions), None)
    last = next((positions[rows[at].index] for at in reversed(range(*span)) if rows[at].index in positions), None)
    return None if first is None or last is None else (first, last)


def _sums(
    counts: dict[str, list[int | NotACount | None]], first: int, last: int, names: Iterable[str]
) -> dict[str, int | None]:
    """What the rows from one position to another add up to by measure; None where one of them is no count."""
    sums: dict[str, int | None] = {}
    for name in names:
        parts = counts[name][first : last + 1]
        sums[name] = None if NotACount in set(map(type, parts)) else sum(filter(None, parts))  # type: ignore[arg-type]
    return sums


def _holding(form: str, tables: list[Table], units: SenderUnits) -> list[Table]:
    """The tables of a form.

    One that repeats a few figures of another form beside its own is none of that form, and one that repeats a few of
    units told elsewhere is a summary; but one that alone tells of its units lacks columns.
    """
    held = [(len(table.columns.of_form(form)), table) for table in tables if form in table.forms]
    most = max((columns for columns, _ in held), default=0)
    full = [table for columns, table in held if columns > 0.6 * most]
    if len(full) == len(held):
        return full
    told = set().union(*(_units_told(form, table, units) for table in full))

    def tells_alone(table: Table) -> bool:
        its_own = _units_told(form, table, units)
        return bool(its_own) and (its_own.isdisjoint(told) or (table.forms == [form] and not its_own <= told))

    return [table for columns, table in held if columns > 0.6 * most or tells_alone(table)]


def _units_told(form: str, table: Table, units: SenderUnits) -> set[str]:
    """The units that have anything in a form's columns of a table."""
    columns = table.columns.of_form(form).values()
    rows = [row for row in _rows_of(form, table) if any(_value(table, row.index, c) not in ("", None) for c in columns)]
    return {one.code for one in _found(form, table, rows, units) if one.code is not None}


def _found(form: str, table: Table, rows: list[Row], units: SenderUnits) -> list[UnitFound]:
    """The cell or commune of each row."""
    if table.is_beside_cells(form):
        return [units.find(row.commune, "", "", "commune") for row in rows]
    return [units.find(row.commune, row.cell, row.code, table.of) for row in rows]


def _unit_column(table: Table, form: str = "") -> int:
    """The 0-based column of the units' names, or what tells them in its place."""
    places = table.columns.units
    if form and table.is_beside_cells(form) and "commune" in places:
        return places["commune"]
    return next((places[name] for name in ("cell", "commune", "commune_code", "cell_code") if name in places), 0)


def _lines(table: Table, rows: list[Row]) -> list[list[Any]]:
    """The rows' values, short rows filled up with blanks."""
    width = max(table.columns.measures.values()) + 1
    lines = [table.sheet.rows[row.index] for row in rows]
    return [line if len(line) >= width else line + [""] * (width - len(line)) for line in lines]


def _ends_short(table: Table, last: int) -> bool:
    """Whether a sheet's last row goes on with the table's rows and breaks off before their width.

    Lines below a total are notes and signatures, which have what width they like.
    """
    rows = [row.index for row in table.rows if row.index < last]
    ends = [total.index for total in table.totals if total.index < last]
    before = max(rows, default=-1)
    goes_on = last - 1 in (before, *ends) and before == max([before, *(i for i in ends if -1 < table.end <= i)])
    record = table.sheet.rows[last]
    is_record = len(record) > 1 or str(record[0]).strip().isdigit()
    return goes_on and is_record and len(record) < min(len(table.sheet.rows[index]) for index in rows)


def _ends_early(table: Table, last: int, units: SenderUnits) -> bool:
    """Whether a sheet's last row is a unit's, no total follows, and others of the sender's units are not there."""
    if not table.rows or table.rows[-1].index != last or table.end > -1:
        return False
    told = {units.find(row.commune, row.cell, row.code, table.of).code for row in table.rows}
    return not told.issuperset(units.codes(table.of))


def _unheaded(table: Table) -> list[int]:
    """Columns with numbers in rows of units and no heading at all."""
    columns = table.columns
    headed = {*columns.units.values(), *columns.counted, *columns.unknown, *columns.elsewhere}
    lines = [table.sheet.rows[row.index] for row in table.rows]
    bare = set(range(max(map(len, lines), default=0))) - headed
    return [c for c in sorted(bare) if any(c < len(line) and _is_number(line[c]) for line in lines)]


def _is_number(value: Any) -> bool:
    """Whether a cell holds a number; in a text file it is written in digits."""
    return type(value) in (int, float) or (type(value) is str and value.strip().isdecimal())


def _value(table: Table, index: int, column: int) -> Any:
    row = table.sheet.rows[index]
    return row[column] if column < len(row) else None


def _first_stated(table: Table, kind: PeriodKind) -> list[Stated]:
    """What the table's column of periods says, else the first statement of its title; impossible ones included."""
    if "period" in table.columns.units:
        texts = dict.fromkeys(row.period for row in table.rows)
        return [_of_column(text, kind) for text in texts if _kind_in_column(text, table) == kind]
    for line in table.titles:
        for stated in periods_in(line):
            if stated.period is None or stated.period.kind == kind:
                return [stated]
    return []


def _every_stated(table: Table) -> list[Stated]:
    """All that the table's column of periods says, else the lines of its title that speak of the table."""
    if "period" in table.columns.units:
        texts = dict.fromkeys(row.period for row in table.rows)
        return [_of_column(text, _kind_in_column(text, table)) for text in texts]
    return [stated for line in table.titles if not is_aside(line) for stated in periods_in(line)]


def _said_otherwise(table: Table, period: Period, newest: Period) -> str:
    """What the title of a half-yearly or yearly form says, where it states another time than its file.

    Args:
        period: the file's month.
        newest: the newest period of the form's kind in it, which the figures are of where the title says nothing.
    """
    stated = [] if "period" in table.columns.units else _every_stated(table)
    ends = (period.last_day, newest.last_day)
    said = [one.period for one in stated if one.period]
    agree = [one for one in said if one.last_day in ends or (one.kind == "year" and one == newest.whole_year)]
    return "" if agree or not stated else f"«{stated[0].text}» trong tệp của {period}"


def _month_said(value: Any) -> Period | None:
    """The month that a cell in a column of months says, None where it says none with its year."""
    if isinstance(value, date):
        return Period.month_of(value)
    stated = periods_in(f"Kỳ báo cáo: {value}") if type(value) is str else ()
    return next((one.period for one in stated if one.period and one.period.kind == "month"), None)


def _kind_in_column(text: str, table: Table) -> PeriodKind:
    """Of which kind a period in a column of its own is: a year only where a yearly form stands in the table."""
    if _HALF.search(text):
        return "half"
    kinds = {FORMS[form].every for form in table.forms}
    return "year" if kinds == {"year"} or ("year" in kinds and _YEAR.fullmatch(text)) else "month"


def _of_column(text: str, kind: PeriodKind) -> Stated:
    """A period in a column of its own; a month or a year may stand there as its first day."""
    shown = text
    if _FIRST_DAY.fullmatch(text):
        shown = text[:4] if kind == "year" and text[5:7] == "01" else text[:7]
    try:
        period = Period.parse(shown)
    except ValueError:
        return Stated(None, text)
    return Stated(period if period.kind == kind else None, text)


def _rows_of(form: str, table: Table) -> list[Row]:
    """In a table with a column of periods, rows of half-years and years belong to their own forms and to no other.

    A form of communes beside forms of cells has the rows in which anything stands in its columns.
    """
    if table.is_beside_cells(form):
        columns = table.columns.of_form(form).values()
        every = {row.index: row for row in (*table.groups, *table.rows)}
        rows = [every[index] for index in sorted(every)]
        return [row for row in rows if any(_value(table, row.index, c) not in ("", None) for c in columns)]
    if "period" not in table.columns.units:
        return table.rows
    kinds = [_kind_in_column(row.period, table) for row in table.rows]
    own = [row for row, kind in zip(table.rows, kinds, strict=True) if kind == FORMS[form].every]
    are_others = FORMS[form].every == "month" and set(kinds) != {"month"}
    return own if own or are_others else table.rows


def _as_marked(period: Period) -> str:
    return str(period) if period.kind == "year" else f"{period.first_month:02d}/{period.year}"
