"""A province is judged against the others, the country's own move told apart."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.transforms.nation.invented_nation import TODAY, invented_months, months
from transforms.nation.watch import signals
from transforms.watch.budget import Budget

PERIODS = months("2022-01", 48)
LAST = PERIODS[-1]
NIGHT = date(2026, 1, 6)


def judged(factors: dict[tuple[str, str], float], **wanted: str) -> pl.DataFrame:
    figures = invented_months(8, PERIODS, factors=factors).filter(map="today")
    return signals(figures, TODAY, NIGHT, Budget()).filter(indicator="received", kind="change", period=LAST, **wanted)


def test_a_province_that_doubles_alone_is_told_of_and_the_country_is_not():
    found = judged({("82", LAST): 8.0}).filter("is_signal")
    assert found.select("unit_code", "scope", "direction").rows() == [("82", "unit", "up")]


@pytest.fixture(scope="module")
def everywhere() -> pl.DataFrame:
    return judged({(code, LAST): 2.5 for code in TODAY})


def test_a_move_of_all_is_the_countrys_and_not_thirty_four_provinces(everywhere):
    found = everywhere.filter("is_signal")
    assert found.filter(level="country").height == 1
    assert found.filter(level="province").height <= 1


def test_a_province_that_stays_while_all_move_is_expected_to_have_moved(everywhere):
    own = everywhere.filter(unit_code="82").row(0, named=True)
    quiet = judged({}, unit_code="82").row(0, named=True)
    assert own["expected"] > 1.7 * quiet["expected"]


def test_the_country_is_judged_only_where_every_province_is_there():
    figures = invented_months(8, PERIODS[-24:]).filter(map="today")
    here = figures.filter((pl.col("unit_code") != "82") | (pl.col("period") != LAST))
    rows = signals(here, TODAY, NIGHT, Budget()).filter(period=LAST)
    assert "country" not in set(rows["level"])
    assert "82" not in set(rows["unit_code"])
    assert rows.height > 0


def test_nothing_is_judged_where_nothing_is_known():
    nothing = invented_months(8, PERIODS[-1:]).head(0)
    assert signals(nothing, TODAY, NIGHT, Budget()).is_empty()
