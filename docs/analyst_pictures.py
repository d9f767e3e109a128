"""Makes the pictures of the analysts' page from a home's published copy: the ways in that come with the product.

That of harlequin was made by hand: it is no dependency of ours.
"""

from __future__ import annotations

import contextlib
import os
import pty
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from urllib.request import urlopen

import duckdb_cli
import openpyxl
from PIL import Image
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.text import Text

from docs.browser import Page, browser
from docs.pictures import TERMINAL, keep, printed, trimmed
from flows.commands.export import export_workbook
from flows.settings import Settings, load_settings

QUERY = """SELECT unit_name, period, members_closing, away_total, away_total / members_closing AS away_share
FROM figures_district WHERE period = (SELECT max(period) FROM figures_province WHERE units_reported = units_expected)
ORDER BY away_share DESC"""
ROWS, COLUMNS = 24, 11
"""Of the workbook's sheet, as many as a picture shows."""


def main() -> None:
    """All of them."""
    settings = load_settings()
    copy = settings.published_dir / "mobility.duckdb"
    with browser() as opened:
        terminal(opened, [sys.executable, "-m", "flows", "sql", QUERY], "mobility sql", "analysts-sql")
        prompt = [str(Path(duckdb_cli.__file__).parent / "duckdb"), "-readonly", str(copy)]
        query = QUERY.replace("DESC", "DESC LIMIT 6")
        terminal(opened, [*prompt, "-c", f"SELECT current_database(); {query}"], "duckdb", "analysts-prompt", 90)
    notebook(copy)
    workbook(settings)


def terminal(opened: Page, command: Sequence[str], title: str, name: str, width: int = 84) -> None:
    """A command as it looks on a terminal."""
    console = Console(record=True, width=width, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    console.print(Text.from_ansi(_on_a_terminal(command).rstrip()))
    drawn = console.export_svg(title=title, code_format=TERMINAL, unique_id=name)
    with tempfile.TemporaryDirectory() as folder:
        page, shot = Path(folder) / "page.html", Path(folder) / "shot.png"
        page.write_text(drawn, "utf-8")
        opened.open(page.as_uri(), int(re.findall(r'<svg width="(\d+)', drawn)[0]), 10)
        opened.photograph(shot)
        keep(Image.open(shot), name)


def _on_a_terminal(command: Sequence[str]) -> str:
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs):
        os.close(theirs)
        told = b""
        with contextlib.suppress(OSError):  # the other end is closed
            while part := os.read(ours, 4096):
                told += part
    os.close(ours)
    return told.decode().replace("\r\n", "\n")


def notebook(copy: Path) -> None:
    """The first notebook, as marimo shows it."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    file = Path(__file__).parent / "notebooks" / "province.py"
    command = [sys.executable, "-m", "marimo", "run", str(file), "--headless", "--port", str(port), "--no-token"]
    environment = {**os.environ, "MOBILITY_COPY": str(copy)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process, sync_playwright() as driver:
        address, until = f"http://127.0.0.1:{port}", time.monotonic() + 120
        while time.monotonic() < until:
            with contextlib.suppress(OSError), urlopen(address, timeout=5):
                break
            time.sleep(0.5)
        chromium = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1000, "height": 760})
        page.goto(address)
        page.wait_for_selector("text=Huyện", timeout=120_000)
        keep(Image.open(BytesIO(page.screenshot())), "analysts-notebook")
        chromium.close()
        process.terminate()


def workbook(settings: Settings) -> None:
    """The head of a sheet of the exported workbook, as LibreOffice prints it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mobility.xlsx"
        export_workbook(settings, path)
        book = openpyxl.load_workbook(path)
        for name in book.sheetnames:
            if name != "figures_district":
                del book[name]
        sheet = book["figures_district"]
        sheet.delete_cols(COLUMNS + 1, sheet.max_column)
        sheet.delete_rows(ROWS + 1, sheet.max_row)
        sheet.auto_filter.ref = None
        book.save(path)
        keep(trimmed(printed(path)[0]), "analysts-workbook")


if __name__ == "__main__":
    main()
