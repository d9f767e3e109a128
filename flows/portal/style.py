"""The stylesheet of all pages."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from transforms.morning.style import STYLE

STATIC = Path(__file__).parent / "static"


@cache
def stylesheet() -> str:
    """The morning page's rules, and what the portal adds to them."""
    return STYLE + (STATIC / "portal.css").read_text("utf-8")
