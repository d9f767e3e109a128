"""Publishing: a new file is built and checked, the link is switched at once, and no reader is ever disturbed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.warehouse_batches import Sent, judged
from warehouse.connection.store import open_store
from warehouse.errors import EditionRefused
from warehouse.ledger.load import load
from warehouse.marts.views import MARTS, apply_marts
from warehouse.publish import publish, stamp_of

SENDERS = """
CREATE VIEW marts.sender AS
SELECT reporter_code, count(*) AS files, list(period) AS periods FROM ledger.submission GROUP BY ALL ORDER BY ALL;
COMMENT ON VIEW marts.sender IS 'Đơn vị gửi / Senders';
COMMENT ON COLUMN marts.sender.reporter_code IS 'Mã, it''s a code / Code';
COMMENT ON COLUMN marts.sender.files IS 'Số tệp / Files';
COMMENT ON COLUMN marts.sender.periods IS 'Các kỳ / Periods';
"""
TOTAL = """
CREATE VIEW marts.all_files AS SELECT sum(files)::BIGINT AS files FROM marts.sender;
COMMENT ON VIEW marts.all_files IS 'Tổng / Total';
COMMENT ON COLUMN marts.all_files.files IS 'Số tệp / Files';
"""


TWO_MAPS = """
CREATE VIEW marts.split AS SELECT * FROM (VALUES ('today', 1), ('reported', 2)) AS t (map, files);
COMMENT ON VIEW marts.split IS 'Hai bản đồ / Two maps';
COMMENT ON COLUMN marts.split.map IS 'Bản đồ / Map';
COMMENT ON COLUMN marts.split.files IS 'Số tệp / Files';
"""


@pytest.fixture
def marts(tmp_path) -> Path:
    folder = tmp_path / "marts"
    folder.mkdir()
    (folder / "sender.sql").write_text(SENDERS)
    (folder / "all_files.sql").write_text(TOTAL)
    return folder


@pytest.fixture
def loaded(con):
    load(
        con,
        judged([Sent("866", "2019-05", date(2019, 6, 3), 1), Sent("870", "2019-05", date(2019, 6, 3), 1)]),
        kind="nightly",
    )
    return con


def read(path: Path, query: str) -> list:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.sql(query).fetchall()


def listed(folder: Path) -> list[str]:
    """Every file below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def copies(*stamps: str) -> list[str]:
    return [f"editions/{stamp}/mobility.duckdb" for stamp in stamps]


def test_marts_are_made_in_the_order_they_read_one_another_and_again_when_a_file_changes(con, marts):
    assert apply_marts(con, marts) == ["sender", "all_files"]
    assert con.sql("FROM marts.all_files").fetchall() == [(None,)]
    (marts / "all_files.sql").write_text(TOTAL.replace("sum(files)", "-sum(files)"))
    (marts / "sender.sql").write_text(SENDERS.replace("count(*)", "10 * count(*)"))
    load(con, judged([Sent("866", "2019-05", date(2019, 6, 3), 1)]), kind="nightly")
    assert con.sql("FROM marts.all_files").fetchall() == [(1,)]
    apply_marts(con, marts)
    assert con.sql("FROM marts.all_files").fetchall() == [(-10,)]


def test_a_mart_that_is_no_longer_there_goes_and_a_wrong_one_changes_nothing(con, marts):
    apply_marts(con, marts)
    (marts / "all_files.sql").unlink()
    assert apply_marts(con, marts) == ["sender"]
    (marts / "broken.sql").write_text("CREATE VIEW marts.broken AS SELECT nothing;")
    with pytest.raises(duckdb.BinderException):
        apply_marts(con, marts)
    assert con.sql("SELECT view_name FROM duckdb_views() WHERE schema_name = 'marts'").fetchall() == [("sender",)]


