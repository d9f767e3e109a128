"""The part of an alert that tells most: what its line in the list and its first sentence are about."""

from __future__ import annotations

from transforms.alerts.alert import Alert, Part
from transforms.alerts.phrases import COMPONENTS
from transforms.alerts.severity import RANK, severity_of

_KINDS = ("silence", "shift", "change", "restated", "implausible", "late")


def leading(alert: Alert) -> Part:
    """Of the unit's own parts the gravest, those that still signal first, and what the alert is of before what follows
    from it; the longer view before the single month, the whole before its component."""
    own = [part for part in alert.parts if part.last.unit_id == alert.key.unit_id] or list(alert.parts)
    return min(own, key=lambda part: _order(part, alert.key.family))


def _order(part: Part, family: str) -> tuple[bool, bool, int, int, bool, float, str]:
    told = part.clearest
    severity = RANK[severity_of(told, len(part.signals))]
    q = 1.0 if told.q_value is None else told.q_value
    follows, is_component = told.family != family, told.indicator in COMPONENTS.values()
    return not part.is_active, follows, -severity, _KINDS.index(told.kind), is_component, q, told.indicator
