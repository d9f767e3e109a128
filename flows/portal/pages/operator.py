"""The operator's page: the last nights, the disk, what doctor found, the letters, who did what."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from expectations.language.catalogue import text
from flows.clock import written
from flows.portal.asked import BOARD, Answer, Asked, GoTo, Route, Shown
from flows.settings import Settings
from transforms.eyesight.wording import eyesight_sentences
from warehouse.board.accounts import open_accounts
from warehouse.board.operator_pages import last_nights, letters_by_state
from warehouse.derived.self_test import acuity_rows

NIGHTS, LINES = 14, 100
PATIENCE = 300  # seconds doctor may take


@dataclass(frozen=True, slots=True)
class Examined:
    """What doctor said, and when."""

    at: datetime
    said: str


def show_operator(asked: Asked) -> Answer:
    """Everything of the home that an operator looks at in the morning."""
    settings = asked.settings
    with open_accounts(settings.board_path) as accounts:
        lines = accounts.audited(LINES)
    disk = shutil.disk_usage(settings.home)
    return Shown(
        "operator.html",
        {
            "nights": last_nights(asked.con, NIGHTS).to_dicts(),
            "eyesight": eyesight_sentences(acuity_rows(asked.con), asked.language),
            "letters": letters_by_state(asked.con).to_dicts(),
            "free": disk.free // 10**6,
            "share": round(100 * disk.free / disk.total),
            "parts": list(_sizes(settings)),
            "examined": _examined(settings),
            "prefect": f"http://{settings.serve_host}:{settings.serve_port}/",
            "lines": [_line(*one) for one in lines],
        },
    )


def examine(asked: Asked) -> Answer:
    """Have doctor look, in a process of its own: the portal does not open the warehouse."""
    environment = os.environ | {"MOBILITY_LANGUAGE": asked.language}
    command = [sys.executable, "-m", "flows", "doctor"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, env=environment, check=False)
        said = done.stdout + done.stderr
    except subprocess.TimeoutExpired:
        said = text("portal.operator.too-long", asked.language, seconds=PATIENCE)
    path = _examination(asked.settings)
    part = path.with_suffix(f".{token_hex(8)}.part")  # two may ask at the same moment
    part.write_text(said, "utf-8")
    part.replace(path)
    return GoTo("/operator", "noted")


def _examined(settings: Settings) -> Examined | None:
    path = _examination(settings)
    if not path.is_file():
        return None
    at = written(path.stat().st_mtime, settings.timezone).replace(microsecond=0)
    return Examined(at, path.read_text("utf-8"))


def _examination(settings: Settings) -> Path:
    return settings.portal_dir / "doctor.txt"


def _sizes(settings: Settings) -> Iterator[tuple[str, int]]:
    """Parts of the home and their megabytes."""
    for path in (settings.warehouse_path, settings.board_copy_path, settings.published_dir, settings.archive_dir):
        inside = path.rglob("*") if path.is_dir() else [path]
        yield path.name, sum(one.stat().st_size for one in inside if one.is_file()) // 10**6


def _line(at: str, name: str, address: str, what: str, came_of: str) -> tuple[datetime, str, str, str, str, str]:
    """A line of the audit: when, who, from where, what, and whether it was done or why it was refused."""
    outcome, _, why = came_of.partition(": ")
    return datetime.fromisoformat(at), name, address, what, outcome, why


_BOARD = frozenset({BOARD})
ROUTES = (
    Route("GET", "/operator", _BOARD, show_operator),
    Route("POST", "/operator/doctor", _BOARD, examine, takes_long=True),
)
