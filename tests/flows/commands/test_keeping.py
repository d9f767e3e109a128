"""The home over the years: which files came, what goes when, backups that were tried, a release taken on."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from expectations.contract.periods import Period
from expectations.contract.problems import CODES
from expectations.language.catalogue import LANGUAGES, SpokenError
from flows.commands.backfill import backfill
from flows.commands.care import run_backup, run_doctor, run_restore, run_tidy
from flows.commands.decide import run_decision
from flows.commands.files import in_words, run_files
from flows.commands.upgrade import run_upgrade
from flows.errors import UserError, shown
from flows.night.backups import NOTE, back_up, last_backup
from flows.serving.served import alone
from flows.settings import Settings, load_settings
from tests.taking_in import take_in
from transforms.samples.tree import sample_tree
from warehouse.board.acts import open_board
from warehouse.connection.store import open_store
from warehouse.errors import StoreLocked
from warehouse.ledger.archive import place

pytestmark = pytest.mark.usefixtures("read_here")

REJECTED = "868"


@pytest.fixture(scope="module")
def made(registry, tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("kept")
    take_in(sample_tree(registry, 5, Period(2024, 1), Period(2024, 2), {REJECTED, "870"}), Settings(home=home))
    return home


@pytest.fixture
def home(made, tmp_path, monkeypatch) -> Path:
    shutil.copytree(made, tmp_path / "home", symlinks=True)
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "220")
    return tmp_path / "home"


def ask(home: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return con.sql(query).fetchall()


def rejected(home: Path) -> tuple[int, str]:
    (row,) = ask(
        home,
        f"""SELECT submission_id, sha256 FROM ledger.submission
        WHERE outcome = 'rejected' AND reporter_code = '{REJECTED}' AND period = '2024-02'""",
    )
    return row


def number_of(home: Path, outcome: str) -> int:
    ((number,),) = ask(home, f"SELECT count(*) FROM ledger.submission WHERE outcome = '{outcome}'")
    return number


def test_files_are_listed_with_the_number_that_a_decision_asks_for(home, capsys):
    run_files(REJECTED, "2024-02", None, 40)
    said = capsys.readouterr().out
    (line,) = [one for one in said.splitlines() if "bị trả lại" in one]
    assert line.split()[1] == str(rejected(home)[0])
    assert "balance-broken" in line
    run_files(REJECTED, "02/2024", None, 40)  # as the table writes it
    assert capsys.readouterr().out == said
    assert "mobility accept" in said
    run_files(None, None, "accepted", 2)
    assert f"2 tệp gần nhất trong {number_of(home, 'accepted')} tệp" in capsys.readouterr().out
    run_files("999", None, None, 40)
    assert "Không có tệp nào như vậy" in capsys.readouterr().out


@pytest.fixture(scope="module")
def after_an_unread_one(made, tmp_path_factory) -> Path:
    """The home after a file came whose period cannot be read, in the folder of a reporter that had sent its own."""
    home = Path(shutil.copytree(made, tmp_path_factory.mktemp("unread") / "home", symlinks=True))
    folder = home / "tree" / "2024-03-04" / "870"
    folder.mkdir(parents=True)
    (folder / "khong-doc-duoc-co-mot-cai-ten-rat-dai-de-khong-cot-nao-chua-het.xlsx").write_bytes(b"no workbook")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOBILITY_HOME", str(home))
        backfill(home / "tree", None, load_settings())
    return home


@pytest.fixture
def unread(after_an_unread_one, monkeypatch) -> None:
    """That home, as a person sees it who only reads in it."""
    monkeypatch.setenv("MOBILITY_HOME", str(after_an_unread_one))
    monkeypatch.setenv("COLUMNS", "220")


def test_a_file_whose_period_was_not_read_is_found_by_the_month_that_was_due(unread, capsys):
    run_files("870", "2024-02", "rejected", 40)
    (line,) = [one for one in capsys.readouterr().out.splitlines() if "rat-dai" in one]
    assert "không đọc được; tính cho 02/2024" in line
    run_files("870", "2024-01", "rejected", 40)
    assert "Không có tệp nào như vậy" in capsys.readouterr().out


def test_what_was_wrong_is_told_in_words_and_nothing_is_cut_off_in_a_pipe(unread, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "40")
    run_files("870", None, "rejected", 40)
    assert "không có biểu nào theo mẫu (unknown-form)" in capsys.readouterr().out
    run_files("870", None, "rejected", 40)
    assert "khong-doc-duoc-co-mot-cai-ten-rat-dai-de-khong-cot-nao-chua-het.xlsx" in capsys.readouterr().out
    monkeypatch.setenv("MOBILITY_LANGUAGE", "en")
    run_files(REJECTED, None, "rejected", 40)
    assert "opening, changes and closing do not agree (balance-broken)" in capsys.readouterr().out


def test_a_narrow_terminal_breaks_a_long_name_and_drops_nothing_of_it(unread, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("flows.commands.files.Console", partial(Console, force_terminal=True, color_system=None))
    run_files("870", None, "rejected", 40)
    said = capsys.readouterr().out
    assert "…" not in said.replace("--reason …", "")
    last = "".join(line.split("│")[-2].strip() for line in said.splitlines() if line.count("│") > 2)
    assert last.endswith("khong-doc-duoc-co-mot-cai-ten-rat-dai-de-khong-cot-nao-chua-het.xlsx")


@pytest.mark.parametrize("code", CODES)
def test_every_problem_has_its_words_in_the_list_of_files(code):
    for language in LANGUAGES:
        assert in_words(code, language)


def test_what_was_kept_long_enough_goes_and_is_told_before(home, monkeypatch, capsys):
    number, sha256 = rejected(home)
    workbooks = list((home / "returns").rglob("*.xlsx"))
    assert workbooks
    for path in workbooks:
        os.utime(path, (time.time() - 40 * 86400,) * 2)
    run_tidy(dry_run=True)
    assert "Chưa đặt thời hạn giữ nào" in capsys.readouterr().out
    monkeypatch.setenv("MOBILITY_KEEP_REJECTED_DAYS", "90")
    monkeypatch.setenv("MOBILITY_KEEP_RETURNS_DAYS", "30")
    run_tidy(dry_run=True)
    assert f"Sẽ xóa: nội dung 1 tệp bị trả lại, {len(workbooks)} bảng tính" in capsys.readouterr().out
    assert place(home / "archive", sha256).is_file()
    assert all(path.is_file() for path in workbooks)
    run_tidy(dry_run=False)
    assert not place(home / "archive", sha256).exists()
    assert not any(path.exists() for path in workbooks)
    capsys.readouterr()
    assert run_doctor(deep=True) == 0
    assert "1 tệp bị trả lại đã hết hạn giữ" in capsys.readouterr().out
    assert shown(lambda: run_decision("accept", number, "lý do", date(2024, 3, 20))) == 1
    accepted = "SELECT sha256 FROM ledger.submission WHERE outcome = 'accepted'"
    assert all(place(home / "archive", one).is_file() for (one,) in ask(home, accepted))


def test_a_file_that_the_registry_may_still_let_in_is_kept(home, monkeypatch):
    number, sha256 = rejected(home)
    with open_store(home / "warehouse.duckdb") as con:
        con.execute("UPDATE ledger.problem SET code = 'unknown-unit' WHERE submission_id = ?", [number])
    monkeypatch.setenv("MOBILITY_KEEP_REJECTED_DAYS", "90")
    run_tidy(dry_run=False)
    assert place(home / "archive", sha256).is_file()


def test_a_scheduled_backup_is_restored_at_once_and_the_oldest_goes(home, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MOBILITY_BACKUP_FOLDER", str(tmp_path / "backups"))
    monkeypatch.setenv("MOBILITY_BACKUP_KEEP", "1")
    (tmp_path / "backups" / "mobility-2020-01-01-040000").mkdir(parents=True)
    run_backup(None)
    (kept,) = (tmp_path / "backups").glob("mobility-*")
    last = last_backup(load_settings())
    assert (last.path, last.why) == (kept, None)
    assert run_doctor(deep=False) == 0
    assert "đã khôi phục thử được" in capsys.readouterr().out


def test_the_schedule_backs_up_and_removes_what_was_kept_long_enough(home, tmp_path):
    environment = {
        **os.environ,
        "MOBILITY_BACKUP_FOLDER": str(tmp_path / "backups"),
        "MOBILITY_KEEP_REJECTED_DAYS": "90",
        "MOBILITY_LOG_FORMAT": "json",
        "PREFECT_HOME": str(tmp_path / "prefect"),
    }
    served = (
        "from flows.settings import load_settings; from flows.serving.deployments import deployments; "
        "from flows.serving.care import care; care.fn(); print([one.flow_name for one in deployments(load_settings())])"
    )
    done = subprocess.run([sys.executable, "-c", served], env=environment, capture_output=True, text=True, check=False)
    assert "['nightly', 'reminders', 'messages', 'care']" in done.stdout, done.stderr
    assert len(list((tmp_path / "backups").glob("mobility-*"))) == 1
    assert not place(home / "archive", rejected(home)[1]).exists()
    told = [json.loads(line) for line in (home / "logs" / "care.log").read_text("utf-8").splitlines()]
    assert [one["message"] for one in told] == ["backed up and restored on trial", "removed what was kept long enough"]
    assert told[1]["archived"] == 1


def test_a_backup_that_is_not_sound_is_an_error_and_none_is_removed(home, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MOBILITY_BACKUP_FOLDER", str(tmp_path / "backups"))
    (tmp_path / "backups" / "mobility-2020-01-01-040000").mkdir(parents=True)
    place(home / "archive", rejected(home)[1]).unlink()
    for _ in range(2):
        with pytest.raises(UserError, match=r"backups/unsound, restored on trial, is not sound"):
            back_up(load_settings())
    # The one to look into, and no other: it would push out one that is sound.
    assert {path.name for path in (tmp_path / "backups").iterdir()} == {"mobility-2020-01-01-040000", "unsound"}
    assert run_doctor(deep=False) == 2
    assert "không thành" in capsys.readouterr().out
    (home / NOTE).write_text("{")
    assert last_backup(load_settings()) is None


def test_a_backup_that_was_not_restored_on_trial_pushes_none_out_and_leaves_one_folder(home, tmp_path, monkeypatch):
    folder, sound = tmp_path / "backups", "mobility-2020-01-01-040000"
    monkeypatch.setenv("MOBILITY_BACKUP_FOLDER", str(folder))
    monkeypatch.setenv("MOBILITY_BACKUP_KEEP", "1")
    (folder / sound).mkdir(parents=True)
    (folder / "mobility-2020-01-02-040000.part").mkdir()  # as an earlier release left them
    full = OSError(errno.ENOSPC, "No space left on device")
    with monkeypatch.context() as no_room:
        no_room.setattr("flows.night.backups.restore", lambda source, home: (_ for _ in ()).throw(full))
        for _ in range(2):
            with pytest.raises(OSError, match="No space"):
                back_up(load_settings())
    assert {path.name for path in folder.iterdir() if path.suffix != ".part"} == {sound, "untried"}
    assert "No space" in last_backup(load_settings()).why
    back_up(load_settings())
    kept, whose = sorted(folder.iterdir(), reverse=True)
    assert kept.name > sound
    assert (whose.name, kept.name[:9]) == ("home.txt", "mobility-")


def test_one_homes_backups_push_no_others_out(home, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MOBILITY_BACKUP_FOLDER", str(tmp_path / "backups"))
    monkeypatch.setenv("MOBILITY_BACKUP_KEEP", "1")
    back_up(load_settings())
    (kept,) = (tmp_path / "backups").glob("mobility-*")
    shutil.copytree(home, tmp_path / "other")
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path / "other"))
    assert shown(lambda: run_backup(None)) == 1
    said = capsys.readouterr().err
    assert str(home) in said
    assert str(tmp_path / "backups" / "home.txt") in said
    assert [*(tmp_path / "backups").glob("mobility-*")] == [kept]
    assert run_doctor(deep=False) == 2
    assert str(home) in capsys.readouterr().out
    (tmp_path / "backups" / "home.txt").unlink()  # as the sentence says, where the home has moved
    assert back_up(load_settings()).path.is_dir()


@pytest.mark.parametrize("name", ["warehouse.duckdb", "board.sqlite"])
def test_a_damaged_file_is_told_by_a_scheduled_backup_and_noted(home, tmp_path, monkeypatch, name):
    monkeypatch.setenv("MOBILITY_BACKUP_FOLDER", str(tmp_path / "backups"))
    with open_board(home / "board.sqlite"):
        pass
    content = (home / name).read_bytes()
    (home / name).write_bytes(content[:4096] + b"damage" * (len(content) // 6))
    with pytest.raises(SpokenError, match=name):
        back_up(load_settings())
    assert name in last_backup(load_settings()).why
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_backup_waits_for_the_night_and_that_is_no_failure(home, tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_BACKUP_FOLDER", str(tmp_path / "backups"))
    with open_store(home / "warehouse.duckdb"), pytest.raises(StoreLocked):
        back_up(load_settings())
    assert last_backup(load_settings()) is None


def test_without_a_folder_a_backup_asks_for_one(home, capsys):
    assert shown(lambda: run_backup(None)) == 1
    assert "MOBILITY_BACKUP_FOLDER" in capsys.readouterr().err


def test_what_is_restored_is_published(home, tmp_path, monkeypatch, capsys):
    run_backup(tmp_path / "backup")
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path / "other"))
    run_restore(tmp_path / "backup", replace=False)
    assert (tmp_path / "other" / "published" / "mobility.duckdb").exists()
    assert (tmp_path / "other" / "board.duckdb").exists()  # what the portal opens beside it
    run_files(None, None, None, 40)
    assert "5 tệp gần nhất trong 5 tệp" in capsys.readouterr().out


def test_what_copies_since_a_backup_showed_and_hid_is_known_to_what_is_restored(home, tmp_path, capsys):
    """They are with their readers, whatever is restored."""
    run_backup(tmp_path / "backup")
    with open_store(home / "warehouse.duckdb") as con:
        con.execute("INSERT INTO derived.half_hidden VALUES ('today', '29869', '2024-H1', DATE '2024-08-01')")
        con.execute(
            "INSERT INTO derived.half_shown VALUES ('today', '29872', '2024-H1', 'r213_subject', 9, '2024-08-01')"
        )
    run_restore(tmp_path / "backup", replace=True)
    assert ask(home, "SELECT unit_id FROM derived.half_hidden") == [("29869",)]
    assert ask(home, "SELECT unit_id, value FROM derived.half_shown") == [("29872", 9)]
    assert "Không mở được" not in capsys.readouterr().out
    (home / "warehouse.duckdb").write_bytes(b"no warehouse")
    run_restore(tmp_path / "backup", replace=True)
    assert "Không mở được kho trước đó" in capsys.readouterr().out


def test_a_home_is_taken_on_after_a_backup_and_a_trial(home, tmp_path, capsys):
    (home / "inbox" / "870").mkdir(parents=True, exist_ok=True)
    (home / "inbox" / "870" / "a.csv").write_text("x")
    (home / "inbox" / "870" / "gone.csv").symlink_to("nowhere")
    (home / "inbox" / "870" / "round").symlink_to("..")
    os.mkfifo(home / "inbox" / "870" / "pipe.csv")
    before = ask(home, "FROM facts.balance ORDER BY ALL")
    run_upgrade(tmp_path / "before")
    assert ask(home, "FROM facts.balance ORDER BY ALL") == before
    assert sorted(path.name for path in (tmp_path / "before").iterdir()) == ["home", "inbox"]
    assert [path.name for path in (tmp_path / "before" / "inbox" / "870").iterdir()] == ["a.csv"]
    assert "giống hệt" in capsys.readouterr().out
    assert shown(lambda: run_upgrade(tmp_path / "before")) == 1


def test_a_home_that_is_not_sound_after_the_trial_is_left_as_it_is(home, tmp_path, capsys):
    with open_store(home / "warehouse.duckdb") as con:
        con.execute("INSERT INTO ledger.problem SELECT * REPLACE (99 AS submission_id) FROM ledger.problem LIMIT 1")
    published = (home / "published" / "mobility.duckdb").resolve()
    assert shown(lambda: run_upgrade(tmp_path / "unsound")) == 1
    assert "1 vấn đề thuộc về tệp không có trong sổ" in capsys.readouterr().err
    assert (home / "published" / "mobility.duckdb").resolve() == published


def test_a_home_that_is_served_or_reads_otherwise_is_left_as_it_is(home, tmp_path, capsys):
    with alone(load_settings()):
        assert shown(lambda: run_upgrade(tmp_path / "served")) == 1
    assert "systemctl stop mobility" in capsys.readouterr().err
    assert not (tmp_path / "served").exists()
    readings = len(ask(home, "FROM facts.away"))
    with open_store(home / "warehouse.duckdb") as con:
        con.execute("DELETE FROM facts.away WHERE cell_code = (SELECT min(cell_code) FROM facts.away)")
    before = ask(home, "FROM facts.away ORDER BY ALL")
    assert shown(lambda: run_upgrade(tmp_path / "other")) == 1
    assert "--with-other-facts" in capsys.readouterr().err
    assert ask(home, "FROM facts.away ORDER BY ALL") == before
    assert len(before) < readings
    run_upgrade(tmp_path / "again", with_other_facts=True)
    assert len(ask(home, "FROM facts.away ORDER BY ALL")) == readings
    assert sorted(path.name for path in (tmp_path / "other").iterdir()) == ["home", "inbox"]


def test_a_program_reads_what_doctor_found(home, capsys):
    code = run_doctor(deep=False, as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert (code, said["status"]) == (0, "ok")
    assert {"facts", "last-night", "disk", "published"} <= {one["check"] for one in said["findings"]}
    assert {one["state"] for one in said["findings"]} == {"ok"}
    (last,) = [one["message"] for one in said["findings"] if one["check"] == "last-night"]
    assert "Đã nhận tệp cũ đến ngày" in last
    (home / "warehouse.duckdb").chmod(0o644)
    assert run_doctor(deep=False, as_json=True) == 2


def test_a_program_hears_of_settings_that_stop_every_command(home, monkeypatch, capsys):
    monkeypatch.setenv("MOBILITY_DUE_DAY", "99")
    assert run_doctor(deep=False, as_json=True) == 2
    said = json.loads(capsys.readouterr().out)
    assert (said["status"], [one["check"] for one in said["findings"]]) == ("act", ["settings"])
    assert run_doctor(deep=False) == 2
    assert "«due_day» phải từ 28 trở xuống" in capsys.readouterr().out


def test_a_variable_that_is_no_setting_is_to_be_looked_at(home, monkeypatch, capsys):
    monkeypatch.setenv("MOBILITY_DUEDAY", "6")
    assert run_doctor(deep=False) == 1
    assert "MOBILITY_DUEDAY" in capsys.readouterr().out
