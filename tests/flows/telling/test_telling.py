"""What people are told, through a real SMTP server and a real HTTP receiver: once, in time, and nothing but theirs."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest

from flows.clock import now
from flows.telling import post
from flows.telling.delivery import deliver
from flows.telling.recipients import recipients
from flows.telling.tell import Outbox, tell, tell_failure, write_and_send
from tests.flows.telling.telling_house import House, Receiver, happen, quiet_now, ran, report, text_of

ROOT = Path(__file__).resolve().parents[3]
FIRST = date(2024, 3, 1)
NEXT = [FIRST + timedelta(days=days) for days in range(5)]
BOARD = "Ban,ban@tinh.example,board,vi,*,*,,"


def alert(name: str, **more) -> dict:
    return {"alert_id": name, **more}


def test_news_of_a_night_go_in_one_letter_in_vietnamese(house: House):
    house.know(BOARD)
    with house.mail.up():
        told = house.night(FIRST, alert("a"), alert("b", severity="medium", unit=("867", "Thành phố Sa Đéc")))
    assert (told.sent, told.waiting, told.errors) == (1, 0, ())
    (message,) = house.mail.received
    assert message["Subject"] == "Đêm 01/03/2024: 1 cảnh báo mức cao, 1 tin về cảnh báo"
    assert message["To"] == "ban@tinh.example"
    assert message["Auto-Submitted"] == "auto-generated"
    text = text_of(message)
    assert text.index("CẢNH BÁO MỨC CAO") < text.index("Thành phố Cao Lãnh:") < text.index("CẢNH BÁO MỨC VỪA")
    assert "Mới. Lời của Ban về b" in text
    assert "TÓM TẮT ĐÊM\n- Không có tệp mới." in text


def test_the_same_night_again_tells_nothing_again_and_what_is_new_in_it_only(house: House):
    house.know(BOARD)
    with house.mail.up():
        house.night(FIRST, alert("a"))
        assert house.night(FIRST).sent == 0
        assert house.night(FIRST, alert("b")).sent == 1
    assert ["về a" in text for text in house.mail.texts()] == [True, False]


def test_an_older_night_that_comes_late_makes_nobody_hear_of_an_alert_again(house: House):
    house.know(BOARD)
    with house.mail.up():
        house.night(FIRST, alert("a", event="worsened"))
        with house.open() as con:
            ran(con, FIRST - timedelta(days=40), "backfill")
            happen(con, FIRST - timedelta(days=40), "a", event="worsened")
            con.execute("UPDATE alerts.event SET event_no = -event_no")  # written anew: the older one comes first
        assert house.night(NEXT[1]).waiting == 0
        assert house.night(NEXT[2], alert("a", event="worsened")).sent == 1
    assert ["Nặng hơn" in text for text in house.mail.texts()] == [True, False, True]


def test_what_becomes_of_an_alert_is_told_and_each_time_once(house: House):
    house.know(BOARD)
    course = ["opened", "worsened", "resolved", "reopened", "resolved"]
    with house.mail.up():
        for night, event in zip(NEXT, course, strict=True):
            house.night(night, alert("a", event=event))
    said = ["Mới", "Nặng hơn", "Đã xong", "Trở lại", "Đã xong"]
    assert [f"- {word}. Lời" in text for word, text in zip(said, house.mail.texts(), strict=True)] == [True] * 5


def test_with_the_server_down_for_three_nights_each_event_is_told_once_when_it_is_up_again(house: House, caplog):
    house.know(BOARD, "Phó ban,pho@tinh.example,board,en,*,alerts,,")
    for number, night in enumerate(NEXT[:3]):
        told = house.night(night, alert(f"alert-{number}."))
        assert "Chưa báo được Ban, Phó ban: " in caplog.text
        assert told.sent == 0
        assert told.waiting == 2 * (number + 1)
        assert "refused" in told.errors[0][1]
    with house.mail.up():
        house.night(NEXT[3], alert("alert-3."))
        house.night(NEXT[4])
    for to, letters in (("ban@tinh.example", 5), ("pho@tinh.example", 4)):
        own = [text_of(message) for message in house.mail.received if message["To"] == to]
        assert len(own) == letters
        assert [sum(f"alert-{number}." in text for text in own) for number in range(4)] == [1] * 4
    assert house.ask("SELECT DISTINCT state FROM outbox.delivery") == [("sent",)]
    assert house.ask("SELECT max(tries) FROM outbox.delivery") == [(4,)]


DELIVER = """
import sys
from pathlib import Path
from tests.flows.telling.telling_house import House, Mail
from flows.telling.tell import Outbox, deliver
from flows.telling.recipients import recipients
house = House(Path(sys.argv[1]), Mail(int(sys.argv[2])))
print("ready", flush=True)
sys.stdin.readline()
with house.open() as con:
    deliver(Outbox(con), recipients(house.settings), house.settings)
