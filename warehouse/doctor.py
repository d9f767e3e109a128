"""What `mobility doctor` looks at: whether ledger, facts, archive and published copy agree, and who may read them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from duckdb import DuckDBPyConnection

from expectations.contract.forms import FORMS
from warehouse.connection.migrations import migrations, pending
from warehouse.connection.store import open_to_read
from warehouse.errors import ArchiveIncomplete, SchemaChanged, StoreLocked, StoreMissing, StoreTooNew
from warehouse.ledger.archive import place, read
from warehouse.ledger.nights import last_finished
from warehouse.publish import LINK

State = Literal["ok", "warning", "error"]
# From one night's end to the next: one may take an hour longer than the one before.
_OLD = timedelta(hours=25)
# A night copies the file once for a migration and once for the readers.
_SPACE = 3


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a check found.

    Attributes:
        check: its name.
        state: "error" needs mending, "warning" a look.
        vi, en: what it is and what to do next.
    """

    check: str
    state: State
    vi: str
    en: str


def examine(home: Path, *, deep: bool = False, at: datetime | None = None) -> list[Diagnosis]:
    """Every check, on the home as it stands; nothing is changed.

    Args:
        home: the folder with warehouse.duckdb, archive, published, board.sqlite.
        deep: read every archived file and compare it with its hash.
        at: local time, to tell how long ago the last night was; None does not tell.
    """
    found = [*_permissions(home), *_disk(home), *_leftovers(home), *_published(home)] if home.is_dir() else []
    try:
        with open_to_read(home / "warehouse.duckdb") as con:
            schema = _schema(con)
            # Another version's tables may be others.
            inside = _within(con, home, deep, at) if schema.state == "ok" else []
            return [*found, schema, *inside]
    except StoreLocked as error:
        return [*found, Diagnosis("lock", "warning", error.vi, error.en)]
    except StoreMissing as error:
        return [*found, Diagnosis("warehouse", "error", error.vi, error.en)]


def _schema(con: DuckDBPyConnection) -> Diagnosis:
    steps = migrations()
    try:
        waiting = len(pending(con, steps))
    except (StoreTooNew, SchemaChanged) as error:
        return Diagnosis("schema", "error", error.vi, error.en)
    return Diagnosis(
        "schema",
        "warning" if waiting else "ok",
        f"Kho dữ liệu ở phiên bản {len(steps) - waiting}; còn {waiting} bước nâng cấp, lần chạy tới sẽ thực hiện.",
        f"The warehouse is of version {len(steps) - waiting}; {waiting} migrations are left, the next run takes them.",
    )


def _within(con: DuckDBPyConnection, home: Path, deep: bool, at: datetime | None) -> list[Diagnosis]:
    return [*_inside(con), *_archive(con, home / "archive", deep), *(_last_night(con, at) if at else ())]


def _last_night(con: DuckDBPyConnection, at: datetime) -> Iterator[Diagnosis]:
    finished = last_finished(con)
    if finished is None:
        yield Diagnosis(
            "last-night",
            "warning",
            "Chưa đêm nào chạy xong. Chạy «mobility serve» hoặc «mobility nightly».",
            "No night has finished yet. Run 'mobility serve' or 'mobility nightly'.",
        )
        return
    is_old = at - finished > _OLD
    vi, en = f"Đêm gần nhất xong lúc {finished:%Y-%m-%d %H:%M}", f"The last night ended at {finished:%Y-%m-%d %H:%M}"
    yield Diagnosis(
        "last-night",
        "warning" if is_old else "ok",
        f"{vi}, đã quá một ngày. Xem «mobility serve» còn chạy không." if is_old else f"{vi}.",
        f"{en}, more than a day ago. See whether 'mobility serve' is running." if is_old else f"{en}.",
    )


def _inside(con: DuckDBPyConnection) -> Iterator[Diagnosis]:
    """Counts of what must not be; each query gives the number of offences."""
    for check, (vi, en, sql) in _checks().items():
        row = con.execute(sql).fetchone()
        count = int(row[0]) if row else 0
        state: State = "ok" if not count else "warning" if check in ("nights", "touched") else "error"
        yield Diagnosis(check, state, f"{vi}: {count}.", f"{en}: {count}.")


def _archive(con: DuckDBPyConnection, archive: Path, deep: bool) -> Iterator[Diagnosis]:
    rows = con.execute(_HASHES).fetchall()
    kept = [sha256 for sha256, refused in rows if not refused]
    lost = [sha256 for sha256 in kept if not _is_whole(archive, sha256, deep)]
    banned = [sha256 for sha256, refused in rows if refused and place(archive, sha256).exists()]
    whole = len(kept) - len(lost)
    yield Diagnosis(
        "archive",
        "error" if lost else "ok",
        f"Nội dung tệp lưu trữ: {whole} đủ, {len(lost)} thiếu hoặc hỏng {lost[:3]}.",
        f"Archived files: {whole} whole, {len(lost)} missing or damaged {lost[:3]}.",
    )
    if banned:
        yield Diagnosis(
            "personal-data",
            "error",
            f"Tệp có danh sách người còn trong kho lưu, hãy xóa: {banned}.",
            f"Files that list people are in the archive, remove them: {banned}.",
        )


