"""The map, the units and the indicators: what each role sees, what is published and no more, and what is kept away."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from expectations.contract.indicators import INDICATOR_OF
from expectations.contract.problems import label_of
from flows.portal.boundary_files import BoundaryFiles
from flows.portal.links import Links
from flows.portal.pages.indicators import indicator_page
from flows.portal.pages.map import map_page
from flows.portal.pages.units import read_units, unit_page
from flows.portal.printing import alone, can_print
from flows.portal.render import Frame, rendered
from flows.portal.view import View
from flows.settings import Settings
from tests.flows.portal.visitor import ACCOUNTS
from transforms.pages import indicator_page as model
from transforms.pages.unit_figures import PageUnit, indicators_of
from transforms.pages.unit_page import REASONS, YEAR_FLOWS, year_charts
from warehouse.board_copy import open_copies
from warehouse.publish import LINK

VIETNAMESE = re.compile("[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE)
SQUARE = [[105.5, 10.2], [105.7, 10.2], [105.7, 10.4], [105.5, 10.4], [105.5, 10.2]]


@pytest.fixture
def con(home):
    settings = Settings(home=home)
    with open_copies(settings.published_dir / LINK, settings.board_copy_path) as con:
        yield con


@pytest.fixture
def view(home, con) -> View:
    return View(con, Settings(home=home), "vi", Links(), BoundaryFiles(), is_board=True)


def _shown(view: View, shown) -> str:
    return rendered(shown.template, shown.values, Frame(view.language, account="ban", role="board"))


def test_the_yearly_form_is_on_a_units_page_with_people_only_of_districts(view):
    heads = "Bí thư chi bộ đồng thời trưởng ấp, khóm, {}, năm 2024"
    for level in ("district", "commune"):
        units = [one for one in view.units if one.level == level]
        read = read_units(view, units)
        unit = next(one for one in units if read[one.code].organisation)
        page = _shown(view, unit_page(view, unit, read[unit.code]))
        assert f"Chi ủy được bồi dưỡng, {unit.name}, năm 2024" in page
        assert f"đảng bộ xã, phường, thị trấn, {unit.name}, năm 2024" in page
        assert (heads.format(unit.name) in page) == (level == "district")


def test_every_unit_has_a_page_and_every_page_is_small(view):
    districts = [one for one in view.units if one.level == "district"]
    communes = [one for one in view.units if one.level == "commune"]
    assert len(districts) == 12
    for unit in [*districts, *communes[::20]]:
        page = _shown(view, unit_page(view, unit, read_units(view, [unit])[unit.code]))
        assert f"<h1>{unit.name}</h1>" in page
        assert len(page.encode()) < 300_000
        assert " style=" not in page
        assert "<script>" not in page


@pytest.mark.parametrize("level", ["district", "commune"])
def test_every_indicator_has_a_page_and_a_map(view, level):
    for indicator in indicators_of(level):
        query = {"level": level, "indicator": indicator.name}
        for shown in (
            indicator_page(view, indicator.name, query),
            map_page(view, query),
            map_page(view, query | {"scale": "chance"}),
        ):
            page = _shown(view, shown)
            assert len(page.encode()) < 300_000, indicator.name
            assert " style=" not in page
            assert "d-drawing" in page


def test_a_unit_read_with_all_others_shows_what_it_shows_alone(view):
    for level in ("district", "commune"):
        units = view.of_level(level)
        together = read_units(view, units)
        for unit in units[::50]:
            alone_read = read_units(view, [unit])[unit.code]
            assert unit_page(view, unit, together[unit.code]).values == unit_page(view, unit, alone_read).values


def test_of_a_count_the_sum_of_all_is_no_yardstick(view):
    provinces = {row.indicator.name: row.province for row in view.spread("district")}
    assert provinces["pending_requests"] is None
    assert provinces["away_rate"] is not None


PATHS = ("/map", "/units", "/units/867", "/indicators", "/indicators/away_rate", "/indicators/away_rate.csv")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", ACCOUNTS)
def test_pages_open_for_their_roles(visit, name, path):
    role, unit = ACCOUNTS[name]
    visit.sign_in(name)
    is_own = path == f"/units/{unit}"
    expected = 200 if role != "sender" or is_own else 404 if path.startswith("/units/") else 403
    assert visit.get(path).status_code == expected


def test_a_sender_sees_its_own_unit_without_alerts_and_links_to_others(visit):
    visit.sign_in("sadec")
    page = visit.open("/units/867")
    assert page.status_code == 200
    assert not visit.tree.css("main a[href^='/indicators']")
    assert not visit.tree.css("main a[href='/units'], main a[href^='/alerts'], .cards")
    assert visit.get("/units/875.pdf").status_code == 404


def test_a_reader_is_shown_figures_and_neither_alerts_nor_items(visit, con):
    told = con.execute(
        """SELECT unit_code FROM followup.item WHERE level = 'district' AND closed_on IS NULL
        UNION SELECT unit_code FROM alerts.alert WHERE level = 'district' AND status <> 'resolved'"""
    ).fetchall()
    visit.sign_in("ban")
    for (code,) in told:
        assert "h-matters" in visit.open(f"/units/{code}").text
    visit.cookies.clear()
    visit.sign_in("xem")
    for (code,) in told:
        page = visit.open(f"/units/{code}")
        assert page.status_code == 200
        assert not re.search("h-matters|/alerts|/follow-up", page.text)
    assert told


def test_the_reader_begins_at_the_map(visit):
    visit.sign_in("xem")
    assert visit.open("/").url.path == "/map"


@pytest.mark.parametrize(
    "path",
    [
        "/units/999",
        "/units/chua-phan-bo",
        "/units/%3Cb%3E",
        "/indicators/nothing",
        "/indicators/reporting_timeliness",
        "/indicators/nothing.csv",
        "/indicators/away_rate?level=cell",
        "/map?indicator=nothing",
        "/map?level=province",
        "/map?scale=rainbow",
    ],
)
def test_what_is_not_there_is_not_found(visit, path):
    visit.sign_in("ban")
    assert visit.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/map?period=1999-01", "/indicators/away_rate?period=<b>", "/map?period=2024-H1"])
def test_another_period_shows_the_last_and_says_so(visit, path):
    visit.sign_in("ban")
    page = visit.open(path)
    assert page.status_code == 200
    assert "không có số liệu của chỉ số này" in page.text
    assert '<b>"' not in page.text


def test_a_period_asked_for_is_the_one_that_is_shown(visit):
    visit.sign_in("ban")
    page = visit.open("/map?indicator=away_rate&period=2024-09").text
    assert '<option value="2024-09" selected>' in page
    assert "Tỷ lệ đảng viên đi làm việc xa, 09/2024" in page


def test_what_is_exported_is_what_is_published(visit, con):
    visit.sign_in("ban")
    told = visit.get("/indicators/requests_rate.csv?period=2024-12&kind=month").content
    assert told.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(told.decode("utf-8-sig"))))
    published = con.execute(
        """SELECT unit_code, value FROM marts.indicator WHERE map = 'today' AND indicator = 'requests_rate'
        AND period = '2024-12' AND period_kind = 'month' AND level IN ('district', 'province')"""
    ).fetchall()
    assert {line[0]: line[6] for line in lines[1:]} == {
        code: "" if value is None else str(value) for code, value in published
    }
    book = openpyxl.load_workbook(
        io.BytesIO(visit.get("/indicators/requests_rate.xlsx?period=2024-12&kind=month").content)
    )
    cells = {row[0]: row[6] for row in book.active.iter_rows(min_row=2, values_only=True)}
    assert cells == {code: None if value is None else pytest.approx(value) for code, value in published}


NAMES = ('=HYPERLINK("http://x")', "+1", "-1", "@x", "\tx", "<script>alert(1)</script>")


def test_no_name_becomes_a_formula_or_markup(view):
    units = [PageUnit(str(place), name, "district", None) for place, name in enumerate(NAMES)]
    rows = pl.DataFrame(
        {
            "unit_code": [one.code for one in units],
            "level": "district",
            "numerator": [5.0] * len(units),
            "denominator": [100.0] * len(units),
            "value": [50.0] * len(units),
            "lower": [10.0] * len(units),
            "upper": [90.0] * len(units),
        }
    )
    seen = model.Seen(INDICATOR_OF["away_rate"], "district", "month", "2024-12", units, rows, rows.head(0))
    lines = list(csv.reader(io.StringIO(model.as_csv(seen, "vi").decode("utf-8-sig"))))
    assert all(not line[1].startswith(model.FORMULA) for line in lines[1:])
    sheet = openpyxl.load_workbook(io.BytesIO(model.as_xlsx(seen, "vi"))).active
    assert [cell.data_type for cell in sheet["B"][1:]] == ["s"] * len(units)
    assert "<script" not in model.ranked(seen, "vi", lambda code: None).figure("vi")


def test_counts_of_communes_are_shown_and_hidden_as_they_are_published(view, con):
    years = con.execute("FROM marts.figures_commune_year WHERE map = 'today' AND year = 2024").pl().to_dicts()
    unit = view.units[-1]
    measures = (*YEAR_FLOWS, *REASONS)
    for year in years:
        drawn = [row for chart in year_charts(unit, year, "en") for row in chart.rows]
        said = {name: count for name, count, _ in drawn}
        for measure in measures:
            is_hidden = measure in year["suppressed"]
            value = "not known" if year[measure] is None else str(year[measure])
            assert said[label_of(measure, "en")] == ("hidden" if is_hidden else value)
    assert any(year["suppressed"] for year in years)


def test_what_pages_read_is_published(view):
    """Nothing of a commune's month that its marts do not have stands on its page."""
    commune = next(one for one in view.units if one.level == "commune")
    shown = unit_page(view, commune, read_units(view, [commune])[commune.code]).values
    assert shown["figures"]["balance"] is None
    assert shown["figures"]["reasons"] is None
    assert shown["figures"]["stages"] is None


