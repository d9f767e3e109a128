"""What the lake holds of the provinces, as the country's tables are made of it."""

from __future__ import annotations

import duckdb
import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.forms import MONTHLY_MEASURES
from warehouse.errors import LakeError
from warehouse.lake.opened import in_a_line

_KEYS = dict.fromkeys(("province_code", "map", "unit_code", "unit_name", "level"), "VARCHAR")
_DAYS = {"period": "VARCHAR", "period_start": "DATE", "period_end": "DATE", "period_kind": "VARCHAR"}


def _of(kind: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, kind)


# Table of the lake, which of its rows, and the columns read; one that no edition has is null.
READ: dict[str, tuple[str, dict[str, str]]] = {
    "edition": (
        "true",
        {
            **_of("VARCHAR", "province_code", "province_name", "edition"),
            **{"as_of": "DATE", "published_at": "TIMESTAMP", "digest": "VARCHAR"},
        },
    ),
    "figures_province": (
        "level = 'province'",
        {**_KEYS, **_DAYS, **_of("BIGINT", *MONTHLY_MEASURES, "units_expected", "units_reported")},
    ),
    "indicator": (
        "level = 'province'",
        {
            **_KEYS,
            **_DAYS,
            "indicator": "VARCHAR",
            **_of("DOUBLE", "numerator", "denominator", "value", "lower", "upper", "coverage"),
        },
    ),
    "trend": (
        "level = 'province'",
        {
            **_KEYS,
            **_DAYS,
            "indicator": "VARCHAR",
            **_of("DOUBLE", "level_value", "slope_per_year", "slope_lower", "slope_upper", "probability"),
            **_of("VARCHAR", "word", "since", "since_earliest", "since_latest"),
        },
    ),
    "comparison": (
        "level = 'province'",
        {
            **_KEYS,
            **_DAYS,
            **_of("VARCHAR", "indicator", "base_period"),
            **_of("DOUBLE", "value", "base_value", "difference", "ratio", "lower", "upper"),
            "is_tet_moved": "BOOLEAN",
        },
    ),
}


def read_published(con: DuckDBPyConnection) -> dict[str, pl.DataFrame]:
    """The tables of `READ`, of every province together; empty where no province has added one.

    Args:
        con: with the lake attached as `lake`.

    Raises:
        LakeError: a file of it is gone or no longer what it was, or the catalogue does not answer any more.
    """
    try:
        have = _columns(con)
        return {name: con.execute(_query(name, where, wanted, have)).pl() for name, (where, wanted) in READ.items()}
    except duckdb.Error as error:
        raise LakeError("error.lake.read", why=in_a_line(error)) from error


def _columns(con: DuckDBPyConnection) -> set[tuple[str, str]]:
    return set(con.execute(_COLUMNS).fetchall())


def _query(name: str, where: str, wanted: dict[str, str], have: set[tuple[str, str]]) -> str:
    is_there = any(table == name for table, _ in have)
    columns = ", ".join(
        f"{column}::{kind} AS {column}" if (name, column) in have else f"NULL::{kind} AS {column}"
        for column, kind in wanted.items()
    )
    source = f"FROM lake.provinces.{name} WHERE {where}" if is_there else "WHERE false"
    return f"SELECT {columns} {source}"


_COLUMNS = """
SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'lake' AND schema_name = 'provinces'
"""
