"""Letters through mail servers that are safe, false, slow or broken: none in clear, none lost, none twice unsaid."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
import trustme

from expectations.language.catalogue import text
from flows.telling import mail_server
from flows.telling.tell import tell_failure
from tests.flows.telling.telling_house import House

FIRST = date(2024, 3, 1)
NEXT = [FIRST + timedelta(days=days) for days in range(5)]
BOARD = "Ban,ban@tinh.example,board,vi,*,alerts,,"
PLACES = [("starttls", False), ("ssl", True)]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def certified(authority: trustme.CA, *names: str, **more) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names, **more).configure_cert(context)
    return context


def believed(house: House, authority: trustme.CA) -> Path:
    path = house.home / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def secure(house: House, mode: str, tls: ssl.SSLContext | None, host: str = "localhost", more: str = "") -> House:
    house.mail.tls, house.mail.is_implicit = tls, mode == "ssl"
    house.mail_server = f"mailtos://{host}:{house.mail.port}?from=mobility@tinh.example&mode={mode}{more}"
    house.know(BOARD)
    return house


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize(("mode", "is_implicit"), PLACES)
def test_a_letter_goes_under_tls_to_a_server_whose_certificate_is_right(
    house: House, authority, mode, is_implicit, host
):
    secure(house, mode, certified(authority, host), host)
    house.mail_ca = believed(house, authority)
    with house.mail.up():
        told = house.night(FIRST, {"alert_id": "a"})
    assert (told.sent, told.errors) == (1, ())
    assert [bool(one) for one in house.mail.ciphers] == [True]


@pytest.mark.parametrize(("mode", "is_implicit"), PLACES)
def test_the_systems_certificates_are_believed_unless_others_are_set(
    house: House, authority, monkeypatch, mode, is_implicit
):
    secure(house, mode, certified(authority, "localhost"))
    monkeypatch.setenv("SSL_CERT_FILE", str(believed(house, authority)))
    with house.mail.up():
        assert house.night(FIRST, {"alert_id": "a"}).sent == 1


FALSE = {
    "unknown": {"names": ["localhost"], "is_known": False},
    "other-name": {"names": ["mail.khac.example"]},
    "expired": {"names": ["localhost"], "not_after": datetime(2020, 1, 1, tzinfo=UTC)},
    "not-yet": {"names": ["localhost"], "not_before": datetime(2035, 1, 1, tzinfo=UTC)},
}


@pytest.mark.parametrize("what", FALSE)
@pytest.mark.parametrize(("mode", "is_implicit"), PLACES)
def test_a_false_certificate_is_refused_the_letter_waits_and_the_line_says_what_to_do(
    house: House, authority, caplog, mode, is_implicit, what
):
    false = dict(FALSE[what])
    names, is_known = false.pop("names"), false.pop("is_known", True)
    secure(house, mode, certified(authority, *names, **false))
    house.mail_ca = believed(house, authority if is_known else trustme.CA())
    with house.mail.up():
        told = house.night(FIRST, {"alert_id": "a"})
    line = text(f"error.post.certificate.{what}", "vi", host="localhost")
    assert (told.sent, told.waiting, told.errors) == (0, 1, (("Ban", line),))
    assert line in caplog.text
    assert house.ask("SELECT state, error FROM outbox.delivery") == [("waiting", line)]
    assert house.mail.received == []
    house.mail.tls = certified(authority, "localhost")
    house.mail_ca = believed(house, authority)
    with house.mail.up():
        assert house.night(NEXT[1]).sent == 1
    assert len(house.mail.received) == 1


def test_another_address_than_the_certificates_is_refused(house: House, authority):
    secure(house, "starttls", certified(authority, "127.0.0.2"), "127.0.0.1")
    house.mail_ca = believed(house, authority)
    with house.mail.up():
        told = house.night(FIRST, {"alert_id": "a"})
    assert told.errors == (("Ban", text("error.post.certificate.other-name", "vi", host="127.0.0.1")),)


def test_a_server_without_starttls_gets_nothing_in_clear(house: House):
    secure(house, "starttls", None)
    with house.mail.up():
        told = house.night(FIRST, {"alert_id": "a"})
    assert told.errors == (("Ban", text("error.post.no-tls", "vi", host="localhost")),)
    assert house.mail.received == []


def test_a_server_in_clear_where_tls_is_due_gets_nothing(house: House):
    secure(house, "ssl", None)
    house.mail.is_implicit = False
    with house.mail.up():
        told = house.night(FIRST, {"alert_id": "a"})
    ((_, error),) = told.errors
    assert "SSL" in error
    assert house.mail.received == []


@pytest.mark.parametrize(("more", "key"), [("&verify=no", "unchecked"), ("&pgp=encrypt", "pgp"), ("&wkd=yes", "pgp")])
def test_the_check_cannot_be_switched_off_and_pgp_is_not_passed_over(house: House, authority, more, key):
    secure(house, "starttls", certified(authority, "localhost"), more=more)
    with house.mail.up():
        told = house.night(FIRST, {"alert_id": "a"})
    assert told.errors == (("Ban", text(f"error.post.{key}", "vi")),)
    assert house.mail.received == []


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_certificates_that_cannot_be_read_are_named(house: House, authority, content):
    secure(house, "ssl", certified(authority, "localhost"))
    house.mail_ca = house.home / "ca.pem"
    if content:
        house.mail_ca.write_bytes(content)
    told = house.night(FIRST, {"alert_id": "a"})
    assert told.errors[0][1] in (text("error.post.no-ca", "vi", path=house.mail_ca), "ConnectionRefusedError")
    with house.mail.up():
        told = house.night(NEXT[1])
    assert told.errors == (("Ban", text("error.post.no-ca", "vi", path=house.mail_ca)),)


def test_a_letter_that_is_put_off_goes_at_the_next_try_and_once(house: House):
    house.mail.greylisted = {"ban@tinh.example"}
    house.know(BOARD, "Phó ban,pho@tinh.example,board,vi,*,alerts,,")
    with house.mail.up():
        first = house.night(FIRST, {"alert_id": "a"})
        second = house.night(FIRST)
        assert house.night(NEXT[1]).sent == 0
    assert (first.sent, first.waiting, second.sent) == (1, 1, 1)
    assert "451" in first.errors[0][1]
    assert sorted(message["To"] for message in house.mail.received) == ["ban@tinh.example", "pho@tinh.example"]
    assert not any("Gửi lại" in said for said in house.mail.texts())


def test_a_server_that_hangs_up_on_a_letter_gets_it_again_under_its_number_and_told_so(house: House):
    house.mail.drops = 1
    house.know(BOARD)
    with house.mail.up():
        told = house.night(FIRST, {"alert_id": "a"})
        assert (told.sent, told.waiting) == (0, 1)
        assert house.ask("SELECT state FROM outbox.delivery") == [("sending",)]
    assert house.night(NEXT[1]).waiting == 1  # down: the doubt stays
    with house.mail.up():
        assert house.night(NEXT[2]).sent == 1
        assert house.night(NEXT[3]).sent == 0
    assert ["Gửi lại vì lần gửi trước bị ngắt" in said for said in house.mail.texts()] == [False, True]
    assert len({message["Message-ID"] for message in house.mail.received}) == 1


def test_a_letter_in_doubt_is_given_up_like_any_other(house: House):
    house.mail.drops = 1
    house.know(BOARD)
    with house.mail.up():
        house.night(FIRST, {"alert_id": "a"})
    with house.open() as con:
        con.execute("UPDATE outbox.message SET written_at = written_at - INTERVAL 31 DAY")
    house.night(NEXT[1])
    assert house.ask("SELECT state FROM outbox.delivery") == [("given-up",)]


def test_a_failed_nights_letter_in_doubt_is_sent_again_and_told_so(house: House):
    house.mail.drops = 1
    house.know("Ban,ban@tinh.example,board,vi,*,failure,,")
    with house.mail.up():
        tell_failure(house.settings, FIRST, "MemoryError")
        tell_failure(house.settings, FIRST, "MemoryError")
        tell_failure(house.settings, FIRST, "MemoryError")
    assert ["Gửi lại" in said for said in house.mail.texts()] == [False, True]


@contextmanager
def scripted(*says: bytes, then: bytes = b"") -> Iterator[int]:
    """A server that says some answers and hangs up, or goes on for ever with another, a little at a time."""
    over = Event()

    def serve(listening: socket.socket) -> None:
        with suppress(OSError):
            listening.settimeout(60)
            one, _ = listening.accept()
            with one:
                one.settimeout(60)
                for said in says:
                    one.sendall(said)
                    one.recv(4096)
                while then and not over.wait(0.05):
                    one.sendall(then)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=serve, args=(listening,))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize("says", [(), (b"220 here\r\n",), (b"220 here\r\n", b"250 here\r\n", b"250 ok\r\n")])
def test_a_server_that_answers_without_end_is_hung_up_on(house: House, monkeypatch, says):
    monkeypatch.setattr(mail_server, "LONGEST_TRY", 0.6)
    hang_up = mail_server._Timed._hang_up

    def hang_up_once(session: mail_server._Timed) -> None:
        monkeypatch.setattr(mail_server, "LONGEST_TRY", 60.0)  # the server that answers may be slow, too
        hang_up(session)

    monkeypatch.setattr(mail_server._Timed, "_hang_up", hang_up_once)
    with scripted(*says, then=b"250-wait\r\n" if says else b"220-wait\r\n") as port:
        slow = f"mailto://127.0.0.1:{port}?from=m@t.vn&to=a@t.vn"
        house.know(f"Chậm,{slow},board,,,alerts,,", "Ban,ban@tinh.example,board,,,alerts,,")
        with house.mail.up():
            told = house.night(FIRST, {"alert_id": "a"})
    assert (told.sent, told.waiting) == (1, 1)
    assert [message["To"] for message in house.mail.received] == ["ban@tinh.example"]
    assert house.ask("SELECT state FROM outbox.delivery ORDER BY 1") == [("sent",), ("waiting",)]


@pytest.mark.parametrize("answers", range(5))
def test_a_server_that_closes_before_it_has_the_letter_took_nothing(house: House, answers):
    says = [b"220 here\r\n", b"250 here\r\n", b"250 ok\r\n", b"250 ok\r\n"][:answers]
    with scripted(*says) as port:
        house.know(f"Đóng,mailto://127.0.0.1:{port}?from=m@t.vn&to=a@t.vn,board,,,alerts,,")
        told = house.night(FIRST, {"alert_id": "a"})
    assert (told.sent, told.waiting) == (0, 1)
    assert house.ask("SELECT tries FROM outbox.delivery") == [(1,)]


def test_a_copy_that_is_refused_keeps_the_letter_from_all_and_none_gets_it_twice(house: House):
    house.mail.refused = frozenset({"pho@tinh.example"})
    address = f"mailto://127.0.0.1:{house.mail.port}?from=m@t.vn&to=ban@tinh.example&cc=pho@tinh.example"
    house.know(f"Ban,{address},board,,,alerts,,")
    with house.mail.up():
        assert house.night(FIRST, {"alert_id": "a"}).waiting == 1
        assert house.mail.received == []
        house.mail.refused = frozenset()
        assert house.night(NEXT[1]).sent == 1
    (message,) = house.mail.received
    assert (message["To"], message["Cc"]) == ("ban@tinh.example", "pho@tinh.example")
