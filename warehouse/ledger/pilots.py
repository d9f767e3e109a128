"""When each pilot and outcome was first seen: a table that is edited by hand cannot be asked for its own past."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from duckdb import DuckDBPyConnection

from warehouse.connection.transaction import transaction


def first_seen(
    con: DuckDBPyConnection, outcomes: Iterable[tuple[str, str]], night: date
) -> dict[tuple[str, str], date]:
    """Note what was not seen before, and tell when each was.

    Args:
        outcomes: pilot and indicator; the pilot itself under "".
        night: that sees them now.
    """
    with transaction(con):
        for pilot, indicator in outcomes:
            con.execute(
                "INSERT INTO ledger.pilot_outcome VALUES (?, ?, ?) ON CONFLICT DO NOTHING", [pilot, indicator, night]
            )
        rows = con.execute("SELECT pilot, indicator, first_seen FROM ledger.pilot_outcome").fetchall()
    return {(pilot, indicator): day for pilot, indicator, day in rows}
