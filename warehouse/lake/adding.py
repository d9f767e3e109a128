"""An edition added to the lake: a province's rows replaced where they changed, all in one transaction."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import duckdb
from duckdb import DuckDBPyConnection

from expectations.language.catalogue import LANGUAGES, Message
from warehouse.connection.transaction import transaction
from warehouse.errors import LakeError
from warehouse.lake.opened import in_a_line, require_files
from warehouse.lake.parts import Digests, LakeTable, changed, digests, tables, together
from warehouse.lake.past import EDITION, KEY, SCHEMA, LakeEdition, standing
from warehouse.schema.comments import quoted

T = TypeVar("T")
TRIES = 20
"""Provinces that add at once overtake each other; each that loses begins again from what the winner left."""
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 5.0  # seconds
_PATIENCE = "SET LOCAL lock_timeout = '10min'"  # with another process of the same province


@dataclass(frozen=True, slots=True)
class LakeProvince:
    """Whose edition it is: today's code of the whole territory a copy tells of, and its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class SentEdition:
    """A copy as it is sent to the lake.

    Attributes:
        copy: the published file.
        edition: its stamp.
        as_of: the night's day.
        published_at: local time.
        home: what tells this home from every other; another one's province is not touched.
    """

    copy: Path
    edition: str
    as_of: date
    published_at: datetime
    home: str


@dataclass(frozen=True, slots=True)
class AddedEdition:
    """What became of it.

    Attributes:
        changed: the tables written, by name, each with the years that changed; none where the lake had it all.
        rows: that were written.
        parts: what the lake holds of the province now, for `known` of the next time.
        is_new: whether there was anything to write, be it only that this edition stands.
    """

    province: LakeProvince
    changed: Mapping[str, Sequence[int]]
    rows: int
    parts: Digests
    is_new: bool


def add_edition(
    con: DuckDBPyConnection, sent: SentEdition, *, known: Digests | None = None, take_over: bool = False
) -> AddedEdition:
    """Make the lake hold of a province what the copy holds; only what changed is written.

    Args:
        con: with the lake attached for writing as `lake`.
        known: `parts` of the last edition this home added; spares reading what the lake holds. It is believed only
            where the lake says that edition stands.
        take_over: go on for a home that stood here before under the same province.

    Raises:
        LakeError: the province belongs to another home, a later edition of it stands, the copy tells of no province,
            the catalogue cannot be written, the lake's files are not in its folder, or others were quicker every time.
    """
    require_files(con)
    with _copy_attached(con, sent.copy):
        province = province_of(con)
        marts = tables(con, "copy", "marts")
        now = digests(con, "copy.marts", list(marts.values()))
        addition = _Addition(con, sent, province, marts, now, take_over)
        with _one_at_a_time(con, province.code):
            return _tried(con, lambda: addition.made(known))


def province_of(con: DuckDBPyConnection) -> LakeProvince:
    """The province of an attached copy: by the code that its whole territory has had since last.

    A province's code is another one after a reform, and then may be one that a neighbour had before: of those that the
    registry knows, the last is the same whatever the night, also when earlier nights are sent again.
    """
    row = con.execute(_PROVINCE).fetchone()
    if row is None:
        raise LakeError("error.lake.no-province")
    return LakeProvince(*row)


