"""A series with its expected band, drawn in characters that need no colour."""

from __future__ import annotations

from collections.abc import Sequence

import plotext
import polars as pl

from expectations.contract.periods import Period
from expectations.language import numbers
from expectations.language.catalogue import Language

MONTHS = 36
HEIGHT = 14
OBSERVED, TOLD, EXPECTED, BOUND = "●", "◆", "-", "·"


def band_chart(
    months: pl.DataFrame,
    width: int,
    hidden_below: int | None = None,
    told: tuple[str, str] = ("", ""),
    language: Language = "vi",
) -> str:
    """The last months of a series.

    Args:
        months: period, observed, expected, lower, upper, one row a month, in order; null where it is not known.
        width: columns it may take.
        hidden_below: counts from 1 below it are drawn as half of it; None draws all as they are.
        told: the first and last month that an alert tells of, marked apart.
        language: of the months at the axis.

    Returns:
        lines without any colour; empty where there are fewer than three months.
    """
    rows = months.tail(MONTHS)
    if rows.height < 3:
        return ""
    figure = plotext.figure
    figure.clear()
    figure.theme("colorless")
    figure.plot_size(width, HEIGHT)
    at = [_month(period) for period in rows["period"]]
    is_told = [told[0] <= period <= told[1] for period in rows["period"]]
    for name, marker, is_wanted in (
        ("upper", BOUND, [True] * rows.height),
        ("lower", BOUND, [True] * rows.height),
        ("expected", EXPECTED, [True] * rows.height),
        ("observed", OBSERVED, [not one for one in is_told]),
        ("observed", TOLD, is_told),
    ):
        values = [_shown(value, hidden_below) for value in rows[name]]
        points = [(x, y) for x, y, wanted in zip(at, values, is_wanted, strict=True) if wanted and y is not None]
        if points:
            signal = figure.signal([x for x, _ in points], [y for _, y in points], marker=marker)
            figure.draw(signal if name == "observed" else signal.lines())
    ticks = [x for x in range(at[0], at[-1] + 1) if x % 12 == 0] if len(at) > 14 else [at[0], at[-1]]
    figure.ruler("x").ticks(ticks, [numbers.period(str(Period.month_numbered(x)), language) for x in ticks])
    drawn = figure.build().string(colorless=True)
    figure.clear()
    return str(drawn).rstrip("\n")


def _shown(value: float | None, hidden_below: int | None) -> float | None:
    return hidden_below / 2 if value is not None and hidden_below and 0 < value < hidden_below else value


def _month(period: str) -> int:
    return Period.parse(period).number


def within(months: pl.DataFrame, last_period: str, after: int) -> pl.DataFrame:
    """The months up to so many after the alert's last one."""
    at: Sequence[int] = [_month(period) for period in months["period"]]
    keep = pl.Series([month <= _month(last_period) + after for month in at], dtype=pl.Boolean)
    return months.filter(keep)
