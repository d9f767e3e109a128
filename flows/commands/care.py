"""Care of the home: what is wrong with it, the facts made again from the archived bytes, backups, what may go."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from expectations.language.catalogue import Language, Message, text
from flows.clock import now
from flows.commands.made_again import made_again, publish_again
from flows.errors import ACT, DONE, FAULTY, LOOK, UserError, language_asked
from flows.home import open_home
from flows.night.backups import back_up, last_backup
from flows.night.lake import lake_note, lake_owed
from flows.night.retention import outlived, remove_outlived
from flows.settings import Settings, load_settings, unknown_variables
from warehouse.backup import backup, restore
from warehouse.connection.store import is_up_to_date, require_store
from warehouse.doctor import Diagnosis, examine

BACKUP_OLD = timedelta(days=2)
_COLOURS = {"ok": "green", "warning": "yellow", "error": "red"}
_CODES = {"ok": DONE, "warning": LOOK, "error": ACT}
_WORDS = {DONE: "ok", LOOK: "look", ACT: "act"}


def run_doctor(deep: bool, as_json: bool = False) -> int:
    """Print every finding; 1 where somebody should look, 2 where somebody must act."""
    try:
        settings = load_settings()
    except UserError as error:  # no command runs until they are mended, and whoever reads the JSON must hear of it
        return _told([Diagnosis("settings", "error", error.message)], language_asked(), as_json)
    return _told([*examined(settings, deep=deep)], settings.language, as_json)


def _told(found: Sequence[Diagnosis], language: Language, as_json: bool) -> int:
    code = max((_CODES[one.state] for one in found), default=DONE)
    if as_json:
        findings = [
            {"check": one.check, "state": _WORDS[_CODES[one.state]], "message": one.message.says(language)}
            for one in found
        ]
        print(json.dumps({"status": _WORDS[code], "findings": findings}, ensure_ascii=False, indent=1))
        return code
    console = Console()
    for one in found:
        console.print(
            f"[{_COLOURS[one.state]}]{one.state:8}[/] {one.check:14} {one.message.says(language)}",
            highlight=False,
            soft_wrap=True,
        )
    return code


def examined(settings: Settings, *, deep: bool) -> Iterator[Diagnosis]:
    """What the warehouse's doctor finds, and what only the settings know of."""
    if names := unknown_variables(os.environ):
        yield Diagnosis("settings", "warning", Message("doctor.settings", names=", ".join(names)))
    yield from examine(settings.home, deep=deep, at=now(settings.timezone))
    if settings.backup_folder is not None:
        yield _backup(settings)
    if settings.lake is not None:
        yield _lake(settings)


def _backup(settings: Settings) -> Diagnosis:
    last = last_backup(settings)
    if last is None:
        return Diagnosis("backup", "warning", Message("doctor.backup.none"))
    if last.why is not None:
        return Diagnosis("backup", "error", Message("doctor.backup.failed", at=last.at, why=last.why))
    is_old = now(settings.timezone) - last.at > BACKUP_OLD
    key = "doctor.backup.old" if is_old else "doctor.backup"
    return Diagnosis("backup", "warning" if is_old else "ok", Message(key, at=last.at))


def _lake(settings: Settings) -> Diagnosis:
    if owed := lake_owed(settings):
        return Diagnosis("lake", "warning", owed)
    note = lake_note(settings)
    return Diagnosis("lake", "ok", Message("doctor.lake", edition=note.edition if note else ""))


def run_backup(target: Path | None) -> None:
    """A backup where it is told, or one as the schedule makes it."""
    settings = load_settings()
    made = backup(settings.home, target) if target else back_up(settings)
    Console().print(text("backup.done", settings.language, path=made.path, files=len(made.files)), soft_wrap=True)


def run_restore(source: Path, replace: bool) -> None:
    """Put a backup's data in the home, and publish it."""
    settings = load_settings()
    console = Console()
    made = restore(source, settings.home, replace=replace)
    console.print(text("restore.done", settings.language, path=settings.home, files=len(made.files)), soft_wrap=True)
    if not is_up_to_date(settings.warehouse_path):
        console.print(text("restore.older", settings.language))
        return
    console.print(text("night.published", settings.language, path=publish_again(settings)), soft_wrap=True)


def run_tidy(dry_run: bool) -> None:
    """Remove what the settings say has been kept long enough; with a dry run, only tell."""
    settings = load_settings()
    require_store(settings.warehouse_path)
    with open_home(settings) as con:
        found = outlived(con, settings)
        if not dry_run:
            remove_outlived(found, settings)
    key = "tidy.would" if dry_run else "tidy.done"
    said = text(
        key, settings.language, archived=len(found.archived), workbooks=len(found.workbooks), size=found.size >> 20
    )
    Console().print(said, soft_wrap=True)
    if settings.keep_rejected_days is None and settings.keep_returns_days is None:
        Console().print(text("tidy.unset", settings.language), soft_wrap=True)


def run_rebuild() -> int:
    """Make facts and derived tables again and compare; 1 where they differed (what was made again then stands)."""
    settings = load_settings()
    require_store(settings.warehouse_path)
    again = made_again(settings)
    again.show(Console(), settings.language)
    return DONE if again.is_equal else FAULTY
