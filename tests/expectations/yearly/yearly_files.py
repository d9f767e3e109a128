"""The yearly form as others may send it: written by hand here, not by the sample writers, in ten kinds of files."""

from __future__ import annotations

import csv
import html
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

import openpyxl
import polars as pl

from transforms.reading.sheets import column_letters
from transforms.territory.registry import Registry, Unit

Value = str | int | float | None
MEASURES = (
    "hamlet_cells",
    "secretary_is_head",
    "secretary_head_under_40",
    "committees",
    "committees_trained",
    "graded_excellent",
    "graded_good",
    "graded_fair",
    "graded_poor",
    "members_not_graded_away",
)
GRADED = slice(5, 9)
GROUP = "Xếp loại đảng bộ"
# The three wordings of the design: each measure's, in the order above.
WORDINGS = (
    (
        "Số chi bộ ấp, khóm",
        "Bí thư đồng thời trưởng ấp, khóm",
        "Trong đó: không quá 40 tuổi",
        "Số chi ủy",
        "Chi ủy được bồi dưỡng, cập nhật kiến thức",
        "Hoàn thành xuất sắc nhiệm vụ",
        "Hoàn thành tốt nhiệm vụ",
        "Hoàn thành nhiệm vụ",
        "Không hoàn thành nhiệm vụ",
        "ĐV chưa đánh giá, xếp loại do đi làm xa",
    ),
    (
        "Tổng số chi bộ ấp, khóm",
        "Bí thư chi bộ kiêm trưởng ấp, khóm",
        "Từ 40 tuổi trở xuống",
        "Tổng số chi uỷ",
        "Số chi ủy đã được bồi dưỡng trong năm",
        "Hoàn thành xuất sắc",
        "Hoàn thành tốt",
        "Hoàn thành",
        "Không hoàn thành",
        "Đảng viên không xếp loại vì đi làm xa",
    ),
    (
        "CB ấp, khóm",
        "BT kiêm trưởng ấp, khóm",
        "≤ 40 tuổi",
        "TS chi ủy",
        "Chi ủy đã BD",
        "HTXSNV",
        "HTTNV",
        "HTNV",
        "KHTNV",
        "ĐV chưa XL do đi xa",
    ),
)
KINDS = ("xlsx", "xlsm", "xls", "ods", "html", "csv", "tsv", "txt", "parquet", "zip")
BY_LIBREOFFICE = ("xls", "ods")
ENDINGS = {"html": "xls"}
TOTAL = "total"


@dataclass(frozen=True)
class YearlyReport:
    """A sender's yearly form, and what is otherwise in it.

    Attributes:
        sender: its heading, "" for none.
        year: what the title says of the period.
        period: what a column of periods says, in parquet.
        rows: (commune's code, name as written, figures) from above.
        totals: what stands in the total row instead of the sum, by measure.
        without: a measure whose column is absent.
        wording: which of the three, 0 to 2.
        has_codes: whether a column "Mã xã" stands before the names.
        above: rows before the title.
    """

    sender: str
    year: str
    period: str
    rows: tuple[tuple[str, str, tuple[Value, ...]], ...]
    totals: dict[str, Value] = field(default_factory=dict)
    without: str = ""
    wording: int = 0
    has_codes: bool = False
    has_total: bool = True

    @property
    def measures(self) -> list[str]:
        return [name for name in MEASURES if name != self.without]

    @property
    def labels(self) -> int:
        """How many columns stand before the measures."""
        return 3 if self.has_codes else 2

    def with_figure(self, code: str, measure: str, value: Value) -> YearlyReport:
        rows = tuple(
            (
                one,
                name,
                tuple(value if (one, m) == (code, measure) else v for m, v in zip(MEASURES, values, strict=True)),
            )
            for one, name, values in self.rows
        )
        return replace(self, rows=rows)

    def figure(self, code: str, measure: str) -> Value:
        return next(values[MEASURES.index(measure)] for one, _, values in self.rows if one == code)

    def grid(self) -> list[list[Value]]:
        words = dict(zip(MEASURES, WORDINGS[self.wording], strict=True))
        graded = set(MEASURES[GRADED])
        upper: list[Value] = ["TT", *(["Mã xã"] if self.has_codes else []), "Đảng bộ xã, phường, thị trấn"]
        lower: list[Value] = [""] * self.labels
        for name in self.measures:
            is_first = name == next(one for one in self.measures if one in graded)
            upper.append(words[name] if name not in graded else GROUP if is_first else "")
            lower.append(words[name] if name in graded else "")
        grid: list[list[Value]] = [
            ["TỈNH ỦY ĐỒNG THÁP"],
            [self.sender],
            ["BÁO CÁO VỀ TỔ CHỨC ĐẢNG Ở CƠ SỞ"],
            [self.year],
            [],
            upper,
            lower,
        ]
        for number, (code, name, values) in enumerate(self.rows, 1):
            kept = [value for m, value in zip(MEASURES, values, strict=True) if m != self.without]
            grid.append([number, *([code] if self.has_codes else []), name, *kept])
        if self.has_total:
            sums = [self.totals.get(name, self._sum(name)) for name in self.measures]
            grid.append(["", *([""] if self.has_codes else []), "Tổng cộng", *sums])
        return grid

    def _sum(self, measure: str) -> int:
        at = MEASURES.index(measure)
        return sum(values[at] for *_, values in self.rows if isinstance(values[at], int))

    def place(self, at: int | str, column: str, kind: str = "csv") -> str:
        """The cell of a row (from 0, or the total's) and measure, or of its name.

        A .parquet has a row of headings, and the code and the period before the measures.
        """
        number = len(self.rows) if at == TOTAL else int(at)
        if kind == "parquet":
            first = ["commune_code", "period", *self.measures]
            return f"{column_letters(1 + (0 if column == 'name' else first.index(column)))}{2 + number}"
        if column == "name":
            return f"{column_letters(self.labels)}{8 + number}"
        return f"{column_letters(self.labels + 1 + self.measures.index(column))}{8 + number}"

    def row_of(self, code: str) -> int:
        return next(at for at, (one, *_) in enumerate(self.rows) if one == code)


