"""`mobility lake …` as its operator and its analyst type it, on a file and on a real PostgreSQL."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from flows.settings import Settings
from tests.flows.command_line import mobility
from tests.flows.published_home import FIRST, MONTHS, SECOND, home_with_lake, publish_edition


def run(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    given = {"HOME": settings.home, "LAKE": settings.lake, "LAKE_DATA": settings.lake_data}
    return mobility(
        "lake", *arguments, **{f"MOBILITY_{name}": str(value) for name, value in given.items()}, COLUMNS="200"
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Settings:
    """With two editions in its lake, the second's 2025-01 another one."""
    settings = home_with_lake(tmp_path_factory.mktemp("lake"))
    publish_edition(settings, FIRST, MONTHS)
    assert run(settings, "init").returncode == 0
    assert run(settings, "add").returncode == 0
    publish_edition(settings, SECOND, {**MONTHS, "2025-01": 8})
    added = run(settings, "add")
    assert added.stdout == f"Hồ dữ liệu: đã thêm bản {SECOND} (1 bảng có thay đổi, 1 dòng).\n"
    return settings


MEMBERS = "SELECT sum(members) AS members FROM figures"


def members(settings: Settings, *arguments: str) -> int:
    done = run(settings, "sql", MEMBERS, *arguments)
    assert done.returncode == 0, done.stderr
    return int(re.search(r"│ +(\d+) │", done.stdout)[1])


def test_what_stands_and_what_stood_is_listed(home):
    assert run(home, "add").stdout == f"Hồ dữ liệu: đã có đủ bản {SECOND}.\n"
    stands = run(home, "show").stdout.splitlines()
    assert len(stands) == 2
    assert ("82" in stands[1], "Tỉnh Đồng Tháp" in stands[1], SECOND in stands[1]) == (True, True, True)
    listed = run(home, "show", "--province", "82").stdout.splitlines()
    assert [line.split()[0] for line in listed[1:]] == [SECOND, FIRST]


def test_codes_and_editions_are_whole_where_the_terminal_is_narrow(home):
    given = {"HOME": home.home, "LAKE": home.lake, "LAKE_DATA": home.lake_data}
    variables = {f"MOBILITY_{name}": str(value) for name, value in given.items()} | {"COLUMNS": "80"}
    stands = mobility("lake", "show", **variables).stdout.splitlines()[1]
    assert stands.split()[0] == "82"
    assert SECOND in stands
    assert "…" not in stands


def test_a_question_is_answered_as_of_now_an_edition_or_a_day(home):
    assert members(home) == 14
    assert members(home, "--edition", FIRST) == 13
    assert members(home, "--edition", FIRST, "--province", "82") == 13
    assert members(home, "--as-of", "2099-01-01") == 14


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--edition", "2001-01-01-000000"), "không có hoặc không còn giữ bản 2001-01-01-000000"),
        (("--as-of", "2001-01-01"), "không còn giữ quá khứ ấy"),
        (("--edition", FIRST, "--as-of", "2025-01-01"), "một mốc"),
    ],
)
def test_a_past_that_is_not_there_is_told_in_a_line(home, arguments, said):
    done = run(home, "sql", MEMBERS, *arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM figures",
        "DROP TABLE figures",
        "FROM read_csv('/etc/passwd')",
        "COPY figures TO '/tmp/figures.csv'",
        "ATTACH '/tmp/other.duckdb' AS other",
        "SET enable_external_access = true",
    ],
)
def test_a_question_only_asks(home, query):
    done = run(home, "sql", query)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "query", ["COPY (SELECT 1) TO '{file}'", "EXPLAIN ANALYZE COPY (SELECT 1) TO '{file}'", "EXPORT DATABASE '{file}'"]
)
def test_a_question_leaves_the_lake_s_own_files_alone(home, query):
    file = next(Path(home.lake_data).rglob("figures/**/*.parquet"))
    before = file.read_bytes()
    done = run(home, "sql", query.format(file=file))
    assert (done.returncode, done.stderr.split(" (")[0]) == (1, "Hồ dữ liệu chỉ trả lời câu hỏi")
    assert file.read_bytes() == before


def test_after_all_that_nothing_has_changed(home):
    assert members(home) == 14


def test_the_past_is_kept_until_a_setting_lets_it_go(home):
    assert "được giữ mãi" in run(home, "tidy").stdout
    assert members(home, "--edition", FIRST) == 13
    (home.home / "mobility.toml").write_text("lake_keep_days = 30", "utf-8")
    assert run(home, "tidy", "--dry-run").stdout.startswith("Sẽ bỏ 0 mốc")
    assert run(home, "tidy").stdout.startswith("Đã bỏ 0 mốc")
    assert members(home, "--edition", FIRST) == 13


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    done = run(home_with_lake(tmp_path, data=tmp_path / "file" / "data"), "init")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "Không lập được thư mục" in done.stderr


def test_an_administrator_makes_it_in_postgres_and_provinces_and_analysts_use_it(postgres, tmp_path):
    database = postgres.new_database()
    data = tmp_path / "data"
    home = home_with_lake(tmp_path, postgres.address(database, f"{database}_82"), data)
    publish_edition(home, FIRST, MONTHS)
    owner = postgres.address(database)
    made = run(home, "init", "--as", owner, "--province", "82", "--reader", f"{database}_an")
    assert made.returncode == 0, made.stderr
    assert f"\\password {database}_82" in made.stdout
    assert data.stat().st_mode & 0o7777 == 0o2775
    assert run(home, "add").returncode == 0
    analyst = home.model_copy(update={"lake": postgres.address(database, f"{database}_an")})
    assert members(analyst) == 13
    publish_edition(home, SECOND, {"2025-01": 8})
    assert "permission denied" in run(analyst, "add").stderr
    assert run(home, "tidy").returncode == 0, "nothing to end"
    assert run(home, "tidy", "--as", owner).returncode == 0


def test_files_of_a_lake_are_where_the_setting_says_on_this_machine(home, tmp_path):
    Path(home.lake_data).rename(tmp_path / "mounted-elsewhere")
    there = home.model_copy(update={"lake_data": str(tmp_path / "mounted-elsewhere")})
    assert members(there) == 14
    assert run(home, "sql", MEMBERS).returncode == 1
    Path(there.lake_data).rename(home.lake_data)
