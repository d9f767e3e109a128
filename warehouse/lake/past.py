"""What stands in the lake, and what stood there: a province's editions, and the snapshot that each was added with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from duckdb import DuckDBPyConnection

from warehouse.errors import LakeError

SCHEMA, EDITION, KEY = "provinces", "edition", "province_code"


@dataclass(frozen=True, slots=True)
class LakeEdition:
    """A row of `lake.provinces.edition`; its columns say what each field is."""

    province_code: str
    province_name: str
    edition: str
    as_of: date
    published_at: datetime
    made_by: str
    message: str
    tables_changed: int
    rows_added: int
    digest: str


def editions(con: DuckDBPyConnection, province: str | None = None) -> list[LakeEdition]:
    """Every edition, or a province's; the one published last first."""
    where, given = ("WHERE province_code = ?", [province]) if province else ("", [])
    rows = con.execute(f"{_EDITIONS} {where} ORDER BY province_code, published_at DESC, edition DESC", given).fetchall()
    return [LakeEdition(*row) for row in rows]


def standing(con: DuckDBPyConnection, province: str) -> LakeEdition | None:
    """The edition whose figures the lake shows of a province; None where it has none."""
    return next(iter(editions(con, province)), None)


def all_standing(con: DuckDBPyConnection) -> list[LakeEdition]:
    """The edition of each province that stands, by the province's code."""
    return list({one.province_code: one for one in reversed(editions(con))}.values())[::-1]


def snapshot_of(con: DuckDBPyConnection, edition: str, province: str | None = None) -> int:
    """The snapshot that an edition was added with: the lake as it then was.

    Args:
        province: its code then; None where no other province has an edition of that name.

    Raises:
        LakeError: there is no such edition, or it is no longer kept, or two provinces have one of that name.
    """
    found = {code: snapshot for code, name, snapshot in _snapshots(con) if name == edition and province in (None, code)}
    if len(found) > 1:
        raise LakeError("error.lake.which-province", edition=edition, provinces=", ".join(sorted(found)))
    if not found:
        raise LakeError("error.lake.no-edition", edition=edition)
    return next(iter(found.values()))


def snapshots_by_edition(con: DuckDBPyConnection, province: str) -> dict[str, int]:
    """The snapshots that are still kept of a province's editions, by edition."""
    return {name: snapshot for code, name, snapshot in _snapshots(con) if code == province}


def _snapshots(con: DuckDBPyConnection) -> list[tuple[str, str, int]]:
    return con.execute(_SNAPSHOTS).fetchall()


_EDITIONS = f"""
SELECT province_code, province_name, edition, as_of, published_at, made_by, message, tables_changed, rows_added, digest
FROM lake.{SCHEMA}.{EDITION}
"""
_SNAPSHOTS = f"""
SELECT commit_extra_info->>'{KEY}', commit_extra_info->>'edition' AS edition, max(snapshot_id)
FROM ducklake_snapshots('lake') WHERE edition IS NOT NULL GROUP BY ALL
"""
