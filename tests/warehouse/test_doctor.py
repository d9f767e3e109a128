"""The doctor finds what is wrong in a home, and nothing in a sound one; a backup brings it back whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.warehouse_batches import Sent, judged
from warehouse.backup import backup, restore
from warehouse.board.acts import open_board
from warehouse.connection.store import open_store, open_to_read
from warehouse.doctor import examine
from warehouse.errors import ArchiveIncomplete, BackupRefused, BoardDamaged, StoreLocked, StoreMissing
from warehouse.ledger.archive import keep, place, remove
from warehouse.ledger.decisions import Decision, accept, retract
from warehouse.ledger.load import load
from warehouse.ledger.nights import begin_nights, finish_nights, last_finished
from warehouse.ledger.touched import mark_computed
from warehouse.mark import DEMO_MARK
from warehouse.publish import LINK

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2019, 6, 3)
NOON = datetime(2019, 6, 3, 12)
SENT = [
    Sent("866", "2019-05", DAY, 1),
    Sent("866", "2019-05", DAY, 2, problems=("late", "resubmission")),
    Sent("870", "2019-05", DAY, 3, outcome="rejected", problems=("balance-broken",)),
    Sent("869", "2019-05", DAY, 4, outcome="rejected", problems=("personal-data",)),
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("sound")
    with open_store(home / "warehouse.duckdb") as con:
        load(con, judged(SENT), kind="nightly", archive=home / "archive")
        accept(con, 3, judged(SENT).rows, Decision(DAY, "a", "b"))
        retract(con, 2, Decision(DAY, "a", "b"))
        mark_computed(con)
        finish_nights(con, NOON)
    with open_board(home / "board.sqlite") as board:
        board.append("A", "close", {"alert_id": "a1"}, NOON)
    (home / "published").mkdir()
    with duckdb.connect(str(home / "published" / LINK)) as con:
        con.execute("CREATE TABLE mart AS SELECT 1 AS value")
    (home / "registry").mkdir()
    (home / "registry" / "units.csv").write_text("unit_code\n")
    return home


@pytest.fixture
def home(sound, tmp_path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "home"))


def wrong(home: Path, **how) -> dict[str, str]:
    return {finding.check: finding.message.says("en") for finding in examine(home, **how) if finding.state != "ok"}


def test_a_sound_home_has_no_findings_but_every_check_speaks_both_languages(home):
    assert wrong(home, deep=True) == {}
    assert all(finding.message.says("vi") != finding.message.says("en") for finding in examine(home))


def test_a_home_that_is_not_there_has_no_warehouse(tmp_path):
    assert wrong(tmp_path / "nowhere").keys() == {"warehouse"}


@pytest.mark.parametrize(
    ("sql", "check"),
    [
        ("DELETE FROM facts.away WHERE cell_code = '866-01'", "facts"),
        ("UPDATE facts.balance SET superseded_at = NULL", "facts"),
        ("INSERT INTO facts.away FROM facts.away WHERE superseded_at IS NULL LIMIT 1", "standing"),
        ("UPDATE ledger.submission SET outcome = 'rejected' WHERE submission_id = 1", "versions"),
        ("UPDATE ledger.submission SET outcome = 'accepted' WHERE submission_id = 4", "outcomes"),
        ("UPDATE ledger.problem SET submission_id = 99 WHERE submission_id = 2", "problems"),
        ("UPDATE ledger.night SET finished_at = NULL", "nights"),
        ("INSERT INTO ledger.touched VALUES ('866', 'away', '2019-05')", "touched"),
        ("DELETE FROM ledger.migration WHERE number = 3", "schema"),
        ("UPDATE ledger.migration SET sha256 = 'x' WHERE number = 3", "schema"),
        ("INSERT INTO ledger.migration VALUES (99, 'x', 'x')", "schema"),
    ],
)
def test_what_is_wrong_in_the_warehouse_is_found(home, sql, check):
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        con.execute(sql)
    assert check in wrong(home)


def test_lost_damaged_and_forbidden_bytes_are_found(home):
    os.remove(place(home / "archive", SENT[0].sha256))
    assert "1 missing" in wrong(home)["archive"]
    place(home / "archive", SENT[1].sha256).write_bytes(b"damaged")
    assert "1 missing" in wrong(home)["archive"]
    assert "2 missing" in wrong(home, deep=True)["archive"]
    assert not place(home / "archive", SENT[3].sha256).exists()
    place(home / "archive", SENT[3].sha256).parent.mkdir(exist_ok=True)
    place(home / "archive", SENT[3].sha256).write_bytes(SENT[3].content)
    assert SENT[3].sha256 in wrong(home)["personal-data"]


def test_bytes_that_an_earlier_version_kept_without_looking_through_them_are_found(home):
    locked = Sent("871", "2019-05", DAY, 5, outcome="rejected", problems=("encrypted-file",))
    with open_store(home / "warehouse.duckdb") as con:
        load(con, judged([locked], 5), kind="nightly", archive=home / "archive")
    assert not place(home / "archive", locked.sha256).exists()
    assert {"archive", "unseen"}.isdisjoint(wrong(home))
    place(home / "archive", locked.sha256).parent.mkdir(exist_ok=True)
    place(home / "archive", locked.sha256).write_bytes(locked.content)
    assert locked.sha256 in wrong(home)["unseen"]


def test_wide_permissions_leftovers_and_a_missing_copy_are_found(home):
    (home / "warehouse.duckdb").chmod(0o644)
    (home / "warehouse.duckdb.migrating").touch()
    (home / "published" / LINK).unlink()
    assert {"permissions", "leftovers", "published"} <= wrong(home).keys()


def test_bytes_that_are_not_given_or_not_those_of_their_hash_stop_the_load(con, tmp_path):
    batch = judged(SENT)
    batch.contents[SENT[1].sha256] = b"other"
    with pytest.raises(ArchiveIncomplete, match=SENT[1].sha256):
        load(con, batch, kind="nightly", archive=tmp_path / "archive")
    assert con.sql("SELECT count(*) FROM ledger.submission").fetchone() == (0,)


def test_the_archive_is_readable_by_its_group_only(home):
    file = place(home / "archive", SENT[0].sha256)
    assert file.read_bytes() == SENT[0].content
    assert [path.stat().st_mode & 0o777 for path in (file, file.parent, file.parent.parent)] == [0o640, 0o750, 0o750]


def test_each_folder_that_the_archive_makes_is_on_the_disk_with_its_name(tmp_path, monkeypatch):
    synced: list[Path] = []

    def sync(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink())

    monkeypatch.setattr(os, "fsync", sync)
    archive = tmp_path / "archive"

    def folders_synced(*sent: Sent) -> set[Path]:
        synced.clear()
        keep(archive, [one.sha256 for one in sent], {one.sha256: one.content for one in sent})
        return {path for path in synced if path.is_dir()}

    first, second = SENT[0], next(one for one in SENT if one.sha256[:2] != SENT[0].sha256[:2])
    own, other = (place(archive, one.sha256).parent for one in (first, second))
    assert folders_synced(first) == {tmp_path, archive, own}
    place(archive, first.sha256).unlink()
    assert folders_synced(first) == {own}
    assert folders_synced(second) == {archive, other}
    synced.clear()
    remove(archive, [second.sha256], DAY)
    assert archive in synced  # that it was removed is known for good before it is


def test_a_backup_restores_the_same_home(home, tmp_path):
    made = backup(home, tmp_path / "backups" / "one")
    assert {"warehouse.duckdb", "board.sqlite", "registry/units.csv"} < made.files.keys()
    restore(made.path, tmp_path / "again")
    assert facts(tmp_path / "again") == facts(home)
    with open_board(tmp_path / "again" / "board.sqlite") as board:
        assert [event.who for event in board.since()] == ["A"]
    assert wrong(tmp_path / "again", deep=True).keys() == {"published"}


def test_a_restore_replaces_only_when_told_and_keeps_what_stood(home, tmp_path):
    made = backup(home, tmp_path / "one")
    with open_store(home / "warehouse.duckdb") as con:
        load(con, judged([Sent("867", "2019-05", DAY, 5)], 5), kind="nightly", archive=home / "archive")
    later = facts(home)
    with pytest.raises(BackupRefused, match="--replace"):
        restore(made.path, home)
    assert facts(home) == later
    restore(made.path, home, replace=True)
    assert len(facts(home)) < len(later)
    assert facts(home, "warehouse.duckdb.before-restore") == later
    assert place(home / "archive", Sent("867", "2019-05", DAY, 5).sha256).exists()


def test_a_damaged_backup_is_refused_whole(home, tmp_path):
    made = backup(home, tmp_path / "one")
    with (made.path / "warehouse.duckdb").open("r+b") as file:
        file.seek(20_000)
        file.write(b"damage")
    with pytest.raises(BackupRefused, match="damaged: warehouse"):
        restore(made.path, tmp_path / "again")
    assert not (tmp_path / "again").exists()
    with pytest.raises(BackupRefused, match="no backup"):
        restore(home, tmp_path / "again")


def test_a_restoring_that_was_broken_off_and_begun_again_keeps_what_stood_before_the_first(home, tmp_path):
    made = backup(home, tmp_path / "one")
    (home / "registry" / "units.csv").write_text("unit_code\n866\n")
    with open_store(home / "warehouse.duckdb") as con:
        load(con, judged([Sent("867", "2019-05", DAY, 5)], 5), kind="nightly", archive=home / "archive")
    later = facts(home)
    restore(made.path, home, replace=True)
    # Killed between the registry's two steps, though the warehouse was through: the next run goes over both.
    shutil.rmtree(home / "registry")
    restore(made.path, home, replace=True)
    assert facts(home, "warehouse.duckdb.before-restore") == later
    assert (home / "registry.before-restore" / "units.csv").read_text() == "unit_code\n866\n"
    assert (home / "registry" / "units.csv").read_text() == "unit_code\n"


def test_a_damaged_file_of_the_archive_comes_back_with_a_restore(home, tmp_path):
    made = backup(home, tmp_path / "one")
    file = place(home / "archive", SENT[0].sha256)
    file.chmod(0o640)
    file.write_bytes(b"damage")
    restore(made.path, home, replace=True)
    assert file.read_bytes() == SENT[0].content


def test_a_damaged_warehouse_is_not_backed_up_and_told_as_damaged(home, tmp_path):
    path = home / "warehouse.duckdb"
    path.write_bytes(path.read_bytes()[:12288] + b"block" * 100_000)
    with pytest.raises(StoreMissing):
        backup(home, tmp_path / "one")
    assert not (tmp_path / "one").exists()


@pytest.mark.parametrize("block", [1, 2, 4])
def test_a_damaged_block_is_found_wherever_it_lies(home, block):
    path = home / "warehouse.duckdb"
    at = 12288 + block * 262144 + 100
    content = path.read_bytes()
    path.write_bytes(content[:at] + b"damage" + content[at + 6 :])
    told = wrong(home, deep=True)
    assert told.keys() == {"warehouse"}
    assert told["warehouse"].startswith(f"{path} is damaged")


def damage_facts(home: Path) -> None:
    """Damage the block of a table that no check of the doctor asks for, after its metadata."""
    path = home / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE facts.much AS SELECT hash(range) AS h FROM range(200000)")
    with duckdb.connect(str(path), read_only=True) as con:
        (block,) = con.execute("SELECT max(block_id) FROM pragma_storage_info('facts.much')").fetchone() or (0,)
        (size,) = con.execute("SELECT block_size FROM pragma_database_size()").fetchone() or (0,)
    content = path.read_bytes()
    at = 12288 + block * size + 100
    path.write_bytes(content[:at] + b"damage" + content[at + 6 :])


def test_a_damaged_block_of_figures_is_found_by_reading_them_through_and_is_not_backed_up(home, tmp_path):
    damage_facts(home)
    assert wrong(home) == {}
    assert wrong(home, deep=True).keys() == {"warehouse"}
    with pytest.raises(StoreMissing, match="damaged"):
        backup(home, tmp_path / "backups" / "one")
    assert list((tmp_path / "backups").iterdir()) == []


@pytest.mark.parametrize("opener", [open_store, open_to_read])
def test_a_damaged_block_is_told_as_damage_by_whoever_reads_it(home, opener):
    damage_facts(home)
    with pytest.raises(StoreMissing, match="damaged"), opener(home / "warehouse.duckdb") as con:
        con.execute("SELECT sum(h) FROM facts.much")


def test_a_restore_of_the_same_files_narrows_who_may_read_them(home, tmp_path):
    made = backup(home, tmp_path / "one")
    archived = place(home / "archive", SENT[0].sha256)
    for path in (home / "warehouse.duckdb", home / "board.sqlite", archived, archived.parent):
        path.chmod(0o777)
    assert wrong(home).keys() == {"permissions"}
    restore(made.path, home, replace=True)
    assert wrong(home) == {}


def test_a_damaged_file_of_the_board_is_told_with_the_remedy(home, tmp_path):
    made = backup(home, tmp_path / "one")
    path = home / "board.sqlite"
    path.write_bytes(path.read_bytes()[:4096] + b"damage" * 2000)
    assert wrong(home)["board"].startswith(f"{path} (what people of the board did, accounts) is damaged")
    with pytest.raises(BoardDamaged), open_board(path) as board:
        board.append("A", "close", {"alert_id": "a2"}, NOON)
    restore(made.path, home, replace=True)
    assert wrong(home) == {}


def as_another_user(*command: str) -> subprocess.CompletedProcess[str]:
    """Run Python without root's right to pass over the rights of files, where the tests run as root."""
    without = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    called = [*without, sys.executable, *command]
    return subprocess.run(called, cwd=ROOT, capture_output=True, text=True, check=False)


