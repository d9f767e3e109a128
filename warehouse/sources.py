"""What a query is asked over, and whether that is still the same: no query need be asked whose answer is known.

DuckDB's own parser says which tables and views a query names; nothing is declared by hand, so none can be forgotten. A
query that asks anything else, as the catalogue itself, is never taken to have the same answer.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from duckdb import DuckDBPyConnection

from warehouse.renewed import ONE, digests
from warehouse.schema.comments import quoted

_OF_ARGUMENTS = frozenset(("generate_series", "range", "unnest"))
"""Table functions whose rows follow from their arguments alone."""


class Sources:
    """The digest of what queries are asked over, each table or view looked at once; to be used in one transaction."""

    def __init__(self, con: DuckDBPyConnection) -> None:
        self._con = con
        self._known: dict[str, str] = {}

    def under(self, query: str) -> str | None:
        """A digest of a query and of the rows of all it names; None where it asks what has no rows to look at."""
        names = self._named(query)
        if names is None:
            return None
        told = (query, *(f"{name} {self._digest(name)}" for name in sorted(names)))
        return hashlib.sha256("\n".join(told).encode()).hexdigest()

    def _named(self, query: str) -> set[str] | None:
        row = self._con.execute(f"SELECT json_serialize_sql({quoted(query)})").fetchone()
        nodes: list[dict[str, Any]] = []

        def seen(node: dict[str, Any]) -> dict[str, Any]:
            nodes.append(node)
            return node

        told = json.loads(row[0] if row else "", object_hook=seen)
        if told["error"]:
            return None
        steps = {entry["key"] for node in nodes if "cte_map" in node for entry in node["cte_map"]["map"]}
        tables = [node for node in nodes if node.get("type") == "BASE_TABLE"]
        functions = {node["function"]["function_name"] for node in nodes if node.get("type") == "TABLE_FUNCTION"}
        strange = [node for node in tables if not node["schema_name"] and node["table_name"] not in steps]
        if strange or not functions <= _OF_ARGUMENTS:
            return None
        return {
            ".".join(f'"{node[part]}"' for part in ("catalog_name", "schema_name", "table_name") if node[part])
            for node in tables
            if node["schema_name"]
        }

    def _digest(self, name: str) -> str:
        if name not in self._known:
            rows = self._con.sql(f"FROM {name}")
            columns = dict(zip(rows.columns, map(str, rows.types), strict=True))
            self._known[name] = json.dumps(digests(self._con, columns, name, ONE))
        return self._known[name]
