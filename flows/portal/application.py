"""The portal as an ASGI application: its routes behind the gate, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.routing import Route as Path_
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from expectations.language.catalogue import text
from flows.portal import sign_in
from flows.portal.asked import Route
from flows.portal.desk import Desk
from flows.portal.gate import Gate
from flows.portal.health import Instruments
from flows.portal.pages import PAGES
from flows.portal.render import Frame, rendered
from flows.portal.style import STATIC, stylesheet

ROUTES: tuple[Route, ...] = (*sign_in.ROUTES, *PAGES)
"""Every path that asks who is there; the table in docs/portal.md says the same."""
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def application(desk: Desk) -> Starlette:
    """The portal over what a desk holds."""
    gate = Gate(desk)
    instruments = Instruments(desk)
    public = [
        _public("/sign-in", ["GET"], sign_in.show_sign_in, gate),
        _public("/sign-in", ["POST"], sign_in.take_sign_in, gate),
        _public("/language/{code}", ["GET"], sign_in.choose_language, gate),
        Path_("/healthz", instruments.show_health, methods=["GET"]),
        Path_("/metrics", instruments.show_metrics, methods=["GET"]),
        Path_("/static/portal.css", _stylesheet, methods=["GET"]),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    behind = [Path_(route.path, _behind(gate, route), methods=[route.method]) for route in ROUTES]

    app = Starlette(
        routes=[*public, *behind],
        middleware=[Middleware(WithHeaders)],
        exception_handlers={HTTPException: partial(_plain_error, gate), Exception: partial(_fault, gate)},
    )
    app.router.redirect_slashes = False  # it would lead to whatever host the request names
    return app


async def _stylesheet(request: Request) -> Response:
    return Response(stylesheet(), media_type="text/css")


def _behind(gate: Gate, route: Route) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await gate.answer(route, request)

    return endpoint


def _public(
    path: str, methods: list[str], handler: Callable[[Gate, Request], Awaitable[Response]], gate: Gate
) -> Path_:
    async def endpoint(request: Request) -> Response:
        return await handler(gate, request)

    return Path_(path, endpoint, methods=methods)


async def _plain_error(gate: Gate, request: Request, error: Exception) -> Response:
    """A path nobody knows, or a method it does not have."""
    status = error.status_code if isinstance(error, HTTPException) else 400
    return _error_page(gate, request, status, "404" if status in (404, 405) else "400")


async def _fault(gate: Gate, request: Request, error: Exception) -> Response:
    response = _error_page(gate, request, 500, "500")
    response.headers.update(HEADERS | {"cache-control": "no-store"})  # it is answered outside of `WithHeaders`
    return response


def _error_page(gate: Gate, request: Request, status: int, why: str) -> Response:
    language = gate.came(request).language
    values = {"said": text(f"portal.error.{why}", language), "status": status, "back": None}
    return HTMLResponse(rendered("refused.html", values, Frame(language)), status)


class WithHeaders:
    """Every answer says what a browser may load with it; pages are kept by nobody on the way."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                is_static = scope.get("path", "").startswith("/static/")
                headers.setdefault("cache-control", "max-age=3600" if is_static else "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)