def test_the_copy_holds_each_mart_as_a_table_with_its_comments_and_nothing_else(loaded, marts, tmp_path):
    published = publish(loaded, tmp_path / "published", "20190603", marts=marts)
    assert published.rows == {"sender": 2, "all_files": 1}
    link = tmp_path / "published" / "mobility.duckdb"
    assert os.readlink(link) == "editions/20190603/mobility.duckdb"
    assert read(link, "FROM marts.sender") == [("866", 1, ["2019-05"]), ("870", 1, ["2019-05"])]
    tables = "SELECT schema_name, table_name, comment FROM duckdb_tables() ORDER BY ALL"
    assert read(link, tables) == [("marts", "all_files", "Tổng / Total"), ("marts", "sender", "Đơn vị gửi / Senders")]
    comments = """SELECT comment FROM duckdb_columns()
        WHERE schema_name = 'marts' AND table_name = 'sender' AND NOT internal ORDER BY column_index"""
    assert read(link, comments) == [("Mã, it's a code / Code",), ("Số tệp / Files",), ("Các kỳ / Periods",)]
    assert listed(tmp_path / "published") == ["editions/20190603/mobility.duckdb", "mobility.duckdb"]
    assert published.path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        (SENDERS.replace("COMMENT ON COLUMN marts.sender.files", "-- "), "no comment: sender.files"),
        (SENDERS.replace("COMMENT ON VIEW marts.sender IS", "-- "), "no comment: sender"),
        (SENDERS.replace("list(period)", "(SELECT any_value(cell_code) FROM facts.away)"), "party cells: sender.per"),
        (SENDERS.replace("list(period)", "(SELECT list(cell_code) FROM facts.away)"), "party cells: sender.periods"),
        (SENDERS.replace("AS files", "AS cell_code").replace("sender.files", "sender.cell_code"), "party cells"),
    ],
)
def test_a_copy_that_is_not_fit_leaves_the_former_in_place(loaded, marts, tmp_path, sql, why):
    folder = tmp_path / "published"
    publish(loaded, folder, "1", marts=marts)
    (marts / "sender.sql").write_text(sql)
    (marts / "all_files.sql").unlink()
    with pytest.raises(EditionRefused, match=why):
        publish(loaded, folder, "2", marts=marts)
    assert os.readlink(folder / "mobility.duckdb") == "editions/1/mobility.duckdb"
    assert len(read(folder / "mobility.duckdb", "FROM marts.sender")) == 2
    (marts / "sender.sql").write_text(SENDERS)
    publish(loaded, folder, "2", marts=marts)
    assert listed(folder) == [*copies("1", "2"), "mobility.duckdb"]


def test_the_last_copies_are_kept_and_the_current_one_always(loaded, marts, tmp_path):
    folder = tmp_path / "published"
    for stamp in ("1", "2", "3", "4", "0"):
        publish(loaded, folder, stamp, keep=3, marts=marts)
    assert listed(folder) == [*copies("0", "3", "4"), "mobility.duckdb"]
    assert os.readlink(folder / "mobility.duckdb") == "editions/0/mobility.duckdb"
    publish(loaded, folder, "0", keep=1, marts=marts)
    assert listed(folder) == [*copies("0"), "mobility.duckdb"]
    assert os.listdir(folder / "editions") == ["0"]


def test_copies_of_earlier_releases_beside_the_link_are_retired_with_the_rest(loaded, marts, tmp_path):
    folder = tmp_path / "published"
    folder.mkdir()
    for age, stamp in enumerate(("b", "a")):
        old = folder / f"mobility-{stamp}.duckdb"
        old.touch()
        os.utime(old, (age, age))
    (folder / "mobility.duckdb").symlink_to("mobility-a.duckdb")
    assert stamp_of(folder / "mobility.duckdb") == "a"
    publish(loaded, folder, "1", keep=2, marts=marts)
    assert listed(folder) == [*copies("1"), "mobility-a.duckdb", "mobility.duckdb"]
    assert stamp_of(folder / "mobility.duckdb") == "1"


def test_the_catalogue_is_called_the_same_from_night_to_night(loaded, marts, tmp_path):
    folder = tmp_path / "published"
    for stamp in ("2019-06-03-221500", "2019-06-04-221500"):
        publish(loaded, folder, stamp, marts=marts)
        copy = folder / "mobility.duckdb"
        assert read(copy, "SELECT current_database() FROM mobility.marts.sender LIMIT 1") == [("mobility",)]
        with duckdb.connect() as con:
            con.execute(f"ATTACH '{copy}' (READ_ONLY)")
            assert con.sql("SELECT sum(files) FROM mobility.marts.sender").fetchall() == [(2,)]


