"""What stands in a cell, as text or as a figure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from transforms.reading.folding import plain_characters

_FIGURE = re.compile(r"-|-?\d[\d.]*")


def shown(value: Any) -> str:
    """A cell's value as text."""
    if type(value) is str:
        return value.strip()
    if type(value) is float and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def is_figure(value: Any) -> bool:
    """Whether it is a number, or written as one; what is neither text nor empty is taken for one."""
    return _is_figure_in_text(value) if type(value) is str else value is not None


@lru_cache(maxsize=16384)
def _is_figure_in_text(text: str) -> bool:
    return bool(_FIGURE.fullmatch(plain_characters(text)))
