"""Web pages saved as workbooks into grids, as a spreadsheet program lays their tables out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from transforms.reading.grid import Refused

_BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "center", "caption", "li", "pre"}
_PASSED_OVER = {"style", "script", "head", "title", "meta", "link"}
_LINE_END = re.compile(r"<br\b[^>]*>|</(?:p|div|li)>", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_MAY_STAND_APART = re.compile(rf"<(?:su[pb]|s|strike|del)\b|{_HIDDEN.pattern}", re.IGNORECASE)
_STAND_APART = ("sup", "sub", "s", "strike", "del")
_APART = ", ".join(f"td {one}, th {one}" for one in (*_STAND_APART, "[style]"))
_TAG = re.compile(r"<(?:!doctype|\?xml|!--|[a-z][\w:-]*[\s/>])", re.IGNORECASE)
_CELL = re.compile(r"<t[dhr]\b[^<>]*>", re.IGNORECASE)
_TABLE_TAG = re.compile(r"<(/?)table\b", re.IGNORECASE)


def is_page(text: str) -> bool:
    """Whether a text is a web page: it begins with a tag, whichever, or holds a table's cells."""
    return bool(_TAG.match(text.lstrip())) or ("<" in text and bool(_CELL.search(text)))


def ends_in_table(text: str) -> bool:
    """Whether the text ends within a table: its end tag may not be left out."""
    depth = 0
    for tag in _TABLE_TAG.finditer(text):
        depth += -1 if tag[1] else 1
    return depth > 0


def html_grid(text: str) -> list[list[Any]]:
    """Tables one below another, text between them as rows of one cell, a line's end in a cell as such.

    Raises:
        Refused: file-too-large for a row wider than a sheet.
    """
    rows: list[list[Any]] = []
    body = LexborHTMLParser(_LINE_END.sub(r"\n\g<0>", text)).body
    if body is not None:
        if _MAY_STAND_APART.search(text):
            _set_apart(body)
        _walk(body, rows)
    return rows


def _set_apart(body: LexborNode) -> None:
    """Keep what is raised, struck out or not shown in a cell from running into its figure: 3¹ is not 31."""
    for node in body.css(_APART):
        style = node.attributes.get("style") or ""
        if node.tag in _STAND_APART or _HIDDEN.search(style):
            node.insert_before(" ")
            node.insert_after(" ")


def _walk(node: LexborNode, rows: list[list[Any]]) -> None:
    for child in node.iter(include_text=True):
        tag = child.tag
        if tag == "table":
            _table(child, rows)
        elif tag == "-text" or (tag in _BLOCKS and not child.css("table")):
            words = (child.text(deep=True) or "").strip()
            if words:
                rows.append([words])
        elif tag not in _PASSED_OVER:
            _walk(child, rows)


def _own_rows(table: LexborNode, rows: list[list[Any]]) -> Iterator[LexborNode]:
    """The table's rows without those of tables inside it; its caption goes before them."""
    for child in table.iter():
        if child.tag == "caption":
            rows.append([(child.text(deep=True) or "").strip()])
        elif child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (line for line in child.iter() if line.tag == "tr")


def _table(table: LexborNode, rows: list[list[Any]]) -> None:
    taken: set[tuple[int, int]] = set()
    has_inner = len(table.css("table")) > 1
    for offset, line in enumerate(_own_rows(table, rows)):
        if has_inner and line.css_first("table"):  # a table that lays out the page
            for cell in line.iter():
                _walk(cell, rows)
        else:
            rows.append(_row(line, offset, taken))


def _row(line: LexborNode, offset: int, taken: set[tuple[int, int]]) -> list[Any]:
    """A row's texts; `taken` are the (row, column) that spans of cells above and to the left cover."""
    cells: list[Any] = []
    column = 0
    for cell in line.iter():
        if cell.tag not in ("td", "th"):
            continue
        while (offset, column) in taken:
            column += 1
        said = cell.attributes
        wide, high = _span_of(said, "colspan", 1000), _span_of(said, "rowspan", 1000)
        if column + wide > 16_384:
            raise Refused("file-too-large", "dòng HTML quá rộng", "16384 cột")
        cells += [""] * (column + 1 - len(cells))
        cells[column] = (cell.text(deep=True) or "").strip()
        if wide > 1 or high > 1:
            taken.update((offset + down, column + right) for down in range(high) for right in range(wide))
        column += wide
    return cells


def _span_of(said: dict[str, str | None], name: str, most: int) -> int:
    if name not in said:  # most cells
        return 1
    text = (said[name] or "1").strip()
    return min(int(text), most) if text.isdigit() and int(text) > 0 else 1
