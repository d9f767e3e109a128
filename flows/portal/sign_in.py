"""Signing in and out, and the language; what anybody may call."""

from __future__ import annotations

import hmac
from secrets import token_urlsafe
from urllib.parse import urlsplit

from itsdangerous import BadSignature, TimestampSigner
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from expectations.language.catalogue import LANGUAGES, text
from flows.passwords import SHORTEST, hashed, is_locked, is_right
from flows.portal.asked import EVERYONE, Answer, Asked, GoTo, Route, Shown
from flows.portal.gate import (
    LANGUAGE,
    SESSION,
    SMALL_FORM,
    Came,
    Gate,
    TooLarge,
    is_own_origin,
    read_form,
    set_session,
    unsigned,
)
from flows.portal.render import Frame, rendered
from warehouse.board.accounts import open_accounts, session_key

VISIT = "mobility-visit"
PATIENCE = 3600  # seconds a sign-in page may stand before it is sent


async def show_sign_in(gate: Gate, request: Request) -> Response:
    """The page that asks for name and password."""
    return _sign_in_page(gate, gate.came(request), own_path(request.query_params.get("to", "")))


async def take_sign_in(gate: Gate, request: Request) -> Response:
    """A new session, or the page again with the reason."""
    came = gate.came(request)
    try:
        form = await read_form(request, SMALL_FORM)
    except TooLarge:
        return _sign_in_page(gate, came, "/", "size", 413)
    name, password = (str(form.get(field, "")) for field in ("name", "password"))
    to = own_path(str(form.get("to", "")))
    if not is_own_origin(came) or not _is_own_visit(came, str(form.get("token", ""))):
        return _sign_in_page(gate, came, to, "token", 403)
    why, token = await run_in_threadpool(_signed_in, came, name.strip()[:100], password[:1000])
    if token is None:
        return _sign_in_page(gate, came, to, why, 429 if why == "locked" else 403)
    response = RedirectResponse(to, 303)
    set_session(response, came.desk, came, token)
    response.delete_cookie(VISIT)
    return response


def _signed_in(came: Came, name: str, password: str) -> tuple[str, str | None]:
    """Why not, or a token; the log tells of both."""
    with open_accounts(came.desk.settings.board_path) as accounts:
        if is_locked(accounts, name, came.address, came.at):
            accounts.audit(came.at, name, came.address, "sign-in", "refused: locked")
            return "locked", None
        if not is_right(accounts.named(name), password):
            accounts.note_failure(name, came.address, came.at)
            accounts.audit(came.at, name, came.address, "sign-in", "refused: password")
            return "password", None
        accounts.forget_failures(name)
        accounts.audit(came.at, name, came.address, "sign-in", "done")
        if old := unsigned(came.desk, came.request.cookies.get(SESSION, "")):
            accounts.end_session(session_key(old))
        return "", accounts.begin_session(name, came.at)


def _sign_in_page(gate: Gate, came: Came, to: str, why: str | None = None, status: int = 200) -> Response:
    signer = TimestampSigner(came.desk.secret, "visit")
    visit = signer.sign(token_urlsafe(16)).decode()
    said = text(f"portal.sign-in.{why}", came.language) if why else None
    page = rendered("sign_in.html", {"to": to, "said": said, "visit": visit}, Frame(came.language, path=came.path))
    response = HTMLResponse(page, status)
    response.set_cookie(VISIT, visit, httponly=True, samesite="strict", secure=came.is_secure, max_age=PATIENCE)
    return response


def _is_own_visit(came: Came, token: str) -> bool:
    cookie = came.request.cookies.get(VISIT, "")
    if not cookie or not hmac.compare_digest(cookie.encode(), token.encode()):
        return False
    try:
        TimestampSigner(came.desk.secret, "visit").unsign(token, max_age=PATIENCE)
    except BadSignature:
        return False
    return True


async def choose_language(gate: Gate, request: Request) -> Response:
    """Keep the language in a cookie and go back."""
    code = request.path_params["code"]
    response = RedirectResponse(own_path(request.query_params.get("to", "")), 303)
    if code in LANGUAGES:
        response.set_cookie(
            LANGUAGE, code, max_age=366 * 86400, samesite="lax", httponly=True, secure=gate.came(request).is_secure
        )
    return response


def own_path(to: str) -> str:
    """Where to go on, a path of ours whatever was asked for."""
    parts = urlsplit(to)
    is_ours = to.startswith("/") and not to.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return to if is_ours and "\\" not in to and to.isprintable() else "/"


def sign_out(asked: Asked) -> Answer:
    """End every session of the account: the one at hand, and those left open elsewhere."""
    with open_accounts(asked.settings.board_path) as accounts:
        accounts.end_sessions(asked.account.name)
    return GoTo("/sign-in")


def show_password(asked: Asked, why: str | None = None) -> Answer:
    """The page for another password."""
    said = text(f"portal.password.{why}", asked.language, shortest=SHORTEST) if why else None
    return Shown("password.html", {"said": said, "shortest": SHORTEST}, 409 if why else 200)


def change_password(asked: Asked) -> Answer:
    """Another password; all sessions end, and the next one begins with it."""
    old, new, again = (str(asked.form.get(name, "")) for name in ("old", "new", "again"))
    if not is_right(asked.account, old):
        return show_password(asked, "wrong")
    if new != again:
        return show_password(asked, "differ")
    if len(new) < SHORTEST:
        return show_password(asked, "short")
    with open_accounts(asked.settings.board_path) as accounts:
        accounts.set_password(asked.account.name, hashed(new))
    return GoTo("/sign-in")


ROUTES = (
    Route("POST", "/sign-out", EVERYONE, sign_out),
    Route("GET", "/password", EVERYONE, show_password),
    Route("POST", "/password", EVERYONE, change_password),
)
