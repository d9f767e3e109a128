"""A series against what is usual for it: what was counted each month, the range that is ordinary, what stood out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from expectations.language import numbers
from expectations.language.catalogue import Language, PeriodCode, text
from transforms.alerts.numbers import Numbers
from transforms.drawing import svg
from transforms.drawing.figures import Drawing, sentences
from transforms.drawing.scales import Scale, month_axis, month_number, scale, upright_axis, widest

WIDE, HIGH, RIGHT = 400.0, 190.0, 12.0
MONTHS = 36
"""The last months are drawn."""

Month = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Series:
    """What is drawn.

    Attributes:
        unit: its name. counted: what was counted.
        months: period, observed, expected, lower, upper, is_signal, in order; null where not known.
        written: how counts are written, small ones perhaps not told.
        alert: first and last month of the alert it is drawn for, which stand below the axis; null without one.
    """

    unit: str
    counted: str
    months: Sequence[Month]
    written: Numbers
    alert: tuple[str, str] | None = None

    @property
    def language(self) -> Language:
        return self.written.language

    def drawn(self, value: float | None) -> float | None:
        """Where a count stands: those that must not be told apart all at one place."""
        least = self.written.small_count
        return least / 2 if value is not None and least and 0 < value < least else value

    def usual(self, month: Month) -> str:
        """What would have been ordinary, in words; "" where that is not known."""
        if month["expected"] is None:
            return ""
        bounds = self.written.interval(month["lower"], month["upper"], is_fall=month["observed"] == 0)
        return self.written.expected(month["expected"]) + bounds


@dataclass(frozen=True, slots=True)
class _Plane:
    first: int
    last: int
    left: float
    upright: Scale

    def x(self, month: float) -> float:
        return self.left + (month - self.first + 0.5) * (WIDE - RIGHT - self.left) / (self.last - self.first + 1)

    def point(self, month: Month, value: float | None) -> svg.Point | None:
        return None if value is None else (self.x(month_number(month["period"])), self.upright.at(value))


def usual_range_chart(series: Series) -> Drawing | None:
    """Draw the last months of a series; null where fewer than three are known."""
    months = [month for month in series.months if month["period"]][-MONTHS:]
    if sum(month["observed"] is not None for month in months) < 3:
        return None
    series = replace(series, months=_filled(months))
    language = series.language
    title = text("drawing.usual.title", language, what=series.counted, unit=series.unit)
    said = _sentence(series)
    heads = tuple(text(f"page.column.{key}", language) for key in ("month", "seen", "usual"))
    rows = [
        (numbers.period(month["period"], language), series.written.count(month["observed"]), series.usual(month))
        for month in reversed(months)
    ]
    return Drawing(title=title, sentence=said, picture=_picture(series, title, said), heads=heads, rows=tuple(rows))


def _filled(months: Sequence[Month]) -> list[Month]:
    """The months, with one that is not known where some are left out, so that no line is drawn across."""
    filled: list[Month] = []
    for month in months:
        if filled and month_number(month["period"]) > month_number(filled[-1]["period"]) + 1:
            filled.append(_NOT_KNOWN | {"period": filled[-1]["period"]})
        filled.append(month)
    return filled


_NOT_KNOWN: dict[str, Any] = dict.fromkeys(("observed", "expected", "lower", "upper", "is_signal"))


def _sentence(series: Series) -> str:
    last = next(month for month in reversed(series.months) if month["observed"] is not None)
    signals = sum(bool(month["is_signal"]) for month in series.months)
    seen, usual = series.written.count(last["observed"]), series.usual(last)
    values = {"month": PeriodCode(last["period"]), "seen": seen}
    return sentences(
        text("drawing.usual.last", series.language, usual=usual, **values)
        if usual
        else text("drawing.usual.seen", series.language, **values),
        text("drawing.usual.signals", series.language, months=signals) if signals else "",
    )


def _picture(series: Series, title: str, said: str) -> str:
    months, bottom = series.months, HIGH - 26
    values = [series.drawn(month[name]) for month in months for name in ("observed", "expected", "lower", "upper")]
    upright = scale([*values, 0.0 if _starts_low(months) else None], bottom, 10.0, whole=True)

    def tick(value: float, step: float) -> str:
        return numbers.count(round(value), series.language)

    at = [month_number(month["period"]) for month in months]
    plane = _Plane(min(at), max(at), widest(upright, tick) + 8, upright)
    return svg.legend(_keys(series)) + svg.picture(
        WIDE,
        HIGH,
        title,
        said,
        upright_axis(upright, plane.left, WIDE - RIGHT, tick),
        month_axis(plane.first, plane.last, plane.x, bottom, WIDE, series.language),
        _band(series, plane),
        svg.broken_line([plane.point(one, series.drawn(one["expected"])) for one in months], "line province"),
        svg.broken_line([plane.point(one, series.drawn(one["observed"])) for one in months], "line unit"),
        _points(series, plane),
        _of_alert(series, plane, bottom),
    )


def _starts_low(months: Sequence[Month]) -> bool:
    """Whether the range reaches down to nothing somewhere: there it has no lower bound."""
    return any(month["upper"] is not None and month["lower"] is None for month in months)


def _band(series: Series, plane: _Plane) -> str:
    ends = [(one, one["lower"] or 0.0, one["upper"]) for one in series.months]
    low = svg.runs(plane.point(one, None if high is None else series.drawn(under)) for one, under, high in ends)
    high = svg.runs(plane.point(one, series.drawn(over)) for one, _, over in ends)
    drawn = []
    for under, over in zip(low, high, strict=True):
        if len(under) > 1:
            drawn.append(svg.element("path", d=svg.path([*under, *reversed(over)], closed=True), kind="band"))
    return "".join(drawn)


def _of_alert(series: Series, plane: _Plane, bottom: float) -> str:
    """A bar along the axis over the alert's months, as far as they are drawn; the same months that its text names."""
    if series.alert is None:
        return ""
    first, last = (month_number(period) for period in series.alert)
    begin, end = max(first, plane.first), min(last, plane.last)
    if begin > end:
        return ""
    half = (plane.x(1) - plane.x(0)) / 2
    wide = plane.x(end) - plane.x(begin) + 2 * half
    return svg.box(plane.x(begin) - half, bottom - 1.5, wide, 3, "worse", svg.tip(_alert_months(series)))


