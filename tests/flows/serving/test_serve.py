"""The schedule as an operator lives with it: served, stopped, killed in the night, and started again."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import UUID
from zoneinfo import ZoneInfo

import duckdb
import pytest

from expectations.contract.periods import Period
from tests.free_port import free_port
from transforms.samples.tree import sample_tree

PATIENCE = 600.0  # seconds: on the busiest machine a start alone takes minutes
AHEAD = 60.0  # seconds from a start to its night; more where starts take long
TRIES = 3
SOON = timedelta(seconds=12)  # Prefect may not schedule what is due within seconds
TAKES_IN = "Task run 'collect"  # the night is reading when this is told
DONE = re.compile(r"Task run 'publish.*Flow run '\S+' - Finished in state Completed", re.DOTALL)
ENDED = 60.0  # seconds until a process that was killed is gone, on the busiest machine
OURS = re.compile(r"flows|prefect|multiprocessing")


class Served:
    """A `mobility serve` in a process group of its own, and what it says."""

    def __init__(self, home: Path, port: int, night_at: datetime) -> None:
        self.home, self.port, self.log = home, port, home.with_suffix(".log")
        self.environment = {
            **os.environ,
            "MOBILITY_HOME": str(home),
            "MOBILITY_SERVE_PORT": str(port),
            "MOBILITY_PORTAL_PORT": str(free_port()),
            "COLUMNS": "200",
            "MOBILITY_NIGHT_AT": f"{night_at:%H:%M:%S}",
            "MOBILITY_TIMEZONE": str(ZONE),
            "PREFECT_RUNNER_POLL_FREQUENCY": "1",
        }
        with self.log.open("wb") as told:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flows", "serve"],
                env=self.environment,
                stdout=told,
                stderr=told,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text("utf-8")

    def until(self, happens: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not happens():
            assert time.monotonic() < end, self.said()
            assert self.process.poll() is None, self.said()
            time.sleep(0.25)

    def runs(self, name: str = "nightly") -> list[dict]:
        body = {"flows": {"name": {"any_": [name]}}, "sort": "EXPECTED_START_TIME_ASC"}
        return self.ask("flow_runs/filter", body)

    def ask(self, path: str, body: dict | None = None) -> list | dict:
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"http://127.0.0.1:{self.port}/api/{path}", data, {"Content-Type": "application/json"})
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with urlopen(request, timeout=30) as answer:
                    return json.load(answer)
            except HTTPError as error:  # 503: its database is busy, and Prefect's own clients ask again
                if error.code != 503 or time.monotonic() > end:
                    raise
            time.sleep(1)

    def start_night(self) -> str:
        deployment = self.ask("deployments/name/nightly/mobility")
        return self.ask(f"deployments/{deployment['id']}/create_flow_run", {"state": {"type": "SCHEDULED"}})["id"]

    def state(self, run: str) -> str:
        return self.ask(f"flow_runs/{run}")["state"]["type"]

    def stop(self, by: signal.Signals) -> int:
        if by is signal.SIGKILL:
            os.killpg(self.process.pid, by)
        else:
            self.process.send_signal(by)
        return self.process.wait(PATIENCE)

    def left(self) -> list[str]:
        """Processes of this home that still run; one that was killed is given a moment to be gone."""
        end = time.monotonic() + ENDED
        while (found := _processes(self.home)) and time.monotonic() < end:
            time.sleep(0.1)
        return found


def _processes(home: Path) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment, command = (folder / "environ").read_bytes(), (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if f"MOBILITY_HOME={home}\0".encode() in environment and OURS.search(command.decode("utf-8", "replace")):
            found.append(command.replace(b"\0", b" ").decode("utf-8", "replace"))
    return found


@dataclass
class Story:
    """What was seen in three lives of one home."""

    quiet: Path
    home: Path
    exits: list[int] = field(default_factory=list)
    left: list[list[str]] = field(default_factory=list)
    seconds_of_start: float = 0.0
    page: bytes = b""
    caught_up: list[dict] = field(default_factory=list)
    scheduled: list[dict] = field(default_factory=list)
    third_life: list[dict] = field(default_factory=list)
    newcomer: str = ""
    refused: subprocess.CompletedProcess[str] | None = None
    messages: list[tuple[str, str]] = field(default_factory=list)
    reminders: list[dict] = field(default_factory=list)
    earlier: dict[str, str] = field(default_factory=dict)
    taken_over: list[dict] = field(default_factory=list)


@contextmanager
def receiver(told: Story) -> Iterator[int]:
    """Takes what the home tells: number and text of each message."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.messages.append((self.headers["Idempotency-Key"], content["message"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def _zone() -> ZoneInfo:
    """The province's, or in its evening one where it is morning: no midnight comes between the homes' nights."""
    province = ZoneInfo("Asia/Ho_Chi_Minh")
    return province if datetime.now(province).hour < 18 else ZoneInfo("America/Bogota")


