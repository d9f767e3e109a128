"""The board's file: appended to at any time by anybody, folded in once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse.board.acts import TABLE, Board, fold, open_board, waiting
from warehouse.connection.transaction import transaction

ROOT = Path(__file__).resolve().parents[3]
NOON = datetime(2019, 6, 3, 12)
NIGHT = date(2019, 6, 4)


def test_events_come_back_in_order_with_who_when_and_what(tmp_path):
    with open_board(tmp_path / "board.sqlite") as board:
        board.append(" Nguyễn Văn A ", "assign", {"alert_id": "a1", "to": "Tổ 2"}, NOON)
        board.append("B", "close", {"alert_id": "a1"}, NOON)
    with open_board(tmp_path / "board.sqlite") as board:
        first, second = board.since()
        assert (first.event_id, first.who, first.action, first.what) == (
            1,
            "Nguyễn Văn A",
            "assign",
            {"alert_id": "a1", "to": "Tổ 2"},
        )
        assert first.happened_at == "2019-06-03T12:00:00"
        assert board.since(1) == [second]
        assert board.unmarked() == 2
    assert (tmp_path / "board.sqlite").stat().st_mode & 0o777 == 0o660


@pytest.mark.parametrize(("who", "action"), [("", "close"), ("A", " ")])
def test_an_event_without_a_name_or_an_action_is_refused(tmp_path, who, action):
    with open_board(tmp_path / "board.sqlite") as board:
        with pytest.raises(ValueError, match="who did what"):
            board.append(who, action, {}, NOON)
        assert board.since() == []


def test_what_was_folded_in_is_not_folded_again_even_when_the_board_was_not_told(con, tmp_path):
    with open_board(tmp_path / "board.sqlite") as board:
        board.append("A", "close", {"alert_id": "a1"}, NOON)
        with transaction(con):
            fold(con, waiting(con, board, {"close"}), NIGHT)
        assert waiting(con, board, {"close"}) == []
        assert board.unmarked() == 1
        board.mark_folded([1], NIGHT)
        assert board.unmarked() == 0
        board.append("B", "close", {"alert_id": "a2"}, NOON)
        assert [event.who for event in waiting(con, board, {"close"})] == ["B"]
    assert con.sql("SELECT event_id, who, what::JSON->>'alert_id' FROM ledger.folded").fetchall() == [(1, "A", "a1")]


ACTIONS = ("accept", "alert-ack", "followup-done")


@given(
    noted=st.lists(st.sampled_from(ACTIONS), max_size=12),
    turns=st.lists(st.tuples(st.sets(st.sampled_from(ACTIONS), min_size=1), st.integers(1, 4)), max_size=8),
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_event_is_folded_once_whatever_kinds_are_folded_when(con, noted, turns):
    con.execute("DELETE FROM ledger.folded")
    done: list[int] = []
    with closing(sqlite3.connect(":memory:")) as file:
        file.execute(TABLE)
        board = Board(file)
        for number, action in enumerate(noted):
            board.append("A", action, {"n": number}, NOON)
        for kinds, at_most in [*turns, (set(ACTIONS), len(noted) + 1)]:
            events = waiting(con, board, kinds)[:at_most]
            assert [event.event_id for event in events] == sorted(event.event_id for event in events)
            fold(con, events, NIGHT)
            done += [event.event_id for event in events]
    assert sorted(done) == [*range(1, len(noted) + 1)]


def test_many_people_write_at_the_same_time_and_nothing_is_lost(tmp_path):
    code = f"""
from datetime import datetime
from pathlib import Path
from warehouse.board.acts import open_board
for n in range(20):
    with open_board(Path({str(tmp_path / "board.sqlite")!r})) as board:
        board.append("A", "close", {{"n": n}}, datetime(2019, 6, 3))
"""
    people = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE) for _ in range(4)]
    assert [person.communicate()[1] for person in people] == [b""] * 4
    with open_board(tmp_path / "board.sqlite") as board:
        assert sorted(event.what["n"] for event in board.since()) == sorted([*range(20)] * 4)
