"""The country's tables stand in the lake all at once, each column with its words, and are asked of quickly."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest
from duckdb import DuckDBPyConnection

from tests.transforms.nation.invented_nation import SUCCESSION, UNITS, invented_months, months, published
from transforms.nation.marts import national_marts
from transforms.watch.budget import Budget
from warehouse.errors import LakeError
from warehouse.lake.made import make_lake
from warehouse.lake.opened import LakeAddress, open_lake
from warehouse.nation.published import READ, read_published
from warehouse.nation.questions import alerts_told, editions_shown, latest_indicators
from warehouse.nation.words import table_words
from warehouse.nation.write import in_order, replace_national

NIGHT = date(2026, 1, 6)


@pytest.fixture(scope="module")
def frames() -> dict[str, pl.DataFrame]:
    given = published(invented_months(5, months("2024-07", 18)), NIGHT)
    return national_marts(given, UNITS, SUCCESSION, NIGHT, Budget())


@pytest.fixture
def lake(tmp_path) -> Iterator[DuckDBPyConnection]:
    address = LakeAddress(str(tmp_path / "catalogue.ducklake"), str(tmp_path / "data"))
    make_lake(address)
    with open_lake(address, read_only=False) as con:
        yield con


def snapshots(con: DuckDBPyConnection) -> int:
    (count,) = con.execute("SELECT count(*) FROM ducklake_snapshots('lake')").fetchone() or (0,)
    return int(count)


def test_every_table_and_column_says_what_it_means_in_both_languages(lake, frames):
    replace_national(lake, frames, "x")
    tables = lake.execute(_TABLES).fetchall()
    assert {name for name, _ in tables} == set(frames) | {"dictionary"} == set(table_words())
    columns = lake.execute(_COLUMNS).fetchall()
    mute = [name for name, comment in (*tables, *columns) if not comment or " / " not in comment]
    assert mute == []
    told = set(lake.execute("SELECT table_name || '.' || column_name FROM lake.nation.dictionary").fetchall())
    assert {(name,) for name, _ in columns} <= told


def test_rows_lie_in_the_order_of_their_keys_and_those_without_one_last(lake, frames):
    replace_national(lake, frames, "x")
    keys = ["map", "level", "basis", "indicator", "period_kind", "unit_code", "province_code", "period"]
    written = lake.execute("FROM lake.nation.indicator").pl().select(keys)
    assert written["basis"].null_count() > 0
    assert written.rows() == written.sort(keys, nulls_last=True).rows()


@pytest.mark.parametrize("columns", [2, 10], ids=["one number tells the rows apart", "too many for one number"])
def test_rows_are_sorted_by_texts_whether_or_not_a_number_can_stand_for_them(columns):
    names = [f"c{number}" for number in range(columns)]
    values = [None, *(f"{number:03d}" for number in range(150))]
    frame = pl.DataFrame({name: random.Random(name).choices(values, k=400) for name in names})
    assert in_order(frame, names).rows() == frame.sort(names, nulls_last=True).rows()


def test_all_tables_are_one_snapshot_with_its_author_and_message(lake, frames):
    before = snapshots(lake)
    replace_national(lake, frames, "Đêm cả nước / National night")
    assert snapshots(lake) == before + 1
    last = lake.execute("SELECT author, commit_message FROM ducklake_snapshots('lake') ORDER BY 1 DESC").fetchall()
    assert ("nation", "Đêm cả nước / National night") in last


def test_what_stood_is_replaced_and_nothing_added_to_it(lake, frames):
    first = replace_national(lake, frames, "x")
    assert replace_national(lake, frames, "x") == first
    for name, rows in first.items():
        assert lake.execute(f"SELECT count(*) FROM lake.nation.{name}").fetchone() == (rows,)


def test_a_table_of_another_shape_is_made_anew_with_its_words(lake, frames):
    lake.execute("CREATE TABLE lake.nation.edition (of_before INTEGER)")
    replace_national(lake, frames, "x")
    assert [name for name, _ in lake.execute(_COLUMNS).fetchall() if name == "edition.of_before"] == []
    assert lake.execute("SELECT count(*) FROM lake.nation.edition").fetchone() == (34,)


def test_a_night_that_breaks_off_leaves_all_as_it_stood(lake, frames):
    replace_national(lake, frames, "x")
    before = snapshots(lake)
    broken = {**frames, "signal": frames["signal"].with_columns(nobody_says_what=pl.lit(1))}
    with pytest.raises(KeyError, match="nobody_says_what"):
        replace_national(lake, {name: frame.head(1) for name, frame in broken.items()}, "y")
    assert snapshots(lake) == before
    assert lake.execute("SELECT count(*) FROM lake.nation.edition").fetchone() == (34,)


def test_a_lake_that_may_only_be_read_says_so_in_a_line(tmp_path, frames):
    address = LakeAddress(str(tmp_path / "catalogue.ducklake"), str(tmp_path / "data"))
    make_lake(address)
    with open_lake(address) as con, pytest.raises(LakeError) as refused:
        replace_national(con, frames, "x")
    assert refused.value.message.key == "error.lake.write"


def test_a_lake_without_provinces_gives_empty_tables_of_the_same_columns(lake):
    found = read_published(lake)
    assert {name: frame.columns for name, frame in found.items()} == {
        name: list(columns) for name, (_, columns) in READ.items()
    }
    assert [frame.height for frame in found.values()] == [0] * len(READ)
    assert editions_shown(lake) is None


def test_a_column_that_no_edition_has_is_read_as_unknown(lake):
    lake.execute("CREATE TABLE lake.provinces.trend (province_code VARCHAR, level VARCHAR, word VARCHAR)")
    lake.execute("INSERT INTO lake.provinces.trend VALUES ('01', 'province', 'rising'), ('01', 'district', 'falling')")
    found = read_published(lake)["trend"]
    assert found.select("province_code", "word", "slope_per_year").rows() == [("01", "rising", None)]


def test_the_last_twelve_months_are_asked_of_the_country_and_of_its_provinces(lake, frames):
    replace_national(lake, frames, "x")
    (one,) = latest_indicators(lake, ["away_rate"], every=False).iter_rows(named=True)
    assert (one["unit_code"], one["period"], one["basis"]) == ("VN", "2025-12", "country")
    every = latest_indicators(lake, ["away_rate"], every=True)
    assert every.height == 35
    assert every["rank"].to_list() == [*sorted(every["rank"].drop_nulls()), None]


def test_the_book_of_alerts_is_asked_with_what_stands_first(lake, frames):
    assert alerts_told(lake) is None
    replace_national(lake, frames, "x")
    book = alerts_told(lake)
    assert book is not None
    assert set(book.filter(state="standing")["period"]) <= {"2025-12"}
    order = [("standing", "past", "withdrawn").index(state) for state in book["state"]]
    assert order == sorted(order)


_TABLES = "SELECT table_name, comment FROM duckdb_tables() WHERE database_name = 'lake' AND schema_name = 'nation'"
_COLUMNS = """
SELECT table_name || '.' || column_name, comment FROM duckdb_columns()
WHERE database_name = 'lake' AND schema_name = 'nation'
"""
