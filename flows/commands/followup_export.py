"""The worklist as workbooks: one a unit that reports, to be sent to it and answered in."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection
from rich.console import Console

from expectations.language.catalogue import Language, text
from flows.clock import today
from flows.commands.cases import open_cases, waiting_acts
from flows.commands.followup_acts import ITEM_COMMANDS
from flows.errors import UserError
from flows.home import home_secret
from flows.night.follow_up import ITEMS
from flows.settings import Settings, load_settings
from transforms.followup.item import ItemAct
from transforms.followup.workbook import WorklistUnit, followup_workbook
from transforms.pages.noted_acts import items_with_noted
from warehouse.board import followup_pages as pages
from warehouse.board.acts import BoardEntry, open_board, waiting
from warehouse.board.cases import Row

ALL: dict[str, Any] = {"status": "all", "unit": None, "kind": None, "priority": None, "overdue": False}
"""Whatever item there is."""


def run_export(folder: Path) -> None:
    """Write a workbook for every unit that reports and has items, or communes with items, which are not over."""
    settings = load_settings()
    written = export(settings, folder)
    Console().print(
        text("followup.exported", settings.language, n=len(written), path=folder),
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def export(settings: Settings, folder: Path) -> list[Path]:
    """The files written: `<code of the unit that reports>.xlsx`; one that stands there already is replaced.

    Raises:
        UserError: the folder cannot be written to.
    """
    with open_cases(settings, ITEM_COMMANDS) as con:
        items, as_of = items_now(con, settings), pages.last_night(con)
    if as_of is None:
        return []
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for unit in dict.fromkeys(item["reporter_code"] for item in items):
            path = folder / f"{unit}.xlsx"
            own = [item for item in items if item["reporter_code"] == unit]
            _write(path, unit_workbook(own, as_of, settings, settings.language))
            written.append(path)
    except OSError as error:
        raise UserError("error.unwritten", path=folder, why=error.strerror) from error
    return written


def items_now(con: DuckDBPyConnection, settings: Settings, status: str = "standing") -> list[Row]:
    """The items with what people did since the last run: columns of followup.item, is_overdue and is_waiting."""
    rows = pages.listed(con, ALL | {"status": status}).to_dicts()
    entries: list[BoardEntry] = []
    if settings.board_path.exists():
        with open_board(settings.board_path) as board:
            entries = waiting(con, board, list(ITEMS.transitions))
    acts = waiting_acts(ITEMS, ItemAct, entries, today(settings.timezone))
    noted = items_with_noted(rows, acts, pages.last_night(con)).rows
    return noted if status == "all" else [row for row in noted if row["closed_on"] is None]


def unit_workbook(items: Sequence[Row], as_of: date, settings: Settings, language: Language) -> bytes:
    """The workbook of the items that a unit answers for, which are not over, sealed by this home."""
    first = items[0]
    about = WorklistUnit(first["reporter_code"], first["reporter_name"], as_of)
    return followup_workbook(items, about, language, home_secret(settings))


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    part.touch(0o640)  # before anything stands in it
    part.write_bytes(content)
    part.chmod(0o640)
    os.replace(part, path)
