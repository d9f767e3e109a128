"""What is asked of the country's tables by the command and by the national night itself."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from duckdb import DuckDBPyConnection

_TABLES = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake' AND schema_name = 'nation'"
_LATEST = """
SELECT i.indicator, i.period, i.unit_code, i.unit_name, i.level, i.basis, i.value, i.lower, i.upper, i.provinces_told,
    i.provinces_expected, s.rank, s.rank_best, s.rank_worst, s.beyond
FROM lake.nation.indicator AS i
LEFT JOIN lake.nation.standing AS s USING (map, unit_code, indicator, period_kind, period)
WHERE i.map = 'today' AND i.period_kind = $kind AND i.value IS NOT NULL
    AND i.indicator IN (SELECT unnest($indicators)) AND ($every OR i.level = 'country')
QUALIFY i.period = max(i.period) FILTER (i.level = 'country') OVER (PARTITION BY i.indicator)
ORDER BY i.indicator, i.level = 'country', i.value DESC, i.unit_code
"""
_ALERTS = """
FROM lake.nation.alert
ORDER BY state <> 'standing', state <> 'past', level <> 'country', opened_on DESC, unit_code, period DESC, indicator,
    kind
"""


def editions_shown(con: DuckDBPyConnection) -> pl.DataFrame | None:
    """The editions that the tables in place were made of; null before any was."""
    if ("edition",) not in con.execute(_TABLES).fetchall():
        return None
    return con.execute("FROM lake.nation.edition ORDER BY province_code").pl()


def latest_indicators(
    con: DuckDBPyConnection, indicators: Sequence[str], *, every: bool, kind: str = "rolling12"
) -> pl.DataFrame:
    """The last period of each indicator: of the country, or of its provinces and the country, the highest first.

    Args:
        kind: rolling12 or month; provinces are ranked in the former alone.
    """
    return con.execute(_LATEST, {"indicators": list(indicators), "every": every, "kind": kind}).pl()


def alerts_told(con: DuckDBPyConnection) -> pl.DataFrame | None:
    """The book of alerts: what stands first, the country's before the provinces', the newest first; null if none."""
    if ("alert",) not in con.execute(_TABLES).fetchall():
        return None
    return con.execute(_ALERTS).pl()
