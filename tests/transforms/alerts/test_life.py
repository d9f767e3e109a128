"""The life of an alert, fact by fact: when it opens, worsens, ends, comes back, and what people can do to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.transforms.alerts.alert_findings import COMMUNE, DISTRICT, act, after, found, live, night_of, only, told
from transforms.alerts.leading import leading

SHIFT = replace(DISTRICT, kind="shift", observed=20.0, expected=8.0, upper=15.0)
OTHER = replace(DISTRICT, unit_id="872", unit_code="872")
LATE = replace(
    DISTRICT,
    family="reporting",
    kind="late",
    indicator="reporting_timeliness",
    direction=None,
    observed=3.0,
    expected=0.0,
    lower=None,
    upper=None,
    p_value=None,
    q_value=None,
)
CLOSE = {"verdict": "expected", "note": "đợt rà soát"}


def test_a_signal_opens_an_alert_named_by_unit_family_direction_and_month():
    book, events = live(found("2020-01"))
    alert = only(book)
    assert alert.case_id == "871-requests-up-2020-01"
    assert (alert.status, alert.opened_on, alert.severity) == ("opened", date(2020, 2, 5), "high")
    assert [(event.event, event.night, event.severity) for event in events] == [("opened", date(2020, 2, 5), "high")]


def test_nothing_opens_where_nothing_signals():
    assert live(found("2020-01", quiet=True)) == (live()[0], [])


def test_the_same_event_over_many_nights_is_one_alert():
    book, events = live(*(found(after("2020-01", n)) for n in range(5)))
    assert (only(book).first_period, only(book).last_period, told(events)) == ("2020-01", "2020-05", ["opened"])


def test_it_is_resolved_when_the_next_month_is_quiet():
    book, events = live(found("2020-01"), found("2020-02", quiet=True))
    alert = only(book)
    assert (alert.status, alert.resolution, alert.resolved_on) == ("resolved", "returned", date(2020, 3, 5))
    assert told(events) == ["opened", "resolved"]


def test_it_stands_while_nothing_is_judged():
    book, _ = live(
        found("2020-01"), found("2020-05", like=replace(DISTRICT, unit_id="872", unit_code="872"), quiet=True)
    )
    assert only(book).status == "opened"


def test_indicators_and_kinds_of_one_family_are_parts_of_one_alert_and_all_must_be_quiet():
    away = replace(DISTRICT, indicator="received_from_away")
    book, _ = live(
        found("2020-01"), found("2020-01", like=away), found("2020-02", quiet=True), found("2020-02", like=away)
    )
    assert [part.last.indicator for part in only(book).parts] == ["received", "received_from_away"]
    assert only(book).status == "opened"


@pytest.mark.parametrize("other", [{"direction": "down"}, {"family": "away"}, {"unit_id": "872", "unit_code": "872"}])
def test_another_direction_family_or_unit_is_another_alert(other):
    book, _ = live(found("2020-01"), found("2020-01", like=replace(DISTRICT, indicator="left", **other)))
    assert len(book.cases) == 2


def test_a_signal_the_other_way_ends_it():
    book, _ = live(found("2020-01"), found("2020-02", direction="down", observed=0.0))
    assert {alert.case_id: alert.status for alert in book} == {
        "871-requests-up-2020-01": "resolved",
        "871-requests-down-2020-02": "opened",
    }


def test_communes_are_parts_of_their_districts_alert():
    book, _ = live(found("2020-01"), found("2020-01", like=COMMUNE))
    assert [part.last.unit_code for part in only(book).parts] == ["871", "29980"]


def test_members_let_go_are_a_part_of_the_alert_on_their_requests():
    let_go = replace(DISTRICT, family="members", indicator="left_on_request")
    book, _ = live(found("2020-01"), found("2020-02"), found("2020-02", like=let_go))
    assert [part.last.indicator for part in only(book).parts] == ["received", "left_on_request"]
    graver = found("2020-03", like=let_go, observed=60.0, q_value=1e-9)
    book, _ = live(found("2020-01"), found("2020-03"), graver)
    assert leading(only(book)).last.indicator == "received"
    book, _ = live(found("2020-01"), graver, found("2020-03", quiet=True))
    assert leading(only(book)).last.indicator == "left_on_request"
    alone, _ = live(found("2020-01", like=let_go))
    assert only(alone).case_id == "871-members-up-2020-01"


def test_a_commune_alone_has_an_alert_of_its_own():
    assert only(live(found("2020-01", like=COMMUNE))[0]).case_id == "29980-requests-up-2020-01"


def test_a_correction_that_leaves_nothing_of_it_resolves_it_as_corrected():
    again = found("2020-01", quiet=True, night=date(2020, 2, 20), is_rejudged=True)
    book, _ = live(found("2020-01"), again)
    assert (only(book).resolution, only(book).resolved_on) == ("corrected", date(2020, 2, 20))


def test_a_month_judged_again_with_the_same_outcome_opens_nothing_once_it_is_past():
    again = found("2020-01", night=date(2020, 3, 20), is_rejudged=True, observed=13.0)
    book, events = live(found("2020-01"), found("2020-02", quiet=True), again)
    assert (only(book).status, told(events)) == ("resolved", ["opened", "resolved"])
    assert only(book).parts[0].last.observed == 13.0


def test_it_reopens_when_it_comes_back_within_three_months():
    book, events = live(found("2020-01"), found("2020-02", quiet=True), found("2020-04"))
    alert = only(book)
    assert (alert.status, alert.reopened_on, alert.resolution) == ("opened", date(2020, 5, 5), None)
    assert told(events) == ["opened", "resolved", "reopened"]


def test_later_it_is_another_alert():
    book, _ = live(found("2020-01"), found("2020-02", quiet=True), found("2020-07"))
    assert [(alert.case_id, alert.status) for alert in book] == [
        ("871-requests-up-2020-01", "resolved"),
        ("871-requests-up-2020-07", "opened"),
    ]


def test_a_shift_that_lasts_a_year_is_the_new_level_and_is_told_no_more():
    months = [after("2020-01", n) for n in range(16)]
    book, events = live(*(found(month, like=SHIFT, first_period=max("2020-01", after(month, -11))) for month in months))
    alert = only(book)
    assert (alert.resolution, alert.resolved_on) == ("new-level", night_of("2020-12"))
    assert told(events) == ["opened", "resolved"]


def test_after_a_new_level_went_quiet_a_signal_is_another_event():
    months = [after("2020-01", n) for n in range(13)]
    shift = [found(month, like=SHIFT, first_period="2020-01") for month in months]
    book, _ = live(*shift, found("2021-02", like=SHIFT, quiet=True), found("2021-03"))
    assert [alert.case_id for alert in book] == ["871-requests-up-2020-01", "871-requests-up-2021-03"]


def test_it_worsens_when_the_severity_rises_and_never_improves_in_a_run():
    weak = {"q_value": 0.4}
    book, events = live(found("2020-01", **weak), found("2020-02"), found("2020-03", **weak))
    assert [(event.event, event.severity) for event in events] == [("opened", "low"), ("worsened", "high")]
    assert only(book).severity == "high"


def test_a_late_report_is_resolved_when_it_comes():
    came = found("2020-01", like=LATE, quiet=True, observed=9.0, night=date(2020, 2, 12))
    book, _ = live(found("2020-01", like=LATE), found("2020-02", like=LATE, quiet=True), came)
    assert only(book).case_id == "871-reporting-late-2020-01"
    assert (only(book).resolution, only(book).resolved_on) == ("reported", date(2020, 2, 12))


def test_a_fact_told_no_longer_with_the_same_figures_has_passed():
    part = replace(LATE, indicator="reporting_completeness", observed=90.0, expected=100.0)
    book, _ = live(
        found("2020-01", like=part), replace(found("2020-01", like=part, night=date(2020, 3, 5)), is_signal=False)
    )
    assert only(book).resolution == "passed"


def test_figures_too_good_to_be_true_end_with_later_ones_that_are_not():
    flat = replace(DISTRICT, family="plausibility", kind="implausible", indicator="away_total", note="flat")
    book, _ = live(found("2020-03", like=flat), found("2020-04", like=flat, quiet=True))
    assert (only(book).resolution, only(book).resolved_on) == ("returned", date(2020, 5, 5))


def test_what_begins_and_is_mended_on_one_night_does_not_stand():
    restated = replace(DISTRICT, family="restated", kind="restated", q_value=None, p_value=None)
    book, _ = live(found("2020-01", like=restated), replace(found("2020-01", like=restated), is_signal=False))
    assert only(book).status == "resolved"


def test_an_alert_stands_a_month_longer_than_its_unit():
    ended = {"871": date(2020, 6, 30)}
    other = found("2020-06", like=OTHER, quiet=True, night=date(2020, 7, 31))
    assert only(live(found("2020-05"), other, ended=ended)[0]).status == "opened"
    alert = only(live(found("2020-05"), replace(other, night=date(2020, 8, 1)), ended=ended)[0])
    assert (alert.status, alert.resolution) == ("resolved", "unit-ended")


def test_acknowledging_keeps_it_open():
    book, events = live(found("2020-01"), found("2020-02"), acts=[act(1, "alert-ack", date(2020, 2, 6), note="gọi xã")])
    alert = only(book)
    assert (alert.status, alert.acknowledged_on, alert.note) == ("acknowledged", date(2020, 2, 6), "gọi xã")
    assert (events[1].event, events[1].who, events[1].act_id) == ("acknowledged", "Lan", 1)


def test_reopened_it_must_be_acknowledged_anew():
    acts = [act(1, "alert-ack", date(2020, 2, 6))]
    book, _ = live(found("2020-01"), found("2020-02", quiet=True), found("2020-03"), acts=acts)
    assert (only(book).status, only(book).acknowledged_on) == ("opened", None)


def test_a_silence_is_kept_until_its_day_and_one_until_resolved_ends_with_the_alert():
    acts = [act(1, "alert-silence", date(2020, 2, 6), until=date(2020, 2, 20))]
    alert = only(live(found("2020-01"), acts=acts)[0])
    assert (alert.silenced_until, alert.is_silenced_to_end) == (date(2020, 2, 20), False)
    acts = [act(1, "alert-silence", date(2020, 2, 6))]
    alert = only(live(found("2020-01"), found("2020-02"), acts=acts)[0])
    assert (alert.silenced_until, alert.is_silenced_to_end) == (None, True)
    alert = only(live(found("2020-01"), found("2020-02", quiet=True), found("2020-03"), acts=acts)[0])
    assert (alert.silenced_until, alert.is_silenced_to_end) == (None, False)


def test_closed_it_stays_closed_while_the_same_event_lasts():
    acts = [act(1, "alert-close", date(2020, 2, 6), **CLOSE)]
    book, events = live(*(found(after("2020-01", n)) for n in range(4)), acts=acts)
    alert = only(book)
    assert (alert.status, alert.resolution, alert.verdict) == ("resolved", "closed", "expected")
    assert told(events) == ["opened", "closed"]


def test_after_quiet_a_closed_alerts_event_is_a_new_alert():
    acts = [act(1, "alert-close", date(2020, 2, 6), **CLOSE)]
    book, _ = live(found("2020-01"), found("2020-02", quiet=True), found("2020-03"), acts=acts)
    assert [(alert.case_id, alert.status) for alert in book] == [
        ("871-requests-up-2020-01", "resolved"),
        ("871-requests-up-2020-03", "opened"),
    ]


def test_a_resolved_alert_may_be_given_a_verdict_but_not_acknowledged():
    acts = [act(1, "alert-ack", date(2020, 3, 6)), act(2, "alert-close", date(2020, 3, 7), verdict="true")]
    book, events = live(found("2020-01"), found("2020-02", quiet=True), acts=acts)
    alert = only(book)
    assert (alert.resolution, alert.verdict, alert.closed_on) == ("returned", "true", date(2020, 3, 7))
    assert [event.act_id for event in events] == [None, None, 2]


def test_an_act_on_an_alert_that_is_not_there_has_no_effect():
    assert live(acts=[act(1, "alert-ack", date(2020, 2, 6))])[1] == []


def test_a_second_alert_of_the_same_unit_family_and_first_month_gets_a_number():
    acts = [act(1, "alert-close", date(2020, 2, 6), **CLOSE)]
    book, _ = live(found("2020-01"), found("2020-02", quiet=True), found("2020-03", first_period="2020-01"), acts=acts)
    assert list(book.cases) == ["871-requests-up-2020-01", "871-requests-up-2020-01-2"]


def withdrawn(period: str, night: date, like=DISTRICT):
    """That a month's figures were taken back."""
    return replace(found(period, like, quiet=True), night=night, note="withdrawn", observed=None, expected=None)


