"""A month is foreseen from once, when it is in; what was said stays; page and command tell what is published."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

import numpy as np
import polars as pl
import pytest
from duckdb import DuckDBPyConnection

from expectations.contract.periods import Period
from flows.commands.forecast import forecast_table
from flows.night.computing import Computing
from flows.night.measure import _begin_forecasts, _forecasts
from flows.portal.asked import NotThere
from flows.portal.boundary_files import BoundaryFiles
from flows.portal.links import Links
from flows.portal.pages.forecast import forecast_page, forecast_units
from flows.portal.render import Frame, rendered
from flows.portal.view import View
from flows.settings import Settings
from tests.warehouse.marts.marts_province import registry_tables
from transforms.forecast.wording import forecasts_in_words, limits
from transforms.territory.registry import Registry
from warehouse.connection.frames import given
from warehouse.connection.store import memory_store
from warehouse.connection.transaction import transaction
from warehouse.derived.forecasts import came, figures, months_waiting
from warehouse.ledger.nights import begin_nights
from warehouse.ledger.registry import replace_registry
from warehouse.marts.forecast_pages import last_forecasts, months_before, scores
from warehouse.marts.views import apply_marts


class Undone(Exception):
    """What a test wrote is taken back."""


DISTRICTS = tuple(str(code) for code in range(866, 878))
FIRST, LAST = Period(2023, 11), Period(2025, 3)
KEPT = "SELECT count(*), bit_xor(hash(f)) FROM derived.forecast AS f"


def months(first: Period, last: Period) -> list[str]:
    names, period = [], first
    while period <= last:
        names.append(str(period))
        period = period.next
    return names


def put(con: DuckDBPyConnection, names: list[str], missing: tuple[str, ...] = ()) -> None:
    """Whole figures of districts and the province, on both maps; nothing of those that are missing."""
    rng = np.random.default_rng(len(names))
    rows = []
    for period in names:
        of_districts = []
        for code in DISTRICTS:
            there = code not in missing
            row = {"unit_code": code, "level": "district", "members_known": 5000, "members_reported": 5000 * there}
            drawn = (5000 + int(rng.integers(9)), 400 + int(rng.integers(20)), int(rng.poisson(2)))
            row |= dict(
                zip(("members_closing", "away_total", "received"), drawn if there else (None,) * 3, strict=True)
            )
            of_districts.append(row)
        summed = ("members_known", "members_reported", "members_closing", "away_total", "received")
        whole = {name: sum(row[name] or 0 for row in of_districts) for name in summed}
        province = whole | {"unit_code": "87", "level": "province"}
        both = [(row, name) for row in (*of_districts, province) for name in ("today", "reported")]
        rows += [row | {"map": name, "period": period} for row, name in both]
    frame = pl.DataFrame(rows).with_columns(
        unit_id=pl.col("unit_code"), units_expected=pl.lit(50), units_reported=pl.lit(50)
    )
    with given(con, {"made": frame}):
        con.execute("INSERT INTO derived.unit_month BY NAME FROM made")


def send(con: DuckDBPyConnection, period: str, day: date, codes: tuple[str, ...] = DISTRICTS) -> None:
    """Accepted reports of a month."""
    for code in codes:
        con.execute(
            """INSERT INTO ledger.submission BY NAME SELECT
                (SELECT count(*) FROM ledger.submission) + 1 AS submission_id, ? AS reporter_code,
                'district' AS reporter_level, ? AS period, ? AS received_on, ?::TIMESTAMP AS received_at,
                ? AS recorded_at, 'bc.xlsx' AS file_name, 'accepted' AS outcome""",
            [code, period, day, day, day],
        )


def night(con: DuckDBPyConnection, day: date, *, are_new: bool = True) -> None:
    begin_nights(con, "nightly", [day])
    _forecasts(con, _begin_forecasts(con, day, Computing(600)), are_new=are_new)


@pytest.fixture(scope="module")
def kept(registry: Registry) -> Iterator[DuckDBPyConnection]:
    """Seventeen months of all districts, and the forecasts of the night of 4 April 2025."""
    with memory_store() as con:
        replace_registry(con, registry_tables(registry))
        put(con, months(FIRST, LAST))
        for name in months(FIRST, LAST):
            send(con, name, Period.parse(name).next.first_day.replace(day=4))
        apply_marts(con)
        night(con, date(2025, 4, 4))
        yield con


@pytest.fixture
def con(kept: DuckDBPyConnection) -> Iterator[DuckDBPyConnection]:
    """The same, for one test to write in."""
    with suppress(Undone), transaction(kept):
        yield kept
        raise Undone


def made(con: DuckDBPyConnection) -> list[date]:
    return [day for (day,) in con.sql("SELECT DISTINCT made_on FROM marts.forecast ORDER BY 1").fetchall()]


def test_each_month_from_the_thirteenth_on_is_foreseen_from_on_the_day_it_was_in(con):
    assert made(con) == [date(2024, 12, 4), *(date(2025, month, 4) for month in (1, 2, 3, 4))]
    rows = con.sql("SELECT map, level, count(*) FROM marts.forecast GROUP BY ALL ORDER BY ALL").fetchall()
    of_level = (("district", 12), ("province", 1))
    assert rows == [(name, level, 5 * 36 * units) for name in ("reported", "today") for level, units in of_level]
    assert con.sql("SELECT max(forecasts) FROM marts.forecast_score WHERE horizon_to = 12").fetchone() == (10,)


def test_a_night_without_a_new_month_changes_nothing(con):
    before = con.sql(KEPT).fetchall()
    night(con, date(2025, 4, 5), are_new=False)
    night(con, date(2025, 5, 1), are_new=False)  # a month more has ended, of which nothing came
    assert con.sql(KEPT).fetchall() == before


def test_a_month_with_reports_missing_waits_for_its_due_day_and_leaves_what_was_said(con):
    con.execute("CREATE TEMP TABLE said AS FROM derived.forecast")
    put(con, ["2025-04"], missing=("866",))
    send(con, "2025-04", date(2025, 5, 3), DISTRICTS[1:])
    night(con, date(2025, 5, 4))
    assert made(con)[-1] == date(2025, 4, 4)
    scored = "SELECT sum(forecasts) FROM marts.forecast_score WHERE unit_code = '{}' AND horizon_to = 12"
    one, other = (con.sql(scored.format(code)).fetchone() for code in ("866", "867"))
    assert other[0] > one[0]
    night(con, date(2025, 5, 6))
    assert made(con)[-1] == date(2025, 5, 5)
    assert con.sql("SELECT count(*) FROM (FROM said EXCEPT FROM derived.forecast)").fetchone() == (0,)
    corrected = "UPDATE derived.unit_month SET away_total = 0 WHERE period = '2025-04'"
    before = con.sql(KEPT).fetchall()
    con.execute(corrected)
    night(con, date(2025, 5, 7))
    assert con.sql(KEPT).fetchall() == before


def test_where_communes_report_a_month_is_foreseen_from_once_its_flows_are_shown(con):
    begin_nights(con, "nightly", [date(2025, 9, 4)])
    assert months_waiting(con, date(2025, 9, 4), 3) == [
        ("2025-04", date(2025, 5, 5)),
        ("2025-05", date(2025, 6, 5)),
        ("2025-06", date(2025, 7, 5)),
    ]
    begin_nights(con, "nightly", [date(2025, 9, 5)])
    assert months_waiting(con, date(2025, 9, 5), 1) == [("2025-07", date(2025, 9, 5))]


def test_requests_that_are_not_yet_shown_are_not_used(con):
    put(con, ["2025-07"])
    begin_nights(con, "nightly", [date(2025, 8, 20)])
    hidden = con.sql("SELECT count(*) FROM derived.unsettled WHERE period = '2025-07'").fetchone()
    assert hidden == (1,)
    assert figures(con).filter(pl.col("period") == "2025-07")["received"].null_count() == 26
    assert came(con).filter((pl.col("period") == "2025-07") & (pl.col("indicator") == "received")).is_empty()
    assert figures(con).filter(pl.col("period") == "2025-07")["away_total"].null_count() == 0


@pytest.fixture
def view(con: DuckDBPyConnection, tmp_path) -> View:
    return View(con, Settings(home=tmp_path), "vi", Links(), BoundaryFiles(), is_board=True)


def test_the_page_says_the_numbers_a_planner_needs_and_no_accuracy(view):
    shown = forecast_page(view)
    page = rendered(shown.template, shown.values, Frame("vi", role="board", path="/forecast"))
    row = view.con.sql("""SELECT lower_80, upper_80 FROM marts.forecast WHERE map = 'today' AND level = 'province'
        AND indicator = 'away_total' AND made_on = '2025-04-04' AND period = '2026-02'""").fetchone()
    said = [f"{value:,}".replace(",", ".") for value in row]
    assert f"Đến Tết (02/2026): khoảng {said[0]}–{said[1]}." in page
    assert "từ số liệu đến 03/2025" in page
    assert "9 lần trước đây dự báo cho một đến ba tháng sau" in page
    assert "%" not in page.split("<h1>")[1].split("<figure")[0]
    assert 'href="/forecast/866"' in page
    assert page.count("d-fan") >= 3


def test_a_district_has_its_own_page_and_a_stranger_has_none(view):
    assert forecast_page(view, "870").values["unit"] == "Huyện Hồng Ngự"
    assert forecast_units(view) == ["87", *DISTRICTS]
    with pytest.raises(NotThere):
        forecast_page(view, "999")


def test_words_stand_in_both_languages_and_one_number_is_said_once(con):
    rows, told = last_forecasts(con), scores(con)
    words = forecasts_in_words(rows, told, "en")
    assert len(words) == 13 * 3
    assert words[0].tet.startswith("By Tết (")
    assert all(one.past for one in words)
    assert forecast_table(words[:3], "en").row_count == 3
    assert limits({"lower_80": 0, "upper_80": 0}, "vi") == "0"
    assert months_before(con, "87", 6)["period"].n_unique() == 6


def test_a_month_of_which_a_part_has_reported_is_not_drawn_as_a_fall(con):
    known = months_before(con, "87", 6)
    last = known["period"].max()
    con.execute("UPDATE derived.unit_month SET units_reported = 40 WHERE unit_code = '87' AND period = ?", [last])
    assert set(months_before(con, "87", 5)["period"]) == set(known["period"]) - {last}


def test_before_any_forecast_the_page_says_what_is_missing(view):
    view.con.execute("DELETE FROM derived.forecast")
    shown = forecast_page(view)
    assert "cần số liệu của ít nhất mười ba tháng" in rendered(
        shown.template, shown.values, Frame("vi", role="board", path="/forecast")
    )
    assert forecast_units(view) == []
    with pytest.raises(NotThere):
        forecast_page(view, "87")
