"""Killed anywhere and started again, a run leaves the warehouse it would have left undisturbed, to the row."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.warehouse_batches import Sent

ROOT = Path(__file__).resolve().parents[2]
NIGHTS = 8
# Where in a load a run is killed, as a share of the shortest load, by the processor's seconds, which do not pass while
# others are busy; and how many are killed at any moment at all.
IN_A_LOAD = (0.1, 0.3, 0.5, 0.7, 0.9)
ANYWHERE = 3

# Takes in every night that is not yet in, as a nightly run would, and says when each step is done, and after how many
# of the processor's seconds. Where such seconds are named it is killed when its second load has had them.
RUN = """
import signal
import sys
import time
from datetime import date, datetime
from pathlib import Path
from tests.warehouse.test_kill import sent_on, NIGHTS
from tests.warehouse.warehouse_batches import judged
from warehouse.ledger.load import load, next_submission_id, seen
from warehouse.ledger.nights import finish_nights
from warehouse.publish import publish
from warehouse.connection.store import open_store
from warehouse.ledger.touched import mark_computed
home, has_still = Path(sys.argv[1]), float(sys.argv[2])
loads = 0
print("ready", flush=True)
with open_store(home / "warehouse.duckdb") as con:
    for night in range(1, NIGHTS + 1):
        known = {(reporter, name) for reporter, name, *_ in seen(con).iter_rows()}
        files = [s for s in sent_on(night) if (s.reporter, s.file_name) not in known]
        if files:
            print("loading", night, flush=True)
            loads += 1
        if loads == 2:
            signal.setitimer(signal.ITIMER_PROF, has_still)
            has_still = 0.0
        began = time.process_time()
        load(con, judged(files, next_submission_id(con)), kind="nightly", as_of=date(2019, 6, night),
             at=datetime(2019, 6, night), archive=home / "archive")
        print("loaded", night, time.process_time() - began, flush=True)
        if night % 4 == 0:
            publish(con, home / "published", f"{night:02d}", keep=2, marts=home / "marts")
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


def run(home: Path, has_still: float = 0.0) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", RUN, str(home), str(has_still)], cwd=ROOT, stdout=subprocess.PIPE)


@pytest.fixture
def homes(tmp_path) -> tuple[Path, Path]:
    for name in ("quiet", "killed"):
        (tmp_path / name / "marts").mkdir(parents=True)
        (tmp_path / name / "marts" / "version.sql").write_text(MART)
    return tmp_path / "quiet", tmp_path / "killed"


def test_a_run_killed_anywhere_and_started_again_leaves_the_same_home(homes):
    quiet, killed = homes
    working, shortest = undisturbed(quiet)
    chance = random.Random(20190603)
    fell = {share: killed_in_a_load(killed, share * shortest) for share in IN_A_LOAD}
    within = [night for night in fell.values() if night]
    # One or two may get through their load before the kill comes: what is read a second time takes less.
    assert len(within) >= 3, fell
    assert len(set(within)) == len(within), fell
    for _ in range(ANYWHERE):
        process = run(killed)
        assert process.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0, working))
        process.kill()
        process.communicate()
    last = run(killed)
    last.communicate()
    assert last.returncode == 0
    assert contents(killed) == contents(quiet)


def undisturbed(home: Path) -> tuple[float, float]:
    """A run that nothing happens to: the seconds it worked, and the processor's of its shortest load."""
    process = run(home)
    assert process.stdout.readline() == b"ready\n"
    ready = time.monotonic()
    loads = [float(line.split()[2]) for line in process.stdout if line.startswith(b"loaded")]
    working = time.monotonic() - ready
    assert process.wait() == 0
    assert len(loads) == NIGHTS
    return working, min(loads)


def killed_in_a_load(home: Path, after: float) -> int | None:
    """Start a run that is killed some way into its second load, so that each kill meets another night.

    Returns:
        the night it was loading; None where the kill came after that load.
    """
    process = run(home, after)
    said = process.communicate()[0]
    _, *loads = said.split(b"loading ")
    is_in_a_load = process.returncode == -signal.SIGPROF and len(loads) == 2 and b"loaded" not in loads[-1]
    return int(loads[-1]) if is_in_a_load else None


def contents(home: Path) -> dict:
    """Every row of the warehouse and its copy, and every file beside them but the notes on the copy's own bytes."""
    found = {}
    for file in (home / "warehouse.duckdb", home / "published" / "mobility.duckdb"):
        with duckdb.connect(str(file), read_only=True) as con:
            tables = con.sql(
                "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal ORDER BY 1"
            ).fetchall()
            assert tables
            found |= {(file.name, name): con.sql(f"FROM {name} ORDER BY ALL").fetchall() for (name,) in tables}
    not_compared = (".duckdb", ".lock", ".json")
    files = (path for path in home.rglob("*") if path.is_file() and path.suffix not in not_compared)
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
