"""Care of the home: what is wrong with it, the facts made again from the archived bytes, backups, what may go."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from expectations.language.catalogue import Language, Message, text
from flows.clock import live_as, now
from flows.commands.made_again import made_again, publish_again
from flows.commands.published import open_published
from flows.errors import ACT, DONE, FAULTY, LOOK, UserError, language_asked
from flows.home import open_home
from flows.night.backups import back_up, last_backup
from flows.night.lake import lake_note, lake_owed
from flows.night.retention import outlived, remove_outlived
from flows.registry_files import require_sound_registry
from flows.settings import Settings, load_settings, unknown_variables
from transforms.eyesight.wording import eyesight_sentences
from warehouse.backup import backup, restore
from warehouse.connection.store import is_up_to_date, require_store
from warehouse.derived.memory import remember_replaced
from warehouse.derived.self_test import acuity_rows, last_self_test
from warehouse.doctor import Diagnosis, State, examine
from warehouse.errors import CopyDamaged

BACKUP_OLD = timedelta(days=2)
_COLOURS = {"ok": "green", "look": "yellow", "act": "red"}
_CODES: dict[State, int] = {"ok": DONE, "look": LOOK, "act": ACT}


def run_doctor(deep: bool, as_json: bool = False) -> int:
    """Print every finding; 1 where somebody should look, 2 where somebody must act."""
    try:
        settings = load_settings()
    except UserError as error:  # no command runs until they are mended, and whoever reads the JSON must hear of it
        return _told([Diagnosis("settings", "act", error.message)], language_asked(), as_json)
    return _told([*examined(settings, deep=deep)], settings.language, as_json)


def _told(found: Sequence[Diagnosis], language: Language, as_json: bool) -> int:
    states: list[State] = ["ok", *(one.state for one in found)]
    worst = max(states, key=_CODES.__getitem__)
    if as_json:
        findings = [{"check": one.check, "state": one.state, "message": one.message.says(language)} for one in found]
        print(json.dumps({"status": worst, "findings": findings}, ensure_ascii=False, indent=1))
        return _CODES[worst]
    console = Console()
    for one in found:
        state, said = text(f"doctor.state.{one.state}", language), one.message.says(language)
        console.print(f"[{_COLOURS[one.state]}]{state:8}[/] {one.check:14} {said}", highlight=False, soft_wrap=True)
    return _CODES[worst]


def examined(settings: Settings, *, deep: bool) -> Iterator[Diagnosis]:
    """What the warehouse's doctor finds, and what only the settings know of."""
    if names := unknown_variables(os.environ):
        yield Diagnosis("settings", "look", Message("doctor.settings", names=", ".join(names)))
    yield from _registry(settings)
    yield from examine(settings.home, deep=deep, at=now(settings.timezone))
    if settings.backup_folder is not None:
        yield _backup(settings)
    if settings.lake is not None:
        yield _lake(settings)
    yield from _self_test(settings)


def _registry(settings: Settings) -> Iterator[Diagnosis]:
    """Whether its files can be read and fit together: else nothing that opens the warehouse runs."""
    if not settings.registry_dir.is_dir():
        return
    try:
        require_sound_registry(settings.registry_dir)
        yield Diagnosis("registry", "ok", Message("doctor.registry"))
    except UserError as error:
        yield Diagnosis("registry", "act", error.message)


def _self_test(settings: Settings) -> Iterator[Diagnosis]:
    """What the watch can see, as the published copy has it; to be looked at where it missed what it must see."""
    try:
        with open_published(settings) as con:
            rows = acuity_rows(con)
            last = last_self_test(con) if rows else None
    except (UserError, CopyDamaged, PermissionError):  # nothing to read: another finding says so
        return
    is_blind = last is not None and last.canaries_seen < last.canaries
    said = " ".join(eyesight_sentences(rows, settings.language))
    yield Diagnosis("self-test", "act" if is_blind else "ok", Message("doctor.self-test", said=said))


def _backup(settings: Settings) -> Diagnosis:
    last = last_backup(settings)
    if last is None:
        return Diagnosis("backup", "look", Message("doctor.backup.none"))
    if last.why is not None:
        return Diagnosis("backup", "act", Message("doctor.backup.failed", at=last.at, why=last.why))
    is_old = now(settings.timezone) - last.at > BACKUP_OLD
    key = "doctor.backup.old" if is_old else "doctor.backup"
    return Diagnosis("backup", "look" if is_old else "ok", Message(key, at=last.at))


def _lake(settings: Settings) -> Diagnosis:
    if owed := lake_owed(settings):
        return Diagnosis("lake", "look", owed)
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
    live_as(settings.home)
    console.print(text("restore.done", settings.language, path=settings.home, files=len(made.files)), soft_wrap=True)
    if not is_up_to_date(settings.warehouse_path):
        console.print(text("restore.older", settings.language))
        return
    _remember_replaced(settings, console)
    console.print(text("night.published", settings.language, path=publish_again(settings)), soft_wrap=True)


def _remember_replaced(settings: Settings, console: Console) -> None:
    """What copies since the backup showed and hid stays shown and hidden."""
    replaced = settings.warehouse_path.with_name(f"{settings.warehouse_path.name}.before-restore")
    if not replaced.exists():
        return
    with open_home(settings) as con:
        if not remember_replaced(con, replaced):
            console.print(text("restore.forgotten", settings.language, path=replaced), soft_wrap=True)


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
    console = Console()
    _remember_replaced(settings, console)
    again = made_again(settings)
    again.show(console, settings.language)
    return DONE if again.is_equal else FAULTY
