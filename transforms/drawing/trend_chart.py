"""A unit's months: the line with its interval, the province's beside it, Tết, alerts and what is expected to come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from expectations.contract.periods import Period
from expectations.language import numbers
from expectations.language.catalogue import PeriodCode, text
from transforms.drawing import svg
from transforms.drawing.figures import (
    Drawing,
    MonthFigure,
    Quantity,
    against,
    bounds,
    how_many_missing,
    sentences,
    shown,
    told,
)
from transforms.drawing.scales import Scale, month_axis, month_number, scale, upright_axis, widest

WIDE, HIGH = 400.0, 190.0
RIGHT = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """A month to come: the value that is expected, its 95 % interval, and a narrower one (80 %) where there is one."""

    period: str
    value: float
    lower: float
    upper: float
    inner: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendParts:
    """What a trend's chart is drawn of.

    Attributes:
        months: the unit's figures, in order.
        province: the province's; empty for none.
        level: the unit's with season and Tết taken out; empty for none.
        tet: the months that hold Tết.
        foreseen: months to come, in order.
        alerts: by month, what was alerted; plain text.
    """

    months: Sequence[MonthFigure]
    province: Sequence[MonthFigure] = ()
    level: Sequence[MonthFigure] = ()
    tet: Collection[str] = ()
    foreseen: Sequence[Foreseen] = ()
    alerts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _TrendPlane:
    """Where months and values stand."""

    first: int
    last: int
    left: float
    upright: Scale

    @property
    def step(self) -> float:
        return (WIDE - RIGHT - self.left) / (self.last - self.first + 1)

    def x(self, month: float) -> float:
        """The middle of a month."""
        return self.left + (month - self.first + 0.5) * self.step

    def point(self, period: str, value: float | None) -> svg.Point | None:
        return None if value is None else (self.x(month_number(period)), self.upright.at(value))


def trend_chart(
    unit: str,
    quantity: Quantity,
    months: Sequence[MonthFigure],
    province: Sequence[MonthFigure] = (),
    tet: Collection[str] = (),
    foreseen: Sequence[Foreseen] = (),
    alerts: Mapping[str, str] | None = None,
    level: Sequence[MonthFigure] = (),
) -> Drawing:
    """Draw a unit's months.

    Args:
        unit: its name.
        quantity: what is drawn.
        months: its figures in order; a month that is left out is not known.
        province: the province's figures, drawn as a reference; empty for none.
        tet: the months that hold Tết, see `transforms.trends.season.tet_months`.
        foreseen: months to come, in order.
        alerts: by month, what was alerted; plain text.
        level: its figures with season and Tết taken out, see `marts.trend`; empty for none, or none of them known.
    """
    level = level if any(one.value is not None for one in level) else ()
    parts = TrendParts(months=months, province=province, level=level, tet=tet, foreseen=foreseen, alerts=alerts or {})
    title = text("drawing.trend.title", quantity.language, what=quantity.label, unit=unit)
    sentence = _sentence(parts, quantity)
    return Drawing(
        title=title,
        sentence=sentence,
        picture=_picture(parts, quantity, title, sentence),
        heads=_heads(parts, quantity),
        rows=_rows(parts, quantity),
    )


def _picture(parts: TrendParts, quantity: Quantity, title: str, sentence: str) -> str:
    periods = [one.period for one in (*parts.months, *parts.province, *parts.level)] + [
        one.period for one in parts.foreseen
    ]
    at = [month_number(period) for period in periods]
    if not any(shown(one) is not None for one in parts.months):
        return svg.picture(WIDE, 30, title, sentence, svg.label(0, 20, text("drawing.nothing", quantity.language)))
    top = 14.0 if quantity.per else 0.0
    bottom = top + HIGH - 26
    series = (*parts.months, *parts.province, *parts.level)
    values = [value for one in series for value in (shown(one), *(bounds(one) or ()))]
    values += [value for one in parts.foreseen for value in (one.value, one.lower, one.upper)]
    upright = scale(values, bottom, top + 10, whole=quantity.kind == "count")
    plane = _TrendPlane(min(at), max(at), widest(upright, quantity.tick) + 8, upright)
    return svg.legend(_keys(parts, quantity)) + svg.picture(
        WIDE,
        top + HIGH,
        title,
        sentence,
        _tet(parts, plane, top + 10, bottom),
        upright_axis(upright, plane.left, WIDE - RIGHT, quantity.tick, quantity.per),
        month_axis(plane.first, plane.last, plane.x, bottom, WIDE, quantity.language),
        _fan(parts, plane),
        _band(parts.months, plane),
        svg.broken_line([plane.point(one.period, shown(one)) for one in _filled(parts.province)], "line province"),
        svg.broken_line([plane.point(one.period, shown(one)) for one in _filled(parts.months)], "line unit"),
        svg.broken_line([plane.point(one.period, shown(one)) for one in _filled(parts.level)], "line level"),
        _points(parts, plane, quantity, bottom),
    )


def _filled(months: Sequence[MonthFigure]) -> list[MonthFigure]:
    """The months with those between them that are left out, as not known."""
    filled: list[MonthFigure] = []
    for one in months:
        if filled and month_number(one.period) > month_number(filled[-1].period) + 1:
            filled.append(MonthFigure(period=filled[-1].period, value=None))
        filled.append(one)
    return filled


def _tet(parts: TrendParts, plane: _TrendPlane, top: float, bottom: float) -> str:
    within = [month for month in map(month_number, sorted(parts.tet)) if plane.first <= month <= plane.last]
    return "".join(svg.box(plane.x(month) - plane.step / 2, top, plane.step, bottom - top, "tet") for month in within)


def _band(months: Sequence[MonthFigure], plane: _TrendPlane) -> str:
    ends = [(one.period, bounds(one)) for one in _filled(months)]
    low = svg.runs(plane.point(period, found and found[0]) for period, found in ends)
    high = svg.runs(plane.point(period, found and found[1]) for period, found in ends)
    return "".join(_area(under, over, "band") for under, over in zip(low, high, strict=True))


def _area(low: list[svg.Point], high: list[svg.Point], kind: str) -> str:
    if len(low) == 1:
        ((x, bottom),), ((_, top),) = low, high
        low, high = [(x - 1.5, bottom), (x + 1.5, bottom)], [(x - 1.5, top), (x + 1.5, top)]
    return svg.element("path", d=svg.path([*low, *reversed(high)], closed=True), kind=kind)


def _fan(parts: TrendParts, plane: _TrendPlane) -> str:
    """The interval of the months to come, opening from the last that is known."""
    if not parts.foreseen:
        return ""
    known = (plane.point(one.period, shown(one)) for one in reversed(parts.months))
    start = next((point for point in known if point), None)

    def side(values: Iterable[float]) -> list[svg.Point]:
        points = [
            (plane.x(month_number(one.period)), plane.upright.at(value))
            for one, value in zip(parts.foreseen, values, strict=True)
        ]
        return [start, *points] if start else points

    drawn = _area(side(one.lower for one in parts.foreseen), side(one.upper for one in parts.foreseen), "fan")
    inner = [one.inner for one in parts.foreseen if one.inner is not None]
    if len(inner) == len(parts.foreseen):
        drawn += _area(side(low for low, _ in inner), side(high for _, high in inner), "fan inner")
    return drawn + svg.broken_line(list(side(one.value for one in parts.foreseen)), "line foreseen")


def _points(parts: TrendParts, plane: _TrendPlane, quantity: Quantity, bottom: float) -> str:
    radius = 2.4 if plane.step >= 7 else 1.6
    drawn = []
    for one in parts.months:
        point = plane.point(one.period, shown(one))
        says = f"{numbers.period(one.period, quantity.language)}: {told(one, quantity)}"
        alert = parts.alerts.get(one.period)
        if point is None:
            x = plane.x(month_number(one.period))
            if one.is_hidden:
                drawn.append(svg.box(x - 2.5, bottom - 5, 5, 5, "hidden-mark", svg.tip(says)))
            point = (x, bottom - 8)
        else:
            drawn.append(svg.dot(*point, radius, "point unit", svg.tip(says)))
        if alert:
            drawn.append(_alert(*point, f"{says}. {alert}"))
    return "".join(drawn)


def _alert(x: float, y: float, says: str) -> str:
    return svg.element(
        "path", svg.tip(says), d=svg.path([(x, y - 5), (x - 5, y - 14), (x + 5, y - 14)], closed=True), kind="alert"
    )


def _keys(parts: TrendParts, quantity: Quantity) -> list[tuple[str, str]]:
    """The legend: only of what is drawn."""
    language = quantity.language
    keys = [
        (
            any(bounds(one) for one in parts.months),
            svg.box(0, 1, 18, 8, "band") + svg.line(0, 5, 18, 5, "line unit"),
            text("drawing.key.interval", language),
        ),
        (bool(parts.province), svg.line(0, 5, 18, 5, "line province"), text("drawing.key.province", language)),
        (bool(parts.level), svg.line(0, 5, 18, 5, "line level"), text("drawing.key.level", language)),
        (
            bool(parts.foreseen),
            svg.box(0, 0, 18, 10, "fan") + svg.line(0, 5, 18, 5, "line foreseen"),
            text("drawing.key.foreseen", language),
        ),
        (bool(parts.tet), svg.box(5, 0, 8, 10, "tet"), text("drawing.key.tet", language)),
        (bool(parts.alerts), _alert(9, 15, text("drawing.key.alert", language)), text("drawing.key.alert", language)),
        (
            any(one.is_hidden for one in parts.months),
            svg.box(6, 3, 5, 5, "hidden-mark"),
            text("drawing.hidden", language),
        ),
    ]
    return [(mark, says) for is_drawn, mark, says in keys if is_drawn]


def _sentence(parts: TrendParts, quantity: Quantity) -> str:
    language = quantity.language
    last = next((one for one in reversed(parts.months) if shown(one) is not None), None)
    if last is None:
        return text("drawing.nothing", language)
    province = next((shown(one) for one in parts.province if one.period == last.period), None)
    month = PeriodCode(last.period)
    key = "drawing.trend.last" if Period.parse(last.period).length == 1 else "drawing.trend.last.longer"
    return sentences(
        text(key, language, month=month, value=told(last, quantity, with_unit=True)),
        beside(last, province, quantity),
        text("drawing.trend.alerts", language, months=len(parts.alerts)) if parts.alerts else "",
        how_many_missing(
            list(parts.months),
            lambda unknown, hidden: text("drawing.trend.missing", language, unknown=unknown, hidden=hidden),
        ),
    )


def beside(figure: MonthFigure, province: float | None, quantity: Quantity) -> str:
    """A figure against the province's value, in words; nothing where there is none."""
    if province is None:
        return ""
    value = quantity.says(province)
    match against(figure, province):
        case "above":
            return text("drawing.above", quantity.language, value=value)
        case "below":
            return text("drawing.below", quantity.language, value=value)
        case "like":
            return text("drawing.like", quantity.language, value=value)
    return text("drawing.province", quantity.language, value=value)