DOCTOR = """
import sys
from pathlib import Path
from warehouse.doctor import examine
for one in examine(Path(sys.argv[1]), deep=True):
    if one.state != "ok":
        print(one.check, one.state, one.message.says("en"))
"""


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root may read and write all here")
@pytest.mark.parametrize(("name", "mode"), [("", 0o555), ("published", 0), ("warehouse.duckdb", 0), ("archive", 0o444)])
def test_what_may_not_be_read_or_written_is_told_and_what_to_do(home, name, mode):
    (home / name).chmod(mode)
    told = as_another_user("-c", DOCTOR, str(home))
    (home / name).chmod(0o700)
    assert told.stderr == ""
    assert told.stdout.startswith(f"permissions act This user cannot read or write: {home / name}. Run this as")
    assert len(told.stdout.splitlines()) == 1


def test_what_people_set_is_in_the_backup_and_comes_back_only_where_it_is_gone(home, tmp_path):
    (home / "mobility.toml").write_text("due_day = 6\n")
    (home / "recipients.csv").write_text("name,address\n")
    made = backup(home, tmp_path / "backup")
    (home / "recipients.csv").write_text("name,address,side\n")
    (home / "mobility.toml").unlink()
    restore(made.path, home, replace=True)
    assert (home / "recipients.csv").read_text() == "name,address,side\n"
    assert (home / "mobility.toml").read_text() == "due_day = 6\n"


