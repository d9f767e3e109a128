"""The province's units in shades: by value, or by how far from the province beyond chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from expectations.language import numbers
from expectations.language.catalogue import text
from transforms.drawing import svg
from transforms.drawing.boundaries import Outline
from transforms.drawing.control_limits import beyond_chance
from transforms.drawing.figures import Drawing, Quantity, UnitFigure, finite, one_known, sentences, short_names, told
from transforms.drawing.funnel_plot import BEYOND
from transforms.drawing.scales import Box, overlap

By = Literal["value", "chance"]

WIDE, TALLEST = 400.0, 420.0
CLASSES = 5
LARGEST_TILE = 72.0
MAP_LABEL, LEAST_LABEL, LABEL = 6.5, 7.5, 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shade:
    """A unit's shade: its class name, or the pattern that fills it; and what is told of it."""

    kind: str
    pattern: str | None
    says: str
    mark: str = ""


def unit_map(
    quantity: Quantity,
    units: Sequence[UnitFigure],
    outlines: Mapping[str, Outline],
    province: float | None = None,
    by: By = "value",
    name: str = "map",
    is_tiled: bool = False,
) -> Drawing:
    """Draw a map of units.

    By value the shades are five classes with as many units in each (quantiles, equals kept together): the counts of
    units are very uneven, so that with equal steps one unit would take all shades but one, and natural breaks would
    move from month to month. By chance they are the funnel plot's: within the limits, beyond 95 % and beyond 99.8 %.

    Args:
        quantity: what is drawn.
        units: with their figures; those without an outline stand in the table only.
        outlines: by code, of boundaries (`read_boundaries`) or tiles (`tile_outlines`).
        province: the province's value; without it nothing can be told by chance.
        by: what the shades say; "chance" for a quantity that is a proportion.
        name: tells this picture's patterns from others of the page.
        is_tiled: whether the outlines are tiles: each then has its name written in it.
    """
    language, province = quantity.language, finite(province)
    shades, keys = _by_chance(quantity, units, province, name) if by == "chance" else _by_value(quantity, units, name)
    title = text("drawing.map.title" if by == "value" else "drawing.map.title_chance", language, what=quantity.label)
    sentence = _sentence(quantity, units, province, by)
    return Drawing(
        title=title,
        sentence=sentence,
        picture=_picture(title, sentence, quantity, units, outlines, shades, keys, name, is_tiled),
        heads=(text("drawing.unit", language), quantity.heading, text("drawing.map.class", language)),
        rows=tuple(
            (one.name, told(one, quantity), shades[one.code].says) for one in sorted(units, key=lambda u: u.code)
        ),
    )


def value_breaks(values: Sequence[float], classes: int = CLASSES) -> list[float]:
    """The upper ends of classes with about as many values in each, the last end the highest value.

    Equal values stand in one class; where there are fewer distinct values than classes, each is its own.
    """
    distinct = np.unique(np.asarray(values, dtype=float))
    if len(distinct) <= classes:
        return [float(one) for one in distinct]
    ends = np.quantile(values, np.arange(1, classes + 1) / classes, method="inverted_cdf")
    return [float(one) for one in np.unique(ends)]


def _by_value(
    quantity: Quantity, units: Sequence[UnitFigure], name: str
) -> tuple[dict[str, _Shade], list[tuple[str, str]]]:
    known = sorted(value for one in units if (value := one.shown) is not None)
    ends = value_breaks(known) if known else []
    # With few classes the shades are taken from both ends, so that they can be told apart.
    tints = [1 + round(at * (CLASSES - 1) / max(len(ends) - 1, 1)) for at in range(len(ends))] or [1]
    places = [int(np.searchsorted(ends, one.shown)) if one.shown is not None else None for one in units]
    says = {}
    for at in range(len(ends)):
        inside = [value for value in known if int(np.searchsorted(ends, value)) == at]
        low, high = quantity.says(inside[0]), quantity.says(inside[-1])
        says[at] = low if low == high else numbers.between(low, high)
    shades = {
        one.code: _untold(one, quantity, name)
        if place is None
        else _Shade(kind=f"tint-{tints[place]}", pattern=None, says=says[place])
        for one, place in zip(units, places, strict=True)
    }
    keys = [(svg.box(0, 0, 18, 10, f"area tint-{tints[at]}"), f"{says[at]} ({places.count(at)})") for at in says]
    return shades, keys + _untold_keys(units, quantity, name)


