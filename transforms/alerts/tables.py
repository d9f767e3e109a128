"""The book as tables: alerts with their texts, parts and events, as the warehouse keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from transforms.alerts.alert import Alert, AlertBook, AlertEvent, AlertFinding, Part
from transforms.alerts.drivers import Drivers
from transforms.alerts.explain import explain
from transforms.alerts.leading import leading
from transforms.alerts.severity import severity_of
from transforms.cases.tables import event_rows, frame

_FIGURES = ("observed", "expected", "lower", "upper", "p_value", "q_value")
_DATES = ("opened_on", "resolved_on", "reopened_on", "acknowledged_on", "silenced_until", "closed_on", "night", "until")
_TYPES: dict[str, Any] = (
    dict.fromkeys(_FIGURES, pl.Float64)
    | dict.fromkeys(_DATES, pl.Date)
    | {"is_silenced_until_resolved": pl.Boolean, "is_active": pl.Boolean, "event_no": pl.Int64, "act_id": pl.Int64}
)
_ALERT = (
    "alert_id",
    "unit_code",
    "level",
    "indicator",
    "direction",
    "kind",
    "scope",
    "severity",
    "status",
    "first_period",
    "last_period",
    "opened_on",
    "resolved_on",
    "resolution",
    *_FIGURES,
    "text_vi",
    "text_en",
    "unit_id",
    "unit_name",
    "family",
    "reopened_on",
    "acknowledged_on",
    "silenced_until",
    "is_silenced_until_resolved",
    "closed_on",
    "verdict",
    "note",
)
_PART = (
    "alert_id",
    "indicator",
    "kind",
    "direction",
    "first_period",
    "last_period",
    *_FIGURES,
    "unit_id",
    "unit_code",
    "unit_name",
    "level",
    "severity",
    "is_active",
    "note",
)
_EVENT = (
    "event_no",
    "alert_id",
    "night",
    "happened_at",
    "event",
    "who",
    "note",
    "verdict",
    "until",
    "severity",
    "resolution",
    "act_id",
)


def tables(
    book: AlertBook, events: Sequence[AlertEvent], known: Mapping[str, Drivers], small_count: int
) -> dict[str, pl.DataFrame]:
    """The tables alert, part and event, with the columns of the schema alerts.

    Args:
        book, events: from `replay`.
        known: the drivers of alerts by their id; those of others are not known.
        small_count: for the texts.
    """
    alerts = [_alert(alert, known.get(alert.case_id, Drivers()), small_count) for alert in book]
    parts = [_part(alert, part) for alert in book for part in alert.parts]
    return {
        "alert": frame(alerts, _ALERT, _TYPES),
        "part": frame(parts, _PART, _TYPES),
        "event": frame(event_rows(events, "alert_id"), _EVENT, _TYPES),
    }


def _figures(found: AlertFinding) -> dict[str, Any]:
    return {name: getattr(found, name) for name in _FIGURES}


def _alert(alert: Alert, drivers: Drivers, small_count: int) -> dict[str, Any]:
    told = leading(alert).clearest
    text_vi, text_en = explain(alert, drivers, small_count)
    own = (
        "severity",
        "status",
        "first_period",
        "last_period",
        "opened_on",
        "resolved_on",
        "resolution",
        "reopened_on",
        "acknowledged_on",
        "silenced_until",
        "closed_on",
        "verdict",
        "note",
    )
    unit = ("unit_id", "unit_code", "unit_name", "level", "scope", "family", "indicator", "direction", "kind")
    return (
        {"alert_id": alert.case_id}
        | {name: getattr(alert, name) for name in own}
        | {name: getattr(told, name) for name in unit}
        | _figures(told)
        | {"is_silenced_until_resolved": alert.is_silenced_to_end, "text_vi": text_vi, "text_en": text_en}
    )


def _part(alert: Alert, part: Part) -> dict[str, Any]:
    last = part.last
    own = ("indicator", "kind", "direction", "unit_id", "unit_code", "unit_name", "level", "note")
    return (
        {name: getattr(last, name) for name in own}
        | _figures(last)
        | {
            "alert_id": alert.case_id,
            "first_period": part.first_period,
            "last_period": last.period,
            "severity": severity_of(last, len(part.signals)),
            "is_active": part.is_active,
        }
    )
