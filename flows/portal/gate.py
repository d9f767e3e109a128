"""What stands before every page: size, sign-in, role, token and origin, headers, and the audit line."""

from __future__ import annotations

import hmac
import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from html import escape
from secrets import token_hex
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from anyio import CapacityLimiter, fail_after
from anyio.to_thread import run_sync
from itsdangerous import BadSignature, Signer
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, Headers
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from expectations.language.catalogue import LANGUAGES, Language, SpokenError, text
from flows.clock import now
from flows.portal.asked import Answer, Asked, Download, GoTo, NotThere, Route, Shown
from flows.portal.boundary_files import Stamp, stamp
from flows.portal.copies import Edition
from flows.portal.desk import Desk
from flows.portal.render import TOKEN, Frame, rendered
from warehouse.board.accounts import Accounts, Session, open_accounts

SESSION, LANGUAGE = "mobility-session", "mobility-language"
ENDED = "ended"  # said to who did something after the session was over
SMALL_FORM = 64 * 1024  # bytes
FIELDS = 2000  # a form over all items has a few fields an item
KEPT = 400  # pages
KEPT_BYTES = 32 << 20
PATIENCE = 10.0  # seconds in which whoever makes a page has made it, or another tries
SILENCE, WHOLE = 20, 900  # seconds between two parts of a form, and for all of it
AT_ONCE = 4  # what takes long is done for so many at a time; who reads a page never waits for it
MADE_AT_ONCE = 2  # pages: more would share the same processors, and make the same page several times
_AS_SENT = "%/?&=+:,;@$!*'()~[]"
_log = logging.getLogger(__name__)

Place = tuple[str, Language, str, str]
"""A page: its path, and the language, role and unit it is made for."""


class State(NamedTuple):
    """What a page was made of: the night's copies and map, and the last thing anybody did."""

    copies: tuple[Edition, Stamp]
    last_act: int


class Pages:
    """Rendered pages, as long as nothing they show has changed; the least lately asked for go first.

    After a night the first who asks waits for the new page; others are shown the former meanwhile.
    """

    def __init__(self) -> None:
        self._pages: OrderedDict[Place, tuple[State, bytes]] = OrderedDict()
        self._made_since: dict[Place, float] = {}
        self._lock = Lock()
        self._size = 0

    def get(self, place: Place, state: State) -> bytes | None:
        """None to the one who is to make it."""
        with self._lock:
            made_of, page = self._pages.get(place, (None, b""))
            if made_of is None or made_of.last_act != state.last_act:
                return None
            self._pages.move_to_end(place)
            at = monotonic()
            if made_of == state or at - self._made_since.get(place, -PATIENCE) < PATIENCE:
                return page
            self._made_since[place] = at
            return None

    def made(self, place: Place, state: State) -> bytes | None:
        """What somebody else has made while this one waited for his turn."""
        with self._lock:
            made_of, page = self._pages.get(place, (None, b""))
            return page if made_of == state else None

    def put(self, place: Place, state: State, page: bytes) -> None:
        with self._lock:
            self._made_since.pop(place, None)
            self._size += len(page) - len(self._pages.pop(place, (None, b""))[1])
            self._pages[place] = state, page
            while len(self._pages) > KEPT or self._size > KEPT_BYTES:
                self._size -= len(self._pages.popitem(last=False)[1][1])


@dataclass(frozen=True, slots=True)
class Came:
    """A request, before it is known who makes it."""

    request: Request
    desk: Desk
    at: datetime
    address: str
    language: Language
    is_secure: bool

    @property
    def path(self) -> str:
        """With its query, both just as they were read: no two requests that are answered differently have the same."""
        query = quote(self.request.scope["query_string"], safe=_AS_SENT)
        path = quote(self.request.scope["path"])
        return f"{path}?{query}" if query else path

    @property
    def page(self) -> str:
        """What can be gone to: the path itself, or of an act the page its form stands on."""
        if self.request.method != "POST":
            return self.path
        path = quote(self.request.scope["path"])
        source = parts_of(self.request.headers.get("referer", ""))
        return path if source and source.path == path else path.rpartition("/")[0] or path

    @property
    def what(self) -> str:
        """As the audit log names it."""
        return f"{self.request.method} {self.path}"[:500]


