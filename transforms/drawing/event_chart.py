"""A pilot's effect before and after its start: a ratio with its interval every few months, about the line of none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from expectations.language import numbers
from expectations.language.catalogue import Language, text
from transforms.drawing import svg
from transforms.drawing.figures import Drawing

WIDE, HIGH, LEFT, RIGHT, TOP, BOTTOM = 400.0, 210.0, 44.0, 12.0, 12.0, 34.0
_TICKS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)
_MOST = math.log(10.0)
"""An interval reaches out of the picture beyond ten times as much or a tenth."""


@dataclass(frozen=True, slots=True)
class EventPart:
    """Some months before or after a start.

    Attributes:
        since: months since the start at which they begin, below 0 before it.
        name: in words.
        ratio, lower, upper: of what was counted to what was expected; null where not known.
        cases, p: in words, for the table.
    """

    since: int
    name: str
    ratio: float | None
    lower: float | None
    upper: float | None
    cases: str
    p: str


def event_chart(parts: Sequence[EventPart], title: str, said: str, language: Language) -> Drawing | None:
    """Draw them; null where none is known.

    Args:
        title: plain text; said: the sentence.
    """
    if not any(part.ratio is not None for part in parts):
        return None
    heads = tuple(text(f"pilots.column.{key}", language) for key in ("months", "ratio", "interval", "cases", "p"))
    rows = tuple(
        (part.name, _times(part.ratio, language), _interval(part, language), part.cases, part.p) for part in parts
    )
    return Drawing(title=title, sentence=said, picture=_picture(parts, title, said, language), heads=heads, rows=rows)


def _times(value: float | None, language: Language) -> str:
    return numbers.UNKNOWN if value is None else numbers.decimal(round(value, 2), language)


def _interval(part: EventPart, language: Language) -> str:
    if part.lower is None and part.upper is None:
        return numbers.UNKNOWN
    return numbers.between(_times(part.lower, language), _times(part.upper, language))


def _picture(parts: Sequence[EventPart], title: str, said: str, language: Language) -> str:
    step = (WIDE - LEFT - RIGHT) / len(parts)
    at = [LEFT + step * (place + 0.5) for place in range(len(parts))]
    start = LEFT + step * sum(part.since < 0 for part in parts)
    axis = [
        svg.line(LEFT, _y(tick), WIDE - RIGHT, _y(tick), "line province" if tick == 1 else "grid")
        + svg.label(LEFT - 6, _y(tick) + 4, _times(tick, language), anchor="end", size=svg.SMALL)
        for tick in _TICKS
    ]
    below = [
        svg.label(x, HIGH - BOTTOM + 16, f"{part.since:+d}".replace("-", "−"), anchor="middle", size=svg.SMALL)
        for x, part in zip(at, parts, strict=True)
    ]
    return svg.picture(
        WIDE,
        HIGH,
        title,
        said,
        *axis,
        svg.line(start, TOP, start, HIGH - BOTTOM, "line level"),
        *below,
        svg.label(
            (LEFT + WIDE - RIGHT) / 2, HIGH - 4, text("drawing.event.axis", language), anchor="middle", size=svg.SMALL
        ),
        *(_mark(x, part, language) for x, part in zip(at, parts, strict=True)),
    )


def _y(ratio: float) -> float:
    share = (max(min(math.log(ratio), _MOST), -_MOST) + _MOST) / (2 * _MOST)
    return HIGH - BOTTOM - share * (HIGH - BOTTOM - TOP)


def _mark(x: float, part: EventPart, language: Language) -> str:
    if part.ratio is None:
        return ""
    low, high = part.lower or math.exp(-_MOST), part.upper or math.exp(_MOST)
    is_known = part.lower is not None or part.upper is not None
    whisker = svg.line(x, _y(low), x, _y(high), "line unit") if is_known else ""
    says = f"{part.name}: {_times(part.ratio, language)}; {_interval(part, language)}"
    kind = "unit" if not is_known or low <= 1 <= high else "worse"
    return whisker + svg.mark(x, _y(max(part.ratio, 0.01)), 3.0, kind, svg.tip(says))
