"""What people do to a report: texts saved otherwise, figures and rows changed by hand."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable
from copy import deepcopy

import polars as pl

from benchmarks.fire.bases import Base, encoded
from benchmarks.fire.mutators import Subject, mutates, of
from transforms.samples.templates import Grid, Value
from transforms.samples.writers import _text, write

TEXTS = of(("text",))
_NO_MARKS = frozenset({"tcvn3", "vni", "cp1258"})  # what cannot hold every letter in every case and form
Row = list[Value]


def _is_written(base: Base) -> bool:
    return bool(base.grids)


def _rewritten(base: Base, grids: list[Grid]) -> bytes:
    if base.kind == "text":
        return encoded(_text(grids[0], base.delimiter), base.template_kind)
    return write(base.template_kind, grids)  # type: ignore[arg-type]


def _edited(subject: Subject, edit: Callable[[list[Grid]], None]) -> bytes:
    grids = deepcopy(list(subject.base.grids))
    edit(grids)
    return _rewritten(subject.base, grids)


def _figures(subject: Subject) -> list[tuple[int, int, int]]:
    return sorted(subject.base.places)


def _rows(subject: Subject) -> list[tuple[int, int]]:
    return sorted({(sheet, row) for sheet, row, _ in subject.base.places})


def _insert(grid: Grid, row: int, values: Row) -> None:
    grid.rows.insert(row, values)
    _shift(grid, row, 1)


def _delete(grid: Grid, row: int) -> None:
    del grid.rows[row]
    _shift(grid, row, -1)


def _shift(grid: Grid, below: int, by: int) -> None:
    """Move the merged cells of the tables below along."""
    grid.merges = [
        (top + by, left, bottom + by, right) if top >= below else (top, left, bottom, right)
        for top, left, bottom, right in grid.merges
    ]


# -- the same, saved otherwise


@mutates("lines ended otherwise", "same", lambda base: base.kind == "text" and base.codec != "utf-16")
def _ends(subject: Subject) -> bytes:
    return subject.data.replace(b"\r\n", subject.chance.choice((b"\n", b"\r")))


@mutates("blank lines after the end", "same", lambda base: base.kind == "text" and base.codec != "utf-16")
def _blank_lines(subject: Subject) -> bytes:
    return subject.data + b"\r\n" * subject.chance.randint(1, 9)


@mutates("every field in quotation marks", "same", TEXTS)
def _quoted(subject: Subject) -> bytes:
    buffer = io.StringIO()
    width = max(len(row) for row in subject.base.grids[0].rows)
    writer = csv.writer(buffer, delimiter=subject.base.delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([*row, *[""] * (width - len(row))] for row in subject.base.grids[0].rows)
    return encoded(buffer.getvalue(), subject.base.template_kind)


@mutates("another delimiter or encoding", "same", TEXTS)
def _saved_as(subject: Subject) -> bytes:
    codec = subject.chance.choice(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258", "tcvn3", "vni"))
    return encoded(_text(subject.base.grids[0], subject.chance.choice(";,\t")), codec)


@mutates("letters and marks apart", "same", lambda base: _is_written(base) and base.template_kind not in _NO_MARKS)
def _apart(subject: Subject) -> bytes:
    def edit(grids: list[Grid]) -> None:
        for grid in grids:
            grid.rows = [
                [unicodedata.normalize("NFD", v) if isinstance(v, str) else v for v in row] for row in grid.rows
            ]

    return _edited(subject, edit)


@mutates("empty rows and lines above", "same", _is_written)
def _above(subject: Subject) -> bytes:
    more = subject.chance.randint(1, 4)
    line = subject.chance.choice(([], ["Mẫu số 02"], ["", "", "Phụ lục kèm theo Công văn"]))

    def edit(grids: list[Grid]) -> None:
        for grid in grids:
            for _ in range(more):
                _insert(grid, 0, list(line))

    return _edited(subject, edit)


@mutates("rows in another order", "same", _is_written)
def _rows_moved(subject: Subject) -> bytes:
    """Two neighbours of one table, with their running numbers."""
    rows_ = set(_rows(subject))
    pairs = [(sheet, row) for sheet, row in sorted(rows_) if (sheet, row + 1) in rows_]
    sheet, row = subject.chance.choice(pairs)

    def edit(grids: list[Grid]) -> None:
        rows = grids[sheet].rows
        rows[row], rows[row + 1] = rows[row + 1], rows[row]

    return _edited(subject, edit)


@mutates("a column of remarks more", "same", _is_written)
def _remarks(subject: Subject) -> bytes:
    def edit(grids: list[Grid]) -> None:
        for grid in grids:
            width = max(map(len, grid.rows))
            wide = [row for row in grid.rows if len(row) > 5]
            for row in wide:
                row.extend([""] * (width + 1 - len(row)))
        sheet, row, _ = subject.chance.choice(_figures(subject))
        grids[sheet].rows[row][-1] = subject.chance.choice(("đã kiểm tra", "x", "ok"))

    return _edited(subject, edit)


@mutates(
    "headings in capitals, broken and spaced",
    "same",
    lambda base: _is_written(base) and base.template_kind not in _NO_MARKS,
)
def _headings(subject: Subject) -> bytes:
    spell = subject.chance.choice(
        (str.upper, str.title, lambda text: text.replace(" ", "  "), lambda text: f" {text} ")
    )
    first = {
        sheet: min(row for at, row, _ in subject.base.places if at == sheet) for sheet, _, _ in subject.base.places
    }

    def edit(grids: list[Grid]) -> None:
        for sheet, row in first.items():
            for above in grids[sheet].rows[max(0, row - 3) : row]:
                above[:] = [spell(v) if isinstance(v, str) and len(above) > 5 else v for v in above]

    return _edited(subject, edit)


@mutates("zeros as strokes", "same", _is_written)
def _strokes(subject: Subject) -> bytes:
    def edit(grids: list[Grid]) -> None:
        for sheet, row, column in subject.base.places:
            if grids[sheet].rows[row][column] == 0:
                grids[sheet].rows[row][column] = "-"

    return _edited(subject, edit)


# -- changed by hand


def _with_figure(subject: Subject, write_: Callable[[Value], Value]) -> bytes:
    sheet, row, column = subject.chance.choice(_figures(subject))

    def edit(grids: list[Grid]) -> None:
        grids[sheet].rows[row][column] = write_(grids[sheet].rows[row][column])

    return _edited(subject, edit)


@mutates("a figure changed by hand", "seen", _is_written)
def _changed(subject: Subject) -> bytes:
    step = subject.chance.choice((-1, 1, 1, 9, 10, 100))
    return _with_figure(subject, lambda value: max(0, (value if isinstance(value, int) else 0) + step))


@mutates("a figure blank, or no count", "seen", _is_written)
def _blank(subject: Subject) -> bytes:
    strange = [
        "",
        " ",
        "1,5",
        "2.5",
        "12 người",
        "o",
        "l2",
        "１２",
        "-3",
        "(2)",
        "1.234",
        "1,234",
        "+1",
        "'5",
        "5?",
        "x",
    ]
    strange += ["\u00a07", "7\u200b", "01", "1e2", "½", "²", "٣", "−2", "4 + 3", "#N/A", "không"]
    return _with_figure(subject, lambda _: subject.chance.choice(strange))


@mutates("two figures exchanged", "seen", _is_written)
def _exchanged(subject: Subject) -> bytes:
    places = _figures(subject)
    (a, b, c), (d, e, f) = subject.chance.choice(places), subject.chance.choice(places)

    def edit(grids: list[Grid]) -> None:
        first, second = grids[a].rows[b], grids[d].rows[e]
        first[c], second[f] = second[f], first[c]

    return _edited(subject, edit)


@mutates("a row taken out", "seen", _is_written)
def _row_out(subject: Subject) -> bytes:
    sheet, row = subject.chance.choice(_rows(subject))
    return _edited(subject, lambda grids: _delete(grids[sheet], row))


@mutates("a row blank", "seen", _is_written)
def _row_blank(subject: Subject) -> bytes:
    sheet, row = subject.chance.choice(_rows(subject))

    def edit(grids: list[Grid]) -> None:
        for at, there, column in subject.base.places:
            if (at, there) == (sheet, row):
                grids[sheet].rows[row][column] = ""

    return _edited(subject, edit)


@mutates("a row pasted twice", "seen", _is_written)
def _row_again(subject: Subject) -> bytes:
    sheet, row = subject.chance.choice(_rows(subject))
    return _edited(subject, lambda grids: _insert(grids[sheet], row, list(grids[sheet].rows[row])))


@mutates("a row's figures moved by a column", "seen", _is_written)
def _shifted(subject: Subject) -> bytes:
    sheet, row = subject.chance.choice(_rows(subject))
    first = min(column for at, there, column in subject.base.places if (at, there) == (sheet, row))

    def edit(grids: list[Grid]) -> None:
        values = grids[sheet].rows[row]
        if subject.chance.random() < 0.5:
            values.insert(first, "")
        else:
            del values[first]

    return _edited(subject, edit)


@mutates("a column's figures moved by a row", "seen", _is_written)
def _fallen(subject: Subject) -> bytes:
    sheet, _, column = subject.chance.choice(_figures(subject))
    rows = [row for at, row, there in _figures(subject) if (at, there) == (sheet, column)]

    def edit(grids: list[Grid]) -> None:
        values = [grids[sheet].rows[row][column] for row in rows]
        for row, value in zip(rows, [values[-1], *values[:-1]], strict=True):
            grids[sheet].rows[row][column] = value

    return _edited(subject, edit)


@mutates("a total row in the middle", "seen", _is_written)
def _total(subject: Subject) -> bytes:
    sheet, row = subject.chance.choice(_rows(subject))
    word = subject.chance.choice(("Tổng cộng", "Cộng", "Ghi chú", "Người lập biểu", ""))

    def edit(grids: list[Grid]) -> None:
        _insert(grids[sheet], row, [word, "", "", "", *grids[sheet].rows[row][4:]])

    return _edited(subject, edit)


@mutates("a unit's name changed", "seen", _is_written)
def _name(subject: Subject) -> bytes:
    sheet, row = subject.chance.choice(_rows(subject))
    change = subject.chance.choice((str.upper, lambda text: text[:-1], lambda text: text + "1", lambda text: ""))

    def edit(grids: list[Grid]) -> None:
        values = grids[sheet].rows[row]
        texts = [at for at, value in enumerate(values[:4]) if isinstance(value, str) and value]
        if texts:
            at = subject.chance.choice(texts)
            values[at] = change(str(values[at]))

    return _edited(subject, edit)


def _table(subject: Subject, edit: Callable[[pl.DataFrame], pl.DataFrame]) -> bytes:
    buffer = io.BytesIO()
    edit(pl.read_parquet(io.BytesIO(subject.data))).write_parquet(buffer)
    return buffer.getvalue()


@mutates("columns of a parquet file in another order", "seen", of(("parquet",)))
def _table_order(subject: Subject) -> bytes:
    return _table(subject, lambda table: table.select(*table.columns[:2], *reversed(table.columns[2:])))


@mutates("a column out of a parquet file", "seen", of(("parquet",)))
def _table_column(subject: Subject) -> bytes:
    return _table(subject, lambda table: table.drop(subject.chance.choice(table.columns[2:])))


@mutates("a figure of a parquet file changed", "seen", of(("parquet",)))
def _table_figure(subject: Subject) -> bytes:
    def edit(table: pl.DataFrame) -> pl.DataFrame:
        measure = subject.chance.choice(table.columns[2:])
        values = table[measure].to_list()
        values[subject.chance.randrange(table.height)] = subject.chance.choice((None, 0, 1, 77, -1))
        return table.with_columns(pl.Series(measure, values, pl.Int64))

    return _table(subject, edit)
