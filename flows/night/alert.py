"""Alerts in the night: what was found becomes alerts with a life, and what people did to them is folded in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duckdb import DuckDBPyConnection

from flows.night.cases import KindOfCase, Replayed, acts_of, fold_acts, write_anew
from flows.settings import Settings
from transforms.alerts.alert import AlertAct
from transforms.alerts.drivers import drivers, months_asked
from transforms.alerts.life import findings_of, life_of_alerts
from transforms.alerts.tables import tables
from transforms.alerts.transitions import TRANSITIONS, act_details
from transforms.cases.replay import replay
from warehouse.board import alerts as stored
from warehouse.board.alerts import ALERT_TABLES
from warehouse.board.cases import kept_nights
from warehouse.connection.transaction import transaction
from warehouse.ledger.as_known import mark_judged
from warehouse.ledger.nights import last_night

if TYPE_CHECKING:
    from flows.night.judge import NightsJudged  # which brings all tests along: a list of alerts needs none of them


def alert(con: DuckDBPyConnection, judged: NightsJudged, settings: Settings) -> None:
    """Bring the alerts up to date with what nights judged, and with what people did since the last run.

    Nights may be judged again and earlier ones may come later: the alerts are made anew from the first night's
    findings on, so that the same nights and acts give the same alerts in whatever order they were taken in.
    """
    nights = judged.nights
    night = nights[-1] if nights else last_night(con)
    with transaction(con):
        if night:
            fold_acts(con, ALERTS, settings, night)
        stored.add_findings(con, judged.findings, nights)
        stored.replace_detectability(con, judged.detectability)
        write_anew(con, ALERTS, settings)
        mark_judged(con, nights)


def _replay(con: DuckDBPyConnection, settings: Settings) -> Replayed:
    life, acts = life_of_alerts(stored.ended_units(con)), acts_of(con, ALERT_TABLES, AlertAct)
    found = findings_of(stored.telling_findings(con))
    book, events = replay(life, found, kept_nights(con, ALERT_TABLES), acts)
    known = drivers(book, stored.judged_months(con, months_asked(book)))
    return Replayed(tables(book, events, known, settings.small_count), events)


ALERTS = KindOfCase(ALERT_TABLES, TRANSITIONS, act_details, _replay, stored.note_verdicts)