def test_each_mart_is_found_without_its_schema_under_any_name_the_file_is_attached_by(loaded, marts, tmp_path):
    (marts / "split.sql").write_text(TWO_MAPS)
    copy = publish(loaded, tmp_path / "published", "1", marts=marts).path
    assert read(copy, "SHOW TABLES") == [("all_files",), ("sender",), ("split",)]
    assert read(copy, "SELECT map, files FROM split") == [("today", 1)]
    assert read(copy, "SELECT map, files FROM reported.split") == [("reported", 2)]
    assert read(copy, "SELECT count(*) FROM marts.split") == [(2,)]
    of_views = "SELECT schema_name, comment FROM duckdb_views() WHERE view_name = 'split' ORDER BY 1"
    assert read(copy, of_views) == [(schema, "Hai bản đồ / Two maps") for schema in ("main", "reported", "today")]
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA marts; CREATE TABLE marts.split AS SELECT 'mine' AS map, 9 AS files")
        con.execute(f"ATTACH '{copy}' AS other (READ_ONLY)")
        assert con.sql("FROM other.split").fetchall() == [("today", 1)]


def test_ten_readers_see_twenty_nights_without_an_error_or_a_half_written_figure(tmp_path, marts):
    """Every fourth night waits until one of the readers has seen it, so that they do read in between."""
    folder = tmp_path / "published"
    with open_store(tmp_path / "w.duckdb") as con:
        publish(con, folder, "00", marts=marts)
        readers = [start_reader(folder) for _ in range(10)]
        for reader in readers:
            assert reader.stdout.readline() == "0\n"
        for night in range(1, 21):
            sent = [Sent(r, "2019-05", date(2019, 6, night), night) for r in ("866", "869", "870")]
            load(con, judged(sent, 3 * night - 2), kind="nightly")
            publish(con, folder, f"{night:02d}", keep=2, marts=marts)
            if night % 4:
                continue
            told = iter(readers[night % 10].stdout.readline, "")
            assert f"{3 * night}\n" in told, readers[night % 10].stderr.read()
    (folder / "stop").touch()
    ends = [reader.communicate() for reader in readers]
    assert [error for _, error in ends if error] == []
    assert [reader.returncode for reader in readers] == [0] * 10


def start_reader(folder: Path) -> subprocess.Popen:
    code = f"""
import time
from pathlib import Path
import duckdb
folder = Path({str(folder)!r})
one_thread = {{"threads": 1}}
held = duckdb.connect(config=one_thread)
held.execute("ATTACH '" + str(folder / "mobility.duckdb") + "' AS mobility (READ_ONLY)")
last = 0
while True:
    done = (folder / "stop").exists()
    with duckdb.connect(config=one_thread) as con:
        con.execute("ATTACH '" + str(folder / "mobility.duckdb") + "' AS mobility (READ_ONLY)")
        total = con.sql("SELECT coalesce(files, 0) FROM mobility.marts.all_files").fetchall()[0][0]
        parts = con.sql("SELECT files, len(periods) FROM mobility.marts.sender").fetchall()
    assert sum(files for files, _ in parts) == total and all(a == b for a, b in parts), (total, parts)
    assert total >= last and total % 3 == 0, (total, last)
    assert held.sql("FROM mobility.marts.sender").fetchall() == []
    last = total
    print(total, flush=True)
    if done:
        break
    time.sleep(0.5)
"""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )


def test_the_projects_own_marts_are_published_from_an_empty_warehouse(con, tmp_path):
    published = publish(con, tmp_path / "published", "1")
    assert set(published.rows) == {file.stem for file in MARTS.glob("*.sql")}


SHAPE = """
SELECT schema_name, table_name AS name, NULL AS said_in, sql, comment FROM duckdb_tables()
UNION ALL SELECT schema_name, view_name, NULL, sql, comment FROM duckdb_views() WHERE NOT internal
UNION ALL SELECT schema_name, table_name, column_name, data_type, comment FROM duckdb_columns() WHERE NOT internal
UNION ALL SELECT schema_name, function_name, NULL, macro_definition, NULL FROM duckdb_functions() WHERE NOT internal
ORDER BY ALL
"""


def test_a_copy_made_as_the_one_before_is_in_nothing_different_from_one_made_anew(loaded, marts, tmp_path):
    (marts / "split.sql").write_text(TWO_MAPS)
    anew = publish(loaded, tmp_path / "a", "one", marts=marts).path
    publish(loaded, tmp_path / "b", "one", marts=marts)
    as_before = publish(loaded, tmp_path / "b", "two", marts=marts).path
    assert read(as_before, SHAPE) == read(anew, SHAPE)
    assert read(as_before, "FROM marts.sender") == read(anew, "FROM marts.sender")


