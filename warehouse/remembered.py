"""What was found of a copy's tables when it was made, kept in a file beside it and believed of that very copy alone.

The file names the copy's bytes by their SHA-256: of a copy that was replaced, or damaged since, it says nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.connection.migrations import applied
from warehouse.renewed import CopiedTable


class Notes:
    """The notes beside a copy; `file` is readable by its owner only."""

    def __init__(self, con: DuckDBPyConnection, file: Path) -> None:
        self._file = file
        # What digests hang on besides the rows: how DuckDB hashes them, and what the schema's views and macros say.
        release = (duckdb.__version__, *sorted(applied(con).items()))
        self._release = hashlib.sha256("\n".join(map(str, release)).encode()).hexdigest()

    def remembered(self, copy: Path) -> dict[str, CopiedTable]:
        """What a copy's tables hold, by name; nothing where the notes are of other bytes, or of another release."""
        try:
            told = json.loads(self._file.read_text("utf-8"))
            if (told["release"], told["copy"]) != (self._release, _digest(copy)):
                return {}
            return {name: _as_noted(one) for name, one in told["tables"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):  # none, or not such as are written here
            return {}

    def remember(self, copy: Path, tables: Mapping[str, CopiedTable]) -> None:
        """Keep what the tables of a finished copy hold, for who makes the next."""
        noted = {name: asdict(held) for name, held in tables.items()}
        part = self._file.with_name(f"{self._file.name}.part")
        part.unlink(missing_ok=True)
        part.touch(0o600)
        part.write_text(json.dumps({"release": self._release, "copy": _digest(copy), "tables": noted}), "utf-8")
        os.replace(part, self._file)


def _digest(copy: Path) -> str:
    with copy.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _as_noted(noted: Mapping[str, Any]) -> CopiedTable:
    parts = noted["parts"]
    return CopiedTable(noted["rows"], parts and {int(part): digest for part, digest in parts.items()}, noted["made_of"])
