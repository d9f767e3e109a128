"""Changes to the registry: told first, then written, and the rejected files that waited for them judged again."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from duckdb import DuckDBPyConnection
from rich.console import Console

from expectations.language.catalogue import Message, text
from flows.clock import now
from flows.commands.acts import day_of_act
from flows.errors import UserError
from flows.home import open_home
from flows.night.collect import File, archived_file
from flows.night.run import Run
from flows.night.send_back import send_back
from flows.night.settle import settle
from flows.night.take_in import take_in
from flows.registry_files import PILOTS, TARGETS, read_table, registry_tables
from flows.settings import Settings, load_settings
from transforms.territory.registry import COLUMNS, LEVELS, RegistryFault, build_registry
from warehouse.errors import ArchiveIncomplete
from warehouse.ledger.submissions import waiting_for_registry

KEYS: dict[str, tuple[str, ...]] = {
    "units": ("unit_code", "valid_from"),
    "cells": ("cell_code", "valid_from"),
    "cell_succession": ("from_code", "to_code", "effective_date"),
    "unit_succession": ("from_code", "to_code", "effective_date"),
    "cells_moved": ("cell_code", "effective_date"),
    "reporting_levels": ("level", "valid_from"),
    "aliases": ("unit_code", "alias"),
}
PARENTS = {"units": "parent_code", "cells": "commune_code", "cells_moved": "to_commune_code", "aliases": "unit_code"}
"""The column that names a unit, by table."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a CSV would change: its table, the table afterwards, and how many rows are new or different."""

    table: str
    after: pl.DataFrame
    added: int
    changed: int


def plan(path: Path, settings: Settings) -> Change:
    """What importing a CSV would change; rows are matched by their key, none is removed.

    Raises:
        UserError: the CSV is no registry table (targets and pilots are none: they are edited where they lie), or the
            registry would not fit together with it.
    """
    if path.name == TARGETS:
        raise UserError("error.registry.targets", path=path, place=settings.registry_dir / TARGETS)
    if path.name == PILOTS:
        raise UserError("error.registry.pilots", path=path, place=settings.registry_dir / PILOTS)
    given = read_table(path)
    table = _table_of(given, path)
    tables = registry_tables(settings.registry_dir)
    before, keys = tables[table], list(KEYS[table])
    columns = before.columns
    given = given.select(*(pl.col(name) if name in given.columns else pl.lit("").alias(name) for name in columns))
    twice = given.filter(pl.struct(keys).is_duplicated())
    if twice.height:
        row = " · ".join(twice.select(keys).row(0))
        raise UserError("error.registry.twice", path=path, row=row)
    _require_whole(given, table, tables, path)
    new = given.join(before, on=keys, how="anti")
    different = given.join(before, on=columns, how="anti").join(before, on=keys, how="semi")
    after = pl.concat([before.join(given, on=keys, how="anti"), given]).sort(keys)
    try:
        build_registry({**tables, table: after})
    except RegistryFault as fault:
        raise UserError("error.registry.unfit", path=path, why=fault.message) from fault
    return Change(table, after, new.height, different.height)


def _require_whole(given: pl.DataFrame, table: str, tables: dict[str, pl.DataFrame], path: Path) -> None:
    """Nothing, where each row has a unit that is known: without, its figures are lost.

    Raises:
        UserError: one has not; says which.
    """
    parent = PARENTS.get(table)
    if parent is None:
        return
    known = {*tables["units"]["unit_code"]}
    if table == "units":
        known |= {*given["unit_code"]}
    if table == "aliases":  # names of units and of cells
        known |= {*tables["cells"]["cell_code"]}
    below = given if table != "units" else given.filter(pl.col("kind").replace_strict(LEVELS, default="") != "province")
    for row in below.filter(pl.col(parent) == "").iter_rows():
        why = Message("registry.no-code", file=f"{table}.csv", row=", ".join(row), column=parent)
        raise UserError("error.registry.unfit", path=path, why=why)
    for orphan in given.filter(~pl.col(parent).is_in(["", *sorted(known)])).iter_rows(named=True):
        raise UserError(
            "error.registry.no-parent", path=path, row=orphan[KEYS[table][0]], column=parent, code=orphan[parent]
        )


def _table_of(given: pl.DataFrame, path: Path) -> str:
    fitting = [name for name, columns in COLUMNS.items() if set(columns) <= set(given.columns)]
    named = [name for name in fitting if name == path.stem]
    if not (named or len(fitting) == 1):
        shapes = "; ".join(f"{name}: {', '.join(columns)}" for name, columns in COLUMNS.items())
        raise UserError("error.registry.no-table", path=path, tables=shapes)
    return (named or fitting)[0]


def run_check(path: Path) -> None:
    settings = load_settings()
    _show(plan(path, settings), settings)
    Console().print(text("registry.dry", settings.language))


def _show(change: Change, settings: Settings) -> None:
    key = "registry.change" if change.added or change.changed else "registry.none"
    Console().print(text(key, settings.language, table=change.table, added=change.added, changed=change.changed))


def run_import(path: Path, as_of: date | None) -> None:
    """Write the change and judge again, as of a day, the rejected files whose units it may have mended."""
    settings = load_settings()
    day = day_of_act(settings, as_of)
    change = plan(path, settings)
    _show(change, settings)
    target = settings.registry_dir / f"{change.table}.csv"
    part = target.with_suffix(".part")
    change.after.write_csv(part)
    os.replace(part, target)
    Console().print(text("registry.done", settings.language))
    with open_home(settings) as store:
        files = _waiting(store, settings)
        if files:
            taken = take_in(store, files, settings, Run("registry", day, now(settings.timezone)))
            send_back(store, taken.files, taken.verdict, settings)
            settle(store, taken.touched, settings, day)
            accepted = taken.verdict.outcomes.filter(pl.col("outcome") == "accepted").height
            Console().print(text("registry.again", settings.language, files=len(files), accepted=accepted))


def _waiting(con: DuckDBPyConnection, settings: Settings) -> list[File]:
    """The rejected files that the change may let in, out of the archive; lost bytes are for `doctor` to tell of."""
    files = []
    for row in waiting_for_registry(con):
        with suppress(ArchiveIncomplete):
            files.append(archived_file(row, settings.archive_dir))
    return files
