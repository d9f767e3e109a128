"""Trends on the terminal: the level, a small chart of the last years, the word, and since when."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table

from expectations.contract.indicators import INDICATOR_OF, MAIN_INDICATORS
from expectations.language import numbers
from expectations.language.catalogue import Language, text
from flows.commands.published import open_published, require_unit
from flows.errors import UserError
from flows.settings import load_settings
from transforms.trends.wording import trend_words
from warehouse.marts.questions import trends

BARS = "▁▂▃▄▅▆▇█"
STYLES = {"rising": "red", "falling": "blue", "unclear": "default"}
WIDE = 110  # columns of a terminal that has room for intervals


def run_trends(unit: str | None, indicator: str | None) -> None:
    """Print the province's main indicators; of one unit, or one indicator of every unit, where named."""
    settings = load_settings()
    if indicator and indicator not in INDICATOR_OF:
        raise UserError("error.no-indicator", name=indicator, names=", ".join(INDICATOR_OF))
    with open_published(settings) as con:
        wanted = [indicator] if indicator else MAIN_INDICATORS
        rows = trends(con, wanted, unit, every_unit=indicator is not None)
        if rows.is_empty() and unit:
            require_unit(con, unit)
    if rows.is_empty():
        raise UserError("trends.none")
    console = Console()
    for table in trends_tables(rows, settings.language, is_wide=console.width >= WIDE):
        console.print(table)


def trends_tables(rows: pl.DataFrame, language: Language, is_wide: bool) -> list[Table]:
    """A table of indicators for one unit, or of units for one indicator, from marts.trend with unit_name."""
    by = "unit_code" if rows["unit_code"].n_unique() == 1 else "indicator"
    return [_table(part, by, language, is_wide) for part in rows.partition_by(by, maintain_order=True)]


def _table(rows: pl.DataFrame, by: str, language: Language, is_wide: bool) -> Table:
    first = rows.row(0, named=True)
    title = _unit(first) if by == "unit_code" else _with_unit(first, language)
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
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
        table.add_row(*_line(series, by, language, is_wide))
    return table


def _line(series: pl.DataFrame, by: str, language: Language, is_wide: bool) -> list[str]:
    last = series.row(-1, named=True)
    words = trend_words(last, language)
    chart = small_chart(series["value"].tail(24 if is_wide else 12).to_list())
    return [
        _with_unit(last, language) if by == "unit_code" else _unit(last),
        words.level,
        chart,
        f"[{STYLES[last['word']]}]{words.word}[/]",
        numbers.period(last["since"], language) if last["since"] else "",
        f"{words.change} ({words.limits})" if is_wide and words.limits else words.change,
    ]


def _unit(row: dict[str, Any]) -> str:
    return str(row["unit_name"] or row["unit_code"])


def _label(row: dict[str, Any], language: Language) -> str:
    declared = INDICATOR_OF[row["indicator"]]
    return declared.label_vi if language == "vi" else declared.label_en


def _with_unit(row: dict[str, Any], language: Language) -> str:
    """The indicator with what its figures count; a share says so by its sign."""
    declared = INDICATOR_OF[row["indicator"]]
    unit = "" if declared.kind == "share" else declared.unit[0 if language == "vi" else 1]
    return f"{_label(row, language)} [dim]({unit})[/]" if unit else _label(row, language)


def small_chart(values: list[float | None]) -> str:
    """Bars from the least to the greatest value; a gap where a month is not known."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    span = high - low or 1.0
    return "".join(" " if value is None else BARS[round((value - low) / span * (len(BARS) - 1))] for value in values)
