"""A series as a small line, alone or one for each unit, on a common scale or on scales of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from expectations.language import numbers
from expectations.language.catalogue import text
from transforms.drawing import svg
from transforms.drawing.figures import Drawing, MonthFigure, Quantity, against, sentences, short_names, shown, told
from transforms.drawing.scales import Scale, month_number, scale

WIDE, HIGH = 130.0, 84.0
TOP, BOTTOM, LEFT, RIGHT = 22.0, 72.0, 4.0, 126.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMonths:
    """A unit and its months in order; `href` is where its page is."""

    code: str
    name: str
    months: Sequence[MonthFigure]
    href: str | None = None


def sparkline(months: Sequence[MonthFigure], title: str, says: str) -> str:
    """A series without axes, on a scale of its own, its last value a dot; for a line of a table.

    Args:
        months: in order; not known or hidden: a gap.
        title, says: for who cannot see it.

    Returns:
        an SVG; empty where fewer than two months are known.
    """
    known = [value for one in months if (value := shown(one)) is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    upright = Scale(low, high, 24, 4, ()) if low < high else scale(known, 24, 4)
    points = _points(months, upright, 4, 114)
    end = next(point for point in reversed(points) if point)
    drawn = svg.broken_line(points, "line unit") + svg.dot(*end, 2.4, "point unit")
    return svg.picture(120, 28, title, says, drawn, kind="spark-line")


def small_multiples(
    quantity: Quantity,
    units: Sequence[UnitMonths],
    province: Sequence[MonthFigure] = (),
    period: str = "",
    *,
    has_own_scales: bool = False,
) -> Drawing:
    """Each unit's months in a picture of its own, all on one scale, the province's line in each.

    Counts grow with their unit: on a scale with the largest the smallest would be a flat line. With scales of their
    own each unit's course is seen and its scale written below; heights are then not to be held against each other.

    Args:
        quantity: what is drawn.
        units: in the order in which they stand.
        province: the province's months; empty for none.
        period: the month whose values are written and told in the table; the last of any unit unless given.
        has_own_scales: whether each picture has a scale of its own.

    Returns:
        its picture is a list of pictures, so that the page puts as many in a row as find room.
    """
    language = quantity.language
    every = [one for unit in units for one in unit.months] + list(province)
    last = period or max((one.period for one in every), default="")
    upright = scale([shown(one) for one in every], BOTTOM, TOP + 6, wanted=5)
    begun = [one.period for one in every if shown(one) is not None] or [last]
    span = (min(map(month_number, begun)), month_number(last)) if every else (0, 1)
    here = {unit.code: _in_month(unit.months, last) for unit in units}
    reference = shown(_in_month(province, last))
    names = short_names(units)
    common = None if has_own_scales else upright
    cells = [_cell(unit, names[unit.code], here[unit.code], province, common, span, quantity) for unit in units]
    sides = [against(one, reference) for one in here.values()]
    title = text("drawing.multiples.title", language, what=quantity.label)
    sentence = sentences(
        text("drawing.multiples.own", language, units=len(units))
        if has_own_scales
        else text(
            "drawing.multiples.scale",
            language,
            units=len(units),
            low=quantity.tick(upright.low, upright.step),
            high=f"{quantity.tick(upright.high, upright.step)} {quantity.per}".strip(),
        ),
        text("drawing.multiples.sides", language, above=sides.count("above"), below=sides.count("below"))
        if reference is not None and len(set(sides)) > ("unknown" in sides)
        else "",
    )
    return Drawing(
        title=title,
        sentence=sentence if units else text("drawing.nothing", language),
        picture=svg.element("ul", *cells, kind="multiples") if cells else "",
        heads=(text("drawing.unit", language), _in_words(last, quantity)),
        rows=tuple((unit.name, told(here[unit.code], quantity)) for unit in units),
    )


def _in_words(period: str, quantity: Quantity) -> str:
    return f"{quantity.heading}, {numbers.period(period, quantity.language)}" if period else quantity.heading


def _in_month(months: Sequence[MonthFigure], period: str) -> MonthFigure:
    return next((one for one in months if one.period == period), MonthFigure(period=period, value=None))


def _cell(
    unit: UnitMonths,
    short: str,
    here: MonthFigure,
    province: Sequence[MonthFigure],
    common: Scale | None,
    span: tuple[int, int],
    quantity: Quantity,
) -> str:
    upright = common or scale([shown(one) for one in unit.months], BOTTOM, TOP + 6, wanted=3)
    ends = [quantity.tick(end, upright.step) for end in (upright.low, upright.high)]
    value = told(here, quantity)
    brief = quantity.says(shown(here)) if shown(here) is not None else ""
    name = svg.shortened(short, RIGHT - LEFT - 6 - svg.text_width(brief, 12), 11)
    points = _points(unit.months, upright, LEFT, RIGHT - 2, span)
    known = [point for point in points if point]
    beside = _points(province, upright, LEFT, RIGHT - 2, span) if known else []
    drawn = svg.picture(
        WIDE,
        HIGH,
        unit.name,
        f"{_in_words(here.period, quantity)}: {value}",
        svg.label(LEFT, 13, name, "name", size=11),
        svg.label(RIGHT, 13, brief, "value", "end", 11),
        svg.line(LEFT, upright.at(upright.low), RIGHT, upright.at(upright.low), "axis"),
        "" if common else svg.label(LEFT, HIGH - 2, numbers.between(*ends), "quiet", size=9),
        svg.broken_line(beside, "line province"),
        svg.broken_line(points, "line unit"),
        svg.dot(*known[-1], 2.4, "point unit") if known else svg.label(WIDE / 2, 50, value, "quiet", "middle", 10),
        kind="multiple",
    )
    return svg.element("li", svg.element("a", drawn, href=unit.href) if unit.href else drawn)


def _points(
    months: Sequence[MonthFigure], upright: Scale, left: float, right: float, span: tuple[int, int] | None = None
) -> list[svg.Point | None]:
    """The months' places; null where one is not known, or lies off the span."""
    at = [month_number(one.period) for one in months]
    first, last = span or (min(at, default=0), max(at, default=1))
    step = (right - left) / max(last - first, 1)
    points: list[svg.Point | None] = []
    for before, month, one in zip([None, *at], at, months, strict=False):
        value = shown(one)
        if before is not None and month > before + 1:
            points.append(None)
        points.append(None if value is None or month > last else (left + (month - first) * step, upright.at(value)))
    return points
