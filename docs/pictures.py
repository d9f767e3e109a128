"""Makes the pictures of the operator's and the district's pages from the demonstration's home."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from urllib.request import urlopen

import duckdb
import openpyxl
from PIL import Image, ImageChops
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.text import Text

from docs.browser import Page, browser
from flows.commands.demo import PASSWORD
from flows.settings import load_settings
from warehouse.ledger.archive import read as read_archived

PICTURES = Path(__file__).resolve().parent / "pictures"
LARGEST = 150_000
"""Bytes of a picture."""
FAULTY_UNIT = "868"
"""The reporter of the demonstration whose last file holds a word in place of a count."""
COUNTER_UNIT = "867"
"""The unit of the demonstration's sender, whose last file came back."""
RED = (255, 199, 206)
TERMINAL = """<!DOCTYPE html><meta charset="utf-8"><style>body {{ margin: 0 }} svg {{ display: block }}
.{unique_id}-matrix {{ font-family: "Liberation Mono", Consolas, Menlo, monospace; font-size: {char_height}px;
line-height: {line_height}px; white-space: pre }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif }}
{styles}</style><svg width="{width}" height="{height}">
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>{lines}</defs>{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g></g></svg>
"""
"""Rich's picture of a terminal, without the fonts it would fetch from elsewhere; it is photographed, since not every
viewer has letters for Vietnamese."""


def main() -> None:
    """All pictures, small enough to be kept with the text."""
    home = load_settings().home.resolve()
    PICTURES.mkdir(exist_ok=True)
    with browser() as opened:
        for command, width in (("alerts", 96), ("status", 84)):
            terminal(home, opened, command, width)
        page(home, opened)
    workbook(home)
    portal(home)
    for picture in sorted(PICTURES.iterdir()):
        print(f"{picture.relative_to(PICTURES.parent)}: {picture.stat().st_size:,} bytes")


