"""What people do to alerts: take note, silence, close with a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any, get_args

from transforms.alerts.alert import Alert, AlertAct, AlertEvent, Verdict
from transforms.cases.replay import Transition

_STANDING = frozenset({"opened", "acknowledged"})


def event_of(act: AlertAct, event: str, before: Alert, after: Alert) -> AlertEvent:
    """The event of an act; a verdict on an alert that was resolved already resolves nothing."""
    resolves = event == "closed" and before.status != "resolved"
    return AlertEvent.of_act(
        act,
        event,
        severity=after.severity,
        verdict=act.verdict,
        until=act.until,
        resolution="closed" if resolves else None,
    )


def _acknowledge(alert: Alert, act: AlertAct) -> Alert:
    return replace(alert, status="acknowledged", acknowledged_on=act.night)


def _silence(alert: Alert, act: AlertAct) -> Alert:
    return replace(alert, silenced_until=act.until, is_silenced_to_end=act.until is None)


def _close(alert: Alert, act: AlertAct) -> Alert:
    judged = replace(alert, closed_on=act.night, verdict=act.verdict)
    if alert.status == "resolved":
        return judged
    return replace(
        judged,
        status="resolved",
        resolved_on=act.night,
        resolution="closed",
        is_spent=alert.is_active,
        is_silenced_to_end=False,
    )


TRANSITIONS: Mapping[str, Transition[Alert, AlertAct]] = MappingProxyType(
    {
        "alert-ack": Transition("acknowledged", _STANDING, _acknowledge),
        "alert-silence": Transition("silenced", _STANDING, _silence),
        # A verdict may be given of a resolved alert too, and given anew.
        "alert-close": Transition("closed", _STANDING | {"resolved"}, _close),
    }
)
"""By the board's action."""


def act_details(action: str, said: Mapping[str, Any]) -> dict[str, Any] | None:
    """What an act has of its own, from what the board noted; null where it makes no sense.

    Args:
        said: until (ISO 8601), verdict, note.
    """
    verdict = said.get("verdict")
    try:
        until = date.fromisoformat(said["until"]) if said.get("until") else None
    except (TypeError, ValueError):
        return None
    if action == "alert-close" and verdict not in get_args(Verdict):
        return None
    return {"until": until, "verdict": verdict, "note": said.get("note") or None}
