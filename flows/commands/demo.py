"""The demonstration: sample exports of the real units, the months before taken in, the last night run by Prefect."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from expectations.contract.periods import Period
from expectations.language.catalogue import text
from flows.clock import live_as, today
from flows.commands.backfill import backfill
from flows.commands.demo_months import KEPT, clear, made_anew
from flows.commands.nightly import run_nightly
from flows.errors import UserError
from flows.night.write_page import page_path
from flows.passwords import hashed
from flows.registry_files import load_registry
from flows.settings import Settings, load_settings
from transforms.samples.tree import SampleFile, sample_tree
from warehouse.board.accounts import open_accounts
from warehouse.mark import DEMO_MARK

SEED = 20250105
FIRST, LAST = Period(2022, 12), Period(2024, 12)
LAST_DAY, LAST_NIGHT = date(2025, 1, 5), date(2025, 1, 6)
ACCOUNTS: dict[str, tuple[str, str | None]] = {
    "ban": ("board", None),
    "sadec": ("sender", "867"),
    "xem": ("reader", None),
}
NEXT = (("alerts",), ("status",), ("trends",), ("sql", "FROM marts.unit"))
PASSWORD = "demo-2025"  # of a home that holds nothing but samples


def run_demo() -> None:
    """Make the home anew and run it; a home that is not a demonstration's is left alone."""
    settings = load_settings()
    _require_own(settings.home)
    settings.home.mkdir(parents=True, exist_ok=True)
    _live_on(LAST_DAY, settings)  # whatever the hour, the night comes after what was taken in before it
    clear(settings.home)
    console = Console()
    if not made_anew(settings, lambda inbox: _take_in(inbox, settings, console)):
        console.print(text("demo.kept", settings.language, path=settings.home / KEPT), soft_wrap=True)
    console.print(text("demo.night", settings.language))
    _live_on(LAST_NIGHT, settings)
    run_nightly(LAST_NIGHT, None)
    _add_accounts(settings)
    told = {"names": ", ".join(ACCOUNTS), "password": PASSWORD, "port": str(settings.portal_port)}
    for line in (
        text("demo.page", settings.language, path=page_path(settings).resolve()),
        text("demo.next", settings.language),
        *(f"  {_to_paste(*words)}" for words in NEXT),
        text("demo.portal", settings.language, **told),
        f"  {_to_paste('portal')}",
        text("demo.day", settings.language, day=LAST_NIGHT),
    ):
        console.print(line, soft_wrap=True, highlight=False, markup=False)


def _take_in(inbox: Path, settings: Settings, console: Console) -> None:
    """Write the samples, the last day's as if they had just arrived, and take the months before in."""
    deliveries = settings.home / "deliveries"
    console.print(text("demo.writing", settings.language, path=deliveries), soft_wrap=True)
    for file in sample_tree(load_registry(settings.registry_dir), SEED, FIRST, LAST):
        _write(file, inbox if file.received_on == LAST_DAY else deliveries / str(file.received_on), settings.timezone)
    console.print(text("demo.backfill", settings.language))
    night = backfill(deliveries, None, settings)
    count = dict(night.files["outcome"].value_counts().iter_rows())
    console.print(
        text(
            "night.files",
            settings.language,
            files=night.files.height,
            accepted=count.get("accepted", 0),
            rejected=count.get("rejected", 0),
            duplicates=count.get("duplicate", 0),
        )
    )


def _to_paste(*words: str) -> str:
    """A command that does what it says when it is pasted where this one was typed."""
    program = Path(sys.argv[0])
    found = shutil.which("mobility")
    is_on_path = found is not None and Path(found).resolve() == program.resolve()
    own = [f"MOBILITY_HOME={shlex.quote(os.environ['MOBILITY_HOME'])}"] if "MOBILITY_HOME" in os.environ else []
    if program.name != "mobility":
        return " ".join([*own, shlex.quote(sys.executable), "-m", "flows", *map(shlex.quote, words)])
    return " ".join([*own, "mobility" if is_on_path else shlex.quote(str(program)), *map(shlex.quote, words)])


def _add_accounts(settings: Settings) -> None:
    password = hashed(PASSWORD)
    with open_accounts(settings.board_path) as accounts:
        for name, (role, unit) in ACCOUNTS.items():
            accounts.put(name, role, unit, password)


def _require_own(home: Path) -> None:
    if home.is_dir() and any(home.iterdir()) and not (home / DEMO_MARK).is_file():
        raise UserError("error.demo.real", home=home)


def _live_on(day: date, settings: Settings) -> None:
    """It is this day in the home from now on, and its days go on from there."""
    mark = settings.home / DEMO_MARK
    mark.write_text("0", "ascii")
    live_as(settings.home)  # how far it is to lag behind is counted from today
    mark.write_text(str((today(settings.timezone) - day).days), "ascii")
    live_as(settings.home)


def _write(file: SampleFile, root: Path, timezone: str) -> None:
    path = root / file.reporter_code / file.file_name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.data)
    day = file.received_on
    at = datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo(timezone)).timestamp()
    os.utime(path, (at, at))
