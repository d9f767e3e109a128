"""Changes to the registry: told first, then written, and the rejected files that waited for them judged again."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from duckdb import DuckDBPyConnection
from rich.console import Console

from flows import steps
from flows.acts import day_of_act
from flows.clock import now
from flows.collect import File
from flows.errors import UserError
from flows.home import open_home
from flows.registry_files import read_table, registry_tables
from flows.settings import Settings, load_settings
from flows.texts import text
from transforms.registry import COLUMNS, build_registry

KEYS: dict[str, tuple[str, ...]] = {
    "units": ("unit_code", "valid_from"),
    "cells": ("cell_code",),
    "cell_succession": ("from_code", "to_code", "effective_date"),
    "unit_succession": ("from_code", "to_code", "effective_date"),
    "cells_moved": ("cell_code", "effective_date"),
    "reporting_levels": ("level", "valid_from"),
    "aliases": ("unit_code", "alias"),
}


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
        UserError: the CSV is no registry table, or the registry would not fit together with it.
    """
    given = read_table(path)
    table = _table_of(given, path)
    tables = registry_tables(settings.registry_dir)
    before, keys = tables[table], list(KEYS[table])
    columns = before.columns
    given = given.select(*(pl.col(name) if name in given.columns else pl.lit("").alias(name) for name in columns))
    twice = given.filter(pl.struct(keys).is_duplicated())
    if twice.height:
        row = " · ".join(twice.select(keys).row(0))
        raise UserError(f"{path}: {row} có hai dòng.", f"{path}: {row} stands twice.")
    new = given.join(before, on=keys, how="anti")
    different = given.join(before, on=columns, how="anti").join(before, on=keys, how="semi")
    after = pl.concat([before.join(given, on=keys, how="anti"), given]).sort(keys)
    try:
        build_registry({**tables, table: after})
    except ValueError as error:
        raise UserError(
            f"{path}: {error}. Danh mục không đổi.", f"{path}: {error}. The registry stays as it is."
        ) from error
    return Change(table, after, new.height, different.height)


def _table_of(given: pl.DataFrame, path: Path) -> str:
    fitting = [name for name, columns in COLUMNS.items() if set(columns) <= set(given.columns)]
    named = [name for name in fitting if name == path.stem]
    if not (named or len(fitting) == 1):
        shapes = "; ".join(f"{name}: {', '.join(columns)}" for name, columns in COLUMNS.items())
        raise UserError(
            f"{path}: các cột không phải của bảng danh mục nào. Các bảng: {shapes}.",
            f"{path}: its columns are those of no registry table. The tables: {shapes}.",
        )
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
        files = waiting(store, settings)
        if files:
            taken = steps.take_in_files(store, files, settings, day, now(settings.timezone), kind="registry")
            steps.send_back(store, taken, settings)
            steps.settle(store, taken.touched, settings, day)
            accepted = taken.verdict.outcomes.filter(pl.col("outcome") == "accepted").height if taken.verdict else 0
            Console().print(text("registry.again", settings.language, files=len(files), accepted=accepted))


# Rejected for their units, and nothing accepted for their period since.
_WAITING = """
SELECT s.reporter_code, s.file_name, s.sha256, s.received_on, s.received_at
FROM ledger.submission AS s
WHERE s.outcome = 'rejected' AND EXISTS (
    FROM ledger.problem AS p WHERE p.submission_id = s.submission_id AND p.code IN ('unknown-unit', 'unknown-district')
) AND NOT EXISTS (
    FROM ledger.submission AS later
    WHERE later.reporter_code = s.reporter_code AND later.submission_id > s.submission_id
        AND (later.sha256 = s.sha256 OR later.outcome = 'accepted' AND later.period = s.period)
)
ORDER BY s.submission_id
"""


def waiting(con: DuckDBPyConnection, settings: Settings) -> list[File]:
    """The rejected files that a change of the registry may let in, out of the archive."""
    files = []
    for reporter, name, sha, day, at in con.execute(_WAITING).fetchall():
        path = settings.archive_dir / sha[:2] / sha
        if path.is_file():
            data = path.read_bytes()
            files.append(File(None, reporter, name, day, at, data, hashlib.sha256(data).hexdigest()))
    return files
