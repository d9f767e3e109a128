"""An item opens, is given, marked done, and ends when the next report shows it: no word ends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.transforms.followup.followup_readings import (
    COMMUNE,
    DISTRICT,
    ID,
    KIND,
    NOBODY,
    OTHER,
    THRESHOLDS,
    did,
    night,
    said,
)
from transforms.cases.replay import replay
from transforms.followup.item import WITHDRAWN, ItemBook
from transforms.followup.life import Heirs, life_of_items

REFORM = Heirs({DISTRICT: date(2021, 9, 30)}, {DISTRICT: (COMMUNE, OTHER)})


def lived(readings, acts=(), nights=6, heirs=NOBODY):
    return replay(life_of_items(heirs, THRESHOLDS), readings, [night(n) for n in range(nights)], acts)


def story(events, item=ID):
    return [event.event for event in events if event.case_id == item]


def only(book: ItemBook, item=ID):
    return book.cases[item]


def test_a_matter_is_one_item_named_by_unit_kind_and_first_period():
    book, events = lived([said(0), said(3, period="2021-H2", count=7)])
    assert list(book.cases) == [ID]
    assert story(events) == ["opened", "updated"]
    assert (only(book).since, only(book).reading.period, only(book).reading.least) == ("2021-H1", "2021-H2", 7)


def test_what_is_marked_done_is_verified_only_by_the_next_report():
    acts = [did(1, "assign", 0, given_to="Huyện ủy"), did(2, "done", 1, note="đã tiếp nhận")]
    book, _ = lived([said(0)], acts)
    assert (only(book).status, only(book).closed_on) == ("done", None)
    book, events = lived([said(0), said(3, stands=False, period="2021-H2")], acts)
    item = only(book)
    assert (item.status, item.resolution, item.closed_on, item.gone_in) == ("verified", "seen", night(3), "2021-H2")
    assert story(events) == ["opened", "assigned", "done", "verified"]


def test_what_was_marked_done_is_open_again_when_the_next_report_still_shows_it():
    acts = [did(1, "assign", 0, given_to="Huyện ủy"), did(2, "done", 1)]
    book, events = lived([said(0), said(3, period="2021-H2")], acts)
    assert (only(book).status, only(book).assigned_to, only(book).done_on) == ("assigned", "Huyện ủy", None)
    assert story(events)[-1] == "reopened"
    unassigned, _ = lived([said(0), said(3, period="2021-H2")], [did(2, "done", 1)])
    assert only(unassigned).status == "open"


def test_what_the_figures_end_without_a_word_is_verified_and_says_so():
    book, _ = lived([said(0), said(2, stands=False, period="2021-H2")])
    assert (only(book).status, only(book).resolution) == ("verified", "figures")


def test_what_a_correction_of_the_very_figures_ends_is_corrected_and_open_again_if_they_are_corrected_again():
    book, _ = lived([said(0), said(2, stands=False)])
    assert (only(book).status, only(book).resolution, only(book).closed_on) == ("verified", "corrected", night(2))
    book, events = lived([said(0), said(2, stands=False), said(3)])
    assert (only(book).status, story(events)) == ("open", ["opened", "verified", "reopened"])


def test_what_rested_on_figures_taken_back_ends_with_them_and_on_others_it_stays():
    gone = replace(said(3, stands=False, period="2021-H2"), evidence=WITHDRAWN, least=None, most=None, base=None)
    book, _ = lived([said(0), said(2, period="2021-H2"), gone], [did(1, "done", 2)])
    assert (only(book).status, only(book).resolution, only(book).gone_in) == ("verified", "corrected", "2021-H2")
    book, _ = lived([said(0), gone])
    assert only(book).status == "open"
    book, _ = lived([said(0), said(2, period="2021-H2"), said(3, stands=False)])
    assert (only(book).status, only(book).resolution) == ("verified", "corrected")


def test_an_older_report_that_stands_again_keeps_the_item_and_what_was_marked_done_stays_done():
    readings = [said(0), said(2, period="2021-H2"), said(3, count=4)]
    book, _ = lived(readings)
    assert (only(book).status, only(book).reading.period) == ("open", "2021-H1")
    book, _ = lived(readings, [did(1, "done", 2)])
    assert only(book).status == "done"


def test_a_waived_matter_stays_waived_while_it_stands_and_a_later_one_is_another_item():
    acts = [did(1, "waive", 0, note="đang chuyển đơn vị")]
    book, events = lived([said(0), said(2, period="2021-H2")], acts)
    assert (only(book).status, only(book).resolution, only(book).note) == ("waived", "waived", "đang chuyển đơn vị")
    assert story(events) == ["opened", "waived"]
    again = [said(0), said(2, stands=False, period="2021-H2"), said(4, period="2022-H1")]
    book, _ = lived(again, acts)
    assert {name: item.status for name, item in book.cases.items()} == {ID: "waived", f"871-{KIND}-2022-H1": "open"}


def test_when_the_report_that_showed_it_over_is_corrected_the_item_is_open_again():
    book, events = lived([said(0), said(2, stands=False, period="2021-H2"), said(3, period="2021-H2")])
    assert list(book.cases) == [ID]
    assert story(events) == ["opened", "verified", "reopened"]
    assert (only(book).status, only(book).closed_on, only(book).resolution) == ("open", None, None)


def test_a_matter_that_comes_back_later_is_a_new_item():
    book, _ = lived([said(0), said(2, stands=False, period="2021-H2"), said(4, period="2022-H1")])
    assert list(book.cases) == [ID, f"871-{KIND}-2022-H1"]


def test_an_act_on_what_is_over_or_not_there_has_no_effect():
    acts = [did(1, "done", 3), did(2, "assign", 3, item="871-nothing", given_to="x")]
    _, events = lived([said(0), said(2, stands=False)], acts)
    assert [event.act_id for event in events if event.act_id] == []


def test_what_the_night_read_is_due_by_the_regulation_or_by_an_internal_mark():
    kinds = ("r213-not-registered", "r213-not-attended", "r213-not-remarked", "report-not-sent")
    readings = [said(0, kind=kind, due_on=date(2021, 7, 5) if kind.startswith("report") else None) for kind in kinds]
    book, _ = lived(readings)
    due = {item.key.kind: item.due_on for item in book}
    assert due == {
        "r213-not-registered": date(2021, 8, 4),
        "r213-not-attended": date(2021, 12, 31),
        "r213-not-remarked": date(2021, 12, 31),
        "report-not-sent": date(2021, 7, 5),
    }


def test_the_first_due_day_stays_and_those_of_later_half_years_are_listed():
    readings = [
        said(n, kind=kind, period=period)
        for kind in ("r213-not-attended", KIND)
        for n, period in ((0, "2021-H1"), (4, "2021-H2"))
    ]
    book, _ = lived(readings)
    assert {item.key.kind: (item.due_on, item.due_later) for item in book} == {
        "r213-not-attended": (date(2021, 12, 31), (date(2022, 6, 30),)),
        KIND: (date(2021, 8, 4), ()),
    }


OPENS = replace(said(0, count=20), line=8)


def left(number: int, count: int, period: str = "2021-H2", **more):
    """A reading that opens nothing: what is left of a gap."""
    return said(number, stands=False, count=count, period=period, **more)


@pytest.mark.parametrize(("count", "status"), [(9, "open"), (8, "verified"), (0, "verified")])
def test_an_item_ends_at_its_own_line_whether_or_not_the_figures_would_open_one(count, status):
    book, _ = lived([OPENS, left(4, count)])
    assert (only(book).status, only(book).line) == (status, 8)


def test_the_line_is_a_share_of_whoever_it_is_about_by_then():
    book, _ = lived([OPENS, replace(left(4, 12), base=150)])
    assert (only(book).status, only(book).line) == ("verified", 8)
    book, _ = lived([OPENS, replace(left(4, 13), base=150)])
    assert (only(book).status, only(book).line) == ("open", 12)


def test_half_of_the_gap_closed_keeps_it_quiet_for_one_half_year():
    halves = ["2021-H2", "2022-H1", "2022-H2"]
    seen = []
    for last in (1, 2, 3):
        readings = [OPENS, *(left(number, 10, period) for number, period in enumerate(halves[:last], 1))]
        seen.append(only(lived(readings)[0]).improving_in)
    assert seen == ["2021-H2", None, "2022-H2"]
    assert only(lived([OPENS, left(1, 11)])[0]).improving_in is None


def test_a_correction_that_widens_what_had_ended_an_item_opens_it_again():
    book, events = lived([OPENS, left(2, 8), left(3, 9)])
    assert story(events) == ["opened", "verified", "reopened"]
    assert only(book).status == "open"
    book, events = lived([OPENS, left(2, 8), left(4, 9, "2022-H1")])
    assert (only(book).status, list(book.cases)) == ("verified", [ID])


def test_a_waived_item_stays_waived_until_the_figures_are_within_its_line():
    acts = [did(1, "waive", 0, note="đang chuyển đơn vị")]
    again = replace(said(5, count=20, period="2022-H1"), line=8)
    book, _ = lived([OPENS, left(2, 9), again], acts)
    assert list(book.cases) == [ID]
    book, _ = lived([OPENS, left(2, 8), again], acts)
    assert [item.status for item in book] == ["waived", "open"]


def test_what_goes_on_in_another_unit_ends_at_the_share_that_ended_it_before():
    readings = [OPENS, replace(left(3, 3, "2021-H1", unit=COMMUNE), base=30), left(3, 1, "2021-H1", unit=OTHER)]
    book, _ = lived(readings, heirs=REFORM)
    new = only(book, f"30001-{KIND}-2021-H1")
    assert (new.status, new.carried_from, new.line) == ("open", (ID,), 2)
    assert (only(book).status, len(book.cases)) == ("carried", 2)
    gone = [OPENS, *(left(3, 1, "2021-H1", unit=unit) for unit in (COMMUNE, OTHER))]
    assert only(lived(gone, heirs=REFORM)[0]).status == "verified"


def test_a_districts_item_goes_on_in_the_communes_whose_figures_show_it():
    readings = [said(0), said(3, unit=COMMUNE), said(3, stands=False, unit=OTHER)]
    book, events = lived(readings, [did(1, "assign", 0, given_to="Huyện ủy")], heirs=REFORM)
    old, new = only(book), only(book, f"30001-{KIND}-2021-H1")
    assert (old.status, old.resolution, old.ended_unit) == ("carried", "carried", True)
    assert (new.status, new.since, new.carried_from, new.due_on) == ("open", "2021-H1", (ID,), old.due_on)
    assert story(events) == ["opened", "assigned", "carried"]
    assert len(book.cases) == 2


def test_what_the_district_had_marked_done_waits_for_the_successors_next_report():
    both = [said(0), said(3, unit=COMMUNE), said(3, unit=OTHER, stands=False)]
    book, _ = lived(both, [did(1, "done", 0)], heirs=REFORM)
    assert only(book, f"30001-{KIND}-2021-H1").status == "done"
    book, _ = lived([*both, said(5, unit=COMMUNE, period="2021-H2")], [did(1, "done", 0)], heirs=REFORM)
    assert only(book, f"30001-{KIND}-2021-H1").status == "open"


def test_until_every_successor_was_read_the_item_stays_under_the_old_name():
    book, _ = lived([said(0), said(3, unit=COMMUNE)], heirs=REFORM)
    assert (only(book).status, only(book).ended_unit) == ("open", True)
    book, _ = lived([said(0), said(3, unit=COMMUNE), said(5, unit=OTHER, stands=False)], heirs=REFORM)
    assert only(book).status == "carried"


def test_where_no_successor_shows_it_the_districts_item_is_verified():
    readings = [said(0), said(3, unit=COMMUNE, stands=False), said(3, unit=OTHER, stands=False)]
    book, _ = lived(readings, heirs=REFORM)
    assert (only(book).status, only(book).resolution) == ("verified", "figures")


def test_items_of_reports_and_of_a_parted_unit_stay_under_the_old_name():
    report = said(0, kind="report-not-sent", matter="2021-06", period="2021-06")
    book, _ = lived([report, said(0)], heirs=Heirs({DISTRICT: date(2021, 9, 30)}, {DISTRICT: ()}))
    assert {(item.status, item.ended_unit) for item in book} == {("open", True)}
    book, _ = lived([report, said(4, False, kind="report-not-sent", matter="2021-06", period="2021-06")], heirs=REFORM)
    assert [item.status for item in book] == ["verified"]


def test_each_report_and_each_alert_is_a_matter_of_its_own():
    reports = [said(n, kind="report-not-sent", matter=p, period=p) for n, p in ((0, "2021-05"), (0, "2021-06"))]
    alerts = [
        said(0, kind="alert-true", matter=f"871-{what}-2021-04", period="2021-04") for what in ("away", "contact")
    ]
    book, _ = lived([*reports, *alerts])
    assert sorted(book.cases) == [
        "871-alert-true-away-2021-04",
        "871-alert-true-contact-2021-04",
        "871-report-not-sent-2021-05",
        "871-report-not-sent-2021-06",
    ]


def test_a_code_used_again_for_another_territory_does_not_take_the_old_ones_item():
    readings = [said(0, unit="30001@2015-01-01"), said(0, unit="30001@2021-07-01")]
    assert sorted(lived(readings)[0].cases) == [f"30001-{KIND}-2021-H1", f"30001-{KIND}-2021-H1-2"]
