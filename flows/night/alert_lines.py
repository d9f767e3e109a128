"""An alert in one line of the terminal: how grave it is and what was seen."""

from __future__ import annotations

from expectations.language.catalogue import Language
from warehouse.board.cases import Row

SEVERITY_STYLES = {"high": "bold red", "medium": "yellow", "low": "dim"}
"""Rich's styles, by the severity of an alert or the priority of an item."""


def seen_of(row: Row, language: Language) -> str:
    """The first sentence of an alert's text."""
    return str(row[f"text_{language}"]).split(". ", 1)[0] + "."
