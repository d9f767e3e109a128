"""The counter: a sender has a file looked through, sends it, and sees what became of earlier ones."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from threading import Lock
from unicodedata import category

import polars as pl

from expectations.contract.periods import Period
from expectations.contract.problems import NOT_KEPT
from flows.errors import UserError
from flows.night.collect import File
from flows.night.look_through import FileLookedThrough, ToLookThrough, look_through
from flows.night.mark import ToMark, marked, without_tables
from flows.night.send_back import fit_name
from flows.portal.asked import SENDER, XLSX, Answer, Asked, Download, GoTo, NotThere, Route, Shown
from flows.portal.desk_files import DeskFile, find, forget_old, lay_down, note_sent, receipt_of
from flows.registry_files import load_registry
from transforms.returning.workbook import SentFile
from transforms.template import NotAReporter, make_template
from warehouse.board.receipts import Receipt, receipts_of, write_receipt
from warehouse.board.sender_pages import files_of, last_report, letters_to, reports_on
from warehouse.ledger.closings import standing_closings
from warehouse.ledger.registry import unit_name

_one_at_a_time = Lock()  # who presses twice has sent once
MOST_FILES, MOST_LETTERS, MOST_RECEIPTS = 36, 12, 24


def show_counter(asked: Asked) -> Answer:
    """What is due, where a file is dropped, and what became of earlier ones."""
    unit = _unit(asked)
    forget_old(_desk_files(asked))
    due, state = _due(asked, unit)
    files = files_of(asked.con, unit, MOST_FILES)
    taken = set(files["sha256"].drop_nulls())
    waiting = [one for one in _receipts(asked) if one.sha256 not in taken]
    return Shown(
        "counter.html",
        {
            "unit": unit_name(asked.con, unit, due.last_day),
            "code": unit,
            "returned": _returned(files, str(due)) if state == "rejected" else None,
            "due": str(due),
            "due_on": due.due_on(asked.settings.due_day),
            "state": state,
            "waiting": waiting,
            "files": files.to_dicts(),
            "letters": letters_to(asked.con, unit, MOST_LETTERS).to_dicts(),
            "most": asked.settings.portal_upload_megabytes,
        },
    )


def check_file(asked: Asked) -> Answer:
    """Look a file through and show what is wrong; nothing is sent, and what may not be kept is not."""
    uploaded = asked.upload("file")
    if uploaded is None:
        raise UserError("error.counter.no-file")
    data = uploaded.file.read()
    file = _file(asked, own_name(uploaded.filename or ""), data)
    found = _looked_through(asked, file)
    verdict = found.verdict
    codes = set(verdict.problems["code"])
    key = ""
    if codes.isdisjoint(NOT_KEPT):
        key = lay_down(
            _desk_files(asked), DeskFile(asked.account.name, _unit(asked), file.file_name, file.sha256), data
        )
    return Shown(
        "checked.html",
        {
            "file_name": file.file_name if key else None,
            "period": found.period,
            "outcome": verdict.outcomes["outcome"][0],
            "lists_people": "personal-data" in codes,
            "causes": verdict.causes[f"message_{asked.language}"].to_list(),
            "seen": found.seen,
            "key": key,
        },
    )


def send_file(asked: Asked) -> Answer:
    """Put exactly the bytes that were looked through into the inbox, and give a receipt; the same one if sent again."""
    with _one_at_a_time:
        number = receipt_of(_desk_files(asked), asked.said("key"), asked.account.name, _unit(asked)) or _sent(asked)
    return GoTo(f"/counter/receipts/{number}", "sent")


def _sent(asked: Asked) -> int:
    """The number of the receipt."""
    file, data = _laid_down(asked)
    folder = asked.settings.inbox_dir / file.unit_code
    name = put_in_inbox(folder, file.file_name, data)
    sent_at = asked.now()
    number = write_receipt(
        asked.settings.board_path, sent_at, asked.account.name, file.unit_code, name, file.sha256, len(data)
    )
    note_sent(_desk_files(asked), asked.said("key"), file, number)
    return number


def show_receipt(asked: Asked) -> Answer:
    """When what was sent, with its hash."""
    wanted = asked.path["number"]
    found = next((one for one in _receipts(asked) if str(one.number) == wanted), None)
    if found is None:
        raise NotThere
    due, _ = _due(asked, found.unit_code)
    return Shown("receipt.html", {"receipt": found, "unit": unit_name(asked.con, found.unit_code, due.last_day)})


def marked_workbook(asked: Asked) -> Answer:
    """The workbook of a file just looked through, its cells marked."""
    file, data = _laid_down(asked)
    sent = _file(asked, file.file_name, data)
    found = _looked_through(asked, sent)
    period, verdict = found.period, found.verdict
    due_on = Period.parse(period).due_on(asked.settings.due_day) if period else None
    order = ToMark(
        number=1,
        reporter=sent.reporter_code,
        path=Path(sent.file_name),
        data=data,
        registry_dir=asked.settings.registry_dir,
        problems=verdict.problems,
        about=SentFile(
            sent.file_name,
            unit_name(asked.con, sent.reporter_code, sent.received_on),
            period,
            sent.received_on,
            due_on,
            is_accepted=verdict.outcomes["outcome"][0] == "accepted",
            causes=tuple(verdict.causes[f"message_{asked.language}"]),
        ),
        language=asked.language,
    )
    ((((_, content),),),) = asked.desk.readers.each(marked, [[order]], without_tables)
    return Download(f"{Path(sent.file_name).stem}.xlsx", content, XLSX)


def blank_template(asked: Asked) -> Answer:
    """The workbook of the month that is due, with the unit's cells and what is known in place."""
    unit = _unit(asked)
    month, _ = _due(asked, unit)
    closings = standing_closings(asked.con, month.previous)
    registry = load_registry(asked.settings.registry_dir)
    try:
        file = make_template(registry, closings, unit, month, asked.language, asked.settings.due_day)
    except NotAReporter as error:
        raise UserError("error.counter.no-template") from error
    return Download(file.name, file.data, XLSX)