@dataclass(frozen=True, slots=True)
class _Addition:
    """One edition on its way; `made` may be tried again from the beginning."""

    con: DuckDBPyConnection
    sent: SentEdition
    province: LakeProvince
    marts: Mapping[str, LakeTable]
    now: Digests
    take_over: bool

    def made(self, known: Digests | None) -> AddedEdition:
        with transaction(self.con):
            stands = self._standing()
            have = {name: table for name, table in tables(self.con, "lake", SCHEMA).items() if name != EDITION}
            before = self._before(known, stands, have)
            differing = changed(before, self.now)
            digest = together(self.now)
            is_whole = not differing and self.marts.keys() <= have.keys()  # a mart without rows is a table all the same
            is_same = stands is not None and stands.edition == self.sent.edition and is_whole
            rows = 0 if is_same else self._write(have, differing, digest)
        return AddedEdition(self.province, differing, rows, self.now, not is_same)

    def _standing(self) -> LakeEdition | None:
        """The edition of the province that stands, if this home may go on from there."""
        stands = standing(self.con, self.province.code)
        if stands is None:
            return None
        if stands.made_by != self.sent.home and not self.take_over:
            raise LakeError(
                "error.lake.other-home", province=self.province.name, edition=stands.edition, home=stands.made_by
            )
        if stands.published_at > self.sent.published_at:
            raise LakeError("error.lake.older", edition=self.sent.edition, later=stands.edition)
        return stands

    def _before(self, known: Digests | None, stands: LakeEdition | None, have: Mapping[str, LakeTable]) -> Digests:
        """What the lake holds of the province; read there where nothing that is known is what stands there."""
        if stands is None:
            return {}
        if known is not None and together(known) == stands.digest:
            return known
        told = [_without_key(table, self.marts.get(name)) for name, table in have.items()]
        return digests(self.con, f"lake.{SCHEMA}", told, f"{KEY} = {quoted(self.province.code)}")

    def _write(self, have: Mapping[str, LakeTable], differing: Mapping[str, Sequence[int]], digest: str) -> int:
        moved = self._leave_former_code(have)
        rows = 0
        for name, mart in self.marts.items():
            _shape(self.con, mart, have.get(name))
        for name, years in differing.items():
            if name in have:
                _clear(self.con, have[name], self.province.code, years)
            if name in self.marts:
                rows += _insert(self.con, self.marts[name], self.province.code, years)
        said = [
            Message("lake.message", edition=self.sent.edition, tables=len(differing), rows=rows).says(language)
            for language in LANGUAGES
        ]
        self._note(" / ".join(said), len(differing), rows, digest, moved)
        return rows

    def _leave_former_code(self, have: Mapping[str, LakeTable]) -> list[str]:
        """Take out what this home added when its province had another code, which may now be another's."""
        former = [code for (code,) in self.con.execute(_FORMER, [self.sent.home, self.province.code]).fetchall()]
        for code in former:
            for name in (*have, EDITION):
                self.con.execute(f"DELETE FROM lake.{SCHEMA}.{name} WHERE {KEY} = ?", [code])
        return former

    def _note(self, message: str, count: int, rows: int, digest: str, moved: Sequence[str]) -> None:
        """Which edition stands now; and the same with the snapshot, where it is found again by edition."""
        sent, code = self.sent, self.province.code
        self.con.execute(f"DELETE FROM lake.{SCHEMA}.{EDITION} WHERE {KEY} = ? AND edition = ?", [code, sent.edition])
        self.con.execute(
            f"INSERT INTO lake.{SCHEMA}.{EDITION} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                code,
                self.province.name,
                sent.edition,
                sent.as_of,
                sent.published_at,
                sent.home,
                message,
                count,
                rows,
                digest,
            ],
        )
        extra = json.dumps({KEY: code, "edition": sent.edition, "as_of": str(sent.as_of), "former_codes": list(moved)})
        author = f"{self.province.name} ({code})"
        self.con.execute(
            f"CALL lake.set_commit_message({quoted(author)}, {quoted(message)}, extra_info => {quoted(extra)})"
        )


def _without_key(table: LakeTable, mart: LakeTable | None) -> LakeTable:
    """A table of the lake as the copy would have it: its columns in the mart's order, the province's left out.

    A mart that has got or lost a column is another one: no digest of its rows is that of before.
    """
    columns = {one.name: one for one in table.columns if one.name != KEY}
    order = [one.name for one in mart.columns] if mart and {one.name for one in mart.columns} == set(columns) else []
    return LakeTable(table.name, table.comment, tuple(columns[name] for name in order or columns))


def _clear(con: DuckDBPyConnection, table: LakeTable, code: str, years: Sequence[int]) -> None:
    listed = ", ".join(map(str, years))
    con.execute(f"DELETE FROM lake.{SCHEMA}.{table.name} WHERE {KEY} = ? AND {table.year} IN ({listed})", [code])


def _insert(con: DuckDBPyConnection, mart: LakeTable, code: str, years: Sequence[int]) -> int:
    listed = ", ".join(map(str, years))
    row = con.execute(
        f"INSERT INTO lake.{SCHEMA}.{mart.name} BY NAME "
        f"SELECT {quoted(code)} AS {KEY}, {mart.listed} FROM copy.marts.{mart.name} WHERE {mart.year} IN ({listed})"
    ).fetchone()
    return int(row[0]) if row else 0


