"""The country on the terminal."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.flows.command_line import mobility
from tests.transforms.nation.invented_nation import SUCCESSION, UNITS, invented_months, months, published
from transforms.nation.marts import national_marts
from transforms.watch.budget import Budget
from warehouse.lake.made import make_lake
from warehouse.lake.opened import LakeAddress, open_lake
from warehouse.nation.write import replace_national

NIGHT = date(2026, 1, 6)


@pytest.fixture(scope="module")
def lake(tmp_path_factory) -> dict[str, str]:
    """A lake with a year of the whole country."""
    root = tmp_path_factory.mktemp("lake")
    address = LakeAddress(str(root / "catalogue.ducklake"), str(root / "data"))
    make_lake(address)
    factors = {("82", period): 4.0 for period in months("2025-01", 12)}
    given = published(invented_months(6, months("2025-01", 12), factors=factors), NIGHT)
    with open_lake(address, read_only=False) as con:
        replace_national(con, national_marts(given, UNITS, SUCCESSION, NIGHT, Budget()), "x")
    return {
        "MOBILITY_HOME": str(root / "home"),
        "MOBILITY_LAKE": address.catalogue,
        "MOBILITY_LAKE_DATA": str(address.data),
        "COLUMNS": "160",
    }


def test_the_countrys_main_indicators_are_shown_with_how_many_provinces_they_are_of(lake):
    done = mobility("nation", "show", **lake)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Cả nước, mười hai tháng gần nhất")
    assert re.search(r"Tỷ lệ đảng viên đi làm việc xa .* 12/2025 +34 trên 34", done.stdout)
    assert "không phải của cả nước" not in done.stdout


def test_provinces_are_shown_the_highest_first_with_their_ranks_and_the_country_last(lake):
    done = mobility("nation", "show", "--indicator", "requests_rate", **lake)
    lines = done.stdout.splitlines()
    assert "mười hai tháng đến hết 12/2025" in lines[0]
    assert re.match(r"Tỉnh Đồng Tháp .* 1 \(1–\d+\) +▲▲", lines[2])
    assert lines[-1].startswith("Cả nước")
    assert len(lines) == 2 + 35


def test_it_is_said_in_english_too(lake):
    done = mobility("nation", "show", "--indicator", "away_rate", **{**lake, "MOBILITY_LANGUAGE": "en"})
    assert "twelve months to December 2025" in done.stdout
    assert "Rank (may be from–to)" in done.stdout


def test_the_book_of_alerts_says_where_what_and_since_when(lake):
    done = mobility("nation", "alerts", **lake)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Cảnh báo của cả nước sau đêm 06/01/2026: ")
    shown = mobility("nation", "alerts", "--all", **{**lake, "MOBILITY_LANGUAGE": "en"})
    assert re.search(r"alerts after the night of 6 January 2026: \d+ standing, \d+ past, 0 withdrawn", shown.stdout)
    assert "--all" not in shown.stdout


def test_an_indicator_that_is_none_is_told_with_those_there_are(lake):
    done = mobility("nation", "show", "--indicator", "x", **lake)
    assert done.returncode == 1
    assert "away_rate" in done.stderr
