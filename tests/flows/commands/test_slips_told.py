"""A likely slip in a real workbook: told first when it is checked, in what goes back and in the letter; and let in."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest

from expectations.contract.labels import read_wordings
from expectations.contract.periods import Period
from expectations.language.catalogue import text
from flows.home import open_home
from flows.settings import Settings
from tests.flows.command_line import mobility
from tests.taking_in import take_in_alone
from transforms.samples.tree import SampleFile, sample_tree
from transforms.telling.events import OutboxEvent
from transforms.telling.letters import letter
from transforms.telling.recipients import Recipient
from warehouse.board.outbox import rejected_events

pytestmark = pytest.mark.usefixtures("read_here")

SENDER = "866"
SAID = "Nhiều khả năng hai cột «Có giữ liên lạc» và «Không giữ liên lạc» bị đổi chỗ cho nhau"


@pytest.fixture(scope="module")
def months(registry) -> list[SampleFile]:
    return list(sample_tree(registry, 5, Period(2024, 1), Period(2024, 4), {SENDER}, is_faulty=False))


def write(folder: Path, file: SampleFile, data: bytes | None = None) -> Path:
    path = folder / str(file.received_on) / SENDER / file.file_name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data or file.data)
    return path


@pytest.fixture(scope="module")
def home(months, tmp_path_factory) -> Path:
    """A home that has taken in two months, and a third whose headings stand over each other's columns."""
    home = tmp_path_factory.mktemp("home")
    for file in months[:2]:
        write(home / "tree", file)
    take_in_alone(home / "tree", None, Settings(home=home))
    write(home / "later", months[2], headings_exchanged(months[2].data, "away_in_contact", "away_out_of_contact"))
    return home


def headings_exchanged(data: bytes, one: str, other: str) -> bytes:
    """The workbook with two columns' headings in each other's place."""
    wordings = {each.text: each.measure for each in read_wordings() if each.measure in (one, other)}
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            found = {wordings[cell.value]: cell for cell in row if cell.value in wordings}
            if len(found) == 2:
                found[one].value, found[other].value = found[other].value, found[one].value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def late_file(home: Path) -> Path:
    (path,) = (home / "later").rglob("*.xlsx")
    return path


def check(home: Path, path: Path, *more: str):
    arguments = ("check", str(path), "--reporter", SENDER, "--as-of", "2024-04-04", *more)
    return mobility(*arguments, MOBILITY_HOME=str(home), COLUMNS="200")


def test_check_tells_the_cause_before_anything_else(home):
    told = check(home, late_file(home))
    assert told.returncode == 1
    assert told.stdout.startswith(SAID)


def test_check_as_json_has_the_causes_beside_the_problems(home):
    said = json.loads(check(home, late_file(home), "--json").stdout)
    (cause,) = said["causes"]
    assert (cause["cause"], cause["form"]) == ("columns-swapped", "away")
    assert cause["measures"] == "away_in_contact away_out_of_contact"
    assert cause["rows"] > 3
    assert cause["message_vi"].startswith(SAID)
    assert "'In contact'" in cause["message_en"]
    assert said["outcome"] == "rejected"
    assert said["problems"][0]["code"] == "columns-swapped"


def test_an_ordinary_workbook_has_no_cause(home, months, tmp_path):
    path = write(tmp_path, months[2])
    assert json.loads(check(home, path, "--json").stdout)["causes"] == []


def test_it_goes_back_with_the_cause_first_and_the_board_may_let_it_in(home):
    assert mobility("backfill", str(home / "later"), MOBILITY_HOME=str(home)).returncode == 0
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        (number, outcome) = con.sql(
            "SELECT submission_id, outcome FROM ledger.submission ORDER BY submission_id DESC LIMIT 1"
        ).fetchall()[0]
    assert outcome == "rejected"
    (workbook,) = (home / "returns" / SENDER).glob("*.xlsx")
    cover = openpyxl.load_workbook(workbook).worksheets[0]
    texts = [cell.value for row in cover.iter_rows() for cell in row if isinstance(cell.value, str)]
    (at,) = (n for n, said in enumerate(texts) if said.startswith(SAID))
    advice = text("returned.advice", "vi")
    assert at < next(n for n, said in enumerate(texts) if said.startswith(advice[:40]))
    assert _letter(home).count(SAID) == 1
    accepted = mobility(
        "accept", str(number), "--reason", "đúng như vậy", "--as-of", "2024-04-10", MOBILITY_HOME=str(home)
    )
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        outcomes = con.sql(f"SELECT outcome FROM ledger.submission WHERE submission_id = {number}").fetchall()
        assert outcomes == [("accepted",)]


def _letter(home: Path) -> str:
    """What the sender is written of the rejected file."""
    with open_home(Settings(home=home)) as con:
        events = rejected_events(con, date(2024, 4, 5))
    names = OutboxEvent.__dataclass_fields__
    (event,) = (
        OutboxEvent(**{name: value for name, value in row.items() if name in names})
        for row in events.filter(pl.col("unit_code") == SENDER).to_dicts()
    )
    to = Recipient("X", "x@x.vn", "reporter", "vi", frozenset({SENDER}), frozenset({"rejected"}), "low", None)
    return letter(to, date(2024, 4, 5), [event]).body
