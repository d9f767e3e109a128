"""Killed anywhere and started again, a run leaves the warehouse it would have left undisturbed, to the row."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import duckdb
import pytest
from warehouse_batches import Sent

ROOT = Path(__file__).resolve().parents[2]
NIGHTS = 8
KILLS = 5

# Takes in every night that is not yet in, as a nightly run would, and says when each step is done.
RUN = f"""
import sys
from datetime import date, datetime
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_kill import sent_on, NIGHTS
from warehouse_batches import judged
from warehouse.ledger.load import load, next_submission_id, seen
from warehouse.ledger.nights import finish_nights
from warehouse.publish import publish
from warehouse.connection.store import open_store
from warehouse.ledger.touched import mark_computed
home = Path(sys.argv[1])
print("ready", flush=True)
with open_store(home / "warehouse.duckdb") as con:
    for night in range(1, NIGHTS + 1):
        known = {{(reporter, name) for reporter, name, *_ in seen(con).iter_rows()}}
        files = [s for s in sent_on(night) if (s.reporter, s.file_name) not in known]
        load(con, judged(files, next_submission_id(con)), kind="nightly", as_of=date(2019, 6, night),
             at=datetime(2019, 6, night), archive=home / "archive")
        print("loaded", flush=True)
        if night % 4 == 0:
            publish(con, home / "published", f"{{night:02d}}", keep=2, marts=home / "marts")
    finish_nights(con, datetime(2019, 7, 1))
    mark_computed(con)
"""
MART = """
CREATE VIEW marts.version AS SELECT version_id FROM ledger.version;
COMMENT ON VIEW marts.version IS 'Phiên bản / Versions';
COMMENT ON COLUMN marts.version.version_id IS 'Số / Number';
"""


def sent_on(night: int) -> list[Sent]:
    """Three reporters a night, sending one of two months anew, one of them badly."""
    month = f"2019-0{4 + night % 2}"
    day = date(2019, 6, night)
    return [
        Sent("866", month, day, night, cells=40),
        Sent("869", month, day, night, cells=40, outcome="rejected", problems=("balance-broken", "late")),
        Sent("870", month, day, night, cells=40, problems=("late",)),
    ]


def run(home: Path) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", RUN, str(home)], cwd=ROOT, stdout=subprocess.PIPE)


@pytest.fixture
def homes(tmp_path) -> tuple[Path, Path]:
    for name in ("quiet", "killed"):
        (tmp_path / name / "marts").mkdir(parents=True)
        (tmp_path / name / "marts" / "version.sql").write_text(MART)
    return tmp_path / "quiet", tmp_path / "killed"


def test_a_run_killed_anywhere_and_started_again_leaves_the_same_home(homes):
    quiet, killed = homes
    first = run(quiet)
    assert first.stdout.readline() == b"ready\n"
    ready = time.monotonic()
    assert first.communicate()[0].count(b"loaded") == NIGHTS
    assert first.returncode == 0
    working, chance = time.monotonic() - ready, random.Random(20190603)
    ends = []
    for _ in range(KILLS):
        process = run(killed)
        assert process.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0, working))
        process.kill()
        process.communicate()
        ends.append(process.returncode)
    assert -9 in ends
    last = run(killed)
    last.communicate()
    assert last.returncode == 0
    assert contents(killed) == contents(quiet)


def contents(home: Path) -> dict:
    """Every row of the warehouse and its copy, and every file beside them."""
    found = {}
    for file in (home / "warehouse.duckdb", home / "published" / "mobility.duckdb"):
        with duckdb.connect(str(file), read_only=True) as con:
            tables = con.sql(
                "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal ORDER BY 1"
            ).fetchall()
            assert tables
            found |= {(file.name, name): con.sql(f"FROM {name} ORDER BY ALL").fetchall() for (name,) in tables}
    files = (path for path in home.rglob("*") if path.is_file() and path.suffix not in (".duckdb", ".lock"))
    return found | {str(path.relative_to(home)): path.read_bytes() for path in files}


def test_a_migration_killed_half_way_is_taken_whole_by_the_next_run(homes):
    quiet, _ = homes
    code = f"""
import os, sys
from pathlib import Path
from warehouse.connection import store
real = store.migrate
def killed(con, steps):
    real(con, steps[:2])
    print("half", flush=True)
    os.kill(os.getpid(), 9)
if sys.argv[1] == "kill":
    store.migrate = killed
with store.open_store(Path({str(quiet / "warehouse.duckdb")!r})) as con:
    print(con.sql("SELECT count(*) FROM ledger.migration").fetchone()[0])
"""
    for _ in range(2):
        process = subprocess.run([sys.executable, "-c", code, "kill"], cwd=ROOT, capture_output=True, check=False)
        assert (process.stdout, process.returncode) == (b"half\n", -9)
    process = subprocess.run([sys.executable, "-c", code, "run"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert int(process.stdout) == len(list((ROOT / "warehouse" / "schema").glob("*.sql")))
    assert process.stderr == ""
