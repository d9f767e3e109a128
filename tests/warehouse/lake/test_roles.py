"""A reader of the lake, in a real PostgreSQL: sees what provinces published, and comes no further by any way in."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import duckdb
import duckdb_cli
import pytest

from tests.warehouse.lake.copies import sent, written_copy
from tests.warehouse.lake.shared_lake import SharedLake
from warehouse.errors import LakeError
from warehouse.lake.adding import add_edition
from warehouse.lake.made import make_lake
from warehouse.lake.opened import LakeAddress, _extension, open_lake
from warehouse.lake.roles import make_roles
from warehouse.lake.tidy import tidy_lake

FIRST = "2025-09-04-020455"
FIGURES = "SELECT province_code, period, members FROM lake.provinces.figures ORDER BY ALL"
CATALOGUE = "'__ducklake_metadata_lake'"
THROUGH_DUCKDB = [
    "DELETE FROM lake.provinces.figures",
    "UPDATE lake.provinces.figures SET members = 0",
    "INSERT INTO lake.provinces.figures (members) VALUES (1)",
    "INSERT INTO lake.provinces.edition (edition) VALUES ('x')",
    "DELETE FROM lake.provinces.edition",
    "DROP TABLE lake.provinces.figures",
    "CREATE TABLE lake.provinces.mine (i INTEGER)",
    "CREATE TABLE lake.provinces.mine AS SELECT 1 AS i",
    "CREATE SCHEMA lake.mine",
    "ALTER TABLE lake.provinces.figures ADD COLUMN mine INTEGER",
    "COMMENT ON TABLE lake.provinces.figures IS 'mine'",
    "CALL lake.set_option('data_inlining_row_limit', 10)",
    "CALL ducklake_expire_snapshots('lake', older_than => now())",
    f"CALL postgres_execute({CATALOGUE}, 'UPDATE ducklake_metadata SET value = ''/tmp''')",
    f"CALL postgres_execute({CATALOGUE}, 'DELETE FROM ducklake_data_file')",
    f"CALL postgres_execute({CATALOGUE}, 'DROP TABLE ducklake_snapshot')",
]
THROUGH_POSTGRES = [
    "UPDATE ducklake_metadata SET value = '/tmp'",
    "DELETE FROM ducklake_snapshot",
    "TRUNCATE ducklake_data_file",
    "INSERT INTO ducklake_snapshot VALUES (99, now(), 0, 0, 0)",
    "DROP TABLE ducklake_table",
    "ALTER TABLE ducklake_table OWNER TO CURRENT_USER",
    "CREATE TABLE mine (i INTEGER)",
    "CREATE TEMPORARY TABLE mine (i INTEGER)",
    "CREATE SCHEMA mine",
    "SELECT * FROM board.cells",
    "SELECT * FROM beside",
    "SET ROLE administrator",
    "SET ROLE {database}_writers",
    "GRANT {database}_writers TO CURRENT_USER",
    "GRANT SELECT ON board.cells TO CURRENT_USER",
    "CREATE ROLE mine LOGIN",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "COPY ducklake_metadata TO PROGRAM 'cat'",
    "COPY ducklake_metadata TO '/tmp/mine'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'mine')",
    "CREATE EXTENSION dblink",
]


@pytest.fixture(scope="module")
def lake(standing: SharedLake, tmp_path_factory) -> SharedLake:
    """With an edition of 82 in it; in the database lie figures that are nobody's business."""
    copy = written_copy(tmp_path_factory.mktemp("copy") / "a.duckdb", "82", {"2025-01": 5, "2025-02": 6})
    with open_lake(standing.as_("82"), read_only=False) as con:
        add_edition(con, sent(copy, FIRST))
    standing.run("CREATE SCHEMA board; CREATE TABLE board.cells AS SELECT 'cell 1' AS code")
    standing.run("CREATE TABLE beside AS SELECT 1 AS i")
    return standing


def test_a_writer_adds_and_a_reader_reads(lake):
    with open_lake(lake.as_("analyst")) as con:
        assert con.execute(FIGURES).fetchall() == [("82", "2025-01", 5), ("82", "2025-02", 6)]
        assert con.execute("SELECT edition FROM lake.provinces.edition").fetchall() == [(FIRST,)]


def test_a_reader_changes_nothing_through_duckdb(lake):
    """Not even with the lake attached for writing, as DuckDB lets everybody try."""
    files = {path: path.read_bytes() for path in lake.folder.rglob("*.parquet")}
    with open_lake(lake.as_("analyst"), read_only=False) as con:
        for statement in THROUGH_DUCKDB:
            with pytest.raises(duckdb.Error) as refused:
                con.execute(statement)
            assert re.search("permission denied|must be owner", str(refused.value)), statement
    with open_lake(lake.as_owner) as con:
        assert len(con.execute(FIGURES).fetchall()) == 2
        assert con.execute("SELECT schema_name FROM duckdb_schemas() WHERE schema_name = 'mine'").fetchall() == []
    assert {path: path.read_bytes() for path in lake.folder.rglob("*.parquet") if path in files} == files


