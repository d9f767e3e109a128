"""The pages of pilots: who sees which, what they tell, and their charts with sentence and table."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from flows.home import open_home
from flows.night.measure import measure
from flows.night.publish import publish, publish_board
from flows.portal.plain_site import write_site
from flows.registry_files import PILOTS
from flows.settings import Settings
from warehouse.derived.again import forget_derived
from warehouse.ledger.touched import touched

HEADING = "name,what,units,from,to,chosen,drawn_from,outcomes,written_on"


@pytest.fixture(scope="module")
def piloting_home(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One with a pilot of a district and one of a commune, in the last three months of what it knows."""
    home = Path(shutil.copytree(made_home, tmp_path_factory.mktemp("piloting") / "home", symlinks=True))
    settings = Settings(home=home)
    with open_home(settings) as con:
        district, start, night = con.sql("""
            SELECT min(unit_code), max(period) || '-01', (SELECT max(as_of) FROM ledger.night)
            FROM derived.unit_month WHERE map = 'today' AND level = 'district' AND members_reported > 0""").fetchone()
        commune = con.execute(
            "SELECT min(unit_code) FROM registry.unit WHERE level = 'commune' AND parent_code = ?", [district]
        ).fetchone()[0]
        lines = [
            f"Gọi <b>điện</b>,Thử,{district},{start},,lot,,away_rate,2020-01-01",
            f"Ở xã,Thử,{commune},{start},,worst,,requests_rate,2020-01-01",
            f"Sai,Thử,{commune},hôm qua,,worst,,requests_rate,2020-01-01",
        ]
        (settings.registry_dir / PILOTS).write_text("\n".join((HEADING, *lines)), "utf-8")
        forget_derived(con)
        measure(con, touched(con), settings, night or date(2025, 1, 10))
        publish(con, settings, night or date(2025, 1, 10))
        publish_board(con, settings)
    return home


@pytest.fixture
def pilots(piloting_home: Path, home: Path) -> Settings:
    """The test's home is a copy of that one."""
    shutil.rmtree(home)
    shutil.copytree(piloting_home, home, symlinks=True)
    return Settings(home=home)


def test_the_board_sees_every_pilot_a_reader_those_that_are_published(pilots, visit):
    visit.sign_in("ban")
    page = visit.open("/pilots").text
    assert "Gọi &lt;b&gt;điện" in page
    assert "Ở xã" in page
    assert "dòng 4, cột from" in page
    assert visit.open("/pilots/2").status_code == 200
    visit.sign_in("xem")
    page = visit.open("/pilots").text
    assert "Gọi &lt;b&gt;điện" in page
    assert "Ở xã" not in page
    assert "cột from" not in page
    assert visit.open("/pilots/1").status_code == 200
    assert visit.get("/pilots/2").status_code == 404


def test_a_sender_is_not_let_in(visit):
    visit.sign_in("sadec")
    assert visit.get("/pilots").status_code == 403


def test_without_pilots_the_page_says_where_they_are_written(visit):
    visit.sign_in("ban")
    page = visit.open("/pilots")
    assert page.status_code == 200
    assert "registry/pilots.csv" in page.text


def test_the_plain_site_has_the_page(pilots, tmp_path):
    write_site(pilots, tmp_path / "site")
    assert "Gọi &lt;b&gt;điện" in (tmp_path / "site" / "pilots.html").read_text("utf-8")
