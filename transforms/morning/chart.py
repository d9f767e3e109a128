"""A series with the range that is usual for it, as an SVG picture that stands in a page and loads nothing."""

from __future__ import annotations

import re
from html import escape
from io import StringIO
from typing import Any

import numpy as np
import polars as pl
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from expectations.contract.periods import Period
from expectations.language import numbers
from expectations.language.catalogue import Language

MONTHS = 36
"""The last months are drawn."""
BAND, EXPECTED, OBSERVED, SIGNAL, GRID, INK = "#d5dfeb", "#6b7885", "#1f4468", "#b3261e", "#e3e7ec", "#4a545e"
WIDE, HIGH = 360, 200
"""Of the picture, in points; on a phone it stands at about its size, on a desk it grows."""
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "morning",
    "font.size": 11.0,
    "font.family": "DejaVu Sans",
}
_NOTHING = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def band_svg(months: pl.DataFrame, mark: str, aria: str, language: Language, hidden_below: int | None = None) -> str:
    """Draw the last months of a series.

    Args:
        months: period, observed, expected, lower, upper, is_signal; a row a month, in order; null where not known,
            drawn as a gap.
        mark: what tells this picture's inner names from those of another one in the same page.
        aria: what is said of it to who cannot see it; plain text.
        hidden_below: counts from 1 below it are drawn as half of it; null draws all as they are.

    Returns:
        an `<svg>` element; text stays text, in the page's own font.
    """
    at = [_month(period) for period in months["period"]]
    months = months.filter(pl.Series(at, dtype=pl.Int64) > at[-1] - MONTHS)
    with rc_context(_SETTINGS):
        figure = Figure(figsize=(WIDE / 72, HIGH / 72))
        FigureCanvasSVG(figure)
        axes = figure.add_axes((0.12, 0.13, 0.855, 0.83))
        _draw(axes, months, hidden_below)
        _rule(axes, months, language)
        figure.patch.set_visible(False)
        text = StringIO()
        figure.savefig(text, format="svg", metadata=_NOTHING)
    return _fitted(text.getvalue(), mark, aria)


def _draw(axes: Axes, months: pl.DataFrame, hidden_below: int | None) -> None:
    x = np.array([_month(period) for period in months["period"]])
    every = np.arange(x[0], x[-1] + 1)
    observed, expected, lower, upper = (
        _on(every, x, _values(months[name], hidden_below)) for name in ("observed", "expected", "lower", "upper")
    )
    floor = np.where(np.isnan(lower) & ~np.isnan(upper), 0.0, lower)
    axes.fill_between(every, floor, upper, color=BAND, linewidth=0)
    axes.plot(every, expected, color=EXPECTED, linewidth=1.2, dashes=(4, 2.5))
    axes.plot(every, observed, color=OBSERVED, linewidth=1.5, marker="o", markersize=2.6)
    signal = months["is_signal"].fill_null(False).to_numpy() & ~np.isnan(_values(months["observed"], None))
    axes.plot(x[signal], _values(months["observed"], hidden_below)[signal], "o", color=SIGNAL, markersize=5.5)


def _rule(axes: Axes, months: pl.DataFrame, language: Language) -> None:
    """Axes a person reads: whole numbers, months as people write them, no more lines than needed."""
    first, last = _month(months["period"][0]), _month(months["period"][-1])
    step = 12 if last - first > 26 else 6 if last - first > 9 else 3
    # A label at the very edge would run into the numbers of the other axis.
    ticks = [at for at in range(first + 1, last + 1) if at % step == 0] or [first]
    axes.set_xticks(ticks, [numbers.period(str(Period.month_numbered(at)), language) for at in ticks])
    for at, label in zip(ticks, axes.get_xticklabels(), strict=True):
        # A month's name in the middle below the last months would run out of the picture.
        label.set_horizontalalignment("right" if at > last - (last - first) / 12 else "center")
    axes.set_xlim(first - 0.7, last + 0.9)
    low, high = axes.get_ylim()
    axes.set_ylim(0 if low < 0.6 * high else low, max(high, 1))
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: numbers.count(round(value), language)))
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, colors=INK, pad=5)
    axes.patch.set_visible(False)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color("#aab2bb")


def _values(series: pl.Series, hidden_below: int | None) -> NDArray[np.float64]:
    values = series.cast(pl.Float64).fill_null(float("nan")).to_numpy().copy()
    if hidden_below:
        values[(values > 0) & (values < hidden_below)] = hidden_below / 2
    return values


def _on(every: NDArray[np.int64], x: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values on every month, unknown where the series has none."""
    full = np.full(len(every), np.nan)
    full[x - every[0]] = values
    return full


def _month(period: str) -> int:
    return Period.parse(period).number


def _fitted(svg: str, mark: str, aria: str) -> str:
    """The bare element, its inner names its own, sized by the page."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<svg[^>]*>", "", body, count=1)
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", body, count=1, flags=re.DOTALL)
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', body))
    body = re.sub(r' id="([^"]+)"', lambda found: f' id="{mark}-{found[1]}"' if found[1] in used else "", body)
    body = re.sub(r'(url\(#|href="#)([^)"]+)', rf"\1{mark}-\2", body).replace("xlink:href", "href")
    body = re.sub(r"font-family: [^;\"]*;?", "", body)
    size = f'viewBox="0 0 {WIDE} {HIGH}" stroke-linejoin="round"'
    return f'<svg {size} role="img" aria-label="{escape(aria)}">{body.strip()}'
