"""A full disk: no night begins without room, and whoever meets it, Python, DuckDB or SQLite, ends in one line."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from expectations.language.catalogue import both, text
from flows.errors import shown
from warehouse.board.acts import open_board


@pytest.fixture
def disk(tmp_path) -> Iterator[Path]:
    """A file system of 5 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", str(place)]
    done = subprocess.run(command, check=False, capture_output=True)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_with_hardly_any_room_no_night_begins_and_the_inbox_stays(disk):
    home = disk / "home"
    sent = home / "inbox" / "866" / "a.csv"
    sent.parent.mkdir(parents=True)
    sent.write_text("x", "utf-8")
    command = [sys.executable, "-m", "flows", "nightly", "--as-of", "2024-03-06"]
    environment = {**os.environ, "MOBILITY_HOME": str(home)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == text("error.night.no-room", "vi", path=home, free=4, least=32)
    assert sent.read_text("utf-8") == "x"


def with_python(disk: Path) -> None:
    (disk / "a").write_bytes(bytes(20 << 20))


def with_duckdb(disk: Path) -> None:
    with duckdb.connect(str(disk / "a.duckdb")) as con:
        con.execute("CREATE TABLE t AS SELECT random() AS a, hash(range) AS b FROM range(3000000)")
        con.execute("CHECKPOINT")


def with_sqlite(disk: Path) -> None:
    con = sqlite3.connect(disk / "a.sqlite")
    try:
        con.execute("CREATE TABLE t AS SELECT zeroblob(20000000) AS a")
    finally:
        con.close()


def with_board(disk: Path) -> None:
    with open_board(disk / "board.sqlite") as board:
        board.append("A", "close", {}, datetime(2024, 3, 6))


@pytest.mark.parametrize("fill", [with_python, with_duckdb, with_sqlite])
def test_whoever_meets_a_full_disk_says_so_in_a_line(disk, capsys, fill: Callable[[Path], None]):
    assert shown(lambda: fill(disk)) == 1
    assert capsys.readouterr().err.strip() == both("error.disk-full")


@pytest.mark.parametrize("fill", [with_python, with_duckdb, with_board])
def test_a_disk_that_may_not_be_written_is_told_with_the_path(disk, capsys, fill: Callable[[Path], None]):
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    assert shown(lambda: fill(disk)) == 1
    said = capsys.readouterr().err
    assert str(disk) in said
    assert "chown" in said
    assert len(said.splitlines()) == 1


def test_any_other_mistake_is_still_a_bug_that_shows_itself():
    with pytest.raises(ZeroDivisionError):
        shown(lambda: 1 / 0)