ZONE = _zone()


def _local(ahead: timedelta) -> datetime:
    return datetime.now(ZONE) + ahead


@pytest.fixture(scope="module")
def story(registry, tmp_path_factory) -> Story:
    folder = tmp_path_factory.mktemp("served")
    told = Story(folder / "quiet", folder / "home")
    files = list(sample_tree(registry, 5, Period(2024, 1), Period(2024, 2), {"866", "867"}))
    arrived = _local(-timedelta(days=1)).timestamp() // 1
    for home in (told.quiet, told.home):
        home.mkdir()
    with receiver(told) as listening:
        row = f"Trưởng ban,json://127.0.0.1:{listening}/,board"
        (told.home / "recipients.csv").write_text(f"name,address,side\n{row}\n", "utf-8")
        port = free_port()
        _first_life(told, port, files, arrived)
        _send(told.home, files, arrived)
        at = _second_life(told, port)
        told.earlier = _as_the_earlier_version_left_it(told.home)
        _third_life(told, Served(told.home, port, at))
    return told


def _send(home: Path, files: list, arrived: float) -> None:
    for file in files:
        path = home / "inbox" / file.reporter_code / file.file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
        os.utime(path, (arrived, arrived))


def _first_life(told: Story, port: int, files: list, arrived: float) -> None:
    """A new home: it catches up at once. The undisturbed night of another home runs beside it."""
    served = Served(told.home, port, _local(timedelta(hours=2)))
    began = time.monotonic()
    try:
        served.until(served.said)
        told.seconds_of_start = time.monotonic() - began
        served.until(lambda: DONE.search(served.said()))
        told.caught_up = served.runs()
        with urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as page:
            told.page = page.read()
        _send(told.quiet, files, arrived)
        environment = served.environment | {
            "MOBILITY_HOME": str(told.quiet),
            "PREFECT_API_URL": f"http://127.0.0.1:{served.port}/api",
        }
        subprocess.run([sys.executable, "-m", "flows", "nightly"], env=environment, check=True, capture_output=True)
        told.exits.append(served.stop(signal.SIGTERM))
        told.left.append(served.left())
    finally:
        served.process.kill()


def _second_life(told: Story, port: int) -> datetime:
    """The scheduled night comes, and everything is killed in it. On a slow machine it is tried again."""
    for tries in range(1, TRIES + 1):
        at = _local(max(timedelta(seconds=AHEAD), tries * timedelta(seconds=2 * told.seconds_of_start) + SOON))
        served = Served(told.home, port, at)
        try:
            served.until(served.said)
            if _local(SOON) < at:
                _kill_in_the_night(told, served)
                return at
            served.stop(signal.SIGTERM)
        finally:
            served.process.kill()
    raise AssertionError("no night was scheduled")


def _kill_in_the_night(told: Story, served: Served) -> None:
    try:
        served.until(lambda: TAKES_IN in served.said())
        told.scheduled = served.runs()
        told.exits.append(served.stop(signal.SIGKILL))
        told.left.append(served.left())
    finally:
        served.process.kill()


def _as_the_earlier_version_left_it(home: Path) -> dict[str, str]:
    """Put Prefect's database as the version wrote it whose flows lay in no folder yet.

    The runs it had scheduled wait in it, and the place of the night that was killed is taken.

    Returns:
        the deployments' ids by their entrypoints.
    """
    with closing(sqlite3.connect(home / "prefect" / "prefect.db")) as db, db:
        db.execute("UPDATE deployment SET entrypoint = replace(entrypoint, 'flows.serving.', 'flows.')")
        db.execute("UPDATE concurrency_limit_v2 SET active_slots = 1")
        assert db.execute("SELECT count(*) FROM flow_run WHERE state_type = 'SCHEDULED'").fetchone() > (0,)
        return dict(db.execute("SELECT entrypoint, id FROM deployment"))


def _third_life(told: Story, served: Served) -> None:
    """The night is caught up; then two at once, a second `serve`, and a stop in the night."""
    try:
        served.until(lambda: DONE.search(served.said()))
        told.third_life, told.reminders = served.runs(), served.runs("reminders")
        told.taken_over = served.ask("deployments/filter", {})
        told.refused = subprocess.run(
            [sys.executable, "-m", "flows", "serve"],
            env=served.environment,
            check=False,
            capture_output=True,
            text=True,
        )
        first = served.start_night()
        served.until(lambda: served.state(first) in ("PENDING", "RUNNING"))
        second = served.start_night()
        served.until(lambda: served.state(second) not in ("SCHEDULED", "PENDING"))
        told.newcomer = served.state(second)
        told.exits.append(served.stop(signal.SIGTERM))
        told.left.append(served.left())
    finally:
        served.process.kill()


