"""What every picture must hold to, read from its markup as a browser would."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from hypothesis import strategies as st

from transforms.drawing.figures import MonthFigure, Quantity, UnitFigure

SVG = "{http://www.w3.org/2000/svg}"
MARGIN = 8.0
"""A mark may stand out by half its size."""
RATE = Quantity(
    label="Tỷ suất", kind="rate", language="vi", per="trên 1.000", good="down", scale=1000, is_proportion=True
)
SHARE = Quantity(label="Tỷ lệ", kind="share", language="vi", good="up", is_proportion=True)
COUNT = Quantity(label="Số đơn", kind="count", language="en", per="requests")
QUANTITIES = st.sampled_from([RATE, SHARE, COUNT])

_NO_NUMBER = re.compile(r"\b(nan|inf)\b")
VALUES = st.none() | st.floats(-1e9, 1e9) | st.sampled_from([0.0, 1e-12, -0.0, math.nan, math.inf, 5e-324])
# A name that is the word itself would be taken for a number that is none.
NAMES = st.text(max_size=40).filter(lambda name: not _NO_NUMBER.search(name.lower())) | st.sampled_from(
    ["Thành phố Hồng Ngự", "Huyện Hồng Ngự", "Xã <b>Tân & Hộ</b>", "\"'>\x00\x1b", "Phường 1", "]]></svg><script>"]
)


@st.composite
def months(draw: st.DrawFn) -> list[MonthFigure]:
    """Months in order, some left out, some not known or hidden."""
    first, found = draw(st.integers(2015 * 12, 2026 * 12)), []
    for step in draw(st.lists(st.integers(1, 4), max_size=30)):
        first += step
        low, value, high = draw(VALUES), draw(VALUES), draw(VALUES)
        period = f"{first // 12:04}-{first % 12 + 1:02}"
        found.append(MonthFigure(period=period, value=value, lower=low, upper=high, is_hidden=draw(st.booleans())))
    return found


@st.composite
def units(draw: st.DrawFn) -> list[UnitFigure]:
    return [
        UnitFigure(
            code=f"{29869 + at}",
            name=draw(NAMES),
            value=draw(VALUES),
            lower=draw(VALUES),
            upper=draw(VALUES),
            denominator=draw(st.none() | st.floats(0, 1e7)),
            is_hidden=draw(st.booleans()),
            href=draw(st.none() | st.just(f'/unit/{at}?a=1&b="2"')),
        )
        for at in range(draw(st.integers(0, 15)))
    ]


def parsed(markup: str) -> ET.Element:
    """The markup as a tree; an error where it is not well formed."""
    return ET.fromstring(f"<div>{markup}</div>")


def check(markup: str) -> ET.Element:
    """A picture is well formed, safe, named, and stands within its frame."""
    root = parsed(markup)
    for one in root.iter():
        assert one.tag.removeprefix(SVG) not in ("script", "style", "foreignObject")
        assert not {"style", "onload", "onclick"} & set(one.attrib)
    for picture in root.iter(f"{SVG}svg"):
        assert picture.get("role") in ("img", "group")
        assert picture[0].tag == f"{SVG}title"
        assert picture[1].tag == f"{SVG}desc"
        _, _, width, height = (float(part) for part in picture.get("viewBox", "").split())
        for x, y in places(picture):
            assert -MARGIN <= x <= width + MARGIN, (x, width)
            assert -MARGIN <= y <= height + MARGIN, (y, height)
    assert not _NO_NUMBER.search(markup.lower().split("<desc>")[0])
    return root


def places(picture: ET.Element) -> Iterator[tuple[float, float]]:
    """Every point that is drawn, of what stands outside patterns."""
    for one in picture.iter():
        match one.tag.removeprefix(SVG):
            case "circle":
                yield float(one.attrib["cx"]), float(one.attrib["cy"])
            case "text":
                yield float(one.attrib["x"]), float(one.attrib["y"])
            case "rect":
                x, y = float(one.attrib["x"]), float(one.attrib["y"])
                yield x, y
                yield x + float(one.attrib["width"]), y + float(one.attrib["height"])
            case "path":
                yield from _points(one.attrib["d"])


def _points(drawn: str) -> Iterator[tuple[float, float]]:
    x = y = 0.0
    for letter, right, down in re.findall(r"([MlL])(-?[\d.]+) (-?[\d.]+)", drawn):
        x, y = (x + float(right), y + float(down)) if letter == "l" else (float(right), float(down))
        yield x, y


def texts(root: ET.Element) -> list[str]:
    return [one.text or "" for one in root.iter(f"{SVG}text")]


def kinds(root: ET.Element, kind: str) -> list[ET.Element]:
    """The elements of a class."""
    return [one for one in root.iter() if f"d-{kind}" in one.get("class", "").split()]
