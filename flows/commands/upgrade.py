"""A home taken on by this release: backed up, tried on a copy, and only then changed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from rich.console import Console

from expectations.language.catalogue import Joined, text
from flows.commands.made_again import MadeAgain, made_again, publish_again
from flows.errors import UserError
from flows.registry_files import require_sound_registry
from flows.serving.served import is_served
from flows.settings import Settings, load_settings
from warehouse.backup import backup, restore
from warehouse.connection.store import require_store
from warehouse.doctor import examine

INBOX, TRIAL = "inbox", "trial"


def run_upgrade(folder: Path, with_other_facts: bool = False) -> None:
    """Back the home and its inbox up, make all again on a copy, then in the home.

    Args:
        folder: of the backup.
        with_other_facts: go on though this release reads other figures in the archived files than the last one did.

    Raises:
        UserError: the home is being served, the folder stands already, the registry is at fault, or the copy was not
            sound afterwards; the home is then as it was.
    """
    settings = load_settings()
    console = Console()
    require_store(settings.warehouse_path)
    if is_served(settings):
        raise UserError("error.upgrade.served", home=settings.home)
    if folder.exists():
        raise UserError("error.stands", path=folder)
    require_sound_registry(settings.registry_dir)  # the trial would name a file of a copy that is gone by then
    folder.mkdir(mode=0o700, parents=True)
    made = backup(settings.home, folder / "home")
    if settings.inbox_dir.is_dir():
        shutil.copytree(settings.inbox_dir, folder / INBOX, ignore=_not_taken)
    console.print(text("backup.done", settings.language, path=folder, files=len(made.files)), soft_wrap=True)
    console.print(text("upgrade.trial", settings.language))
    tried = _tried(made.path, folder / TRIAL, settings)
    tried.show(console, settings.language)
    if not (tried.are_facts_equal or with_other_facts):
        raise UserError("error.upgrade.other-facts", backup=made.path)
    console.print(text("upgrade.home", settings.language, home=settings.home), soft_wrap=True)
    if tried.is_equal:
        publish_again(settings)
    else:
        made_again(settings)
    console.print(text("upgrade.done", settings.language), soft_wrap=True)


def _not_taken(folder: str, names: list[str]) -> list[str]:
    """What no night takes of a folder of the inbox, and leaves there: links, pipes, what cannot be opened."""
    return [name for name in names if not _can_be_taken(Path(folder, name))]


def _can_be_taken(path: Path) -> bool:
    is_plain = not path.is_symlink() and (path.is_dir() or path.is_file())
    return is_plain and os.access(path, os.R_OK | os.X_OK if path.is_dir() else os.R_OK)


def _tried(backed_up: Path, trial: Path, settings: Settings) -> MadeAgain:
    """What became of a copy; it is removed."""
    try:
        restore(backed_up, trial)
        on_trial = settings.model_copy(update={"home": trial, "inbox": None})
        again = made_again(on_trial)
        wrong = [one.message for one in examine(trial, deep=True) if one.state == "act"]
        if wrong:
            raise UserError("error.upgrade.unsound", backup=backed_up, why=Joined(tuple(wrong), " "))
        return again
    finally:
        shutil.rmtree(trial, ignore_errors=True)
