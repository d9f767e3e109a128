"""The page of targets: who sees it, what it tells, and that it holds nothing that is not published."""

from __future__ import annotations

import polars as pl
import pytest

from flows.portal.boundary_files import BoundaryFiles
from flows.portal.links import Links
from flows.portal.pages.targets import targets_page
from flows.portal.plain_site import write_site
from flows.portal.view import View
from flows.registry_files import TARGETS, bundled_dir, targets
from flows.settings import Settings
from transforms.pages.targets import target_cards
from warehouse.board_copy import open_copies
from warehouse.marts.target_pages import targets as published
from warehouse.publish import LINK


@pytest.fixture
def view(home):
    settings = Settings(home=home)
    with open_copies(settings.published_dir / LINK, settings.board_copy_path) as con:
        yield View(con, settings, "vi", Links(), BoundaryFiles(), is_board=True)


@pytest.mark.parametrize("name", ["ban", "xem"])
def test_board_and_readers_find_every_target_in_the_bar(visit, home, name):
    visit.sign_in(name)
    page = visit.open("/targets")
    assert page.status_code == 200
    assert 'href="/targets"' in page.text
    for target in targets(home / "registry").rows:
        assert target.name in page.text
        assert target.source in page.text


def test_a_sender_is_not_let_in(visit):
    visit.sign_in("sadec")
    assert visit.get("/targets").status_code == 403


def test_a_wrong_line_is_told_to_the_board_alone(visit, home):
    good = (bundled_dir() / TARGETS).read_text("utf-8")
    (home / "registry" / TARGETS).write_text(good.replace("95%", "95"), "utf-8")
    for name, is_told in (("ban", True), ("xem", False)):
        visit.sign_in(name)
        assert ("cột value" in visit.open("/targets").text) == is_told


def test_figures_stand_as_they_are_published(view):
    (card, *others) = targets_page(view).values["cards"]
    rows = published(view.con)
    assert 1 + len(others) == rows["target"].n_unique()
    own = rows.filter(target=card.words.name).to_dicts()
    assert len(card.lines) == min(len(own), 12)
    for row, line in zip(reversed(own), card.lines, strict=False):
        if row["known_period"] == row["period"]:
            assert line.of == f"{row['numerator']:,.0f} / {row['denominator']:,.0f}".replace(",", ".")
        else:
            assert (line.share, line.of, line.left) == ("—", "—", "—")


def test_units_judged_by_themselves_stand_with_the_furthest_first(view):
    rows = published(view.con).filter(target="Giữ liên lạc với đảng viên đi làm việc xa")
    units = [
        rows.with_columns(
            level=pl.lit("district"), unit_code=pl.lit(code), unit_name=pl.lit(name), gap_units=pl.lit(gap, pl.Int64)
        )
        for code, name, gap in (("866", "Cao Lãnh", 3), ("867", "Sa Đéc", 30))
    ]
    (card,) = target_cards(pl.concat(units), "vi", lambda code: f"/units/{code}", lambda name: None)
    assert [(line.name, line.href) for line in card.lines] == [("Sa Đéc", "/units/867"), ("Cao Lãnh", "/units/866")]
    assert sum(int(number) for _, number in card.tally) == 2


def test_the_plain_site_has_the_page_and_its_place_in_the_bar(home, tmp_path):
    write_site(Settings(home=home), tmp_path / "site")
    page = (tmp_path / "site" / "targets.html").read_text("utf-8")
    assert "targets.html" in (tmp_path / "site" / "index.html").read_text("utf-8")
    assert "Giữ liên lạc với đảng viên đi làm việc xa" in page


def test_a_units_page_tells_of_members_in_enterprises(visit):
    visit.sign_in("xem")
    page = visit.open("/units/866").text
    assert "Đảng viên làm việc ở doanh nghiệp" in page
    assert "Biểu không ghi riêng liên lạc và sinh hoạt của người ở doanh nghiệp" in page
