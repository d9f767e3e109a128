"""Why a file went back, or what to look at in it, by problem code; cells and figures stand in the workbook only."""

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
        "copied-period",
    }
)
"""Codes said of a file once, so that no number of places is told."""


def reason(code: str, number: int, language: Language) -> str:
    """The kind of fault, and in how many places."""
    return _counted(text(f"reason.{code}", language), code, number, language)


def to_look_at(code: str, number: int, language: Language) -> str:
    """What to look at in an accepted file, and in how many places."""
    return _counted(text(f"look.{code}", language), code, number, language)


def _counted(what: str, code: str, number: int, language: Language) -> str:
    return what if code in WHOLE_FILE or number < 2 else text("page.places", language, what=what, n=number)
