"""Sections and tables of the morning page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from html import escape


def section(name: str, heading: str, *parts: str) -> str:
    """A part of the page with its heading, to be linked to by name."""
    return f'<section id="{name}" aria-labelledby="h-{name}"><h2 id="h-{name}">{heading}</h2>{"".join(parts)}</section>'


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    caption: str = "",
    kind: str = "",
    numeric: Collection[int] = (),
) -> str:
    """A table whose first column heads its rows.

    Args:
        heads: plain text.
        rows: markup, as many cells as heads.
        kind: "stack" for one whose rows stand as blocks on a telephone, each cell with its head before it.
        numeric: columns that stand at the right.
    """
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    head = "".join(f'<th scope="col"{_side(at, numeric)}>{escape(text)}</th>' for at, text in enumerate(heads))
    body = "".join(f"<tr>{_row(heads, row, numeric)}</tr>" for row in rows)
    return f'<table class="{kind}">{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _row(heads: Sequence[str], row: Sequence[str], numeric: Collection[int]) -> str:
    first, *others = row
    cells = "".join(
        f'<td data-label="{escape(heads[at])}"{_side(at, numeric)}>{cell}</td>' for at, cell in enumerate(others, 1)
    )
    return f'<th scope="row">{first}</th>{cells}'


def _side(at: int, numeric: Collection[int]) -> str:
    return ' class="n"' if at in numeric else ""
