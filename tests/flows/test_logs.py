"""What a process logs, where, and that it never fills the disk."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from flows.logs import OURS, open_to_append, start_log
from flows.settings import Settings


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    loggers = {name: logging.getLogger(name) for name in OURS}
    kept = {name: (one.handlers[:], one.level, one.propagate) for name, one in loggers.items()}
    yield
    for name, (handlers, level, propagate) in kept.items():
        loggers[name].propagate = propagate
        for added in set(logging.getLogger(name).handlers) - set(handlers):
            added.close()
        logging.getLogger(name).handlers[:] = handlers
        logging.getLogger(name).setLevel(level)


def test_lines_name_the_moment_the_place_and_what_was_given(tmp_path):
    start_log("night", Settings(home=tmp_path))
    logging.getLogger("flows.night").info("step done", extra={"step": "read", "seconds": 1.5})
    (line,) = (tmp_path / "logs" / "night.log").read_text("utf-8").splitlines()
    assert line.endswith("INFO flows.night: step done step=read seconds=1.5")
    assert "+07:00 " in line
    assert (tmp_path / "logs" / "night.log").stat().st_mode & 0o777 == 0o640


def test_as_json_a_line_is_an_object_with_its_traceback(tmp_path):
    start_log("night", Settings(home=tmp_path, log_format="json"))
    try:
        raise ValueError("hỏng")
    except ValueError:
        logging.getLogger("flows.night").exception("night %s", "failed", extra={"step": "read"})
    (line,) = (tmp_path / "logs" / "night.log").read_text("utf-8").splitlines()
    said = json.loads(line)
    assert (said["level"], said["message"], said["step"]) == ("error", "night failed", "read")
    assert "ValueError: hỏng" in said["traceback"]


def test_a_full_log_is_put_aside_and_the_oldest_go(tmp_path):
    start_log("portal", Settings(home=tmp_path, log_megabytes=1, log_files=2))
    for _ in range(40):
        logging.getLogger("flows.portal").info("x" * 100_000)
    names = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert names == ["portal.log", "portal.log.1", "portal.log.2"]
    assert sum(path.stat().st_size for path in (tmp_path / "logs").iterdir()) < 3 << 20


def test_what_another_program_says_is_put_aside_too(tmp_path):
    settings, path = Settings(home=tmp_path, log_megabytes=1, log_files=2), tmp_path / "portal.log"
    for number in range(4):
        with open_to_append(path, settings) as log:
            log.write(bytes([48 + number]) * (2 << 20))
    held = {one.name: one.read_bytes()[:1] for one in tmp_path.glob("portal.log*")}
    assert held == {"portal.log": b"3", "portal.log.1": b"2", "portal.log.2": b"1"}


def test_on_stderr_nothing_is_written_in_the_home(tmp_path, capsys):
    start_log("portal", Settings(home=tmp_path, log_to="stderr"))
    logging.getLogger("mobility").warning("told")
    assert "WARNING mobility: told" in capsys.readouterr().err
    assert not (tmp_path / "logs").exists()
