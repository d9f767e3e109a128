"""Whatever is found and done: the book is a function of it, and its alerts never contradict themselves."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.alerts.alert_findings import COMMUNE, DISTRICT, act, after, found, frame, night_of
from transforms.alerts.life import findings_of, life_of_alerts
from transforms.cases.replay import advance, replay

pytestmark = pytest.mark.slow  # many nights replayed

UNITS = (DISTRICT, COMMUNE, replace(DISTRICT, unit_id="872", unit_code="872", unit_name="Huyện Tháp Mười"))
KINDS = ("change", "shift", "silence", "late", "implausible")
IDS = (
    "871-requests-up-2020-01",
    "871-requests-down-2020-02",
    "29980-requests-up-2020-01",
    "872-requests-up-2020-03",
    "871-requests-late-2020-01",
)
LIFE = life_of_alerts()
OPENING, GOING_ON = {"opened", "reopened"}, {"worsened", "acknowledged", "silenced"}


@st.composite
def histories(draw):
    """Findings of up to eight months, some judged again later; a kind of a unit's month at most once a night."""
    out = {}
    for _ in range(draw(st.integers(0, 25))):
        period = after("2020-01", draw(st.integers(0, 7)))
        kind = draw(st.sampled_from(KINDS))
        one = found(
            period,
            like=draw(st.sampled_from(UNITS)),
            kind=kind,
            quiet=draw(st.booleans()),
            direction=draw(st.sampled_from(["up", "down"])),
            night=night_of(period) + timedelta(draw(st.sampled_from([0, 35]))),
            first_period=period if kind != "shift" else after(period, -draw(st.integers(0, 11))),
            indicator=draw(st.sampled_from(["received", "received_from_away"])),
        )
        out[one.night, one.series, one.period] = one
    nights = sorted({one.night for one in out.values()})
    acts = [
        replace(
            act(
                number,
                draw(st.sampled_from(["alert-ack", "alert-silence", "alert-close"])),
                date(2020, 12, 1),
                draw(st.sampled_from(IDS)),
                verdict="true",
            ),
            after_night=draw(st.sampled_from([None, *nights])),
        )
        for number in range(draw(st.integers(0, 5)))
    ]
    return list(out.values()), nights, acts


def read(findings):
    """Findings as the night reads them from the warehouse."""
    return findings_of(frame(findings))


@given(histories())
@settings(max_examples=80, deadline=None)
def test_night_by_night_is_the_same_as_all_at_once(history):
    findings, nights, acts = history
    whole = replay(LIFE, read(findings), nights, acts)
    book, events, before = LIFE.empty, [], None
    for night in nights:
        due = [one for one in acts if one.after_night == before]
        book, new = advance(LIFE, book, night, [one for one in reversed(findings) if one.night == night], due)
        events, before = events + new, night
        earlier = [one for one in acts if one.after_night is None or one.after_night < night]
        seen = replay(LIFE, read(findings), [one for one in nights if one <= night], earlier)
        assert seen == (book, events)
    if not any(one.after_night == before for one in acts):
        assert whole == (book, events)


@given(histories())
@settings(max_examples=80, deadline=None)
def test_no_alert_is_both_open_and_resolved_and_each_event_happens_once(history):
    book, events = replay(LIFE, read(history[0]), history[1], history[2])
    for alert in book:
        is_resolved = alert.status == "resolved"
        assert is_resolved == (alert.resolved_on is not None) == (alert.resolution is not None)
        assert not is_resolved or not alert.is_silenced_to_end
        story = [event.event for event in events if event.case_id == alert.case_id]
        assert story[0] == "opened"
        assert story.count("opened") == 1
        assert _is_consistent(story, is_resolved)
    assert max(Counter((e.case_id, e.night, e.event, e.act_id) for e in events).values(), default=1) == 1
    running = Counter(alert.key for alert in book if alert.is_running)
    assert max(running.values(), default=1) == 1


def _is_consistent(story: list[str], is_resolved: bool) -> bool:
    """Open and resolved take turns, and only what is open worsens, is acknowledged or silenced."""
    is_open = False
    for event in story:
        if (event in OPENING and is_open) or (event in {*GOING_ON, "resolved"} and not is_open):
            return False
        is_open = event in OPENING or (is_open and event in GOING_ON)
    return is_open != is_resolved


@given(histories())
@settings(max_examples=60, deadline=None)
def test_an_act_is_carried_out_at_most_once(history):
    _, events = replay(LIFE, read(history[0]), history[1], history[2])
    done = Counter(event.act_id for event in events if event.act_id is not None)
    assert set(done) <= {one.act_id for one in history[2]}
    assert max(done.values(), default=1) == 1


@given(histories())
@settings(max_examples=50, deadline=None)
def test_what_never_signalled_is_not_needed(history):
    findings, nights, acts = history
    telling = {one.series for one in findings if one.is_signal}
    needed = read(one for one in findings if one.series in telling)
    assert replay(LIFE, needed, nights, acts) == replay(LIFE, read(findings), nights, acts)
