"""The lake kept in order by its owner: a past that is old enough ends, and files that nothing shows any more go.

All is DuckLake's own maintenance; nobody who reads or writes meanwhile is disturbed, since files go only a day after
they were last shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.errors import LakeError
from warehouse.lake.opened import LakeAddress, in_a_line, open_lake, require_files

GRACE = timedelta(days=1)
"""How long a file stays that nothing shows: an addition on its way has written such files, and a query may still read
what has just been replaced.
"""


@dataclass(frozen=True, slots=True)
class TidiedLake:
    """What went, or would go.

    Attributes:
        snapshots: states of the past that cannot be asked for any more.
        old: files that only they showed; orphans: files of additions that were broken off.
    """

    snapshots: int
    old: int
    orphans: int


def tidy_lake(
    address: LakeAddress, keep: timedelta | None, *, dry_run: bool = False, grace: timedelta = GRACE
) -> TidiedLake:
    """End the past that is older than `keep`, lay small files together, remove what nothing shows.

    Args:
        address: as who made the lake.
        keep: None keeps all of the past, and ends nothing.
        dry_run: only count; files that would be free only after that are not among them.

    Raises:
        LakeError: the lake cannot be reached, or the role may not; or its files are not in the folder that is named,
            where every Parquet file would look like one that nothing shows.
    """
    with open_lake(address, read_only=False) as con:
        try:
            is_its_folder = require_files(con, in_bucket=True)
            return _tidied(con, keep, dry_run, grace, is_its_folder=is_its_folder)
        except duckdb.Error as error:
            raise LakeError("error.lake.tidy", why=in_a_line(error)) from error


def _tidied(
    con: DuckDBPyConnection, keep: timedelta | None, dry_run: bool, grace: timedelta, *, is_its_folder: bool
) -> TidiedLake:
    snapshots = _count(con, "expire_snapshots", keep, dry_run) if keep is not None else 0
    if not dry_run:
        # Rows that were replaced are no longer carried along, nor does a night's small file stand alone; what they
        # showed in the past they go on showing.
        con.execute("CALL ducklake_rewrite_data_files('lake')")
        con.execute("CALL ducklake_merge_adjacent_files('lake')")
    old = _count(con, "cleanup_old_files", grace, dry_run)
    orphans = _count(con, "delete_orphaned_files", grace, dry_run) if is_its_folder else 0
    return TidiedLake(snapshots, old, orphans)


def _count(con: DuckDBPyConnection, function: str, age: timedelta, dry_run: bool) -> int:
    call = f"CALL ducklake_{function}('lake', older_than => now() - to_seconds(?), dry_run => {dry_run})"
    return len(con.execute(call, [age.total_seconds()]).fetchall())
