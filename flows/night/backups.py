"""The backups that are made on a schedule: each restored at once on trial, the oldest removed."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from expectations.language.catalogue import Joined, SpokenError
from flows.clock import now
from flows.errors import UserError
from flows.settings import Settings
from warehouse.backup import Backup, backup, restore
from warehouse.connection.lock import writer_lock
from warehouse.doctor import examine
from warehouse.errors import StoreLocked

NOTE, TRIAL, BEGINS = "backup.json", ".trial", "mobility-"
UNTRIED, UNSOUND = "untried", "unsound"
WHOSE = "home.txt"
_AFTER_A_RESTORE = ("published",)  # nothing is published in a trial


@dataclass(frozen=True, slots=True)
class LastBackup:
    """What came of the last scheduled backup.

    Attributes:
        at: local time.
        path: where it is; None where it failed.
        why: why it failed; None where it was made and could be restored.
    """

    at: datetime
    path: Path | None
    why: str | None


def back_up(settings: Settings) -> Backup:
    """A backup in the folder of backups, restored beside it and examined; what came of it is noted in the home.

    Raises:
        UserError: there is no such folder in the settings, it is another home's, or what was restored is not sound.
        StoreLocked: a night is running, or another such backup; nothing is noted then.
    """
    if settings.backup_folder is None:
        raise UserError("error.backup.no-folder")
    at = now(settings.timezone)
    with writer_lock(settings.home / NOTE):
        try:
            made = _made(settings, settings.backup_folder, at)
        except StoreLocked:
            raise
        except Exception as error:  # whatever it was, no backup was made, and who asks the doctor is to hear of it
            said = error.says(settings.language) if isinstance(error, SpokenError) else str(error)
            _note(settings, LastBackup(at, None, said))
            raise
        _note(settings, LastBackup(at, made.path, None))
        _retire(settings.backup_folder, settings.backup_keep)
    return made


def last_backup(settings: Settings) -> LastBackup | None:
    """None where none was tried, or what was noted cannot be read."""
    try:
        said = json.loads((settings.home / NOTE).read_text("utf-8"))
        path = Path(said["path"]) if said["path"] else None
        return LastBackup(datetime.fromisoformat(said["at"]), path, said["why"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _made(settings: Settings, folder: Path, at: datetime) -> Backup:
    """A backup under the name by which it is kept: only what was restored on trial bears one, and pushes others out."""
    _require_own(folder, settings.home)
    untried, trial = folder / UNTRIED, folder / TRIAL
    for left in (untried, trial):
        shutil.rmtree(left, ignore_errors=True)
    made = backup(settings.home, untried)
    try:
        restore(untried, trial)
        found = examine(trial, deep=True)
    finally:
        shutil.rmtree(trial, ignore_errors=True)
    wrong = [one.message for one in found if one.state == "act" and one.check not in _AFTER_A_RESTORE]
    if wrong:
        raise UserError("error.backup.unsound", path=_renamed(untried, UNSOUND), why=Joined(tuple(wrong), " "))
    (folder / WHOSE).write_text(f"{settings.home.resolve()}\n", "utf-8")
    return Backup(_renamed(untried, f"{BEGINS}{at:%Y-%m-%d-%H%M%S}"), made.files)


def _require_own(folder: Path, home: Path) -> None:
    """Two homes with one folder would push each other's backups out."""
    whose = folder / WHOSE
    said = whose.read_text("utf-8").strip() if whose.is_file() else ""
    if said and said != str(home.resolve()):
        raise UserError("error.backup.others", folder=folder, home=said, file=whose)


def _renamed(made: Path, name: str) -> Path:
    target = made.with_name(name)
    shutil.rmtree(target, ignore_errors=True)
    os.replace(made, target)
    return target


def _note(settings: Settings, last: LastBackup) -> None:
    path = settings.home / NOTE
    part = path.with_name(f".{NOTE}.part")
    part.write_text(json.dumps(asdict(last), default=str, ensure_ascii=False), "utf-8")
    part.chmod(0o640)
    os.replace(part, path)


def _retire(folder: Path, keep: int) -> None:
    """By their names: the moment stands in them. What earlier releases left half made goes, too."""
    made = sorted(path for path in folder.glob(f"{BEGINS}*") if path.is_dir())
    parts = [path for path in made if path.suffix == ".part"]
    for old in (*parts, *[path for path in made if path not in parts][:-keep]):
        shutil.rmtree(old)
