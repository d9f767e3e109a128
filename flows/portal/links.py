"""Links of a list: the same filter, another page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode


def with_query(path: str, query: Mapping[str, str], **changed: str) -> str:
    """A path with a query in which some values are others; empty ones and what was told are left out."""
    said = {name: value for name, value in {**query, **changed}.items() if value and name != "told"}
    return f"{path}?{urlencode(said)}" if said else path


def paged(query: Mapping[str, str]) -> int:
    """The page of a list that is asked for; the first where that is no number."""
    said = query.get("page", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 1