def terminal(home: Path, opened: Page, command: str, width: int) -> None:
    """A command as it looks on a terminal."""
    environment = {**os.environ, "MOBILITY_HOME": str(home), "COLUMNS": str(width), "FORCE_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "flows", command], env=environment, capture_output=True, text=True, check=True
    )
    console = Console(record=True, width=width, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    console.print(Text.from_ansi(done.stdout.rstrip("\n")))
    name = f"mobility {command}"
    drawn = console.export_svg(title=name, code_format=TERMINAL, unique_id=command)
    with tempfile.TemporaryDirectory() as folder:
        page, shot = Path(folder) / "page.html", Path(folder) / "shot.png"
        page.write_text(drawn, "utf-8")
        opened.open(page.as_uri(), int(re.findall(r'<svg width="(\d+)', drawn)[0]), 10)
        opened.photograph(shot)
        keep(Image.open(shot), command)


def portal(home: Path) -> None:
    """What each role sees first: the board's day, a unit, the counter with a file that has a wrong cell."""
    with _running_portal(home) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        board = chromium.new_page(viewport={"width": 1200, "height": 860})
        _sign_in(board, address, "ban")
        for path, name in (("/", "portal-today"), ("/map", "portal-map"), ("/units/866", "portal-unit")):
            board.goto(f"{address}{path}")
            keep(Image.open(BytesIO(board.screenshot())), name)
        sender = chromium.new_page(viewport={"width": 1200, "height": 860})
        _sign_in(sender, address, "sadec")
        name, content = _rejected_file(home, COUNTER_UNIT)
        sender.set_input_files("#file", {"name": name, "mimeType": "", "buffer": content})
        sender.click("[data-drop] button")
        sender.wait_for_selector("table.grid")
        keep(Image.open(BytesIO(sender.screenshot())), "portal-counter")
        chromium.close()


@contextmanager
def _running_portal(home: Path) -> Iterator[str]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    environment = {**os.environ, "MOBILITY_HOME": str(home), "MOBILITY_PORTAL_PORT": str(port)}
    process = subprocess.Popen([sys.executable, "-m", "flows", "portal"], env=environment, stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(OSError), urlopen(f"{address}/sign-in", timeout=5):
                break
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait()


def _sign_in(page: BrowserPage, address: str, name: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("#name", name)
    page.fill("#word", PASSWORD)
    page.click("main button")


def _rejected_file(home: Path, unit: str) -> tuple[str, bytes]:
    """The unit's last rejected file: its name and bytes."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        row = con.execute(
            "SELECT file_name, sha256 FROM ledger.submission WHERE reporter_code = ? AND outcome = 'rejected' "
            "ORDER BY submission_id DESC LIMIT 1",
            [unit],
        ).fetchone()
    assert row
    return row[0], read_archived(home / "archive", row[1])


def page(home: Path, opened: Page) -> None:
    """The morning page on a desk, down to its first alert, and on a telephone."""
    address = (home / "report.html").as_uri()
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder) / "shot.png"
        opened.open(address, 1000)
        first = opened.value("Math.ceil(document.querySelector('article').getBoundingClientRect().bottom) + 24")
        opened.photograph(shot, first)
        keep(Image.open(shot), "report")
        opened.open(address, 360, is_phone=True)
        opened.photograph(shot, 700)
        keep(Image.open(shot), "report-phone")


def workbook(home: Path) -> None:
    """The first sheet of a marked workbook, and the faulty cell in its own."""
    (path,) = (home / "returns" / FAULTY_UNIT).glob("*.xlsx")
    pages = printed(path)
    keep(trimmed(pages[0]), "returned-list")
    marked = max(pages[1:], key=_redness)
    keep(_around_red(trimmed(marked)), "returned-cell")


def printed(path: Path) -> list[Image.Image]:
    """A workbook's sheets as LibreOffice prints them, each as wide as a page."""
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
    with tempfile.TemporaryDirectory() as folder:
        wide = Path(folder) / "book.xlsx"
        book.save(wide)
        _run(
            [
                "soffice",
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                "pdf",
                "--outdir",
                folder,
                str(wide),
            ]
        )
        _run(["pdftoppm", "-png", "-r", "110", f"{folder}/book.pdf", f"{folder}/page"])
        return [Image.open(BytesIO(each.read_bytes())).convert("RGB") for each in sorted(Path(folder).glob("*.png"))]


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def trimmed(picture: Image.Image) -> Image.Image:
    picture = picture.crop((0, 0, picture.width, round(0.95 * picture.height)))  # the page's number stands below
    white = Image.new("RGB", picture.size, "white")
    left, top, right, bottom = ImageChops.difference(picture, white).getbbox() or (0, 0, *picture.size)
    return picture.crop((max(left - 12, 0), max(top - 12, 0), right + 12, bottom + 12))


def _red(picture: Image.Image) -> Image.Image:
    """Where the picture has the colour of a fault."""
    off = ImageChops.difference(picture, Image.new("RGB", picture.size, RED)).convert("L")
    return off.point(lambda value: 255 if value < 12 else 0)


def _redness(picture: Image.Image) -> int:
    return _red(picture).histogram()[255]


def _around_red(picture: Image.Image, high: int = 300) -> Image.Image:
    """The head of the page, and the rows about the fault."""
    found = _red(picture).getbbox()
    middle = (found[1] + found[3]) // 2 if found else 0
    top = max(min(middle - high // 2, picture.height - high), 0)
    return picture.crop((0, top, picture.width, min(top + high, picture.height)))


def keep(picture: Image.Image, name: str) -> None:
    """Save in as few colours as leave it small."""
    path = PICTURES / f"{name}.png"
    for colours in (128, 64, 32, 16):
        picture.convert("RGB").quantize(colours).save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            return
    raise ValueError(f"{path} is too large")


if __name__ == "__main__":
    main()
