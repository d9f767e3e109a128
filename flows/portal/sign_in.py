"""Signing in and out, and the language; what anybody may call."""

from __future__ import annotations

import hmac
from secrets import token_urlsafe

from anyio.to_thread import run_sync
from itsdangerous import BadSignature, TimestampSigner
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from expectations.language.catalogue import LANGUAGES, text
from flows.errors import UserError
from flows.passwords import SHORTEST, hashed, is_locked, is_right, network_of
from flows.portal.asked import EVERYONE, Answer, Asked, GoTo, Route, Shown
from flows.portal.gate import (
    ENDED,
    LANGUAGE,
    SESSION,
    SMALL_FORM,
    Came,
    Gate,
    TooLarge,
    given_up,
    is_own_origin,
    parts_of,
    read_form,
    set_session,
    unsigned,
)
from flows.portal.render import Frame, rendered
from warehouse.board.accounts import LONGEST_NAME, account_name, open_accounts, session_key

VISIT = "mobility-visit"
PATIENCE = 3600  # seconds a sign-in page may stand before it is sent


async def show_sign_in(gate: Gate, request: Request) -> Response:
    """The page that asks for name and password."""
    why = ENDED if request.query_params.get("why") == ENDED else None
    return _sign_in_page(gate, gate.came(request), own_path(request.query_params.get("to", "")), why)


async def take_sign_in(gate: Gate, request: Request) -> Response:
    """A new session, or the page again with the reason."""
    came = gate.came(request)
    try:
        form = await read_form(request, SMALL_FORM)
    except TooLarge:
        await run_in_threadpool(_note_refused, came, "", "size")
        return _sign_in_page(gate, came, "/", "size", 413)
    except ClientDisconnect:
        return given_up()
    name, password = account_name(str(form.get("name", "")))[:LONGEST_NAME], str(form.get("password", ""))
    to = own_path(str(form.get("to", "")))
    if not is_own_origin(came) or not _is_own_visit(came, str(form.get("token", ""))):
        await run_in_threadpool(_note_refused, came, name, "token")
        return _sign_in_page(gate, came, to, "token", 403)
    why, token = await run_sync(_signed_in, came, name, password, limiter=gate.sign_ins)
    if token is None:
        return _sign_in_page(gate, came, to, why, 429 if why == "locked" else 403)
    response = RedirectResponse(to, 303)
    set_session(response, came.desk, came, token)
    response.delete_cookie(VISIT)
    return response


def _note_refused(came: Came, name: str, why: str) -> None:
    with open_accounts(came.desk.settings.board_path) as accounts:
        accounts.audit(came.at, name, came.address, "sign-in", f"refused: {why}")


def _signed_in(came: Came, name: str, password: str) -> tuple[str, str | None]:
    """Why not, or a token; the log tells of both."""
    network = network_of(came.address)
    with open_accounts(came.desk.settings.board_path) as accounts:
        if is_locked(accounts, name, network, came.at):
            accounts.audit(came.at, name, came.address, "sign-in", "refused: locked")
            return "locked", None
        if not is_right(accounts.named(name), password):
            accounts.note_failure(name, network, came.at)
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
    parts = parts_of(to)
    if parts is None:
        return "/"
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
    if not _is_own_password(asked, old):
        return show_password(asked, "wrong")
    if new != again:
        return show_password(asked, "differ")
    if len(new) < SHORTEST:
        return show_password(asked, "short")
    with open_accounts(asked.settings.board_path) as accounts:
        accounts.set_password(asked.account.name, hashed(new))
    return GoTo("/sign-in")


def _is_own_password(asked: Asked, password: str) -> bool:
    """Whether it is the account's; who found a browser signed in may not guess either.

    Raises:
        UserError: too many were wrong.
    """
    name, at, here = asked.account.name, asked.now(), f"/password {asked.account.name}"
    with open_accounts(asked.settings.board_path) as accounts:
        if is_locked(accounts, name, here, at):
            raise UserError("portal.sign-in.locked")
        if is_right(asked.account, password):
            return True
        accounts.note_failure(name, here, at)
    return False


ROUTES = (
    Route("POST", "/sign-out", EVERYONE, sign_out),
    Route("GET", "/password", EVERYONE, show_password),
    Route("POST", "/password", EVERYONE, change_password),
)