@pytest.mark.parametrize("path", ["/map", "/indicators", "/indicators/requests_rate", "/units/867", "/units"])
def test_english_pages_hold_no_vietnamese_words_but_names(visit, view, path):
    visit.sign_in("xem")
    visit.get("/language/en")
    page = visit.open(path).text
    names = " ".join(one.name for one in view.units) + " Tết Tiếng Việt"
    left = set(re.findall(r"\w+", re.sub(r"<[^>]+>", " ", page))) - set(re.findall(r"\w+", names))
    assert [word for word in left if VIETNAMESE.search(word)] == []


def _boundaries(home: Path, features: list[tuple[str, list[list[float]]]], name: str = "huyen.geojson") -> Path:
    folder = home / "registry" / "boundaries"
    folder.mkdir(exist_ok=True)
    drawn = [
        {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for code, ring in features
    ]
    (folder / name).write_text(json.dumps({"type": "FeatureCollection", "features": drawn}), "utf-8")
    return folder / name


def _moved(ring: list[list[float]], by: float) -> list[list[float]]:
    return [[x + by, y] for x, y in ring]


def test_the_map_is_drawn_on_the_boards_boundaries_once_they_lie_there(visit, home):
    visit.sign_in("ban")
    assert "Mỗi đơn vị là một ô" in visit.open("/map").text
    _boundaries(home, [("866", SQUARE), ("867", _moved(SQUARE, 0.2))])
    page = visit.open("/map").text
    assert "Ranh giới theo tệp của Ban" in page
    assert len(visit.tree.css("path.d-area")) == 2
    assert "huyen.geojson" in page
    assert visit.tree.css("#h-problems")
    assert "Mỗi đơn vị là một ô" in visit.open("/map?level=commune").text


def test_the_map_opens_on_a_registry_that_cannot_be_read(visit, home):
    (home / "registry").mkdir(exist_ok=True)
    (home / "registry" / "units.csv").write_bytes(b"unit_code,\xff\n1")
    visit.sign_in("ban")
    page = visit.open("/map")
    assert page.status_code == 200
    assert "Mỗi đơn vị là một ô" in page.text


def test_units_lie_where_the_published_copy_says(view, con):
    told = dict(con.execute("SELECT unit_code, lat FROM today.unit WHERE level = 'district' AND lat > 0").fetchall())
    ground = view.boundaries.ground(view.settings, view.units, "district")
    assert {code: lat for code, (lat, _) in ground.places.items()} == told


@pytest.mark.parametrize("data", [b"{", b"\xff\xfe", b'{"type": "FeatureCollection", "features": []}', b"[]"])
def test_a_broken_file_of_boundaries_leaves_the_tiles_and_is_told_to_the_board_alone(visit, home, data):
    _boundaries(home, []).write_bytes(data)
    visit.sign_in("ban")
    page = visit.open("/map").text
    assert "Mỗi đơn vị là một ô" in page
    assert "huyen.geojson" in page
    visit.cookies.clear()
    visit.sign_in("xem")
    page = visit.open("/map").text
    assert "Mỗi đơn vị là một ô" in page
    assert "huyen.geojson" not in page


def test_boundaries_are_read_once_while_they_are_unchanged(view, home):
    path = _boundaries(home, [("866", SQUARE), ("867", _moved(SQUARE, 0.2))])
    first = view.boundaries.ground(view.settings, view.units, "district")
    assert view.boundaries.ground(view.settings, view.units, "district") is first
    _boundaries(home, [("866", SQUARE)])
    assert len(view.boundaries.ground(view.settings, view.units, "district").outlines) == 1
    path.unlink()
    assert not view.boundaries.ground(view.settings, view.units, "district").outlines


def test_a_file_of_boundaries_that_is_too_large_is_not_read(view, home):
    path = _boundaries(home, [])
    with path.open("wb") as file:
        file.truncate((64 << 20) + 1)
    ground = view.boundaries.ground(view.settings, view.units, "district")
    assert not ground.outlines
    assert [error.says("en") for _, error in ground.problems] == [
        "The file is larger than 64 MB and is not read. Use a simplified one."
    ]


def test_a_page_for_the_printer_needs_no_other_file():
    page = '<html><head><link rel="icon" href="/x"><script src="/y" defer></script></head><body></body></html>'
    made = alone(page, "p{color:red}")
    assert "<script" not in made
    assert "<link" not in made
    assert "p{color:red}" in made


def test_without_chromium_the_page_says_how_to_print(visit, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    visit.sign_in("ban")
    assert "lệnh In của trình duyệt" in visit.open("/units/867").text
    answer = visit.get("/units/867.pdf")
    assert answer.status_code == 409
    assert "Chromium" in answer.text


@pytest.mark.skipif(not can_print(), reason="there is no Chromium here")
def test_a_unit_is_printed_as_pdf(visit):
    visit.sign_in("sadec")
    answer = visit.get("/units/867.pdf")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-type"] == "application/pdf"


@pytest.mark.skipif(not can_print(), reason="there is no Chromium here")
def test_a_browser_that_fails_is_told(visit, tmp_path, monkeypatch):
    false = shutil.which("false")
    (tmp_path / "chromium").symlink_to(false or "/bin/false")
    monkeypatch.setenv("PATH", str(tmp_path))
    visit.sign_in("ban")
    assert visit.get("/units/867.pdf").status_code == 409
