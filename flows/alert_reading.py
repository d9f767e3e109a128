"""The warehouse opened to read its alerts, and an alert found by the name a person typed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

from duckdb import DuckDBPyConnection

from flows.errors import UserError
from flows.settings import Settings
from warehouse import alert_pages as pages
from warehouse.errors import StoreLocked
from warehouse.store import open_to_read


@contextmanager
def open_alerts(settings: Settings) -> Iterator[DuckDBPyConnection]:
    """The warehouse for reading.

    Raises:
        UserError: the night is writing, or no night has judged anything yet.
        StoreMissing: there is no warehouse.
    """
    try:
        with open_to_read(settings.warehouse_path) as con:
            if not pages.is_judged(con):
                raise UserError(
                    "Kho dữ liệu chưa có cảnh báo. Chạy «mobility nightly» một lần để nâng cấp.",
                    "The warehouse holds no alerts yet. Run 'mobility nightly' once to bring it up to date.",
                )
            yield con
    except StoreLocked as error:
        raise UserError(
            "Đêm đang chạy, chưa xem được cảnh báo. Thử lại sau ít phút.",
            "The night is running and the alerts cannot be read. Try again in a few minutes.",
        ) from error


def alert_named(con: DuckDBPyConnection, name: str) -> dict[str, Any]:
    """The alert's row.

    Raises:
        UserError: there is none; says which ones have a similar name.
    """
    found = pages.one(con, name)
    if found:
        return found
    known = pages.alert_ids(con)
    near = get_close_matches(name, known, n=3, cutoff=0.5) or [one for one in known if one.startswith(name)][:3]
    vi = f" Có phải: {', '.join(near)}?" if near else " Xem «mobility alerts --status all»."
    en = f" Did you mean: {', '.join(near)}?" if near else " See 'mobility alerts --status all'."
    raise UserError(f"Không có cảnh báo «{name}».{vi}", f"There is no alert '{name}'.{en}")
