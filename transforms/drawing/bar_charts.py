"""Counts as bars: kinds side by side, the members' balance step by step, and Regulation 213's stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from expectations.language import numbers
from expectations.language.catalogue import Language, text
from transforms.drawing import svg
from transforms.drawing.figures import Drawing, sentences
from transforms.drawing.scales import level_axis, scale

WIDE = 400.0
ROW = 26.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A name and its count: null where not known, hidden where it is known and must not be told."""

    name: str
    count: int | None
    is_hidden: bool = False

    def says(self, language: Language) -> str:
        if self.is_hidden:
            return text("drawing.hidden", language)
        return text("drawing.unknown", language) if self.count is None else numbers.count(self.count, language)

    @property
    def shown(self) -> int | None:
        return None if self.is_hidden else self.count


def bar_chart(title: str, counted: Sequence[Counted], language: Language, name: str = "bars") -> Drawing:
    """Kinds that are counted, the most first; those not known or hidden are hatched and stand last.

    Args:
        title: what is counted.
        counted: kinds, in the order of equals.
        name: tells this picture's patterns from others of the page.
    """
    ordered = sorted(counted, key=lambda one: (one.shown is None, -(one.shown or 0)))
    known = [one.shown for one in ordered if one.shown is not None]
    most = ordered[0] if known and ordered[0].shown else None
    whole = sum(known) if len(known) == len(ordered) else None
    share = numbers.share(most.count / whole, language) if most and most.count and whole else ""
    sentence = sentences(
        text("drawing.bars.all", language, count=whole) if whole is not None else "",
        text("drawing.bars.most", language, name=most.name, count=most.says(language), share=share)
        if most and share
        else text("drawing.bars.largest", language, name=most.name, count=most.says(language))
        if most
        else text("drawing.bars.none", language)
        if whole == 0
        else text("drawing.nothing", language),
    )
    rows = tuple((one.name, one.says(language), _part(one.shown, whole, language)) for one in ordered)
    heads = tuple(text(f"drawing.bars.{key}", language) for key in ("kind", "count", "share"))
    picture = _bars(title, sentence, ordered, whole, language, name)
    return Drawing(title=title, sentence=sentence, picture=picture, heads=heads, rows=rows)


def _part(count: int | None, whole: int | None, language: Language) -> str:
    return numbers.share(count / whole if count is not None and whole else None, language)


def _bars(
    title: str, sentence: str, ordered: Sequence[Counted], whole: int | None, language: Language, name: str
) -> str:
    room = min(190.0, max((svg.text_width(one.name) for one in ordered), default=0.0) + 8)
    end = WIDE - 92
    across = scale([one.shown for one in ordered], room, end, whole=True, from_zero=True)
    drawn, y = [svg.hatching(name)], 2.0
    for one in ordered:
        told = svg.lines_of(one.name, room - 8)
        tall = max(ROW, 14.0 * len(told) + 6)
        middle = y + tall / 2
        drawn += [
            svg.label(room - 8, middle + 4 - 7 * (len(told) - 1) + 14 * at, part, "name", "end")
            for at, part in enumerate(told)
        ]
        drawn.append(_bar(one, across.at(one.shown or 0), middle, room, whole, language, name))
        y += tall
    drawn.append(svg.line(room, 2, room, y, "axis"))
    return svg.picture(WIDE, y + 4, title, sentence, *drawn)


