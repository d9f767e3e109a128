"""The warehouse opened to read its follow-up, and an item found by the name a person typed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

from duckdb import DuckDBPyConnection

from flows.errors import UserError
from flows.settings import Settings
from warehouse import followup_pages as pages
from warehouse.errors import StoreLocked
from warehouse.store import open_to_read


@contextmanager
def open_followup(settings: Settings) -> Iterator[DuckDBPyConnection]:
    """The warehouse for reading.

    Raises:
        UserError: the night is writing, or no night has kept a follow-up yet.
        StoreMissing: there is no warehouse.
    """
    try:
        with open_to_read(settings.warehouse_path) as con:
            if not pages.is_kept(con):
                raise UserError(
                    "Kho dữ liệu chưa có việc theo dõi. Chạy «mobility nightly» một lần để nâng cấp.",
                    "The warehouse holds no follow-up yet. Run 'mobility nightly' once to bring it up to date.",
                )
            yield con
    except StoreLocked as error:
        raise UserError(
            "Đêm đang chạy, chưa xem được việc theo dõi. Thử lại sau ít phút.",
            "The night is running and the follow-up cannot be read. Try again in a few minutes.",
        ) from error


def item_named(con: DuckDBPyConnection, name: str) -> dict[str, Any]:
    """The item's row.

    Raises:
        UserError: there is none; says which ones have a similar name.
    """
    found = pages.one(con, name)
    if found:
        return found
    known = pages.item_ids(con)
    near = get_close_matches(name, known, n=3, cutoff=0.5) or [one for one in known if one.startswith(name)][:3]
    vi = f" Có phải: {', '.join(near)}?" if near else " Xem «mobility followup list --status all»."
    en = f" Did you mean: {', '.join(near)}?" if near else " See 'mobility followup list --status all'."
    raise UserError(f"Không có việc «{name}».{vi}", f"There is no item '{name}'.{en}")