def report_of(registry: Registry, reporter: str, year: int) -> YearlyReport:
    """A sender's yearly form with figures that keep every rule, one commune after the other."""
    end = date(year, 12, 31)
    unit = next(one for one in registry.reporters_on(end) if one.unit_code == reporter)
    communes = sorted(_communes(registry, unit, end), key=lambda one: one.unit_code)
    rows = []
    for number, commune in enumerate(communes):
        cells = [home for home in registry.homes_on(end) if home.commune == commune.unit_id]
        hamlets = sum(home.kind == "hamlet" for home in cells)
        heads = max(hamlets - number % 3, 1)
        grades = [int(number % 4 == at) for at in (1, 0, 2, 3)]
        values = (hamlets, heads, max(heads - 2, 0), len(cells), len(cells) - number % 2, *grades, number % 5)
        rows.append((commune.unit_code, commune.name, values))
    return YearlyReport(_committee(unit), f"Năm {year}", str(year), tuple(rows))


def _communes(registry: Registry, unit: Unit, day: date) -> Iterator[Unit]:
    for one in registry.units_on(day, "commune"):
        if unit.unit_code in (one.parent_code, one.unit_code):
            yield one


def _committee(unit: Unit) -> str:
    heads = {"thành phố": "THÀNH ỦY", "huyện": "HUYỆN ỦY", "xã": "ĐẢNG ỦY XÃ", "phường": "ĐẢNG ỦY PHƯỜNG"}
    return f"{heads[unit.kind]} {unit.name.lower().removeprefix(unit.kind).strip().upper()}"


def written(report: YearlyReport, kind: str) -> bytes:
    """The file's bytes; for what only LibreOffice writes, the workbook it is given."""
    if kind == "parquet":
        return _parquet(report)
    grid = report.grid()
    if kind == "html":
        return _html(grid)
    if kind in ("csv", "tsv", "txt", "zip"):
        return _text(grid, kind)
    return _macro_enabled(workbook({"Biểu 5": grid})) if kind == "xlsm" else workbook({"Biểu 5": grid})


def workbook(sheets: dict[str, list[list[Value]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, grid in sheets.items():
        page = book.create_sheet(name)
        for number, row in enumerate(grid, 1):
            for column, value in enumerate(row, 1):
                if value not in ("", None):
                    page.cell(number, column).value = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _macro_enabled(data: bytes) -> bytes:
    """The workbook under the content type that Excel gives one with macros."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename == "[Content_Types].xml":
                content = content.replace(
                    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                    b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
                )
            new.writestr(item.filename, content)
    return stream.getvalue()


def _text(grid: list[list[Value]], kind: str) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter="\t" if kind in ("tsv", "txt") else ";").writerows(grid)
    if kind == "txt":
        return stream.getvalue().encode("utf-16")
    data = stream.getvalue().encode("utf-8-sig" if kind == "csv" else "utf-8")
    if kind != "zip":
        return data
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("to chuc.csv", data)
    return packed.getvalue()


def _html(grid: list[list[Value]]) -> bytes:
    rows = ("".join(f"<td>{html.escape(str('' if v is None else v))}</td>" for v in row) for row in grid)
    return f"<html><body><table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table></body></html>".encode()


def _parquet(report: YearlyReport) -> bytes:
    columns: dict[str, list[Value]] = {
        "commune_code": [code for code, *_ in report.rows],
        "period": [report.period for _ in report.rows],
    }
    for at, name in enumerate(MEASURES):
        if name != report.without:
            columns[name] = [values[at] for *_, values in report.rows]
    frame = {
        name: pl.Series(values)
        if all(value is None or type(value) is int for value in values)
        else pl.Series([None if value in ("", None) else str(value) for value in values])
        for name, values in columns.items()
    }
    stream = io.BytesIO()
    pl.DataFrame(frame).write_parquet(stream)
    return stream.getvalue()