class Gate:
    """One for all routes; `answer` is what Starlette calls for each."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pages = Pages()
        self._long = CapacityLimiter(AT_ONCE)
        self._short = CapacityLimiter(MADE_AT_ONCE)
        self.sign_ins = CapacityLimiter(1)  # whoever tries many passwords waits for himself, and counts one by one

    async def answer(self, route: Route, request: Request) -> Response:
        """The answer to a request, whatever it is."""
        came = self.came(request)
        try:
            session, new_token, page = await run_in_threadpool(self._met, route, came)
            if session is None:
                return self._to_sign_in(came, route)
            if session.account.role not in route.roles:
                return await self._refused(came, session, 403, "role")
            form = FormData()
            if route.method == "POST":
                form = await read_form(request, self._most(route))
                if not self.is_own_form(came, form, session.key):
                    return await self._refused(came, session, 403, "token")
            response = self._page(came, session, page) if page else await self._made(route, came, session, form)
        except TooLarge:
            return await self._refused(came, None, 413, "size")
        except ClientDisconnect:
            return given_up()
        if new_token:
            set_session(response, self._desk, came, new_token)
        return response

    async def _made(self, route: Route, came: Came, session: Session, form: FormData) -> Response:
        limiter = self._long if route.takes_long or route.takes_file else self._short
        return await run_sync(self._handle, route, came, session, form, limiter=limiter)

    def came(self, request: Request) -> Came:
        settings = self._desk.settings
        peer = request.client.host if request.client else ""
        is_proxied = bool(settings.portal_proxy) and peer == settings.portal_proxy
        forwarded_for = ",".join(request.headers.getlist("x-forwarded-for"))
        address = _last_hop(forwarded_for)[:100] if is_proxied else peer
        forwarded = request.headers.get("x-forwarded-proto", "") if is_proxied else ""
        asked = request.cookies.get(LANGUAGE)
        return Came(
            request=request,
            desk=self._desk,
            at=now(settings.timezone),
            address=address or peer,
            language=next((one for one in LANGUAGES if one == asked), settings.language),
            is_secure=(forwarded or request.url.scheme) == "https",
        )

    def _met(self, route: Route, came: Came) -> tuple[Session | None, str | None, bytes | None]:
        """Whose session it is, the token of a new one, and the page that is kept for such a session."""
        session, new_token = self._who(came)
        kept = self._kept(route, came, session) if session and session.account.role in route.roles else None
        return session, new_token, self._pages.get(*kept) if kept else None

    def _who(self, came: Came) -> tuple[Session | None, str | None]:
        """Whose session it is, and the token of one that the proxy's word has just begun."""
        settings = self._desk.settings
        token = unsigned(self._desk, came.request.cookies.get(SESSION, ""))
        named = self._named_by_proxy(came)
        with open_accounts(settings.board_path) as accounts:
            session = accounts.session(token) if token else None
            if session and self._is_over(session, came.at):
                accounts.end_session(session.key)
                session = None
            if named and (session is None or session.account.name != named):
                return _begun_by_proxy(accounts, named, came)
            if session and came.at - session.seen_at > timedelta(minutes=1):
                accounts.touch(session.key, came.at)
        return session, None

    def _named_by_proxy(self, came: Came) -> str | None:
        """The account a directory's proxy names; only the proxy's own address is believed."""
        settings = self._desk.settings
        client = came.request.client
        if not settings.portal_user_header or not client or client.host != settings.portal_proxy:
            return None
        named = came.request.headers.getlist(settings.portal_user_header)
        return named[0] if len(named) == 1 else None  # of two, one is not the proxy's

    def _is_over(self, session: Session, at: datetime) -> bool:
        settings = self._desk.settings
        idle = timedelta(minutes=settings.portal_idle_minutes)
        return at - session.seen_at > idle or at - session.began_at > timedelta(hours=settings.portal_session_hours)

    def _most(self, route: Route) -> int:
        """Bytes its form may have."""
        return (self._desk.settings.portal_upload_megabytes << 20) + SMALL_FORM if route.takes_file else SMALL_FORM

    def _to_sign_in(self, came: Came, route: Route) -> Response:
        said: dict[str, str] = {}
        if route.method == "POST" and route.path != "/sign-out":
            said = {"to": came.page, "why": ENDED}
        elif route.method == "GET" and came.path != "/":
            said = {"to": came.path}
        return RedirectResponse(f"/sign-in?{urlencode(said)}" if said else "/sign-in", 303)

    def is_own_form(self, came: Came, form: FormData, key: str) -> bool:
        """Whether the form is of a page this portal made for the session, and was sent from it."""
        given = form.get("token")
        right = form_token(self._desk, key)
        return isinstance(given, str) and hmac.compare_digest(given.encode(), right.encode()) and is_own_origin(came)

    def _handle(self, route: Route, came: Came, session: Session, form: FormData) -> Response:
        kept = self._kept(route, came, session)  # before anything is read: a page is never taken for newer than it is
        if kept and (made := self._pages.made(*kept)):
            return self._page(came, session, made)
        try:
            answer = self._handled(route, came, session, form)
        except NotThere:
            self._audit(came, session.account.name, "refused: not there")
            return self._told_off(came, session, 404, text("portal.error.404", came.language))
        except SpokenError as error:
            if route.method == "POST":
                self._audit(came, session.account.name, "refused: act")
            return self._told_off(came, session, 409, error.says(came.language))
        if route.method == "POST" or isinstance(answer, Download):
            is_refused = isinstance(answer, Shown) and answer.status >= 400
            self._audit(came, session.account.name, "refused: act" if is_refused else "done")
        if isinstance(answer, Shown):
            page = rendered(answer.template, answer.values, self._frame(came, session)).encode()
            if kept and answer.status == 200:
                self._pages.put(*kept, page)
            return self._page(came, session, page, answer.status)
        return _response(answer)

    def _handled(self, route: Route, came: Came, session: Session, form: FormData) -> Answer:
        with self._desk.copies.reading() as con:
            request = came.request
            return route.handler(
                Asked(
                    desk=self._desk,
                    account=session.account,
                    language=came.language,
                    path={name: str(value) for name, value in request.path_params.items()},
                    query=request.query_params,
                    form=form,
                    con=con,
                )
            )

    def _kept(self, route: Route, came: Came, session: Session) -> tuple[Place, State] | None:
        """Where the page is kept, and what it would be made of now; null for one that is not kept."""
        if not route.is_kept or "told" in came.request.query_params:
            return None
        copies, account = self._desk.copies, session.account
        place = came.path, came.language, account.role, account.unit_code or ""
        return place, State((copies.edition(), stamp(self._desk.settings)), copies.last_act())

    def _page(self, came: Came, session: Session, page: bytes, status: int = 200) -> Response:
        """A kept page is the same for all of a role: the session's token and name are put in here."""
        account = session.account.name
        own = page.replace(TOKEN.encode(), form_token(self._desk, session.key).encode())
        return HTMLResponse(own.replace(ACCOUNT_MARK.encode(), escape(account).encode()), status)

    def _frame(self, came: Came, session: Session) -> Frame:
        told = came.request.query_params.get("told")
        return Frame(
            language=came.language,
            account=ACCOUNT_MARK,
            role=session.account.role,
            unit=session.account.unit_code or "",
            path=came.page,
            told=text(f"portal.told.{told}", came.language) if told in TOLD else None,
        )

    async def _refused(self, came: Came, session: Session | None, status: int, why: str) -> Response:
        return await run_in_threadpool(self._refuse, came, session, status, why)

    def _refuse(self, came: Came, session: Session | None, status: int, why: str) -> Response:
        self._audit(came, session.account.name if session else "", f"refused: {why}")
        said = text(f"portal.error.{why}", came.language, most=str(self._desk.settings.portal_upload_megabytes))
        response = self._told_off(came, session, status, said)
        if status == 413:
            response.headers["connection"] = "close"  # what was not read is not waited for
        return response

    def _told_off(self, came: Came, session: Session | None, status: int, said: str) -> Response:
        frame = self._frame(came, session) if session else Frame(came.language, path=came.page)
        back = came.page if session and came.request.method == "POST" else None
        page = rendered("refused.html", {"said": said, "status": status, "back": back}, frame).encode()
        return self._page(came, session, page, status) if session else HTMLResponse(page, status)

    def _audit(self, came: Came, name: str, came_of: str) -> None:
        with open_accounts(self._desk.settings.board_path) as accounts:
            accounts.audit(came.at, name, came.address, came.what, came_of)