def test_a_demonstration_comes_back_as_one_but_makes_none_of_another_home(home, tmp_path):
    real = backup(home, tmp_path / "real")
    (home / DEMO_MARK).write_text("690")
    shown = backup(home, tmp_path / "shown")
    restore(shown.path, tmp_path / "again")
    assert (tmp_path / "again" / DEMO_MARK).read_text() == "690"
    restore(real.path, tmp_path / "own")
    restore(shown.path, tmp_path / "own", replace=True)
    assert not (tmp_path / "own" / DEMO_MARK).exists()
    restore(real.path, tmp_path / "again", replace=True)
    assert not (tmp_path / "again" / DEMO_MARK).exists()


def test_a_last_night_older_than_a_day_is_told(home):
    assert "last-night" not in wrong(home, at=datetime(2019, 6, 4, 12, 30))
    assert "3 June 2019 12:00" in wrong(home, at=datetime(2019, 6, 4, 14))["last-night"]
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        con.execute("UPDATE ledger.night SET finished_at = NULL WHERE kind = 'nightly'")
    assert "No night has finished yet" in wrong(home, at=NOON)["last-night"]


def test_a_nightly_run_begun_again_is_not_finished_until_it_ends_again(home):
    with open_store(home / "warehouse.duckdb") as con:
        assert last_finished(con) == NOON
        begin_nights(con, "nightly", [DAY], NOON)
        assert last_finished(con) is None
        finish_nights(con, NOON + timedelta(hours=1))
        assert last_finished(con) == NOON + timedelta(hours=1)


