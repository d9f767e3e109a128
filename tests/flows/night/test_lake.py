"""The night's copy comes into the lake; whatever is the matter with the lake, the night goes on and owes it."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.commands.care import examined
from flows.errors import UserError
from flows.night import lake as verb
from flows.night.lake import add_to_lake, added, lake_address, lake_note, lake_owed
from flows.settings import Settings
from tests.flows.published_home import FIRST, MONTHS, SECOND, home_with_lake, publish_edition
from warehouse.errors import LakeError
from warehouse.lake.made import make_lake
from warehouse.lake.opened import open_lake


@pytest.fixture
def home(tmp_path) -> Settings:
    """With an edition, and a lake that has nothing yet."""
    settings = home_with_lake(tmp_path)
    publish_edition(settings, FIRST, MONTHS)
    make_lake(lake_address(settings))
    return settings


def figures(settings: Settings) -> list[tuple]:
    with open_lake(lake_address(settings)) as con:
        return con.execute("SELECT province_code, period, members FROM lake.provinces.figures ORDER BY ALL").fetchall()


def lake_finding(settings: Settings) -> tuple[str, str]:
    return next((one.state, one.message.says("vi")) for one in examined(settings, deep=False) if one.check == "lake")


def test_a_night_brings_what_it_published(home):
    assert "chưa gửi bản nào" in lake_finding(home)[1].lower()
    came = add_to_lake(home)
    assert (came.edition, came.why, came.rows, came.tables) == (FIRST, None, 3, 2)
    assert figures(home) == [("82", "2024-12", 6), ("82", "2025-01", 7)]
    assert lake_finding(home) == ("ok", f"Hồ dữ liệu đã có bản {FIRST}.")
    publish_edition(home, SECOND, {**MONTHS, "2025-01": 8})
    assert lake_finding(home)[0] == "warning"
    assert SECOND in lake_finding(home)[1]
    assert add_to_lake(home).rows == 1
    assert lake_owed(home) is None


def test_without_a_lake_there_is_nothing_to_do(home):
    alone = home.model_copy(update={"lake": None})
    assert add_to_lake(alone) is None
    assert lake_owed(alone) is None
    assert "lake" not in {one.check for one in examined(alone, deep=False)}
    with pytest.raises(UserError, match="MOBILITY_LAKE"):
        added(alone)


def test_a_server_that_is_down_is_owed_and_the_next_night_brings_it(home):
    down = home.model_copy(update={"lake": "postgres:dbname=lake host=127.0.0.1 port=1 user=a password=secret"})
    came = add_to_lake(down)
    assert "refused" in came.why
    assert "secret" not in (home.home / "lake.json").read_text("utf-8")
    assert "mobility lake add" in came.message.says("vi")
    assert lake_finding(down)[0] == "warning"
    assert add_to_lake(home).why is None
    assert lake_owed(home) is None


@pytest.fixture
def silent_server() -> Iterator[int]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_server_that_never_answers_is_given_up(home, silent_server, monkeypatch):
    monkeypatch.setattr(verb, "LONGEST", 5)
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "60")
    came = add_to_lake(home.model_copy(update={"lake": f"postgres:dbname=a host=127.0.0.1 port={silent_server}"}))
    assert came.why == "quá 5 giây chưa xong"
    assert lake_owed(home) is not None


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A file system of a megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    done = subprocess.run(command, check=False, capture_output=True)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def _free(place: Path) -> int:
    found = os.statvfs(place)
    return found.f_bavail * found.f_frsize


def test_a_folder_that_is_full_is_owed_and_the_lake_stays_whole(tmp_path, small_disk):
    settings = home_with_lake(tmp_path, data=small_disk / "data")
    publish_edition(settings, FIRST, MONTHS)
    make_lake(lake_address(settings))
    assert add_to_lake(settings).why is None
    filling = small_disk / "filling"
    filling.write_bytes(bytes(_free(small_disk)))
    publish_edition(settings, SECOND, {**MONTHS, "2025-01": 8})
    assert "No space" in add_to_lake(settings).why
    assert figures(settings)[-1] == ("82", "2025-01", 7)
    filling.unlink()
    assert add_to_lake(settings).rows == 1


def test_other_writers_and_readers_may_have_the_files_though_the_night_keeps_its_own_closed(home):
    before = os.umask(0o077)
    try:
        added(home)
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(before)
    modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in Path(home.lake_data).rglob("*")}
    assert modes == {(False, 0o664), (True, 0o775)}


def test_what_the_home_knows_of_the_lake_is_believed_only_where_it_is_so(home):
    added(home)
    (home.home / "lake-parts.json").write_text('[["figures", 2025, "1:1:1:1"]]', "utf-8")
    publish_edition(home, SECOND, {**MONTHS, "2025-01": 8})
    assert added(home).changed == {"figures": [2025]}
    (home.home / "lake-parts.json").write_text("cut", "utf-8")
    assert not added(home).is_new


def test_another_home_of_the_same_province_is_told_how_to_take_over(home, tmp_path):
    added(home)
    other = home.model_copy(update={"home": tmp_path / "other"})
    publish_edition(other, SECOND, {"2025-01": 1})
    with pytest.raises(LakeError, match="--take-over"):
        added(other)
    assert "kho khác" in lake_note(other).why
    assert added(other, take_over=True).is_new
    assert figures(home) == [("82", "2025-01", 1)]


def test_without_the_extensions_a_line_says_what_to_install(home, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb_extension_ducklake", None)
    with pytest.raises(LakeError) as told:
        added(home)
    assert told.value.says("vi").startswith("Chưa cài phần «ducklake» của hồ dữ liệu: chạy «make lake»")
    assert "\n" not in told.value.says("vi")
    assert lake_owed(home) is not None


def test_a_bucket_without_its_key_is_told(home, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    with pytest.raises(UserError, match="AWS_ACCESS_KEY_ID"):
        lake_address(home.model_copy(update={"lake_data": "s3://lake/figures"}))
