"""An edition added to the lake: a province's rows replaced where they changed, in one transaction, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from tests.warehouse.lake.copies import sent, written_copy
from warehouse.errors import LakeError
from warehouse.lake.adding import add_edition
from warehouse.lake.made import make_lake
from warehouse.lake.opened import LakeAddress, open_lake
from warehouse.lake.past import all_standing, editions, snapshot_of, standing
from warehouse.lake.tidy import tidy_lake
from warehouse.nation.published import read_published

FIRST, SECOND = "2025-09-04-020455", "2025-09-05-020310"
MONTHS = {"2024-11": 5, "2024-12": 6, "2025-01": 7, "2025-02": 8}


@pytest.fixture
def address(tmp_path) -> LakeAddress:
    found = LakeAddress(str(tmp_path / "catalogue.ducklake"), str(tmp_path / "data"))
    make_lake(found)
    return found


@pytest.fixture
def lake(address) -> Iterator[DuckDBPyConnection]:
    with open_lake(address, read_only=False) as con:
        yield con


def figures(con: DuckDBPyConnection) -> list[tuple]:
    return con.execute("SELECT province_code, period, members FROM lake.provinces.figures ORDER BY ALL").fetchall()


def snapshots(con: DuckDBPyConnection) -> int:
    return con.execute("SELECT count(*) FROM ducklake_snapshots('lake')").fetchone()[0]


def test_an_edition_is_all_that_the_copy_shows_with_the_province_in_front(lake, tmp_path):
    added = add_edition(lake, sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS, former="87"), FIRST))
    assert (added.province.code, added.province.name) == ("82", "Tỉnh Đồng Tháp")
    assert added.changed == {"figures": [2024, 2025], "unit": [0]}
    assert figures(lake) == [("82", period, members) for period, members in MONTHS.items()]
    columns = lake.execute("SELECT column_name FROM (DESCRIBE lake.provinces.figures)").fetchall()
    assert [name for (name,) in columns] == ["province_code", "period", "period_start", "members", "suppressed"]
    said = dict(lake.execute("SELECT table_name, comment FROM duckdb_tables() WHERE database_name = 'lake'").fetchall())
    assert said["figures"] == "Số liệu / Figures"
    of_column = lake.execute("SELECT comment FROM duckdb_columns() WHERE column_name = 'members'").fetchall()
    assert ("Đảng viên / Members",) in of_column


def test_who_added_what_stands_with_the_snapshot(lake, tmp_path):
    add_edition(lake, sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS), FIRST))
    author, message, extra = lake.execute(
        "SELECT author, commit_message, commit_extra_info FROM ducklake_snapshots('lake') ORDER BY snapshot_id DESC"
    ).fetchone()
    assert author == "Tỉnh Đồng Tháp (82)"
    assert FIRST in message
    assert '"edition": "2025-09-04-020455"' in extra


@pytest.mark.parametrize("is_known", [True, False], ids=["what-it-holds-is-known", "it-is-read"])
def test_an_edition_sent_twice_makes_no_snapshot(lake, tmp_path, is_known):
    edition = sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS), FIRST)
    first = add_edition(lake, edition)
    before = snapshots(lake)
    again = add_edition(lake, edition, known=first.parts if is_known else None)
    assert (again.is_new, again.rows, again.changed) == (False, 0, {})
    assert snapshots(lake) == before


def test_only_the_years_that_changed_are_written(lake, tmp_path):
    first = add_edition(lake, sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS), FIRST))
    later = written_copy(tmp_path / "b.duckdb", "82", {**MONTHS, "2025-02": 9, "2025-03": 10})
    added = add_edition(lake, sent(later, SECOND), known=first.parts)
    assert added.changed == {"figures": [2025]}
    assert added.rows == 3
    assert [members for *_, members in figures(lake)] == [5, 6, 7, 9, 10]
    stands = standing(lake, "82")
    assert (stands.edition, stands.tables_changed, stands.rows_added) == (SECOND, 1, 3)


def test_an_edition_in_which_nothing_changed_writes_that_it_stands_and_no_file(lake, tmp_path):
    copy = written_copy(tmp_path / "a.duckdb", "82", MONTHS)
    add_edition(lake, sent(copy, FIRST))
    before = sorted((tmp_path / "data").rglob("*.parquet"))
    assert add_edition(lake, sent(copy, SECOND)).changed == {}
    assert [one.edition for one in editions(lake, "82")] == [SECOND, FIRST]
    assert sorted((tmp_path / "data").rglob("*.parquet")) == before


def test_a_province_replaces_its_own_rows_alone(lake, tmp_path):
    add_edition(lake, sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS), FIRST))
    add_edition(lake, sent(written_copy(tmp_path / "b.duckdb", "01", {"2025-01": 1}), FIRST, home="home-b"))
    add_edition(lake, sent(written_copy(tmp_path / "c.duckdb", "82", {"2025-01": 2}), SECOND))
    assert figures(lake) == [("01", "2025-01", 1), ("82", "2025-01", 2)]
    assert [(one.province_code, one.edition) for one in all_standing(lake)] == [("01", FIRST), ("82", SECOND)]


def test_the_past_is_asked_as_of_any_edition(address, lake, tmp_path):
    add_edition(lake, sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS), FIRST))
    add_edition(lake, sent(written_copy(tmp_path / "b.duckdb", "82", {"2025-01": 2}), SECOND))
    was = snapshot_of(lake, FIRST)
    lake.close()
    with open_lake(address, version=was) as con:
        assert figures(con) == [("82", period, members) for period, members in MONTHS.items()]
        with pytest.raises(LakeError, match="2099"):
            snapshot_of(con, "2099-01-01-000000")


def test_two_provinces_may_have_editions_of_one_name(lake, tmp_path):
    add_edition(lake, sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS), FIRST))
    add_edition(lake, sent(written_copy(tmp_path / "b.duckdb", "01", MONTHS), FIRST, home="home-b"))
    with pytest.raises(LakeError, match="01, 82"):
        snapshot_of(lake, FIRST)
    assert snapshot_of(lake, FIRST, "82") < snapshot_of(lake, FIRST, "01")


def test_a_province_whose_code_changed_takes_its_rows_along(lake, tmp_path):
    add_edition(lake, sent(written_copy(tmp_path / "a.duckdb", "87", MONTHS), FIRST))
    add_edition(lake, sent(written_copy(tmp_path / "b.duckdb", "82", MONTHS, former="87"), SECOND))
    assert {code for code, *_ in figures(lake)} == {"82"}
    assert [(one.province_code, one.edition) for one in editions(lake)] == [("82", SECOND)]


def test_another_home_does_not_take_a_province_unasked(lake, tmp_path):
    copy = written_copy(tmp_path / "a.duckdb", "82", MONTHS)
    add_edition(lake, sent(copy, FIRST))
    other = sent(written_copy(tmp_path / "b.duckdb", "82", {"2025-01": 1}), SECOND, home="home-b")
    with pytest.raises(LakeError, match="home-a"):
        add_edition(lake, other)
    assert len(figures(lake)) == len(MONTHS)
    add_edition(lake, other, take_over=True)
    assert figures(lake) == [("82", "2025-01", 1)]


def test_an_edition_older_than_what_stands_is_refused(lake, tmp_path):
    add_edition(lake, sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS), SECOND))
    with pytest.raises(LakeError, match=SECOND):
        add_edition(lake, sent(written_copy(tmp_path / "b.duckdb", "82", {"2025-01": 1}), FIRST))


def test_a_release_brings_columns_and_tables_and_takes_some_away(lake, tmp_path):
    add_edition(lake, sent(written_copy(tmp_path / "a.duckdb", "01", {"2025-01": 1}), FIRST, home="home-b"))
    wider = (
        "ALTER TABLE figures ADD COLUMN away BIGINT DEFAULT 3; ALTER TABLE figures DROP COLUMN suppressed;"
        "COMMENT ON COLUMN figures.away IS 'Đi xa / Away'; CREATE TABLE trend AS SELECT 1 AS n; DROP TABLE unit; "
        "CREATE TABLE unit AS SELECT '82' unit_code, 'Tỉnh' unit_name, 'province' AS level, today() valid_from"
    )
    copy = written_copy(tmp_path / "b.duckdb", "82", MONTHS, extra=wider)
    first = add_edition(lake, sent(copy, FIRST))
    shown = lake.execute("SELECT DISTINCT province_code, away, suppressed FROM lake.provinces.figures ORDER BY 1")
    assert shown.fetchall() == [("01", None, ["a"]), ("82", 3, None)]
    assert not add_edition(lake, sent(copy, FIRST), known=first.parts).is_new
    narrow = written_copy(tmp_path / "c.duckdb", "82", MONTHS)
    assert "trend" in add_edition(lake, sent(narrow, SECOND)).changed
    assert lake.execute("SELECT count(*) FROM lake.provinces.trend").fetchone() == (0,)


def test_a_mart_without_rows_is_a_table_all_the_same(lake, tmp_path):
    empty = "CREATE TABLE target (period VARCHAR, value DOUBLE); COMMENT ON TABLE target IS 'Chỉ tiêu / Targets'"
    edition = sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS), FIRST)
    first = add_edition(lake, edition)
    written_copy(edition.copy, "82", MONTHS, extra=empty)
    assert add_edition(lake, edition, known=first.parts).is_new
    assert lake.execute("SELECT count(*) FROM lake.provinces.target").fetchone() == (0,)
    assert not add_edition(lake, edition, known=first.parts).is_new


def test_homes_of_two_releases_write_a_column_that_one_of_them_made_wider(lake, tmp_path):
    def column(kind: str) -> str:
        return f"CREATE TABLE small (period VARCHAR, n {kind}); INSERT INTO small VALUES ('2025-01', 7)"

    for code, kind, edition in (("82", "INTEGER", FIRST), ("01", "BIGINT", FIRST), ("82", "INTEGER", SECOND)):
        copy = written_copy(tmp_path / f"{code}-{edition}.duckdb", code, {"2025-01": len(edition)}, extra=column(kind))
        add_edition(lake, sent(copy, edition, home=f"home-{code}"))
    assert lake.execute("SELECT province_code, n, typeof(n) FROM lake.provinces.small ORDER BY 1").fetchall() == [
        ("01", 7, "BIGINT"),
        ("82", 7, "BIGINT"),
    ]


def test_a_copy_without_a_province_is_refused(lake, tmp_path):
    copy = written_copy(tmp_path / "a.duckdb", "82", MONTHS, extra="DELETE FROM unit")
    with pytest.raises(LakeError, match="province"):
        add_edition(lake, sent(copy, FIRST))


def test_a_lake_that_is_made_twice_keeps_what_it_has(address, lake, tmp_path):
    add_edition(lake, sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS), FIRST))
    lake.close()
    make_lake(address)
    with open_lake(address) as con:
        assert len(figures(con)) == len(MONTHS)


def test_where_no_lake_was_made_none_is_made_by_asking(tmp_path):
    with pytest.raises(LakeError, match="mobility lake init"), open_lake(LakeAddress(str(tmp_path / "none.ducklake"))):
        pass
    assert not (tmp_path / "none.ducklake").exists()


def test_where_the_shared_folder_is_not_mounted_nothing_is_written(address, lake, tmp_path):
    """Else this machine's disk would have the files, and the others a catalogue of what they cannot read."""
    add_edition(lake, sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS), FIRST))
    lake.close()
    not_mounted = tmp_path / "not-mounted"
    not_mounted.mkdir()
    with open_lake(replace(address, data=str(not_mounted)), read_only=False) as con:
        other = sent(written_copy(tmp_path / "b.duckdb", "01", MONTHS), FIRST, home="home-b")
        with pytest.raises(LakeError, match="not-mounted"):
            add_edition(con, other)
    assert not list(not_mounted.iterdir())
    with open_lake(address) as con:
        assert {code for code, *_ in figures(con)} == {"82"}


