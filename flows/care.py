"""Care of the home: what is wrong with it, the facts made again from the archived bytes, backup and restore."""

from __future__ import annotations

import hashlib
from pathlib import Path

from duckdb import DuckDBPyConnection
from rich.console import Console

from flows import steps
from flows.clock import now
from flows.collect import File
from flows.errors import DONE, FAULTY
from flows.home import open_home
from flows.read import read
from flows.settings import Settings, load_settings
from flows.texts import text
from warehouse.archive import read as archived
from warehouse.backup import backup, restore
from warehouse.doctor import examine
from warehouse.rebuild import rebuild_facts, to_read_again
from warehouse.touched import touch_everything, touched
from warehouse.transaction import transaction

# What earlier copies showed and hid of communes: no facts tell it, and what was hidden stays hidden.
REMEMBERED = {"edition", "commune_year", "commune_year_shown"}


def run_doctor(deep: bool) -> int:
    """Print every finding; 1 where something needs mending."""
    settings = load_settings()
    console = Console()
    findings = examine(settings.home, deep=deep, at=now(settings.timezone))
    colours = {"ok": "green", "warning": "yellow", "error": "red"}
    for one in findings:
        says = one.vi if settings.language == "vi" else one.en
        console.print(f"[{colours[one.state]}]{one.state:8}[/] {one.check:14} {says}", highlight=False)
    return FAULTY if any(one.state == "error" for one in findings) else DONE


def run_backup(target: Path) -> None:
    settings = load_settings()
    made = backup(settings.home, target)
    Console().print(text("backup.done", settings.language, path=made.path, files=len(made.files)))


def run_restore(source: Path, replace: bool) -> None:
    settings = load_settings()
    made = restore(source, settings.home, replace=replace)
    Console().print(text("restore.done", settings.language, path=settings.home, files=len(made.files)))


def run_rebuild() -> int:
    """Make facts and derived tables again and compare; 1 where they differed (what was made again then stands)."""
    settings = load_settings()
    console = Console()
    with open_home(settings) as con:
        submissions = to_read_again(con)
        files = {row["submission_id"]: file_of(row, settings) for row in submissions.iter_rows(named=True)}
        nights = dict(submissions.select("submission_id", "recorded_at").iter_rows())
        batch = read(files, nights, settings.registry_dir, settings.readers)
        told = rebuild_facts(con, batch.frames.rows)
        for one in told:
            console.print(text("rebuild.form", settings.language, form=one.form, rows=one.rows, lost=one.lost,
                               gained=one.gained))  # fmt: skip
        before = _derived(con)
        _forget_derived(con)
        as_of = steps.latest_night(con) or now(settings.timezone).date()
        steps.settle(con, touched(con), settings, as_of)
        differing = [name for name, content in _derived(con).items() if before[name] != content]
    is_equal = all(one.is_equal for one in told) and not differing
    key = "rebuild.equal" if is_equal else "rebuild.differs"
    console.print(text(key, settings.language, tables=", ".join(differing) or "facts"))
    return DONE if is_equal else FAULTY


def file_of(row: dict[str, object], settings: Settings) -> File:
    """A submission's file out of the archive.

    Raises:
        ArchiveIncomplete: its bytes are not there, or not what their hash says.
    """
    data = archived(settings.archive_dir, str(row["sha256"]))
    return File(None, str(row["reporter_code"]), str(row["file_name"]), row["received_on"], row["received_at"], data,  # type: ignore[arg-type]
                hashlib.sha256(data).hexdigest())  # fmt: skip


def _forget_derived(con: DuckDBPyConnection) -> None:
    """Have every derived figure made again, not only those whose facts differ; a run broken off here is made good."""
    with transaction(con):
        touch_everything(con)
        for name in _derived_tables(con):
            if name not in REMEMBERED:
                con.execute(f"DELETE FROM derived.{name}")


def _derived_tables(con: DuckDBPyConnection) -> list[str]:
    rows = con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'derived' ORDER BY 1").fetchall()
    return [name for (name,) in rows]


def _derived(con: DuckDBPyConnection) -> dict[str, object]:
    """What the derived tables hold, to compare: rows and a sum over them, reals to nine digits."""
    content: dict[str, object] = {}
    for name in _derived_tables(con):
        kinds = con.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = 'derived' AND table_name = ?",
            [name],
        ).fetchall()
        columns = [f"printf('%.9g', {column})" if kind == "DOUBLE" else column for column, kind in kinds
                   if column not in ("as_of", "today")]  # fmt: skip
        content[name] = con.execute(
            f"SELECT count(*), bit_xor(hash({', '.join(columns)})) FROM derived.{name}"
        ).fetchone()
    return content