ACCOUNT_MARK = f"account-{token_hex(16)}"
"""Stands in a kept page where the account's name goes; as `TOKEN`, nobody can write it into a note."""
TOLD = frozenset({"noted", "sent", "signed-out", "password"})
"""What a page may say of the act before it."""


class TooLarge(Exception):
    """More was sent than the form may have."""


async def read_form(request: Request, most: int) -> FormData:
    """The form, never more of it than it may have.

    Raises:
        TooLarge: it says so itself, or it turns out to be.
        ClientDisconnect: it went away, or sends too slowly.
        HTTPException: it is no form.
    """
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said) > most:
        raise TooLarge
    left = most
    receive = request.receive

    async def counted() -> Any:
        nonlocal left
        with fail_after(SILENCE):
            message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLarge
        return message

    try:
        with fail_after(WHOLE):
            return await Request(request.scope, counted).form(max_files=1, max_fields=FIELDS)
    except MultiPartException as error:
        raise HTTPException(400) from error
    except TimeoutError as error:
        raise ClientDisconnect from error


def given_up() -> Response:
    """For who went away, or sends so slowly that nobody waits for the rest."""
    return Response(status_code=400, headers={"connection": "close"})


def is_own_origin(came: Came) -> bool:
    """Whether the browser says that the form was sent from one of our own pages."""
    headers: Headers = came.request.headers
    source = headers.get("origin") or headers.get("referer")
    if not source or source == "null":
        return False
    parts = parts_of(source)
    return parts is not None and parts.netloc == headers.get("host", "")


