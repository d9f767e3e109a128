"""Units by how large they are and what their value is, with the limits that chance alone explains."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from expectations.language import numbers
from expectations.language.catalogue import text
from transforms.drawing import svg
from transforms.drawing.control_limits import INNER, OUTER, beyond_chance, control_limits
from transforms.drawing.figures import Drawing, Quantity, UnitFigure, finite, sentences, short_names, shown, told
from transforms.drawing.scales import Box, Scale, clear_place, level_axis, scale, upright_axis, widest

WIDE, HIGH = 400.0, 270.0
CURVE = 120
"""Points of a limit's curve."""
TOO_MANY = 0.2
"""With a larger part of the units beyond the outer limits, they differ by more than chance and size: what is to be said
of a unit then is how it differs, not that it is out of control."""


def funnel_plot(quantity: Quantity, units: Sequence[UnitFigure], province: float | None, size: str) -> Drawing:
    """Draw the units' values against their denominators.

    Args:
        quantity: a rate or share (`is_proportion`).
        units: with value and denominator; those without stand in the table only.
        province: the province's value, the middle of the funnel.
        size: what the denominator is, for the axis.

    Raises:
        ValueError: the quantity is no proportion: chance cannot be told for it.
    """
    if not quantity.is_proportion:
        raise ValueError(f"'{quantity.label}' is no count out of a denominator: it has no limits of chance")
    language, province = quantity.language, finite(province)
    steps = beyond_chance(list(units), province, quantity)
    placed = [(one, step) for one, step in zip(units, steps, strict=True) if step is not None]
    title = text("drawing.funnel.title", language, what=quantity.label)
    sentence = _sentence([step for _, step in placed], len(units) - len(placed), quantity, province)
    words = {step: text(f"drawing.beyond.{key}", language) for step, key in BEYOND.items()}
    rows = sorted(zip(units, steps, strict=True), key=lambda row: (row[1] is None, -(row[1] or 0), row[0].code))
    return Drawing(
        title=title,
        sentence=sentence,
        picture=_picture(quantity, placed, province, size, title, sentence),
        heads=(text("drawing.unit", language), quantity.heading, size, text("drawing.funnel.where", language)),
        rows=tuple(
            (
                one.name,
                told(one, quantity),
                numbers.UNKNOWN if one.denominator is None else numbers.count(round(one.denominator), language),
                words[step],
            )
            for one, step in rows
        ),
    )


BEYOND: dict[int | None, str] = {2: "far_above", 1: "above", 0: "within", -1: "below", -2: "far_below", None: "unknown"}
"""How far from the province beyond chance, as the catalogue names it."""


def _sentence(steps: list[int], unknown: int, quantity: Quantity, province: float | None) -> str:
    language = quantity.language
    if not steps:
        return text("drawing.nothing", language)
    outer = [step for step in steps if abs(step) == 2]
    return sentences(
        text("drawing.province", language, value=quantity.with_unit(province)),
        text(
            "drawing.funnel.outside",
            language,
            units=len(steps),
            above=outer.count(2),
            below=outer.count(-2),
            by_chance=numbers.decimal(round(len(steps) * (1 - OUTER), 1), language),
        ),
        text("drawing.funnel.too_many", language) if len(outer) > max(1, TOO_MANY * len(steps)) else "",
        text("drawing.units.unknown", language, units=unknown) if unknown else "",
    )


