"""The first sheet of the workbook that goes back: what to mend, in the order to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from expectations.contract.periods import Period
from expectations.contract.problems import Language
from transforms.returning.faults import Fault, place_of
from transforms.returning.workbook_writer import LINE, WorkbookWriter, clean_text, lines_of

COVER_NAME = {"vi": "Cần sửa", "en": "To mend"}
MOST_LINKS = 60_000  # a sheet can hold some more than 65,000
_LONGEST_VALUE = 300
_HEADING_ROW = 7
_ALWAYS = (1, 9)  # severity and message; other columns only where one row fills them
_TEXTS = (2, 4, 5, 9)  # columns of words; figures stand in the middle

# heading, width; the texts differ from the contract's headings, lest the list be taken for a table when sent again
_COLUMNS = {
    "vi": (
        ("Số", 5),
        ("Mức độ", 8),
        ("Trang tính", 13),
        ("Ô", 7),
        ("Dòng của đơn vị", 22),
        ("Cột", 20),
        ("Đang ghi", 12),
        ("Đúng ra", 12),
        ("Lần nhận gần nhất", 10),
        ("Giải thích và cách sửa", 52),
    ),
    "en": (
        ("No.", 5),
        ("Severity", 8),
        ("Sheet", 13),
        ("Cell", 7),
        ("Row of", 22),
        ("Column", 20),
        ("Found", 12),
        ("Expected", 12),
        ("Last accepted", 10),
        ("What is wrong and what to do", 52),
    ),
}
_SEVERITY = {"vi": {"error": "Lỗi", "warning": "Lưu ý"}, "en": {"error": "Error", "warning": "Note"}}
_WORDS = {
    "vi": {
        "title": "TỆP GỬI LẠI ĐỂ SỬA",
        "reporter": "Nơi gửi",
        "file": "Tên tệp",
        "period": "Kỳ số liệu",
        "received": "Nhận ngày",
        "due": "hạn nộp",
        "no_period": "chưa đọc được",
        "errors": "{errors} lỗi phải sửa",
        "warnings": ", {warnings} điểm cần xem lại (không bắt buộc)",
        "advice": "Tệp chưa được nhận, số liệu chưa vào hệ thống. Sửa trong tệp gốc của đơn vị theo bảng dưới đây rồi"
        " gửi lại cả tệp. Ở các trang sau, ô tô đỏ là lỗi, ô tô vàng là điểm cần xem lại; đưa chuột vào ô để"
        " xem ghi chú.",
        "advice_unread": "Tệp chưa được nhận và không mở ra được, nên không có trang tính nào kèm theo. Làm theo bảng"
        " dưới đây rồi gửi lại.",
        "cut": "Các trang chỉ chép được một phần vì quá lớn: {names}",
    },
    "en": {
        "title": "FILE RETURNED FOR CORRECTION",
        "reporter": "Sender",
        "file": "File",
        "period": "Period",
        "received": "Received",
        "due": "due",
        "no_period": "could not be read",
        "errors": "{errors} errors to correct",
        "warnings": ", {warnings} notes to look at (optional)",
        "advice": "The file was not accepted; none of its figures were taken in. Correct your own file as the list"
        " below says and send the whole file again. On the following sheets errors are red, notes amber;"
        " point at a cell to see its comment.",
        "advice_unread": "The file was not accepted and could not be opened, so no sheet follows. Do as the list below"
        " says and send it again.",
        "cut": "Sheets copied in part only, being too large: {names}",
    },
}


@dataclass(frozen=True, slots=True)
class RejectedFile:
    """Whose file it is and when it came; `period` as '2021-03', None where none could be read."""

    file_name: str
    reporter_name: str
    period: str | None
    received_on: date
    due_on: date | None = None


def add_cover(
    book: WorkbookWriter,
    page: Any,
    faults: list[Fault],
    about: RejectedFile,
    shown: dict[str, str],
    cut: list[str],
    language: Language,
) -> None:
    """Fill the first sheet.

    Args:
        shown: the sender's sheet names to those in this workbook.
        cut: the sheets that could not be copied whole.
    """
    columns = _COLUMNS[language]
    texts = [_texts(fault, shown, language) for fault in faults]
    kept = [0, *(n for n in range(1, len(columns)) if n in _ALWAYS or any(row[n - 1] for row in texts))]
    for position, number in enumerate(kept):
        page.set_column(position, position, columns[number][1])
    _head(
        book,
        page,
        faults=faults,
        about=about,
        shown=shown,
        cut=cut,
        language=language,
        last_column=len(kept) - 1,
        width=sum(columns[number][1] for number in kept),
    )
    for position, number in enumerate(kept):
        book.put_text(page, _HEADING_ROW, position, columns[number][0], "heading")
    page.set_row(_HEADING_ROW, 32)
    for index, fault in enumerate(faults):
        _row(book, page, index, fault=fault, texts=texts[index], shown=shown, kept=kept, language=language)
    page.freeze_panes(_HEADING_ROW + 1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(0.4, 0.4, 0.5, 0.5)
    page.repeat_rows(_HEADING_ROW)
    page.set_footer("&R&P/&N")


def _head(
    book: WorkbookWriter,
    page: Any,
    faults: list[Fault],
    about: RejectedFile,
    shown: dict[str, str],
    cut: list[str],
    language: Language,
    last_column: int,
    width: int,
) -> None:
    words = _WORDS[language]
    errors = sum(fault.severity == "error" for fault in faults)
    count = words["errors"] + (words["warnings"] if errors < len(faults) else "")
    received = f"{words['received']}: {about.received_on:%d/%m/%Y}"
    if about.due_on:
        received += f" ({words['due']} {about.due_on:%d/%m/%Y})"
    lines = [
        (words["title"], "banner"),
        (f"{words['reporter']}: {about.reporter_name}", "title"),
        (f"{words['file']}: {about.file_name}", "plain"),
        (f"{words['period']}: {_period(about.period, language)}. {received}.", "plain"),
        (count.format(errors=errors, warnings=len(faults) - errors) + ".", "title"),
    ]
    for row, (text, kind) in enumerate(lines):
        book.put_text(page, row, 0, text, kind)
    page.set_row(0, 26)
    advice = words["advice" if shown else "advice_unread"]
    if cut:
        advice += " " + words["cut"].format(names=", ".join(cut)) + "."
    page.merge_range(5, 0, 5, last_column, "", book.format("advice"))
    book.put_text(page, 5, 0, advice, "advice")
    page.set_row(5, LINE * lines_of(advice, width) + 2)


def _period(period: str | None, language: Language) -> str:
    if period is None:
        return _WORDS[language]["no_period"]
    known = Period.parse(period)
    if known.kind == "half":
        return str(known)
    return f"tháng {known.first_month} năm {known.year}" if language == "vi" else f"{known.first_day:%m/%Y}"


def _texts(fault: Fault, shown: dict[str, str], language: Language) -> list[str]:
    """A row of the list after its number."""
    values = (
        _SEVERITY[language][fault.severity],
        shown.get(fault.sheet, fault.sheet),
        fault.cell_ref,
        fault.unit,
        fault.measure,
        fault.found,
        fault.expected,
        fault.last_accepted,
    )
    return [*(clean_text(text, _LONGEST_VALUE) for text in values), fault.message]


def _row(
    book: WorkbookWriter,
    page: Any,
    index: int,
    fault: Fault,
    texts: list[str],
    shown: dict[str, str],
    kept: list[int],
    language: Language,
) -> None:
    row = _HEADING_ROW + 1 + index
    name = shown.get(fault.sheet, "")
    widths = [width for _, width in _COLUMNS[language]]
    page.set_row(row, LINE * max(lines_of(texts[number - 1], widths[number]) for number in kept[1:]) + 2)
    for position, number in enumerate(kept):
        if number == 0:
            page.write_number(row, position, index + 1, book.format("centred"))
        elif number == 1:
            book.put_text(page, row, position, texts[0], "centred", fault.severity)
        elif number == 3 and name and place_of(fault.cell_ref) and index < MOST_LINKS:
            quoted = name.replace("'", "''")
            page.write_url(
                row,
                position,
                f"internal:'{quoted}'!{fault.cell_ref.replace('$', '').upper()}",
                book.format("link"),
                fault.cell_ref,
            )
        else:
            book.put_text(page, row, position, texts[number - 1], "wrapped" if number in _TEXTS else "centred")
