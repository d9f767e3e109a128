"""Care of the home: what is wrong with it, the facts made again from the archived bytes, backup and restore."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from expectations.language.catalogue import text
from flows.clock import now
from flows.errors import DONE, FAULTY
from flows.home import open_home
from flows.night.collect import archived_file
from flows.night.read import read_files
from flows.night.settle import settle
from flows.settings import load_settings
from warehouse.backup import backup, restore
from warehouse.connection.store import require_store
from warehouse.derived.again import content_of_derived, forget_derived
from warehouse.doctor import examine
from warehouse.ledger.nights import last_night
from warehouse.ledger.rebuild import rebuild_facts, to_read_again
from warehouse.ledger.touched import touched


def run_doctor(deep: bool) -> int:
    """Print every finding; 1 where something needs mending."""
    settings = load_settings()
    console = Console()
    findings = examine(settings.home, deep=deep, at=now(settings.timezone))
    colours = {"ok": "green", "warning": "yellow", "error": "red"}
    for one in findings:
        console.print(
            f"[{colours[one.state]}]{one.state:8}[/] {one.check:14} {one.message.says(settings.language)}",
            highlight=False,
        )
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
    require_store(settings.warehouse_path)
    with open_home(settings) as con:
        submissions = to_read_again(con)
        files = {
            row["submission_id"]: archived_file(row, settings.archive_dir) for row in submissions.iter_rows(named=True)
        }
        nights = dict(submissions.select("submission_id", "recorded_at").iter_rows())
        batch = read_files(files, nights, settings)
        told = rebuild_facts(con, batch.frames.rows)
        for one in told:
            console.print(
                text("rebuild.form", settings.language, form=one.form, rows=one.rows, lost=one.lost, gained=one.gained)
            )
        before = content_of_derived(con)
        forget_derived(con)
        as_of = last_night(con) or now(settings.timezone).date()
        settle(con, touched(con), settings, as_of)
        differing = [name for name, content in content_of_derived(con).items() if before[name] != content]
    is_equal = all(one.is_equal for one in told) and not differing
    key = "rebuild.equal" if is_equal else "rebuild.differs"
    console.print(text(key, settings.language, tables=", ".join(differing) or "facts"))
    return DONE if is_equal else FAULTY
