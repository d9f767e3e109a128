"""What a page's handler is given and what it may answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from duckdb import DuckDBPyConnection
from starlette.datastructures import FormData, QueryParams, UploadFile

from expectations.language.catalogue import Language
from flows.clock import now
from flows.portal.desk import Desk
from flows.settings import Settings
from warehouse.board.accounts import Account

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOARD, SENDER, READER = "board", "sender", "reader"
EVERYONE = frozenset({BOARD, SENDER, READER})


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of somebody who may make it.

    Attributes:
        desk: what the portal holds.
        account: who asks.
        language: what it is to be told in.
        path: the values in the path, by name; query: what stands after it.
        form: what was sent; empty where nothing was.
        con: the published copies as one, for this request; tables and marts under their names in the warehouse.
    """

    desk: Desk
    account: Account
    language: Language
    path: Mapping[str, str]
    query: QueryParams
    form: FormData
    con: DuckDBPyConnection

    @property
    def settings(self) -> Settings:
        return self.desk.settings

    def now(self) -> datetime:
        return now(self.settings.timezone)

    def today(self) -> date:
        return self.now().date()

    def said(self, name: str) -> str:
        """A field of the form without blanks around it; "" where it is not there."""
        value = self.form.get(name)
        return value.strip() if isinstance(value, str) else ""

    def all_said(self, name: str) -> list[str]:
        """A field that may be sent many times."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def upload(self, name: str) -> UploadFile | None:
        """A file of the form; None where none was chosen."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: the template in `templates/` and the values it shows."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class GoTo:
    """After an act: where the browser goes on, and what it is told there (`portal.told.<told>`)."""

    path: str
    told: str | None = None


@dataclass(frozen=True, slots=True)
class Download:
    """A file to keep."""

    name: str
    content: bytes
    kind: str
    is_inline: bool = False


class NotThere(Exception):
    """There is no such thing, or it is not for who asks; a stranger cannot tell which."""


Answer = Shown | GoTo | Download
Handler = Callable[[Asked], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """A path of the portal and who may call it.

    Attributes:
        method: GET, or POST for what changes something.
        path: as Starlette writes it.
        roles: who may; whose a thing is the handler looks at.
        handler: a function of one request; runs in a thread.
        takes_file: its form may be as large as an upload; others take 64 kB.
        takes_long: it waits for processes that open files; as with uploads, only few do at a time.
        is_kept: the page is the same for all of a role until the copies change or somebody acts.
    """

    method: str
    path: str
    roles: frozenset[str]
    handler: Handler
    takes_file: bool = False
    takes_long: bool = False
    is_kept: bool = False


Routes = Sequence[Route]
