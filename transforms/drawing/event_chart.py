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
_TICKS = (
    (0.95, 1.0, 1.05),
    (0.9, 0.95, 1.0, 1.05, 1.1),
    (0.8, 0.9, 1.0, 1.1, 1.25),
    (0.5, 0.7, 1.0, 1.4, 2.0),
    (0.25, 0.5, 1.0, 2.0, 4.0),
    (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0),
)
"""The narrowest that holds all is drawn; beyond the widest an interval reaches out of the picture."""


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


def event_chart(parts: Sequence[EventPart], title: str, language: Language) -> Drawing | None:
    """Draw them; null where none is known.

    Args:
        title: plain text.
    """
    if not any(part.ratio is not None for part in parts):
        return None
    heads = tuple(text(f"pilots.column.{key}", language) for key in ("months", "ratio", "interval", "cases", "p"))
    rows = tuple(
        (part.name, _times(part.ratio, language), _interval(part, language), part.cases, part.p) for part in parts
    )
    said = _sentence(parts, language)
    return Drawing(title=title, sentence=said, picture=_picture(parts, title, said, language), heads=heads, rows=rows)


def _sentence(parts: Sequence[EventPart], language: Language) -> str:
    """In how many parts the interval leaves out 1, before the start and since."""
    before, since = ([part for part in parts if (part.since < 0) == is_before] for is_before in (True, False))
    return text(
        "drawing.event.says",
        language,
        before=len(before),
        apart_before=sum(map(_is_apart, before)),
        since=len(since),
        apart_since=sum(map(_is_apart, since)),
    )


def _is_apart(part: EventPart) -> bool:
    return (part.lower or 0.0) > 1 or (part.upper is not None and part.upper < 1)


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
    ticks = _ticks(parts)
    plane = _EventPlane(math.log(ticks[-1]))
    axis = [
        svg.line(LEFT, plane.y(tick), WIDE - RIGHT, plane.y(tick), "line province" if tick == 1 else "grid")
        + svg.label(LEFT - 6, plane.y(tick) + 4, _times(tick, language), anchor="end", size=svg.SMALL)
        for tick in ticks
    ]
    below = [
        svg.label(x, HIGH - BOTTOM + 16, _signed(part.since), anchor="middle", size=svg.SMALL)
        for x, part in zip(at, parts, strict=True)
    ]
    middle = (LEFT + WIDE - RIGHT) / 2
    return svg.picture(
        WIDE,
        HIGH,
        title,
        said,
        *axis,
        svg.line(start, TOP, start, HIGH - BOTTOM, "line level"),
        *below,
        svg.label(middle, HIGH - 4, text("drawing.event.axis", language), anchor="middle", size=svg.SMALL),
        *(_mark(x, part, plane, language) for x, part in zip(at, parts, strict=True)),
    )


def _signed(since: int) -> str:
    return "0" if since == 0 else f"{since:+d}".replace("-", "−")


def _ticks(parts: Sequence[EventPart]) -> tuple[float, ...]:
    ends = [end for part in parts for end in (part.ratio, part.lower, part.upper) if end]
    far = max(abs(math.log(end)) for end in ends) if ends else 0.0
    return next((ticks for ticks in _TICKS if math.log(ticks[-1]) >= far), _TICKS[-1])


@dataclass(frozen=True, slots=True)
class _EventPlane:
    """Where ratios stand: by their logarithms, as far as `most` either way."""

    most: float

    def y(self, ratio: float) -> float:
        log = math.log(ratio) if ratio > 0 else -self.most
        share = (max(min(log, self.most), -self.most) + self.most) / (2 * self.most)
        return HIGH - BOTTOM - share * (HIGH - BOTTOM - TOP)


def _mark(x: float, part: EventPart, plane: _EventPlane, language: Language) -> str:
    if part.ratio is None:
        return ""
    is_known = part.lower is not None or part.upper is not None
    ends = plane.y(part.lower or 0.0), plane.y(part.upper or math.exp(plane.most))
    whisker = svg.line(x, ends[0], x, ends[1], "line unit") if is_known else ""
    says = f"{part.name}: {_times(part.ratio, language)}; {_interval(part, language)}"
    return whisker + svg.mark(x, plane.y(part.ratio), 3.0, "worse" if _is_apart(part) else "unit", svg.tip(says))
