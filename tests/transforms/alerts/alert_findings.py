"""Small findings for the tests of alerts: a month's name and what is special about it, the rest is ordinary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date

import polars as pl

from transforms.alerts.alert import Alert, AlertAct, AlertBook, AlertEvent, AlertFinding
from transforms.alerts.life import life_of_alerts
from transforms.cases.replay import advance, carry_out

DISTRICT = AlertFinding(
    night=date(2020, 2, 5),
    unit_id="871",
    unit_code="871",
    unit_name="Huyện Tam Nông",
    parent_id=None,
    level="district",
    scope="unit",
    family="requests",
    indicator="received",
    kind="change",
    direction="up",
    period="2020-01",
    first_period="2020-01",
    observed=12.0,
    expected=3.0,
    lower=None,
    upper=8.0,
    p_value=0.0001,
    q_value=0.005,
    is_signal=True,
    is_rejudged=False,
)
COMMUNE = replace(
    DISTRICT,
    unit_id="29980@2015-01-01",
    unit_code="29980",
    unit_name="Xã Phú Cường",
    parent_id="871",
    level="commune",
    observed=9.0,
    expected=1.0,
    upper=4.0,
)
SCHEMA = {
    "night": pl.Date,
    **dict.fromkeys(("observed", "expected", "lower", "upper", "p_value", "q_value"), pl.Float64),
    "is_signal": pl.Boolean,
    "is_rejudged": pl.Boolean,
}


def after(period: str, months: int = 1) -> str:
    at = int(period[:4]) * 12 + int(period[5:]) - 1 + months
    return f"{at // 12}-{at % 12 + 1:02d}"


def night_of(period: str) -> date:
    """The night on which a month is judged: the 5th of the next."""
    following = after(period)
    return date(int(following[:4]), int(following[5:]), 5)


def found(period: str, like: AlertFinding = DISTRICT, **changes: object) -> AlertFinding:
    """A finding on the night its month comes in; `quiet=True` for one that does not signal."""
    quiet = bool(changes.pop("quiet", False))
    one = replace(like, period=period, first_period=period, night=night_of(period), is_signal=not quiet)
    if quiet:
        one = replace(one, observed=3.0, p_value=0.8, q_value=1.0)
    return replace(one, **changes)


def live(
    *findings: AlertFinding, acts: Iterable[AlertAct] = (), ended: dict[str, date] | None = None
) -> tuple[AlertBook, list[AlertEvent]]:
    """The book after the findings' nights, each act carried out on its own day."""
    life, events = life_of_alerts(ended or {}), []
    book = life.empty
    waiting = sorted(acts, key=lambda act: act.act_id)
    for night in sorted({one.night for one in findings}):
        due = [act for act in waiting if act.night <= night]
        waiting = [act for act in waiting if act.night > night]
        book, new = advance(life, book, night, [one for one in findings if one.night == night], due)
        events += new
    book, new = carry_out(life, book, waiting)
    return book, events + new


def only(book: AlertBook) -> Alert:
    (alert,) = book
    return alert


def told(events: Iterable[AlertEvent]) -> list[str]:
    return [event.event for event in events]


def act(number: int, action: str, day: date, alert_id: str = "871-requests-up-2020-01", **more: object) -> AlertAct:
    return AlertAct(number, day, None, f"{day}T09:00:00", "Lan", action, alert_id, **more)


def frame(findings: Iterable[AlertFinding]) -> pl.DataFrame:
    columns = list(AlertFinding.__dataclass_fields__)
    return pl.DataFrame([asdict(one) for one in findings], schema={c: SCHEMA.get(c, pl.String) for c in columns})
