"""The site of plain files: whole, without a broken link, and opened from a folder without a network."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import sync_playwright
from selectolax.lexbor import LexborHTMLParser

from expectations.contract.periods import Period
from flows.errors import UserError
from flows.portal.plain_site import run_board, write_site
from flows.portal.printing import can_print
from flows.settings import Settings
from tests.taking_in import take_in
from transforms.samples.tree import sample_tree

CHROMIUM = shutil.which("chromium") or ""


@pytest.fixture(scope="module")
def site(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("board") / "site"
    write_site(Settings(home=made_home), folder)
    return folder


def _pages(site: Path) -> dict[Path, LexborHTMLParser]:
    return {path: LexborHTMLParser(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}


def _broken_links(pages: dict[Path, LexborHTMLParser]) -> list[tuple[str, str]]:
    broken = set()
    for path, tree in pages.items():
        for node in tree.css("[href], [src]"):
            target = node.attributes.get("href") or node.attributes.get("src") or ""
            parts = urlsplit(target)
            is_elsewhere = bool(parts.scheme or parts.netloc or target.startswith("/") or parts.query)
            if is_elsewhere or (parts.path and not (path.parent / unquote(parts.path)).is_file()):
                broken.add((path.name, target))
    return sorted(broken)[:10]


def test_every_link_leads_to_a_file_of_the_site(site):
    pages = _pages(site)
    assert len(pages) > 200
    assert not _broken_links(pages)


@pytest.mark.parametrize("is_readable", [True, False], ids=["a-month-of-two-districts", "nothing-yet"])
def test_a_home_that_begins_has_its_pages_too(is_readable, tmp_path, registry):
    """Twelve months' indicators are not there yet: months are shown; before the first report, their list."""
    settings = Settings(home=tmp_path / "home", self_test=0)
    month = Period(2024, 11)
    files = sample_tree(registry, 1, month, month, ["866", "867"], is_faulty=False)
    take_in((one if is_readable else replace(one, data=b"?") for one in files), settings)
    write_site(settings, tmp_path / "site")
    pages = _pages(tmp_path / "site")
    assert not _broken_links(pages)
    rates = [path for path in pages if path.name.startswith("requests_rate")]
    assert bool(rates) == is_readable


def test_every_page_can_be_reached_from_the_first(site):
    seen, left = set(), [site / "index.html"]
    while left:
        path = left.pop().resolve()
        if path in seen:
            continue
        seen.add(path)
        links = LexborHTMLParser(path.read_text("utf-8")).css("a[href]")
        targets = (urlsplit(node.attributes["href"] or "").path for node in links)
        left += [path.parent / unquote(target) for target in targets if target.endswith(".html")]
    assert {path.resolve() for path in site.rglob("*.html")} == seen


def test_pages_hold_no_form_no_script_and_a_policy(site):
    for path, tree in _pages(site).items():
        assert not tree.css("form, script, [style], [onclick]"), path.name
        policy = tree.css_first("meta[http-equiv='Content-Security-Policy']")
        assert "default-src 'none'" in (policy.attributes["content"] or "")
        assert path.stat().st_size < 300_000, path.name


def test_a_site_is_written_anew_and_a_strangers_folder_is_left_alone(site, made_home, tmp_path, monkeypatch, capsys):
    old = site / "units" / "000.html"
    old.write_text("x")
    monkeypatch.setenv("MOBILITY_HOME", str(made_home))
    run_board(site)
    assert not old.exists()
    assert "index.html" in re.sub(r"\s", "", capsys.readouterr().out)
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(UserError, match="not written to"):
        write_site(Settings(home=made_home), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_written_before_a_night_has_published(tmp_path):
    with pytest.raises(UserError):
        write_site(Settings(home=tmp_path / "home"), tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_a_folder_that_cannot_be_made_is_told(made_home, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="file"):
        write_site(Settings(home=made_home), tmp_path / "file" / "site")


@pytest.mark.skipif(not can_print() or not CHROMIUM, reason="there is no Chromium here")
def test_the_site_opens_from_a_folder_without_asking_anything_elsewhere(site):
    asked, complaints = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(java_script_enabled=True).new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        for name in ("index.html", "map.html", "units/867.html", "indicators/away_rate.html", "reports.html"):
            page.goto((site / name).as_uri())
            assert page.evaluate("getComputedStyle(document.querySelector('.top')).display") == "flex"
        page.goto((site / "map.html").as_uri())
        page.locator("svg a").first.click()
        assert "/units/" in page.url
        browser.close()
    assert asked
    assert all(url.startswith(site.as_uri()) for url in asked), asked
    assert not complaints
