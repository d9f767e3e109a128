"""The copy that analysts read: every mart as a table in a new file, checked, then put in the old one's place.

A file's name is its catalogue's in every reader, also behind a link: each copy is called `mobility.duckdb` in a folder
of its own, so that what was asked of one copy can be asked of the next.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import replace as replace_fields
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from expectations.language.catalogue import Joined, Message
from warehouse.connection.store import NEW_FILES, replace
from warehouse.connection.transaction import transaction
from warehouse.errors import EditionRefused
from warehouse.marts.shown import LARGE, Mart, marts_of, shape
from warehouse.marts.views import MARTS, apply_marts
from warehouse.remembered import Notes
from warehouse.renewed import CopiedTable, fill, renew
from warehouse.schema.comments import quoted
from warehouse.sources import Sources

LINK = "mobility.duckdb"
EDITIONS = "editions"


@dataclass(frozen=True, slots=True)
class Published:
    """What was published.

    Attributes:
        path: the new file; the link `mobility.duckdb` points there.
        rows: rows of each mart.
    """

    path: Path
    rows: dict[str, int]


def publish(con: DuckDBPyConnection, folder: Path, stamp: str, *, keep: int = 7, marts: Path = MARTS) -> Published:
    """Build `editions/<stamp>/mobility.duckdb`, check it, and let `mobility.duckdb` point to it.

    Who has an earlier copy open goes on reading it, also when it is no longer kept. Killed at any point, it leaves
    the former copy in place and at most a `.part` file, which the next call removes.

    Args:
        folder: where copies stand; made if absent, readable by everyone who may enter it.
        stamp: names the copy; one that stands under this name is replaced.
        keep: copies to keep, this one included.
        marts: the folder of the marts' SQL.

    Raises:
        EditionRefused: a mart or column says nothing of itself, holds party cells, or lost rows.
    """
    apply_marts(con, marts)
    target = folder / EDITIONS / stamp / LINK
    target.parent.mkdir(parents=True, exist_ok=True)
    for entered in (folder, folder / EDITIONS, target.parent):
        entered.chmod(0o755)
    part = target.with_name(f".{LINK}.part")
    notes = Notes(con, folder.with_name(f".{folder.name}.json"))  # not among what analysts may enter
    with _before(con, folder / LINK) as before:
        new = _New(con, part, stamp, {mart.name: mart for mart in marts_of(con)})
        held = new.upon(before, notes) if before and _may_stand(before, folder, new) else None
        if held is None:
            held = new.whole(before)
    notes.remember(part, held)
    part.chmod(0o644)
    replace(part, target)
    _switch(folder, target)
    _retire(folder, target, keep)
    return Published(target, {name: one.rows for name, one in held.items()})


def stamp_of(copy: Path) -> str:
    """The stamp of the copy a link points to; earlier releases had it in the file's name."""
    file = copy.resolve()
    return file.parent.name if file.name == LINK else file.stem.removeprefix("mobility-")


@dataclass(frozen=True, slots=True)
class _Before:
    """The copy that readers have, attached as `before`.

    Attributes:
        path: its file.
        made_of: see `_New`; None in those of earlier releases, as is
        made_whole: the stamp of the copy that was made whole and then carried on up to this one.
    """

    path: Path
    made_of: str | None
    made_whole: str | None


