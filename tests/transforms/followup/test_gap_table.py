"""The table of gaps: districts are sums of communes, and communes show what they may."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from expectations.contract.forms import FORMS
from transforms.followup.gap_table import GAPS, gap_table
from transforms.followup.thresholds import Thresholds
from transforms.intervals import wilson_interval

LATER = date(2022, 6, 1)
HALVES = ("2020-H2", "2021-H1", "2021-H2")
COMMUNES = {"A": (100, 20, 90, 80, 60, 40), "B": (100, 0, 80, 70, 63, 50)}
NAMES = FORMS["regulation_213"].names


def row(level, unit, period, counts):
    return {
        "map": "reported",
        "level": level,
        "unit_id": unit,
        "unit_code": unit,
        "unit_name": f"Đơn vị {unit}",
        "period": period,
        **dict(zip(NAMES, counts, strict=True)),
    }


def made(more=0, told=True, as_of=LATER, thresholds=None):
    """Two communes of a district; A has `more` attended in the last half-year."""
    rows = []
    for period in HALVES:
        own = {
            unit: [*counts[:4], counts[4] + (more if (unit, period) == ("A", "2021-H2") else 0), counts[5]]
            for unit, counts in COMMUNES.items()
        }
        sums = [sum(counts) for counts in zip(*own.values(), strict=True)]
        rows += [row("commune", unit, period, counts) for unit, counts in own.items()]
        rows += [row("district", "871", period, sums), row("province", "87", period, sums)]
    may = [
        {
            "map": "reported",
            "unit_id": unit,
            "period": period,
            "district_code": "871",
            "is_told": told or (unit, period) != ("A", "2021-H1"),
        }
        for unit in COMMUNES
        for period in HALVES
    ]
    return gap_table(pl.DataFrame(rows), pl.DataFrame(may), thresholds or Thresholds(), as_of)


def one(table, unit, step, half="2021-H2"):
    return table.filter(unit_code=unit, step=step, half=half).to_dicts()[0]


@pytest.mark.parametrize(
    ("step", "counts"),
    [("introduced", (90, 90)), ("registered", (80, 90)), ("attended", (60, 70)), ("remarked", (40, 70))],
)
def test_the_exempt_are_taken_off_where_they_may_be_missing(step, counts):
    found = one(made(), "A", step)
    assert (found["numerator"], found["denominator"]) == counts
    assert found["share"] == pytest.approx(counts[0] / counts[1])
    lower, upper = wilson_interval(*counts)
    assert (found["lower"], found["upper"]) == pytest.approx((float(lower), float(upper)))


def test_districts_and_the_province_are_sums_of_communes_so_that_none_hides_anothers_gap():
    table = made()
    for unit in ("871", "87"):
        found = one(table, unit, "introduced")
        assert (found["numerator"], found["denominator"]) == (170, 190)
    assert [one(table, unit, "attended")["district_code"] for unit in ("A", "871", "87")] == ["871", "871", None]
    assert table.schema == GAPS


def test_a_change_is_against_the_half_year_before_and_of_the_remark_against_the_year_before():
    table = made(more=7)
    assert one(table, "A", "attended")["change"] == pytest.approx(0.1)
    assert one(table, "A", "remarked")["change"] == 0
    assert one(table, "A", "attended", "2020-H2")["change"] is None
    assert table.filter(step="remarked")["half"].unique().sort().to_list() == ["2020-H2", "2021-H2"]


def test_a_commune_that_is_hidden_shows_nothing_and_the_next_half_year_no_change():
    table = made(told=False)
    hidden = one(table, "A", "registered", "2021-H1")
    shown = ("numerator", "denominator", "share", "lower", "upper", "change")
    assert [hidden[name] for name in shown] == [None] * len(shown)
    assert one(table, "A", "registered")["change"] is None
    assert one(table, "871", "registered", "2021-H1")["numerator"] == 150
    assert one(table, "B", "registered", "2021-H1")["numerator"] == 70


@pytest.mark.parametrize(("as_of", "is_shown"), [(date(2022, 1, 31), False), (date(2022, 2, 1), True)])
def test_communes_wait_until_a_month_after_the_half_years_end(as_of, is_shown):
    table = made(as_of=as_of)
    assert (one(table, "A", "registered")["numerator"] is not None) == is_shown
    assert one(table, "871", "registered")["numerator"] == 150


def test_the_target_of_each_step_is_the_boards():
    table = made(thresholds=Thresholds({"attended": 0.8}))
    assert (one(table, "A", "attended")["target"], one(table, "A", "registered")["target"]) == (0.8, 0.95)