@pytest.mark.parametrize("like", [DISTRICT, SHIFT, LATE])
def test_an_alert_ends_as_corrected_when_the_figures_it_rested_on_are_taken_back(like):
    gone = date(2020, 2, 9)
    book, events = live(found("2020-01", like), withdrawn("2020-01", gone, like))
    alert = only(book)
    assert (alert.status, alert.resolution, alert.resolved_on) == ("resolved", "corrected", gone)
    assert told(events) == ["opened", "resolved"]


def test_an_alert_that_rests_on_other_months_too_stands_on_these():
    gone = date(2020, 3, 9)
    book, _ = live(found("2020-01"), found("2020-02", observed=30.0), withdrawn("2020-02", gone))
    alert = only(book)
    assert (alert.status, alert.last_period, alert.parts[0].last.observed) == ("opened", "2020-01", 12.0)
    book, _ = live(found("2020-01"), found("2020-02"), withdrawn("2020-01", gone))
    assert (only(book).status, only(book).last_period) == ("opened", "2020-02")


def test_that_another_months_figures_were_taken_back_says_nothing_of_an_alert():
    book, events = live(found("2020-01"), withdrawn("2020-03", date(2020, 4, 9)))
    assert (only(book).status, told(events)) == ("opened", ["opened"])


def test_the_file_that_comes_after_one_taken_back_is_judged_anew():
    gone, again = date(2020, 2, 9), date(2020, 2, 12)
    still = replace(found("2020-01"), night=again)
    book, events = live(found("2020-01"), withdrawn("2020-01", gone), still)
    assert (only(book).status, told(events)) == ("opened", ["opened", "resolved", "reopened"])
    book, _ = live(found("2020-01"), withdrawn("2020-01", gone), replace(found("2020-01", quiet=True), night=again))
    assert (only(book).status, only(book).resolution) == ("resolved", "corrected")