@dataclass(frozen=True)
class _New:
    """A copy on its way.

    Attributes:
        part: its file.
        stamp: its name.
        marts: what it holds, by name.
        statements: that make it empty.
        made_of: tells that a copy made by other statements, or in another format, is none to carry on.
    """

    con: DuckDBPyConnection
    part: Path
    stamp: str
    marts: Mapping[str, Mart]

    @cached_property
    def statements(self) -> list[str]:
        return shape(list(self.marts.values()))

    @cached_property
    def made_of(self) -> str:
        return hashlib.sha256("\n".join((*self.statements, *map(str, NEW_FILES.items()))).encode()).hexdigest()

    def upon(self, before: _Before, notes: Notes) -> dict[str, CopiedTable] | None:
        """Made of the copy before, where only what changed is written: what each mart holds; None if that is damaged.

        Args:
            notes: what is known of the copy before.
        """
        self._clear()
        shutil.copyfile(before.path, self.part)
        known = notes.remembered(self.part)
        try:
            with _attached(self.con, self.part):
                # One transaction: all marts are of one moment.
                with transaction(self.con), _looked_up_once(self.con) as queries:
                    sources = Sources(self.con)
                    held = {name: self._renewed(name, queries[name], sources, known.get(name)) for name in self.marts}
                _check(self.con, held)
        except duckdb.Error:
            return None
        return held

    def _renewed(self, name: str, query: str, sources: Sources, before: CopiedTable | None) -> CopiedTable:
        """A mart brought to what it is now; not asked for where all that it is made of is what it was."""
        made_of = sources.under(query)
        if before and before.made_of and before.made_of == made_of:
            return before
        into, columns = f"edition.marts.{name}", self.marts[name].typed
        standing = before.parts if before else None
        now = renew(self.con, into, columns, query, by_month=name in LARGE, standing=standing)
        return replace_fields(now, made_of=made_of)

    def whole(self, before: _Before | None) -> dict[str, CopiedTable]:
        """Made anew: what each mart holds."""
        self._clear()
        with _attached(self.con, self.part):
            with transaction(self.con), _looked_up_once(self.con) as queries:
                self._make(is_as_before=before is not None and before.made_of == self.made_of)
                sources = Sources(self.con)
                held = {name: self._filled(name, queries[name], sources) for name in self.marts}
            _check(self.con, held)
        return held

    def _filled(self, name: str, query: str, sources: Sources) -> CopiedTable:
        into, columns = f"edition.marts.{name}", self.marts[name].typed
        rows = fill(self.con, into, columns, query, by_month=name in LARGE)
        return CopiedTable(rows, None, sources.under(query))

    def _clear(self) -> None:
        for left in self.part.parents[2].rglob(".*.part*"):
            left.unlink()

    def _make(self, *, is_as_before: bool) -> None:
        """Make it empty, as the one before is made where that would be the same: there are two thousand comments."""
        if is_as_before:
            self.con.execute("COPY FROM DATABASE before TO edition (SCHEMA)")
        with _in_use(self.con, "edition"):
            for statement in () if is_as_before else self.statements:
                self.con.execute(statement)
            for name, value in (("made_of", self.made_of), ("made_whole", self.stamp)):
                self.con.execute(f"CREATE OR REPLACE MACRO marts.{name}() AS {quoted(value)}")


def _may_stand(before: _Before, folder: Path, new: _New) -> bool:
    """Whether a new copy may be made of the one before.

    What is deleted in a file stays legible in it until something else is written there. So a copy is carried on as
    long as the one it began with is kept, and then made whole: nothing outlives the copies it stood in for long.
    """
    began_with = before.made_whole
    return (
        before.made_of == new.made_of
        and began_with not in (None, new.stamp)
        and (folder / EDITIONS / str(began_with) / LINK).exists()
    )


@contextmanager
def _attached(con: DuckDBPyConnection, part: Path) -> Iterator[None]:
    # No log: a copy that is not finished is thrown away.
    con.execute(f"ATTACH {quoted(str(part))} AS edition (RECOVERY_MODE NO_WAL_WRITES)")
    try:
        yield
        con.execute("CHECKPOINT edition")
    finally:
        con.execute("DETACH edition")


@contextmanager
def _before(con: DuckDBPyConnection, copy: Path) -> Iterator[_Before | None]:
    """The copy readers have, as `before`; None where there is none, or none that can be opened."""
    path = copy.resolve()
    try:
        con.execute(f"ATTACH {quoted(str(path))} AS before (READ_ONLY)")
    except duckdb.Error:
        yield None
        return
    try:
        yield _Before(path, *_said(con))
    finally:
        con.execute("DETACH before")


def _said(con: DuckDBPyConnection) -> tuple[str | None, str | None]:
    try:
        row = con.execute("SELECT before.marts.made_of(), before.marts.made_whole()").fetchone()
    except duckdb.Error:  # of an earlier release
        return None, None
    return (row[0], row[1]) if row else (None, None)


@contextmanager
def _in_use(con: DuckDBPyConnection, catalogue: str) -> Iterator[None]:
    """Names without a catalogue are of this one; the connection's own is in use again afterwards."""
    row = con.execute("SELECT current_database()").fetchone()
    con.execute(f"USE {catalogue}")
    try:
        yield
    finally:
        con.execute(f'USE "{row[0] if row else ""}"')


