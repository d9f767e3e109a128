"""Whatever is read and done: the book is a function of it, and its items never contradict themselves."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.followup.followup_readings import COMMUNE, DISTRICT, ID, KIND, OTHER, THRESHOLDS, did, night, said
from transforms.cases.replay import advance, replay
from transforms.followup.item import LIVE
from transforms.followup.life import Heirs, life_of_items

NIGHTS = [night(n) for n in range(8)]
HEIRS = Heirs({DISTRICT: night(4)}, {DISTRICT: (COMMUNE, OTHER)})
LIFE = life_of_items(HEIRS, THRESHOLDS)
HALVES = ("2021-H1", "2021-H2", "2022-H1")
IDS = (ID, f"871-{KIND}-2021-H2", f"30001-{KIND}-2021-H1", f"30037-{KIND}-2022-H1")
AFTER = {
    "opened": {"updated", "assigned", "done", "verified", "waived", "carried"},
    "updated": {"updated", "assigned", "done", "verified", "waived", "carried"},
    "assigned": {"updated", "assigned", "done", "verified", "waived", "carried"},
    "done": {"assigned", "done", "reopened", "verified", "waived", "carried"},
    "reopened": {"updated", "assigned", "done", "verified", "waived", "carried"},
    "verified": {"reopened"},
    "waived": set(),
    "carried": set(),
}


@st.composite
def histories(draw):
    """Readings of three units over eight nights, and acts between them."""
    readings = {}
    for _ in range(draw(st.integers(0, 14))):
        number = draw(st.integers(0, 7))
        unit = draw(st.sampled_from([DISTRICT, COMMUNE, OTHER]))
        one = said(
            number, draw(st.booleans()), unit=unit, period=draw(st.sampled_from(HALVES)), count=draw(st.integers(1, 3))
        )
        readings[number, unit] = one
    actions = st.sampled_from(["assign", "done", "waive"])
    acts = [
        replace(did(number, draw(actions), draw(st.integers(0, 7)), draw(st.sampled_from(IDS)), given_to="x"), note="y")
        for number in range(draw(st.integers(0, 6)))
    ]
    return list(readings.values()), sorted(acts, key=lambda act: act.after_night)


@given(histories())
@settings(max_examples=150, deadline=None)
def test_night_by_night_is_the_same_as_all_at_once(history):
    readings, acts = history
    book, events, before = LIFE.empty, [], None
    for one in NIGHTS:
        due = [act for act in acts if act.after_night == before]
        book, new = advance(LIFE, book, one, [r for r in reversed(readings) if r.night == one], due)
        events, before = events + new, one
        earlier = [act for act in acts if act.after_night < one]
        seen = replay(LIFE, readings, [n for n in NIGHTS if n <= one], earlier)
        assert seen == (book, events)


@given(histories())
@settings(max_examples=150, deadline=None)
def test_an_items_events_follow_each_other_as_its_life_allows(history):
    book, events = replay(LIFE, history[0], NIGHTS, history[1])
    for item in book:
        told = [event for event in events if event.case_id == item.case_id]
        assert told[0].event == "opened"
        assert all(after.event in AFTER[before.event] for before, after in pairwise(told))
        assert told[-1].status == item.status
        assert item.is_live == (item.closed_on is None) == (item.resolution is None)
    live = Counter(item.key for item in book if item.is_live)
    assert max(live.values(), default=1) == 1


@given(histories())
@settings(max_examples=150, deadline=None)
def test_a_word_alone_never_verifies(history):
    readings, acts = history
    _, events = replay(LIFE, readings, NIGHTS, acts)
    shown_over = {(r.night, r.unit_id.split("@")[0]) for r in readings if not r.stands}
    heard = {r.night for r in readings}
    for event in events:
        if event.event == "verified":
            assert event.act_id is None
            code = event.case_id.split("-")[0]
            assert (event.night, code) in shown_over or (code == DISTRICT and event.night >= min(heard))


@given(histories())
@settings(max_examples=100, deadline=None)
def test_after_the_last_night_an_item_is_live_just_where_its_matter_stands_or_it_was_waived(history):
    readings = [r for r in history[0] if r.unit_id != DISTRICT]
    book, _ = replay(LIFE, readings, NIGHTS, history[1])
    last = {}
    for reading in sorted(readings, key=lambda r: r.night):
        last[reading.key] = reading.stands
    states = {key: {item.status for item in book if item.key == key} for key in last}
    for key, stands in last.items():
        assert bool(states[key] & LIVE) <= stands
        assert not stands or states[key] & (LIVE | {"waived"})
