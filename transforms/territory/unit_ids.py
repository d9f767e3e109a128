"""The two names of a unit: its official code, and the unit_id that stands for one territory only.

Codes were used again for another territory on 01-07-2025, so a unit_id is the code and the day its territory began
(`29869@2025-07-01`). In tables of figures districts and the province stand under their plain code, which gives itself.
"""

from __future__ import annotations

from datetime import date

import polars as pl

_MARK = "@"


def unit_id_of(unit_code: str, began: date) -> str:
    """The unit_id of a unit whose territory began on a day."""
    return f"{unit_code}{_MARK}{began}"


def unit_code_of(unit_id: str) -> str:
    """The official code of a unit."""
    return unit_id.split(_MARK, maxsplit=1)[0]


def unit_code(unit_id: str = "unit_id") -> pl.Expr:
    """The official codes of a column of unit_ids, under that column's name."""
    return pl.col(unit_id).str.split(_MARK).list.first()