def test_a_file_that_is_gone_is_told_to_who_reads_for_the_country(address, lake, tmp_path):
    extra = "CREATE TABLE trend AS SELECT 'province' AS level, 'away_rate' AS indicator"
    add_edition(lake, sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS, extra=extra), FIRST))
    lake.close()
    next((tmp_path / "data").rglob("trend/**/*.parquet")).unlink()
    with open_lake(address) as con, pytest.raises(LakeError, match="trend"):
        read_published(con)


def test_a_question_to_which_a_file_is_missing_is_told_in_a_line(address, lake, tmp_path):
    add_edition(lake, sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS), FIRST))
    lake.close()
    next((tmp_path / "data").rglob("figures/**/*.parquet")).unlink()
    with pytest.raises(LakeError) as told, open_lake(address) as con:
        figures(con)
    assert told.value.message.key == "error.lake.failed"
    assert "\n" not in told.value.says("vi")


def folder_of_others(tmp_path) -> Path:
    """A folder with Parquet files that are old enough to be thrown away, and none of the lake's."""
    folder = tmp_path / "others"
    folder.mkdir()
    file = folder / "figures.parquet"
    file.write_bytes(b"figures")
    os.utime(file, (0, 0))
    return folder


@pytest.mark.parametrize("has_files", [True, False], ids=["a-lake-of-editions", "an-empty-lake"])
def test_tidying_takes_nothing_from_a_folder_that_is_not_the_lakes(address, lake, tmp_path, has_files):
    """All of another lake's files would be ones that nothing shows."""
    if has_files:
        add_edition(lake, sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS), FIRST))
    lake.close()
    elsewhere = replace(address, data=str(folder_of_others(tmp_path)))
    if has_files:
        with pytest.raises(LakeError, match="others"):
            tidy_lake(elsewhere, None)
    else:
        assert tidy_lake(elsewhere, None).orphans == 0
    assert [file.name for file in (tmp_path / "others").iterdir()] == ["figures.parquet"]


@pytest.mark.parametrize(("version", "key"), [("0.4", "error.lake.earlier"), ("9.9", "error.lake.later")])
def test_a_lake_of_another_release_says_who_does_what(address, lake, version, key):
    lake.close()
    with duckdb.connect(address.catalogue) as con:
        con.execute("UPDATE ducklake_metadata SET value = ? WHERE key = 'version'", [version])
    with pytest.raises(LakeError) as told, open_lake(address):
        pass
    assert told.value.message.key == key


def test_a_lake_of_an_earlier_release_is_brought_up_by_making_it_again(address, lake, tmp_path):
    add_edition(lake, sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS), FIRST))
    lake.close()
    with duckdb.connect(address.catalogue) as con:
        con.execute("UPDATE ducklake_metadata SET value = '0.4' WHERE key = 'version'")
    make_lake(address)
    with open_lake(address) as con:
        assert len(figures(con)) == len(MONTHS)
