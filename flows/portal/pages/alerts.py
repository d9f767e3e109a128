"""Alerts: the list, one alert with what it rests on, what the board does to it, and how right each rule has been."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from flows.commands.acts import check_until
from flows.commands.alert_acts import ALERT_COMMANDS
from flows.commands.cases import TypedAct, note_act, waiting_acts
from flows.errors import UserError
from flows.night.alarm_budget import alarm_budget
from flows.night.alert import ALERTS
from flows.portal.asked import BOARD, Answer, Asked, GoTo, NotThere, Route, Shown
from flows.portal.links import Links, paged, with_query
from transforms.alerts.alert import AlertAct
from transforms.alerts.phrases import noun
from transforms.alerts.wording import record_sentence
from transforms.cases.tables import Row
from transforms.eyesight.wording import eyesight_sentences
from transforms.pages import alerts as model
from transforms.pages.noted_acts import WithNoted, alerts_with_noted
from transforms.pages.paging import part_of
from transforms.watch.watched import is_judged
from warehouse.board import alert_grounds as grounds
from warehouse.board import alert_pages as pages
from warehouse.board.alerts import ALERT_TABLES
from warehouse.board.cases import one_case
from warehouse.derived.self_test import acuity_rows
from warehouse.ledger.registry import unit_name

LENGTH = 40  # alerts on a page of the list
LONGEST = 1000  # letters of a note
VERDICTS = ("true", "data-error", "expected")


def show_alerts(asked: Asked) -> Answer:
    """The list, filtered."""
    wanted = _wanted(asked)
    is_of_all = wanted.status in ("all", "resolved")  # what stands in the copy may be resolved by what was noted since
    rows = pages.listed(
        asked.con,
        {
            "status": "all" if is_of_all else "standing",
            "district": wanted.unit,
            "since": wanted.since,
            "indicator": wanted.indicator,
            "level": wanted.level,
            "severity": wanted.severity,
        },
    )
    noted = _with_noted(asked, rows.to_dicts())
    found = model.gravest_first(model.of_filter(noted.rows, wanted))
    part = part_of(found, paged(asked.query), LENGTH)
    indicators = [(name, noun(name, asked.language)) for name in grounds.indicators_told_of(asked.con)]
    return Shown(
        "alerts.html",
        {
            "groups": model.groups(part.rows, asked.language),
            "part": part,
            "links": {"before": _to(asked, part.before), "after": _to(asked, part.after)},
            "wanted": wanted,
            "units": grounds.units_told_of(asked.con),
            "indicators": sorted(indicators, key=lambda one: one[1]),
            "model": model,
            "is_judged": is_judged(pages.indicators_judged(asked.con)),
            "eyesight": eyesight_sentences(acuity_rows(asked.con), asked.language),
        },
    )


def _to(asked: Asked, page: int | None) -> str | None:
    return with_query("/alerts", asked.query, page=str(page)) if page else None


def _wanted(asked: Asked) -> model.AlertsFilter:
    """The filter as asked for; what there is no such thing of is passed over."""

    def one_of(name: str, known: Collection[str]) -> str | None:
        said = asked.query.get(name, "")
        return said if said in known else None

    try:
        since = date.fromisoformat(asked.query.get("since", ""))
    except ValueError:
        since = None
    return model.AlertsFilter(
        status=one_of("status", model.STATUSES) or "standing",
        unit=asked.query.get("unit") or None,
        family=one_of("family", model.FAMILIES),
        indicator=asked.query.get("indicator") or None,
        level=one_of("level", model.LEVELS),
        severity=one_of("severity", model.SEVERITIES),
        since=since,
    )


def _with_noted(asked: Asked, rows: list[Row]) -> WithNoted:
    entries = asked.desk.copies.waiting(asked.con, list(ALERTS.transitions))
    return alerts_with_noted(rows, waiting_acts(ALERTS, AlertAct, entries, asked.today()))


def _alert(asked: Asked) -> tuple[Row, WithNoted]:
    """The alert of the path as it stands with what was noted.

    Raises:
        NotThere: there is none.
    """
    row = one_case(asked.con, ALERT_TABLES, asked.path["alert_id"])
    if row is None:
        raise NotThere
    noted = _with_noted(asked, [row])
    return noted.rows[0], noted


def show_alert(asked: Asked) -> Answer:
    """One alert with everything that explains it."""
    alert, noted = _alert(asked)
    con, language, small = asked.con, asked.language, asked.settings.small_count
    months = pages.series(con, alert["unit_id"], alert["scope"], alert["indicator"])
    drawing = model.chart(alert, months, language, small)
    finding = grounds.told_finding(con, alert)
    driving = grounds.driver_months(con, alert, model.driver_indicators(alert))
    least = pages.least_seen(con, alert["unit_id"], alert["indicator"])
    events = pages.history(con, alert["alert_id"]).to_dicts()
    done = [event | {"is_waiting": True, "files": None} for event in noted.events]
    return Shown(
        "alert.html",
        {
            "alert": model.head_of(alert, language),
            "unit_path": _unit_path(alert),
            "figure": drawing.figure(language) if drawing else None,
            "parts": model.part_rows(pages.parts(con, alert["alert_id"]), alert["family"], language, small),
            "drivers": model.driver_rows(alert, finding, driving, language, small),
            "events": model.event_rows_of([*events, *done], language),
            "sureness": model.sureness(finding, language),
            "record": record_sentence(pages.precision(con, alert["kind"], alert["family"]), alert, language),
            "least": model.least_sentence(least, language),
            "verdicts": VERDICTS,
            "longest": LONGEST,
            **_versions(asked, alert),
        },
    )


def _unit_path(alert: Row) -> str | None:
    """The page of an alert's unit; the province has none of its own."""
    return None if alert["level"] == "province" else Links().unit(str(alert["unit_code"]))