def _is_whole(archive: Path, sha256: str, deep: bool) -> bool:
    if not deep:
        return place(archive, sha256).is_file()
    try:
        read(archive, sha256)
    except ArchiveIncomplete:
        return False
    return True


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
    if wrong:
        yield Diagnosis(
            "permissions",
            "error",
            f"Quyền đọc quá rộng: {listed}. Dùng chmod để thu hẹp.",
            f"Readable by too many: {listed}. Narrow it with chmod.",
        )
    else:
        yield Diagnosis("permissions", "ok", "Quyền truy cập đúng.", "Access is as it should be.")


def _disk(home: Path) -> Iterator[Diagnosis]:
    store = home / "warehouse.duckdb"
    needed = _SPACE * store.stat().st_size if store.exists() else 0
    free = shutil.disk_usage(home).free
    state: State = "ok" if free > max(needed, 200 * 2**20) else "error"
    yield Diagnosis(
        "disk",
        state,
        f"Còn trống {free >> 20} MB, một đêm cần {needed >> 20} MB.",
        f"{free >> 20} MB free, a night needs {needed >> 20} MB.",
    )


def _leftovers(home: Path) -> Iterator[Diagnosis]:
    left = [*home.glob("*.migrating*"), *(home / "published").glob(".*.part*"), *(home / "archive").glob("*/.*")]
    if left:
        names = ", ".join(str(path.relative_to(home)) for path in left[:5])
        yield Diagnosis(
            "leftovers",
            "warning",
            f"Tệp dở dang của lần chạy bị ngắt, có thể xóa: {names}.",
            f"Left half written by a run that was broken off, may be removed: {names}.",
        )


def _published(home: Path) -> Iterator[Diagnosis]:
    link = home / "published" / LINK
    if link.exists():
        yield Diagnosis("published", "ok", f"Bản công bố: {link.resolve().name}.", f"Published: {link.resolve().name}.")
    else:
        yield Diagnosis(
            "published",
            "warning",
            "Chưa có bản công bố. Chạy «mobility nightly».",
            "Nothing is published. Run 'mobility nightly'.",
        )


def _checks() -> dict[str, tuple[str, str, str]]:
    facts = " UNION ALL ".join(
        f"SELECT '{form}' AS form, cell_code, period, version_id, submission_id, recorded_at, superseded_at "
        f"FROM facts.{form}"
        for form in FORMS
    )
    return {
        "facts": (
            "Phiên bản có số dòng khác sổ",
            "Versions whose rows are not those of the ledger",
            f"""
            WITH f AS (SELECT version_id, form, count(*) AS rows, max(recorded_at) AS recorded,
                max(superseded_at) AS superseded, count(DISTINCT superseded_at) AS ends FROM ({facts}) GROUP BY ALL)
            SELECT count(*) FROM f FULL JOIN ledger.version AS v USING (version_id)
            WHERE coalesce(f.rows, 0) <> coalesce(v.units_reported, 0) OR f.form <> v.form
                OR f.recorded <> v.recorded_at OR f.superseded IS DISTINCT FROM v.superseded_at AND f.rows > 0""",
        ),
        "standing": (
            "Chi bộ có hai số liệu cùng hiệu lực",
            "Cells with two figures standing",
            f"""
            SELECT count(*) FROM (SELECT 1 FROM ({facts}) WHERE superseded_at IS NULL
                GROUP BY form, cell_code, period HAVING count(*) > 1)""",
        ),
        "versions": (
            "Phiên bản của tệp không được nhận",
            "Versions of submissions that are not accepted",
            """
            SELECT count(*) FROM ledger.version ANTI JOIN (FROM ledger.submission WHERE outcome = 'accepted')
                USING (submission_id)""",
        ),
        "outcomes": (
            "Tệp có kết quả trái với lỗi của nó",
            "Submissions whose outcome does not fit their errors",
            """
            WITH p AS (SELECT submission_id, count_if(severity = 'error' AND NOT is_waived) AS errors
                FROM ledger.problem GROUP BY ALL)
            SELECT count(*) FROM ledger.submission LEFT JOIN p USING (submission_id)
            WHERE (outcome = 'accepted' AND errors > 0) OR (outcome = 'rejected' AND coalesce(errors, 0) = 0)""",
        ),
        "problems": (
            "Vấn đề của tệp không có trong sổ",
            "Problems of submissions that are not in the ledger",
            """
            SELECT count(*) FROM ledger.problem ANTI JOIN ledger.submission USING (submission_id)""",
        ),
        "nights": (
            "Đêm chưa chạy xong, hãy chạy lại",
            "Nights broken off, run them again",
            """
            SELECT count(*) FROM ledger.night WHERE finished_at IS NULL""",
        ),
        "touched": (
            "Số liệu chờ tính lại, lần chạy tới sẽ tính",
            "Figures to be computed anew by the next run",
            """
            SELECT count(*) FROM ledger.touched""",
        ),
    }


_HASHES = """
SELECT s.sha256, bool_or(p.submission_id IS NOT NULL) AS is_refused FROM ledger.submission AS s
LEFT JOIN (FROM ledger.problem WHERE code = 'personal-data') AS p USING (submission_id)
WHERE s.sha256 IS NOT NULL GROUP BY ALL ORDER BY ALL
"""
