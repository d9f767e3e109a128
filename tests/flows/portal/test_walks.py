"""Each role's day in a real browser, at a desk and on a telephone: with and without scripts, by keyboard alone."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from expectations.contract.periods import Period
from flows.commands.backfill import backfill
from flows.settings import Settings
from tests.flows.portal.visitor import PASSWORD
from tests.free_port import free_port
from transforms.samples.tree import sample_tree
from warehouse.board.accounts import open_accounts

MONTH = Period(2025, 1)
WIDTHS = (1280, 390)
PATIENCE = 120.0  # seconds, on the busiest machine
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass
class Walk:
    """A browser's page at the portal, and what was seen on the way."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")
        self.look()

    def look(self) -> None:
        """What axe finds serious is a complaint, and so is a page wider than its window."""
        for found in Axe().run(self.page).response["violations"]:
            if found["impact"] in ("serious", "critical"):
                where = "; ".join(str(node["target"]) for node in found["nodes"][:3])
                self.complaints.append(f"{self.page.url}: {found['id']}: {where}")
        wide, window = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        if wide > window + 1:
            self.complaints.append(f"{self.page.url}: {wide} px wide in a window of {window}")

    def follow(self, what: Locator | str) -> None:
        """Click on what leads to another page, and wait until all of that is there."""
        with self.page.expect_navigation():
            (self.page.locator(what) if isinstance(what, str) else what).click()

    def sign_in(self, name: str) -> None:
        self.page.goto(f"{self.address}/sign-in")
        self.page.fill("#name", name)
        self.page.fill("#word", PASSWORD)
        self.follow("main button")


@pytest.fixture(scope="module")
def home(made_home, tmp_path_factory) -> Path:
    return Path(shutil.copytree(made_home, tmp_path_factory.mktemp("walk") / "home", symlinks=True))


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    port = free_port()
    environment = os.environ | {"MOBILITY_HOME": str(home), "MOBILITY_PORTAL_PORT": str(port)}
    process = subprocess.Popen([sys.executable, "-m", "flows", "portal"], env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + PATIENCE
        while not _answers(address):
            assert time.monotonic() < until
            assert process.poll() is None
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/sign-in", timeout=5):
            return True
    except (URLError, OSError):
        return False


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=[(1280, True), (390, True), (1280, False)], ids=["desk", "telephone", "no scripts"])
def walk(request, browser: Browser, address: str) -> Iterator[Walk]:
    width, has_scripts = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN")
    # The look through by axe is a script of its own: without scripts only the walk itself is tried.
    context = context if has_scripts else _without_scripts(browser, width)
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    walk = Walk(page, address)
    if not has_scripts:
        walk.look = lambda: None  # type: ignore[method-assign]
    page.on("console", lambda said: walk.complaints.append(said.text) if said.type == "error" else None)
    page.on("request", lambda one: None if one.url.startswith(address) else walk.complaints.append(one.url))
    yield walk
    context.close()
    assert walk.complaints == []


def _without_scripts(browser: Browser, width: int):
    return browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=False)


@pytest.fixture(scope="module")
def report(registry) -> bytes:
    files = sample_tree(registry, 20250105, MONTH, MONTH, is_faulty=False)
    return next(one for one in files if one.reporter_code == "867").data


def _with_a_wrong_cell(report: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(report))
    row = next(row for row in book.worksheets[0].iter_rows(min_row=12) if isinstance(row[5].value, int))
    row[5].value = "nhiều"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_senders_day(walk: Walk, home: Path, report: bytes, tmp_path: Path, request):
    page = walk.page
    walk.sign_in("sadec")
    walk.look()
    page.set_input_files("#file", {"name": "T1.xlsx", "mimeType": "", "buffer": _with_a_wrong_cell(report)})
    walk.follow("text=Kiểm tra tệp")
    assert page.locator("table.grid td.error").count() == 1
    walk.look()
    with page.expect_download() as taken:
        page.click("text=Tải bảng tính đã đánh dấu")
    assert taken.value.suggested_filename == "T1.xlsx"
    walk.follow("text=Chọn tệp khác")
    name = f"Bao cao T1 {request.node.callspec.id}.xlsx"
    page.set_input_files("#file", {"name": name, "mimeType": "", "buffer": report})
    walk.follow("text=Kiểm tra tệp")
    walk.follow("main form[action='/counter/send'] button")
    assert page.locator("h1").inner_text() == "Biên nhận"
    walk.look()
    settings = Settings(home=home)
    backfill(settings.inbox_dir, MONTH.next.first_day + timedelta(days=3), settings)
    (settings.inbox_dir / "867" / name).unlink()
    walk.open("/counter")
    row = page.locator("tr", has_text=name)
    assert "đã nhận" in row.inner_text() or "trùng" in row.inner_text()
    walk.follow(row.locator("a"))
    walk.look()
    walk.follow("text=Đăng xuất")
    assert page.url.endswith("/sign-in")