def _bar(one: Counted, end: float, middle: float, left: float, whole: int | None, language: Language, name: str) -> str:
    says = one.says(language)
    tip = svg.tip(f"{one.name}: {says}")
    if one.shown is None:
        fill = f"url(#{name}-{'hidden' if one.is_hidden else 'unknown'})"
        drawn = svg.box(left, middle - 8, 60, 16, "hatched", tip, fill=fill)
        return drawn + svg.label(left + 66, middle + 4, says, "quiet", size=11)
    share = f" · {_part(one.shown, whole, language)}" if whole and one.shown else ""
    return svg.box(left, middle - 8, end - left, 16, "bar-count", tip) + svg.label(
        end + 5, middle + 4, says + share, "value", size=11
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceStep:
    """A step of the members' balance, as `marts.waterfall` has it.

    Attributes:
        name: as it is shown.
        kind: "whole" for opening and closing, "flow" for what came and went, "open" for what is left unexplained.
        value: decreases negative; null where not known.
        running: members after it; null where not known.
        is_hidden: whether it is known and must not be told.
    """

    name: str
    kind: str
    value: int | None
    running: int | None
    is_hidden: bool = False


def waterfall_chart(title: str, steps: Sequence[BalanceStep], language: Language, name: str = "balance") -> Drawing:
    """The members' balance from opening to closing, a row a step; flows of none are only in the table.

    The scale begins below the lowest level, not at zero: beside the members a month's flows would not be seen. The two
    ends are therefore marks with their numbers, not bars whose lengths could be compared.

    Args:
        title: of which unit and period.
        steps: in order; the first the opening, the last the closing.
        name: tells this picture's patterns from others of the page.
    """
    steps = _without_sums_of_hidden(steps)
    drawn = [one for one in steps if one.kind == "whole" or one.value != 0 or one.is_hidden]
    ends = [one.value for one in steps if one.kind == "whole"]
    opening, closing = (ends[0], ends[-1]) if ends else (None, None)
    if opening is None:
        sentence = text("drawing.balance.unknown", language)
    elif closing is None:
        sentence = text("drawing.balance.no-closing", language, opening=opening)
    else:
        change = closing - opening
        key = (
            "drawing.balance.more" if change > 0 else "drawing.balance.fewer" if change < 0 else "drawing.balance.same"
        )
        sentence = text(key, language, opening=opening, closing=closing, change=abs(change))
    return Drawing(
        title=title,
        sentence=sentence,
        picture=_steps(title, sentence, drawn, language, name),
        heads=tuple(text(f"drawing.balance.{key}", language) for key in ("step", "value", "running")),
        rows=tuple((one.name, _signed(one, language), _count(one.running, language)) for one in steps),
    )


def _without_sums_of_hidden(steps: Sequence[BalanceStep]) -> list[BalanceStep]:
    """The steps, the members after a hidden one not told until they are counted anew: their difference would be it."""
    found, is_open = [], True
    for one in steps:
        is_open = not one.is_hidden and (is_open or one.kind == "whole")
        found.append(one if is_open else replace(one, running=None))
    return found


def _count(value: int | None, language: Language) -> str:
    return text("drawing.unknown", language) if value is None else numbers.count(value, language)


def _signed(one: BalanceStep, language: Language) -> str:
    if one.is_hidden:
        return text("drawing.hidden", language)
    if one.value is None or one.kind == "whole":
        return _count(one.value, language)
    sign = "+" if one.value > 0 else "−" if one.value < 0 else ""
    return f"{sign}{numbers.count(abs(one.value), language)}"


def _steps(title: str, sentence: str, steps: Sequence[BalanceStep], language: Language, name: str) -> str:
    room = min(170.0, max((svg.text_width(one.name) for one in steps), default=0.0) + 8)
    levels = [level for one in steps for level in (one.running, _before(one)) if level is not None]
    across = scale(levels, room + 34, WIDE - 46, wanted=3, whole=True)
    bottom = 4 + ROW * len(steps)
    drawn = [svg.hatching(name), level_axis(across, 2, bottom, lambda value, _: numbers.count(round(value), language))]
    for place, one in enumerate(steps):
        middle = 4 + ROW * (place + 0.5)
        drawn.append(svg.label(room - 8, middle + 4, svg.shortened(one.name, room - 8), "name", "end"))
        says = _signed(one, language)
        tip = svg.tip(f"{one.name}: {says}")
        if one.value is None or one.running is None or one.is_hidden:
            fill = f"url(#{name}-{'hidden' if one.is_hidden else 'unknown'})"
            drawn.append(svg.box(across.start, middle - 8, 60, 16, "hatched", tip, fill=fill))
            drawn.append(svg.label(across.start + 66, middle + 4, says, "quiet", size=11))
            continue
        drawn.append(_step(one, across.at(one.running), across.at(_before(one) or 0), middle, says, tip))
        if place + 1 < len(steps):
            drawn.append(svg.line(across.at(one.running), middle, across.at(one.running), middle + ROW, "joint"))
    return svg.picture(WIDE, bottom + 22, title, sentence, *drawn)


def _before(one: BalanceStep) -> int | None:
    """Members before a step; of opening and closing the same as after it."""
    if one.running is None or one.value is None or one.kind == "whole":
        return one.running
    return one.running - one.value


def _step(one: BalanceStep, end: float, start: float, middle: float, says: str, tip: str) -> str:
    if one.kind == "whole":
        return svg.box(end - 2.5, middle - 10, 5, 20, "bar-whole", tip) + svg.label(
            end + 7, middle + 4, says, "value", size=11
        )
    kind = "bar-open" if one.kind == "open" else "bar-more" if end >= start else "bar-fewer"
    low, high = min(start, end), max(start, end)
    # Where a decrease is told at its left, the number stands on the side to which the members moved.
    at, anchor = (high + 5, "start") if end >= start else (low - 5, "end")
    return svg.box(low, middle - 8, max(high - low, 1), 16, kind, tip) + svg.label(
        at, middle + 4, says, "value", anchor, 11
    )


def stages_chart(
    title: str, stages: Sequence[Counted], language: Language, name: str = "stages", *, of_what: str = ""
) -> Drawing:
    """Stages of which each is a part of the one before, as Regulation 213's: subject, introduced, registered, …

    Args:
        title: of which unit and half-year.
        stages: in order; the first is the whole.
        name: tells this picture's patterns from others of the page.
        of_what: what is counted, members unless something else is said.
    """
    of_what = of_what or text("drawing.stages.members", language)
    whole = stages[0].shown if stages else None
    sentence = _lost(stages, whole, language, of_what)
    rows = tuple(
        (
            one.name,
            one.says(language),
            _part(one.shown, before.shown, language) if before else "",
            _part(one.shown, whole, language),
        )
        for before, one in zip([None, *stages], stages, strict=False)
    )
    return Drawing(
        title=title,
        sentence=sentence,
        picture=_stages(title, sentence, stages, language, name),
        heads=(
            text("drawing.stages.stage", language),
            text("drawing.stages.count", language, what=of_what),
            text("drawing.stages.of_before", language),
            text("drawing.stages.of_all", language),
        ),
        rows=rows,
    )


def _lost(stages: Sequence[Counted], whole: int | None, language: Language, of_what: str) -> str:
    """How many came to the last stage that is known, and before which most were lost."""
    known = [one for one in stages if one.shown is not None]
    if not whole:
        return (
            text("drawing.nothing", language) if whole is None else text("drawing.stages.none", language, what=of_what)
        )
    end = text(
        "drawing.stages.end",
        language,
        whole=whole,
        first=stages[0].name,
        last=known[-1].name,
        count=known[-1].says(language),
        share=_part(known[-1].shown, whole, language),
    )
    lost = [
        (before.shown - after.shown, after.name)
        for before, after in pairwise(stages)
        if before.shown is not None and after.shown is not None
    ]
    most, stage = max(lost, key=lambda one: one[0], default=(0, ""))
    said = text("drawing.stages.lost", language, count=most, stage=stage, what=of_what) if most > 0 else ""
    return sentences(end, said)


def _stages(title: str, sentence: str, stages: Sequence[Counted], language: Language, name: str) -> str:
    """Bars about the middle, a slope between two saying what went on to the next."""
    if not stages:
        return svg.picture(WIDE, 30, title, sentence, svg.label(0, 20, sentence))
    across = scale([one.shown for one in stages], 0, WIDE - 110, whole=True, from_zero=True)
    centre, tall, gap = (WIDE - 110) / 2, 24.0, 34.0
    drawn, y = [svg.hatching(name)], 18.0
    before: Counted | None = None
    for one in stages:
        half = across.at(one.shown or 0) / 2
        tip = svg.tip(f"{one.name}: {one.says(language)}")
        if before is not None and before.shown is not None and one.shown is not None:
            wide = across.at(before.shown) / 2
            sides = [(centre - wide, y - gap), (centre + wide, y - gap), (centre + half, y), (centre - half, y)]
            drawn.append(svg.element("path", d=svg.path(sides, closed=True), kind="slope"))
        if one.shown is None:
            fill = f"url(#{name}-{'hidden' if one.is_hidden else 'unknown'})"
            drawn.append(svg.box(centre - 40, y, 80, tall, "hatched", tip, fill=fill))
        else:
            drawn.append(svg.box(centre - max(half, 1), y, max(2 * half, 2), tall, "bar-count", tip))
        drawn.append(svg.label(centre, y - 5, svg.shortened(one.name, WIDE - 110), "name stage", "middle"))
        drawn.append(svg.label(WIDE - 104, y + 11, one.says(language), "value", size=12))
        if before is not None and one.shown is not None and before.shown:
            share = text("drawing.stages.part", language, share=_part(one.shown, before.shown, language))
            drawn.append(svg.label(WIDE - 104, y + 25, share, "quiet", size=10))
        before, y = one, y + tall + gap
    return svg.picture(WIDE, y - gap + 8, title, sentence, *drawn)
