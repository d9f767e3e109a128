"""The bar of a target: its mark stands at the level, its words within the picture, and screen readers pass it over."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from transforms.drawing.target_bar import WIDE, target_bar

SHARE = st.floats(0, 1)


@given(SHARE, SHARE)
def test_the_bar_is_as_long_as_the_share_and_the_mark_stands_at_the_level(share: float, wanted: float) -> None:
    tree = ElementTree.fromstring(target_bar(share, wanted, "95%"))
    background, bar = tree.findall("rect")
    (mark,) = tree.findall("path")
    (label,) = tree.findall("text")
    assert float(background.attrib["width"]) == WIDE
    assert abs(float(bar.attrib["width"]) - share * WIDE) <= 0.05
    assert abs(float(re.findall(r"[\d.]+", mark.attrib["d"])[0]) - wanted * WIDE) <= 0.05
    assert 0 < float(label.attrib["x"]) < WIDE
    assert tree.attrib["aria-hidden"] == "true"


def test_it_holds_neither_styles_nor_scripts() -> None:
    assert not re.search(r"style|script|on\w+=", target_bar(0.9, 0.95, "<b>95%</b>"))
    assert "&lt;b&gt;" in target_bar(0.9, 0.95, "<b>95%</b>")
