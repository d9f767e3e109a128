"""Who gets in, with what, and what a stranger gets told."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from flows.clock import now
from flows.passwords import MOST_OF_ACCOUNT, hashed
from flows.portal.application import ROUTES, application
from flows.portal.desk import Desk, open_desk
from flows.portal.gate import SESSION
from flows.settings import Settings
from tests.expectations.language.language_keys import ROOT
from tests.flows.portal.visitor import ACCOUNTS, PASSWORD, Visitor
from warehouse.board.accounts import ROLES, open_accounts, session_key


def _documented() -> dict[tuple[str, str], frozenset[str]]:
    rows = re.findall(r"^\| (GET|POST) \| `([^`]+)` \|(.*)\|$", (ROOT / "docs/portal.md").read_text("utf-8"), re.M)
    return {
        (method, path): frozenset(role for role, cell in zip(ROLES, cells.split("|"), strict=True) if "✓" in cell)
        for method, path, cells in rows
    }


def test_the_table_in_the_documents_is_the_routes():
    assert _documented() == {(route.method, route.path): route.roles for route in ROUTES}


@pytest.mark.parametrize("name", ACCOUNTS)
def test_every_route_lets_in_just_the_roles_of_the_table(visit, name):
    role = ACCOUNTS[name][0]
    for (method, path), roles in _documented().items():
        visit.sign_in(name)
        visit.open("/password")
        real = re.sub(r"\{[^}]+\}", "nothing-of-the-kind", path)
        if method == "GET":
            answer = visit.get(real)
        else:
            answer = visit.post(real, data={"token": visit.token}, headers={"origin": "http://testserver"})
        assert (answer.status_code == 403) == (role not in roles), (method, path, answer.status_code)
        assert answer.status_code < 500


def test_nobody_gets_in_without_signing_in(visit):
    for route in ROUTES:
        answer = visit.request(route.method, re.sub(r"\{[^}]+\}", "x", route.path))
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in")


def test_a_wrong_password_is_refused_and_a_right_one_let_in(visit):
    assert visit.sign_in("ban", "something else").status_code == 403
    assert "Tên hoặc mật khẩu không đúng" in visit.sign_in("nobody").text
    assert visit.sign_in("ban").headers["location"] == "/"
    assert visit.open("/").status_code == 200


def test_many_wrong_passwords_lock_the_account_for_a_while(visit, desk):
    for _ in range(MOST_OF_ACCOUNT):
        visit.sign_in("ban", "guess")
    assert visit.sign_in("ban").status_code == 429
    assert visit.sign_in("xem").status_code == 303
    with open_accounts(desk.settings.board_path) as accounts:
        accounts.forget_failures("ban")
    assert visit.sign_in("ban").status_code == 303


def test_a_disabled_account_is_out_at_once(visit, desk):
    visit.sign_in("xem")
    with open_accounts(desk.settings.board_path) as accounts:
        assert accounts.disable("xem")
    assert visit.get("/password").status_code == 303
    assert visit.sign_in("xem").status_code == 403


def test_a_session_ends_with_signing_out_even_for_who_kept_the_cookie(visit):
    visit.sign_in("ban")
    cookie = visit.cookies[SESSION]
    visit.open("/")
    assert visit.submit("/sign-out").headers["location"] == "/sign-in"
    visit.cookies.clear()
    assert visit.get("/", headers={"cookie": f"{SESSION}={cookie}"}).status_code == 303


def test_who_acts_after_the_session_is_told_that_nothing_was_noted_and_led_back_to_the_form(visit):
    visit.sign_in("ban")
    visit.open("/follow-up/import")
    visit.cookies.clear()
    answer = visit.submit("/follow-up/import", files={"file": ("a.xlsx", b"x")})
    assert answer.status_code == 303
    assert "chưa được ghi nhận" in visit.open(answer.headers["location"]).text
    assert visit.submit("/sign-in", name="ban", password=PASSWORD).headers["location"] == "/follow-up"
    visit.open("/")
    visit.cookies.clear()
    assert visit.submit("/sign-out").headers["location"] == "/sign-in"


@pytest.mark.parametrize(("idle", "old"), [(31, 0), (0, 12 * 60 + 1)])
def test_a_session_ends_when_idle_or_old(visit, desk, idle, old):
    visit.sign_in("ban")
    at = now(desk.settings.timezone)
    with open_accounts(desk.settings.board_path) as accounts:
        accounts._con.execute(
            "UPDATE session SET seen_at = ?, began_at = ?",
            ((at - timedelta(minutes=idle)).isoformat(), (at - timedelta(minutes=max(idle, old))).isoformat()),
        )
        accounts._con.commit()
    assert visit.get("/").status_code == 303


def test_a_forged_cookie_is_no_session(visit):
    visit.sign_in("ban")
    token, _, signature = visit.cookies[SESSION].rpartition(".")
    visit.cookies.clear()
    for cookie in (f"{token}.{signature[::-1]}", token, f"x{token}.{signature}", ""):
        assert visit.get("/", headers={"cookie": f"{SESSION}={cookie}"}).status_code == 303


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null", "http://testserver.evil.example"])
def test_a_form_sent_from_elsewhere_does_nothing(visit, origin):
    visit.sign_in("ban")
    visit.open("/password")
    answer = visit.submit("/password", origin=origin, old=PASSWORD, new="another-password", again="another-password")
    assert answer.status_code == 403
    assert visit.get("/").status_code == 200


def test_a_form_of_another_session_does_nothing(visit):
    visit.sign_in("ban")
    visit.open("/password")
    stolen = visit.token
    visit.sign_in("ban")
    answer = visit.post("/sign-out", data={"token": stolen}, headers={"origin": "http://testserver"})
    assert answer.status_code == 403


def test_more_than_a_form_may_have_is_refused_unread(visit, desk):
    visit.sign_in("ban")
    visit.open("/password")
    own = {"origin": "http://testserver", "content-type": "application/x-www-form-urlencoded"}
    sent = 0

    def endless():
        nonlocal sent
        for _ in range(1000):
            sent += 10_000
            yield b"x" * 10_000

    answer = visit.post("/password", content=endless(), headers=own)
    assert answer.status_code == 413
    assert visit.post("/password", content=b"", headers=own | {"content-length": str(2 << 30)}).status_code == 413
    with open_accounts(desk.settings.board_path) as accounts:
        assert [row[4] for row in accounts.audited(2)] == ["refused: size"] * 2


def test_every_refusal_leaves_a_line(visit, desk):
    visit.sign_in("xem", "guess")
    visit.sign_in("xem")
    visit.open("/password")
    visit.post("/password", data={"token": "forged"}, headers={"origin": "http://testserver"})
    visit.submit("/sign-out")
    with open_accounts(desk.settings.board_path) as accounts:
        told = [(name, what, came_of) for _, name, _, what, came_of in accounts.audited(4)]
    assert told == [
        ("xem", "POST /sign-out", "done"),
        ("xem", "POST /password", "refused: token"),
        ("xem", "sign-in", "done"),
        ("xem", "sign-in", "refused: password"),
    ]


def test_the_operator_reads_the_lines_in_words(visit, desk):
    with open_accounts(desk.settings.board_path) as accounts:
        for why in ("role", "token", "size", "not there", "act", "proxy", "locked", "password"):
            accounts.audit(now(desk.settings.timezone), "xem", "203.0.113.7", "POST /password", f"refused: {why}")
    visit.sign_in("ban")
    page = visit.open("/operator")
    assert page.status_code == 200
    rows = [[cell.text() for cell in row.css("td")][3:] for row in visit.tree.css("#audit ~ .scroll tbody tr")]
    assert rows[0] == ["Đăng nhập", "đã làm"]
    assert rows[1] == ["POST /password", "từ chối: sai tên hoặc mật khẩu"]
    assert len({row[1] for row in rows[:9]}) == 9


def test_every_answer_forbids_code_and_frames_of_others(visit):
    for path in ("/sign-in", "/static/portal.css", "/nothing", "/"):
        headers = visit.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_leads_to_our_own_pages_only(visit, to):
    visit.open("/sign-in", params={"to": to})
    assert visit.submit("/sign-in", name="ban", password=PASSWORD).headers["location"] == "/"


def test_a_password_is_changed_and_ends_every_session(visit):
    visit.sign_in("xem")
    visit.open("/password")
    assert visit.submit("/password", old=PASSWORD, new="short", again="short").status_code == 409
    assert visit.submit("/password", old="wrong", new="long-enough-1", again="long-enough-1").status_code == 409
    assert visit.submit("/password", old=PASSWORD, new="long-enough-1", again="long-enough-2").status_code == 409
    assert visit.submit("/password", old=PASSWORD, new="long-enough-1", again="long-enough-1").status_code == 303
    assert visit.get("/password").status_code == 303
    assert visit.sign_in("xem", "long-enough-1").status_code == 303


def test_only_the_named_proxy_may_say_who_somebody_is(home):
    settings = Settings(home=home, portal_proxy="10.0.0.1", portal_user_header="X-Remote-User")
    desk = open_desk(settings)
    try:
        app = application(desk)
        named = {"x-remote-user": "ban"}
        assert Visitor(app, "203.0.113.7").get("/password", headers=named).status_code == 303
        trusted = Visitor(app, "10.0.0.1")
        first = trusted.get("/password", headers=named)
        assert first.status_code == 200
        assert "ban" in first.text
        assert trusted.get("/password", headers={"x-remote-user": "nobody"}).status_code == 303
    finally:
        desk.close()


def test_behind_a_proxy_the_cookie_goes_over_tls_only(home):
    desk = open_desk(Settings(home=home, portal_proxy="10.0.0.1"))
    try:
        visitor = Visitor(application(desk), "10.0.0.1", headers={"x-forwarded-proto": "https"})
        visitor.open("/sign-in")
        cookie = visitor.page.headers["set-cookie"]
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "samesite=strict" in cookie.lower()
    finally:
        desk.close()


def test_what_is_kept_of_a_session_is_not_its_token(desk):
    with open_accounts(desk.settings.board_path) as accounts:
        token = accounts.begin_session("ban", now(desk.settings.timezone))
        assert accounts.session(token).key == session_key(token)
        assert token not in "".join(map(str, accounts._con.execute("SELECT * FROM session").fetchall()))


def test_passwords_are_kept_as_argon2_only(desk: Desk):
    assert hashed(PASSWORD).startswith("$argon2id$")
    with open_accounts(desk.settings.board_path) as accounts:
        assert all(one.password_hash.startswith("$argon2id$") for one in accounts.all())