_MARKS = {2: "▲", 1: "△", -1: "▽", -2: "▼"}
_SIDES = {2: "side-high-2", 1: "side-high-1", 0: "side-0", -1: "side-low-1", -2: "side-low-2"}


def _by_chance(
    quantity: Quantity, units: Sequence[UnitFigure], province: float | None, name: str
) -> tuple[dict[str, _Shade], list[tuple[str, str]]]:
    language = quantity.language
    steps = beyond_chance(list(units), province, quantity)
    words = {step: text(f"drawing.beyond.{key}", language) for step, key in BEYOND.items()}
    shades = {
        one.code: _untold(one, quantity, name)
        if step is None
        else _Shade(kind=_SIDES[step], pattern=None, says=words[step], mark=_MARKS.get(step, ""))
        for one, step in zip(units, steps, strict=True)
    }
    keys = [
        (
            svg.box(0, 0, 18, 10, f"area {kind}") + svg.label(9, 9, _MARKS.get(step, ""), f"on-{kind}", "middle", 9),
            f"{words[step]} ({steps.count(step)})",
        )
        for step, kind in _SIDES.items()
    ]
    return shades, keys + _untold_keys(
        units, quantity, name, [one for one, step in zip(units, steps, strict=True) if step is None]
    )


def _untold(one: UnitFigure, quantity: Quantity, name: str) -> _Shade:
    key = "hidden" if one.is_hidden else "unknown"
    return _Shade(kind="hatched", pattern=f"url(#{name}-{key})", says=_untold_words(quantity, one.is_hidden))


def _untold_words(quantity: Quantity, is_hidden: bool) -> str:
    if is_hidden:
        return text("drawing.hidden", quantity.language)
    return text("drawing.unknown", quantity.language)


def _untold_keys(
    units: Sequence[UnitFigure], quantity: Quantity, name: str, without: Sequence[UnitFigure] | None = None
) -> list[tuple[str, str]]:
    untold = [one for one in units if one.shown is None] if without is None else without
    return [
        (
            svg.box(0, 0, 18, 10, "hatched", fill=f"url(#{name}-{'hidden' if is_hidden else 'unknown'})"),
            f"{_untold_words(quantity, is_hidden)} ({count})",
        )
        for is_hidden in (False, True)
        if (count := sum(one.is_hidden == is_hidden for one in untold))
    ]


def _sentence(quantity: Quantity, units: Sequence[UnitFigure], province: float | None, by: By) -> str:
    language = quantity.language
    known = sorted((one for one in units if one.shown is not None), key=lambda one: (one.shown or 0.0, one.code))
    if not known:
        return text("drawing.nothing", language)
    whole = text("drawing.province", language, value=quantity.with_unit(province)) if province is not None else ""
    missing = len(units) - len(known)
    unknown = text("drawing.units.unknown", language, units=missing) if missing else ""
    if by == "chance":
        steps = beyond_chance(list(units), province, quantity)
        high, low = sum((step or 0) > 0 for step in steps), sum((step or 0) < 0 for step in steps)
        return sentences(whole, text("drawing.map.sides", language, above=high, below=low), unknown)
    ends = text(
        "drawing.ranked.ends",
        language,
        high=known[-1].name,
        most=quantity.says(known[-1].shown),
        low=known[0].name,
        least=quantity.says(known[0].shown),
    )
    return sentences(ends if len(known) > 1 else one_known(known[0], quantity), whole, unknown)


@dataclass(frozen=True, slots=True)
class _Fit:
    """From an outline's kilometres, or tiles, to the picture."""

    west: float
    north: float
    factor: float
    left: float
    top: float

    def at(self, point: tuple[float, float]) -> svg.Point:
        return self.left + (point[0] - self.west) * self.factor, self.top + (point[1] - self.north) * self.factor


