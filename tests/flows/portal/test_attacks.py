"""What somebody tries who means harm, and what a flood of tries does to everybody else."""

from __future__ import annotations

import asyncio
import os
import socket
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse

from flows.clock import now
from flows.commands.users import run_disable
from flows.passwords import MOST_OF_ACCOUNT, MOST_OF_ADDRESS, hashed, is_right, network_of
from flows.portal import connection, desk_files, gate
from flows.portal.application import application
from flows.portal.connection import Connection
from flows.portal.desk import Desk, open_desk
from flows.portal.desk_files import MOST, DeskFile, find, lay_down
from flows.portal.gate import ACCOUNT_MARK, SMALL_FORM, Came, Pages, State, read_form
from flows.portal.pages.counter import own_name, put_in_inbox
from flows.portal.render import TOKEN
from flows.settings import Settings
from tests.flows.portal.visitor import PASSWORD, Visitor
from warehouse.board.accounts import open_accounts

OURS = {"origin": "http://testserver"}


def _lines(desk: Desk, most: int) -> list[tuple[str, str, str]]:
    with open_accounts(desk.settings.board_path) as accounts:
        return [(name, what, came_of) for _, name, _, what, came_of in accounts.audited(most)]


def _request(path: str, query: bytes) -> Request:
    return Request({"type": "http", "method": "GET", "path": path, "query_string": query, "headers": []})


def test_no_two_requests_that_differ_share_a_kept_page(desk):
    asked = [
        ("/alerts", b"status=all"),
        ("/alerts", b"status=all#"),
        ("/alerts", b"status=all#x"),
        ("/alerts?status=all", b""),
        ("/alerts#", b"status=all"),
        ("/alerts\t", b"status=all"),
        ("/alerts", b"status=al\xffl"),
    ]
    at = now(desk.settings.timezone)
    paths = [Came(_request(*one), desk, at, "", "vi", False).path for one in asked]
    assert len(set(paths)) == len(asked)
    assert all(path.isascii() and path.isprintable() for path in paths)


def test_the_marks_of_a_kept_page_can_be_written_by_nobody(visit):
    visit.sign_in("ban")
    page = visit.open("/alerts?q=form-token-of-this-session+account-of-this-session").text
    assert page.count(visit.token) == page.count(f'name="token" value="{visit.token}"')
    assert TOKEN not in page
    assert ACCOUNT_MARK not in page


def test_kept_pages_take_no_more_memory_than_they_may(monkeypatch):
    monkeypatch.setattr(gate, "KEPT_BYTES", 1000)
    pages = Pages()
    places: list[gate.Place] = [(f"/{number}", "vi", "board", "") for number in range(20)]
    state = State(((), ()), 1)
    for place in places:
        pages.put(place, state, b"x" * 300)
        pages.put(place, state, b"x" * 300)
    assert [pages.get(place, state) is not None for place in places] == [False] * 17 + [True] * 3


def test_after_a_night_one_makes_the_new_page_and_others_see_the_former_meanwhile():
    pages, place = Pages(), ("/", "vi", "board", "")
    before, after = State(((1,), ()), 1), State(((2,), ()), 1)
    pages.put(place, before, b"before")
    assert pages.get(place, after) is None
    assert pages.get(place, after) == b"before"
    assert pages.made(place, after) is None
    pages.put(place, after, b"after")
    assert pages.get(place, after) == pages.made(place, after) == b"after"


def test_who_makes_a_page_and_fails_is_not_waited_for_without_end(monkeypatch):
    pages, place = Pages(), ("/", "vi", "board", "")
    before, after = State(((1,), ()), 1), State(((2,), ()), 1)
    pages.put(place, before, b"before")
    assert pages.get(place, after) is None
    monkeypatch.setattr(gate, "PATIENCE", 0.0)
    assert pages.get(place, after) is None


def test_a_page_from_before_an_act_is_shown_to_nobody_after_it():
    pages, place = Pages(), ("/", "vi", "board", "")
    pages.put(place, State(((1,), ()), 1), b"before")
    assert pages.get(place, State(((1,), ()), 2)) is None
    assert pages.get(place, State(((2,), ()), 2)) is None


