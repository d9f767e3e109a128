"""When a night was due, whether one is to be caught up, and whose Prefect server is used."""

from __future__ import annotations

import importlib
import logging
import os
import threading
from datetime import date, datetime, time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from flows.engine import prepare_engine
from flows.errors import UserError
from flows.serving import served
from flows.serving.serve import is_behind, last_due
from flows.settings import Settings
from warehouse.connection.lock import locked
from warehouse.connection.store import open_store
from warehouse.errors import StoreLocked
from warehouse.ledger.nights import begin_nights, finish_nights

DUE = datetime(2026, 3, 10, 2)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 3, 10, 1, 59, 59), datetime(2026, 3, 9, 2)),
        (datetime(2026, 3, 10, 2), DUE),
        (datetime(2026, 3, 10, 23, 59), DUE),
        (datetime(2026, 3, 11), DUE),
    ],
)
def test_the_last_night_due_is_that_of_the_last_two_o_clock(now, due):
    assert last_due(time(2), now) == due


@pytest.mark.parametrize(
    ("kind", "finished", "behind"),
    [
        ("nightly", datetime(2026, 3, 10, 2, 1), False),
        ("nightly", datetime(2026, 3, 9, 2, 1), True),
        ("nightly", None, True),
        ("registry", datetime(2026, 3, 10, 9), True),
    ],
)
def test_a_night_is_caught_up_when_none_has_finished_since_one_was_due(tmp_path, kind, finished, behind):
    with open_store(tmp_path / "warehouse.duckdb") as con:
        begin_nights(con, kind, [date(2026, 3, 10)], DUE)
        if finished:
            finish_nights(con, finished)
    assert is_behind(tmp_path / "warehouse.duckdb", DUE) is behind


def test_a_home_without_a_warehouse_is_behind_and_so_is_one_in_use(tmp_path, monkeypatch):
    path = tmp_path / "warehouse.duckdb"
    assert is_behind(path, DUE)

    def in_use(path):
        raise locked(path, "1")

    monkeypatch.setattr("flows.serving.serve.open_to_read", in_use)
    assert is_behind(path, DUE)


class Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/api/health" else 404)
        self.end_headers()
        self.wfile.write(b"true")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def answering():
    with HTTPServer(("127.0.0.1", 0), Healthy) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_server_that_answers_at_the_address_is_joined_and_not_started(answering, tmp_path, monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "")  # put back as it was, whatever is set meanwhile
    with served.running_server(Settings(home=tmp_path, serve_port=answering)) as process:
        assert process is None
    with served.running_server(Settings(home=tmp_path, serve_port=1 + answering % 60000)) as process:
        assert process is None  # the address the first call found stands in PREFECT_API_URL now


def test_a_named_server_that_does_not_answer_is_told_of(tmp_path, monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    monkeypatch.setattr(served, "ENOUGH", 0.0)
    with pytest.raises(UserError, match=r"127\.0\.0\.1:9/api does not answer"), served.running_server(Settings()):
        pass


def test_a_run_at_the_terminal_uses_the_server_of_this_home_only(answering, tmp_path, monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "")
    monkeypatch.delenv("PREFECT_API_URL")
    settings = Settings(home=tmp_path, serve_port=answering)
    served.join_served(settings)  # something answers, but nobody serves this home
    assert "PREFECT_API_URL" not in os.environ
    with served.alone(settings):
        served.join_served(settings)
        with pytest.raises(UserError, match=f"process {os.getpid()}"), served.alone(settings):
            pass
    assert os.environ["PREFECT_API_URL"] == f"http://127.0.0.1:{answering}/api"
    assert not served.is_served(settings)


def test_a_night_whose_server_cannot_start_says_where_to_look(tmp_path, monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "")
    monkeypatch.delenv("PREFECT_API_URL")
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    (tmp_path / "prefect").mkdir()
    (tmp_path / "prefect" / "prefect.db").write_bytes(b"no database" * 1000)
    with served.night_server(Settings(home=tmp_path)) as wait:
        address = os.environ["PREFECT_API_URL"]
        with pytest.raises(UserError, match=r"did not start for this night; see .*night-server\.log"):
            wait()
    assert b"file is not a database" in (tmp_path / "prefect" / "night-server.log").read_bytes()
    assert "PREFECT_API_URL" not in os.environ
    with pytest.raises(URLError):
        urlopen(f"{address}/health", timeout=5)


def test_a_night_with_a_named_server_starts_none(tmp_path, monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    with served.night_server(Settings(home=tmp_path)) as wait:
        wait()
    assert os.environ["PREFECT_API_URL"] == "http://127.0.0.1:9/api"
    assert not (tmp_path / "prefect").exists()


@pytest.fixture
def scheduled(tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path))
    module = importlib.import_module("flows.serving.scheduled")  # Prefect: seconds
    monkeypatch.setattr(module, "get_run_logger", lambda: logging.getLogger("test"))
    monkeypatch.setattr(module, "sleep", lambda seconds: None)
    return module


def test_a_night_waits_while_another_process_has_the_warehouse_and_not_for_ever(scheduled, monkeypatch):
    answers = iter([locked(Path("w"), "1"), locked(Path("w"), "1"), "done"])

    def work() -> str:
        answer = next(answers)
        if isinstance(answer, StoreLocked):
            raise answer
        return answer

    assert scheduled.when_free(work) == "done"
    monkeypatch.setattr(scheduled, "PATIENCE", -1.0)
    answers = iter([locked(Path("w"), "1")])
    with pytest.raises(StoreLocked):
        scheduled.when_free(work)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("Flow run encountered an exception: OSError: [Errno 28] No space left", "OSError: [Errno 28] No space left"),
        ("Process exited with status code: -9.", "Process exited with status code: -9."),
        (None, "Crashed"),
    ],
)
def test_who_is_told_that_a_night_failed_hears_of_the_exception_and_not_of_the_engine(
    scheduled, monkeypatch, message, why
):
    told = []
    monkeypatch.setattr("flows.telling.tell.tell_failure", lambda settings, as_of, error: told.append(error))
    scheduled.tell_failed(None, None, SimpleNamespace(message=message, name="Crashed"))
    assert told == [why]


def test_the_night_and_nothing_else_tells_of_its_failure(scheduled):
    reminders = importlib.import_module("flows.serving.reminders")
    assert scheduled.night.on_failure_hooks == scheduled.night.on_crashed_hooks == [scheduled.tell_failed]
    assert not reminders.reminders.on_failure_hooks
    assert not reminders.messages.on_failure_hooks


def test_prefect_keeps_its_state_in_the_home_and_calls_nobody(tmp_path, monkeypatch):
    for name in ("PREFECT_HOME", "PREFECT_SERVER_ANALYTICS_ENABLED", "DO_NOT_TRACK"):
        monkeypatch.delenv(name, raising=False)
    environment: dict[str, str] = {}
    monkeypatch.setattr("flows.engine.os.environ", environment)
    prepare_engine(Settings(home=tmp_path))
    assert environment["PREFECT_HOME"] == str(tmp_path / "prefect")
    assert environment["PREFECT_UI_STATIC_DIRECTORY"] == str(tmp_path / "prefect" / "ui")
    assert (environment["PREFECT_SERVER_ANALYTICS_ENABLED"], environment["DO_NOT_TRACK"]) == ("false", "1")
