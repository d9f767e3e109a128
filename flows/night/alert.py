"""Alerts in the night: what was found becomes alerts with a life, and what people did to them is folded in."""

from __future__ import annotations

from datetime import date
from typing import Any

from duckdb import DuckDBPyConnection

from flows.night.judge import NightsJudged
from flows.settings import Settings
from transforms.alerts.acts import ACTIONS
from transforms.alerts.book import Act
from transforms.alerts.drivers import drivers
from transforms.alerts.life import replay
from transforms.alerts.tables import tables
from warehouse.board import alerts as stored
from warehouse.board.acts import Event, fold_acts
from warehouse.connection.transaction import transaction
from warehouse.ledger.as_known import mark_judged
from warehouse.ledger.nights import last_night

VERDICTS = ("true", "data-error", "expected")


def alert(con: DuckDBPyConnection, judged: NightsJudged, settings: Settings) -> None:
    """Bring the alerts up to date with what nights judged, and with what people did since the last run.

    Nights may be judged again and earlier ones may come later: the alerts are made anew from the first night's
    findings on, so that the same nights and acts give the same alerts in whatever order they were taken in.
    """
    nights = judged.nights
    night = nights[-1] if nights else last_night(con)
    with transaction(con):
        if night:
            _fold_acts(con, settings, night)
        stored.add_findings(con, judged.findings, nights)
        stored.replace_detectability(con, judged.detectability)
        _write_anew(con, settings)
        mark_judged(con, nights)


def carry_out_acts(con: DuckDBPyConnection, settings: Settings, night: date) -> None:
    """Between nights: carry out what people did since the last run."""
    with transaction(con):
        if _fold_acts(con, settings, night):
            _write_anew(con, settings)


def _fold_acts(con: DuckDBPyConnection, settings: Settings, night: date) -> bool:
    return fold_acts(con, settings.board_path, night, ACTIONS, _row, stored.add_acts)


def _row(event: Event, night: date) -> dict[str, Any] | None:
    """An event of the board as a row of alerts.act; None where it makes no sense: no night may stand still over it."""
    what, verdict = event.what, event.what.get("verdict")
    try:
        until = date.fromisoformat(what["until"]) if what.get("until") else None
    except (TypeError, ValueError):
        return None
    if not what.get("alert_id") or (event.action == "alert-close" and verdict not in VERDICTS):
        return None
    return {
        "act_id": event.event_id,
        "night": night,
        "happened_at": event.happened_at,
        "who": event.who,
        "action": event.action,
        "alert_id": str(what["alert_id"]),
        "until": until,
        "verdict": verdict,
        "note": what.get("note") or None,
    }


def _write_anew(con: DuckDBPyConnection, settings: Settings) -> None:
    acts = [Act(**{name: row[name] for name in Act.__dataclass_fields__}) for row in stored.acts(con)]
    book, events = replay(stored.telling_findings(con), stored.nights(con), acts, stored.ended_units(con))
    known = drivers(book, stored.judged_months(con))
    done = [event.act_id for event in events if event.act_id is not None]
    stored.replace_alerts(con, tables(book, events, known, settings.small_count), done)
