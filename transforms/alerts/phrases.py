"""What alerts count, by name, and which small counts of it must not be told."""

from __future__ import annotations

from expectations.contract.forms import FORMS, MEASURES
from expectations.language.catalogue import Language, text

COUNTED = (
    "received",
    "received_from_away",
    "left_on_request",
    "struck_off_or_expelled",
    "transferred_out",
    "away_total",
    "away_abroad",
    "away_out_of_contact",
    "away_temporary_activity",
)
"""Measures that have a name as it stands after a number; any other goes by its label in the contract."""

STOCKS = frozenset(measure.name for form in FORMS.values() for measure in form.measures if measure.nature == "stock")
"""Counts at the month's end: over a run they are not added up."""

SENSITIVE = frozenset({"requests", "contact", "members"})
"""Families in which a small count of a commune tells of a person."""


def hides_small(level: str, family: str, indicator: str) -> bool:
    """Whether small counts are hidden: of communes, in sensitive families, and of sensitive measures in any family."""
    measure = MEASURES.get(indicator)
    is_sensitive = family in SENSITIVE or (measure is not None and measure.privacy == "sensitive")
    return level == "commune" and is_sensitive


COMPONENTS: dict[str, str] = {"received": "received_from_away", "away_total": "away_abroad"}
"""The part of a count that is looked at to say what drives it."""


def noun(indicator: str, language: Language) -> str:
    """What an indicator counts."""
    if indicator in COUNTED:
        return text(f"counted.{indicator}", language)
    measure = MEASURES.get(indicator)
    if measure is None:
        return indicator.replace("_", " ")
    return text("label", language, label=measure.label_vi if language == "vi" else measure.label_en)
