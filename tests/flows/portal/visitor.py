"""A browser without scripts: follows links, sends forms with what stands hidden in them."""

from __future__ import annotations

import re
from typing import Any

import httpx
from selectolax.lexbor import LexborHTMLParser
from starlette.applications import Starlette
from starlette.testclient import TestClient

PASSWORD = "mat-khau-de-thu"
ACCOUNTS: dict[str, tuple[str, str | None]] = {
    "ban": ("board", None),
    "sadec": ("sender", "867"),
    "lapvo": ("sender", "875"),
    "xem": ("reader", None),
}


class Visitor(TestClient):
    """Speaks to the application in this process, as a browser at one address would."""

    def __init__(self, app: Starlette, address: str = "203.0.113.7", **options: Any) -> None:
        super().__init__(app, client=(address, 50_000), follow_redirects=False, **options)
        self.page: httpx.Response | None = None

    def open(self, path: str, **options: Any) -> httpx.Response:
        """A page, followed to where it leads; it is the one whose form is sent next."""
        self.page = self.get(path, follow_redirects=True, **options)
        return self.page

    def submit(self, action: str, files: Any = None, origin: str | None = "http://testserver", **fields: Any) -> Any:
        """The form of the page that goes to an action, its hidden fields as they are and others as given."""
        assert self.page is not None
        form = next(one for one in self.tree.css("form") if one.attributes.get("action") == action)
        hidden = {
            str(one.attributes["name"]): one.attributes.get("value") or "" for one in form.css("input[type=hidden]")
        }
        headers = {"origin": origin} if origin else {}
        return self.post(action, data=hidden | fields, files=files, headers=headers)

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        self.open("/sign-in")
        return self.submit("/sign-in", name=name, password=password)

    @property
    def token(self) -> str:
        """The form token on the page at hand."""
        found = re.search(r'name="token" value="([^"]+)"', self.page.text if self.page else "")
        return found[1] if found else ""

    @property
    def tree(self) -> LexborHTMLParser:
        """The page at hand."""
        assert self.page is not None
        return LexborHTMLParser(self.page.text)
