"""The recipients' table: what a row means, and that a mistake silences its own row only."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.telling.addresses import Secret, by_server, filled, is_mail, secrets_of, writes_a_secret
from transforms.telling.recipients import COLUMNS, Recipient, read_recipients

HEADING = ",".join(COLUMNS)
GOOD = "Ban,ban@tinh.example,board,vi,*,*,medium,22:00-06:30"


def read(*rows: str):
    return read_recipients("\n".join([HEADING, *rows]) + "\n")


def test_a_row_is_read_as_it_stands():
    row = read(GOOD).rows["Ban"]
    assert (row.side, row.language, row.units, row.least) == ("board", "vi", None, "medium")
    assert row.topics == {"alerts", "reports", "rejected", "summary", "failure"}
    assert row.quiet == (time(22), time(6, 30))


def test_what_is_left_empty_gives_the_least_away():
    row = read("Xã,x@xa.example,,,867,,,").rows["Xã"]
    assert (row.side, row.units, row.topics) == ("reporter", frozenset({"867"}), {"reports", "rejected"})


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeff{HEADING}\r\n{GOOD}\r\n",
        f"{HEADING}\n\n# tạm nghỉ,\n{GOOD}\n,,,,,,,\n",
        HEADING.replace(",", ";") + "\n" + GOOD.replace(",", ";"),
        'address,name,side\n"ban@tinh.example", Ban ,BOARD',
    ],
)
def test_tables_that_spreadsheets_write_are_read(text):
    found = read_recipients(text)
    assert (list(found.rows), found.mistakes) == (["Ban"], ())


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (",a@b.vn,board,,,,,", "thiếu tên"),
        ("A,ai đó,board,,,,,", "địa chỉ không hợp lệ"),
        ("A,mailto://u:matkhau@b.vn,board,,,,,", "mật khẩu"),
        ("A,a@b.vn,huyện,,,,,", "cột side"),
        ("A,a@b.vn,board,fr,,,,", "cột language"),
        ("A,a@b.vn,reporter,,*,,,", "mã của mình"),
        ("A,a@b.vn,reporter,,,,,", "mã của mình"),
        ("A,a@b.vn,reporter,,867,alerts,,", "việc của Ban"),
        ("A,a@b.vn,board,,,alert,,", "cột what"),
        ("A,a@b.vn,board,,,,urgent,", "cột severity"),
        ("A,a@b.vn,board,,,,,22h-6h", "cột quiet"),
        ("A,a@b.vn,board,,,,,25:00-06:00", "cột quiet"),
        ("A,a@b.vn,board,,866,867,,,,", "nhiều ô hơn"),
        ("ban,a@b.vn,board,,,,,", "đã có ở dòng trên"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_other_rows_stand(row, says):
    found = read(GOOD, row, "Sau,s@b.vn,board,,,,,")
    assert list(found.rows) == ["Ban", "Sau"]
    (mistake,) = found.mistakes
    assert mistake.line == 3
    assert says in mistake.why.says("vi")
    assert "matkhau" not in mistake.why.says("vi") + mistake.why.says("en")


@pytest.mark.parametrize("heading", ["", "name", "name,address,màu"])
def test_a_heading_that_is_wrong_is_told_and_nobody_is_guessed(heading):
    found = read_recipients(f"{heading}\nA,a@b.vn\n")
    assert not found.rows
    assert found.mistakes[0].line == 1


@given(st.text())
def test_no_text_makes_the_reading_fail(text):
    read_recipients(text)
    read_recipients(f"{HEADING}\n{text}")


@given(st.times(), st.times(), st.times())
def test_hours_are_quiet_from_the_first_to_the_last_over_midnight_too(start, end, at):
    row = Recipient("A", "a@b.vn", "board", "vi", None, frozenset(), "low", (start, end))
    later = (at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6 - _seconds(start)) % 86400
    assert row.is_quiet(at) == (start != end and later < (_seconds(end) - _seconds(start)) % 86400)


def _seconds(at: time) -> float:
    return at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6


def test_secrets_are_named_and_put_in_place_quoted():
    address = "mailtos://mobility:{env:MAIL_PASSWORD}@mail.example?to=a@b.vn&x={prefect:mail-key}"
    password, key = Secret("env", "MAIL_PASSWORD"), Secret("prefect", "mail-key")
    assert secrets_of(address) == {password, key}
    url = filled(address, {password: "p@s/s?", key: "k&"})
    assert url == "mailtos://mobility:p%40s%2Fs%3F@mail.example?to=a@b.vn&x=k%26"
    assert filled("{env:MAIL_PASSWORD}", {password: "json://u:p@h/"}) == "json://u:p@h/"


@pytest.mark.parametrize(
    ("address", "is_written"),
    [
        ("mailto://u:secret@h", True),
        ("mailto://u:se{env:X}cret@h", True),
        ("mailto://u:{env:X}@h", False),
        ("mailto://u@h", False),
        ("json://h:8080/a:b@c", False),
        ("json://h/?to=a:b@c", False),
        ("a@b.vn", False),
    ],
)
def test_a_password_in_clear_is_seen(address, is_written):
    assert writes_a_secret(address) is is_written


def test_a_bare_mail_address_goes_by_the_boards_server():
    assert is_mail("ban@tinh.example")
    assert not is_mail("mailto://tinh.example")
    assert by_server("a+b@c.vn", "mailto://h?from=x@y.vn") == "mailto://h?from=x@y.vn&to=a%2Bb%40c.vn"
    assert by_server("a@c.vn", "mailto://u@h") == "mailto://u@h?to=a%40c.vn"
