"""`mobility accept` of a report in which most units are absent: rejected, then let in with its problem kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations.contract.periods import Period
from flows.settings import Settings
from tests.flows.command_line import mobility
from tests.taking_in import take_in_alone
from transforms.samples.tree import sample_tree

pytestmark = pytest.mark.usefixtures("read_here")

SENDER = "873"  # sends text, its units one below another


@pytest.fixture(scope="module")
def home(registry, tmp_path_factory) -> Path:
    """A whole January, and a February that breaks off after a fifth of its units."""
    home = tmp_path_factory.mktemp("incomplete")
    for file in sample_tree(registry, 5, Period(2024, 1), Period(2024, 2), {"866", "867", SENDER}, is_faulty=False):
        if file.reporter_code != SENDER:
            continue
        data = file.data
        if file.received_on > date(2024, 3, 1):
            lines = data.decode("utf-16").split("\r\n")
            data = "\r\n".join([*lines[: 8 + len(lines) // 5], ""]).encode("utf-16")
        folder = home / "tree" / str(file.received_on) / SENDER
        folder.mkdir(parents=True)
        (folder / file.file_name).write_bytes(data)
    take_in_alone(home / "tree", None, Settings(home=home))
    return home


def ask(home: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return con.sql(query).fetchall()


def test_a_report_of_which_most_is_missing_is_let_in_and_its_problem_stays(home):
    known = "SELECT period, outcome FROM ledger.submission ORDER BY submission_id"
    assert ask(home, known) == [("2024-01", "accepted"), ("2024-02", "rejected")]
    errors = "FROM ledger.problem WHERE severity = 'error'"
    assert ask(home, f"SELECT code, is_waived {errors}") == [("incomplete-report", False)]
    months = "SELECT period, count(*) FROM facts.balance_as_of(DATE '2024-03-20') GROUP BY 1 ORDER BY 1"
    ((_, before),) = ask(home, months)
    done = mobility(
        "accept", "2", "--reason", "huyện đang gộp chi bộ", "--as-of", "2024-03-20", MOBILITY_HOME=str(home)
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert ask(home, known) == [("2024-01", "accepted"), ("2024-02", "accepted")]
    assert ask(home, f"SELECT code, is_waived {errors}") == [("incomplete-report", True)]
    (_, (period, after)) = ask(home, months)
    assert period == "2024-02"
    assert 0 < after < before / 2
