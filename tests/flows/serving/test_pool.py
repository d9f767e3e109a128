"""Homes in a work pool: Prefect's own server on PostgreSQL, workers as processes, each machine with its queue."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import duckdb
import pytest

from flows.serving import deployments
from tests.free_port import free_port
from tests.postgres_server import ADMINISTRATOR, PostgresServer

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 600.0  # seconds: on the busiest machine a start alone takes minutes
OF_A_PROVINCE = {entrypoint for flow, entrypoint in deployments.ENTRYPOINTS.items() if flow != "nation"}
OVER = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
# Deploys whatever home it is told, one after the other: the import of Prefect takes seconds.
OPERATOR = """
import json, sys
from tests.flows.command_line import mobility
for line in sys.stdin:
    home, more = json.loads(line)
    came = mobility("deploy", "--pool", "nation", *more, MOBILITY_HOME=home)
    print(json.dumps([came.returncode, came.stdout, came.stderr]), flush=True)
"""


@dataclass
class PoolServer:
    """A Prefect server in a folder of its own, who deploys to it, and the workers that take from it."""

    folder: Path
    port: int
    running: list[subprocess.Popen] = field(default_factory=list)
    operator: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "PREFECT_HOME": str(self.folder / "prefect"),
            "PREFECT_API_URL": f"http://127.0.0.1:{self.port}/api",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "PREFECT_WORKER_QUERY_SECONDS": "2",
            "MOBILITY_LANGUAGE": "en",
        }

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
        """One of Prefect's programs, with more variables."""
        with (self.folder / "prefect.log").open("ab") as told:
            process = subprocess.Popen(
                [sys.executable, "-m", "prefect", *arguments],
                env=self.environment | more,
                stdout=told,
                stderr=told,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def said(self) -> str:
        return (self.folder / "prefect.log").read_text("utf-8", "replace")

    def ask(self, path: str, body: dict | None = None) -> list | dict:
        data = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.port}/api/{path}"
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with urlopen(Request(url, data, {"Content-Type": "application/json"}), timeout=30) as answer:
                    return json.load(answer)
            except HTTPError as error:  # 503: its database is busy, and Prefect's own clients ask again
                if error.code != 503 or time.monotonic() > end:
                    raise
            time.sleep(1)

    def until(self, happens: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                if happens():
                    return
            except (URLError, OSError):
                pass  # busy, or not there yet
            assert time.monotonic() < end, self.said()[-4000:]
            time.sleep(0.5)

    def deploy(self, home: Path, *more: str) -> subprocess.CompletedProcess[str]:
        """What comes of `mobility deploy --pool nation`."""
        if self.operator is None:
            self.operator = self._operator()
            self.running.append(self.operator)
        assert self.operator.stdin is not None
        assert self.operator.stdout is not None
        print(json.dumps([str(home), more]), file=self.operator.stdin, flush=True)
        came = self.operator.stdout.readline()
        assert came, self.said()[-4000:]
        return subprocess.CompletedProcess("deploy", *json.loads(came))

    def _operator(self) -> subprocess.Popen[str]:
        with (self.folder / "prefect.log").open("ab") as told:
            return subprocess.Popen(
                [sys.executable, "-c", OPERATOR],
                cwd=ROOT,
                env=self.environment | {"COLUMNS": "300"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=told,
                text=True,
                start_new_session=True,
            )

    @contextmanager
    def worker(self, queue: str) -> Iterator[subprocess.Popen[bytes]]:
        """One that takes from a queue, and asks for work as long as it is there."""
        process = self.start("worker", "start", "--type", "process", "--pool", "nation", "--work-queue", queue)
        try:
            yield process
        finally:
            _kill(process)

    def start_night(self, name: str) -> str:
        deployment = self.ask(f"deployments/name/nightly/{name}")
        return self.ask(f"deployments/{deployment['id']}/create_flow_run", {"state": {"type": "SCHEDULED"}})["id"]

    def state(self, run: str) -> str:
        return self.ask(f"flow_runs/{run}")["state"]["type"]

    def end(self) -> None:
        for process in reversed(self.running):
            _kill(process)


def _kill(process: subprocess.Popen) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="module")
def pool(postgres: PostgresServer, tmp_path_factory) -> Iterator[PoolServer]:
    server = PoolServer(tmp_path_factory.mktemp("pool"), free_port())
    database = f"postgresql+asyncpg://{ADMINISTRATOR}@127.0.0.1:{postgres.port}/{postgres.new_database()}"
    here = ("--host", "127.0.0.1", "--port", str(server.port))
    try:
        server.start("server", "start", *here, PREFECT_SERVER_DATABASE_CONNECTION_URL=database)
        server.until(lambda: server.ask("health"))
        yield server
    finally:
        server.end()


@pytest.fixture(scope="module")
def homes(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("homes")
    return {name: folder / name for name in ("north", "south", "west")}


@pytest.fixture(scope="module")
def deployed(pool, homes) -> dict[str, subprocess.CompletedProcess[str]]:
    return {name: pool.deploy(home, "--queue", f"machine-{name}") for name, home in homes.items()}


def test_it_says_which_worker_to_start(deployed):
    for name, came in deployed.items():
        assert came.returncode == 0, came.stderr
        assert f"prefect worker start --type process --pool 'nation' --work-queue 'machine-{name}'" in came.stdout


def test_each_home_has_its_nights_and_reminders_at_its_machine_s_queue(pool, deployed):
    found = {(one["name"], one["work_queue_name"], one["entrypoint"]) for one in pool.ask("deployments/filter", {})}
    assert found == {
        (name, f"machine-{name}", entrypoint)
        for name in deployed
        for flow, entrypoint in deployments.ENTRYPOINTS.items()
        if flow not in ("care", "nation")
    }
    assert pool.ask("work_pools/nation")["type"] == "process"


def test_nothing_but_where_the_home_is_stands_on_prefect_s_page(pool, homes, deployed):
    for one in pool.ask("deployments/filter", {}):
        assert one["job_variables"]["env"] == {
            "MOBILITY_HOME": str(homes[one["name"]]),
            "PREFECT_LOGGING_LEVEL": "INFO",
            "DO_NOT_TRACK": "1",
        }
        assert one["parameters"] == {}
        assert one["path"] is None


def test_a_night_runs_on_the_machine_that_has_the_home_and_waits_for_no_other(pool, homes, deployed):
    """The south's machine is down: the north's night is done, the south's is late and done when it comes."""
    south, north = pool.start_night("south"), pool.start_night("north")
    with pool.worker("machine-north"):
        pool.until(lambda: pool.state(north) in OVER)
    assert pool.state(north) == "COMPLETED", pool.said()[-4000:]
    assert nights(homes["north"]) == 1
    assert pool.state(south) == "SCHEDULED"
    assert not (homes["south"] / "warehouse.duckdb").exists()
    with pool.worker("machine-south"):
        pool.until(lambda: pool.state(south) in OVER)
    assert pool.state(south) == "COMPLETED", pool.said()[-4000:]
    assert nights(homes["south"]) == 1


def nights(home: Path) -> int:
    """Nights that finished."""
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as con:
        return con.sql("SELECT count(*) FROM ledger.night WHERE finished_at IS NOT NULL").fetchone()[0]


def test_a_night_killed_with_its_worker_hinders_no_later_one(pool, homes, deployed):
    with pool.worker("machine-west"):
        broken = pool.start_night("west")
        pool.until(lambda: pool.state(broken) == "RUNNING")
    again = pool.start_night("west")
    with pool.worker("machine-west"):
        pool.until(lambda: pool.state(again) in OVER)
    assert pool.state(again) == "COMPLETED", pool.said()[-4000:]
    assert nights(homes["west"]) == 1


def test_deployed_again_it_changes_what_was_and_adds_nothing(pool, homes, deployed):
    (homes["north"] / "mobility.toml").write_text('keep_returns_days = 30\nnight_at = "03:15"\n', "utf-8")
    assert pool.deploy(homes["north"], "--queue", "machine-north").returncode == 0
    flows = {one["entrypoint"]: one for one in pool.ask("deployments/filter", {}) if one["name"] == "north"}
    assert flows.keys() == OF_A_PROVINCE  # with the care that removes what was kept
    rule = flows["flows.serving.scheduled.night"]["schedules"]
    assert [("BYHOUR=3" in one["schedule"]["rrule"], one["active"]) for one in rule] == [(True, True)]
    (homes["north"] / "mobility.toml").unlink()
    assert pool.deploy(homes["north"], "--queue", "machine-north").returncode == 0
    assert len([one for one in pool.ask("deployments/filter", {}) if one["name"] == "north"]) == 3


def test_the_national_night_is_deployed_alone(pool, tmp_path):
    assert pool.deploy(tmp_path / "country", "--nation").returncode == 0
    (found,) = (one for one in pool.ask("deployments/filter", {}) if one["name"] == "country")
    assert (found["entrypoint"], found["work_queue_name"]) == ("flows.nation.scheduled.nation", "default")


@pytest.fixture(scope="module")
def refused(pool, homes, deployed, tmp_path_factory) -> dict[str, subprocess.CompletedProcess[str]]:
    """What comes of what cannot be deployed."""
    folder = tmp_path_factory.mktemp("refused")
    pool.ask("work_pools/", {"name": "clouds", "type": "kubernetes"})
    lock = folder / "served" / "prefect" / "serve.lock"
    lock.parent.mkdir(parents=True)
    typed = {
        "another's name": (folder / "other", ("--name", "north")),
        "another kind": (homes["north"], ("--pool", "clouds")),
        "served": (folder / "served", ()),
    }
    with lock.open("w") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        return {why: pool.deploy(home, *more) for why, (home, more) in typed.items()}


def test_a_name_that_is_another_home_s_is_refused(homes, refused):
    came = refused["another's name"]
    assert came.returncode == 1
    assert came.stderr.strip() == (
        f"On this Prefect server the name north is that of the home {homes['north']}. Choose another with --name."
    )


def test_a_pool_of_another_kind_is_refused(refused):
    came = refused["another kind"]
    assert came.returncode == 1
    assert came.stderr.startswith("There is a work pool clouds already, of the kind kubernetes.")


def test_a_home_that_is_served_here_is_not_deployed(refused):
    came = refused["served"]
    assert came.returncode == 1
    assert came.stderr.startswith("'mobility serve' is running on ")


def test_without_a_server_it_is_said_where_to_name_one(pool, tmp_path):
    environment = {name: value for name, value in pool.environment.items() if name != "PREFECT_API_URL"}
    came = subprocess.run(
        [sys.executable, "-m", "flows", "deploy", "--pool", "nation"],
        env=environment | {"MOBILITY_HOME": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (came.returncode, came.stderr.strip()) == (
        1,
        "Where Prefect's server is, is not known. Set PREFECT_API_URL, for instance http://server:4200/api.",
    )
