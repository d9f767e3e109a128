"""The country on the terminal: its tables made of what the provinces have added, and what they say."""

from __future__ import annotations

from datetime import date

import polars as pl
from rich.console import Console
from rich.table import Table

from expectations.contract.indicators import INDICATOR_OF, MAIN_INDICATORS
from expectations.language import numbers
from expectations.language.catalogue import Language, text
from flows.clock import today
from flows.errors import UserError
from flows.nation.night import NationalNight, measure_nation, open_for_night
from flows.night.lake import lake_address
from flows.settings import Settings, load_settings
from transforms.alerts.wording import numbers_of, plain_expected, what_of
from transforms.drawing.figures import Quantity
from transforms.nation.alert_book import PAST, STANDING, WITHDRAWN
from transforms.nation.country import COUNTRY
from transforms.nation.editions import MISSING, OLD
from transforms.nation.totals import WHOLE
from warehouse.lake.opened import open_lake
from warehouse.nation.questions import alerts_told, editions_shown, latest_indicators

COUNTRY_HEADS = ("nation.column.indicator", "nation.column.value", "nation.column.period", "nation.column.provinces")
PROVINCE_HEADS = ("nation.column.province", "nation.column.value", "nation.column.rank", "nation.column.beyond")
ALERT_HEADS = (
    *("nation.column.unit", "nation.column.what", "nation.column.months", "nation.column.counts"),
    "nation.column.told",
)
# Twelve months where there are as many, else a month; the titles of the country's table and of the provinces'.
KINDS = {
    "rolling12": ("nation.title.year", "nation.title.provinces.year"),
    "month": ("nation.title.month", "nation.title.provinces.month"),
}
OVER = {PAST: "nation.alerts.past", WITHDRAWN: "nation.alerts.withdrawn"}
STYLES = {-2: "blue", -1: "blue", 0: "default", 1: "red", 2: "red"}
MARKS = {-2: "▼▼", -1: "▼", 0: "", 1: "▲", 2: "▲▲"}


def run_measure(as_of: date | None, *, again: bool) -> None:
    """Make the country's tables, and say which provinces they are of."""
    settings = load_settings()
    with open_for_night(settings) as con:
        night = measure_nation(con, settings, as_of or today(settings.timezone), again=again)
    console = Console()
    for line in night_in_words(night, settings.language):
        console.print(line, highlight=False, soft_wrap=True)


def night_in_words(night: NationalNight, language: Language) -> list[str]:
    """What a national night came to, a line each."""
    key = "nation.made" if night.rows else "nation.same"
    lines = [text(key, language, day=night.as_of, rows=sum(night.rows.values()), **night.counts)]
    told = (("nation.old", night.names(OLD)), ("nation.missing", night.names(MISSING)))
    return lines + [text(key, language, names=", ".join(names)) for key, names in told if names]


def run_show(indicator: str | None) -> None:
    """Print the country's main indicators; or one indicator of every province, where named.

    Raises:
        UserError: there is no such indicator, or no national night has been.
    """
    settings = load_settings()
    if indicator and indicator not in INDICATOR_OF:
        raise UserError("error.no-indicator", name=indicator, names=", ".join(INDICATOR_OF))
    with open_lake(lake_address(settings)) as con:
        if editions_shown(con) is None:
            raise UserError("error.nation.none")
        wanted = [indicator] if indicator else list(MAIN_INDICATORS)
        every = {kind: latest_indicators(con, wanted, every=indicator is not None, kind=kind) for kind in KINDS}
    kind, rows = next(((kind, rows) for kind, rows in every.items() if rows.height), ("", pl.DataFrame()))
    if rows.is_empty():
        raise UserError("error.nation.empty")
    _print(rows, kind, indicator, settings)


def run_alerts(*, every: bool) -> None:
    """Print the country's book of alerts: those that stand, or all that were ever told.

    Raises:
        UserError: no national night has been.
    """
    settings = load_settings()
    language, console = settings.language, Console()
    with open_lake(lake_address(settings)) as con:
        book, editions = alerts_told(con), editions_shown(con)
    if book is None or editions is None:
        raise UserError("error.nation.none")
    counts = {state: book.filter(state=state).height for state in (STANDING, PAST, WITHDRAWN)}
    console.print(
        text("nation.alerts.title", language, day=editions["night"][0], **counts), highlight=False, soft_wrap=True
    )
    shown = book if every else book.filter(state=STANDING)
    if shown.height:
        console.print(alerts_table(shown, settings))
    if not every and shown.height < book.height:
        console.print(text("nation.alerts.more", language), highlight=False, soft_wrap=True)


def alerts_table(book: pl.DataFrame, settings: Settings) -> Table:
    """Alerts a line each: whose, what, in which months, how many beside how many expected, since when it is told."""
    language = settings.language
    table = _table(ALERT_HEADS, language)
    for row in book.iter_rows(named=True):
        written = numbers_of(row, language, settings.small_count)
        months = [numbers.period(row[name], language) for name in ("first_period", "period")]
        told = [numbers.day(row["opened_on"], language)]
        if row["state"] != STANDING:
            told.append(text(OVER[row["state"]], language))
        table.add_row(
            row["unit_name"] or row["unit_code"],
            what_of(row, language),
            "–".join(dict.fromkeys(months)),
            "" if row["observed"] is None else f"{written.count(row['observed'])} / {plain_expected(row, written)}",
            ", ".join(told),
        )
    return table


def _print(rows: pl.DataFrame, kind: str, indicator: str | None, settings: Settings) -> None:
    language, console = settings.language, Console()
    period = numbers.period(rows["period"][0], language)
    if indicator is None:
        title, table = text(KINDS[kind][0], language), country_table(rows, language)
    else:
        what = Quantity.of(INDICATOR_OF[indicator], language).heading
        title = text(KINDS[kind][1], language, what=what, period=period)
        table = provinces_table(rows, indicator, language)
    console.print(title, highlight=False, soft_wrap=True)
    console.print(table)
    if rows.filter(pl.col("level") == COUNTRY, pl.col("basis") != WHOLE).height:
        console.print(text("nation.partly", language), highlight=False, soft_wrap=True)


def country_table(rows: pl.DataFrame, language: Language) -> Table:
    """The country's indicators, a line each."""
    table = _table(COUNTRY_HEADS, language)
    for row in rows.filter(pl.col("level") == COUNTRY).iter_rows(named=True):
        quantity = Quantity.of(INDICATOR_OF[row["indicator"]], language)
        provinces = text("nation.of", language, told=row["provinces_told"], expected=row["provinces_expected"])
        table.add_row(
            quantity.label, quantity.with_unit(row["value"]), numbers.period(row["period"], language), provinces
        )
    return table


def provinces_table(rows: pl.DataFrame, indicator: str, language: Language) -> Table:
    """The provinces by one indicator, the highest first, the country last."""
    quantity = Quantity.of(INDICATOR_OF[indicator], language)
    table = _table(PROVINCE_HEADS, language)
    for row in rows.iter_rows(named=True):
        value = quantity.says(row["value"])
        if row["lower"] is not None:
            value += f" ({quantity.says(row['lower'])}–{quantity.says(row['upper'])})"
        ranks = "" if row["rank"] is None else f"{row['rank']} ({row['rank_best']}–{row['rank_worst']})"
        beyond = row["beyond"] or 0
        table.add_row(row["unit_name"] or row["unit_code"], value, ranks, f"[{STYLES[beyond]}]{MARKS[beyond]}[/]")
    return table


def _table(heads: tuple[str, ...], language: Language) -> Table:
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(text(head, language), overflow="fold")
    return table
