"""The period of a report: the month of a file, the year of one that holds the yearly form alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from expectations.contract.forms import FORMS, MONTHLY, YEARLY
from expectations.contract.periods import Period, PeriodKind
from transforms.reading.headings import heading_blocks
from transforms.reading.sent_report import SentReport
from transforms.reading.sheets import column_letters, stem
from transforms.reading.stated_periods import every_stated, first_stated
from transforms.reading.tables import Table
from transforms.reading.title_lines import title_lines
from transforms.reading.titles import Stated, periods_in, periods_in_name, years_in_name

_OF_MONTHS = re.compile(r"(?:kỳ|tháng)(?: (?:báo cáo|số liệu))?|tháng[/,]năm")  # heads a column
_MONTHLY_NAMES = frozenset(form.name for form in MONTHLY)
_YEARLY_NAMES = frozenset(form.name for form in YEARLY)


def likely_day(report: SentReport) -> date:
    """The last day of the first month that a title states, else of such a year, else of the month before."""
    for kind in ("month", "year"):
        for one in _periods_above(report, kind):
            return one.period.last_day if one.period else report.day
    return report.day


def _periods_above(report: SentReport, kind: PeriodKind) -> Iterator[Stated]:
    """The periods of a kind stated above the first table of each sheet, or at the head of one without tables."""
    for sheet in report.sheets:
        blocks = heading_blocks(sheet.rows[:60], texts=sheet.texts)
        for line in title_lines(sheet.rows[: blocks[0][0] if blocks else 15]):
            for stated in periods_in(line):
                if stated.period and stated.period.kind == kind:
                    yield stated


def due_period(report: SentReport) -> Period:
    """The period such a file would mostly be of: a month, or a year where the yearly form alone states one."""
    month = Period.month_of(report.day)
    is_yearly = {form for table in report.tables for form in table.forms} <= _YEARLY_NAMES
    is_of_year = is_yearly and (_stated(report, "year") or not _stated(report, "month"))
    return month.of_kind("year") if is_of_year else month


def judge_period(report: SentReport, due: Period) -> Period | None:
    """The month of the report, the year of a yearly form alone; None, with a problem, where it cannot be."""
    stated = _stated(report, due.kind)
    impossible = next((one.text for one in stated if one.period is None), None)
    periods = sorted({one.period for one in stated if one.period})
    if impossible is not None:
        found = impossible
    elif not periods:
        found = "không thấy kỳ nào trong tiêu đề"
    elif len(periods) > 1:
        found = "các biểu thuộc nhiều kỳ: " + ", ".join(map(str, periods))
    elif periods[0].last_day >= report.received_on:
        found = _not_ended(report, periods[0])
    else:
        _judge_name(report, periods[0])
        report.reading.period = str(periods[0])
        return periods[0]
    report.tell("period-invalid", found=found, expected=_as_titled(due))
    return None


def _stated(report: SentReport, kind: PeriodKind) -> list[Stated]:
    """What the tables' titles state: those of the monthly forms for a month, else of any, else of the sheets."""
    monthly = _MONTHLY_NAMES if kind == "month" else frozenset()
    stated = [one for table in report.tables if monthly & set(table.forms) for one in first_stated(table, kind)]
    stated = stated or [one for table in report.tables for one in first_stated(table, kind)]
    return stated or list(islice(_periods_above(report, kind), 1))


def _judge_name(report: SentReport, period: Period) -> None:
    named = years_in_name(stem(report.name)) if period.kind == "year" else periods_in_name(stem(report.name), period)
    near = {one for one in named if abs((one.first_day - period.first_day).days) < 750}
    if near and period not in near:
        report.tell("file-name-period", found=str(min(near)), expected=str(period))


def _not_ended(report: SentReport, period: Period) -> str:
    return f"{period} chưa kết thúc vào ngày nhận {report.received_on:%d/%m/%Y}"


def judge_period_columns(report: SentReport) -> None:
    """Tell of rows of which a column of months that the contract does not know says another month."""
    period = report.period
    if period is None:
        return
    for table in (one for one in report.tables if _MONTHLY_NAMES & set(one.forms)):
        headed = [(c, heading) for c, heading in table.columns.unknown.items() if _OF_MONTHS.fullmatch(heading)]
        for column, heading in headed:
            months = [(row.index, _month_said(table.value(row.index, column))) for row in table.rows]
            others = [(index, month) for index, month in months if month and month not in period.months]
            if others:
                index, month = others[0]
                report.tell(
                    "period-invalid",
                    sheet=table.sheet.name,
                    cell_ref=f"{column_letters(column + 1)}{index + 1}",
                    found=f"«{month}» ở cột «{heading}» trong tệp của {period}",
                    expected=_as_titled(period),
                )


def _month_said(value: Any) -> Period | None:
    """The month that a cell in a column of months says, None where it says none with its year."""
    if isinstance(value, date):
        return Period.month_of(value)
    stated = periods_in(f"Kỳ báo cáo: {value}") if type(value) is str else ()
    return next((one.period for one in stated if one.period and one.period.kind == "month"), None)


def period_of_form(report: SentReport, form: str, table: Table) -> str | None:
    """The period of a form in the file of a month, or in that of a year, which holds the yearly form alone.

    Where the file's is not known, what the table itself states: a unit in the tables of two months is there once.
    """
    kind, period = FORMS[form].every, report.period
    if period is None:
        return next((str(one.period) for one in first_stated(table, kind) if one.period), None)
    if kind == period.kind:
        return str(period)
    newest = period.of_kind(kind)
    stated = [one.period for one in every_stated(table) if one.period and one.period.kind == kind]
    own = stated[0] if stated else newest
    # A half-year of December's file may be the first one; a yearly form may come months after its year.
    wrong = "" if own in (newest, newest.previous) else f"{own} trong tệp của {period}"
    if "period" in table.columns.units and len(set(stated)) > 1:
        wrong = "biểu thuộc nhiều kỳ: " + ", ".join(map(str, sorted(set(stated))))
    if not stated:
        wrong = _said_otherwise(table, period, newest)
    if kind == "year" and own.last_day >= report.received_on:
        wrong = _not_ended(report, own)
    if wrong:
        report.tell("period-invalid", form=form, sheet=table.sheet.name, found=wrong, expected=_as_titled(newest))
    return str(own)


def _said_otherwise(table: Table, period: Period, newest: Period) -> str:
    """What the title of a half-yearly or yearly form says, where it states another time than its file.

    Args:
        period: the file's month.
        newest: the newest period of the form's kind in it, which the figures are of where the title says nothing.
    """
    stated = [] if "period" in table.columns.units else every_stated(table)
    ends = (period.last_day, newest.last_day)
    said = [one.period for one in stated if one.period]
    agree = [one for one in said if one.last_day in ends or (one.kind == "year" and one == newest.whole_year)]
    return "" if agree or not stated else f"«{stated[0].text}» trong tệp của {period}"


def _as_titled(period: Period) -> str:
    """A period as a title states it."""
    if period.kind == "half":
        return f"6 tháng {'đầu' if period.first_month == 1 else 'cuối'} năm {period.year}"
    return f"Tháng {period.first_month} năm {period.year}" if period.kind == "month" else f"Năm {period.year}"
