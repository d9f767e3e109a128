"""The command as a person runs it: a process of its own, its output and its exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from expectations.contract.periods import Period
from tests.flows.command_line import mobility
from transforms.samples.tree import sample_tree
from warehouse.lake.opened import LakeAddress, open_lake
from warehouse.published import open_copy


def run(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {"MOBILITY_HOME": str(home), "COLUMNS": "200"} | more
    if arguments[0] != "nightly":
        return mobility(*arguments, **environment)
    command = [sys.executable, "-m", "flows", *arguments]  # Prefect takes its home from the first import on
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def samples(registry):
    files = sample_tree(registry, 5, Period(2024, 1), Period(2024, 2), {"866", "867", "873"}, is_faulty=False)
    return list(files)


@pytest.fixture(scope="module")
def home(samples, tmp_path_factory):
    """A home with two months of three districts, one file of the second month held back."""
    folder = tmp_path_factory.mktemp("home")
    for file in samples[:-1]:
        _write(folder / "tree" / str(file.received_on) / file.reporter_code / file.file_name, file.data)
    assert run(folder, "backfill", str(folder / "tree")).returncode == 0
    return folder


def _write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_help_lists_every_command_without_loading_anything_heavy():
    probe = (
        "import sys; from typer.testing import CliRunner; from flows.cli import app; "
        "print(CliRunner().invoke(app, ['--help']).output); "
        "heavy = {'polars', 'duckdb', 'prefect', 'great_expectations', 'pydantic_settings'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for command in ("nightly", "backfill", "check", "status", "demo", "registry"):
        assert command in done.stdout


def test_a_good_file_passes_the_check_and_nothing_is_stored(home, samples):
    before = (home / "warehouse.duckdb").read_bytes()
    last = samples[-1]
    path = _write(home / last.reporter_code / last.file_name, last.data)
    done = run(home, "check", str(path), "--as-of", str(last.received_on))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "02/2024" in done.stdout
    assert (home / "warehouse.duckdb").read_bytes() == before


def test_a_faulty_file_fails_the_check_and_says_where(home, tmp_path):
    path = _write(tmp_path / "866" / "thu.csv", b"Th\xc3\xa1ng 2 n\xc4\x83m 2024\n")
    done = run(home, "check", str(path), "--reporter", "866", "--as-of", "2024-03-02")
    assert done.returncode == 1
    assert "Không tìm thấy biểu nào" in done.stdout


def test_check_imports_neither_prefect_nor_great_expectations():
    probe = "import sys, flows.commands.check; assert not {'prefect', 'great_expectations'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


def test_status_tells_who_is_missing(home, samples):
    done = run(home, "status", "--period", "2024-02")
    assert done.returncode == 0, done.stderr
    lines = {line.split()[1]: line for line in done.stdout.splitlines() if "│" in line}
    assert "đã báo cáo" in lines["866"]
    assert "đã báo cáo" not in lines[samples[-1].reporter_code]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("backfill", "nowhere"), "Không có thư mục"),
        (("status", "--period", "1999-01"), "Không có kỳ báo cáo"),
        (("check", "nowhere.xlsx"), "Không mở được"),
        (("registry", "check", "nowhere.csv"), "Không đọc được danh mục"),
    ],
)
def test_an_error_is_told_in_a_line_without_a_traceback(home, arguments, says):
    done = run(home, *arguments)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_told_by_its_name(home):
    done = run(home, "status", MOBILITY_DUE_DAY="40")
    assert done.returncode == 1
    assert "due_day" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_rejected_file_is_judged_again_when_the_registry_knows_its_unit(samples, tmp_path):
    text = next(f for f in samples if f.file_name.endswith((".csv", ".txt")) or f.data[:2] not in (b"PK",))
    source = text.data.decode("utf-16" if text.data[:2] == b"\xff\xfe" else "utf-8-sig")
    renamed = source.replace("Trạm Y tế", "Trạm Y tế quân dân y")
    assert renamed != source
    _write(tmp_path / "tree" / "2024-02-03" / text.reporter_code / text.file_name, renamed.encode("utf-8-sig"))
    done = run(tmp_path, "backfill", str(tmp_path / "tree"))
    assert "trả lại" in done.stdout, done.stdout + done.stderr
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as con:
        (cells,) = con.sql("SELECT list(DISTINCT cell_code) FROM registry.home WHERE name = 'Trạm Y tế'").fetchone()
    aliases = "unit_code,alias,valid_from,valid_to\n" + "".join(
        f"{c},Trạm Y tế quân dân y,2015-01-01,\n" for c in cells
    )
    table = _write(tmp_path / "aliases.csv", aliases.encode())
    told = run(tmp_path, "registry", "check", str(table))
    assert f"thêm {len(cells)}" in told.stdout
    done = run(tmp_path, "registry", "import", str(table), "--as-of", "2024-02-04")
    assert "1 nhận" in done.stdout, done.stdout + done.stderr
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as con:
        outcomes = con.sql(
            "SELECT outcome, received_on::VARCHAR, recorded_at::VARCHAR FROM ledger.submission"
        ).fetchall()
    assert outcomes == [("rejected", "2024-02-03", "2024-02-03"), ("accepted", "2024-02-03", "2024-02-04")]


def test_the_night_runs_as_a_prefect_flow_and_clears_its_inbox(home, samples):
    last = samples[-1]
    _write(home / "inbox" / last.reporter_code / last.file_name, last.data)
    _write(home / "inbox" / "866" / "hong.xlsx", b"PK\x03\x04 cut")
    lake_that_is_down = {"MOBILITY_LAKE": "postgres:dbname=lake host=127.0.0.1 port=1"}
    done = run(home, "nightly", MOBILITY_SELF_TEST="2", **lake_that_is_down)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.strip() == ""
    assert "2 tệp: 1 nhận, 1 trả lại" in done.stdout
    assert "Hồ dữ liệu chưa nhận được bản" in done.stdout
    assert not [path for path in (home / "inbox").rglob("*") if path.is_file()]
    assert list((home / "returns" / "866").glob("*hong.xlsx.xlsx"))
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        steps = [verb for (verb,) in con.sql("SELECT verb FROM ledger.step ORDER BY step_no").fetchall()]
    assert steps[steps.index("send_back") :][:4] == ["send_back", "begin_to_judge", "measure", "judge"]


def test_what_a_night_published_is_in_the_lake_to_the_row(home):
    lake = {"MOBILITY_LAKE": str(home / "catalogue.ducklake"), "MOBILITY_LAKE_DATA": str(home / "data")}
    for arguments in (("init",), ("add",)):
        done = run(home, "lake", *arguments, **lake)
        assert done.returncode == 0, done.stderr
    with open_copy(home / "published" / "mobility.duckdb") as con:
        tables = [
            name for (name,) in con.sql("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'marts'").fetchall()
        ]
        copy = {name: Counter(con.sql(f"SELECT hash(t) FROM marts.{name} AS t").fetchall()) for name in tables}
        said = comments(con, "mobility", "marts")
    with open_lake(LakeAddress(lake["MOBILITY_LAKE"])) as con:
        shown = {
            name: Counter(
                con.sql(
                    f"SELECT hash(t) FROM (SELECT * EXCLUDE province_code FROM lake.provinces.{name} "
                    f"WHERE province_code = '82') AS t"
                ).fetchall()
            )
            for name in tables
        }
        told = comments(con, "lake", "provinces")
    assert shown == copy
    assert said.items() <= told.items()


def comments(con: duckdb.DuckDBPyConnection, catalogue: str, schema: str) -> dict[tuple[str, str], str]:
    """What is said of each column."""
    rows = con.execute(
        "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE database_name = ? AND schema_name = ?",
        [catalogue, schema],
    )
    return {(table, column): comment for table, column, comment in rows.fetchall()}


def test_a_night_that_is_still_to_come_is_refused(home):
    done = run(home, "nightly", "--as-of", "2999-01-01")
    assert done.returncode == 1
    assert "01/01/2999" in done.stderr
    assert "Traceback" not in done.stderr
