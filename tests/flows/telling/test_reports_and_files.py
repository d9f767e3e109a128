"""Rejected files and reports not sent, from a real night: to whom they belong, with the workbook that was marked."""

from __future__ import annotations

import os
import shutil
from datetime import date, datetime
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from expectations.contract.periods import Period
from flows.commands.backfill import backfill
from flows.home import open_home
from flows.night.collect import clear_inbox, collect
from flows.night.run import Run
from flows.night.send_back import send_back
from flows.night.settle import settle
from flows.night.summary import NightReport, NightSteps, report
from flows.night.take_in import take_in
from flows.settings import Settings
from flows.telling.tell import remind, tell
from tests.flows.telling.telling_house import House, Mail, Receiver, attached, happen, text_of
from transforms.samples.tree import sample_tree

pytestmark = pytest.mark.usefixtures("read_here")

# Of the second month 866 sends a workbook that does not balance, 870 nothing.
BALANCE_BROKEN, FINE, ABSENT = "866", "867", "870"
EVE, DUE, NIGHT = date(2024, 3, 4), date(2024, 3, 5), date(2024, 3, 6)
BOARD = "Ban,ban@tinh.example,board,,,,,"
SENDER = f"Cao Lãnh,c@huyen.example,reporter,,{BALANCE_BROKEN},,,"
ELSEWHERE = f"Sa Đéc,s@huyen.example,reporter,,{FINE},,,"
MISSING = f"Tân Hồng,t@huyen.example,reporter,,{ABSENT},,,"


def put(place: Path, data: bytes, moment: float | None = None) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    if moment:
        os.utime(place, (moment, moment))