def contents(home: Path) -> dict[str, list]:
    """Every row of the warehouse but for the clock's times, and for the outbox: nobody hears of the quiet home."""
    found = {}
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        tables = con.sql(
            "SELECT schema_name || '.' || table_name, schema_name, table_name FROM duckdb_tables() "
            "WHERE NOT internal AND schema_name <> 'outbox'"
        ).fetchall()
        for name, schema, table in tables:
            columns = con.execute(
                "SELECT column_name FROM duckdb_columns() WHERE schema_name = ? AND table_name = ? "
                "AND (data_type <> 'TIMESTAMP' OR column_name = 'received_at') AND column_name <> 'seconds'",
                [schema, table],
            ).fetchall()
            listed = ", ".join(f'"{column}"' for (column,) in columns)
            found[name] = con.sql(f"SELECT {listed} FROM {name} ORDER BY ALL").fetchall()
    return found


def _rejected(home: Path) -> list[tuple]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return con.sql("FROM ledger.submission WHERE outcome = 'rejected'").fetchall()


def test_the_page_of_the_runs_is_shown_and_lies_in_the_home(story):
    """Where the program lies nobody may write, in a container nor below /opt."""
    assert b"<html" in story.page
    assert [path.name for path in (story.home / "prefect" / "ui").glob("v*")]


def test_a_new_home_catches_up_at_once(story):
    done = [run for run in story.caught_up if run["state"]["type"] in ("RUNNING", "COMPLETED")]
    assert [run["auto_scheduled"] for run in done] == [False]


def test_the_schedule_inserts_a_run_and_starts_it(story):
    started = [run for run in story.scheduled if run["state"]["type"] == "RUNNING"]
    assert [run["auto_scheduled"] for run in started] == [True]


def test_the_night_killed_is_caught_up_and_the_warehouse_is_that_of_an_undisturbed_one(story):
    assert [run["state"]["type"] for run in story.third_life if run["start_time"]][-2:] == ["CRASHED", "COMPLETED"]
    killed, quiet = contents(story.home), contents(story.quiet)
    assert quiet["ledger.submission"]
    assert {name: rows for name, rows in killed.items() if rows != quiet[name]} == {}


def test_the_night_killed_leaves_an_empty_inbox_and_each_workbook_once(story):
    def names(folder: str, home: Path) -> list[str]:
        return sorted(str(path.relative_to(home)) for path in (home / folder).rglob("*") if path.is_file())

    assert names("inbox", story.home) == []
    assert names("returns", story.home) == names("returns", story.quiet) != []
    assert names("archive", story.home) == names("archive", story.quiet)


def test_the_night_killed_tells_of_each_rejected_file_once(story):
    numbers = [number for number, _ in story.messages]
    assert len(set(numbers)) == len(numbers)
    lines = [line for _, message in story.messages for line in message.splitlines() if "bị trả lại" in line]
    assert len(set(lines)) == len(lines) == len(_rejected(story.home)) > 0


def test_nobody_is_told_of_a_failure_where_a_night_was_killed_or_stopped_and_caught_up(story):
    assert not [text for _, text in story.messages if "không chạy được" in text]


def test_no_moment_has_two_runs_scheduled_after_two_starts(story):
    for runs in (story.third_life, story.reminders):
        ahead = [run["expected_start_time"] for run in runs if run["state"]["type"] == "SCHEDULED"]
        assert ahead
        assert len(set(ahead)) == len(ahead)
    moments = {datetime.fromisoformat(run["expected_start_time"]).astimezone(ZONE) for run in story.reminders}
    assert {(moment.day, moment.hour, moment.minute) for moment in moments} == {(4, 8, 0), (6, 8, 0)}


def test_the_deployments_of_an_earlier_version_go_on_under_their_new_entrypoints(story):
    assert sorted(story.earlier) == ["flows.reminders.messages", "flows.reminders.reminders", "flows.scheduled.night"]
    moved = {name.replace("flows.", "flows.serving.", 1): UUID(number) for name, number in story.earlier.items()}
    assert {one["entrypoint"]: UUID(one["id"]) for one in story.taken_over} == moved
    night = moved["flows.serving.scheduled.night"]
    # With its place still taken the night would have been cancelled.
    done = [run for run in story.third_life if run["state"]["type"] == "COMPLETED"]
    assert UUID(done[-1]["deployment_id"]) == night


def test_a_second_night_is_cancelled_while_one_runs(story):
    assert story.newcomer == "CANCELLED"


def test_a_second_serve_of_a_home_is_refused_in_a_line(story):
    assert story.refused.returncode == 1
    assert "đang được «mobility serve» phục vụ" in story.refused.stderr
    assert "Traceback" not in story.refused.stderr


def test_a_stop_leaves_no_process_behind_be_it_in_the_night(story):
    assert story.exits == [0, -9, 0]
    assert story.left == [[], [], []]
