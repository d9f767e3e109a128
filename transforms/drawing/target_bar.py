"""A share against the level it should reach, as a bar with a mark; the sentence beside it says the same."""

from __future__ import annotations

from transforms.drawing import svg

WIDE, HIGH = 320.0, 26.0
_TOP, _BAR = 2.0, 10.0


def target_bar(share: float, wanted: float, level: str) -> str:
    """The picture, which says nothing that is not said in words, so that no reader of screens is told of it.

    Args:
        share, wanted: 0 to 1.
        level: the wanted share in words, under its mark.
    """
    at = wanted * WIDE
    half = svg.text_width(level, svg.SMALL) / 2
    return svg.element(
        "svg",
        svg.box(0, _TOP, WIDE, _BAR, "spread"),
        svg.box(0, _TOP, min(max(share, 0.0), 1.0) * WIDE, _BAR, "bar-count"),
        svg.line(at, 0, at, _TOP + _BAR + 2, "median"),
        svg.label(min(max(at, half), WIDE - half), HIGH - 1, level, "tick", anchor="middle", size=svg.SMALL),
        kind="drawing",
        viewBox=f"0 0 {WIDE:g} {HIGH:g}",
        aria_hidden="true",
    )
