"""What people do to alerts: take note, silence, close with a verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from transforms.alerts.book import Act, Alert, Book, Event


def carry_out(book: Book, acts: Sequence[Act]) -> tuple[Book, list[Event]]:
    """The book after what people did, and an event for each act that had an effect.

    An act on an alert that is not in the book, or that is resolved, has none; but a verdict may be given of a resolved
    alert, and given anew.
    """
    alerts, events = dict(book.alerts), []
    for act in acts:
        alert = alerts.get(act.alert_id)
        if alert is None or not can_be_done_to(alert.status, act.action):
            continue
        name, carry = ACTIONS[act.action]
        after = replace(carry(alert, act), note=act.note or alert.note)
        alerts[act.alert_id] = after
        events.append(
            Event(
                act.alert_id,
                act.night,
                name,
                after.severity,
                act.happened_at,
                act.who,
                act.note,
                act.verdict,
                act.until,
                "closed" if name == "closed" and alert.status != "resolved" else None,
                act.act_id,
            )
        )
    return Book(alerts, book.of_key, book.of_series), events


def can_be_done_to(status: str, action: str) -> bool:
    """Whether an act has an effect on an alert of a status."""
    return action in ACTIONS and (action == "alert-close" or status != "resolved")


def _acknowledge(alert: Alert, act: Act) -> Alert:
    return replace(alert, status="acknowledged", acknowledged_on=act.night)


def _silence(alert: Alert, act: Act) -> Alert:
    return replace(alert, silenced_until=act.until, is_silenced_to_end=act.until is None)


def _close(alert: Alert, act: Act) -> Alert:
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


ACTIONS: Mapping[str, tuple[str, Callable[[Alert, Act], Alert]]] = MappingProxyType(
    {
        "alert-ack": ("acknowledged", _acknowledge),
        "alert-silence": ("silenced", _silence),
        "alert-close": ("closed", _close),
    }
)
"""By the board's action: the event it makes, and what it does to the alert."""
