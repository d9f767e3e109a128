"""Pilots on the terminal: what one could show before it starts, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from expectations.contract.indicators import INDICATOR_OF
from expectations.language.catalogue import Language, text
from flows.clock import today
from flows.errors import UserError
from flows.registry_files import load_registry, require_sound_pilots
from flows.settings import Settings, load_settings
from transforms.pilots.assignments import draw, like_rates, shared_out
from transforms.pilots.panel import PilotPanel
from transforms.pilots.pilots_file import is_outcome
from transforms.pilots.power import plan
from transforms.pilots.table import LEAST_PAST, PAST, Known, panel_from
from transforms.pilots.wording import cases, chance, outcome_of, pilot_words, plan_in_words, since_of, times
from transforms.territory.registry import Registry, Unit
from warehouse.board_copy import open_copies
from warehouse.connection.store import open_to_read
from warehouse.derived.pilots import months_of, unsettled_months
from warehouse.marts.pilot_pages import pilot_effects
from warehouse.publish import LINK

STYLES = {"seen": "green", "unseen": "yellow", "unable": "red", "unknown": "default"}
HEADS = ("months", "ratio", "interval", "cases", "p")


def run_show(name: str) -> None:
    """Print what came of a pilot by each of its outcomes; then what is wrong in the table of pilots.

    Raises:
        UserError: there is no such pilot, or a line of the table cannot stand.
    """
    settings = load_settings()
    published, board = settings.published_dir / LINK, settings.board_copy_path
    if not published.exists() or not board.exists():
        raise UserError("error.unpublished", path=published)
    with open_copies(published, board) as con:
        rows = pilot_effects(con, for_board=True)
    mine = [row for row in rows.to_dicts() if row["pilot"].casefold() == name.casefold()]
    if not mine:
        require_sound_pilots(settings.registry_dir)
        known = ", ".join(dict.fromkeys(rows["pilot"])) if rows.height else ""
        raise UserError("pilot.none.of-name" if known else "pilot.none", name=name, known=known)
    console = Console()
    for whole in (row for row in mine if row["part"] == "whole"):
        parts = [row for row in mine if row["part"] == "months" and row["indicator"] == whole["indicator"]]
        _print(console, whole, parts, settings.language)
    require_sound_pilots(settings.registry_dir)


def _print(console: Console, whole: dict, parts: Sequence[dict], language: Language) -> None:
    told = pilot_words(whole, language)
    head = text("pilot.head", language, pilot=told.pilot, what=told.what, units=told.units, when=told.when)
    console.print(f"[bold]{escape(head)}[/]")
    console.print(f"[bold]{escape(told.outcome)}[/]: [{STYLES[told.state]}]{escape(told.verdict)}[/]")
    for ground in told.grounds:
        console.print(f"- {escape(ground)}")
    if parts:
        console.print(_table(parts, language))
    console.print()


def _table(parts: Sequence[dict], language: Language) -> Table:
    table = Table(box=None, pad_edge=False)
    for head in HEADS:
        table.add_column(text(f"pilots.column.{head}", language), justify="left" if head == "months" else "right")
    for row in parts:
        low, high = times(row["ratio_lower"], language), times(row["ratio_upper"], language)
        table.add_row(
            since_of(row, language),
            times(row["rate_ratio"], language),
            f"{low} – {high}",
            cases(row["cases_a_month"], language),
            chance(row["p_value"], language),
        )
    return table


def run_plan(units: str, outcome: str, months: int, among: str | None, strata: int, seed: int) -> None:
    """Print what a pilot in some units could show, the least p, and a drawing of lots.

    Raises:
        UserError: a unit or outcome is not known, or there is too little of a past.
    """
    settings = load_settings()
    language = settings.language
    if outcome not in INDICATOR_OF or not is_outcome(INDICATOR_OF[outcome]):
        known = ", ".join(name for name, one in INDICATOR_OF.items() if is_outcome(one))
        raise UserError("error.pilot.outcome", name=outcome, known=known)
    registry, as_of = load_registry(settings.registry_dir), today(settings.timezone)
    panel, level = _past(settings, registry, outcome, as_of, units)
    names = {unit.unit_code: unit.name for unit in registry.units if unit.level == level}
    chosen = _codes(units, names, panel)
    pool = _codes(among, names, panel) if among else list(panel.codes)
    groups = _strata(panel, sorted({*pool, *chosen}), strata)
    has = np.isin(panel.codes, chosen)
    if not 1 <= months <= 120 or has.all():
        raise UserError("error.pilot.design", months=str(months))
    found = plan(panel, has, groups, months, INDICATOR_OF[outcome].good, seed)
    console = Console()
    head = text(
        "pilot.plan.head",
        language,
        units=_named(chosen, names),
        others=len(panel.codes) - len(chosen),
        outcome=outcome_of({"indicator": outcome}, language),
        months=months,
    )
    for line in (head, *plan_in_words(found, outcome, language)):
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    _print_lots(console, panel, groups, len(chosen), seed, names, language)


def _past(settings: Settings, registry: Registry, outcome: str, as_of: date, units: str) -> tuple[PilotPanel, str]:
    """The last three years of the level that the units are of."""
    with open_to_read(settings.warehouse_path) as con:
        known = Known(months_of(con, [outcome]), registry, registry.places, unsettled_months(con), {}, as_of)
    if known.figures.is_empty():
        raise UserError("error.pilot.no-past", months=str(LEAST_PAST))
    level = _level_of(units, registry)
    panel = panel_from(known, "today", level, outcome, (0, None))
    panel = panel.in_months(panel.months > panel.months.max() - PAST) if len(panel.codes) else panel
    if panel.counts.shape[1] < LEAST_PAST:
        raise UserError("error.pilot.no-past", months=str(LEAST_PAST))
    return panel, level


def _level_of(units: str, registry: Registry) -> str:
    given = {part.casefold() for part in _parts(units)}
    for level in ("district", "commune"):
        of_level = [unit for unit in registry.units if unit.level == level]
        if given <= {key for unit in of_level for key in _keys(unit)}:
            return level
    raise UserError("error.pilot.units", units=units)


def _keys(unit: Unit) -> tuple[str, str]:
    return unit.unit_code, unit.name.casefold()


def _parts(units: str) -> list[str]:
    """Codes with blanks or commas between, or names with commas."""
    apart = [part.strip() for part in re.split(r"[,;]", units) if part.strip()]
    return [code for part in apart for code in (part.split() if re.fullmatch(r"[\d\s]+", part) else [part])]


def _codes(units: str, names: dict[str, str], panel: PilotPanel) -> list[str]:
    by_name = {name.casefold(): code for code, name in names.items() if code in panel.codes}
    found = [part if part in panel.codes else by_name.get(part.casefold(), "") for part in _parts(units)]
    if not found or "" in found:
        raise UserError("error.pilot.units", units=units)
    return list(dict.fromkeys(found))


def _strata(panel: PilotPanel, pool: Sequence[str], number: int) -> list[list[int]]:
    """Strata of like rates among the pool."""
    among = np.flatnonzero(np.isin(panel.codes, list(pool)))
    if not 1 <= number <= len(among):
        raise UserError("error.pilot.strata", most=str(len(among)))
    return like_rates(panel, among, number)


def _print_lots(
    console: Console,
    panel: PilotPanel,
    groups: list[list[int]],
    number: int,
    seed: int,
    names: dict[str, str],
    language: Language,
) -> None:
    """A drawing of as many units, and how `pilots.csv` says what they were drawn among."""
    drawn = draw(shared_out(number, groups), groups, seed, len(panel.codes))
    codes = [code for code, has in zip(panel.codes, drawn, strict=True) if has]
    among = " | ".join(" ".join(panel.codes[place] for place in group) for group in groups)
    for line in (
        text("pilot.plan.lots", language, strata=len(groups), seed=str(seed), units=_named(codes, names)),
        text("pilot.plan.line", language, units=" ".join(codes), among=among),
    ):
        console.print(line, soft_wrap=True, highlight=False, markup=False)


def _named(codes: Sequence[str], names: dict[str, str]) -> str:
    return ", ".join(f"{names.get(code, code)} ({code})" for code in codes)