def parts_of(address: str) -> SplitResult | None:
    """An address taken apart; None where what was sent is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return None


def form_token(desk: Desk, key: str) -> str:
    """The token of a session's forms: nobody can make it without the portal's secret."""
    return hmac.new(desk.secret.encode(), f"form:{key}".encode(), sha256).hexdigest()


def set_session(response: Response, desk: Desk, came: Came, token: str) -> None:
    """The cookie of a session, unreadable for scripts and sent from our own pages only."""
    signed = Signer(desk.secret, "session").sign(token).decode()
    response.set_cookie(SESSION, signed, httponly=True, samesite="strict", secure=came.is_secure, path="/")


def unsigned(desk: Desk, cookie: str) -> str | None:
    """The token in a cookie that this portal signed; None for any other."""
    try:
        return Signer(desk.secret, "session").unsign(cookie).decode()
    except (BadSignature, UnicodeDecodeError):
        return None


def _begun_by_proxy(accounts: Accounts, name: str, came: Came) -> tuple[Session | None, str | None]:
    account = accounts.named(name)
    if account is None or account.is_disabled:
        accounts.audit(came.at, name[:100], came.address, "sign-in", "refused: proxy")
        return None, None
    accounts.audit(came.at, name, came.address, "sign-in", "done")
    token = accounts.begin_session(name, came.at)
    return accounts.session(token), token


def _last_hop(forwarded: str) -> str:
    """Who spoke to the proxy; what stands before may be anybody's invention."""
    return forwarded.rpartition(",")[2].strip()


def _response(answer: GoTo | Download) -> Response:
    if isinstance(answer, GoTo):
        query = f"{'&' if '?' in answer.path else '?'}{urlencode({'told': answer.told})}" if answer.told else ""
        return RedirectResponse(f"{answer.path}{query}", 303)
    manner = "inline" if answer.is_inline else "attachment"
    headers: Mapping[str, str] = {"content-disposition": f"{manner}; filename*=UTF-8''{quote(answer.name)}"}
    return Response(answer.content, media_type=answer.kind, headers=dict(headers))
