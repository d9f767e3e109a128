"""The warehouse's file: who may open it, how it is brought forward, and what a kill leaves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from expectations.contract.forms import FORMS
from warehouse.connection import migrations, store
from warehouse.connection.engine import begin_duckdb
from warehouse.connection.store import bare_store, memory_store, open_store, open_to_read, settle
from warehouse.errors import SchemaChanged, StoreLocked, StoreMissing, StoreTooNew
from warehouse.schema.comments import columns

ROOT = Path(__file__).resolve().parents[3]
WORDS = {"tăng": "rising", "giảm": "falling", "không rõ": "unclear"}
TREND = "map, unit_code, level, indicator, period, word"


def test_the_facts_have_the_contracts_columns_and_their_types(con):
    for form in FORMS.values():
        have = con.execute(
            "SELECT column_name, data_type || if(is_nullable, '', ' NOT NULL') FROM duckdb_columns() "
            "WHERE schema_name = 'facts' AND table_name = ?",
            [form.name],
        ).fetchall()
        assert sorted(have) == sorted((name, kind) for name, (kind, _) in columns(form).items())


def test_every_table_view_and_column_says_in_both_languages_what_it_holds(con):
    said = con.sql("""
        SELECT schema_name || '.' || table_name AS name, comment FROM duckdb_tables() WHERE NOT internal
        UNION ALL SELECT schema_name || '.' || view_name, comment FROM duckdb_views() WHERE NOT internal
        UNION ALL SELECT schema_name || '.' || table_name || '.' || column_name, comment FROM duckdb_columns()
        WHERE schema_name IN ('ledger', 'facts', 'registry')""").fetchall()
    assert len(said) > 100
    assert [name for name, comment in said if not comment or " / " not in comment] == []


def test_the_file_and_its_log_are_the_owners_only(tmp_path):
    before = os.umask(0o022)
    try:
        with open_store(tmp_path / "w.duckdb") as con:
            con.execute("CREATE TABLE ledger.t AS FROM range(1000)")
            assert (tmp_path / "w.duckdb.wal").exists()
            assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {
                "w.duckdb": 0o600,
                "w.duckdb.wal": 0o600,
                "w.duckdb.lock": 0o600,
            }
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


@pytest.mark.parametrize("processors", [{0}, {3, 5, 8}])
def test_duckdb_works_on_the_processors_that_the_process_may_use(tmp_path, monkeypatch, processors):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: processors)
    for opened in (open_store(tmp_path / "warehouse.duckdb"), memory_store(), bare_store()):
        with opened as con:
            assert con.execute("SELECT current_setting('threads')").fetchone() == (len(processors),)


def test_a_second_writer_is_told_who_has_it(tmp_path):
    with open_store(tmp_path / "w.duckdb"):
        told = run(tmp_path, "open_store")
    assert told.returncode == 3
    assert str(os.getpid()) in told.stdout
    assert run(tmp_path, "open_store").returncode == 0


def test_a_reader_is_told_who_writes_and_reads_when_nobody_does(tmp_path):
    with open_store(tmp_path / "w.duckdb"):
        told = run(tmp_path, "open_to_read")
    assert told.returncode == 3
    assert str(os.getpid()) in told.stdout
    with open_to_read(tmp_path / "w.duckdb") as con:
        assert con.sql("SELECT count(*) FROM facts.away").fetchone() == (0,)
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            con.execute("DELETE FROM facts.away")


def test_a_writer_is_refused_while_somebody_reads(tmp_path):
    with open_store(tmp_path / "w.duckdb"):
        pass
    reader = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import duckdb, sys; c = duckdb.connect({str(tmp_path / 'w.duckdb')!r}, read_only=True)"
            "; print('open', flush=True); sys.stdin.read()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert reader.stdout.readline() == b"open\n"
    with pytest.raises(StoreLocked, match=str(reader.pid)), open_store(tmp_path / "w.duckdb"):
        pass
    reader.communicate(b"")


def run(folder: Path, opener: str) -> subprocess.CompletedProcess:
    code = f"""
import sys
from pathlib import Path
from warehouse.errors import WarehouseError
from warehouse.connection.store import {opener}
try:
    with {opener}(Path({str(folder / "w.duckdb")!r})):
        pass
except WarehouseError as error:
    print(error.says("vi"), error.says("en"))
    sys.exit(3)
