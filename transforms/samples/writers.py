"""Grids written as files of the kinds the districts send."""

from __future__ import annotations

import csv
import html
import io
import zipfile
from datetime import date, datetime, time

import xlsxwriter

from transforms.reading.legacy_fonts import from_font
from transforms.samples.templates import Grid, SampleFormat, Value

ENDINGS: dict[SampleFormat, str] = {
    "xlsx": "xlsx",
    "tcvn3": "xlsx",
    "csv": "csv",
    "utf-16": "txt",
    "html": "xls",
    "zip": "zip",
}
_WHEN = datetime.combine(date(2000, 1, 1), time())  # the same grids give the same bytes


def write(kind: SampleFormat, grids: list[Grid]) -> bytes:
    """The file's bytes; kinds of one table take the first grid."""
    if kind in ("xlsx", "tcvn3"):
        return _workbook(grids, is_tcvn3=kind == "tcvn3")
    if kind == "zip":
        return zipped({f"{grid.name}.csv": _text(grid, ",").encode() for grid in grids})
    if kind == "html":
        return _html(grids[0]).encode()
    return _text(grids[0], ";").encode("utf-8-sig") if kind == "csv" else _text(grids[0], "\t").encode("utf-16")


def zipped(members: dict[str, bytes], is_locked: bool = False) -> bytes:
    """A .zip of files by name; a locked one says it has a password."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    data = bytearray(buffer.getvalue())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)) if is_locked else ():
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


def _workbook(grids: list[Grid], is_tcvn3: bool) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": _WHEN})
    font = {"font_name": ".VnTime" if is_tcvn3 else "Times New Roman", "font_size": 12}
    plain = book.add_format(font)
    centre = {"text_wrap": True, "align": "center", "valign": "vcenter"}
    heading = book.add_format({**font, **centre, "bold": True, "border": 1})
    for grid in grids:
        page = book.add_worksheet(grid.name)
        for index, row in enumerate(grid.rows):
            for column, value in enumerate(row):
                if isinstance(value, int):
                    page.write_number(index, column, value, plain)
                elif value:
                    page.write_string(index, column, _to_tcvn3(value) if is_tcvn3 else value, plain)
        for top, left, bottom, right in grid.merges:
            page.merge_range(top, left, bottom, right, "", heading)
            text = str(grid.rows[top][left])
            page.write_string(top, left, _to_tcvn3(text) if is_tcvn3 else text, heading)
        page.set_column(1, 3, 24)
    book.close()
    return buffer.getvalue()


# The font has no toned capitals: they are typed as small letters and drawn as capitals by another cut of the font.
_TCVN3 = {ord(from_font(chr(code), "tcvn3")): chr(code) for code in range(0xA1, 0xFF)}
_TCVN3 |= {ord(chr(letter).upper()): code for letter, code in _TCVN3.items() if ord(chr(letter).upper()) not in _TCVN3}


def _to_tcvn3(text: str) -> str:
    return text.translate(_TCVN3)


def _text(grid: Grid, delimiter: str) -> str:
    width = max(map(len, grid.rows))
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([*row, *[""] * (width - len(row))] for row in grid.rows)
    return buffer.getvalue()


def _html(grid: Grid) -> str:
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in grid.merges}
    covered = {
        (row, column)
        for top, left, bottom, right in grid.merges
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    } - set(spans)
    lines = []
    for index, row in enumerate(grid.rows):
        cells = [
            _cell(value, *spans.get((index, column), (1, 1)))
            for column, value in enumerate(row)
            if (index, column) not in covered
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    head = '<html><head><meta charset="utf-8"><title>Báo cáo</title></head><body><table border="1">'
    return "\n".join([head, *lines, "</table></body></html>"])


def _cell(value: Value, high: int, wide: int) -> str:
    span = (f' rowspan="{high}"' if high > 1 else "") + (f' colspan="{wide}"' if wide > 1 else "")
    return f"<td{span}>{html.escape(str('' if value is None else value))}</td>"
