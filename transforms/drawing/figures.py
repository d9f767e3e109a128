"""What charts are made of, figures of units and of months, and what they give: picture, table and sentence."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from expectations.contract.indicators import Good, Indicator
from expectations.language import numbers
from expectations.language.catalogue import Language, text
from transforms.drawing import svg
from transforms.morning.markup import table

Written = Literal["share", "rate", "count"]
"""A part of a whole as per cent, a rate or level with its decimals, a whole number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What a chart shows, and how its numbers are written.

    Attributes:
        label: its name.
        kind: how a value is written.
        language: in which everything is said.
        per: what a value is counted in or on ("trên 1.000 đảng viên"); "" where its sign says so.
        good: the direction that is welcome.
        scale: what numerator over denominator is multiplied with.
        is_proportion: whether a value is a count out of its denominator, so that chance can be told.
    """

    label: str
    kind: Written
    language: Language
    per: str = ""
    good: Good = "none"
    scale: float = 1.0
    is_proportion: bool = False

    @classmethod
    def of(cls, indicator: Indicator, language: Language) -> Quantity:
        """An indicator of the contract."""
        is_count = indicator.denominator is None
        return cls(
            label=indicator.label_vi if language == "vi" else indicator.label_en,
            kind="count" if is_count else "share" if indicator.kind == "share" else "rate",
            language=language,
            per="" if indicator.kind == "share" else indicator.unit[0 if language == "vi" else 1],
            good=indicator.good,
            scale=indicator.scale,
            is_proportion=indicator.kind in ("rate", "share"),
        )

    def says(self, value: float | None) -> str:
        """A value as it is written; a dash where it is not known."""
        if value is None or not math.isfinite(value):
            return numbers.UNKNOWN
        if self.kind == "share":
            return numbers.share(value, self.language)
        return (
            numbers.count(round(value), self.language) if self.kind == "count" else numbers.rate(value, self.language)
        )

    def with_unit(self, value: float | None) -> str:
        """A value with what it is counted in."""
        return f"{self.says(value)} {self.per}".strip()

    def tick(self, value: float, step: float) -> str:
        """A value on an axis whose ticks are a step apart."""
        if self.kind == "share":
            return numbers.share(value, self.language, max(0, math.ceil(-math.log10(100 * step) - 1e-9)))
        return numbers.decimal(round(value, 9), self.language)

    @property
    def heading(self) -> str:
        """Its name with its unit, as a chart is headed."""
        return f"{self.label}, {self.per}" if self.per else self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFigure:
    """A month's figure (`period` YYYY-MM): null where not known, hidden where it is known and must not be told."""

    period: str
    value: float | None
    lower: float | None = None
    upper: float | None = None
    is_hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFigure:
    """A unit's figure: null where not known, hidden where it is known and must not be told.

    Attributes:
        code, name: the unit's.
        value, lower, upper: with its 95 % interval.
        denominator: what it was counted out of, for the limits of chance.
        href: where the unit's page is; null for none.
    """

    code: str
    name: str
    value: float | None
    lower: float | None = None
    upper: float | None = None
    denominator: float | None = None
    is_hidden: bool = False
    href: str | None = None

    @property
    def shown(self) -> float | None:
        """The value, as far as it may be drawn."""
        return shown(self)


class Named(Protocol):
    """A unit: anything with its code and name."""

    @property
    def code(self) -> str: ...

    @property
    def name(self) -> str: ...


Figure = MonthFigure | UnitFigure
_KINDS = {
    "Thành phố": "TP.",
    "Thị xã": "TX.",
    "Thị trấn": "TT.",
    "Huyện": "H.",
    "Quận": "Q.",
    "Phường": "P.",
    "Xã": "X.",
    "Đặc khu": "ĐK.",
}
"""How the kinds of units are shortened, as people write them."""


def short_names(units: Iterable[Named]) -> dict[str, str]:
    """The units' names by their codes without what kind of unit they are.

    A kind is kept, shortened, where two units would have one name (TP. Hồng Ngự, H. Hồng Ngự) or only a number would
    be left (P. 1).
    """
    parts = {one.code: _parted(one.name) for one in units}
    often = Counter(bare for _, bare in parts.values())
    return {
        code: f"{kind} {bare}" if kind and (often[bare] > 1 or bare.isdigit()) else bare
        for code, (kind, bare) in parts.items()
    }