def broken(workbook: bytes) -> bytes:
    """The workbook with a count of its first unit a thousand too high."""
    book = openpyxl.load_workbook(BytesIO(workbook))
    row = next(row for row in book.worksheets[0].iter_rows() if sum(type(cell.value) is int for cell in row) > 5)
    cell = [cell for cell in row if type(cell.value) is int][2]
    cell.value += 1000
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.fixture(scope="module")
def two_nights(registry, tmp_path_factory) -> tuple[Path, NightReport]:
    """January taken in as a backfill, with a faulty file in it, February as the night of the 6th of March."""
    home = tmp_path_factory.mktemp("two-nights")
    settings = Settings(home=home, readers=1)
    span, who = (Period(2024, 1), Period(2024, 2)), {BALANCE_BROKEN, FINE, ABSENT}
    moment = datetime(2024, 3, 5, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")).timestamp()
    for file in sample_tree(registry, 5, *span, who, is_faulty=False):
        if file.received_on < date(2024, 3, 1):
            put(home / "tree" / str(file.received_on) / file.reporter_code / file.file_name, file.data)
        elif file.reporter_code == BALANCE_BROKEN:
            put(home / "inbox" / BALANCE_BROKEN / "sai.xlsx", broken(file.data), moment)
        elif file.reporter_code == FINE:
            put(home / "inbox" / FINE / file.file_name, file.data, moment)
    put(home / "tree" / "2024-02-03" / FINE / "hong.csv", "Tháng 1 năm 2024\n".encode())
    backfill(home / "tree", None, settings)
    with open_home(settings) as con:
        arrived = collect(settings, NIGHT)
        taken = take_in(con, arrived.files, settings, Run("nightly", NIGHT, datetime(2024, 3, 6, 2)))
        clear_inbox(arrived.files)
        returned = send_back(con, taken.files, taken.verdict, settings)
        settled = settle(con, taken.touched, settings, NIGHT)
        came = NightSteps(arrived, taken.files, taken.verdict, returned, settled.published, settled.exposed)
        return home, report(con, came, settings, NIGHT)


@pytest.fixture
def lived(two_nights, tmp_path, mail: Mail) -> House:
    return House(Path(shutil.copytree(two_nights[0], tmp_path / "lived", symlinks=True)), mail)


def letters(house: House) -> dict[str, EmailMessage]:
    return {message["To"]: message for message in house.mail.received}


def test_a_rejected_file_goes_to_its_sender_with_the_marked_workbook(lived: House, two_nights):
    lived.know(BOARD, SENDER, ELSEWHERE)
    with lived.mail.up(), lived.open() as con:
        told = tell(con, lived.settings, NIGHT, two_nights[1])
    assert told.sent == 2  # nothing concerns the one whose file is in order
    sent = letters(lived)
    own = sent["c@huyen.example"]
    assert own["Subject"] == "Tệp báo cáo cần sửa và gửi lại. Báo cáo quá hạn"
    (part,) = own.iter_attachments()
    assert part.get_content_type() == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    book = openpyxl.load_workbook(BytesIO(part.get_content()))
    (stored,) = (lived.home / "returns" / BALANCE_BROKEN).glob("2024-03-*.xlsx")
    assert part.get_filename() == stored.name
    assert part.get_content() == stored.read_bytes()
    assert len(book.sheetnames) > 1
    text = text_of(sent["ban@tinh.example"])
    assert "TỆP BỊ TRẢ LẠI\n- Thành phố Cao Lãnh: tệp tháng 02/2024 nhận ngày 05/03/2024 bị trả lại" in text
    assert "hong.csv" not in text
    assert list(sent["ban@tinh.example"].iter_attachments()) == []


def test_a_report_overdue_is_told_to_its_unit_and_to_the_board_and_once(lived: House, two_nights):
    lived.know(BOARD, SENDER, MISSING)
    with lived.mail.up(), lived.open() as con:
        tell(con, lived.settings, NIGHT, two_nights[1])
        assert remind(con, lived.settings, NIGHT).sent == 0
    sent = letters(lived)
    assert sent["t@huyen.example"]["Subject"] == "Báo cáo quá hạn"
    assert "Báo cáo tháng 02/2024" in text_of(sent["t@huyen.example"])
    board = text_of(sent["ban@tinh.example"])
    overdue = next(line for line in board.splitlines() if line.startswith("- Quá hạn, tháng 02/2024"))
    assert "Tân Hồng" in overdue
    assert "Thành phố Cao Lãnh (chưa có địa chỉ" not in overdue
    assert "(chưa có địa chỉ để nhắc)" in overdue  # of the districts that nobody can remind


def test_who_has_not_reported_is_reminded_before_the_day_and_nobody_else(lived: House):
    lived.know(BOARD, ELSEWHERE, MISSING)
    with lived.mail.up(), lived.open() as con:
        assert remind(con, lived.settings, EVE).sent == 1
        assert remind(con, lived.settings, EVE).sent == 0
    (message,) = lived.mail.received
    assert (message["To"], message["Subject"]) == ("t@huyen.example", "Nhắc hạn báo cáo")
    assert "đến hạn ngày 05/03/2024" in text_of(message)


def test_a_reminder_that_could_not_go_on_its_day_does_not_go_later(lived: House, two_nights):
    lived.know(MISSING)
    with lived.open() as con:
        assert remind(con, lived.settings, EVE).waiting == 1
        with lived.mail.up():
            tell(con, lived.settings, NIGHT, two_nights[1])
    (message,) = lived.mail.received
    assert message["Subject"] == "Báo cáo quá hạn"


def test_nothing_of_a_letter_to_a_unit_is_of_others_or_of_the_board(lived: House, two_nights):
    lived.know(SENDER, MISSING)
    with lived.mail.up(), lived.open() as con:
        happen(con, NIGHT, "x", unit=(ABSENT, "Tân Hồng"), text="Có 17 đơn.")
        tell(con, lived.settings, NIGHT, two_nights[1])
    text = text_of(letters(lived)["t@huyen.example"])
    assert "17" not in text
    assert "Cao Lãnh" not in text
    assert "CẢNH BÁO" not in text


def test_the_workbook_reaches_an_http_receiver_too(lived: House, two_nights, receiver: Receiver):
    lived.know(f"Cao Lãnh,json://127.0.0.1:{receiver.port}/,reporter,,{BALANCE_BROKEN},,,")
    with lived.open() as con:
        assert tell(con, lived.settings, NIGHT, two_nights[1]).sent == 1
    ((_, payload),) = receiver.received
    ((name, data),) = attached(payload).items()
    assert name.endswith(".xlsx")
    assert len(openpyxl.load_workbook(BytesIO(data)).sheetnames) > 1


def test_a_workbook_that_is_gone_is_said_to_be_and_the_letter_goes(lived: House, two_nights):
    lived.know(SENDER)
    with lived.open() as con:
        tell(con, lived.settings, NIGHT, two_nights[1])  # the server is down
    shutil.rmtree(lived.home / "returns")
    with lived.mail.up(), lived.open() as con:
        tell(con, lived.settings, NIGHT, two_nights[1])
    assert "Tệp kèm theo không còn" in lived.mail.texts()[0]


def test_what_a_backfill_rejected_or_missed_is_not_told(lived: House, two_nights):
    lived.know(BOARD, ELSEWHERE)
    with lived.open() as con:
        tell(con, lived.settings, NIGHT, two_nights[1])
    known = lived.ask("SELECT file_name, is_news FROM outbox.event WHERE kind = 'rejected' ORDER BY is_news")
    assert known == [("hong.csv", False), ("sai.xlsx", True)]
    assert lived.ask("SELECT count(*) FROM outbox.message WHERE recipient = 'Sa Đéc'") == [(0,)]
    assert lived.ask("SELECT DISTINCT period FROM outbox.event WHERE kind = 'overdue' AND is_news") == [("2024-02",)]
