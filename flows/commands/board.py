"""`mobility board`: the board's pages as plain files."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from expectations.language.catalogue import text
from flows.portal.plain_site import write_site
from flows.settings import load_settings


def run_board(folder: Path) -> None:
    """Write the pages and say where to begin.

    Raises:
        UserError: no night has published yet, or the folder holds something else or cannot be written to.
    """
    settings = load_settings()
    pages = write_site(settings, folder)
    said = text("portal.board.written", settings.language, pages=pages, path=folder, first=folder / "index.html")
    Console().print(said, soft_wrap=True, highlight=False, markup=False)