def _parted(name: str) -> tuple[str, str]:
    found = next((kind for kind in _KINDS if name.startswith(f"{kind} ")), None)
    return (_KINDS[found], name[len(found) :].strip()) if found else ("", name)


def finite(value: float | None) -> float | None:
    """A value that is a number; null for what is none."""
    return value if value is not None and math.isfinite(value) else None


def shown(figure: Figure) -> float | None:
    """A figure's value where it is known and may be told."""
    return None if figure.is_hidden else finite(figure.value)


def bounds(figure: Figure) -> tuple[float, float] | None:
    """A figure's interval where it has one that may be told."""
    low, high = finite(figure.lower), finite(figure.upper)
    return None if shown(figure) is None or low is None or high is None else (low, high)


def told(figure: Figure, quantity: Quantity, with_unit: bool = False) -> str:
    """A figure in words: hidden, not known, or its value with its interval."""
    if figure.is_hidden:
        return text("drawing.hidden", quantity.language)
    value = shown(figure)
    if value is None:
        return text("drawing.unknown", quantity.language)
    unit = f" {quantity.per}" if with_unit and quantity.per else ""
    return f"{quantity.says(value)}{unit}{interval(figure, quantity)}"


def interval(figure: Figure, quantity: Quantity) -> str:
    """A figure's interval in brackets after a space; nothing where it has none."""
    found = bounds(figure)
    return f" ({numbers.between(*(quantity.says(bound) for bound in found))})" if found else ""


def against(figure: Figure, province: float | None) -> Literal["above", "below", "like", "unknown"]:
    """Whether a figure's interval lies above or below the province's value, or holds it."""
    found, province = bounds(figure), finite(province)
    if found is None or province is None:
        return "unknown"
    return "above" if found[0] > province else "below" if found[1] < province else "like"


def verdict(figure: Figure, province: float | None, good: Good) -> Literal["better", "worse", "neutral"]:
    """The colour of a figure: better or worse only where its indicator has a direction and its interval decides."""
    side = against(figure, province)
    if good == "none" or side in ("like", "unknown"):
        return "neutral"
    return "better" if (side == "above") == (good == "up") else "worse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A chart and what stands beside it.

    Attributes:
        title: its heading; plain text.
        sentence: what it shows; plain text.
        picture: markup: an SVG, or several in a list.
        heads, rows: its table; plain text.
    """

    title: str
    sentence: str
    picture: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def table(self) -> str:
        """The table as markup, numbers at the right."""
        rows = [[svg.words(cell) for cell in row] for row in self.rows]
        heads = [svg.plain(head) for head in self.heads]
        return table(heads, rows, svg.plain(self.title), "figures", range(1, len(self.heads)))

    def figure(self, language: Language) -> str:
        """Heading, sentence, picture, and the table to be opened below; markup for a page."""
        opened = svg.element("summary", svg.words(text("drawing.table", language)))
        said = f"<figcaption><b>{svg.words(self.title)}</b> {svg.words(self.sentence)}</figcaption>"
        return (
            f'<figure class="d-chart">{said}'
            f'{self.picture}<details>{opened}<div class="d-scroll">{self.table()}</div></details></figure>'
        )


def one_known(figure: UnitFigure, quantity: Quantity) -> str:
    """What is said where a single unit is known."""
    return text("drawing.one", quantity.language, name=figure.name, value=told(figure, quantity))


def sentences(*parts: str) -> str:
    """Sentences one after the other; empty ones left out."""
    return " ".join(filter(None, parts))


def how_many_missing(figures: list[Figure], say: Callable[[int, int], str]) -> str:
    """What `say` says of how many figures are not known and how many hidden; nothing where all are told."""
    hidden = sum(one.is_hidden for one in figures)
    unknown = sum(shown(one) is None for one in figures) - hidden
    return say(unknown, hidden) if unknown or hidden else ""
