"""What a national board asks of the lake: the country, provinces beside each other, and down to communes."""

from __future__ import annotations

from pathlib import Path


def _read() -> dict[str, str]:
    """The statements of queries.sql by the line of words before each."""
    found = {}
    for statement in Path(__file__).with_suffix(".sql").read_text("utf-8").split(";"):
        name, _, query = statement.strip().removeprefix("-- ").partition("\n")
        if query:
            found[name] = query
    return found


QUERIES = _read()
