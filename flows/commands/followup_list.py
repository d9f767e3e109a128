"""The follow-up on the terminal: the worklist, and one item with its evidence and history."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from expectations.language import numbers
from expectations.language.catalogue import Language, text
from flows.commands.cases import case_named, open_cases
from flows.commands.followup_acts import ITEM_COMMANDS
from flows.commands.published import require_unit
from flows.errors import UserError
from flows.night.alert_lines import SEVERITY_STYLES
from flows.settings import load_settings
from transforms.followup.item_words import due_of, event_details, facts_of, state_of
from transforms.followup.kinds import KINDS
from transforms.followup.step_words import common_gap
from transforms.followup.wording import Voice
from warehouse.board import followup_pages as pages


@dataclass(frozen=True, slots=True)
class ItemsWanted:
    """Which items to list; None wherever anything will do, status "standing" for all that are not over."""

    status: str = "standing"
    unit: str | None = None
    kind: str | None = None
    priority: str | None = None
    overdue: bool = False


def run_list(wanted: ItemsWanted) -> None:
    """Print the items wanted.

    Raises:
        UserError: there is no such kind; names them all.
    """
    if wanted.kind is not None and wanted.kind not in KINDS:
        raise UserError("error.item.no-kind", kind=wanted.kind, kinds=", ".join(KINDS))
    settings = load_settings()
    language = settings.language
    with open_cases(settings, ITEM_COMMANDS) as con:
        rows, common = pages.listed(con, asdict(wanted)), pages.common_gaps(con)
        if rows.is_empty() and wanted.unit:
            require_unit(con, wanted.unit)
    console = Console()
    if rows.is_empty():
        console.print(text("followup.none", language))
        return
    console.print(items_table(rows, language), highlight=False)
    for row in common.iter_rows(named=True):
        console.print(f"[dim]{escape(common_gap(row, language))}[/]", highlight=False, soft_wrap=True)
    console.print(text("followup.next", language, id=rows["item_id"][0]), highlight=False, soft_wrap=True)


def items_table(rows: pl.DataFrame, language: Language) -> Table:
    """The worklist: each item's name, unit, state and day, and below them what it is about."""
    title = text("followup.title", language, n=rows.height, overdue=int(rows["is_overdue"].sum()))
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    is_apart = False
    for row in rows.iter_rows(named=True):
        if row["is_worked_on"] and not is_apart:
            table.add_row("", f"[dim]{text('followup.worked-on', language)}[/]")
            is_apart = True
        table.add_row(
            f"[{SEVERITY_STYLES[row['priority']]}]{text('severity.' + row['priority'], language)}[/]",
            f"[bold]{row['item_id']}[/] · {escape(row['unit_name'])} · {escape(state_of(row, language))}"
            f"{_due(row, language)}\n{escape(row[f'what_{language}'])}",
        )
    return table


def _due(row: dict[str, Any], language: Language) -> str:
    said = due_of(row, language)
    if not said:
        return ""
    return f" · [red]{said} !![/]" if row["is_overdue"] else f" · {said}"


def run_show(item_id: str) -> None:
    """Print an item."""
    settings = load_settings()
    language = settings.language
    with open_cases(settings, ITEM_COMMANDS) as con:
        item, events = case_named(con, ITEM_COMMANDS, item_id), pages.history(con, item_id)
    console = Console()
    priority = text("severity." + item["priority"], language)
    state = escape(state_of(item, language))
    console.print(f"[bold]{item['item_id']}[/]  [{SEVERITY_STYLES[item['priority']]}]{priority}[/]  {state}")
    console.print(f"{escape(item['unit_name'])} · {text(KINDS[item['kind']].label, language)}", highlight=False)
    console.print(escape(item[f"what_{language}"]), highlight=False)
    console.print()
    console.print(facts_table(item, language), highlight=False)
    console.print()
    console.print(history_table(events, item, settings.small_count, language), highlight=False)


def facts_table(item: dict[str, Any], language: Language) -> Table:
    """Who should act, until when and why then, what must be seen for it to be over."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts_of(item, language):
        table.add_row(name, escape(value))
    return table


def history_table(events: pl.DataFrame, item: dict[str, Any], small_count: int, language: Language) -> Table:
    """What happened to it, with the figures that said so, and who did what."""
    table = Table(
        title=text("alert.history", language), title_justify="left", box=None, pad_edge=False, show_header=False
    )
    for _ in range(3):
        table.add_column(overflow="fold")
    voice = Voice(item["level"], small_count, language)
    for row in events.iter_rows(named=True):
        table.add_row(
            numbers.day(row["night"], language),
            text(f"followup.event.{row['event']}", language),
            escape(event_details(row, item, voice)),
        )
    return table
