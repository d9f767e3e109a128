"""Answers to queries: as pages write them for a person, as stored for a program."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.commands.answers import MOST_ROWS, Value, cell, printed, written
from flows.commands.sql import run_sql
from flows.errors import shown
from warehouse.connection.store import memory_store
from warehouse.publish import publish

QUERY = """SELECT 'Huyện [b]' AS unit_name, 2024 AS year, sum(n) AS members, 0.1234 AS away_share, 1234.5 AS value,
    DATE '2024-06-30' AS period_end, true AS is_current, NULL::INTEGER AS died, ['a', 'b'] AS codes
FROM (VALUES (1200), (34)) AS t (n)"""


def answer(query: str = QUERY) -> duckdb.DuckDBPyRelation:
    return duckdb.connect().sql(query)


@pytest.mark.parametrize(
    ("value", "column", "vi", "en"),
    [
        (1234, "members", "1.234", "1,234"),
        (2024, "year", "2024", "2024"),
        (10234, "submission_id", "10234", "10234"),
        (0.857, "away_share", "85,7%", "85.7%"),
        (1234.5, "value", "1.234", "1,234"),
        (0.0123, "slope_per_year", "0,012", "0.012"),
        (True, "is_current", "có", "yes"),
        (None, "died", "—", "—"),
        (date(2025, 7, 5), "due_on", "05/07/2025", "5 July 2025"),
        (datetime(2025, 7, 5, 2, 14), "received_at", "05/07/2025 02:14", "5 July 2025 02:14"),
        (["a", "b"], "codes", "a, b", "a, b"),
        ("2025-06", "period", "2025-06", "2025-06"),
    ],
)
def test_a_value_is_written_as_pages_write_it(value: Value, column: str, vi: str, en: str) -> None:
    assert (cell(value, column, "vi"), cell(value, column, "en")) == (vi, en)


def test_a_person_sees_the_columns_that_fit_and_hears_of_the_others(capsys) -> None:
    printed(answer(), "vi", 60)
    told = capsys.readouterr().out
    assert "Huyện [b]  2024    1.234       12,3%  1.234" in told
    assert "Không đủ chỗ cho các cột: period_end, is_current, died, codes." in told


def test_rows_past_the_first_thousand_are_told_of(capsys) -> None:
    printed(answer(f"SELECT * FROM range({MOST_ROWS + 5})"), "en", 80)
    assert "Only the first 1,000 rows" in capsys.readouterr().out


def test_no_row_is_no_trouble(capsys) -> None:
    printed(answer("SELECT 1 AS n WHERE false"), "en", 80)
    assert capsys.readouterr().out.strip() == "n"


def test_a_program_gets_what_is_stored() -> None:
    assert written(answer(), "csv").decode().splitlines() == [
        "unit_name,year,members,away_share,value,period_end,is_current,died,codes",
        'Huyện [b],2024,1234,0.1234,1234.5,2024-06-30,true,,"[""a"", ""b""]"',
    ]
    (row,) = json.loads(written(answer(), "json"))
    assert row == {
        "unit_name": "Huyện [b]",
        "year": 2024,
        "members": 1234,
        "away_share": 0.1234,
        "value": 1234.5,
        "period_end": "2024-06-30",
        "is_current": True,
        "died": None,
        "codes": ["a", "b"],
    }
    frame = pl.read_parquet(BytesIO(written(answer(), "parquet")))
    assert frame.schema["members"] == pl.Int64
    assert frame.schema["period_end"] == pl.Date


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A home whose published copy holds nothing yet."""
    folder = tmp_path_factory.mktemp("home")
    with memory_store() as con:
        publish(con, folder / "published", "1")
    return folder


def run(home: Path, *arguments: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "flows", "sql", "SELECT 1234567 AS members, 0.5 AS away_share", *arguments]
    environment = {**os.environ, "MOBILITY_HOME": str(home), "MOBILITY_LANGUAGE": "vi"}
    return subprocess.run(command, env=environment, stdout=stdout, stderr=subprocess.PIPE, check=False)


def on_a_terminal(home: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, what the terminal shows, and what is told of errors."""
    ours, theirs = pty.openpty()
    done = run(home, *arguments, stdout=theirs)
    os.close(theirs)
    told = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while part := os.read(ours, 4096):
            told += part
    os.close(ours)
    return done.returncode, told.decode(), done.stderr.decode()


def test_a_terminal_shows_numbers_as_pages_do_and_a_pipe_gets_them_raw(home) -> None:
    code, told, _ = on_a_terminal(home)
    assert code == 0
    assert "1.234.567" in told
    assert "50,0%" in told
    piped = run(home).stdout.decode()
    assert "1234567" in piped
    assert "0.5" in piped
    assert run(home, "--format", "csv").stdout.decode() == "members,away_share\n1234567,0.5\n"


def test_a_pipe_gets_every_column(home, monkeypatch, capfd) -> None:
    monkeypatch.setenv("MOBILITY_HOME", str(home))
    names = [f"column_number_{number}" for number in range(60)]
    run_sql(f"SELECT {', '.join(f'1 AS {name}' for name in names)}", None)
    said = capfd.readouterr().out
    assert [name for name in names if name not in said] == []


def test_a_record_is_json_in_a_csv() -> None:
    query = "SELECT {'n': 1.5::DECIMAL(3, 1), 'day': DATE '2024-06-30'} AS record"
    assert written(answer(query), "csv").decode() == 'record\n"{""n"": 1.5, ""day"": ""2024-06-30""}"\n'


def test_what_a_csv_cannot_hold_is_told_without_a_traceback(home, monkeypatch, capsys) -> None:
    monkeypatch.setenv("MOBILITY_HOME", str(home))
    assert shown(lambda: run_sql("SELECT '\\xAA\\xFF'::BLOB AS bytes", None, "csv")) == 1
    assert "Câu lệnh sai" in capsys.readouterr().err


def test_parquet_is_not_poured_over_a_terminal(home) -> None:
    code, told, error = on_a_terminal(home, "--format", "parquet")
    assert (code, told) == (1, "")
    assert "> TỆP" in error
    assert pl.read_parquet(BytesIO(run(home, "--format", "parquet").stdout)).to_dicts() == [
        {"members": 1234567, "away_share": 0.5}
    ]
