"""What `mobility doctor` looks at: whether ledger, facts, archive and published copy agree, and who may read them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from duckdb import DuckDBPyConnection

from expectations.contract.forms import FORMS
from expectations.contract.problems import NOT_KEPT
from expectations.language.catalogue import Message
from warehouse.board.file import require_sound
from warehouse.connection.migrations import migrations, pending
from warehouse.connection.store import open_to_read, read_through
from warehouse.errors import (
    ArchiveIncomplete,
    BoardDamaged,
    CopyDamaged,
    SchemaChanged,
    StoreLocked,
    StoreMissing,
    StoreTooNew,
)
from warehouse.ledger.archive import place, read, removed
from warehouse.ledger.nights import last_finished, only_taken_in
from warehouse.publish import LINK, stamp_of
from warehouse.published import open_copy

_IN_A_HOME = ("warehouse.duckdb", "board.sqlite", "archive", "inbox", "published", "returns", "registry")
State = Literal["ok", "look", "act"]
# From one night's end to the next: one may take an hour longer than the one before.
OLD = timedelta(hours=25)
# A night copies the file once for a migration and once for the readers.
_SPACE = 3
_LEAST_ROOM = 200 << 20


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a check found.

    Attributes:
        check: its name.
        state: "act" needs mending, "look" that somebody looks at it.
        message: what it is and what to do next.
    """

    check: str
    state: State
    message: Message


def examine(home: Path, *, deep: bool = False, at: datetime | None = None) -> list[Diagnosis]:
    """Every check, on the home as it stands; nothing is changed.

    Args:
        home: the folder with warehouse.duckdb, archive, published, board.sqlite.
        deep: read every row of the warehouse, and every archived file, which is compared with its hash.
        at: local time, to tell how long ago the last night was; None does not tell.
    """
    if unreadable := _closed(home, os.R_OK):
        return [unreadable]
    found = (
        [*_permissions(home), *_disk(home), *_leftovers(home), *_board(home), *_published(home)]
        if home.is_dir()
        else []
    )
    try:
        with open_to_read(home / "warehouse.duckdb") as con:
            schema = _schema(con)
            # Another version's tables may be others.
            inside = _within(con, home, deep, at) if schema.state == "ok" else []
            return [*found, schema, *inside]
    except StoreLocked as error:
        return [*found, Diagnosis("lock", "look", error.message)]
    except StoreMissing as error:
        return [*found, Diagnosis("warehouse", "act", error.message)]


def _schema(con: DuckDBPyConnection) -> Diagnosis:
    steps = migrations()
    try:
        waiting = len(pending(con, steps))
    except (StoreTooNew, SchemaChanged) as error:
        return Diagnosis("schema", "act", error.message)
    version = str(len(steps) - waiting)
    if waiting:
        return Diagnosis("schema", "look", Message("doctor.schema", version=version, waiting=waiting))
    return Diagnosis("schema", "ok", Message("doctor.schema.none", version=version))


def _within(con: DuckDBPyConnection, home: Path, deep: bool, at: datetime | None) -> list[Diagnosis]:
    if deep:
        read_through(con)
    return [*_inside(con), *_archive(con, home / "archive", deep), *(_last_night(con, at) if at else ())]


def _last_night(con: DuckDBPyConnection, at: datetime) -> Iterator[Diagnosis]:
    finished = last_finished(con)
    if finished is None and (day := only_taken_in(con)):
        yield Diagnosis("last-night", "ok", Message("doctor.last-night.taken-in", day=day))
        return
    if finished is None:
        yield Diagnosis("last-night", "look", Message("doctor.last-night.none"))
        return
    is_old = at - finished > OLD
    key = "doctor.last-night.old" if is_old else "doctor.last-night"
    yield Diagnosis("last-night", "look" if is_old else "ok", Message(key, at=finished))


