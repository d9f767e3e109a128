"""Members away who work in enterprises: what the forms tell of them, and in words what they do not."""

from __future__ import annotations

from expectations.language import numbers
from expectations.language.catalogue import Language, PeriodCode, text
from transforms.pages.unit_figures import PageUnit, Row

NEEDED = (
    "away_total",
    "away_in_enterprise",
    "away_in_private_enterprise",
    "away_in_contact",
    "away_temporary_activity",
    "away_exempt",
)


def enterprises_say(unit: PageUnit, month: Row | None, language: Language) -> tuple[str, ...]:
    """Sentences about a unit's members in enterprises.

    Args:
        month: the unit's last month of its mart of figures; null for none.
    """
    if unit.level == "commune":
        return (text("portal.unit.enterprises.commune", language),)
    if month is None or any(month.get(name) is None for name in NEEDED) or not month["away_total"]:
        return (text("portal.unit.enterprises.none", language),)
    total, enterprise, private, contact, temporary, exempt = (int(month[name]) for name in NEEDED)
    activity = temporary + exempt
    told = [
        text(
            "portal.unit.enterprises.how-many",
            language,
            month=PeriodCode(month["period"]),
            total=total,
            enterprise=enterprise,
            share=numbers.share(enterprise / total, language),
            private=private,
            private_share=numbers.share(private / total, language),
        ),
        text(
            "portal.unit.enterprises.contact",
            language,
            contact=contact,
            contact_share=numbers.share(contact / total, language),
            activity=activity,
            activity_share=numbers.share(activity / total, language),
        ),
        text("portal.unit.enterprises.not-told", language),
    ]
    least_contact, least_activity = (at_least_both(enterprise, other, total) for other in (contact, activity))
    if least_contact or least_activity:
        told.append(text("portal.unit.enterprises.least", language, contact=least_contact, activity=least_activity))
    return tuple(told)


def at_least_both(one: int, other: int, total: int) -> int:
    """How many of a total must belong to two groups, whoever is in them (Fréchet 1935): a fact, no estimate."""
    return max(0, one + other - total)