"""
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


def test_no_warehouse_and_no_duckdb_file_are_told(tmp_path):
    with pytest.raises(StoreMissing, match="backfill"), open_to_read(tmp_path / "none.duckdb"):
        pass
    (tmp_path / "w.duckdb").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreMissing, match="no warehouse"), open_store(tmp_path / "w.duckdb"):
        pass
    assert (tmp_path / "w.duckdb").read_bytes() == b"no database" * 1000


@pytest.fixture(scope="module")
def earlier(tmp_path_factory) -> list[Path]:
    """An empty warehouse of every earlier version, the first at 0."""
    folder, made = tmp_path_factory.mktemp("earlier"), []
    for step in migrations.migrations()[:-1]:
        path = folder / f"{step.number}.duckdb"
        if made:
            shutil.copyfile(made[-1], path)
        with duckdb.connect(str(path)) as con:
            con.execute(migrations._TABLE + step.sql)
            con.execute("INSERT INTO ledger.migration VALUES (?, ?, ?)", [step.number, step.name, step.sha256])
        made.append(path)
    return made


SCHEMA = "SELECT schema_name, table_name, column_name, data_type, comment FROM duckdb_columns() ORDER BY ALL"


@pytest.fixture(scope="module")
def newest() -> list[tuple]:
    """The schema of a new warehouse."""
    with memory_store() as con:
        return con.sql(SCHEMA).fetchall()


@pytest.mark.parametrize("version", range(1, len(migrations.migrations())))
def test_any_earlier_version_comes_forward_with_its_rows(tmp_path, version, earlier, newest):
    path = Path(shutil.copyfile(earlier[version - 1], tmp_path / "w.duckdb"))
    with duckdb.connect(str(path)) as old:
        old.execute("INSERT INTO ledger.night (night_id, as_of, kind) VALUES (1, '2019-01-01', 'nightly')")
    inode = path.stat().st_ino
    with open_store(path) as con:
        assert con.sql(SCHEMA).fetchall() == newest
        assert con.sql("SELECT as_of::VARCHAR FROM ledger.night").fetchall() == [("2019-01-01",)]
        assert con.sql("FROM facts.away_as_of('2020-01-01')").fetchall() == []
    assert path.stat().st_ino != inode
    assert sorted(file.name for file in tmp_path.iterdir()) == ["w.duckdb", "w.duckdb.lock"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "w.duckdb"
    with open_store(path) as con:
        con.execute("INSERT INTO ledger.night (night_id, as_of, kind) VALUES (1, '2019-01-01', 'nightly')")
    before = path.read_bytes()
    monkeypatch.setattr(store, "migrations", lambda: with_step(tmp_path, "CREATE SCHEMA later; SELECT nonsense;"))
    with pytest.raises(duckdb.BinderException), open_store(path):
        pass
    assert path.read_bytes() == before
    monkeypatch.setattr(store, "migrations", lambda: with_step(tmp_path, "CREATE SCHEMA later;"))
    with open_store(path) as con:
        assert con.sql("SELECT count(*) FROM ledger.night").fetchone() == (1,)


@pytest.mark.parametrize("first", [open_store, open_to_read, settle])
def test_a_log_that_duckdb_does_not_take_in_by_itself_is_read_and_taken_in(tmp_path, first):
    code = """
import os, sys
from pathlib import Path
import duckdb
from warehouse.connection.migrations import migrate, migrations
con = duckdb.connect(sys.argv[1])
migrate(con, migrations())
con.execute("INSERT INTO ledger.night (night_id, as_of, kind) VALUES (1, '2019-01-01', 'nightly')")
os._exit(0)
"""
    path = tmp_path / "w.duckdb"
    subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, check=True)
    assert path.with_name("w.duckdb.wal").stat().st_size > 0
    if first is settle:
        settle(path)
        assert not path.with_name("w.duckdb.wal").exists()
    for opener in (open_store, open_store) if first is settle else (first, open_store):
        with opener(path) as con:
            assert con.sql("SELECT count(*) FROM ledger.night").fetchone() == (1,)


def test_a_new_warehouse_that_cannot_be_made_whole_is_none(tmp_path, monkeypatch):
    path = tmp_path / "w.duckdb"
    monkeypatch.setattr(store, "migrations", lambda: with_step(tmp_path, "CREATE SCHEMA later; SELECT nonsense;"))
    with pytest.raises(duckdb.BinderException), open_store(path):
        pass
    assert not path.exists()
    monkeypatch.undo()
    with open_store(path) as con:
        assert con.sql("SELECT count(*) FROM ledger.night").fetchone() == (0,)
    assert sorted(file.name for file in tmp_path.glob("w.*")) == ["w.duckdb", "w.duckdb.lock"]


def with_step(folder: Path, sql: str) -> list[migrations.Migration]:
    schema = folder / "schema"
    shutil.copytree(migrations.SCHEMA, schema, dirs_exist_ok=True)
    number = len(migrations.migrations()) + 1
    (schema / f"{number:03d}_later.sql").write_text(sql)
    return migrations.migrations(schema)


def test_a_warehouse_of_a_later_release_is_left_alone(tmp_path, monkeypatch):
    path = tmp_path / "w.duckdb"
    monkeypatch.setattr(store, "migrations", lambda: with_step(tmp_path, "CREATE SCHEMA later;"))
    with open_store(path):
        pass
    monkeypatch.undo()
    with pytest.raises(StoreTooNew, match="Update"), open_store(path):
        pass


def test_a_migration_changed_after_it_was_applied_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "w.duckdb"
    with open_store(path):
        pass
    steps = with_step(tmp_path, "")
    changed = [migrations.Migration(s.number, s.name, s.sql, "0" * 64) for s in steps]
    monkeypatch.setattr(store, "migrations", lambda: changed)
    with pytest.raises(SchemaChanged, match="001"), open_store(path):
        pass


def test_the_lock_goes_with_a_killed_process(tmp_path):
    code = f"""
