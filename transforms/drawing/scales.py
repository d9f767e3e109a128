"""From values to places in a picture: scales with round ticks, axes, and labels that keep clear of each other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from expectations.contract.periods import Period
from expectations.language import numbers
from expectations.language.catalogue import Language
from transforms.drawing import svg

ROUND_STEPS = (1.0, 2.0, 5.0, 10.0)
NEAR_ZERO = 0.4
"""A scale begins at zero where the lowest value is a smaller part than this of the highest."""
NOTHING = 1e-12
"""No figure of ours is so near zero and not zero."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight scale: `low` stands at `start`, `high` at `end`; ticks are round numbers from low to high."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """The place of a value; one off the scale stands at its end."""
        part = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    @property
    def step(self) -> float:
        return self.ticks[1] - self.ticks[0] if len(self.ticks) > 1 else self.high - self.low


def scale(
    values: Iterable[float | None],
    start: float,
    end: float,
    wanted: int = 4,
    whole: bool = False,
    from_zero: bool = False,
) -> Scale:
    """A scale on which all values stand, its ends ticks.

    Args:
        values: those that are null or infinite are passed over.
        wanted: about how many steps there should be.
        whole: ticks are whole numbers, as counts want.
        from_zero: zero is on it; else only where the values come near it.
    """
    known = [value for value in values if value is not None and math.isfinite(value)] or [0.0]
    low, high = (0.0 if abs(end) < NOTHING else end for end in (min(known), max(known)))
    if from_zero or 0 <= low < NEAR_ZERO * high or NEAR_ZERO * low < high <= 0:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        low, high = (0.0, 1.0) if high == 0 else (min(0.0, 2 * low), max(0.0, 2 * high))
    step = round_step((high - low) / wanted)
    if whole:
        step = max(step, 1.0)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    last = max(last, first + 1)
    return Scale(first * step, last * step, start, end, tuple(at * step for at in range(first, last + 1)))


def round_step(rough: float) -> float:
    """The nearest of 1, 2, 5 and their tenfolds that is no smaller, or hardly."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(one for one in ROUND_STEPS if one * power >= rough * 0.999) * power


def upright_axis(
    of: Scale, left: float, right: float, written: Callable[[float, float], str], counted_in: str = ""
) -> str:
    """Lines across the picture at each tick, its number at their left; above them what is counted."""
    head = svg.label(0, of.end - 12, counted_in, "quiet", size=svg.SMALL) if counted_in else ""
    return head + "".join(
        svg.line(left, of.at(tick), right, of.at(tick), "zero" if tick == 0 else "grid")
        + svg.label(left - 6, of.at(tick) + 4, written(tick, of.step), "tick", "end")
        for tick in of.ticks
    )


def level_axis(of: Scale, top: float, bottom: float, written: Callable[[float, float], str]) -> str:
    """Lines down the picture at each tick, its number below; numbers that would touch are left out."""
    drawn, free = [], -math.inf
    for tick in of.ticks:
        x, told = of.at(tick), written(tick, of.step)
        half = svg.text_width(told) / 2
        drawn.append(svg.line(x, top, x, bottom, "zero" if tick == 0 else "grid"))
        if x - half > free:
            drawn.append(svg.label(x, bottom + 15, told, "tick", "middle"))
            free = x + half + 6
    return "".join(drawn)


def widest(of: Scale, written: Callable[[float, float], str]) -> float:
    """How much room the numbers of an axis need."""
    return max(svg.text_width(written(tick, of.step)) for tick in of.ticks)


def month_axis(
    first: int, last: int, at: Callable[[float], float], bottom: float, right: float, language: Language
) -> str:
    """Months below a picture, by their numbers: as many as find room, the years' firsts rather than others."""
    room = svg.text_width("00/0000" if language == "vi" else "September 0000") + 10
    width = (at(last) - at(first)) / max(last - first, 1)
    steps = (1, 2, 3, 6, *range(12, last - first + 24, 12))
    step = next((one for one in steps if one * width >= room), 12)
    months = [month for month in range(first, last + 1) if month % step == 0] or [first]
    drawn = []
    for month in months:
        x, told = at(month), numbers.period(str(Period.month_numbered(month)), language)
        half = svg.text_width(told) / 2
        drawn.append(svg.line(x, bottom, x, bottom + 4, "axis"))
        drawn.append(svg.label(max(min(x, right - half), half), bottom + 17, told, "tick", "middle"))
    return "".join(drawn)


@lru_cache(maxsize=4096)
def month_number(period: str) -> int:
    """The number of a month `YYYY-MM`, or of a half-year's first, counted from the year 0."""
    return Period.parse(period).number


def clear_place(x: float, y: float, width: float, height: float, taken: Sequence[Box], within: Box) -> Box | None:
    """Where a label may stand near a point without touching anything; null where it finds no room."""
    for far in (5.0, 14.0, 26.0, 40.0):
        for right, down in ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1)):
            left = x + right * far - (width if right < 0 else width / 2 if right == 0 else 0)
            top = y + down * (far + height / 2) - height / 2
            place = (left, top, left + width, top + height)
            if _holds(within, place) and not any(overlap(place, other) for other in taken):
                return place
    return None


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _holds(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]
