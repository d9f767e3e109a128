"""A worklist's workbook come back: whether it is the one that was sent, and what was answered to which item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from expectations.contract.problems import Problem
from expectations.language.catalogue import LANGUAGES, Joined, Language, Message, SpokenError, text
from transforms.followup.workbook import ANSWER, COLUMNS, HEADING_ROW, ITEM, REPLIES, REPLY
from transforms.followup.worklist_mark import (
    NoMark,
    WorklistMark,
    WrongSeal,
    fingerprint,
    is_mark,
    plain,
    read_mark,
    state_mark,
)
from transforms.reading.grid import NoValue, Refused, column_letters
from transforms.reading.people import lists_people, tells_of_one
from transforms.reading.sheets import Sheet, open_sheets

MOST_ROWS, MOST_COLUMNS, LONGEST = 5000, 60, 4000
"""More of a sheet is not looked at: no worklist has as much."""
LONGEST_NOTE = 1000  # letters
TOLD_FAULTS = 8
_NOTE_NEEDED = ("done", "figures", "waive")


@dataclass(frozen=True, slots=True)
class OpenedWorkbook:
    """The texts of a workbook's sheets, by their names in order."""

    sheets: Mapping[str, list[list[str]]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered to one item.

    Attributes:
        cell: where the answer stands, as E7.
        answer: one of `workbook.REPLIES`; note: what was written beside it, "" for nothing.
    """

    cell: str
    item_id: str
    answer: str
    note: str


@dataclass(frozen=True, slots=True)
class AnsweredWorkbook:
    """A workbook that is the one that was sent: its mark, and the answers in it."""

    mark: WorklistMark
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class SortedReplies:
    """Replies held against the items as they are now, each with its item's row; null where there is none any more.

    Attributes:
        taken: those to items that stand as they did when the workbook was sent.
        moved: those to items that something happened to since.
    """

    taken: list[tuple[Reply, Mapping[str, Any]]]
    moved: list[tuple[Reply, Mapping[str, Any] | None]]


class AnswersRefused(SpokenError):
    """The workbook is not one that was sent, or more was changed in it than the answers."""


def opened_workbook(data: bytes, name: str) -> OpenedWorkbook | Problem:
    """The texts of a file; to be called where a sender's bytes are opened."""
    try:
        sheets = open_sheets(data, name)
    except Refused as refused:
        return Problem(refused.code, found=refused.found, expected=refused.expected)
    if lists_people([sheet for sheet in sheets if not is_mark(_texts(sheet))]):
        return Problem("personal-data")
    return OpenedWorkbook({sheet.name: _texts(sheet) for sheet in sheets if any(map(any, sheet.rows))})


def _texts(sheet: Sheet) -> list[list[str]]:
    return [[_text(value) for value in row[:MOST_COLUMNS]] for row in sheet.rows[:MOST_ROWS]]


def _text(value: Any) -> str:
    """What a cell says: a formula that came to nothing, as "-đã họp" typed into a workbook program, says nothing."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None or isinstance(value, NoValue) else str(value)[:LONGEST].strip()


def read_answers(opened: OpenedWorkbook, secret: str) -> AnsweredWorkbook:
    """The answers of a workbook that was sent from this home.

    Raises:
        AnswersRefused: it is another file, or cells other than the answers were changed: says which; or an answer is
            none of those that may be chosen, or lacks its note; or there is none at all.
    """
    mark = _mark(opened, secret)
    pages = {name: rows for name, rows in opened.sheets.items() if not is_mark(rows)}
    rows = next(iter(pages.values()), [])
    faults = [Message("error.worklist.sheet", sheet=other) for other in list(pages)[1:]]
    faults += _changes(rows, mark)
    replies: list[Reply] = []
    for number, row in _item_rows(rows):
        if row[ITEM] in mark.rows:
            reply = _reply(row, number)
            faults += [reply] if isinstance(reply, Message) else []
            replies += [reply] if isinstance(reply, Reply) else []
    if faults:
        told = Joined(tuple(faults[:TOLD_FAULTS]), " ")
        raise AnswersRefused("error.worklist.changed", faults=told, more=_more(len(faults)))
    if not replies:
        raise AnswersRefused("error.worklist.empty")
    return AnsweredWorkbook(mark, tuple(replies))


def _more(faults: int) -> Message | None:
    return Message("error.worklist.more", n=faults - TOLD_FAULTS) if faults > TOLD_FAULTS else None


def _mark(opened: OpenedWorkbook, secret: str) -> WorklistMark:
    marks = [rows for rows in opened.sheets.values() if is_mark(rows)]
    if len(marks) != 1:
        raise AnswersRefused("error.worklist.foreign")
    try:
        return read_mark(marks[0], secret)
    except NoMark as error:
        raise AnswersRefused("error.worklist.foreign") from error
    except WrongSeal as error:
        raise AnswersRefused("error.worklist.seal") from error


def _item_rows(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, list[str]]]:
    """The rows below the headings in which anything stands, with their numbers as a person counts them."""
    for number, row in enumerate(rows[HEADING_ROW + 1 :], HEADING_ROW + 2):
        if any(row):
            yield number, [*row, *[""] * (len(COLUMNS) - len(row))]


def _changes(rows: Sequence[Sequence[str]], mark: WorklistMark) -> list[Message]:
    """What differs from what was sent, where only answers may."""
    faults: list[Message] = []
    head = [[*row, *[""] * (len(COLUMNS) - len(row))] for row in [*rows, *[[]] * (HEADING_ROW + 1)][: HEADING_ROW + 1]]
    for number, (row, sent) in enumerate(zip(head, mark.head, strict=True), 1):
        faults += _changed_cells(row, sent, number, ())
    seen: set[str] = set()
    for number, row in _item_rows(rows):
        item_id = row[ITEM]
        if item_id not in mark.rows or item_id in seen:
            key = "error.worklist.row-twice" if item_id in seen else "error.worklist.row-added"
            faults.append(Message(key, cell=_cell(ITEM, number), item=item_id or "—"))
            continue
        seen.add(item_id)
        faults += _changed_cells(row, mark.rows[item_id], number, (REPLY, ANSWER))
    return faults + [Message("error.worklist.row-removed", item=one) for one in mark.rows if one not in seen]


def _changed_cells(row: Sequence[str], sent: Sequence[str], number: int, free: Iterable[int]) -> list[Message]:
    changed = [
        column
        for column, said in enumerate(row)
        if column not in free and fingerprint(said) != (sent[column] if column < len(sent) else "-")
    ]
    return [Message("error.worklist.cell", cell=_cell(column, number)) for column in changed]


def _cell(column: int, number: int) -> str:
    return f"{column_letters(column + 1)}{number}"


def _reply(row: Sequence[str], number: int) -> Reply | Message | None:
    """The answer of a row; none where nothing is answered; what is wrong with it."""
    said, note = plain(row[REPLY]), plain(row[ANSWER])
    if not said and not note:
        return None
    cell = _cell(REPLY, number)
    answer = _BY_WORDS.get(said.casefold())
    if answer is None:
        return Message("error.worklist.reply" if said else "error.worklist.unchosen", cell=cell, found=said)
    if tells_of_one(note):
        return Message("error.worklist.person", cell=_cell(ANSWER, number))
    if len(note) > LONGEST_NOTE:
        return Message("error.worklist.long", cell=_cell(ANSWER, number), most=LONGEST_NOTE)
    if not note and answer in _NOTE_NEEDED:
        return Message("error.worklist.note", cell=_cell(ANSWER, number), answer=said)
    return Reply(cell, row[ITEM], answer, note)


_BY_WORDS = {text(f"worklist.reply.{one}", language).casefold(): one for language in LANGUAGES for one in REPLIES}


def against_now(workbook: AnsweredWorkbook, rows: Iterable[Mapping[str, Any]]) -> SortedReplies:
    """Hold the answers against the items as they are now.

    Args:
        rows: columns of followup.item, with what was noted since.
    """
    now = {row["item_id"]: row for row in rows}
    sorted_ = SortedReplies([], [])
    for reply in workbook.replies:
        row = now.get(reply.item_id)
        if row is not None and state_mark(row) == workbook.mark.states[reply.item_id]:
            sorted_.taken.append((reply, row))
        else:
            sorted_.moved.append((reply, row))
    return sorted_


def act_of(reply: Reply, row: Mapping[str, Any], language: Language) -> tuple[str, dict[str, str]]:
    """The board's action that an answer comes to, and what is said with it.

    A unit marks its matter done, or says that it is at it; that something need not be followed up it can only propose:
    the item is given to the board, which decides.
    """
    answer = text(f"worklist.reply.{reply.answer}", language)
    said = text("worklist.said", language, unit=row["reporter_name"], answer=answer, note=reply.note or "—")
    if reply.answer == "done":
        return "followup-done", {"note": said}
    to = text("worklist.board", language) if reply.answer == "waive" else str(row["reporter_name"])
    return "followup-assign", {"to": to, "note": said}