def test_a_board_members_day(walk: Walk):
    page = walk.page
    walk.sign_in("ban")
    assert page.locator(".lead").first.inner_text()
    walk.look()
    walk.open("/alerts")
    alert = page.locator("main a[href^='/alerts/']:not([href*='precision'])").first
    if alert.count():
        walk.follow(alert)
        walk.look()
        page.fill("#note-ack", "đang hỏi huyện <i>")
        walk.follow("form[action$='/acknowledge'] button")
        assert page.locator("[role=status]").inner_text()
    walk.open("/follow-up?status=all")
    walk.open("/alerts/precision")
    walk.open("/reports")
    walk.follow(page.locator("a.state.rejected").first)
    walk.look()
    walk.follow(page.locator("main table a").first)
    walk.look()
    walk.open("/operator")
    walk.open("/password")
    page.goto(f"{walk.address}/counter")
    assert "không dùng được trang này" in page.locator(".fault").inner_text()
    walk.complaints = [one for one in walk.complaints if "403" not in one]


def test_what_was_typed_as_the_session_ended_is_there_again_until_it_is_noted(
    browser: Browser, address: str, home: Path
):
    page = browser.new_page()
    walk = Walk(page, address)
    page.set_default_timeout(PATIENCE * 1000)
    walk.sign_in("ban")
    page.goto(f"{address}/follow-up")
    walk.follow(page.locator("main th a[href^='/follow-up/']").first)
    item = page.url
    page.check("[name=act][value=assign]")
    page.fill("#to", "Thành ủy")
    with open_accounts(Settings(home=home).board_path) as accounts:
        accounts.end_sessions("ban")
    walk.follow("main form[action^='/follow-up/'] button")
    assert "chưa được ghi nhận" in page.locator(".fault").inner_text()
    page.fill("#name", "ban")
    page.fill("#word", PASSWORD)
    walk.follow("main button")
    assert (page.url, page.input_value("#to")) == (item, "Thành ủy")
    page.check("[name=act][value=assign]")
    walk.follow("main form[action^='/follow-up/'] button")
    assert "Thành ủy" in page.locator("main").inner_text()
    page.goto(item)
    assert page.input_value("#to") == ""
    page.close()


def test_each_page_fits_the_narrowest_screen_under_one_heading_its_regions_told_apart(browser: Browser, address: str):
    context = browser.new_context(viewport={"width": 320, "height": 640}, locale="vi-VN")
    context.set_default_timeout(PATIENCE * 1000)
    walk = Walk(context.new_page(), address)
    walk.sign_in("ban")
    for path in ("/", "/operator", "/reports", "/files/1", "/files/1/sheets", "/follow-up", "/follow-up/import"):
        walk.page.goto(f"{address}{path}")
        wide = walk.page.evaluate("document.documentElement.scrollWidth")
        found = Axe().run(walk.page, options={"runOnly": ["page-has-heading-one", "landmark-unique"]})
        assert (path, wide, [one["id"] for one in found.response["violations"]]) == (path, 320, [])
    context.close()


def test_english_is_a_click_away(walk: Walk):
    walk.sign_in("ban")
    walk.follow("text=English")
    assert walk.page.locator("html").get_attribute("lang") == "en"
    walk.look()
    walk.follow("text=Tiếng Việt")
    assert walk.page.locator("html").get_attribute("lang") == "vi"


def test_by_keyboard_alone_somebody_signs_in_and_reaches_an_alert(browser: Browser, address: str):
    page = browser.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(f"{address}/sign-in")
    page.locator("#name:focus").wait_for()
    page.keyboard.type("ban")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == "/alerts":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/alerts")
    page.close()