def _heads(parts: TrendParts, quantity: Quantity) -> tuple[str, ...]:
    language = quantity.language
    heads = [text("drawing.month", language), quantity.heading]
    if parts.province:
        heads.append(text("drawing.key.province", language))
    if parts.level:
        heads.append(text("drawing.key.level", language))
    if parts.alerts:
        heads.append(text("drawing.key.alert", language))
    return tuple(heads)


def _rows(parts: TrendParts, quantity: Quantity) -> tuple[tuple[str, ...], ...]:
    """The months, the last first."""
    beside = {one.period: told(one, quantity) for one in parts.province}
    level = {one.period: told(one, quantity) for one in parts.level}
    unknown = text("drawing.unknown", quantity.language)
    known = [(one.period, told(one, quantity)) for one in parts.months]
    known += [
        (
            one.period,
            text(
                "drawing.trend.foreseen",
                quantity.language,
                value=quantity.says(one.value),
                limits=numbers.between(quantity.says(one.lower), quantity.says(one.upper)),
            ),
        )
        for one in parts.foreseen
    ]
    return tuple(
        (
            numbers.period(period, quantity.language),
            value,
            *([beside.get(period, unknown)] if parts.province else []),
            *([level.get(period, unknown)] if parts.level else []),
            *([parts.alerts.get(period, "")] if parts.alerts else []),
        )
        for period, value in reversed(known)
    )
