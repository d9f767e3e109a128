"""The one error a person is shown: what is wrong, where, and what to do next."""

from __future__ import annotations


class UserError(Exception):
    """Shown without a traceback; `says` holds the text in Vietnamese and English."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.says = {"vi": vi, "en": en}
