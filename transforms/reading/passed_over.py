"""What of a file is no figure of a unit and is passed over, with a note where it holds figures."""

from __future__ import annotations

import re
from typing import Any

from transforms.reading.counts import NotACount
from transforms.reading.folding import fold
from transforms.reading.grid import NoValue
from transforms.reading.sent_report import SentReport
from transforms.reading.sheets import column_letters
from transforms.reading.tables import Row, Table
from transforms.reading.units import UnitFound

_NO_UNIT = re.compile(
    r"(?:tỷ|tỉ) (?:lệ|trọng|suất)|tăng/giảm|so với|bình quân|ghi chú|chênh lệch|\(?(?:trang|page|tiếp)\b"
)
_MANY = 10_000_000  # no unit counts so many


def without_remarks(
    report: SentReport, rows: list[Row], found: list[UnitFound], table: Table, columns: dict[str, int]
) -> tuple[list[Row], list[UnitFound]]:
    """Drop what is no row of a unit: remarks, ratios and signatures beside or below the rows of units.

    What is dropped though something stands in its columns of figures is told of in a note.
    """
    if all(one.code is not None for one in found):
        return rows, found
    last = max((row.index for row, one in zip(rows, found, strict=True) if one.code is not None), default=-1)
    kept = []
    for row, one in zip(rows, found, strict=True):
        if one.code is None and _is_sum(report, row, rows, table, columns):
            note_row(report, table, row.index)
            continue
        if one.code is None and _is_remark(report, row, table, last):
            note_row(report, table, row.index)
            continue
        kept.append((row, one))
    return [row for row, _ in kept], [one for _, one in kept]


def _is_remark(report: SentReport, row: Row, table: Table, last: int) -> bool:
    """Whether a row of no known unit is none at all; one that holds counts is a unit's unless it says otherwise."""
    measures = table.columns.measures.values()
    values = [value for column in measures if (value := table.value(row.index, column)) not in ("", None)]
    figures = sum(_may_count(report, value) for value in values)
    is_below = -1 < table.end < row.index and row.index > last
    if not figures:
        return is_below or not row.is_numbered
    name = table.name(row)
    if _NO_UNIT.match(fold(name)):
        return True
    names_unit = row.code or (name and row.commune_index == row.index and "commune" in table.columns.units)
    return is_below and not names_unit and not row.is_numbered and 2 * figures < len(measures)


def _is_sum(report: SentReport, row: Row, rows: list[Row], table: Table, columns: dict[str, int]) -> bool:
    """Whether a row without any name holds what all rows above it add up to: a total that lacks its word."""
    if table.name(row) or row.code or row.is_numbered:
        return False
    above = [one for one in rows if one.index < row.index]
    for column in columns.values():
        figures = [report.counts[table.value(one.index, column)] for one in above]
        if report.counts[table.value(row.index, column)] != sum(f for f in figures if isinstance(f, int)):
            return False
    return bool(above)


def _may_count(report: SentReport, value: Any) -> bool:
    """Whether a cell holds what may be a count, be it unknown; a telephone number is none."""
    count = report.counts[value]
    is_phone = type(value) is str and value.strip().startswith("0") and len(value.strip()) > 1
    return type(value) is NoValue or (isinstance(count, int) and abs(count) < _MANY and not is_phone)


def note_row(report: SentReport, table: Table, index: int) -> None:
    """Say of a row passed over what stands in it, where anything stands in its columns of figures."""
    measures = table.columns.measures.values()
    if any(table.value(index, column) not in ("", None) for column in measures):
        first = next((str(value) for value in table.sheet.rows[index] if value not in ("", None)), "")
        report.note(f"{table.sheet.name}: bỏ qua dòng {index + 1} «{first[:80]}»")


def note_stray_totals(report: SentReport, table: Table, columns: dict[str, int]) -> None:
    """Say of totals that hold figures where no unit has any."""
    for total in table.totals:
        stated = [report.counts[table.value(total.index, column)] for column in columns.values()]
        if any(isinstance(value, NotACount) or value for value in stated):
            note_row(report, table, total.index)


def note_passed_over(report: SentReport) -> None:
    """Say which columns, rows and report.tables were passed over."""
    taken = {form.table_no for form in report.reading.forms}
    for number, table in enumerate(report.tables):
        name, columns = table.sheet.name, table.columns
        if number not in taken and table.rows:
            report.note(f"{name}: bỏ qua bảng ở dòng {columns.first_row + 1}, không đủ cột của biểu nào")
        for column, heading in columns.unknown.items():
            report.note(f"{name}: bỏ qua cột {column_letters(column + 1)} «{heading[:80]}»")
        for column in (one for rivals in columns.rivals.values() for one in rivals):
            report.note(f"{name}: bỏ qua cột {column_letters(column + 1)}, lặp lại một cột trước")
        for column in _unheaded(table):
            report.note(f"{name}: bỏ qua cột {column_letters(column + 1)} không có tiêu đề")
        for index in table.passed:
            note_row(report, table, index)


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
