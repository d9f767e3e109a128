"""Why a file went back, by problem code; the cells and their figures stand in the workbook only."""

from __future__ import annotations

from expectations.language.catalogue import Language, text

WHOLE_FILE = frozenset(
    {
        "unknown-district",
        "unsupported-format",
        "unreadable-file",
        "empty-file",
        "encrypted-file",
        "file-too-large",
        "unknown-form",
        "period-invalid",
        "wrong-district",
        "wrong-template",
        "personal-data",
    }
)
"""Codes said of a file once, so that no number of places is told."""


def reason(code: str, number: int, language: Language) -> str:
    """The kind of fault, and in how many places."""
    what = text(f"reason.{code}", language)
    return what if code in WHOLE_FILE or number < 2 else text("page.places", language, what=what, n=number)