def _inside(con: DuckDBPyConnection) -> Iterator[Diagnosis]:
    """Counts of what must not be; each query gives the number of offences."""
    for check, sql in _checks().items():
        row = con.execute(sql).fetchone()
        count = int(row[0]) if row else 0
        state: State = "ok" if not count else "look" if check in ("nights", "touched") else "act"
        yield Diagnosis(check, state, Message(f"doctor.{check}", n=count) if count else Message(f"doctor.{check}.none"))


def _archive(con: DuckDBPyConnection, archive: Path, deep: bool) -> Iterator[Diagnosis]:
    rows = con.execute(_HASHES, [list(NOT_KEPT)]).fetchall()
    gone = {sha256 for sha256 in removed(archive) if not place(archive, sha256).exists()}
    kept = [sha256 for sha256, state in rows if state == "kept" and sha256 not in gone]
    lost = [sha256 for sha256 in kept if not _is_whole(archive, sha256, deep)]
    there = [(sha256, state) for sha256, state in rows if state != "kept" and place(archive, sha256).exists()]
    banned = [sha256 for sha256, state in there if state == "people"]
    unseen = [sha256 for sha256, state in there if state == "unseen"]
    whole = len(kept) - len(lost)
    message = Message("doctor.archive", whole=whole, lost=len(lost), names=", ".join(lost[:3]))
    yield Diagnosis("archive", "act", message) if lost else Diagnosis("archive", "ok", _whole(whole, len(gone)))
    if banned:
        yield Diagnosis("personal-data", "act", Message("doctor.personal-data", names=", ".join(banned)))
    if unseen:
        yield Diagnosis("unseen", "look", Message("doctor.unseen", names=", ".join(unseen)))


def _whole(whole: int, gone: int) -> Message:
    return Message("doctor.archive.gone", whole=whole, gone=gone) if gone else Message("doctor.archive.none", n=whole)


def _is_whole(archive: Path, sha256: str, deep: bool) -> bool:
    if not deep:
        return place(archive, sha256).is_file()
    try:
        read(archive, sha256)
    except (ArchiveIncomplete, OSError):
        return False
    return True


def _closed(home: Path, how: int) -> Diagnosis | None:
    """What of the home this user may not read, or write (os.R_OK, os.W_OK)."""
    paths = [home, *(home / name for name in _IN_A_HOME)]
    asked = {path: how | (os.X_OK if os.path.isdir(path) else 0) for path in paths if os.path.exists(path)}
    names = ", ".join(str(path) for path, needed in asked.items() if not os.access(path, needed))
    return Diagnosis("permissions", "act", Message("doctor.permissions.closed", names=names)) if names else None


def _permissions(home: Path) -> Iterator[Diagnosis]:
    most = {
        "warehouse.duckdb": 0o600,
        "warehouse.duckdb.wal": 0o600,
        "board.sqlite": 0o660,
        "recipients.csv": 0o640,
        "report.html": 0o640,
        "report.txt": 0o640,
    }
    modes = {home / name: mode for name, mode in most.items()}
    modes |= {path: 0o750 if path.is_dir() else 0o640 for path in (home / "archive").rglob("*")}
    wrong = [path for path, mode in modes.items() if path.exists() and path.stat().st_mode & 0o777 & ~mode]
    listed = ", ".join(str(path.relative_to(home)) for path in wrong[:5])
    if unwritable := _closed(home, os.W_OK):
        yield unwritable
    if wrong:
        yield Diagnosis("permissions", "act", Message("doctor.permissions.wide", names=listed))
    elif not unwritable:
        yield Diagnosis("permissions", "ok", Message("doctor.permissions"))


def room(home: Path) -> tuple[int, int]:
    """Bytes free on the home's disk, and how many a night needs."""
    store = home / "warehouse.duckdb"
    needed = _SPACE * store.stat().st_size if store.exists() else 0
    return shutil.disk_usage(home).free, max(needed, _LEAST_ROOM)


def _disk(home: Path) -> Iterator[Diagnosis]:
    free, needed = room(home)
    state: State = "ok" if free > needed else "act"
    yield Diagnosis("disk", state, Message("doctor.disk", free=free >> 20, needed=needed >> 20))