def _picture(
    title: str,
    sentence: str,
    quantity: Quantity,
    units: Sequence[UnitFigure],
    outlines: Mapping[str, Outline],
    shades: Mapping[str, _Shade],
    keys: list[tuple[str, str]],
    name: str,
    is_tiled: bool,
) -> str:
    drawn = [one for one in units if one.code in outlines]
    if not drawn:
        return svg.picture(WIDE, 30, title, sentence, svg.label(0, 20, text("drawing.nothing", quantity.language)))
    points = np.array([point for one in drawn for ring in outlines[one.code].rings for point in ring])
    (west, north), (width, height) = points.min(axis=0), np.ptp(points, axis=0)
    factor = min((WIDE - 4) / max(width, 1e-9), TALLEST / max(height, 1e-9), LARGEST_TILE if is_tiled else np.inf)
    fit = _Fit(float(west), float(north), float(factor), (WIDE - float(width * factor)) / 2, 2.0)
    areas = [_area(one, outlines[one.code], shades[one.code], fit, quantity) for one in drawn]
    named = _tile_names(drawn, outlines, shades, fit, quantity) if is_tiled else _names(drawn, outlines, shades, fit)
    body = (svg.hatching(name), *areas, named)
    tall = fit.top + float(height * factor) + 4
    kind = "tiles" if is_tiled else "map"
    return svg.legend(keys) + svg.picture(
        WIDE, tall, title, sentence, *body, kind=kind, has_links=any(one.href for one in drawn)
    )


def _area(one: UnitFigure, outline: Outline, shade: _Shade, fit: _Fit, quantity: Quantity) -> str:
    rings = "".join(svg.path([fit.at(point) for point in ring[:-1]], closed=True) for ring in outline.rings)
    says = f"{one.name}: {told(one, quantity)}" + (f". {shade.says}" if shade.mark else "")
    drawn = svg.element(
        "path", svg.tip(says), d=rings, kind=f"area {shade.kind}", fill=shade.pattern, fill_rule="evenodd"
    )
    return svg.element("a", drawn, href=one.href, aria_label=says) if one.href else drawn


def _names(drawn: list[UnitFigure], outlines: Mapping[str, Outline], shades: Mapping[str, _Shade], fit: _Fit) -> str:
    """The names that find room in their units, and the marks of those beyond chance; the largest first."""
    taken: list[Box] = []
    found = []
    short = short_names(drawn)
    room = {one.code: _room(outlines[one.code], fit) for one in drawn}
    for one in sorted(drawn, key=lambda unit: (-room[unit.code], unit.code)):
        shade, (x, y) = shades[one.code], fit.at(outlines[one.code].middle)
        told_name = f"{shade.mark} {short[one.code]}".strip()
        for words in (told_name, shade.mark):
            width = svg.text_width(words, MAP_LABEL)
            place = (x - width / 2, y - 4.0, x + width / 2, y + 4.0)
            if words and width <= room[one.code] and not any(overlap(place, other) for other in taken):
                taken.append(place)
                found.append(svg.label(x, y + 2.5, words, f"on-{shade.kind}", "middle", MAP_LABEL))
                break
    return "".join(found)


def _room(outline: Outline, fit: _Fit) -> float:
    """About how wide a text may stand across an outline's middle: between its borders at that height."""
    x, y = outline.middle
    crossings = []
    for ring in outline.rings:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > y) != (y2 > y):
                crossings.append(x1 + (y - y1) * (x2 - x1) / (y2 - y1) - x)
    left = max((at for at in crossings if at < 0), default=0.0)
    right = min((at for at in crossings if at > 0), default=0.0)
    return 2 * min(-left, right) * fit.factor


def _tile_names(
    drawn: list[UnitFigure],
    outlines: Mapping[str, Outline],
    shades: Mapping[str, _Shade],
    fit: _Fit,
    quantity: Quantity,
) -> str:
    """Each tile's name in up to three lines, and its value below where there is room."""
    short = short_names(drawn)
    size = min(max(fit.factor / 5.4, LEAST_LABEL), LABEL)
    found = []
    for one in drawn:
        shade, (x, y) = shades[one.code], fit.at(outlines[one.code].middle)
        value = quantity.says(one.shown) if one.shown is not None else ""
        parts = svg.lines_of(short[one.code], 0.94 * fit.factor, size, at_most=3)
        tail = f"{shade.mark} {value}".strip()
        if tail and (len(parts) + 1) * (size + 1) > fit.factor:
            tail = ""
            parts = svg.lines_of(f"{shade.mark} {short[one.code]}".strip(), 0.94 * fit.factor, size, at_most=3)
        told_lines = [(part, "") for part in parts] + ([(tail, " value")] if tail else [])
        first = y - (len(told_lines) - 1) * (size + 1) / 2 + size * 0.35
        found += [
            svg.label(x, first + at * (size + 1), part, f"on-{shade.kind}{kind}", "middle", size)
            for at, (part, kind) in enumerate(told_lines)
        ]
    return "".join(found)