def test_a_night_of_a_past_day_run_by_hand_is_not_the_one_that_was_due(home):
    with open_store(home / "warehouse.duckdb") as con:
        assert last_finished(con, DAY) == NOON
        assert last_finished(con, DAY + timedelta(days=1)) is None


def test_a_backup_waits_for_no_night_and_overwrites_nothing(home, tmp_path):
    with open_store(home / "warehouse.duckdb"), pytest.raises(StoreLocked):
        backup(home, tmp_path / "one")
    backup(home, tmp_path / "one")
    with pytest.raises(BackupRefused, match="already"):
        backup(home, tmp_path / "one")
    with pytest.raises(StoreMissing):
        backup(tmp_path / "nowhere", tmp_path / "two")


def facts(home: Path, name: str = "warehouse.duckdb") -> list:
    with duckdb.connect(str(home / name), read_only=True) as con:
        return con.sql("FROM facts.balance ORDER BY ALL").fetchall()


@pytest.mark.parametrize("name", ["warehouse.duckdb", "published/mobility.duckdb"])
def test_a_damaged_file_is_told_as_one_and_not_as_one_in_use(home, name):
    path = (home / name).resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    content = path.read_bytes()
    path.write_bytes(content[:12288] + bytes(max(len(content) - 12288, 300_000)))  # whole headers, blocks of nothing
    found = {one.check: one.state for one in examine(home)}
    assert found[name.partition("/")[0].removesuffix(".duckdb")] == "act"
    assert "lock" not in found
