"""A full disk, in whatever folder: the night ends with a line, loses nothing, and goes on when there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations.contract.periods import Period
from expectations.language.catalogue import both, text
from flows.commands.backfill import backfill
from flows.settings import Settings
from transforms.samples.tree import sample_tree

SENT = "2024-03-04"


@pytest.fixture(scope="module")
def made(registry, tmp_path_factory) -> Path:
    """A month taken in; of the next a good file and a broken one in the inbox."""
    home = tmp_path_factory.mktemp("full")
    for file in sample_tree(registry, 5, Period(2024, 1), Period(2024, 2), {"866", "867"}, is_faulty=False):
        is_first = file.received_on < date(2024, 3, 1)
        folder = home / "tree" / str(file.received_on) if is_first else home / "inbox"
        (folder / file.reporter_code).mkdir(parents=True, exist_ok=True)
        (folder / file.reporter_code / file.file_name).write_bytes(file.data)
    (home / "inbox" / "869").mkdir()
    (home / "inbox" / "869" / "sai.csv").write_text("Tháng 2 năm 2024\n", "utf-8")
    backfill(home / "tree", None, Settings(home=home))
    return home


@contextmanager
def small_disk(place: Path, kilobytes: int) -> Iterator[Path]:
    """A file system of its own with so much room left, in the place of a folder whose files it takes over."""
    moved = place.with_name(f"{place.name}.moved")
    place.rename(moved) if place.exists() else None
    place.mkdir()
    used = sum(1 + path.stat().st_size // 4096 for path in moved.rglob("*")) if moved.exists() else 0
    options = f"size={4 * used + kilobytes}k"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=False, capture_output=True
    )
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.decode().strip()}")
    try:
        if moved.exists():
            shutil.copytree(moved, place, symlinks=True, dirs_exist_ok=True)
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def night(home: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows", "nightly", "--as-of", "2024-03-06"]
    environment = {**os.environ, "MOBILITY_HOME": str(home)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)


def outcomes(home: Path) -> dict[str, int]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        query = "SELECT outcome, count(*) FROM ledger.submission WHERE recorded_at > DATE '2024-03-01' GROUP BY 1"
        return dict(con.sql(query).fetchall())


def inbox(home: Path) -> int:
    return sum(path.is_file() for path in (home / "inbox").rglob("*"))


def make_room(place: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=500m", str(place)], check=True)


def test_with_hardly_any_room_no_night_begins_and_the_next_with_room_takes_all(made, tmp_path):
    with small_disk(tmp_path / "disk", 100_000) as disk:
        home = Path(shutil.copytree(made, disk / "home", symlinks=True))
        free = shutil.disk_usage(disk).free
        with (disk / "filler").open("wb") as filler:
            filler.write(bytes(free - (5 << 20)))
        before = inbox(home)
        done = night(home)
        assert done.returncode == 1
        assert done.stderr.strip() == text("error.night.no-room", "vi", path=home, free=4, least=32)
        assert inbox(home) == before
        (disk / "filler").unlink()
        assert night(home).returncode == 0
        assert outcomes(home) == {"accepted": 2, "rejected": 1}


@pytest.mark.parametrize("folder", ["archive", "published", "returns"])
def test_a_folder_without_room_ends_in_a_line_and_the_next_night_goes_on(made, tmp_path, folder):
    home = Path(shutil.copytree(made, tmp_path / "home", symlinks=True))
    sent = inbox(home)
    with small_disk(home / folder, 0) as disk:
        done = night(home)
        assert "Traceback" not in done.stdout + done.stderr
        if folder == "returns":  # told with the night's summary, which goes on
            assert done.returncode == 0
            assert "No space left" in done.stdout
        else:
            assert (done.returncode, done.stderr.strip()) == (1, both("error.disk-full"))
        assert inbox(home) == (sent if folder == "archive" else 0)
        make_room(disk)
        again = night(home)
        assert again.returncode == 0, again.stdout + again.stderr
        assert inbox(home) == 0
        assert outcomes(home) == {"accepted": 2, "rejected": 1}
        with duckdb.connect(str((home / "published" / "mobility.duckdb").resolve()), read_only=True) as con:
            query = "SELECT count(*) FROM marts.figures_district WHERE period = '2024-02' AND members_closing > 0"
            assert con.sql(query).fetchone() != (0,)
