"""Where cases are kept, of whatever kind: what people did, and the tables that are written anew from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from warehouse.connection.transaction import transaction
from warehouse.derived.replace import replace_derived

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CaseTables:
    """The tables of a kind of case; a migration made them.

    Besides those named here a schema has `act`, what people did, and `night`, the nights that were looked at.

    Attributes:
        schema: alerts, followup.
        case: the table of the cases; a case's id is its name with _id: alert_id, item_id.
        written_anew: the tables that follow from the others, and so are written anew: the cases, their events …
    """

    schema: str
    case: str
    written_anew: tuple[str, ...]

    @property
    def id_column(self) -> str:
        return f"{self.case}_id"


def add_acts(con: DuckDBPyConnection, tables: CaseTables, acts: Sequence[Mapping[str, Any]]) -> None:
    """Note what people did; each once, by its number.

    Args:
        acts: rows of the table act, with `case_id` for the id; `after_night` and `is_done` are set here and by
            `replace_cases`.
    """
    for act in acts:
        given = ", ".join(f"${name} AS {tables.id_column if name == 'case_id' else name}" for name in act)
        con.execute(
            f"INSERT INTO {tables.schema}.act BY NAME "
            f"SELECT {given}, (SELECT max(night) FROM {tables.schema}.night) AS after_night, false AS is_done",
            dict(act),
        )


def kept_acts(con: DuckDBPyConnection, tables: CaseTables) -> list[Row]:
    """Everything people did, in its order: the columns of the table act, with `case_id` for the id."""
    query = f"SELECT * RENAME ({tables.id_column} AS case_id) FROM {tables.schema}.act ORDER BY act_id"
    return con.execute(query).pl().to_dicts()


def kept_nights(con: DuckDBPyConnection, tables: CaseTables) -> list[date]:
    """The nights that were looked at, in order."""
    rows = con.execute(f"SELECT night FROM {tables.schema}.night ORDER BY 1").fetchall()
    return [night for (night,) in rows]


def replace_cases(
    con: DuckDBPyConnection, tables: CaseTables, frames: Mapping[str, pl.DataFrame], done: Sequence[int]
) -> None:
    """Write the cases and what belongs to them anew, and which acts had an effect.

    Args:
        frames: by the names of `written_anew`, columns as in the schema.
        done: numbers of the acts that had an effect.
    """
    with transaction(con):
        for name in tables.written_anew:
            replace_derived(con, f"{tables.schema}.{name}", frames[name])
        con.execute(
            f"UPDATE {tables.schema}.act SET is_done = list_contains($done::BIGINT[], act_id)", {"done": list(done)}
        )


def one_case(con: DuckDBPyConnection, tables: CaseTables, case_id: str) -> Row | None:
    """The row of a case, null where there is none."""
    query = f"FROM {tables.schema}.{tables.case} WHERE {tables.id_column} = ?"
    rows = con.execute(query, [case_id]).pl().to_dicts()
    return rows[0] if rows else None


def case_names(con: DuckDBPyConnection, tables: CaseTables) -> list[str]:
    """All ids, the latest opened first."""
    query = f"SELECT {tables.id_column} FROM {tables.schema}.{tables.case} ORDER BY opened_on DESC, 1"
    return [name for (name,) in con.execute(query).fetchall()]


def undone_acts(con: DuckDBPyConnection, tables: CaseTables, night: date) -> list[tuple[str, str, str]]:
    """Acts folded in on a day that had no effect: who, action, the case's id."""
    query = f"SELECT who, action, {tables.id_column} FROM {tables.schema}.act WHERE night = ? AND NOT is_done"
    return con.execute(f"{query} ORDER BY act_id", [night]).fetchall()


def is_kept(con: DuckDBPyConnection, tables: CaseTables) -> bool:
    """Whether the warehouse is of a version that holds this kind of case."""
    row = con.execute("SELECT count(*) FROM duckdb_tables() WHERE schema_name = ?", [tables.schema]).fetchone()
    return bool(row and row[0])
