"""Provinces that add at once, as processes of their own; one is killed at random, and the lake holds whole editions."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.warehouse.lake.copies import sent, written_copy
from tests.warehouse.lake.shared_lake import SharedLake
from warehouse.lake.adding import add_edition
from warehouse.lake.opened import LakeAddress, open_lake
from warehouse.lake.past import all_standing, editions, snapshots_by_edition
from warehouse.lake.tidy import tidy_lake

ROOT = Path(__file__).resolve().parents[3]
NIGHTS, KILLS = 3, 4
PATIENCE = 120.0
MONTHS = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]

# Adds the copy of each night that the province has not yet in the lake, as its nights would.
RUN = """
import sys
from pathlib import Path
from tests.warehouse.lake.test_many_provinces import add_nights
print("ready", flush=True)
add_nights(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
"""


def stamp(night: int) -> str:
    return f"2025-09-{night:02d}-020000"


def figures_of(code: str, night: int) -> dict[str, int]:
    """Every figure of 2025 is another one each night, those of 2024 in every second: a mixture of two would be seen."""
    return {month: int(code) * 1000 + (night if month > "2025" else night // 2) for month in MONTHS}


def add_nights(catalogue: str, code: str, data: Path, copies: Path) -> None:
    known = None
    for night in range(1, NIGHTS + 1):
        with open_lake(LakeAddress(catalogue, str(data)), read_only=False) as con:
            if stamp(night) in {one.edition for one in editions(con, code)}:
                continue
            edition = sent(copies / code / f"{night}.duckdb", stamp(night), home=f"home-{code}")
            known = add_edition(con, edition, known=known).parts
        print("added", night, flush=True)


@pytest.fixture(scope="module")
def copies(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("copies")
    for code in ("01", "82"):
        for night in range(1, NIGHTS + 1):
            written_copy(folder / code / f"{night}.duckdb", code, figures_of(code, night))
    return folder


def run(lake: SharedLake, code: str, copies: Path) -> subprocess.Popen[bytes]:
    given = [lake.as_(code).catalogue, code, str(lake.folder), str(copies)]
    return subprocess.Popen([sys.executable, "-c", RUN, *given], cwd=ROOT, stdout=subprocess.PIPE)


def shown(lake: SharedLake, version: int | None = None) -> dict[str, dict[str, int]]:
    """The figures by province and month, as a reader sees them."""
    found: dict[str, dict[str, int]] = {}
    with open_lake(lake.as_("analyst"), version=version) as con:
        for code, period, members in con.execute(
            "SELECT province_code, period, members FROM lake.provinces.figures"
        ).fetchall():
            assert period not in found.setdefault(code, {}), "a row twice"
            found[code][period] = members
    return found


def test_provinces_that_add_at_once_all_come_in(shared, copies):
    running = [run(shared, code, copies) for code in ("01", "82")]
    for process in running:
        process.communicate()
    assert [process.returncode for process in running] == [0, 0]
    assert shown(shared) == {code: figures_of(code, NIGHTS) for code in ("01", "82")}
    with open_lake(shared.as_("analyst")) as con:
        assert [len(editions(con, code)) for code in ("01", "82")] == [NIGHTS, NIGHTS]
        versions = snapshots_by_edition(con, "82")
    for night in range(1, NIGHTS + 1):
        assert shown(shared, versions[stamp(night)])["82"] == figures_of("82", night)


def test_killed_at_random_the_lake_holds_whole_editions_and_its_waste_goes(shared, copies):
    chance = random.Random(17)
    other = run(shared, "01", copies)
    met = set()
    for _ in range(KILLS):
        process = run(shared, "82", copies)
        assert process.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0.2, 3))
        process.kill()
        process.communicate()
        _wait_for_its_end(shared, "82")
        met.add(_holds_whole_editions(shared))
    other.communicate()
    for code in ("01", "82"):
        last = run(shared, code, copies)
        last.communicate()
        assert last.returncode == 0
    assert shown(shared) == {code: figures_of(code, NIGHTS) for code in ("01", "82")}
    assert met & set(range(NIGHTS)), "no kill came before the last edition was in"
    tidy_lake(shared.as_owner, timedelta(0), grace=timedelta(0))
    assert shown(shared) == {code: figures_of(code, NIGHTS) for code in ("01", "82")}
    assert _files(shared) == _known_files(shared)


def test_what_an_addition_wrote_before_it_was_killed_is_cleared_away(shared, copies):
    dying = "from warehouse.lake import adding; import os; adding._Addition._note = lambda *_: os.kill(os.getpid(), 9);"
    given = [shared.as_("82").catalogue, "82", str(shared.folder), str(copies)]
    killed = subprocess.run([sys.executable, "-c", dying + RUN, *given], cwd=ROOT, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert _files(shared)
    assert tidy_lake(shared.as_owner, None).orphans == 0, "what is younger than a day may be on its way"
    assert tidy_lake(shared.as_owner, None, dry_run=True, grace=timedelta(0)).orphans == len(_files(shared))
    tidy_lake(shared.as_owner, None, grace=timedelta(0))
    assert not _files(shared)


def _holds_whole_editions(lake: SharedLake) -> int:
    """Which night of 82 stands; what is shown of it is that night's, to the row."""
    with open_lake(lake.as_("analyst")) as con:
        stands = {one.province_code: int(one.edition[8:10]) for one in all_standing(con)}
        tables = con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'figures'").fetchall()
    if tables:
        found = shown(lake)
        # The other one may have gone on between the two questions.
        assert found.get("82", {}) == (figures_of("82", stands["82"]) if "82" in stands else {})
    return stands.get("82", 0)


def _wait_for_its_end(lake: SharedLake, name: str) -> None:
    """PostgreSQL may be at what a killed process asked for last."""
    end = time.monotonic() + PATIENCE
    asked = f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{lake.role(name)}'"
    while lake.run(asked) != "0":
        assert time.monotonic() < end
        time.sleep(0.1)


def _files(lake: SharedLake) -> set[str]:
    return {path.name for path in lake.folder.rglob("*.parquet")}


def _known_files(lake: SharedLake) -> set[str]:
    listed = lake.run("SELECT path FROM ducklake_data_file UNION ALL SELECT path FROM ducklake_delete_file")
    return {path.rpartition("/")[2] for path in listed.splitlines()}
