"""Which figures of members away and of requests are a matter, and never of what is not wholly known."""

from __future__ import annotations

import json
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.transforms.followup.followup_figures import Came, Sheet
from transforms.followup import latest_figures
from transforms.followup.matter_readings import changes
from transforms.followup.thresholds import Thresholds

NIGHT = date(2021, 7, 5)


def read(came, kind, night=NIGHT, thresholds=None, level="district"):
    rows = Sheet(came, level).read([night], thresholds)
    return {row["unit_id"]: row for row in rows.to_dicts() if row["kind"] == kind}


def away(commune, period, on, *, total, temporary=0, exempt=0, out=0, until=None):
    figures = {
        "away_total": total,
        "away_temporary_activity": temporary,
        "away_exempt": exempt,
        "away_out_of_contact": out,
    }
    return Came("away", commune, period, on, figures, until)


def test_away_without_a_form_of_activity_is_a_matter_above_the_share():
    came = [away(c, "2021-06", date(2021, 7, 2), total=50, temporary=5, exempt=10) for c in "AB"]
    found = read(came, "away-no-activity")["871"]
    assert (found["stands"], found["least"], found["base"]) == (True, 70, 100)
    assert not read(came, "away-no-activity", thresholds=Thresholds(away_share=0.70))["871"]["stands"]


def test_out_of_contact_is_a_matter_when_both_months_are_above_the_share():
    before = [away(c, "2021-05", date(2021, 6, 2), total=20, out=6) for c in "AB"]
    after = [away(c, "2021-06", date(2021, 7, 2), total=20, out=8) for c in "AB"]
    found = read(before + after, "away-out-of-contact")["871"]
    assert (found["stands"], found["least"], found["base"]) == (True, 16, 40)
    assert json.loads(found["evidence"]) | {"communes": None} == {
        "away_out_of_contact": 16,
        "away_total": 40,
        "before": "2021-05",
        "count_before": 12,
        "total_before": 40,
        "communes": None,
    }
    calm = [away(c, "2021-05", date(2021, 6, 2), total=20, out=4) for c in "AB"]
    assert not read(calm + after, "away-out-of-contact")["871"]["stands"]
    assert read(after, "away-out-of-contact") == {}


def test_communes_are_named_from_the_small_count_on_where_contact_is_concerned():
    months = [("2021-05", date(2021, 6, 2)), ("2021-06", date(2021, 7, 2))]
    came = [away(c, p, on, total=5, out=out) for p, on in months for c, out in (("A", 2), ("B", 4))]
    found = read(came, "away-out-of-contact")["871"]
    assert json.loads(found["evidence"])["communes"] == [{"name": "Xã B", "count": 4}]


def test_single_people_are_no_matter():
    months = [("2021-05", date(2021, 6, 2)), ("2021-06", date(2021, 7, 2))]
    came = [away("A", p, on, total=2, out=2) for p, on in months]
    found = read(came, "away-out-of-contact", level="commune")["A@2015-01-01"]
    assert found["stands"] is False
    assert read(came, "away-no-activity", level="commune")["A@2015-01-01"]["stands"] is False


def requests(commune, stocks, *, cells=4, first=1):
    rows = []
    for number, (opening, received, closing) in enumerate(stocks, first):
        figures = {"pending_opening": opening, "received": received, "pending_closing": closing}
        rows.append(Came("requests", commune, f"2021-{number:02d}", date(2021, number + 1, 3), figures, cells=cells))
    return rows


def test_requests_are_counted_by_commune_so_that_ones_new_do_not_hide_anothers_old():
    came = requests("A", [(2, 0, 2)] * 4) + requests("B", [(0, 3, 0)] * 4)
    found = read(came, "requests-pending", date(2021, 5, 5))["871"]
    assert (found["stands"], found["least"], found["most"], found["base"]) == (True, 2, None, 2)


def test_a_commune_with_a_cell_missing_adds_nothing_and_leaves_it_open_whether_there_are_none():
    came = requests("A", [(2, 0, 2)] * 4, cells=3) + requests("B", [(0, 0, 0)] * 4)
    assert read(came, "requests-pending", date(2021, 5, 5)) == {}
    whole = requests("A", [(0, 0, 0)] * 4) + requests("B", [(0, 0, 0)] * 4)
    assert read(whole, "requests-pending", date(2021, 5, 5))["871"]["stands"] is False


def test_each_night_reads_the_figures_it_had():
    came = [
        away("C", "2021-06", date(2021, 7, 2), total=50, until=date(2021, 7, 20)),
        away("C", "2021-06", date(2021, 7, 20), total=50, temporary=40),
    ]
    nights = [date(2021, 7, 1), date(2021, 7, 5), date(2021, 7, 20)]
    rows = Sheet(came).read(nights).filter(kind="away-no-activity")
    assert rows.select("night", "stands", "least", "seen_on").rows() == [
        (date(2021, 7, 5), True, 50, date(2021, 7, 2)),
        (date(2021, 7, 20), False, 10, date(2021, 7, 20)),
    ]


def test_a_unit_that_has_long_not_reported_is_not_read():
    came = [away("C", "2021-01", date(2021, 2, 2), total=50)]
    assert read(came, "away-no-activity", date(2021, 6, 1))
    assert read(came, "away-no-activity", date(2021, 12, 1)) == {}


@st.composite
def comings(draw):
    """Figures that come, are replaced and are taken back on days of two years."""
    came = []
    for commune in draw(st.lists(st.sampled_from("ABC"), min_size=1, max_size=3, unique=True)):
        for month in draw(st.lists(st.integers(1, 12), min_size=1, max_size=5, unique=True)):
            period, day = f"2021-{month:02}", date(2021, month, 28) + timedelta(draw(st.integers(5, 40)))
            for _ in range(draw(st.integers(1, 2))):
                until = draw(st.none() | st.integers(1, 400).map(lambda days, on=day: on + timedelta(days)))
                total = draw(st.integers(10, 60))
                came.append(away(commune, period, day, total=total, temporary=total // 3, out=total // 2, until=until))
                pending = draw(st.integers(0, 30))
                figures = {"pending_opening": pending, "received": pending // 4, "pending_closing": pending}
                came.append(Came("requests", commune, period, day, figures, until))
                if until is None:
                    break
                day = until
    return came


@given(comings(), st.lists(st.dates(date(2021, 2, 1), date(2023, 6, 1)), min_size=1, max_size=12, unique=True))
@settings(max_examples=60, deadline=None)
def test_nights_passed_over_would_have_said_nothing_new(came, others):
    nights = sorted({*others, *(one.on for one in came), *(one.until for one in came if one.until)})
    every = pl.Series(range(3 * len(nights)), dtype=pl.Int64)  # of the groups, which are no more
    for level in ("district", "commune"):
        found = Sheet(came, level).read(nights)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(latest_figures, "_changed", lambda *_: every)
            assert_frame_equal(changes(found), changes(Sheet(came, level).read(nights)))