def _alert_months(series: Series) -> str:
    first, last = (PeriodCode(period) for period in series.alert or ("", ""))
    if first == last:
        return text("drawing.usual.alert-month", series.language, month=first)
    return text("drawing.usual.alert", series.language, first=first, last=last)


def _points(series: Series, plane: _Plane) -> str:
    drawn = []
    for month in series.months:
        point = plane.point(month, series.drawn(month["observed"]))
        if point is None:
            continue
        says = f"{numbers.period(month['period'], series.language)}: {series.written.count(month['observed'])}"
        usual = series.usual(month)
        tip = svg.tip(f"{says}; {text('page.column.usual', series.language).lower()}: {usual}" if usual else says)
        kind = "worse" if month["is_signal"] else "unit"
        drawn.append(svg.mark(*point, 4.0 if month["is_signal"] else 2.0, kind, tip))
    return "".join(drawn)


def _keys(series: Series) -> list[tuple[str, str]]:
    """The legend: only of what is drawn."""
    language, months = series.language, series.months
    keys = [
        (True, svg.line(0, 5, 18, 5, "line unit"), text("page.legend.observed", language)),
        (any(one["is_signal"] for one in months), svg.mark(9, 5, 4, "worse"), text("page.legend.signal", language)),
        (
            any(one["expected"] is not None for one in months),
            svg.line(0, 5, 18, 5, "line province"),
            text("page.legend.expected", language),
        ),
        (
            any(one["upper"] is not None for one in months),
            svg.box(0, 1, 18, 8, "band"),
            text("page.legend.band", language),
        ),
    ]
    if series.alert:
        keys.append((True, svg.box(0, 4, 18, 3, "worse"), _alert_months(series)))
    return [(mark, says) for is_drawn, mark, says in keys if is_drawn]
