"""The forecasts on the terminal: one line a measure."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from expectations.language.catalogue import Language, text
from flows.commands.published import open_published
from flows.errors import UserError
from flows.settings import load_settings
from transforms.forecast.wording import ForecastWords, forecasts_in_words
from warehouse.marts.forecast_pages import last_forecasts, scores

HEADS = ("measure", "next", "tet", "last")


def run_forecast(unit: str | None) -> None:
    """Print the province's forecasts, or a district's.

    Raises:
        UserError: none was made yet, or none of the unit.
    """
    settings = load_settings()
    with open_published(settings) as con:
        rows = last_forecasts(con)
        if rows.is_empty():
            raise UserError("forecast.none")
        own = rows.filter(pl.col("unit_code") == unit if unit else pl.col("level") == "province")
        if own.is_empty():
            raise UserError("forecast.none.unit", unit=unit)
        told = forecasts_in_words(own, scores(con), settings.language)
    console = Console()
    console.print(forecast_table(told, settings.language))
    for one in told:
        if one.past:
            console.print(escape(f"{one.label}: {one.past}"))
    console.print(text("forecast.how", settings.language))


def forecast_table(told: Sequence[ForecastWords], language: Language) -> Table:
    """The measures of one unit."""
    title = escape(text("forecast.title", language, unit=told[0].unit, made=told[0].made))
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    for head in HEADS:
        table.add_column(text(f"forecast.column.{head}", language), overflow="fold")
    for one in told:
        table.add_row(*map(escape, (one.label, one.next, one.tet, one.last)))
    return table
