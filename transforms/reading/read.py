"""One file's bytes into contract tables and located problems."""

from __future__ import annotations

from datetime import date

from expectations.contract.problems import Problem
from transforms.reading import legacy_fonts
from transforms.reading.broken_off import judge_ends
from transforms.reading.carriers import look_through
from transforms.reading.headings import LABELS, heading_blocks
from transforms.reading.legible import legible_sheets
from transforms.reading.package import Zips
from transforms.reading.people import lists_people
from transforms.reading.people_in_text import may_tell_of_people, tells_of_people
from transforms.reading.pictures import without_pictures
from transforms.reading.report_period import due_period, judge_period, judge_period_columns, likely_day
from transforms.reading.report_sender import is_anothers, is_known_sender, is_wrong_template
from transforms.reading.results import FileReading
from transforms.reading.sent_report import SentReport
from transforms.reading.sheets import Refused, Sheet
from transforms.reading.take_forms import take_forms
from transforms.reading.template_mark import is_mark, read_marks
from transforms.reading.units import Directory


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
    report = _report(sheets, name, reporter, received_on, directory)
    report.reading.encoding = encoding
    reading = _read_tables(report)
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
    report = _report(sheets, name, "", received_on, directory)
    day = likely_day(report)
    named: set[str] = set()
    for sheet in report.sheets:
        blocks = heading_blocks(sheet.rows, texts=sheet.texts)
        for row in sheet.rows[: blocks[0][0] if blocks else 0]:
            for value in row:
                if type(value) is str and value:
                    named |= directory.titled(value, day)
    return next(iter(named)) if len(named) == 1 else None


def _report(sheets: list[Sheet], name: str, reporter: str, received_on: date, directory: Directory) -> SentReport:
    shown = [sheet for sheet in sheets if not sheet.is_hidden and not is_mark(sheet)]
    return SentReport(shown, read_marks(sheets), name, reporter, received_on, directory)


def _read_tables(report: SentReport) -> FileReading:
    """The steps from sheets to rows; the first that finds the file to be no report of the sender's is the last."""
    report.day = min(likely_day(report), report.day)
    if not is_known_sender(report):
        return report.reading
    report.look_up_units()
    report.look_for_tables()
    if not any(table.forms for table in report.tables):
        report.tell("unknown-form")
        return report.reading
    judge_ends(report)
    due = due_period(report)
    report.is_of_year = due.kind == "year"
    report.period = judge_period(report, due)
    if is_wrong_template(report):
        return report.reading
    if report.period:
        report.day = report.period.last_day
    if not is_known_sender(report):
        return report.reading
    report.look_up_units()
    if not is_anothers(report):
        judge_period_columns(report)
        take_forms(report)
    return report.reading