def _leftovers(home: Path) -> Iterator[Diagnosis]:
    left = [*home.glob("*.migrating*"), *(home / "published").rglob(".*.part*"), *(home / "archive").glob("*/.*")]
    if left:
        names = ", ".join(str(path.relative_to(home)) for path in left[:5])
        yield Diagnosis("leftovers", "look", Message("doctor.leftovers", names=names))


def _board(home: Path) -> Iterator[Diagnosis]:
    try:
        with suppress(PermissionError):  # told of among the permissions: in a closed folder SQLite cannot even read
            require_sound(home / "board.sqlite")
    except BoardDamaged as error:
        yield Diagnosis("board", "act", error.message)


def _published(home: Path) -> Iterator[Diagnosis]:
    link = home / "published" / LINK
    if not link.exists():
        yield Diagnosis("published", "look", Message("doctor.published.none"))
        return
    try:
        with open_copy(link):
            yield Diagnosis("published", "ok", Message("doctor.published", name=stamp_of(link)))
    except CopyDamaged as error:
        yield Diagnosis("published", "act", error.message)


def _checks() -> dict[str, str]:
    """SQL that counts what must not be, by the check's name."""
    facts = " UNION ALL ".join(
        f"SELECT '{form.name}' AS form, {form.key} AS unit_code, period, version_id, submission_id, recorded_at, "
        f"superseded_at FROM facts.{form.name}"
        for form in FORMS.values()
    )
    return {
        "facts": f"""
            WITH f AS (SELECT version_id, form, count(*) AS rows, max(recorded_at) AS recorded,
                max(superseded_at) AS superseded, count(DISTINCT superseded_at) AS ends FROM ({facts}) GROUP BY ALL)
            SELECT count(*) FROM f FULL JOIN ledger.version AS v USING (version_id)
            WHERE coalesce(f.rows, 0) <> coalesce(v.units_reported, 0) OR f.form <> v.form
                OR f.recorded <> v.recorded_at OR f.superseded IS DISTINCT FROM v.superseded_at AND f.rows > 0""",
        "standing": f"""
            SELECT count(*) FROM (SELECT 1 FROM ({facts}) WHERE superseded_at IS NULL
                GROUP BY form, unit_code, period HAVING count(*) > 1)""",
        "versions": """
            SELECT count(*) FROM ledger.version ANTI JOIN (FROM ledger.submission WHERE outcome = 'accepted')
                USING (submission_id)""",
        "outcomes": """
            WITH p AS (SELECT submission_id, count_if(severity = 'error' AND NOT is_waived) AS errors
                FROM ledger.problem GROUP BY ALL)
            SELECT count(*) FROM ledger.submission LEFT JOIN p USING (submission_id)
            WHERE (outcome = 'accepted' AND errors > 0) OR (outcome = 'rejected' AND coalesce(errors, 0) = 0)""",
        "problems": """
            SELECT count(*) FROM ledger.problem ANTI JOIN ledger.submission USING (submission_id)""",
        "nights": """
            SELECT count(*) FROM ledger.night WHERE finished_at IS NULL""",
        "touched": """
            SELECT count(*) FROM ledger.touched""",
    }


# Kept, of people, or unseen: not looked through. Earlier versions kept what they could not look through.
_HASHES = """
SELECT sha256,
    CASE WHEN bool_or(is_people) THEN 'people' WHEN bool_and(is_not_kept) THEN 'unseen' ELSE 'kept' END AS state
FROM (
    SELECT s.submission_id, s.sha256,
        coalesce(bool_or(p.code = 'personal-data'), false) AS is_people,
        coalesce(bool_or(list_contains(?, p.code)), false) AS is_not_kept
    FROM ledger.submission AS s LEFT JOIN ledger.problem AS p USING (submission_id)
    WHERE s.sha256 IS NOT NULL
    GROUP BY ALL
)
GROUP BY ALL ORDER BY ALL
"""
