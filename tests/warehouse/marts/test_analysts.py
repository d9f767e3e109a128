"""The analysts' page: every query on it runs on the published copy and answers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import sqlalchemy
from duckdb import DuckDBPyConnection
from sqlalchemy.pool import NullPool

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "analysts.md").read_text("utf-8")
ATTACH, *QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
INTO_THE_HOME, HELD_AGAINST_THE_LAST = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
AT_THE_PROMPT = re.findall(r"`((?:mobility sql|duckdb) [^`]+)`", PAGE)
IN_PYTHON = re.findall(r"`(duckdb\.connect[^`]+)`", PAGE)
ADDRESS = re.findall(r"`(duckdb:///[^`]+)`", PAGE)
QUESTIONS = re.findall(r"^### (\d+)\. .+ / .+$", PAGE, re.MULTILINE)


def test_the_page_asks_twenty_three_questions_in_two_languages_each_with_its_query() -> None:
    assert [str(number) for number in range(1, 24)] == QUESTIONS
    assert len(QUERIES) == 25


@pytest.fixture
def home(province: tuple[DuckDBPyConnection, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with two editions; the page's programs are on the path."""
    (tmp_path / "published").symlink_to(province[1].parents[2])
    programs = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path))
    return tmp_path


def typed(home: Path, *commands: str) -> str:
    script = "\n".join([INTO_THE_HOME.splitlines()[0], *commands])
    done = subprocess.run(["bash", "-euc", script], cwd=home.parent, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def test_the_first_lines_to_type_list_the_marts(home: Path) -> None:
    assert "figures_province" in typed(home, *INTO_THE_HOME.splitlines()[1:])


def test_what_is_typed_at_a_prompt_runs_as_printed(home: Path) -> None:
    assert len(AT_THE_PROMPT) >= 2
    for command in AT_THE_PROMPT:
        if "--as-of" in command:  # asks the board's warehouse: see the care of the home
            continue
        assert typed(home, f"{command} < /dev/null") or command.startswith("duckdb")  # whose prompt has nothing to say


def test_what_is_written_in_python_runs_as_printed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    (line,) = IN_PYTHON
    assert eval(line, {"duckdb": duckdb}).height
    with duckdb.connect() as con:
        con.execute(ATTACH)
        assert ("figures_province",) in con.execute("SHOW TABLES").fetchall()
    assert ADDRESS == ["duckdb:///published/mobility.duckdb"]
    engine = sqlalchemy.create_engine(ADDRESS[0], connect_args={"read_only": True}, poolclass=NullPool)
    with engine.connect() as con:
        with pytest.raises(duckdb.ConnectionException, match="different configuration"):  # as the page warns
            duckdb.connect("published/mobility.duckdb", read_only=True)
        own = con.connection.driver_connection
        assert own is not None
        assert own.sql("FROM figures_province").pl().height


def test_an_edition_is_held_against_the_one_before(home: Path) -> None:
    told = typed(home, HELD_AGAINST_THE_LAST)
    assert "Tỉnh Đồng Tháp" in told
    assert "away_rate" in told
    assert "requests_rate" not in told


def test_no_question_is_of_a_fixed_period() -> None:
    assert not [query for query in QUERIES if re.search(r"'20\d\d(-|')|= 20\d\d", query)]


@pytest.mark.parametrize("number", range(1, 26))
def test_a_query_of_the_page_answers(province: tuple[DuckDBPyConnection, Path], number: int) -> None:
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{province[1]}' (READ_ONLY)")
        con.execute("USE mobility")
        assert con.execute(QUERIES[number - 1]).fetchall()


def test_the_answers_are_what_the_invented_reports_say(mobility: DuckDBPyConnection) -> None:
    assert mobility.execute(QUERIES[0]).fetchall()[0][2] == "not_due"
    assert mobility.execute(QUERIES[1]).fetchone() == ("Thành phố Cao Lãnh", 30, 1, 36)
    assert {row[0] for row in mobility.execute(QUERIES[6]).fetchall()} == {"Huyện Tân Hồng"}
    assert ("Phường 1", "Phường Cao Lãnh") in {(row[0], row[2]) for row in mobility.execute(QUERIES[11]).fetchall()}


def test_an_indicator_is_worked_out_again_from_the_figures(mobility: DuckDBPyConnection) -> None:
    for _, value, again in mobility.execute(QUERIES[24]).fetchall():
        assert again == pytest.approx(value, rel=1e-9)


def test_the_contributions_add_up_to_the_change(mobility: DuckDBPyConnection) -> None:
    rows = mobility.execute(QUERIES[8]).fetchall()
    ((before, after),) = {row[3:] for row in rows}
    values = mobility.execute(
        """SELECT value FROM marts.indicator WHERE map = 'today' AND level = 'province'
            AND indicator = 'away_rate' AND period_kind = 'year' AND period IN (?, ?) ORDER BY period""",
        [before, after],
    ).fetchall()
    assert sum(row[2] for row in rows) == pytest.approx(values[1][0] - values[0][0], abs=1e-9)


def test_shares_by_district_and_quarter_are_a_table_of_eight_quarters(mobility: DuckDBPyConnection) -> None:
    table = mobility.execute(QUERIES[13]).pl()
    assert table.shape == (12, 9)
    assert table["unit_name"].n_unique() == 12


def test_five_communes_at_each_step_lack_most(mobility: DuckDBPyConnection) -> None:
    rows = mobility.execute(QUERIES[14]).fetchall()
    steps = [row[0] for row in rows]
    assert all(steps.count(step) == 5 for step in set(steps))
    assert not {row[4] for row in rows} & {1, 2}  # so small a gap is nobody's to know


def test_every_commune_stands_once_with_its_former_district(mobility: DuckDBPyConnection) -> None:
    rows = mobility.execute(QUERIES[16]).fetchall()
    assert len({row[1] for row in rows}) == len(rows) == 45
    assert sum(row[0] is None for row in rows) == 9


def test_who_corrects_and_what_was_known_before_is_who_sent_again(mobility: DuckDBPyConnection) -> None:
    corrected = [row for row in mobility.execute(QUERIES[19]).fetchall() if row[2]]
    assert [row[0] for row in corrected] == ["Huyện Tân Hồng"]
    known = mobility.execute(QUERIES[20]).fetchall()
    assert ("Huyện Tân Hồng", "2024-06") in {row[:2] for row in known}


def test_a_figure_that_was_taken_back_is_not_said_to_be_known_now() -> None:
    with duckdb.connect() as con:
        con.execute("""
            CREATE TABLE revision AS
            SELECT 'A' AS unit_name, '2024-06' AS period, DATE '2024-06-30' AS period_end, * FROM (VALUES
                ('received', 1, 5, 7, DATE '2024-09-01', false),
                ('admitted', 1, 5, 9, DATE '2024-07-10', false),
                ('admitted', 2, 60, 8, NULL::DATE, true)
            ) AS t (measure, version_no, days_after_period, value, superseded_at, is_standing)
        """)
        told = {row[2]: row[3:] for row in con.execute(QUERIES[20]).fetchall()}
    assert told == {"received": (7, None), "admitted": (None, 8)}