def _versions(asked: Asked, alert: Row) -> dict[str, Any]:
    night = grounds.judged_on(asked.con, alert)
    if night is None:
        return {"judged_on": None, "versions": []}
    found = grounds.versions(asked.con, alert, model.forms_of(alert), night)
    versions = [
        row | {"reporter": unit_name(asked.con, row["reporter_code"], row["received_on"])} for row in found.to_dicts()
    ]
    return {"judged_on": night, "versions": versions}


def show_precision(asked: Asked) -> Answer:
    """How right each rule has been, by the board's verdicts."""
    rules = model.rule_rows(pages.precision(asked.con), asked.language)
    shares = model.share_rows(alarm_budget(asked.con, asked.settings), asked.language)
    return Shown("precision.html", {"rules": rules, "shares": shares})


def acknowledge(asked: Asked) -> Answer:
    """Take note of an alert."""
    return _act(asked, "alert-ack", {"note": asked.said("note") or None})


def silence(asked: Asked) -> Answer:
    """Say nothing more of an alert until a day, or until it is resolved."""
    until = None
    if asked.said("how") == "to-end":
        if asked.said("until"):
            raise UserError("portal.alert.day-or-end")
    else:
        try:
            until = date.fromisoformat(asked.said("until"))
        except ValueError as error:
            raise UserError("portal.alert.which-day") from error
        check_until(until, asked.today())
    said = {"until": until.isoformat() if until else None, "note": asked.said("note") or None}
    return _act(asked, "alert-silence", said)


def close(asked: Asked) -> Answer:
    """Close an alert with a verdict."""
    if asked.said("verdict") not in VERDICTS:
        raise UserError("portal.alert.which-verdict")
    return _act(asked, "alert-close", {"verdict": asked.said("verdict"), "note": asked.said("note")})


def _act(asked: Asked, action: str, said: dict[str, str | None]) -> Answer:
    if len(said.get("note") or "") > LONGEST:
        raise UserError("portal.note-too-long", most=LONGEST)
    alert, _ = _alert(asked)
    act = TypedAct(action, alert["alert_id"], said)
    note_act(asked.settings, _HERE, act, asked.account.name, alert["status"])
    asked.desk.carrying_out.ask()
    return GoTo(f"/alerts/{alert['alert_id']}", "noted")


def _over(alert_id: str) -> UserError:
    return UserError("portal.alert.over", id=alert_id)


_HERE = replace(ALERT_COMMANDS, refused=_over)
"""The same acts as at the terminal; who is refused is sent to a page and not to a command."""

_OF_BOARD = frozenset({BOARD})
ROUTES = (
    Route("GET", "/alerts", _OF_BOARD, show_alerts, is_kept=True),
    Route("GET", "/alerts/precision", _OF_BOARD, show_precision, is_kept=True),
    Route("GET", "/alerts/{alert_id}", _OF_BOARD, show_alert, is_kept=True),
    Route("POST", "/alerts/{alert_id}/acknowledge", _OF_BOARD, acknowledge),
    Route("POST", "/alerts/{alert_id}/silence", _OF_BOARD, silence),
    Route("POST", "/alerts/{alert_id}/close", _OF_BOARD, close),
)
