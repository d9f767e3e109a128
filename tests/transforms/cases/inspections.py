"""An invented third kind of case, whole: a unit is inspected from when its figures ask for it until they do no more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from flows.commands.cases import CaseCommands
from flows.errors import UserError
from flows.night.cases import KindOfCase, Replayed, acts_of
from transforms.cases.case import Case, CaseAct, CaseBook, CaseEvent
from transforms.cases.replay import CaseLife, Transition, free_name, replay
from transforms.cases.tables import event_rows, frame
from warehouse.board.cases import CaseTables, kept_nights

MIGRATION = """
CREATE SCHEMA inspections;
CREATE TABLE inspections.night (night DATE PRIMARY KEY);
CREATE TABLE inspections.need (night DATE, unit VARCHAR, is_needed BOOLEAN);
CREATE TABLE inspections.act (act_id BIGINT PRIMARY KEY, night DATE, after_night DATE, happened_at VARCHAR, who VARCHAR,
    action VARCHAR, inspection_id VARCHAR, day DATE, note VARCHAR, is_done BOOLEAN);
CREATE TABLE inspections.inspection (inspection_id VARCHAR PRIMARY KEY, unit VARCHAR, status VARCHAR, opened_on DATE,
    planned_for DATE, resolution VARCHAR, note VARCHAR);
CREATE TABLE inspections.event (event_no BIGINT PRIMARY KEY, inspection_id VARCHAR, night DATE, event VARCHAR,
    who VARCHAR, act_id BIGINT);
"""
TABLES = CaseTables("inspections", "inspection", written_anew=("inspection", "event"))
CASE_COLUMNS = ("inspection_id", "unit", "status", "opened_on", "planned_for", "resolution", "note")
EVENT_COLUMNS = ("event_no", "inspection_id", "night", "event", "who", "act_id")
TYPES = {"opened_on": pl.Date, "planned_for": pl.Date, "night": pl.Date, "event_no": pl.Int64, "act_id": pl.Int64}


@dataclass(frozen=True, slots=True)
class Need:
    night: date
    unit: str
    is_needed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection(Case):
    unit: str
    planned_for: date | None = None


@dataclass(frozen=True, slots=True)
class InspectionAct(CaseAct):
    day: date | None = None


def judge(book, night, needs):
    cases, events = dict(book.cases), []
    for need in needs:
        standing = next((one for one in book if one.unit == need.unit and one.status != "closed"), None)
        if need.is_needed and standing is None:
            name = free_name(f"{need.unit}-inspection-{night.year}", lambda name: name not in cases)
            cases[name] = Inspection(case_id=name, opened_on=night, status="asked", unit=need.unit)
            events.append(CaseEvent(case_id=name, night=night, event="asked"))
        elif standing and not need.is_needed:
            cases[standing.case_id] = replace(standing, status="closed", resolution="figures")
            events.append(CaseEvent(case_id=standing.case_id, night=night, event="closed", resolution="figures"))
    return replace(book, cases=cases), events


TRANSITIONS = {
    "inspection-plan": Transition(
        "planned", {"asked", "planned"}, lambda case, act: replace(case, status="planned", planned_for=act.day)
    ),
    "inspection-hold": Transition("held", {"planned"}, lambda case, act: replace(case, status="held")),
}
LIFE = CaseLife(CaseBook(), TRANSITIONS, lambda act, event, before, after: CaseEvent.of_act(act, event), judge)


def act_details(action, said):
    day = said.get("day")
    return None if action == "inspection-plan" and not day else {"day": day, "note": said.get("note")}


def replay_kept(con, settings):
    needs = [Need(*row) for row in con.sql("FROM inspections.need ORDER BY ALL").fetchall()]
    book, events = replay(LIFE, needs, kept_nights(con, TABLES), acts_of(con, TABLES, InspectionAct))
    rows = [{"inspection_id": one.case_id, **{n: getattr(one, n) for n in CASE_COLUMNS[1:]}} for one in book]
    told = frame(event_rows(events, TABLES.id_column), EVENT_COLUMNS, TYPES)
    return Replayed({"inspection": frame(rows, CASE_COLUMNS, TYPES), "event": told}, events)


class CannotBeDone(UserError):
    def says(self, language):
        return f"{self.message.key}: it cannot be done."


INSPECTIONS = KindOfCase(TABLES, TRANSITIONS, act_details, replay_kept)
COMMANDS = CaseCommands(
    kind=INSPECTIONS, one="inspection", many="inspections", list_command="mobility inspections", refused=CannotBeDone
)
