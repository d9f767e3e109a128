"""A lake whose files lie in a bucket: written, asked and refused over HTTP as in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec

import pytest
from duckdb import DuckDBPyConnection

from tests.warehouse.lake.bucket_server import BucketServer, running_bucket_server
from tests.warehouse.lake.copies import sent, written_copy
from warehouse.errors import LakeError
from warehouse.lake.adding import add_edition
from warehouse.lake.made import make_lake
from warehouse.lake.opened import LakeAddress, open_lake
from warehouse.lake.past import snapshot_of
from warehouse.lake.tidy import tidy_lake

pytestmark = pytest.mark.skipif(find_spec("moto") is None, reason="moto's server is not installed")
FIRST, SECOND = "2025-09-04-020455", "2025-09-05-020310"
MONTHS = {"2024-12": 6, "2025-01": 7}


@pytest.fixture(scope="module")
def server() -> Iterator[BucketServer]:
    with running_bucket_server() as running:
        yield running


@pytest.fixture
def address(tmp_path, server) -> LakeAddress:
    found = LakeAddress(str(tmp_path / "catalogue.ducklake"), f"s3://lake/{tmp_path.name}", server.key)
    make_lake(found)
    return found


def figures(con: DuckDBPyConnection) -> list[tuple]:
    return con.execute("SELECT province_code, period, members FROM lake.provinces.figures ORDER BY ALL").fetchall()


def test_an_edition_goes_into_the_bucket_and_is_read_from_it_now_and_as_it_was(address, server, tmp_path):
    with open_lake(address, read_only=False) as con:
        add_edition(con, sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS), FIRST))
        first = snapshot_of(con, FIRST)
        add_edition(con, sent(written_copy(tmp_path / "b.duckdb", "82", {**MONTHS, "2025-01": 9}), SECOND))
    files = [name for name in server.files() if name.startswith(f"{tmp_path.name}/") and name.endswith(".parquet")]
    assert len(files) >= 3  # the units, the months of 2024, and those of 2025 twice
    with open_lake(address) as con:
        assert figures(con) == [("82", "2024-12", 6), ("82", "2025-01", 9)]
    with open_lake(address, version=first) as con:
        assert figures(con) == [("82", "2024-12", 6), ("82", "2025-01", 7)]


def test_an_edition_sent_twice_writes_nothing_into_the_bucket(address, server, tmp_path):
    edition = sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS), FIRST)
    with open_lake(address, read_only=False) as con:
        add_edition(con, edition)
        before = server.files()
        assert add_edition(con, edition).changed == {}
    assert server.files() == before


def test_a_bucket_that_is_not_there_is_told_in_a_line_and_leaves_the_lake_as_it_was(address, tmp_path):
    elsewhere = replace(address, catalogue=str(tmp_path / "other.ducklake"), data="s3://nobody/lake")
    make_lake(elsewhere)
    with open_lake(elsewhere, read_only=False) as con:
        with pytest.raises(LakeError) as refused:
            add_edition(con, sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS), FIRST))
        assert con.execute("SELECT count(*) FROM lake.provinces.edition").fetchone() == (0,)
    assert refused.value.message.key == "error.lake.write"


def test_tidying_takes_nothing_from_another_bucket(address, server, tmp_path):
    with open_lake(address, read_only=False) as con:
        add_edition(con, sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS), FIRST))
    before = server.files()
    assert tidy_lake(address, None, grace=timedelta(0)).orphans == 0
    with pytest.raises(LakeError, match="s3://lake/others"):
        tidy_lake(replace(address, data="s3://lake/others"), None)
    assert server.files() == before


def test_a_server_that_goes_away_leaves_the_edition_before_it_standing(tmp_path):
    with running_bucket_server() as server:
        address = LakeAddress(str(tmp_path / "catalogue.ducklake"), "s3://lake/files", server.key)
        make_lake(address)
        with open_lake(address, read_only=False) as con:
            con.execute("SET http_retries = 0")
            add_edition(con, sent(written_copy(tmp_path / "a.duckdb", "82", MONTHS), FIRST))
            server.stop()
            with pytest.raises(LakeError):
                add_edition(con, sent(written_copy(tmp_path / "b.duckdb", "82", {"2025-01": 9}), SECOND))
            assert con.execute("SELECT edition FROM lake.provinces.edition").fetchall() == [(FIRST,)]
