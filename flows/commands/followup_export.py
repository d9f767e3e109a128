"""The worklist as workbooks: one a unit that reports, to be sent to it and answered in."""

from __future__ import annotations

import os
from pathlib import Path

from rich.console import Console

from expectations.language.catalogue import text
from flows.commands.cases import open_cases
from flows.commands.followup_acts import ITEM_COMMANDS
from flows.errors import UserError
from flows.settings import Settings, load_settings
from transforms.followup.workbook import WorklistUnit, followup_workbook
from transforms.territory.unit_ids import unit_code_of
from warehouse.board import followup_pages as pages

_STANDING = {"status": "standing", "unit": None, "kind": None, "priority": None, "overdue": False}


def run_export(folder: Path) -> None:
    """Write a workbook for every unit that has items which are not over."""
    settings = load_settings()
    written = export(settings, folder)
    Console().print(
        text("followup.exported", settings.language, n=len(written), path=folder),
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def export(settings: Settings, folder: Path) -> list[Path]:
    """The files written: `<unit code>.xlsx`; one that stands there already is replaced.

    Raises:
        UserError: the folder cannot be written to.
    """
    with open_cases(settings, ITEM_COMMANDS) as con:
        rows, as_of = pages.listed(con, _STANDING), pages.last_night(con)
    if as_of is None:
        return []
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for (unit, name, level), items in rows.group_by("unit_id", "unit_name", "level", maintain_order=True):
            about = WorklistUnit(str(name), str(level), as_of)
            path = folder / f"{unit_code_of(str(unit))}.xlsx"
            _write(path, followup_workbook(items.to_dicts(), about, settings.language))
            written.append(path)
    except OSError as error:
        raise UserError("error.unwritten", path=folder, why=error.strerror) from error
    return written


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    part.touch(0o640)  # before anything stands in it
    part.write_bytes(content)
    part.chmod(0o640)
    os.replace(part, path)