@pytest.mark.parametrize("headers", [{"origin": "http://["}, {"referer": "http://[/"}])
def test_an_origin_that_is_no_address_is_refused(visit, headers):
    visit.sign_in("ban")
    visit.open("/password")
    assert visit.post("/sign-out", data={"token": visit.token}, headers=headers).status_code == 403


def test_a_token_in_other_letters_is_refused(visit):
    visit.sign_in("ban")
    assert visit.post("/sign-out", data={"token": "é"}, headers=OURS).status_code == 403


def test_an_address_that_cannot_be_read_leads_to_the_first_page(visit):
    assert visit.get("/language/en", params={"to": "//["}).headers["location"] == "/"
    assert visit.get("/sign-in", params={"to": "http://["}).status_code == 200


def test_no_answer_leads_to_the_host_that_was_named(visit):
    answer = visit.get("/alerts/", headers={"host": "evil.example"})
    assert (answer.status_code, answer.headers.get("location")) == (404, None)


def test_a_fault_of_ours_tells_nothing_and_has_the_headers_of_every_answer(desk):
    with Visitor(application(desk), raise_server_exceptions=False) as visit:
        visit.sign_in("ban")
        desk.settings.board_path.unlink()
        desk.settings.board_path.mkdir()
        answer = visit.get("/alerts")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "sqlite" not in answer.text.lower()


def test_looking_for_anothers_things_leaves_a_line(visit, desk):
    visit.sign_in("sadec")
    assert visit.get("/files/999999/workbook").status_code == 404
    assert _lines(desk, 1) == [("sadec", "GET /files/999999/workbook", "refused: not there")]


def test_a_sign_in_with_a_forged_token_or_too_long_leaves_a_line(visit, desk):
    visit.open("/sign-in")
    visit.post("/sign-in", data={"token": "forged", "name": "ban", "password": PASSWORD}, headers=OURS)
    visit.post("/sign-in", data={"name": "x" * SMALL_FORM}, headers=OURS)
    assert _lines(desk, 2) == [("", "sign-in", "refused: size"), ("ban", "sign-in", "refused: token")]


def test_a_stranger_does_not_lock_an_account_where_its_owner_sits(desk):
    app = application(desk)
    stranger = Visitor(app, "198.51.100.9")
    for _ in range(MOST_OF_ACCOUNT):
        stranger.sign_in("ban", "guess")
    assert stranger.sign_in("ban").status_code == 429
    assert Visitor(app).sign_in("ban").status_code == 303


def test_an_account_tried_from_everywhere_is_locked_everywhere(desk):
    at = now(desk.settings.timezone)
    with open_accounts(desk.settings.board_path) as accounts:
        for number in range(MOST_OF_ADDRESS):
            accounts.note_failure("ban", f"198.51.100.{number}", at)
    assert Visitor(application(desk)).sign_in("ban").status_code == 429


def test_neighbours_of_an_ipv6_address_count_as_one():
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1") != network_of("2001:db8:0:1::1")
    assert network_of("203.0.113.7") == "203.0.113.7"
    assert network_of("testclient") == "testclient"


def test_many_tries_at_once_are_counted_one_by_one(visit, desk):
    visit.open("/sign-in")
    form = {"token": visit.token, "name": "ban", "password": "guess"}
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: visit.post("/sign-in", data=form, headers=OURS).status_code, range(12)))
    assert sorted(answers) == [403] * MOST_OF_ACCOUNT + [429] * (12 - MOST_OF_ACCOUNT)


def test_who_finds_a_browser_signed_in_cannot_guess_the_password(visit):
    visit.sign_in("xem")
    visit.open("/password")
    new = {"new": "another-password", "again": "another-password"}
    for _ in range(MOST_OF_ACCOUNT):
        assert visit.submit("/password", old="guess", **new).status_code == 409
    assert visit.submit("/password", old=PASSWORD, **new).status_code == 409
    assert visit.sign_in("xem").status_code == 303  # the owner, elsewhere, still gets in


def test_a_name_and_password_are_the_same_from_every_keyboard(visit, desk):
    with open_accounts(desk.settings.board_path) as accounts:
        accounts.put("phòng", "reader", None, hashed("mật khẩu của tôi"))
        account = accounts.named("phòng")
    apart = unicodedata.normalize("NFD", "mật khẩu của tôi")
    assert is_right(account, apart)
    assert visit.sign_in(unicodedata.normalize("NFD", "phòng"), apart).status_code == 303
    run_disable(unicodedata.normalize("NFD", "phòng"))
    assert visit.get("/password").status_code == 303