def _picture(
    quantity: Quantity,
    placed: list[tuple[UnitFigure, int]],
    province: float | None,
    size: str,
    title: str,
    sentence: str,
) -> str:
    if not placed or province is None:
        return svg.picture(WIDE, 30, title, sentence, svg.label(0, 20, text("drawing.nothing", quantity.language)))
    top = 24.0 if quantity.per else 10.0
    bottom = top + HIGH - 54
    sizes, values = [one.denominator or 0.0 for one, _ in placed], [shown(one) for one, _ in placed]
    far = [bound for confidence in (INNER,) for bound in _limits(min(sizes), province, quantity, confidence)]
    upright = scale([*values, province, *far], bottom, top, wanted=5)
    left = widest(upright, quantity.tick) + 8
    across = scale(sizes, left, WIDE - 14, from_zero=True, whole=True)
    dots = "".join(_dot(one, step, across, upright, quantity) for one, step in placed)
    marks = [(across.at(one.denominator or 0), upright.at(shown(one) or 0)) for one, _ in placed]
    return svg.legend(_keys(quantity)) + svg.picture(
        WIDE,
        bottom + 40,
        title,
        sentence,
        upright_axis(upright, left, WIDE - 14, quantity.tick, quantity.per),
        level_axis(across, bottom, bottom, lambda value, _: numbers.count(round(value), quantity.language)),
        svg.label((left + WIDE - 14) / 2, bottom + 33, size, "tick", "middle", 11),
        _curves(across, upright, province, quantity, min(sizes)),
        svg.line(left, upright.at(province), WIDE - 14, upright.at(province), "line province"),
        dots,
        _names(placed, marks, (left, top - 8, WIDE, bottom)),
        has_links=any(one.href for one, _ in placed),
    )


def _limits(size: float, province: float, quantity: Quantity, confidence: float) -> tuple[float, float]:
    low, high = control_limits([size], province, quantity.kind == "share", confidence, quantity.scale)
    return float(low[0]), float(high[0])


def _curves(across: Scale, upright: Scale, province: float, quantity: Quantity, smallest: float) -> str:
    """The limits, from half the smallest unit's size on; what lies off the scale is left out."""
    sizes = np.geomspace(max(smallest / 2, across.high / 2000, 1e-9), across.high, CURVE)
    drawn = []
    for confidence, kind in ((INNER, "limit inner"), (OUTER, "limit outer")):
        for bound in control_limits(sizes, province, quantity.kind == "share", confidence, quantity.scale):
            points = [
                (across.at(float(n)), upright.at(float(value))) if upright.low <= value <= upright.high else None
                for n, value in zip(sizes, bound, strict=True)
            ]
            drawn.append(svg.broken_line(points, kind))
    return "".join(drawn)


def _dot(one: UnitFigure, step: int, across: Scale, upright: Scale, quantity: Quantity) -> str:
    side = "above" if step > 0 else "below"
    kind = "within" if step == 0 else f"{side} far" if abs(step) == 2 else side
    says = svg.tip(f"{one.name}: {told(one, quantity)}")
    drawn = svg.dot(across.at(one.denominator or 0), upright.at(shown(one) or 0), 4, f"point {kind}", says)
    return svg.element("a", drawn, href=one.href) if one.href else drawn


def _names(placed: list[tuple[UnitFigure, int]], marks: list[svg.Point], within: Box) -> str:
    """The names of the units beyond the outer limits, the farthest first, where they find room."""
    short = short_names(one for one, _ in placed)
    taken: list[Box] = [(x - 4, y - 4, x + 4, y + 4) for x, y in marks]
    drawn = []
    middle = (within[1] + within[3]) / 2
    for (one, step), (x, y) in sorted(zip(placed, marks, strict=True), key=lambda row: -abs(row[1][1] - middle)):
        if abs(step) < 2:
            continue
        place = clear_place(x, y, svg.text_width(short[one.code], svg.SMALL), 12, taken, within)
        if place:
            taken.append(place)
            drawn.append(svg.label(place[0], place[3] - 3, short[one.code], "name halo", size=svg.SMALL))
            if not place[0] - 7 <= x <= place[2] + 7 or not place[1] - 7 <= y <= place[3] + 7:
                end = (min(max(x, place[0]), place[2]), min(max(y, place[1]), place[3]))
                drawn.append(svg.line(x, y, *end, "leader"))
    return "".join(drawn)


def _keys(quantity: Quantity) -> list[tuple[str, str]]:
    language = quantity.language
    return [
        (svg.line(0, 5, 18, 5, "line province"), text("drawing.key.province", language)),
        (svg.line(0, 5, 18, 5, "limit inner"), text("drawing.key.inner", language)),
        (svg.line(0, 5, 18, 5, "limit outer"), text("drawing.key.outer", language)),
        (svg.dot(9, 5, 4, "point above far"), text("drawing.beyond.far_above", language)),
        (svg.dot(9, 5, 4, "point below far"), text("drawing.beyond.far_below", language)),
    ]