@pytest.mark.parametrize("statement", THROUGH_POSTGRES)
def test_a_reader_comes_no_further_through_postgres(lake, statement):
    with pytest.raises(subprocess.CalledProcessError) as refused:
        lake.run(statement.format(database=lake.database), "analyst")
    assert re.search("permission denied|must be (superuser|owner|member|a? ?superuser)|must have", refused.value.stderr)


def test_in_the_catalogue_stands_nothing_but_what_was_published(lake):
    may_read = lake.run(
        "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', "
        "'information_schema') AND has_schema_privilege(schemaname, 'USAGE') "
        "AND has_table_privilege(schemaname || '.' || tablename, 'SELECT')",
        "analyst",
    ).splitlines()
    assert may_read
    assert all(name.startswith("public.ducklake_") for name in may_read)


@pytest.mark.skipif(os.geteuid() != 0, reason="another user's rights can be tried by root alone")
def test_another_user_of_the_machine_reads_the_files_and_changes_none(lake):
    (file,) = lake.folder.rglob("figures/**/*.parquet")

    def tried(*command: str) -> int:
        somebody = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        return subprocess.run(command, **somebody, capture_output=True, check=False).returncode

    assert tried("cat", str(file)) == 0
    assert tried("rm", "-f", str(file)) != 0
    assert tried("truncate", "-s", "0", str(file)) != 0
    assert tried("touch", str(file.with_name("mine.parquet"))) != 0


def test_a_writer_neither_ends_the_past_nor_says_where_files_lie(lake):
    with open_lake(lake.as_("01"), read_only=False) as con:
        for statement in ("CALL lake.set_option('parquet_compression', 'snappy')", THROUGH_DUCKDB[-2]):
            with pytest.raises(duckdb.Error, match="permission denied"):
                con.execute(statement)
    with pytest.raises(LakeError, match="permission denied"):
        tidy_lake(lake.as_("01"), timedelta(0))


def test_rights_are_given_again_without_harm(shared, tmp_path):
    make_lake(shared.as_owner)
    again = make_roles(shared.as_owner, ["82", "26"], [shared.role("analyst")])
    assert again.made == (shared.role("26"),)
    with open_lake(shared.as_("82"), read_only=False) as con:
        assert add_edition(con, sent(written_copy(tmp_path / "b.duckdb", "82", {"2025-01": 7}), FIRST)).rows == 2
    shared.run(f"ALTER ROLE {shared.role('82')} NOLOGIN")
    with pytest.raises(LakeError, match="not permitted to log in"), open_lake(shared.as_("82")):
        pass


def test_a_role_has_a_plain_name(lake):
    with pytest.raises(LakeError, match="x; DROP"):
        make_roles(lake.as_owner, [], ["x; DROP TABLE ducklake_table"])


def test_only_who_made_the_lake_gives_rights(lake):
    with pytest.raises(LakeError, match=r"permission denied|must be owner"):
        make_roles(lake.as_("82"), ["26"])


def test_a_lake_without_a_place_for_its_files_is_not_made(postgres):
    with pytest.raises(LakeError, match="MOBILITY_LAKE_DATA"):
        make_lake(LakeAddress(postgres.address("postgres")))


def test_a_catalogue_in_a_file_has_no_roles(tmp_path):
    address = LakeAddress(str(tmp_path / "catalogue.ducklake"), str(tmp_path / "data"))
    make_lake(address)
    with pytest.raises(LakeError, match="PostgreSQL"):
        make_roles(address, ["82"])


def test_a_server_that_is_not_there_is_told_in_a_line_without_the_password():
    address = LakeAddress("postgres:dbname=lake host=127.0.0.1 port=1 user=a password='very secret'")
    with pytest.raises(LakeError) as refused, open_lake(address):
        pass
    said = refused.value.says("vi")
    assert "refused" in said
    assert "secret" not in said
    assert "\n" not in said


def test_an_analyst_attaches_it_from_duckdbs_own_prompt_as_the_page_says(lake):
    """`docs/lake.md`'s statements; extensions come from the wheels, as the tests' machine may not fetch them."""
    loads = "; ".join(f"LOAD '{_extension(name)}'" for name in ("ducklake", "postgres_scanner"))
    address, folder = lake.as_("analyst").catalogue, lake.folder
    options = f"READ_ONLY, DATA_PATH '{folder}', OVERRIDE_DATA_PATH true"
    said = f"{loads}; ATTACH 'ducklake:{address}' AS lake ({options});"
    program = Path(duckdb_cli.__file__).parent / "duckdb"
    version = "SELECT max(snapshot_id) FROM ducklake_snapshots('lake') WHERE author LIKE '%(82)'"
    for query in (FIGURES, FIGURES.replace("figures", "figures AT (VERSION => {version})")):
        with open_lake(lake.as_("analyst")) as con:
            (found,) = con.execute(version).fetchone()
        command = [str(program), "-csv", "-noheader", "-c", said + query.format(version=found)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.stderr == ""
        assert done.stdout.splitlines() == ["82,2025-01,5", "82,2025-02,6"]
