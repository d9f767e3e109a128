"""The workbook a unit gets: what it is asked to act on, with a column to answer in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from transforms.followup.kinds import KINDS, Words
from transforms.followup.wording import Language, Voice
from transforms.returning.workbook_writer import LINE, WorkbookWriter, lines_of

_HEADING_ROW = 4
_SHEET: Words = ("Việc cần làm", "To do")
# heading, width; what is answered stands last
_COLUMNS: tuple[tuple[Words, float], ...] = (
    (("Số", "No."), 5),
    (("Ưu tiên", "Priority"), 8),
    (("Việc và số liệu", "What, and the figures"), 50),
    (("Ai làm", "Who should act"), 20),
    (("Từ kỳ", "Since"), 12),
    (("Hạn hoặc mốc", "Due, or mark"), 20),
    (("Tình trạng", "Status"), 12),
    (("Trả lời: đã làm gì, kết quả, vướng mắc", "Answer: what was done"), 34),
    (("Mã việc", "Item"), 18),
)
_ANSWER = 7
_CENTRED = (0, 1, 4, 6)
_WORDS: dict[str, Words] = {
    "title": ("CÁC VIỆC CẦN THEO DÕI", "ITEMS TO FOLLOW UP"),
    "unit": ("Đơn vị: {name}", "Unit: {name}"),
    "as_of": (
        "Theo số liệu đến hết ngày {day:%d/%m/%Y}: {n} việc, {overdue} quá hạn hoặc quá mốc.",
        "By the figures up to {day:%d/%m/%Y}: {n} items, {overdue} past their day.",
    ),
    "advice": (
        "Số liệu tổng hợp theo đơn vị, không nêu người. Ghi trả lời vào cột tô vàng rồi gửi lại Ban Tổ chức "
        "Tỉnh ủy; không ghi họ tên đảng viên. Một việc chỉ đóng khi số liệu kỳ sau cho thấy đã xong.",
        "Sums by unit, of no person. Answer in the yellow column and send this back to the board; write no "
        "member's name. An item ends only when the next report shows it done.",
    ),
    "mark": ("{day:%d/%m/%Y}\n{source}", "{day:%d/%m/%Y}\n{source}"),
    "none": ("không đặt hạn", "none is set"),
    "overdue": ("quá hạn", "overdue"),
    "open": ("chưa giao", "open"),
    "assigned": ("đã giao: {to}", "given to {to}"),
    "done": ("đã báo làm, chờ số liệu", "marked done"),
    "high": ("cao", "high"),
    "medium": ("vừa", "medium"),
    "low": ("thấp", "low"),
}
_BY_PRIORITY = {"high": "error", "medium": "warning", "low": ""}


@dataclass(frozen=True, slots=True)
class WorklistUnit:
    """Whose worklist it is, its level, and the day its figures are of."""

    name: str
    level: str
    as_of: date


def followup_workbook(items: Sequence[Mapping[str, Any]], about: WorklistUnit, language: Language = "vi") -> bytes:
    """The .xlsx with a unit's items, in the order given; the same arguments give the same bytes.

    Args:
        items: columns of followup.item and is_overdue, of items that are not over.
        about: the unit.
        language: of everything but names.
    """
    book, words = WorkbookWriter(about.as_of), _Words(language)
    page = book.file.add_worksheet(words.pick(_SHEET))
    for number, (_, width) in enumerate(_COLUMNS):
        page.set_column(number, number, width)
    _head(book, page, items, about, words)
    for number, (heading, _) in enumerate(_COLUMNS):
        book.put_text(page, _HEADING_ROW, number, words.pick(heading), "heading")
    page.set_row(_HEADING_ROW, 2 * LINE + 2)
    for index, item in enumerate(items):
        _row(book, page, index, item, about, words)
    _lay_out(page)
    return book.close()


@dataclass(frozen=True, slots=True)
class _Words:
    language: Language

    def pick(self, words: Words) -> str:
        return words[self.language == "en"]

    def say(self, key: str, /, **filled: Any) -> str:
        return self.pick(_WORDS[key]).format(**filled)


def _head(
    book: WorkbookWriter, page: Any, items: Sequence[Mapping[str, Any]], about: WorklistUnit, words: _Words
) -> None:
    overdue = sum(bool(item["is_overdue"]) for item in items)
    book.put_text(page, 0, 0, words.say("title"), "banner")
    book.put_text(page, 1, 0, words.say("unit", name=about.name), "title")
    book.put_text(page, 2, 0, words.say("as_of", day=about.as_of, n=len(items), overdue=overdue), "plain")
    advice = words.say("advice")
    page.merge_range(3, 0, 3, len(_COLUMNS) - 1, "", book.format("advice"))
    book.put_text(page, 3, 0, advice, "advice")
    page.set_row(0, 26)
    page.set_row(3, LINE * lines_of(advice, sum(width for _, width in _COLUMNS)) + 4)


def _row(
    book: WorkbookWriter, page: Any, index: int, item: Mapping[str, Any], about: WorklistUnit, words: _Words
) -> None:
    row = _HEADING_ROW + 1 + index
    texts = _texts(index, item, about, words)
    lines = max(lines_of(text, width) for text, (_, width) in zip(texts, _COLUMNS, strict=True))
    page.set_row(row, LINE * max(lines, 3) + 4)
    for number, text in enumerate(texts):
        kind = "centred" if number in _CENTRED else "wrapped"
        severity = _BY_PRIORITY[item["priority"]] if number == 1 else ""
        if number == 6 and item["is_overdue"]:
            severity = "error"
        book.put_text(page, row, number, text, "answer" if number == _ANSWER else kind, severity)


def _texts(index: int, item: Mapping[str, Any], about: WorklistUnit, words: _Words) -> list[str]:
    due = (
        words.say("mark", day=item["due_on"], source=item[f"due_source_{words.language}"])
        if item["due_on"]
        else words.say("none")
    )
    state = words.say(item["status"], to=item["assigned_to"])
    if item["is_overdue"]:
        state += f"\n{words.say('overdue')}"
    what = item[f"what_{words.language}"]
    label = words.pick(KINDS[item["kind"]].label)
    since = Voice(about.level, 0, words.language).period(item["since"])
    return [
        str(index + 1),
        words.say(item["priority"]),
        f"{label[0].upper()}{label[1:]}.\n{what}",
        item[f"actor_{words.language}"],
        since,
        due,
        state,
        "",
        item["item_id"],
    ]


def _lay_out(page: Any) -> None:
    page.freeze_panes(_HEADING_ROW + 1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(0.4, 0.4, 0.5, 0.5)
    page.repeat_rows(_HEADING_ROW)
    page.set_footer("&R&P/&N")