def put_in_inbox(folder: Path, name: str, data: bytes) -> str:
    """Write a file for the night, whole or not at all; under another name where a different one lies there."""
    folder.mkdir(parents=True, exist_ok=True)
    stem, ending = os.path.splitext(name)
    part = folder / f".{token_hex(16)}.part"  # its own: the same form may be sent twice at the same moment
    try:
        part.touch(0o640)
        part.write_bytes(data)
        for number in range(1, 1000):
            target = folder / (name if number == 1 else f"{stem} ({number}){ending}")
            try:
                os.link(part, target)  # unlike a rename, never over a file that lies there
                return target.name
            except FileExistsError:
                if target.read_bytes() == data:
                    return target.name
    finally:
        part.unlink(missing_ok=True)
    raise UserError("error.counter.full")


def own_name(given: str) -> str:
    """The name of an upload as a file of ours: no folder, nothing a file system or a page cannot bear, and no marks
    that turn a line round, by which an ending can be made to look like another."""
    given = "".join(letter for letter in given if category(letter) != "Cf")
    return fit_name(given.replace("\\", "/").rpartition("/")[2]).lstrip("~$.") or "_"


def _looked_through(asked: Asked, file: File) -> FileLookedThrough:
    """What the night would say of it now."""
    published, board = asked.desk.copies.paths
    return look_through(asked.desk.readers, ToLookThrough(file, published, board, asked.settings, asked.language))


def _file(asked: Asked, name: str, data: bytes) -> File:
    at: datetime = asked.now()
    return File(None, _unit(asked), name, at.date(), at, data, hashlib.sha256(data).hexdigest())


def _laid_down(asked: Asked) -> tuple[DeskFile, bytes]:
    found = find(_desk_files(asked), asked.said("key"), asked.account.name, _unit(asked))
    if found is None:
        raise UserError("error.counter.forgotten")
    return found


def _desk_files(asked: Asked) -> Path:
    return asked.settings.portal_dir / "desk"


def _unit(asked: Asked) -> str:
    unit = asked.account.unit_code
    if unit is None:
        raise NotThere
    return unit


def _receipts(asked: Asked) -> list[Receipt]:
    return receipts_of(asked.settings.board_path, _unit(asked), MOST_RECEIPTS)


def _returned(files: pl.DataFrame, period: str) -> int | None:
    """The last file of a month that went back; null where it was of no month that could be read."""
    numbers = files.filter(outcome="rejected", period=period)["submission_id"].to_list()
    return max(numbers, default=None)


def _due(asked: Asked, unit: str) -> tuple[Period, str]:
    """The month that is due from a unit, and how it stands; for one that reports no more, its last."""
    last = last_report(asked.con, unit)
    due = Period.month_of(asked.today()).previous
    if last and (last["period"] == str(due) or not reports_on(asked.con, unit, due.last_day)):
        return Period.parse(last["period"]), str(last["state"])
    is_over = asked.today() > due.due_on(asked.settings.due_day)
    return due, "missing" if is_over else "not_due"


_OWN = frozenset({SENDER})
ROUTES = (
    Route("GET", "/counter", _OWN, show_counter),
    Route("POST", "/counter/check", _OWN, check_file, takes_file=True),
    Route("POST", "/counter/send", _OWN, send_file),
    Route("POST", "/counter/workbook", _OWN, marked_workbook, takes_long=True),
    Route("GET", "/counter/template", _OWN, blank_template),
    Route("GET", "/counter/receipts/{number}", _OWN, show_receipt),
)