def test_a_mart_that_says_something_else_is_not_made_as_before(loaded, marts, tmp_path):
    publish(loaded, tmp_path / "copies", "one", marts=marts)
    (marts / "sender.sql").write_text(SENDERS.replace("Số tệp / Files", "Số tệp đã gửi / Files sent"))
    copy = publish(loaded, tmp_path / "copies", "two", marts=marts).path
    said = "SELECT comment FROM duckdb_columns() WHERE table_name = 'sender' AND column_name = 'files'"
    assert set(read(copy, said)) == {("Số tệp đã gửi / Files sent",)}


def test_a_copy_before_that_cannot_be_opened_hinders_none(loaded, marts, tmp_path):
    publish(loaded, tmp_path / "copies", "one", marts=marts).path.write_bytes(b"no warehouse")
    copy = publish(loaded, tmp_path / "copies", "two", marts=marts).path
    assert read(copy, "FROM marts.all_files") == [(2,)]


def test_what_many_marts_look_up_is_looked_up_once_and_is_the_same(loaded, marts, tmp_path):
    loaded.execute("CREATE VIEW derived.latest AS SELECT 'FROM_derived.latest' AS name, 7 AS files")
    (marts / "looked.sql").write_text("""CREATE VIEW marts.looked AS SELECT name, 'derived.latest' AS source, l.files
        FROM marts.sender AS s, derived.latest AS l WHERE l.files IN (SELECT files FROM derived.latest) ORDER BY ALL;
        COMMENT ON VIEW marts.looked IS 'a / b'; COMMENT ON COLUMN marts.looked.name IS 'a / b';
        COMMENT ON COLUMN marts.looked.source IS 'a / b'; COMMENT ON COLUMN marts.looked.files IS 'a / b';""")
    copy = publish(loaded, tmp_path / "copies", "one", marts=marts).path
    assert read(copy, "FROM marts.looked") == loaded.sql("FROM marts.looked").fetchall() != []
    assert loaded.sql("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchone() == (0,)


def test_a_lookup_that_reads_another_one_finds_it_looked_up(loaded, marts, tmp_path):
    loaded.execute("CREATE VIEW derived.latest AS SELECT 7 AS files; CREATE VIEW derived.after AS FROM derived.latest")
    (marts / "looked.sql").write_text("""CREATE VIEW marts.looked AS
        SELECT a.files + l.files AS files FROM derived.after AS a, derived.latest AS l;
        COMMENT ON VIEW marts.looked IS 'a / b'; COMMENT ON COLUMN marts.looked.files IS 'a / b';""")
    copy = publish(loaded, tmp_path / "copies", "one", marts=marts).path
    assert read(copy, "FROM marts.looked") == [(14,)]


TREND = """
CREATE VIEW marts.trend AS SELECT unit, period_end, share FROM derived.told ORDER BY unit, period_end;
COMMENT ON VIEW marts.trend IS 'Xu hướng / Trends';
COMMENT ON COLUMN marts.trend.unit IS 'Đơn vị / Unit';
COMMENT ON COLUMN marts.trend.period_end IS 'Ngày cuối / Last day';
COMMENT ON COLUMN marts.trend.share IS 'Tỷ lệ / Share';
"""


@pytest.fixture
def told(loaded, marts):
    """A warehouse with one of the marts that are written month by month."""
    (marts / "trend.sql").write_text(TREND)
    loaded.execute("""CREATE TABLE derived.told AS
        SELECT 'u' || u AS unit, last_day(make_date(2020 + m // 12, 1 + m % 12, 1)) AS period_end, u / (m + 1) AS share
        FROM range(40) AS a (u), range(60) AS b (m)""")
    return loaded


def everything(copy: Path) -> dict[str, list]:
    names = read(copy, "SELECT table_name FROM duckdb_tables() ORDER BY 1")
    return {name: read(copy, f"FROM marts.{name} ORDER BY ALL") for (name,) in names}


def test_a_copy_carried_on_holds_what_one_made_anew_holds(told, marts, tmp_path):
    carried = tmp_path / "carried"
    publish(told, carried, "0", marts=marts)
    for number, change in enumerate(
        (
            "UPDATE derived.told SET share = 7 WHERE period_end = '2022-03-31' AND unit = 'u3'",
            "DELETE FROM derived.told WHERE year(period_end) = 2021",
            "INSERT INTO derived.told VALUES ('u9', '2025-01-31', 0.5), ('u9', '2025-01-31', 0.5), ('u8', NULL, NULL)",
            "DELETE FROM derived.told",
        ),
        1,
    ):
        told.execute(change)
        load(told, judged([Sent("869", "2019-05", date(2019, 6, 3), number)], 2 + number), kind="nightly")
        copy = publish(told, carried, str(number), marts=marts)
        whole = publish(told, tmp_path / f"whole{number}", str(number), marts=marts)
        assert read(copy.path, "SELECT marts.made_whole()") == [("0",)]
        assert copy.rows == whole.rows
        assert everything(copy.path) == everything(whole.path)


def test_a_copy_is_made_whole_once_the_one_it_began_with_is_gone(told, marts, tmp_path):
    told.execute("UPDATE derived.told SET unit = 'đã-rút-lại-' || unit")
    folder = tmp_path / "copies"
    began, legible = [], []
    for stamp in ("1", "2", "3", "4"):
        copy = publish(told, folder, stamp, keep=2, marts=marts).path
        began += read(copy, "SELECT marts.made_whole()")
        legible.append("đã-rút-lại-".encode() in copy.read_bytes())
        told.execute("UPDATE derived.told SET unit = replace(unit, 'đã-rút-lại-', '')")
    assert began == [("1",), ("1",), ("1",), ("4",)]
    assert legible[0], "the test's text is not found in a copy that holds it"
    assert not legible[3]
    publish(told, folder, "4", keep=2, marts=marts)  # over the one it would begin with
    assert read(folder / "mobility.duckdb", "SELECT marts.made_whole()") == [("4",)]


def test_a_copy_before_that_is_damaged_is_not_carried_on(told, marts, tmp_path):
    before = publish(told, tmp_path / "copies", "1", marts=marts).path
    stored = (
        "SELECT min(block_id) FROM pragma_storage_info('marts.trend') WHERE column_name = 'share' AND block_id >= 0"
    )
    ((block, size),) = read(before, f"SELECT ({stored}), block_size FROM pragma_database_size()")
    with before.open("r+b") as file:
        file.seek(3 * 4096 + block * size + 5000)
        file.write(b"\xff" * 64)
    copy = publish(told, tmp_path / "copies", "2", marts=marts).path
    assert read(copy, "SELECT marts.made_whole()") == [("2",)]
    assert read(copy, "FROM marts.trend ORDER BY ALL") == told.sql("FROM marts.trend ORDER BY ALL").fetchall()


WRONG = "UPDATE marts.trend SET share = -1 WHERE unit = 'u3'"


def changed_in_place(copy: Path, change: str) -> Path:
    """A copy in which somebody changed rows, whole for every reader."""
    with duckdb.connect(str(copy)) as con:
        con.execute(change)
    return copy


def test_what_is_known_of_a_copy_is_not_believed_once_it_was_changed(told, marts, tmp_path):
    folder = tmp_path / "copies"
    for night in ("1", "2", "3"):
        changed_in_place(publish(told, folder, night, marts=marts).path, WRONG)
    copy = publish(told, folder, "4", marts=marts).path
    assert read(copy, "SELECT marts.made_whole()") == [("1",)]
    assert read(copy, "FROM marts.trend ORDER BY ALL") == told.sql("FROM marts.trend ORDER BY ALL").fetchall()


def test_a_mart_is_not_asked_again_where_nothing_it_is_made_of_changed(told, marts, tmp_path):
    """Shown by a copy changed together with what is noted of it, which nobody does."""
    folder, notes = tmp_path / "copies", tmp_path / ".copies.json"
    copy = changed_in_place(publish(told, folder, "1", marts=marts).path, WRONG)
    noted = json.loads(notes.read_text())
    notes.write_text(json.dumps(noted | {"copy": hashlib.sha256(copy.read_bytes()).hexdigest()}))
    wrong = "SELECT count(*) FROM marts.trend WHERE share = -1"
    assert read(publish(told, folder, "2", marts=marts).path, wrong) == [(60,)]
    told.execute("UPDATE derived.told SET share = 7 WHERE unit = 'u4' AND period_end = '2020-01-31'")
    copy = publish(told, folder, "3", marts=marts).path
    assert read(copy, "FROM marts.trend ORDER BY ALL") == told.sql("FROM marts.trend ORDER BY ALL").fetchall()


def test_rows_that_stood_before_are_looked_at_for_cells_as_well(told, marts, tmp_path):
    publish(told, tmp_path / "copies", "1", marts=marts)
    told.execute("UPDATE facts.balance SET cell_code = 'u7' WHERE rowid = 0")
    with pytest.raises(EditionRefused, match=r"party cells: trend\.unit"):
        publish(told, tmp_path / "copies", "2", marts=marts)