import time
from pathlib import Path
from warehouse.connection.store import open_store
with open_store(Path({str(tmp_path / "w.duckdb")!r})) as con:
    print("open", flush=True)
    time.sleep(60)
"""
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"open\n"
    process.kill()
    process.wait()
    for _ in range(50):
        try:
            with open_store(tmp_path / "w.duckdb"):
                return
        except StoreLocked:
            time.sleep(0.1)
    pytest.fail("still locked")


def test_the_trends_words_of_an_older_warehouse_become_codes():
    steps = migrations.migrations()
    rows = [("today", "87", "province", "away_rate", f"2024-{n:02d}", word) for n, word in enumerate(WORDS, 1)]
    with duckdb.connect(":memory:") as con:
        migrations.take(con, steps[:8])
        con.executemany(f"INSERT INTO derived.trend ({TREND}) VALUES (?, ?, ?, ?, ?, ?)", rows)
        migrations.take(con, steps[8:])
        assert con.sql("SELECT word FROM derived.trend ORDER BY period").fetchall() == [
            (one,) for one in WORDS.values()
        ]


def test_items_and_news_of_an_older_warehouse_are_kept_where_their_tables_are_made_anew():
    steps = migrations.migrations()
    with duckdb.connect(":memory:") as con:
        migrations.take(con, steps[:10])
        con.execute(
            "INSERT INTO outbox.event BY NAME SELECT 'rejected:1' AS event_id, DATE '2024-03-06' AS night, "
            "'rejected' AS topic, 'rejected' AS kind, 3 AS errors, true AS is_news"
        )
        con.execute(
            "INSERT INTO followup.item BY NAME SELECT '871-x-2021-H1' AS item_id, '871' AS unit_id, "
            "'871' AS unit_code, 'Tam Nông' AS unit_name, 'district' AS level, 'x' AS kind, '' AS matter, "
            "'2021-H1' AS since, '2021-H1' AS period, 'a' AS what_vi, 'b' AS what_en, '{}' AS evidence, "
            "DATE '2021-07-05' AS opened_on, '' AS due_source_vi, '' AS due_source_en, "
            "true AS is_internal_mark, '' AS actor_vi, '' AS actor_en, 'low' AS priority, "
            "'open' AS status, false AS is_of_ended_unit, [] AS carried_from"
        )
        tables = {name: ", ".join(con.table(name).columns) for name in ("outbox.event", "followup.item")}
        before = [con.sql(f"SELECT {columns} FROM {name}").fetchall() for name, columns in tables.items()]
        migrations.take(con, steps[10:])
        assert [con.sql(f"SELECT {columns} FROM {name}").fetchall() for name, columns in tables.items()] == before
        con.execute("UPDATE followup.item SET status = 'verified', resolution = 'corrected', closed_on = opened_on")


def test_a_bare_store_has_everything_but_the_comments() -> None:
    made = (
        "SELECT schema_name, table_name, column_name, data_type, is_nullable, column_default FROM duckdb_columns()",
        "SELECT schema_name, view_name, sql FROM duckdb_views()",
        "SELECT schema_name, function_name, parameters, macro_definition FROM duckdb_functions() WHERE NOT internal",
        "SELECT schema_name, table_name, constraint_text FROM duckdb_constraints()",
        "SELECT number, name, sha256 FROM ledger.migration",
    )
    with memory_store() as whole, bare_store() as bare:
        for sql in made:
            rows = whole.execute(f"{sql} ORDER BY ALL").fetchall()
            assert rows
            assert bare.execute(f"{sql} ORDER BY ALL").fetchall() == rows
        told = "SELECT DISTINCT table_name FROM duckdb_columns() WHERE comment IS NOT NULL"
        assert bare.execute(told).fetchall() == [("migration",)]


def test_no_bar_of_progress_is_drawn_into_an_output_that_programs_read():
    with begin_duckdb() as con:
        assert con.sql("SELECT current_setting('enable_progress_bar')").fetchall() == [(False,)]
