"""Care of the home as a person does it: decisions, rebuilding, backups, the doctor; and what a query cannot reach."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from expectations.contract.problems import Problem
from flows.commands.care import run_backup, run_doctor, run_rebuild, run_restore
from flows.commands.decide import run_decision
from flows.commands.sql import run_sql
from flows.errors import shown
from flows.home import open_home
from flows.night.carry_out import carry_out
from flows.night.readers import Readers
from flows.settings import Settings, load_settings
from tests.flows.command_line import mobility
from tests.taking_in import take_in
from transforms.samples.tree import sample_tree
from warehouse.ledger.archive import place

pytestmark = pytest.mark.usefixtures("read_here")

# In the sample tree 867's February does not balance, 868's holds a word for a count, both good in January.
BALANCE_BROKEN, NOT_A_COUNT = "867", "868"
NIGHT = date(2024, 3, 20)


@pytest.fixture(scope="module")
def made(registry, tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("made")
    senders = {BALANCE_BROKEN, NOT_A_COUNT, "870"}
    take_in(sample_tree(registry, 5, Period(2024, 1), Period(2024, 2), senders), Settings(home=home))
    return home


@pytest.fixture
def home(made, tmp_path, monkeypatch) -> Path:
    """A home of its own for a test, as this process and those it starts see it."""
    shutil.copytree(made, tmp_path / "home", symlinks=True)
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "home"


def run(*arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows", *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=False)


def ask(home: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return con.sql(query).fetchall()


def change(home: Path, statement: str) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        con.execute(statement)


def published(home: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(home / "published" / "mobility.duckdb"), read_only=True) as con:
        return con.sql(query).fetchall()


def number_of(home: Path, reporter: str, outcome: str) -> int:
    """The last submission of a reporter with an outcome."""
    ((number,),) = ask(
        home,
        f"""
        SELECT max(submission_id) FROM ledger.submission
        WHERE reporter_code = '{reporter}' AND outcome = '{outcome}'
    """,
    )
    return number


def facts(home: Path) -> dict[str, list[tuple]]:
    return {form: ask(home, f"SELECT count(*), bit_xor(hash(f)) FROM facts.{form} AS f") for form in FORMS}


@contextmanager
def held_by_another_process(home: Path):
    """The warehouse open for writing in another process, as during a night."""
    holder = (
        "import sys; from pathlib import Path; from warehouse.connection.store import open_store\n"
        "with open_store(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", holder, str(home / "warehouse.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield
        process.communicate()


FEBRUARY = f"""
SELECT members_closing FROM marts.figures_district
WHERE map = 'reported' AND unit_code = '{BALANCE_BROKEN}' AND period = '2024-02'
"""


def test_a_file_whose_arithmetic_is_wrong_is_let_in_and_its_problems_stay(home):
    number = number_of(home, BALANCE_BROKEN, "rejected")
    went_back = list((home / "returns" / BALANCE_BROKEN).glob(f"*-{number}-*.xlsx"))
    others = set((home / "returns").rglob("*.xlsx")) - set(went_back)
    assert len(went_back) == 1
    assert published(home, FEBRUARY) == [(None,)]
    done = mobility("accept", str(number), "--reason", "số đúng theo biên bản", "--as-of", str(NIGHT))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Đã nhận tệp số {number}" in done.stdout
    assert set((home / "returns").rglob("*.xlsx")) == others  # nobody mends what has been let in
    ((closing,),) = published(home, FEBRUARY)
    cells = f"SELECT sum(members_closing) FROM facts.balance_as_of(DATE '{{}}') WHERE submission_id = {number}"
    assert ask(home, cells.format("2024-03-19")) == [(None,)]
    assert ask(home, cells.format("2024-03-20")) == [(closing,)]
    errors = f"FROM ledger.problem WHERE submission_id = {number} AND severity = 'error'"
    assert ask(home, f"SELECT DISTINCT is_waived {errors}") == [(True,)]
    assert ask(home, f"SELECT outcome, waived_reason FROM ledger.submission WHERE submission_id = {number}") == [
        ("accepted", "số đúng theo biên bản")
    ]


def test_a_file_taken_back_leaves_its_period_empty_and_the_days_before_as_believed(home, capsys):
    number = number_of(home, NOT_A_COUNT, "accepted")
    before = ask(home, f"SELECT count(*) FROM facts.away WHERE submission_id = {number}")
    assert shown(lambda: run_decision("retract", number, "gửi nhầm", NIGHT)) == 0
    assert f"Đã rút tệp số {number}" in capsys.readouterr().out
    kept = f"SELECT count(*) FROM facts.away_as_of(DATE '{{}}') WHERE submission_id = {number}"
    assert ask(home, kept.format("2024-03-19")) == before
    assert ask(home, kept.format("2024-03-20")) == [(0,)]
    january = FEBRUARY.replace(BALANCE_BROKEN, NOT_A_COUNT).replace("2024-02", "2024-01")
    assert published(home, january) == [(None,)]


@pytest.mark.parametrize(
    ("reporter", "outcome", "action", "says"),
    [
        (NOT_A_COUNT, "rejected", "accept", "không thể bỏ qua: not-a-count"),
        (BALANCE_BROKEN, "accepted", "accept", "không ở trạng thái bị trả lại"),
        (BALANCE_BROKEN, "rejected", "retract", "không ở trạng thái đã nhận"),
    ],
)
def test_what_may_not_be_decided_is_told_and_changes_nothing(home, capsys, reporter, outcome, action, says):
    before = facts(home), ask(home, "FROM ledger.submission ORDER BY ALL")
    assert shown(lambda: run_decision(action, number_of(home, reporter, outcome), "vì sao", NIGHT)) == 1
    assert says in capsys.readouterr().err
    assert (facts(home), ask(home, "FROM ledger.submission ORDER BY ALL")) == before


def test_a_decision_needs_a_reason(home, capsys):
    assert shown(lambda: run_decision("accept", 1, "  ", NIGHT)) == 1
    assert "Cần ghi lý do" in capsys.readouterr().err
    assert not (home / "board.sqlite").exists()


def test_a_decision_made_while_a_night_runs_is_carried_out_by_the_next_run(home, capsys):
    accepted = number_of(home, BALANCE_BROKEN, "rejected")
    with held_by_another_process(home):
        done = mobility("accept", str(accepted), "--reason", "đúng", "--as-of", str(NIGHT))
        assert (done.returncode, done.stderr) == (0, "")
        assert "kho dữ liệu đang bận" in done.stdout.lower()
    assert ask(home, f"SELECT outcome FROM ledger.submission WHERE submission_id = {accepted}") == [("rejected",)]
    settings = load_settings()
    with open_home(settings) as con:
        assert carry_out(con, settings, NIGHT) == []
        assert carry_out(con, settings, NIGHT) == []
    assert ask(home, f"SELECT outcome FROM ledger.submission WHERE submission_id = {accepted}") == [("accepted",)]
    assert ask(home, "SELECT action, count(*) FROM ledger.folded GROUP BY ALL") == [("accept", 1)]


def test_of_two_decisions_each_is_told_what_became_of_it(home, capsys):
    number, other = number_of(home, BALANCE_BROKEN, "rejected"), number_of(home, NOT_A_COUNT, "rejected")
    with held_by_another_process(home):
        run_decision("accept", other, "thử", NIGHT)
    capsys.readouterr()
    assert shown(lambda: run_decision("accept", number, "đúng", NIGHT)) == 0
    told = capsys.readouterr().out
    assert "không thể bỏ qua: not-a-count" in told
    assert f"Đã nhận tệp số {number}" in told


def test_a_decision_on_a_file_whose_bytes_are_lost_is_refused_once_and_stops_no_night(home, capsys):
    number = number_of(home, BALANCE_BROKEN, "rejected")
    ((sha256,),) = ask(home, f"SELECT sha256 FROM ledger.submission WHERE submission_id = {number}")
    place(home / "archive", sha256).unlink()
    assert shown(lambda: run_decision("accept", number, "đúng", NIGHT)) == 1
    assert sha256 in capsys.readouterr().err
    settings = load_settings()
    with open_home(settings) as con:
        assert carry_out(con, settings, NIGHT) == []
    assert ask(home, f"SELECT outcome FROM ledger.submission WHERE submission_id = {number}") == [("rejected",)]


def test_a_file_that_cannot_be_read_again_is_not_let_in_without_its_figures(home, capsys, monkeypatch):
    number = number_of(home, BALANCE_BROKEN, "rejected")
    lost_at = Problem("unreadable-file", found="đọc 20 giây chưa xong")
    with monkeypatch.context() as busy:
        busy.setattr(
            Readers, "each", lambda self, work, chunks, lost: ([lost(one, lost_at) for one in some] for some in chunks)
        )
        assert shown(lambda: run_decision("accept", number, "đúng", NIGHT)) == 1
    assert "không thể bỏ qua: unreadable-file" in capsys.readouterr().err
    assert ask(home, f"SELECT outcome FROM ledger.submission WHERE submission_id = {number}") == [("rejected",)]
    assert shown(lambda: run_decision("accept", number, "đúng", NIGHT)) == 0
    assert ask(home, f"SELECT count(*) > 0 FROM ledger.version WHERE submission_id = {number}") == [(True,)]


def test_what_is_rebuilt_from_the_archived_bytes_equals_what_stood(home):
    before = facts(home)
    done = mobility("rebuild")
    assert (done.returncode, done.stderr) == (0, "")
    assert "giống hệt" in done.stdout
    assert facts(home) == before


def test_figures_tampered_with_are_found_and_mended(home, capsys):
    indicators = "SELECT bit_xor(hash(i)) FROM derived.indicator AS i"
    before = facts(home), ask(home, indicators)
    change(
        home,
        """
        UPDATE facts.balance SET died = died + 1, members_closing = members_closing - 1
        WHERE cell_code = (SELECT min(cell_code) FROM facts.balance) AND period = '2024-01';
        UPDATE derived.indicator SET value = value + 1 WHERE indicator = 'away_rate' AND level = 'commune'
    """,
    )
    assert facts(home) != before[0]
    assert run_rebuild() == 1
    told = capsys.readouterr().out
    assert re.search(r"balance: .* thiếu 1, thừa 1", told)
    assert re.search(r"Khác với những gì đã có: .*indicator", told)
    assert (facts(home), ask(home, indicators)) == before


def test_no_figure_goes_because_a_file_could_not_be_read_again(home, capsys, monkeypatch):
    before = facts(home), [path.name for path in (home / "published" / "editions").iterdir()]
    lost_at = Problem("unreadable-file", found="đọc 20 giây chưa xong")

    def first_is_lost(self, work, chunks, lost):
        tasks = [one for some in chunks for one in some]
        yield [lost(tasks[0], lost_at)]
        yield [work(tasks[1:])]

    with monkeypatch.context() as busy:
        busy.setattr(Readers, "each", first_is_lost)
        assert shown(run_rebuild) == 1
    assert "1 tệp đã lưu, kho chưa bị thay đổi: " in (said := capsys.readouterr().err)
    assert "đọc 20 giây chưa xong" in said
    assert (facts(home), [path.name for path in (home / "published" / "editions").iterdir()]) == before
    assert run_rebuild() == 0


def test_what_was_backed_up_is_restored_in_another_place(home, tmp_path, monkeypatch, capsys):
    before = facts(home), sorted(path.name for path in (home / "archive").rglob("*"))
    assert shown(lambda: run_backup(tmp_path / "backup")) == 0
    assert not [path for path in (tmp_path / "backup").rglob("*") if path.stat().st_mode & 0o077]
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path / "other"))
    assert shown(lambda: run_restore(tmp_path / "backup", replace=False)) == 0
    other = tmp_path / "other"
    assert (facts(other), sorted(path.name for path in (other / "archive").rglob("*"))) == before
    assert run_doctor(deep=True) == 0
    capsys.readouterr()
    assert shown(lambda: run_restore(tmp_path / "backup", replace=False)) == 1
    assert "--replace" in capsys.readouterr().err


def test_a_backup_in_its_own_home_is_refused(home, tmp_path, monkeypatch, capsys):
    (tmp_path / "link").symlink_to(home)
    for inside in (home / "backup", home / "archive" / "backup", tmp_path / "link" / "backup"):
        assert shown(lambda inside=inside: run_backup(inside)) == 1
        assert "nằm trong kho" in capsys.readouterr().err
        assert not inside.exists()
    monkeypatch.setenv("MOBILITY_BACKUP_FOLDER", str(home / "backups"))
    assert shown(lambda: run_backup(None)) == 1
    assert run_doctor(deep=False) == 2
    assert "nằm trong kho" in capsys.readouterr().out


def test_a_damaged_backup_is_not_restored(home, tmp_path, capsys):
    assert shown(lambda: run_backup(tmp_path / "backup")) == 0
    with (tmp_path / "backup" / "warehouse.duckdb").open("r+b") as file:
        file.seek(5000)
        file.write(b"damaged")
    before = facts(home)
    assert shown(lambda: run_restore(tmp_path / "backup", replace=True)) == 1
    assert "warehouse.duckdb" in capsys.readouterr().err
    assert facts(home) == before


def test_the_doctor_finds_nothing_in_a_home_that_is_well(home):
    done = mobility("doctor", "--deep")
    assert (done.returncode, done.stderr) == (0, "")
    assert {line.split()[0] for line in done.stdout.splitlines()} == {"tốt"}


def lose_an_archived_file(home: Path) -> None:
    next(path for path in (home / "archive").rglob("*") if path.is_file()).unlink()


def damage_an_archived_file(home: Path) -> None:
    path = next(path for path in (home / "archive").rglob("*") if path.is_file())
    path.write_bytes(path.read_bytes() + b" ")


@pytest.mark.parametrize(
    ("check", "plant"),
    [
        ("archive", lose_an_archived_file),
        ("archive", damage_an_archived_file),
        ("permissions", lambda home: (home / "warehouse.duckdb").chmod(0o644)),
        ("facts", "DELETE FROM facts.away WHERE cell_code = (SELECT min(cell_code) FROM facts.away)"),
        ("versions", "UPDATE ledger.submission SET outcome = 'rejected' WHERE outcome = 'accepted'"),
        ("standing", "INSERT INTO facts.requests FROM facts.requests LIMIT 1"),
        ("warehouse", lambda home: (home / "warehouse.duckdb").write_bytes(b"no warehouse" * 1000)),
    ],
)
def test_the_doctor_finds_a_planted_fault(home, capsys, check, plant):
    if isinstance(plant, str):
        change(home, plant)
    else:
        plant(home)
    assert run_doctor(deep=True) == 2
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["phải", "làm", check] in [words[:3] for words in lines], lines


def test_the_doctor_says_that_a_night_is_running(home, capsys):
    with held_by_another_process(home):
        assert run_doctor(deep=False) == 1
    assert "nên xem  lock" in capsys.readouterr().out


def outside(home: Path) -> list[str]:
    """Statements that reach for something beside what is asked, or would change the rules."""
    return [
        "FROM read_csv('/etc/passwd')",
        "FROM read_text('/etc/passwd')",
        "FROM '/etc/passwd'",
        "FROM glob('/etc/*')",
        f"FROM read_parquet('{home}/*')",
        f"ATTACH '{home}/new.duckdb'",
        f"COPY (SELECT 1) TO '{home}/out.csv'",
        f"EXPORT DATABASE '{home}/out'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "FROM 'https://example.org/x.csv'",
        "SET enable_external_access = true",
        "RESET enable_external_access",
        "SET lock_configuration = false",
        "SET memory_limit = '1TB'",
        "CREATE PERSISTENT SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
        "DELETE FROM marts.unit",
        "CREATE TABLE marts.mine AS SELECT 1",
    ]


@pytest.mark.parametrize("as_of", [None, date(2024, 3, 19)])
def test_a_query_reaches_nothing_but_the_figures(home, capfd, as_of):
    before = sorted(home.rglob("*"))
    for statement in outside(home):
        assert shown(lambda query=statement: run_sql(query, as_of)) == 1, statement
        told = capfd.readouterr()
        assert told.err.startswith("Câu lệnh sai"), statement
        assert "root:" not in told.out, statement
    assert sorted(home.rglob("*")) == before


def test_as_of_a_day_nothing_that_is_known_by_now_can_be_asked(home, capfd):
    assert shown(lambda: run_sql("SHOW ALL TABLES", date(2024, 3, 19), "csv")) == 0
    tables = [line.split(",")[2] for line in capfd.readouterr().out.splitlines()[1:]]
    assert sorted(tables) == sorted(FORMS)
    for now in ("marts.figures_province", "derived.unit_month", "ledger.submission", "facts.balance", "registry.unit"):
        assert shown(lambda now=now: run_sql(f"FROM {now}", date(2024, 3, 19))) == 1, now
        assert "does not exist" in capfd.readouterr().err


def test_the_prompt_reaches_nothing_either(home):
    ways = [f"{statement};" for statement in outside(home)]
    ways += [f"ATTACH '{home}/warehouse.duckdb' AS inside; SELECT 'rea' || 'ched' FROM inside.facts.away;"]
    ways += [f".output {home}/out.txt", ".read /etc/passwd", ".shell echo rea''ched", f".open {home}/warehouse.duckdb"]
    ways += [".import /etc/passwd t", ".safe_mode off", ".system echo rea''ched", "SELECT getenv('MOBILITY_HOME');"]
    before = sorted(home.rglob("*"))
    done = run("sql", given="\n".join([*ways, "SELECT 'still ' || count(*) FROM marts.figures_province;"]))
    assert "still 4" in done.stdout, done.stdout + done.stderr
    assert "reached" not in done.stdout
    assert "root:" not in done.stdout + done.stderr
    assert str(home) not in done.stdout
    assert sorted(home.rglob("*")) == before


def test_sql_prints_what_is_published_and_what_was_believed_on_a_day(home):
    done = run("sql", "SELECT reporter_code, state FROM marts.reporting_status WHERE period = '2024-02'")
    assert done.returncode == 0, done.stderr
    assert "rejected" in done.stdout
    believed = "SELECT 'cells ' || count(DISTINCT cell_code) AS known FROM balance WHERE period = '2024-01'"
    day_before = run("sql", believed, "--as-of", "2024-02-01")
    assert "cells 0" in day_before.stdout, day_before.stderr
    ((cells,),) = ask(home, "SELECT count(DISTINCT cell_code) FROM facts.balance WHERE period = '2024-01'")
    assert f"cells {cells}" in run("sql", believed, "--as-of", "2024-03-19").stdout


def test_a_question_while_a_night_runs_is_answered_from_the_published_copy(home, capfd):
    with held_by_another_process(home):
        assert shown(lambda: run_sql("SELECT 'rows ' || count(*) FROM marts.figures_province", None)) == 0
        assert "rows 4" in capfd.readouterr().out
        assert shown(lambda: run_sql("FROM balance", date(2024, 3, 1))) == 1
        assert "đang được tiến trình" in capfd.readouterr().err
