"""Changes to the registry as a person makes them: what is matched by what, and what is said of one at fault."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from flows.registry_files import load_registry
from tests.flows.command_line import mobility

HEAD = "cell_code,name,kind,commune_code,valid_from,valid_to\n"
OPEN = "00004-01,Tổ dân phố 1,hamlet,00004,2025-07-01,\n"
FIRST = "00004-01,Tổ dân phố 1,hamlet,00004,2025-07-01,2026-06-30\n"
MOVED = "00004-01,Tổ dân phố 1,hamlet,00008,2026-07-01,\n"


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """A province's home with one cell."""
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "400")
    assert mobility("init", "--province", "01").returncode == 0
    (tmp_path / "home" / "registry" / "cells.csv").write_text(HEAD + OPEN, "utf-8")
    return tmp_path / "home"


def given(home: Path, *rows: str) -> str:
    table = home.parent / "cells.csv"
    table.write_text(HEAD + "".join(rows), "utf-8")
    return str(table)


def test_a_cell_that_moved_has_a_row_for_each_stay_and_each_is_changed_by_itself(home):
    told = mobility("registry", "check", given(home, FIRST, MOVED))
    assert "thêm 1" in told.stdout, told.stderr
    for rows in ([FIRST, MOVED], [MOVED.replace("phố 1", "phố 01")]):
        done = mobility("registry", "import", given(home, *rows))
        assert done.returncode == 0, done.stderr
    stays = load_registry(home / "registry").homes
    assert [(one.reporter_code, one.name, one.valid_from) for one in stays] == [
        ("00004", "Tổ dân phố 1", date(2025, 7, 1)),
        ("00008", "Tổ dân phố 01", date(2026, 7, 1)),
    ]


def test_a_later_row_beside_one_that_has_not_ended_is_refused_with_its_day(home):
    before = (home / "registry" / "cells.csv").read_bytes()
    done = mobility("registry", "import", given(home, MOVED))
    assert done.returncode == 1
    assert "cells.csv: 00004-01 đứng ở hai dòng cùng có ngày 01/07/2026" in done.stderr
    assert "Danh mục không đổi" in done.stderr
    assert (home / "registry" / "cells.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",Tổ dân phố 2,hamlet,00004,2025-07-01,\n", "không có cell_code"),
        ("00004-02,Tổ dân phố 2,hamlet\n", "không có commune_code"),
        ("99999-01,Tổ dân phố 2,hamlet,99999,2025-07-01,\n", "không có đơn vị nào mang mã 99999"),
    ],
)
def test_a_row_without_a_code_or_of_no_known_unit_is_refused(home, row, said):
    before = (home / "registry" / "cells.csv").read_bytes()
    done = mobility("registry", "import", given(home, row))
    assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    assert (home / "registry" / "cells.csv").read_bytes() == before


def test_a_table_as_a_spreadsheet_saves_it_with_semicolons_and_rows_of_blanks_is_read(home):
    table = home.parent / "cells.csv"
    table.write_text((HEAD + MOVED.replace("-01", "-02") + ",,,,,\n , ,,,,\n").replace(",", ";"), "utf-8-sig")
    assert "thêm 1, sửa 0" in mobility("registry", "check", str(table)).stdout


def test_a_row_without_a_code_written_by_hand_is_told_by_the_doctor(home):
    with (home / "registry" / "cells.csv").open("a", encoding="utf-8") as table:
        table.write(",Tổ dân phố 9,hamlet,00004,2025-07-01,\n")
    doctor = mobility("doctor")
    assert doctor.returncode == 2
    assert "cells.csv: dòng «, Tổ dân phố 9, hamlet, 00004, 2025-07-01, » không có cell_code" in doctor.stdout


def stands_twice(home: Path, table: str) -> str:
    """Have a code's last row end on a day on which another begins."""
    path = home / "registry" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as table_file:
        rows = list(csv.DictReader(table_file))
    last = next(row for row in rows if not row["valid_to"])
    later = last | {"valid_from": "2026-07-01"}
    last["valid_to"] = "2026-07-01"
    with path.open("w", encoding="utf-8", newline="") as table_file:
        writer = csv.DictWriter(table_file, list(last))
        writer.writeheader()
        writer.writerows([*rows, later])
    return next(iter(last.values()))


@pytest.mark.parametrize("table", ["units", "cells"])
def test_a_registry_with_a_code_in_two_rows_on_one_day_is_told_by_the_doctor_and_before_an_upgrade(home, table):
    assert mobility("registry", "import", given(home, OPEN)).returncode == 0  # the warehouse is there
    code = stands_twice(home, table)
    doctor = mobility("doctor")
    (line,) = [line for line in doctor.stdout.splitlines() if line.split()[2:3] == ["registry"]]
    assert (doctor.returncode, line.split()[:2]) == (2, ["phải", "làm"])
    for said in (f"{table}.csv: {code} đứng ở hai dòng", "01/07/2026", "sửa valid_to", str(home / "registry")):
        assert said in line
    english = mobility("doctor", "--json", MOBILITY_LANGUAGE="en")
    assert f"{table}.csv: {code} stands in two rows on 1 July 2026" in english.stdout
    upgrade = mobility("upgrade", str(home.parent / "before"))
    assert upgrade.returncode == 1
    assert f"{table}.csv: {code} đứng ở hai dòng" in upgrade.stderr
    assert not (home.parent / "before").exists()


def test_a_registry_that_fits_together_is_said_to_and_one_that_is_not_begun_is_not_begun_by_looking(home, tmp_path):
    assert "registry       Danh mục đơn vị đọc được" in mobility("doctor").stdout
    done = mobility("doctor", MOBILITY_HOME=str(tmp_path / "new"))
    assert [line.split()[2] for line in done.stdout.splitlines()] == ["warehouse"]
    assert not (tmp_path / "new").exists()
