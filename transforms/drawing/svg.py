"""The pieces of an SVG picture: text escaped, numbers short, and nothing that a page with a strict policy refuses.

Colours are given by class names, which `drawing.css` defines; there are neither styles nor scripts in a picture.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from html import escape

Value = str | float | None
Point = tuple[float, float]

SIZE = 12.0
"""Of text, in the picture's units: a picture 400 wide stands at about its size on a telephone and half an A4."""
SMALL = 10.0
# XML 1.0 knows no way of writing these, escaped or not.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NARROW, _BROAD = frozenset("iljtfrI1.,:;|'()[] ·"), frozenset("mwMWĐO%@—…ƯƠ")


def words(text: str) -> str:
    """A text that stands in markup as it is."""
    return escape(plain(text))


def plain(text: str) -> str:
    """A text without the signs that no markup can hold."""
    return _NOT_XML.sub("", text)


def number(value: float) -> str:
    """A place in the picture, to a tenth.

    Raises:
        ValueError: it is none.
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} is no place in a picture")
    written = f"{value:.1f}"
    return "0" if written == "-0.0" else written.removesuffix(".0")


def element(tag: str, *children: str, **attributes: Value) -> str:
    """An element: `font_size` is written as font-size; those of None are left out.

    The words of `kind` are written as classes that begin with d-, so that no rule of a page meets them by chance.
    """
    if isinstance(kind := attributes.pop("kind", None), str):
        attributes["class"] = " ".join(f"d-{word}" for word in kind.split())
    written = "".join(
        f' {name.replace("_", "-")}="{words(value) if isinstance(value, str) else number(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{written}>{''.join(children)}</{tag}>" if children else f"<{tag}{written}/>"


def tip(text: str) -> str:
    """What is shown of a thing when one points at it."""
    return element("title", words(text))


def label(x: float, y: float, text: str, kind: str = "", anchor: str = "start", size: float | None = None) -> str:
    """A line of text; `anchor` says which end of it stands at x."""
    at = None if anchor == "start" else anchor
    return element("text", words(text), x=x, y=y, kind=kind or None, text_anchor=at, font_size=size)


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return element("path", d=f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}", kind=kind)


def box(x: float, y: float, width: float, height: float, kind: str, *inner: str, fill: str | None = None) -> str:
    return element(
        "rect", *inner, x=x, y=y, width=max(width, 0.0), height=max(height, 0.0), kind=kind or None, fill=fill
    )


def dot(x: float, y: float, radius: float, kind: str, *inner: str) -> str:
    return element("circle", *inner, cx=x, cy=y, r=radius, kind=kind)


def path(points: Sequence[Point], closed: bool = False) -> str:
    """The drawing of a line through points, each but the first told from the one before."""
    (x, y), *others = [(round(10 * px), round(10 * py)) for px, py in points]
    steps = [f"M{_tenth(x)} {_tenth(y)}"]
    for nx, ny in others:
        if (nx, ny) != (x, y):
            steps.append(f"l{_tenth(nx - x)} {_tenth(ny - y)}")
        x, y = nx, ny
    return "".join(steps) + ("z" if closed else "")


def _tenth(tenths: int) -> str:
    return number(tenths / 10)


def runs(points: Iterable[Point | None]) -> list[list[Point]]:
    """The stretches of points that follow each other without a gap."""
    found: list[list[Point]] = [[]]
    for point in points:
        if point is None:
            found.append([])
        else:
            found[-1].append(point)
    return [run for run in found if run]


def broken_line(points: Iterable[Point | None], kind: str) -> str:
    """A line with a gap where a point is not known; a lone point is a short dash."""
    drawn = [
        path(run) if len(run) > 1 else path([(run[0][0] - 1.5, run[0][1]), (run[0][0] + 1.5, run[0][1])])
        for run in runs(points)
    ]
    return element("path", d="".join(drawn), kind=kind) if drawn else ""


def mark(x: float, y: float, radius: float, kind: str, *inner: str) -> str:
    """A unit's mark: a diamond for the worse, a circle for others, so that they differ in grey too."""
    if kind != "worse":
        return dot(x, y, radius, f"point {kind}", *inner)
    far = 1.35 * radius
    return element(
        "path", *inner, d=path([(x, y - far), (x + far, y), (x, y + far), (x - far, y)], True), kind="point worse"
    )


def legend(items: Iterable[tuple[str, str]]) -> str:
    """A list of what the signs mean, which stands beside a picture: (a mark 18 wide and 10 high, its words)."""
    lines = [
        element(
            "li", element("svg", sign, viewBox="0 0 18 10", kind="drawing key-mark", aria_hidden="true"), words(told)
        )
        for sign, told in items
    ]
    return element("ul", *lines, kind="chart-key") if lines else ""


def hatching(name: str) -> str:
    """Two patterns, for what is not known and for what is hidden; `name` tells them from others of the page."""
    unknown = element(
        "pattern",
        element("path", d="M0 6L6 0", kind="hatch-line"),
        id=f"{name}-unknown",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
    )
    hidden = element(
        "pattern",
        element("path", d="M0 0L5 5M0 5L5 0", kind="hatch-line"),
        id=f"{name}-hidden",
        width=5,
        height=5,
        patternUnits="userSpaceOnUse",
    )
    return element("defs", unknown, hidden)


def picture(
    width: float, height: float, title: str, says: str, *body: str, kind: str = "", has_links: bool = False
) -> str:
    """The whole picture, named for who cannot see it.

    Args:
        title, says: its name, and what it shows; plain text.
        kind: a further class.
        has_links: whether there are links in it, which a picture of role "img" would hide from a screen reader.
    """
    return element(
        "svg",
        element("title", words(title)),
        element("desc", words(says)),
        *body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="group" if has_links else "img",
        aria_label=title if has_links else None,
        kind=f"drawing {kind}".strip(),
        font_size=SIZE,
    )


def text_width(text: str, size: float = SIZE) -> float:
    """About how wide a text stands, a little more rather than less: the font is not known here."""
    return size * sum(0.36 if c in _NARROW else 0.88 if c in _BROAD else 0.72 if c.isupper() else 0.6 for c in text)


def shortened(text: str, width: float, size: float = SIZE) -> str:
    """A text that stands in a width, its end left out where it must be."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def lines_of(text: str, width: float, size: float = SIZE, at_most: int = 2) -> list[str]:
    """A text in lines of a width, broken between words; what does not find room is left out at the end."""
    found: list[str] = []
    for word in text.split():
        longer = f"{found[-1]} {word}" if found else word
        if found and (text_width(longer, size) <= width or len(found) == at_most):
            found[-1] = longer
        else:
            found.append(word)
    return [shortened(one, width, size) for one in found] or [""]
