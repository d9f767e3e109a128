"""Accepted files with warnings: the sender gets a short letter and the places marked; a mere lateness gives none."""

from __future__ import annotations

import shutil
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from expectations.contract.periods import Period
from expectations.contract.problems import CODES, TO_LOOK_AT
from flows.commands.backfill import backfill
from flows.night.summary import NightReport
from flows.settings import Settings
from flows.telling.tell import tell
from tests.flows.lived_night import arrive, live
from tests.flows.telling.telling_house import House, Mail, text_of
from transforms.samples.tree import sample_tree

pytestmark = pytest.mark.usefixtures("read_here")

WARNED, LATE_ONLY = "866", "867"
CAME, NIGHT = date(2024, 3, 6), date(2024, 3, 7)
BOARD = "Ban,ban@tinh.example,board,,,,,"
SENDER = f"Cao Lãnh,c@huyen.example,reporter,,{WARNED},,,"
PUNCTUAL = f"Sa Đéc,s@huyen.example,reporter,,{LATE_ONLY},,,"
OPENING, CLOSING = 5, 14  # columns of the sender's template


def fewer(workbook: bytes, members: int) -> bytes:
    """The workbook with so many members fewer in its first unit, all month long."""
    book = openpyxl.load_workbook(BytesIO(workbook))
    row = next(row for row in book.worksheets[0].iter_rows() if sum(type(cell.value) is int for cell in row) > 9)
    for column in (OPENING, CLOSING):
        row[column - 1].value -= members
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.fixture(scope="module")
def lived_home(registry, tmp_path_factory) -> tuple[Path, NightReport]:
    """January with a warned file as a backfill, February late in the night of the 7th of March."""
    home = tmp_path_factory.mktemp("warned")
    settings = Settings(home=home, readers=1)
    span = (Period(2024, 1), Period(2024, 2))
    for file in sample_tree(registry, 5, *span, {WARNED, LATE_ONLY}, is_faulty=False):
        is_first = file.received_on < date(2024, 3, 1)
        data = fewer(file.data, 2 if is_first else 1) if file.reporter_code == WARNED else file.data
        if is_first:
            place = home / "tree" / str(file.received_on) / file.reporter_code / file.file_name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        else:
            arrive(home, file.reporter_code, file.file_name, data, CAME)
    backfill(home / "tree", None, settings)
    assert not list(home.glob("returns/*/*.xlsx"))
    return home, live(settings, NIGHT)


@pytest.fixture
def told(lived_home, tmp_path, mail: Mail) -> House:
    """What everybody was told of the night."""
    house = House(Path(shutil.copytree(lived_home[0], tmp_path / "lived", symlinks=True)), mail)
    house.know(BOARD, SENDER, PUNCTUAL)
    with mail.up(), house.open() as con:
        tell(con, house.settings, NIGHT, lived_home[1])
        tell(con, house.settings, NIGHT, lived_home[1])  # a night run again tells nothing twice
    return house


def test_the_sender_hears_that_the_file_was_accepted_and_what_to_look_at(told: House):
    assert sorted(message["To"] for message in told.mail.received) == ["ban@tinh.example", "c@huyen.example"]
    own = next(message for message in told.mail.received if message["To"] == "c@huyen.example")
    assert own["Subject"] == "Báo cáo đã được nhận, có điều cần xem lại"
    text = text_of(own)
    assert "đã được nhận. Xin xem lại: " in text
    assert "đầu kỳ khác cuối kỳ trước đã báo" in text
    assert "Số đã đúng và đủ thì không phải gửi lại gì" in text
    assert "trả lại" not in text
    (part,) = own.iter_attachments()
    book = openpyxl.load_workbook(BytesIO(part.get_content()))
    assert book.sheetnames[0] == "Cần xem lại"
    assert book.worksheets[0]["A1"].value == "TỆP ĐÃ ĐƯỢC NHẬN, CÓ ĐIỀU CẦN XEM LẠI"
    colours = {cell.fill.start_color.rgb[-6:] for row in book.worksheets[1].iter_rows() for cell in row}
    assert "FFE699" in colours
    assert "FFC7CE" not in colours


def test_the_board_hears_of_what_went_back_and_not_of_what_its_senders_are_to_look_at(told: House):
    board = next(message for message in told.mail.received if message["To"] == "ban@tinh.example")
    assert "xem lại" not in text_of(board)
    assert list(board.iter_attachments()) == []


def test_a_file_that_was_only_late_gives_neither_letter_nor_workbook(told: House):
    codes = told.ask(
        "SELECT DISTINCT p.code FROM ledger.problem AS p JOIN ledger.submission AS s USING (submission_id) "
        f"WHERE s.reporter_code = '{LATE_ONLY}' AND s.period = '2024-02'"
    )
    assert codes == [("late",)]
    assert told.ask(f"FROM outbox.event WHERE kind = 'accepted' AND unit_code = '{LATE_ONLY}'") == []
    assert not (told.home / "returns" / LATE_ONLY).exists()


def test_what_a_backfill_accepted_is_not_told(told: House):
    known = told.ask(
        "SELECT period, is_news, attachment IS NULL FROM outbox.event WHERE kind = 'accepted' ORDER BY ALL"
    )
    assert known[-1] == ("2024-02", True, False)
    assert all(not is_news for _, is_news, _ in known[:-1])


def test_warnings_of_the_arrival_alone_are_nothing_to_look_at():
    warnings = {code for code, about in CODES.items() if about.severity == "warning"}
    assert warnings - set(TO_LOOK_AT) == {"late", "resubmission", "file-name-period"}
