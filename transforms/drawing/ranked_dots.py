"""All units from the highest to the lowest, each with its interval, the province's value as a line through all."""

from __future__ import annotations

from collections.abc import Sequence

from expectations.language import numbers
from expectations.language.catalogue import text
from transforms.drawing import svg
from transforms.drawing.figures import (
    Drawing,
    Quantity,
    UnitFigure,
    against,
    bounds,
    finite,
    one_known,
    sentences,
    short_names,
    told,
    verdict,
)
from transforms.drawing.scales import Scale, level_axis, scale

WIDE = 400.0
ROW = 17.0


def ranked_dots(
    quantity: Quantity,
    units: Sequence[UnitFigure],
    province: float | None = None,
    marked: str | None = None,
    name: str = "ranks",
) -> Drawing:
    """Draw the units in the order of their values; those not known or hidden stand last, hatched.

    Args:
        quantity: what is drawn.
        units: in any order; equals stand by their codes.
        province: the province's value; null for none.
        marked: the code of a unit that is made to stand out.
        name: tells this picture's patterns from others of the page.
    """
    language, province = quantity.language, finite(province)
    ordered = sorted(units, key=lambda one: (one.shown is None, -(one.shown or 0.0), one.code))
    title = text("drawing.ranked.title", language, what=quantity.label)
    sentence = _sentence(ordered, quantity, province)
    rank = {one.code: place for place, one in enumerate(ordered, 1) if one.shown is not None}
    return Drawing(
        title=title,
        sentence=sentence,
        picture=_picture(quantity, ordered, province, marked, name, title, sentence),
        heads=(text("drawing.unit", language), text("drawing.ranked.place", language), quantity.heading),
        rows=tuple(
            (one.name, str(rank[one.code]) if one.code in rank else numbers.UNKNOWN, told(one, quantity))
            for one in ordered
        ),
    )


def _sentence(ordered: list[UnitFigure], quantity: Quantity, province: float | None) -> str:
    language = quantity.language
    known = [one for one in ordered if one.shown is not None]
    if not known:
        return text("drawing.nothing", language)
    sides = [against(one, province) for one in known]
    return sentences(
        text(
            "drawing.ranked.ends",
            language,
            high=known[0].name,
            most=quantity.says(known[0].shown),
            low=known[-1].name,
            least=quantity.says(known[-1].shown),
        )
        if len(known) > 1
        else one_known(known[0], quantity),
        text("drawing.province", language, value=quantity.with_unit(province)) if province is not None else "",
        text("drawing.multiples.sides", language, above=sides.count("above"), below=sides.count("below"))
        if province is not None and len(set(sides)) > ("unknown" in sides)
        else "",
        text("drawing.ranked.chance", language) if any(bounds(one) for one in known) else "",
        text("drawing.units.unknown", language, units=len(ordered) - len(known)) if len(known) < len(ordered) else "",
    )


def _picture(
    quantity: Quantity,
    ordered: list[UnitFigure],
    province: float | None,
    marked: str | None,
    name: str,
    title: str,
    sentence: str,
) -> str:
    keys, top = svg.legend(_keys(ordered, quantity, province)), 6.0
    short = short_names(ordered)
    room = min(132.0, max((svg.text_width(one, 11) for one in short.values()), default=0.0) + 10)
    values = [value for one in ordered for value in (one.shown, *(bounds(one) or ()))]
    across = scale([*values, province], room + 6, WIDE - 52, whole=quantity.kind == "count")
    bottom = top + ROW * len(ordered)
    drawn = [svg.hatching(name), level_axis(across, top, bottom, quantity.tick)]
    drawn += [
        svg.box(0, top + ROW * place, WIDE, ROW, "marked-row")
        for place, one in enumerate(ordered)
        if one.code == marked
    ]
    if province is not None:
        known = top + ROW * sum(one.shown is not None for one in ordered)
        drawn.append(svg.line(across.at(province), top, across.at(province), known, "line province"))
    for place, one in enumerate(ordered):
        drawn.append(_row(one, short[one.code], top + ROW * (place + 0.5), across, quantity, province, marked, name))
    has_links = any(one.href for one in ordered)
    return keys + svg.picture(WIDE, bottom + 22, title, sentence, *drawn, has_links=has_links)


def _row(
    one: UnitFigure,
    short: str,
    y: float,
    across: Scale,
    quantity: Quantity,
    province: float | None,
    marked: str | None,
    name: str,
) -> str:
    says = svg.tip(f"{one.name}: {told(one, quantity)}")
    kind = "name marked" if one.code == marked else "name"
    told_name = svg.label(across.start - 10, y + 4, svg.shortened(short, across.start - 12, 11), kind, "end", 11)
    if one.shown is None:
        fill = f"url(#{name}-{'hidden' if one.is_hidden else 'unknown'})"
        drawn = svg.box(across.start, y - 5, 40, 10, "hatched", fill=fill)
        drawn += svg.label(across.start + 46, y + 4, told(one, quantity), "quiet", size=svg.SMALL)
    else:
        found = bounds(one)
        drawn = svg.line(across.at(found[0]), y, across.at(found[1]), y, "whisker") if found else ""
        drawn += svg.mark(across.at(one.shown), y, 3.6, verdict(one, province, quantity.good))
        drawn += svg.label(WIDE - 2, y + 4, quantity.says(one.shown), "value", "end", 11)
    return svg.element("a" if one.href else "g", says, drawn, told_name, href=one.href)


def _keys(ordered: list[UnitFigure], quantity: Quantity, province: float | None) -> list[tuple[str, str]]:
    language = quantity.language
    keys = (
        [(svg.line(9, 0, 9, 10, "line province"), text("drawing.key.province", language))]
        if province is not None
        else []
    )
    if any(bounds(one) for one in ordered):
        mark = svg.line(0, 5, 18, 5, "whisker") + svg.mark(9, 5, 3.6, "neutral")
        keys.append((mark, text("drawing.key.interval", language)))
    if province is not None and quantity.good != "none":
        keys.append((svg.mark(9, 5, 3.6, "better"), text("drawing.key.better", language)))
        keys.append((svg.mark(9, 5, 3.6, "worse"), text("drawing.key.worse", language)))
    return keys
