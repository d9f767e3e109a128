"""Trends on the terminal: the level, a small chart of the last years, the word, and since when."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table

from expectations.contract.indicators import INDICATOR_OF, MAIN_INDICATORS
from expectations.contract.problems import Language
from flows.commands.published import open_published
from flows.errors import UserError
from flows.settings import load_settings
from flows.texts import text
from warehouse.marts.questions import trends

BARS = "▁▂▃▄▅▆▇█"
WIDE = 110  # columns of a terminal that has room for intervals


def run_trends(unit: str | None, indicator: str | None) -> None:
    """Print the province's main indicators; of one unit, or one indicator of every unit, where named."""
    settings = load_settings()
    if indicator and indicator not in INDICATOR_OF:
        raise UserError(
            f"Không có chỉ số «{indicator}». Các chỉ số: {', '.join(INDICATOR_OF)}.",
            f"There is no indicator '{indicator}'. There are: {', '.join(INDICATOR_OF)}.",
        )
    with open_published(settings) as con:
        wanted = [indicator] if indicator else MAIN_INDICATORS
        rows = trends(con, wanted, unit, every_unit=indicator is not None)
    if rows.is_empty():
        raise UserError(text("trends.none", "vi"), text("trends.none", "en"))
    console = Console()
    for table in trends_tables(rows, settings.language, is_wide=console.width >= WIDE):
        console.print(table)


def trends_tables(rows: pl.DataFrame, language: str, is_wide: bool) -> list[Table]:
    """A table of indicators for one unit, or of units for one indicator, from marts.trend with unit_name."""
    is_vi = language == "vi"
    by = "unit_code" if rows["unit_code"].n_unique() == 1 else "indicator"
    return [_table(part, by, is_vi, is_wide) for part in rows.partition_by(by, maintain_order=True)]


def _table(rows: pl.DataFrame, by: str, is_vi: bool, is_wide: bool) -> Table:
    first = rows.row(0, named=True)
    title = _unit(first) if by == "unit_code" else _label(first, is_vi)
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    language: Language = "vi" if is_vi else "en"
    heads = (
        "indicator" if by == "unit_code" else "unit",
        "level",
        "two_years" if is_wide else "one_year",
        "direction",
        "since",
        "slope",
    )
    for head in heads:
        table.add_column(
            text(f"trends.{head}", language),
            justify="right" if head in ("level", "slope") else "left",
            no_wrap=head not in ("indicator", "unit"),
            overflow="fold",
        )
    for _, series in rows.group_by("indicator", "unit_code", maintain_order=True):
        table.add_row(*_line(series, by, is_vi, is_wide))
    return table


def _line(series: pl.DataFrame, by: str, is_vi: bool, is_wide: bool) -> list[str]:
    last = series.row(-1, named=True)
    language: Language = "vi" if is_vi else "en"
    slope = _number(last["slope_per_year"])
    if is_wide and last["slope_lower"] is not None:
        slope += f" ({_number(last['slope_lower'])} … {_number(last['slope_upper'])})"
    chart = small_chart(series["value"].tail(24 if is_wide else 12).to_list())
    return [
        _label(last, is_vi) if by == "unit_code" else _unit(last),
        _number(last["level_value"]),
        chart,
        text(f"word.{last['word']}", language),
        last["since"] or "",
        slope,
    ]


def _unit(row: dict[str, Any]) -> str:
    return str(row["unit_name"] or row["unit_code"])


def _label(row: dict[str, Any], is_vi: bool) -> str:
    declared = INDICATOR_OF[row["indicator"]]
    return declared.label_vi if is_vi else declared.label_en


def small_chart(values: list[float | None]) -> str:
    """Bars from the least to the greatest value; a gap where a month is not known."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    span = high - low or 1.0
    return "".join(" " if value is None else BARS[round((value - low) / span * (len(BARS) - 1))] for value in values)


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.3g}"
