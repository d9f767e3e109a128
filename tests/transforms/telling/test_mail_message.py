"""A mail's names, subject and sender, as Python's strict parser, its older one and a JavaScript one read them."""

from __future__ import annotations

import json
import shutil
import subprocess
import unicodedata
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import collapse_rfc2231_value, parseaddr
from pathlib import Path

import pytest

from transforms.telling.mail_message import Heading, mail_message, plain_name

JAVASCRIPT = Path(__file__).parent / "javascript"
AT = datetime(2024, 3, 1, 2, tzinfo=UTC)
NAMES = [
    "Biểu tổng hợp tháng 6-2019 Huyện Lai Vung.xlsx",
    unicodedata.normalize("NFD", "Biểu tổng hợp tháng 6-2019 Huyện Tháp Mười.xlsx"),
    "2024-03-05-17-Báo cáo đảng viên đi làm ăn xa, đơn xin ra khỏi Đảng của các chi bộ ấp, khóm " * 2 + ".xlsx",
    "Đ" * 120 + ".xlsx",
    "Biểu \"mới\" (bản 2); x=1, 'nháp' 100%20.xlsx",
    'plain "quoted" back\\slash.xlsx',
    "plain.xlsx",
    "a name in English that is far too long for one line of a mail, and so is told in several parts of it.xlsx",
    "Báo cáo 📊 tháng 6 👩‍💻.xlsx",
    "不.xlsx",
    "filename*0*=utf-8''%41.xlsx",
    "không có đuôi",
]
SUBJECTS = [
    "Tệp báo cáo cần sửa và gửi lại. Báo cáo quá hạn",
    "Đêm 01/03/2024: 12 cảnh báo mức cao, 7 tin về cảnh báo, 3 tệp bị trả lại, 5 báo cáo quá hạn, 1 việc cần xem",
    "Night",
]
SENDERS = ["Ban Tổ chức Tỉnh ủy Đồng Tháp, phòng Tổ chức đảng và đảng viên", 'Ban "Tổ chức"', "Board", ""]


def written(names: list[str], subject: str = SUBJECTS[0], sender: str = SENDERS[0]) -> bytes:
    heading = Heading("17", (sender, "mobility@tinh.example"), ("Văn phòng", "c@huyen.example"), AT)
    files = {name: f"bytes of {number}".encode() for number, name in enumerate(names)}
    return mail_message(heading, subject, "Chào các đồng chí,\n.\nFrom: đây\n", files).as_bytes()


def composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("name", NAMES)
def test_pythons_strict_parser_reads_an_attachments_name_without_a_defect(name):
    message = message_from_bytes(written([name]), policy=policy.strict)
    assert isinstance(message, EmailMessage)
    (part,) = message.iter_attachments()
    assert part.get_filename() == composed(name)
    assert part.get_content() == b"bytes of 0"
    assert not [one for piece in message.walk() for header in piece.values() for one in header.defects]


@pytest.mark.parametrize("name", NAMES)
def test_pythons_older_parser_reads_it_too(name):
    part = message_from_bytes(written([name])).get_payload()[1]
    assert part.get_filename() == composed(name)
    assert collapse_rfc2231_value(part.get_param("filename", header="Content-Disposition")) == composed(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_reader_that_knows_no_rfc_2231_finds_a_name_in_ascii(name):
    part = message_from_bytes(written([name])).get_payload()[1]
    plain = part.get_param("name")
    assert plain == plain_name(composed(name))
    assert plain.isascii()
    assert plain.endswith(".xlsx") == name.endswith(".xlsx")
    assert 0 < len(plain) <= 60


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Biểu tổng hợp Đồng Tháp.xlsx", "Bieu tong hop Dong Thap.xlsx"),
        ('a "b" / c.xlsx', "a _b_ _ c.xlsx"),
        ("📊.xlsx", "_.xlsx"),
        ("đuôi", "duoi"),
    ],
)
def test_a_plain_name_is_the_name_without_its_marks(name, plain):
    assert plain_name(name) == plain


def test_every_line_is_ascii_and_short_enough_for_any_server():
    for subject in SUBJECTS:
        lines = written(NAMES, subject).split(b"\r\n")
        assert all(line.isascii() and len(line) <= 80 for line in lines)
        assert b"\n" not in b"".join(lines)


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("sender", SENDERS)
def test_subject_and_sender_are_read_by_both_of_pythons_parsers(subject, sender):
    data = written([], subject, sender)
    strict = message_from_bytes(data, policy=policy.strict)
    (address,) = strict["From"].addresses
    assert strict["Subject"] == subject
    # Python 3.11 leaves the blank between two encoded words of a name that is longer than one.
    assert address.display_name.replace(" ", "") == sender.replace(" ", "")
    assert address.addr_spec == "mobility@tinh.example"
    older = message_from_bytes(data)
    name, where = parseaddr(older["From"])
    assert str(make_header(decode_header(older["Subject"]))) == subject
    assert (str(make_header(decode_header(name))), where) == (sender, "mobility@tinh.example")
    assert older["Message-ID"] == "<17@tinh.example>"


@pytest.mark.parametrize("place", ["subject", "sender", "name"])
def test_a_line_break_adds_no_header(place):
    evil = "a\r\nBcc: x@y.vn\r\n\r\nb"
    given = {"names": [evil if place == "name" else "a.xlsx"], "subject": "b", "sender": "c"}
    data = written(**given | ({place: evil} if place != "name" else {}))
    message = message_from_bytes(data, policy=policy.default)
    assert not [piece for piece in message.walk() if piece["Bcc"]]


@pytest.fixture(scope="session")
def javascript(tmp_path_factory) -> Path:
    """The reader in JavaScript with its parser, installed in a folder of its own."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node and npm are not on this machine: what a JavaScript mail reader makes of names is not tried")
    place = tmp_path_factory.mktemp("javascript")
    for file in JAVASCRIPT.iterdir():
        shutil.copy(file, place)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", str(place / "cache")]
    subprocess.run(command, cwd=place, check=True, capture_output=True, timeout=300)
    return place


def test_a_javascript_reader_reads_names_subjects_senders_and_texts(javascript, tmp_path):
    given = [([name], subject, sender) for name in NAMES for subject in SUBJECTS for sender in SENDERS]
    for number, one in enumerate(given):
        (tmp_path / f"{number:04}.eml").write_bytes(written(*one))
    done = subprocess.run(
        ["node", str(javascript / "read_mail.mjs"), str(tmp_path)], capture_output=True, text=True, check=True
    )
    read = json.loads(done.stdout)
    assert [one["files"] for one in read] == [[[composed(names[0]), "bytes of 0"]] for names, _, _ in given]
    assert [one["subject"] for one in read] == [subject for _, subject, _ in given]
    assert [one["from"]["name"] for one in read] == [sender for _, _, sender in given]
    assert {one["text"].replace("\r\n", "\n") for one in read} == {"Chào các đồng chí,\n.\nFrom: đây\n"}
    assert {one["number"] for one in read} == {"<17@tinh.example>"}