def _shape(con: DuckDBPyConnection, mart: LakeTable, have: LakeTable | None) -> None:
    """Make the table, or give it what the mart has and it has not; a column that no mart has any more stays empty."""
    name = f"lake.{SCHEMA}.{mart.name}"
    standing = {one.name: one for one in have.columns} if have else {}
    if have is None:
        columns = "".join(f', "{one.name}" {one.kind}' for one in mart.columns)
        con.execute(f"CREATE TABLE {name} ({KEY} VARCHAR{columns})")
        con.execute(f"ALTER TABLE {name} SET PARTITIONED BY ({KEY})")
        con.execute(f"COMMENT ON COLUMN {name}.{KEY} IS {quoted(_KEY_SAYS)}")
    for one in mart.columns if have else ():
        if one.name not in standing:
            con.execute(f'ALTER TABLE {name} ADD COLUMN "{one.name}" {one.kind}')
        elif (standing[one.name].kind, one.kind) in _WIDENED:
            con.execute(f'ALTER TABLE {name} ALTER COLUMN "{one.name}" SET DATA TYPE {one.kind}')
    if mart.comment and (have is None or have.comment != mart.comment):
        con.execute(f"COMMENT ON TABLE {name} IS {quoted(mart.comment)}")
    for one in mart.columns:
        if one.comment and (one.name not in standing or standing[one.name].comment != one.comment):
            con.execute(f'COMMENT ON COLUMN {name}."{one.name}" IS {quoted(one.comment)}')


@contextmanager
def _copy_attached(con: DuckDBPyConnection, copy: Path) -> Iterator[None]:
    con.execute(f"ATTACH {quoted(str(copy.resolve()))} AS copy (READ_ONLY)")
    try:
        yield
    finally:
        con.execute("DETACH copy")


@contextmanager
def _one_at_a_time(con: DuckDBPyConnection, code: str) -> Iterator[None]:
    """Nobody else adds to this province meanwhile; others' provinces are not waited for.

    Two processes that add to a province which the lake has not yet are in no conflict for DuckLake, as neither takes
    out a row of the other's: an edition sent twice, or those of two homes, would stand there beside each other.
    PostgreSQL lets the lock go with the connection, also when the process is killed. A catalogue in a file is open in
    one process alone.
    """
    (catalogue,) = con.execute("SELECT catalog_type FROM ducklake_settings('lake')").fetchone() or (None,)
    if catalogue != "postgres":
        yield
        return
    with con.cursor() as holding:
        holding.execute("BEGIN")
        lock = f"SELECT pg_advisory_xact_lock(hashtext({quoted(f'mobility {code}')}))"
        try:
            holding.execute(f"CALL postgres_execute('__ducklake_metadata_lake', {quoted(f'{_PATIENCE}; {lock}')})")
        except duckdb.Error as error:
            raise LakeError("error.lake.write", why=in_a_line(error)) from error
        yield


def _tried(con: DuckDBPyConnection, work: Callable[[], T]) -> T:
    """Do it until nobody was quicker; the lake is as before each time it fails."""
    wait = _FIRST_WAIT
    for left in reversed(range(TRIES)):
        try:
            return work()
        except duckdb.Error as error:
            if not _is_overtaken(error) or not left:
                key = "error.lake.overtaken" if _is_overtaken(error) else "error.lake.write"
                raise LakeError(key, why=in_a_line(error)) from error
        time.sleep(wait * random.uniform(0.5, 1.5))
        wait = min(2 * wait, _LONGEST_WAIT)
    raise AssertionError("unreachable")


def _is_overtaken(error: duckdb.Error) -> bool:
    return isinstance(error, duckdb.TransactionException) and "conflict" in str(error)


_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
_WIDENED = {(small, large) for at, large in enumerate(_WHOLE) for small in _WHOLE[:at]} | {("FLOAT", "DOUBLE")}
"""Types that a later release may give a column; a home of an earlier one goes on writing into the wider column."""
_KEY_SAYS = "Mã tỉnh hiện nay, cho mọi kỳ / Today's code of the province, for every period"
_PROVINCE = """
SELECT unit_code, unit_name FROM copy.marts.unit WHERE level = 'province' ORDER BY valid_from DESC, unit_code LIMIT 1
"""
_FORMER = f"""
SELECT {KEY} FROM lake.{SCHEMA}.{EDITION} GROUP BY {KEY}
HAVING arg_max(made_by, published_at) = ? AND {KEY} <> ? ORDER BY {KEY}
"""
