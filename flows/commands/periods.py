"""A period as a person types it."""

from __future__ import annotations

from expectations.contract.periods import Period
from flows.errors import UserError


def period_typed(typed: str) -> Period:
    """A month as it is stored, 2024-12, or as pages and tables show it, 12/2024; a half-year, 2024-H1; a year, 2024.

    Raises:
        UserError: it is none; says how one is written.
    """
    month, _, year = typed.strip().partition("/")
    try:
        return Period.parse(f"{year}-{month.zfill(2)}" if year else month)
    except ValueError:
        raise UserError("error.period", period=typed) from None
