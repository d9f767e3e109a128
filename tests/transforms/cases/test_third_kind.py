"""A third kind of case is one small file: its nouns, its transitions, what its nights do, where it is kept."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import inspections
import pytest
from inspections import COMMANDS, INSPECTIONS, LIFE, MIGRATION, TABLES, InspectionAct, Need

from flows.commands.cases import TypedAct, case_named, note_and_carry_out, open_cases
from flows.errors import UserError
from flows.home import open_home
from flows.night.cases import carry_out_acts, write_anew
from flows.settings import Settings
from transforms.cases.replay import advance, replay
from warehouse.board.acts import open_board
from warehouse.board.cases import case_names, kept_acts, one_case, undone_acts

NIGHTS = [date(2024, month, 5) for month in range(1, 7)]
ID = "871-inspection-2024"
PLAN, HOLD = "inspection-plan", "inspection-hold"


def did(number: int, action: str, after: int, case_id: str = ID) -> InspectionAct:
    night = NIGHTS[after]
    return InspectionAct(number, night, night, f"{night}T09:00:00", "Lan", action, case_id, day=date(2024, 9, 1))


def needed(first: int, last: int, unit: str = "871") -> list[Need]:
    """Asked for on one night, and no more on another."""
    return [Need(NIGHTS[first], unit, True), Need(NIGHTS[last], unit, False)]


def story(events, case_id: str = ID) -> list[str]:
    return [event.event for event in events if event.case_id == case_id]


def test_it_is_opened_by_figures_changed_by_people_and_closed_by_figures():
    book, events = replay(LIFE, needed(0, 4), NIGHTS, [did(1, PLAN, 1), did(2, HOLD, 2)])
    case = book.cases[ID]
    assert (case.status, case.resolution, case.planned_for) == ("closed", "figures", date(2024, 9, 1))
    assert story(events) == ["asked", "planned", "held", "closed"]
    assert [(event.who, event.act_id) for event in events] == [(None, None), ("Lan", 1), ("Lan", 2), (None, None)]


@pytest.mark.parametrize(
    "act",
    [
        did(1, HOLD, 1),  # not planned yet
        did(1, PLAN, 5),  # over
        did(1, PLAN, 1, "872-inspection-2024"),  # not there
        did(1, "alert-ack", 1),  # another kind's
    ],
)
def test_an_act_that_cannot_be_done_leaves_no_trace(act):
    assert replay(LIFE, needed(0, 4), NIGHTS, [act]) == replay(LIFE, needed(0, 4), NIGHTS, [])


def test_an_act_after_a_night_that_is_not_known_comes_before_all_nights():
    lost = InspectionAct(1, date(2023, 1, 1), date(2022, 12, 5), "", "Lan", PLAN, ID)
    book, _ = replay(LIFE, needed(0, 4)[:1], NIGHTS, [lost])
    assert book.cases[ID].status == "asked"


def test_night_by_night_is_the_same_as_all_at_once():
    acts = [did(1, PLAN, 1), did(2, HOLD, 2)]
    book, events, before = LIFE.empty, [], None
    for night in NIGHTS:
        found = [one for one in needed(0, 4) if one.night == night]
        book, new = advance(LIFE, book, night, found, [act for act in acts if act.after_night == before])
        events, before = events + new, night
    assert replay(LIFE, needed(0, 4), NIGHTS, acts) == (book, events)


def test_one_of_a_name_that_is_taken_gets_a_number():
    book, _ = replay(LIFE, [*needed(0, 1), *needed(2, 3), *needed(4, 5)], NIGHTS, [])
    assert list(book.cases) == [ID, f"{ID}-2", f"{ID}-3"]


@pytest.fixture
def home(tmp_path) -> Settings:
    """A home whose nights asked for an inspection that still stands."""
    settings = Settings(home=tmp_path)
    with open_home(settings) as con:
        con.execute(MIGRATION)
        con.executemany("INSERT INTO inspections.night VALUES (?)", [[night] for night in NIGHTS[:3]])
        con.execute("INSERT INTO inspections.need VALUES (?, '871', true)", [NIGHTS[0]])
        write_anew(con, INSPECTIONS, settings)
    return settings


def test_what_the_boards_file_holds_is_carried_out_once_and_what_makes_no_sense_is_passed_over(home):
    noted = [(PLAN, {"inspection_id": ID, "day": "2024-09-01"}), (PLAN, {"inspection_id": ID}), (HOLD, {})]
    with open_board(home.board_path) as board:
        for action, what in [*noted, (HOLD, {"inspection_id": "nowhere"}), ("alert-ack", {"alert_id": "a"})]:
            board.append("Lan", action, what, datetime(2024, 3, 6, 9))
    with open_home(home) as con:
        carry_out_acts(con, INSPECTIONS, home, date(2024, 3, 6))
        first = con.sql("FROM inspections.event ORDER BY event_no").fetchall()
        carry_out_acts(con, INSPECTIONS, home, date(2024, 3, 7))
        assert con.sql("FROM inspections.event ORDER BY event_no").fetchall() == first
        assert [row[3] for row in first] == ["asked", "planned"]
        assert [(act["act_id"], act["after_night"], act["is_done"]) for act in kept_acts(con, TABLES)] == [
            (1, NIGHTS[2], True),
            (4, NIGHTS[2], False),
        ]
        assert undone_acts(con, TABLES, date(2024, 3, 6)) == [("Lan", HOLD, "nowhere")]
        assert con.sql("SELECT event_id FROM ledger.folded ORDER BY 1").fetchall() == [(1,), (2,), (3,), (4,)]


def test_a_later_night_closes_it_and_keeps_what_people_did(home):
    assert note_and_carry_out(home, COMMANDS, TypedAct(PLAN, ID, {"day": "2024-09-01"}), date(2024, 3, 6))
    with open_home(home) as con:
        con.execute("INSERT INTO inspections.night VALUES (?)", [NIGHTS[3]])
        con.execute("INSERT INTO inspections.need VALUES (?, '871', false)", [NIGHTS[3]])
        write_anew(con, INSPECTIONS, home)
        case = one_case(con, TABLES, ID)
    assert (case["status"], case["resolution"], case["planned_for"]) == ("closed", "figures", date(2024, 9, 1))


def test_at_the_terminal_it_is_found_by_its_name_and_what_cannot_be_done_is_refused_and_not_noted(home):
    with open_cases(home, COMMANDS) as con:
        assert case_names(con, TABLES) == [ID]
        with pytest.raises(UserError, match=f"Did you mean: {ID}"):
            case_named(con, COMMANDS, "871-inspektion-2024")
    with pytest.raises(UserError, match="cannot be done"):
        note_and_carry_out(home, COMMANDS, TypedAct(HOLD, ID), date(2024, 3, 6))
    assert not home.board_path.exists()


def test_all_that_had_to_be_written_for_it_is_one_small_file():
    lines = Path(inspections.__file__).read_text("utf-8").splitlines()
    assert len(lines) <= 110