"""


def apart(house: House, code: str) -> subprocess.Popen[bytes]:
    """A process of its own, which the mail server can kill; it waits for a line before it delivers."""
    command = [sys.executable, "-c", code, str(house.home), str(house.mail.port)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_killed_between_the_servers_yes_and_the_note_it_is_sent_again_under_the_same_number(house: House):
    house.know("A,a@tinh.example,board,,,alerts,,", "B,b@tinh.example,board,,,alerts,,")
    house.night(FIRST, alert("a"))
    with house.mail.up() as mail, apart(house, DELIVER) as child:
        assert child.stdout.readline() == b"ready\n"
        mail.victim = child.pid
        child.communicate(b"go\n")
        assert child.returncode == -signal.SIGKILL
        mail.victim = None
        assert house.ask("SELECT state, count(*) FROM outbox.delivery GROUP BY 1 ORDER BY 1") == [
            ("sending", 1),
            ("waiting", 1),
        ]
        house.night(NEXT[1])
        house.night(NEXT[2])
    number = {message["Message-ID"] for message in mail.received}
    assert len(mail.received) == 3  # one of them twice, which its mailbox knows by the number
    assert len(number) == 2
    assert sum("Gửi lại vì lần gửi trước bị ngắt" in text for text in mail.texts()) == 1
    assert all(len(message.get_all("Message-ID")) == 1 for message in mail.received)


def test_a_receiver_that_minds_the_number_sees_each_message_once(house: House, receiver: Receiver):
    house.know(f"Phòng,json://127.0.0.1:{receiver.port}/tin,board,,,alerts,,")
    receiver.status = 503
    house.night(FIRST, alert("a"))
    receiver.status = 200
    house.night(NEXT[1])
    ((headers, payload),) = receiver.received
    assert payload["title"].startswith("Đêm 01/03/2024")
    assert "Lời của Ban về a" in payload["message"]
    ((number,),) = house.ask("SELECT message_id FROM outbox.message")
    assert headers["Idempotency-Key"] == number


def test_quiet_hours_hold_a_letter_and_let_it_go_after(house: House):
    house.know("Ban,ban@tinh.example,board,vi,*,alerts,,22:00-06:30", "Trực,truc@tinh.example,board,vi,*,alerts,,")
    house.night(FIRST, alert("a"))
    known = recipients(house.settings)
    with house.mail.up(), house.open() as con:
        night, morning = (now("UTC").replace(hour=hour, minute=30) for hour in (2, 6))
        assert deliver(Outbox(con), known, house.settings, night).waiting == 1
        assert [m["To"] for m in house.mail.received] == ["truc@tinh.example"]
        assert deliver(Outbox(con), known, house.settings, morning).sent == 1
        assert deliver(Outbox(con), known, house.settings, morning).sent == 0


def test_what_a_backfill_brought_to_light_is_no_news_and_its_end_in_a_night_is(house: House):
    house.know(BOARD)
    with house.open() as con:
        ran(con, FIRST - timedelta(days=40), "backfill")
        happen(con, FIRST - timedelta(days=40), "old")
    with house.mail.up():
        house.night(FIRST, alert("new"))
        house.night(NEXT[1], alert("old", event="resolved"))
    first, second = house.mail.texts()
    assert "về old" not in first
    assert "về new" in first
    assert "Đã xong. Lời của Ban về old" in second


def test_a_night_killed_before_it_told_is_told_of_by_the_next(house: House):
    house.know(BOARD)
    with house.mail.up():
        house.night(FIRST, alert("a"))
        with house.open() as con:  # judged, then killed
            ran(con, NEXT[1])
            happen(con, NEXT[1], "b")
        house.night(NEXT[2], alert("c"))
    assert ["về b" in text for text in house.mail.texts()] == [False, True]


def test_each_hears_what_it_asked_for(house: House):
    house.know(
        "Cao Lãnh,c@tinh.example,board,,866,alerts,,",
        "Sa Đéc,s@tinh.example,board,,867,alerts,,",
        "Lãnh đạo,l@tinh.example,board,,*,alerts,high,",
        "Xã,x@tinh.example,reporter,,866,,,",
    )
    with house.mail.up():
        house.night(FIRST, alert("a", severity="low"), alert("b", unit=("867", "Thành phố Sa Đéc")))
    heard = {message["To"]: text_of(message) for message in house.mail.received}
    assert {to: ("về a" in text, "về b" in text) for to, text in heard.items()} == {
        "c@tinh.example": (True, False),
        "s@tinh.example": (False, True),
        "l@tinh.example": (False, True),
    }


def test_what_a_person_silenced_is_not_told_until_it_ends(house: House):
    house.know(BOARD)
    with house.mail.up():
        house.night(FIRST, alert("a"))
        with house.open() as con:
            ran(con, NEXT[1])
            happen(con, NEXT[1], "a", event="worsened")
            con.execute("UPDATE alerts.alert SET is_silenced_until_resolved = true")
            tell(con, house.settings, NEXT[1], report(NEXT[1]))
        house.night(NEXT[2], alert("a", event="resolved"))
    assert ["về a" in text for text in house.mail.texts()] == [True, False, True]


def test_a_row_with_a_mistake_silences_itself_only_and_is_made_good_within_the_week(house: House):
    house.know(BOARD, "Sai,sai@tinh.example,board,vi,*,alert,,")
    with house.mail.up():
        assert house.night(FIRST, alert("a")).sent == 1
        assert "recipients.csv sai ở dòng 3" in house.mail.texts()[0]
        house.know(BOARD, "Sai,sai@tinh.example,board,vi,*,alerts,,")
        with house.open() as con:
            assert write_and_send(con, house.settings, recipients(house.settings), NEXT[1]).sent == 1
    assert house.mail.received[1]["To"] == "sai@tinh.example"
    assert "về a" in house.mail.texts()[1]


def test_a_table_that_cannot_be_read_fails_no_night(house: House):
    (house.home / "recipients.csv").write_bytes("tên,địa chỉ".encode("utf-16"))
    assert house.night(FIRST, alert("a")).sent == 0


def test_who_was_the_boards_and_is_a_reporter_now_is_not_sent_what_was_written_for_the_board(house: House):
    house.know("Xã,x@tinh.example,board,,866,alerts,,")
    house.night(FIRST, alert("a"))
    house.know("Xã,x@tinh.example,reporter,,866,,,")
    with house.mail.up():
        house.night(NEXT[1])
    assert house.mail.received == []
    assert house.ask("SELECT state FROM outbox.delivery") == [("withdrawn",)]


def test_a_row_narrowed_and_widened_again_gets_what_was_withheld(house: House):
    house.know("Xã,x@tinh.example,board,,866,alerts,,")
    house.night(FIRST, alert("a"))
    house.know("Xã,x@tinh.example,board,,867,alerts,,")
    house.night(FIRST)
    house.know("Xã,x@tinh.example,board,,866,alerts,,")
    with house.mail.up():
        assert house.night(FIRST).sent == 1
        assert house.night(FIRST).sent == 0


def test_a_server_that_hangs_costs_a_night_its_patience_once_and_holds_up_nobody_elses(house: House, monkeypatch):
    lost = count()
    # Each try in vain has cost a second, however long it took.
    monkeypatch.setattr(post, "monotonic", lambda: float(next(lost)))
    monkeypatch.setattr(post, "PATIENCE", 1.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the call and says nothing
        dead = f"mailto://127.0.0.1:{silent.getsockname()[1]}?from=m@t.vn&cto=0.3&to="
        house.know(*(f"{n},{dead}{n}@t.vn,board,,,alerts,," for n in "abcd"), "Ban,ban@tinh.example,board,,,alerts,,")
        with house.mail.up():
            told = house.night(FIRST, alert("a"))
    assert (told.sent, told.waiting, len(told.errors)) == (1, 4, 2)
    assert house.ask("SELECT count(*) FROM outbox.delivery WHERE tries = 0") == [(2,)]


def test_a_mailbox_that_refuses_keeps_nobody_waiting(house: House):
    house.mail.refused = frozenset({"a@tinh.example"})
    house.know("A,a@tinh.example,board,,,alerts,,", "B,b@tinh.example,board,,,alerts,,")
    with house.mail.up():
        told = house.night(FIRST, alert("a"))
        house.night(NEXT[1])
    assert told.sent == 1
    ((name, error),) = told.errors
    assert name == "A"
    assert "a@tinh.example" not in error
    assert [message["To"] for message in house.mail.received] == ["b@tinh.example"]


def test_a_night_that_failed_is_told_once_though_it_fails_again_and_the_warehouse_is_lost(house: House):
    house.know(BOARD, f"Ngày,n@tinh.example,board,,,failure,,{quiet_now()}")
    (house.home / "warehouse.duckdb").write_bytes(b"no warehouse")
    with house.mail.up():
        for _ in range(2):
            tell_failure(house.settings, FIRST, "Flow run encountered an exception: StoreMissing: /srv/x is none")
        tell_failure(house.settings, NEXT[1], "ConversionException: 'Nguyễn Văn A' is no number")
    assert [message["Subject"] for message in house.mail.received] == [
        "Đêm 01/03/2024: đêm không chạy được",
        "Đêm 02/03/2024: đêm không chạy được",
    ]
    first, second = house.mail.texts()
    assert "không mở được kho dữ liệu" in first
    assert "/srv" not in first
    assert "lỗi ConversionException" in second
    assert "Nguyễn" not in second


def test_who_could_not_be_told_of_a_failure_is_told_by_the_next_night(house: House):
    house.know("A,a@tinh.example,board,,,failure summary,,", "B,b@tinh.example,board,,,alerts,,")
    tell_failure(house.settings, FIRST, "MemoryError")
    with house.mail.up():
        house.night(NEXT[1])
        house.night(NEXT[2])
    assert [message["To"] for message in house.mail.received] == ["a@tinh.example"] * 3
    assert sum("lỗi MemoryError" in text for text in house.mail.texts()) == 1
    assert not list((house.home / "failures").glob("*.json"))


def test_a_failure_killed_while_it_was_told_is_told_again_under_the_same_number(house: House):
    house.know("A,a@tinh.example,board,,,failure,,")
    code = DELIVER.partition("with house")[0] + (
        "from datetime import date\nfrom flows.telling.tell import tell_failure\n"
        "tell_failure(house.settings, date(2024, 3, 1), 'MemoryError')"
    )
    with house.mail.up() as mail, apart(house, code) as child:
        assert child.stdout.readline() == b"ready\n"
        mail.victim = child.pid
        child.communicate(b"go\n")
        mail.victim = None
        house.night(NEXT[1])
    assert len(mail.received) == 2
    assert len({message["Message-ID"] for message in mail.received}) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("is_right", [True, False])
def test_a_secret_stands_nowhere_but_in_the_environment(house: House, monkeypatch, caplog, is_right):
    secret = "p@ss:w/ord%?&=m"
    house.mail.password = secret if is_right else "another"
    monkeypatch.setenv("MAIL_PASSWORD", secret)
    caplog.set_level("DEBUG")
    house.mail_server = (
        f"mailto://mobility:{{env:MAIL_PASSWORD}}@127.0.0.1:{house.mail.port}?from=mobility@tinh.example"
    )
    house.know(BOARD)
    with house.mail.up():
        told = house.night(FIRST, alert("a"))
    assert told.sent == is_right
    assert len(house.mail.received) == is_right
    if not is_right:
        assert "535" in told.errors[0][1]
    with house.open() as con:
        con.execute("CHECKPOINT")
    forms = [secret.encode(), b"p%40ss", b"w/ord%"]
    for path in (path for path in house.home.rglob("*") if path.is_file()):
        assert not [form for form in forms if form in path.read_bytes()], path
    logged = [record.getMessage() for record in caplog.records if record.name != "mail.log"]  # the server's own
    assert not [line for line in logged if "w/ord" in line or "p%40ss" in line]


def test_a_secret_that_is_not_there_is_named_and_the_night_goes_on(house: House):
    house.know("A,{env:NO_SUCH_ADDRESS},board,,,alerts,,")
    told = house.night(FIRST, alert("a"))
    assert told.errors == (("A", "thiếu biến môi trường NO_SUCH_ADDRESS"),)


def test_the_text_of_what_was_sent_is_forgotten_after_a_while_and_what_cannot_go_is_given_up(house: House):
    house.know("A,a@tinh.example,board,,,alerts,,", "B,{env:NO_SUCH_ADDRESS},board,,,alerts,,")
    with house.mail.up():
        house.night(FIRST, alert("a"))
        for days in (31, 92):
            with house.open() as con:
                con.execute(f"UPDATE outbox.message SET written_at = written_at - INTERVAL {days} DAY")
                con.execute(f"UPDATE outbox.delivery SET sent_at = sent_at - INTERVAL {days} DAY")
            house.night(FIRST + timedelta(days=days))
            assert house.ask("SELECT state FROM outbox.delivery ORDER BY 1") == [("given-up",), ("sent",)]
    assert house.ask("SELECT recipient, body IS NULL FROM outbox.message ORDER BY 1") == [("A", True), ("B", False)]


def test_every_table_and_column_of_the_outbox_says_what_it_is_in_both_languages(house: House):
    said = house.ask("""
        SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = 'outbox'
        UNION ALL SELECT table_name || '.' || column_name, comment FROM duckdb_columns() WHERE schema_name = 'outbox'
    """)
    assert len(said) > 30
    assert [name for name, comment in said if not comment or comment.count(" / ") != 1] == []
