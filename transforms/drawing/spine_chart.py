"""A unit against all units, an indicator a row: the spread, its quarters and middle, and where the unit stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from expectations.language.catalogue import Language, text
from transforms.drawing import svg
from transforms.drawing.figures import Drawing, Quantity, UnitFigure, bounds, finite, shown, told, verdict
from transforms.drawing.scales import Scale

WIDE, HIGH = 240.0, 26.0
MIDDLE = HIGH / 2
LEAST = 4
"""With fewer units than this known there is no spread to speak of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineRow:
    """An indicator of a spine chart.

    Attributes:
        quantity: the indicator.
        unit: the unit's figure.
        units: all units' figures, the unit's among them.
        province: the province's value; null where not known.
        href: where the indicator's page is.
    """

    quantity: Quantity
    unit: UnitFigure
    units: Sequence[UnitFigure]
    province: float | None = None
    href: str | None = None


def spine_chart(unit: str, rows: Sequence[SpineRow]) -> Drawing:
    """A table with a picture in each row: the unit's value, the province's, the lowest, the spread, the highest.

    Every row has its own scale, from the lowest unit to the highest; the middle of all units stands in the middle, so
    that rows can be read together as Fingertips' spine charts are. Lower and upper half have each their scale for it.

    Args:
        unit: the name of the unit.
        rows: an indicator each, at least one.
    """
    language = rows[0].quantity.language
    heads = tuple(
        text(f"drawing.spine.{key}", language) for key in ("indicator", "unit", "province", "low", "spread", "high")
    )
    lines = [_line(row) for row in rows]
    head = "".join(svg.element("th", svg.words(one), scope="col") for one in heads)
    body = "".join(
        svg.element("tr", *_cells(row, line, heads), kind=_colour(row)) for row, line in zip(rows, lines, strict=True)
    )
    colours = [_colour(row) for row in rows]
    title = text("drawing.spine.title", language, unit=unit)
    sentence = text(
        "drawing.spine.says", language, of=len(rows), better=colours.count("better"), worse=colours.count("worse")
    )
    name = f'class="d-spine" aria-label="{svg.words(title)}"'
    picture = f"<table {name}><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{_key(language)}"
    return Drawing(title=title, sentence=sentence, picture=picture, heads=(*heads[:4], heads[5]), rows=tuple(lines))


def spine(row: SpineRow) -> str:
    """The picture of one row; says that too little is known where the spread cannot be drawn."""
    quantity, language = row.quantity, row.quantity.language
    known = _known(row)
    value = shown(row.unit)
    says = text("drawing.spine.aria", language, value=told(row.unit, quantity), low=_end(row, 0), high=_end(row, -1))
    if len(known) < LEAST:
        few = svg.label(WIDE / 2, MIDDLE + 4, text("drawing.spine.few", language), "quiet", "middle", 11)
        return svg.picture(WIDE, HIGH, quantity.label, says, few, kind="spine-bar")
    low, first, middle, third, high = (float(one) for one in np.quantile(known, (0, 0.25, 0.5, 0.75, 1)))
    under, over = _half(low, middle, 4, WIDE / 2), _half(middle, high, WIDE / 2, WIDE - 4)

    def at(what: float) -> float:
        return under.at(what) if what < middle else over.at(what)

    drawn = [
        svg.box(4, MIDDLE - 6, WIDE - 8, 12, "spread"),
        svg.box(at(first), MIDDLE - 6, at(third) - at(first), 12, "quarters"),
        svg.line(WIDE / 2, 1, WIDE / 2, HIGH - 1, "median"),
    ]
    province = finite(row.province)
    if province is not None:
        x = at(province)
        diamond = [(x, MIDDLE - 4), (x + 4, MIDDLE), (x, MIDDLE + 4), (x - 4, MIDDLE)]
        drawn.append(svg.element("path", d=svg.path(diamond, closed=True), kind="province-mark"))
    found = bounds(row.unit)
    if found:
        drawn.append(svg.line(at(found[0]), MIDDLE, at(found[1]), MIDDLE, "whisker"))
    if value is not None:
        kind = verdict(row.unit, row.province, quantity.good)
        drawn.append(svg.mark(at(value), MIDDLE, 5, kind, svg.tip(says)))
    return svg.picture(WIDE, HIGH, quantity.label, says, *drawn, kind="spine-bar")


def _half(low: float, high: float, start: float, end: float) -> Scale:
    """A half of the picture; where all its units are alike everything stands at the middle."""
    if low < high:
        return Scale(low, high, start, end, ())
    return Scale(low - 1, low, start, end, ()) if start < WIDE / 2 else Scale(low, low + 1, start, end, ())


def _known(row: SpineRow) -> list[float]:
    return sorted(value for one in row.units if (value := shown(one)) is not None)


def _end(row: SpineRow, place: int) -> str:
    known = _known(row)
    return row.quantity.says(known[place] if known else None)


def _colour(row: SpineRow) -> str:
    return verdict(row.unit, row.province, row.quantity.good)


def _line(row: SpineRow) -> tuple[str, ...]:
    quantity = row.quantity
    return quantity.heading, told(row.unit, quantity), quantity.says(row.province), _end(row, 0), _end(row, -1)


def _cells(row: SpineRow, line: tuple[str, ...], heads: tuple[str, ...]) -> list[str]:
    name, value, province, low, high = (svg.words(one) for one in line)
    first = svg.element("a", name, href=row.href) if row.href else name
    cells = [svg.element("th", first, scope="row")]
    for head, cell in zip(heads[1:], (value, province, low, spine(row), high), strict=True):
        kind = "bar" if cell.startswith("<svg") else "n"
        cells.append(svg.element("td", cell, kind=kind, data_label=head))
    return cells


def _key(language: Language) -> str:
    """What the signs of the rows mean."""

    marks = [
        (svg.box(0, 1, 18, 8, "spread"), text("drawing.spine.key.spread", language)),
        (svg.box(0, 1, 18, 8, "quarters"), text("drawing.spine.key.quarters", language)),
        (svg.line(9, 0, 9, 10, "median"), text("drawing.spine.key.median", language)),
        (
            svg.element("path", d=svg.path([(9, 1), (13, 5), (9, 9), (5, 5)], closed=True), kind="province-mark"),
            text("drawing.key.province", language),
        ),
        (svg.mark(9, 5, 4, "better"), text("drawing.key.better", language)),
        (svg.mark(9, 5, 4, "worse"), text("drawing.key.worse", language)),
        (svg.mark(9, 5, 4, "neutral"), text("drawing.key.neutral", language)),
    ]
    return svg.legend(marks)
