"""Templates to fill in: one a sender and month, with what is known in place."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
from rich.console import Console

from expectations.contract.periods import Period
from expectations.language.catalogue import PeriodCode, text
from flows.clock import today
from flows.commands.periods import period_typed
from flows.errors import UserError
from flows.registry_files import load_registry
from flows.settings import Settings, load_settings
from transforms.template import NOTHING_KNOWN, NotAReporter, TemplateFile, make_template
from transforms.territory.registry import Registry
from warehouse.connection.store import open_to_read
from warehouse.errors import StoreMissing
from warehouse.ledger.closings import standing_closings


def run_template(unit: str | None, period: str | None, out: Path | None) -> None:
    """Write one unit's template, or those of all who report in the month into a folder."""
    settings = load_settings()
    month = _month(period, settings)
    registry = load_registry(settings.registry_dir)
    closings = _closings(settings, month)
    units = [unit] if unit else sorted(one.unit_code for one in registry.reporters_on(month.last_day))
    files = [_made(registry, closings, code, month, settings) for code in units]
    where = out or Path(text("template.folder", settings.language, period=str(month)))
    if unit:
        paths = [out if out and not out.is_dir() else (out or Path()) / files[0].name]
    else:
        paths = [where / file.name for file in files]
    _write(dict(zip(paths, files, strict=True)))
    console = Console()
    if month.kind == "month" and closings is NOTHING_KNOWN:
        console.print(text("template.no-openings", settings.language), soft_wrap=True)
    shown = paths[0] if unit else where
    said = text("template.written", settings.language, n=len(files), period=PeriodCode(str(month)), path=shown)
    console.print(said, highlight=False, markup=False, soft_wrap=True)


def _month(period: str | None, settings: Settings) -> Period:
    """The month or year asked for, else the last month that has ended."""
    if period is None:
        return Period.month_of(today(settings.timezone)).previous
    month = period_typed(period)
    if month.kind == "half":
        raise UserError("error.period", period=period)
    return month


def _closings(settings: Settings, month: Period) -> pl.DataFrame:
    """What the month opens with; nothing where there is no warehouse yet, nor of a year.

    Raises:
        StoreLocked: the night is writing. Openings left out for that would be missed.
    """
    if month.kind == "year":
        return NOTHING_KNOWN
    try:
        with open_to_read(settings.warehouse_path) as con:
            return standing_closings(con, month.previous)
    except StoreMissing:
        return NOTHING_KNOWN


def _made(registry: Registry, closings: pl.DataFrame, code: str, month: Period, settings: Settings) -> TemplateFile:
    try:
        return make_template(registry, closings, code, month, settings.language, settings.due_day)
    except NotAReporter as error:
        known = ", ".join(f"{one.unit_code} {one.name}" for one in registry.reporters_on(month.last_day))
        raise UserError("error.template.unit", unit=code, period=PeriodCode(str(month)), known=known or "—") from error


def _write(files: dict[Path, TemplateFile]) -> None:
    """Write what does not stand there yet: a template that stands may have been filled in."""
    for path in files:
        if path.exists():
            raise UserError("error.template.stands", path=path)
    for path, file in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{path.name}.part")
            part.unlink(missing_ok=True)
            part.touch(0o640)  # before anything stands in it: a cell's closing is for the board and its unit
            part.write_bytes(file.data)
            part.chmod(0o640)
            os.replace(part, path)
        except OSError as error:
            raise UserError("error.unwritten", path=path, why=error.strerror) from error