def test_a_password_of_any_length_that_was_set_lets_in(visit):
    visit.sign_in("xem")
    visit.open("/password")
    long = "dài " * 400
    assert visit.submit("/password", old=PASSWORD, new=long, again=long).status_code == 303
    assert visit.sign_in("xem", long).status_code == 303


def test_of_two_names_before_the_portal_none_is_believed(home):
    desk = open_desk(Settings(home=home, portal_proxy="10.0.0.1", portal_user_header="X-Remote-User"))
    try:
        trusted = Visitor(application(desk), "10.0.0.1")
        twice = [("x-remote-user", "ban"), ("x-remote-user", "xem")]
        assert trusted.get("/password", headers=twice).status_code == 303
        assert trusted.get("/password", headers={"x-remote-user": "nobody"}).status_code == 303
        assert trusted.get("/password", headers={"x-remote-user": "xem"}).status_code == 200
        assert _lines(desk, 2) == [("xem", "sign-in", "done"), ("nobody", "sign-in", "refused: proxy")]
    finally:
        desk.close()


def test_a_form_that_stops_coming_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(gate, "SILENCE", 0.05)
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/sign-in",
        "query_string": b"",
        "headers": [(b"content-type", b"application/x-www-form-urlencoded")],
    }

    async def silent():
        await asyncio.sleep(3600)

    with pytest.raises(ClientDisconnect):
        asyncio.run(read_form(Request(scope, silent), SMALL_FORM))


def test_headers_that_stop_coming_are_not_waited_for(monkeypatch):
    async def tried() -> tuple[bytes, bytes]:
        config = uvicorn.Config(
            PlainTextResponse("well"), http=Connection, ws="none", lifespan="off", log_level="error"
        )
        server = uvicorn.Server(config)
        listening = socket.create_server(("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve([listening]))
        port = listening.getsockname()[1]
        whole, part = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n"
        slow_in, slow = await asyncio.open_connection("127.0.0.1", port)
        slow.write(whole)
        first = await slow_in.readuntil(b"well")
        monkeypatch.setattr(connection, "PATIENCE", 0.2)  # of what comes from now on
        slow.write(part)
        rest = await asyncio.wait_for(slow_in.read(), 60)
        slow.close()
        server.should_exit = True
        await serving
        return first, rest

    first, rest = asyncio.run(tried())
    assert first.startswith(b"HTTP/1.1 200")
    assert rest == b""


def test_the_same_file_sent_twice_at_once_lies_there_once_and_whole(tmp_path):
    data = os.urandom(1 << 20)
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: put_in_inbox(tmp_path, "a.xlsx", data), range(24)))
    assert names == {"a.xlsx"}
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]
    assert (tmp_path / "a.xlsx").read_bytes() == data
    assert (tmp_path / "a.xlsx").stat().st_mode & 0o007 == 0


def test_a_name_cannot_hide_its_ending():
    assert own_name("bao cao\u202excod.xlsx\u200b") == "bao caoxcod.xlsx"


def test_files_looked_through_do_not_fill_the_disk(tmp_path):
    file = DeskFile("sadec", "867", "a.xlsx", "")
    other = lay_down(tmp_path, DeskFile("lapvo", "875", "a.xlsx", ""), b"x")
    keys = [lay_down(tmp_path, file, b"x") for _ in range(MOST + 3)]
    assert find(tmp_path, keys[-1], "sadec", "867")
    assert find(tmp_path, other, "lapvo", "875")
    assert len(list(tmp_path.iterdir())) == 2 * (MOST + 1)


def test_a_file_that_lay_too_long_is_not_found_even_where_nobody_came_since(tmp_path, monkeypatch):
    key = lay_down(tmp_path, DeskFile("sadec", "867", "a.xlsx", ""), b"x")
    monkeypatch.setattr(desk_files, "KEPT", -1)
    assert find(tmp_path, key, "sadec", "867") is None
    assert list(tmp_path.iterdir()) == []
