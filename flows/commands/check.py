"""The same reading and rules for one file at a desk; nothing is stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

import polars as pl
from duckdb import DuckDBPyConnection
from rich.console import Console
from rich.table import Table

from expectations.contract.causes import CAUSE_FIELDS
from expectations.contract.problems import PROBLEM_FIELDS
from expectations.language.catalogue import PeriodCode, text
from expectations.suites.verdict import Verdict, without_great_expectations
from flows.clock import today
from flows.errors import DONE, FAULTY, UserError
from flows.home import registry_frames
from flows.night.collect import File
from flows.night.read import FilesRead, read_by, sender
from flows.night.readers import Readers, readers_of
from flows.night.validate import validate
from flows.registry_files import load_registry
from flows.settings import Settings, load_settings
from transforms.territory.registry import Registry
from warehouse.connection.store import memory_store, open_to_read
from warehouse.errors import WarehouseError
from warehouse.ledger.registry import replace_registry


def run_check(path: Path, reporter: str | None, as_of: date | None, as_json: bool = False) -> int:
    """Print what a night would say of the file, for a person or as one JSON object; 1 where it would be rejected."""
    settings = load_settings()
    day = as_of or today(settings.timezone)
    registry = load_registry(settings.registry_dir)
    with readers_of(settings, 1) as readers:
        file = _file(path, reporter, day, registry, readers, settings)
        batch = read_by(readers, {1: file}, {1: day}, settings)
    console = Console()
    with _history(settings) as (con, is_known):
        if not is_known:
            replace_registry(con, registry_frames(registry))
        verdict = validate(con, batch, settings, without_great_expectations)
    if as_json:
        return _print_json(batch, verdict)
    if not is_known:
        console.print(text("check.no_history", settings.language))
    return _show(batch, verdict, path, settings, console)


def _file(
    path: Path, reporter: str | None, day: date, registry: Registry, readers: Readers, settings: Settings
) -> File:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError("error.check.unopened", path=path, why=error.strerror) from error
    at = datetime.combine(day, time())
    file = File(None, reporter or "", path.name, day, at, data, hashlib.sha256(data).hexdigest())
    code = reporter or sender(readers, file, settings) or path.resolve().parent.name
    if not any(unit.unit_code == code for unit in registry.units):
        raise UserError("error.check.no-sender", path=path)
    return replace(file, reporter_code=code)


@contextmanager
def _history(settings: Settings) -> Iterator[tuple[DuckDBPyConnection, bool]]:
    """The warehouse where it can be read just now, else an empty one; and which of the two."""
    with ExitStack() as stack:
        try:
            con, is_known = stack.enter_context(open_to_read(settings.warehouse_path)), True
        except WarehouseError:
            con, is_known = stack.enter_context(memory_store()), False
        yield con, is_known


def _print_json(batch: FilesRead, verdict: Verdict) -> int:
    """The outcome, the period (null where none could be read), the likely causes and every problem, errors first."""
    problems = verdict.problems.select(PROBLEM_FIELDS).to_dicts()
    is_faulty = any(one["severity"] == "error" for one in problems)
    outcome = "rejected" if is_faulty else "accepted"
    period = batch.submissions["period"][0]
    causes = verdict.causes.select(CAUSE_FIELDS).to_dicts()
    told = {"outcome": outcome, "period": period, "causes": causes, "problems": problems}
    print(json.dumps(told, ensure_ascii=False))
    return FAULTY if is_faulty else DONE


def _show(batch: FilesRead, verdict: Verdict, path: Path, settings: Settings, console: Console) -> int:
    language = settings.language
    problems = verdict.problems
    errors = problems.filter(pl.col("severity") == "error").height
    period = PeriodCode(batch.submissions["period"][0] or "?")
    for cause in verdict.causes[f"message_{language}"]:
        console.print(cause, soft_wrap=True, style="bold", markup=False, highlight=False)
    if problems.height:
        table = Table(box=None, pad_edge=False)
        for key in ("severity", "place", "problem"):
            table.add_column(text(f"column.{key}", language), no_wrap=key != "problem", overflow="fold")
        for row in problems.iter_rows(named=True):
            place = " ".join(filter(None, (row["sheet"], row["cell_ref"])))
            table.add_row(text(f"severity.{row['severity']}", language), place, row[f"message_{language}"])
        console.print(table)
    if errors:
        console.print(text("check.faulty", language, errors=errors))
        return FAULTY
    key = "check.warned" if problems.height else "check.clean"
    console.print(text(key, language, file=path.name, period=period, warnings=problems.height), soft_wrap=True)
    return DONE