@contextmanager
def _looked_up_once(con: DuckDBPyConnection) -> Iterator[dict[str, str]]:
    """The marts' queries by name, reading what many of them look up from temporary tables.

    Which name and district a unit had when is worked out anew for each of twenty marts otherwise.
    """
    views, marts = _queries(con, "derived"), _queries(con, "marts")
    read = re.compile(rf"\b(FROM|JOIN) derived\.({'|'.join(views)})\b", re.IGNORECASE)
    wanted = {name for sql in marts.values() for _, name in read.findall(sql)}
    order = TopologicalSorter({name: {other for _, other in read.findall(views[name])} & wanted for name in wanted})

    def looked_up(sql: str) -> str:
        return read.sub(lambda at: f"{at[1]} temp.looked_up_{at[2]}" if at[2] in wanted else at[0], sql)

    for name in order.static_order():
        con.execute(f"CREATE OR REPLACE TEMP TABLE looked_up_{name} AS {looked_up(views[name])}")
    try:
        yield {name: looked_up(sql) for name, sql in marts.items()}
    finally:
        for name in wanted:
            con.execute(f"DROP TABLE temp.looked_up_{name}")


def _queries(con: DuckDBPyConnection, schema: str) -> dict[str, str]:
    """What the views of a schema ask, by name."""
    return {
        name: sql.partition(" AS ")[2].rstrip().rstrip(";") for name, sql in con.execute(_VIEWS, [schema]).fetchall()
    }


def _check(con: DuckDBPyConnection, held: Mapping[str, CopiedTable]) -> None:
    columns: list[tuple[str, str, str, str | None]] = con.execute(_COLUMNS).fetchall()
    mute = [name for name, comment in con.execute(_TABLES).fetchall() if not comment]
    mute += [f"{table}.{column}" for table, column, _, comment in columns if not comment]
    cells = [f"{table}.{column}" for table, column, _, _ in columns if column == "cell_code"]
    cells += _holding_cells(con, columns)
    lost = [name for name, one in held.items() if one.rows != _count(con, f"FROM edition.marts.{name}")]
    faults = {"error.edition.mute": mute, "error.edition.cells": cells, "error.edition.lost": lost}
    found = tuple(Message(key, names=", ".join(names[:5])) for key, names in faults.items() if names)
    if found:
        raise EditionRefused("error.edition", faults=Joined(found, "; "))


def _holding_cells(con: DuckDBPyConnection, columns: list[tuple[str, str, str, str | None]]) -> list[str]:
    """The columns among whose texts are codes of party cells; all rows are looked at, also those that stood before."""
    con.execute(
        "CREATE TEMP TABLE cell AS SELECT cell_code FROM registry.home UNION SELECT cell_code FROM facts.balance"
    )
    texts: dict[str, list[str]] = {}
    for table, column, kind, _ in columns:
        if kind.startswith("VARCHAR"):
            value = f'unnest("{column}")' if kind.endswith("[]") else f'"{column}"'
            texts.setdefault(table, []).append(
                f"SELECT '{table}.{column}' AS said, {value} AS v FROM edition.marts.{table}"
            )
    try:
        found = [
            con.execute(f"SELECT DISTINCT said FROM ({' UNION ALL '.join(of)}) WHERE v IN (FROM temp.cell)").fetchall()
            for of in texts.values()
        ]
    finally:
        con.execute("DROP TABLE temp.cell")
    return sorted(said for rows in found for (said,) in rows)


def _count(con: DuckDBPyConnection, source: str) -> int:
    row = con.execute(f"SELECT count(*) {source}").fetchone()
    return int(row[0]) if row else 0


def _switch(folder: Path, target: Path) -> None:
    new = folder / f".{LINK}.part"
    new.symlink_to(target.relative_to(folder))
    os.replace(new, folder / LINK)


def _retire(folder: Path, current: Path, keep: int) -> None:
    """Remove all copies but the last; those of earlier releases stood beside the link as `mobility-<stamp>.duckdb`."""
    others = [file for file in folder.glob(f"{EDITIONS}/*/{LINK}") if file != current]
    others += folder.glob("mobility-*.duckdb")
    others.sort(key=lambda file: file.stat().st_mtime_ns)
    for file in others[: max(0, len(others) + 1 - keep)]:
        file.unlink()
    for edition in (folder / EDITIONS).iterdir():
        if not any(edition.iterdir()):
            edition.rmdir()


_VIEWS = """
SELECT view_name, sql FROM duckdb_views() WHERE schema_name = ? AND database_name = current_database()
"""
_TABLES = "SELECT table_name, comment FROM duckdb_tables() WHERE database_name = 'edition'"
_COLUMNS = """
SELECT table_name, column_name, data_type, comment FROM duckdb_columns()
WHERE database_name = 'edition' AND schema_name = 'marts' ORDER BY ALL
"""
