"""`mobility check --json` as a program reads it: one object, both outcomes, both languages, the exit code."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from expectations.contract.periods import Period
from expectations.contract.problems import PROBLEM_FIELDS
from tests.flows.command_line import mobility
from transforms.samples.tree import sample_tree

pytestmark = pytest.mark.usefixtures("read_here")

FIELDS = [
    "code",
    "severity",
    "form",
    "sheet",
    "cell_ref",
    "unit_code",
    "measure",
    "found",
    "expected",
    "message_vi",
    "message_en",
]


@pytest.fixture(scope="module")
def sample(registry):
    return next(
        file
        for file in sample_tree(registry, 5, Period(2024, 1), Period(2024, 1), {"866", "867", "873"}, is_faulty=False)
        if file.data[:2] == b"\xff\xfe"
    )


def checked(home: Path, data: bytes, name: str, reporter: str, day: date, **more: str) -> tuple[int, dict]:
    path = home / "sent" / reporter / name
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    done = mobility("check", str(path), "--json", "--as-of", str(day), MOBILITY_HOME=str(home), **more)
    assert done.stderr == ""
    (line,) = done.stdout.splitlines()
    return done.returncode, json.loads(line)


def test_a_good_file_is_accepted_in_one_object_and_nothing_is_stored(sample, tmp_path):
    code, told = checked(tmp_path, sample.data, sample.file_name, sample.reporter_code, sample.received_on)
    assert code == 0
    assert sorted(told) == ["causes", "outcome", "period", "problems"]
    assert (told["outcome"], told["period"]) == ("accepted", "2024-01")
    assert [one for one in told["problems"] if one["severity"] == "error"] == []
    assert {path.name for path in tmp_path.iterdir()} == {"sent", "registry"}


def test_a_warning_stands_with_an_accepted_file(sample, tmp_path):
    code, told = checked(tmp_path, sample.data, sample.file_name, sample.reporter_code, date(2024, 2, 20))
    assert (code, told["outcome"]) == (0, "accepted")
    assert "late" in {one["code"] for one in told["problems"]}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_faulty_file_is_rejected_with_each_problem_in_both_languages(sample, tmp_path, language):
    rows = sample.data.decode("utf-16").split("\r\n")
    number = next(at for at, row in enumerate(rows) if "Trạm Y tế" in row)
    cells = rows[number].split("\t")
    column = next(at for at in range(len(cells) - 1, 0, -1) if cells[at].isdigit())
    cells[column] = "chưa rõ"
    rows[number] = "\t".join(cells)
    code, told = checked(
        tmp_path,
        "\r\n".join(rows).encode("utf-16"),
        sample.file_name,
        sample.reporter_code,
        sample.received_on,
        MOBILITY_LANGUAGE=language,
    )
    assert (code, told["outcome"], told["period"]) == (1, "rejected", "2024-01")
    assert all(list(one) == FIELDS for one in told["problems"])
    (fault,) = [one for one in told["problems"] if one["code"] == "not-a-count"]
    assert (fault["severity"], fault["found"]) == ("error", "chưa rõ")
    assert fault["cell_ref"].endswith(str(number + 1))
    assert fault["unit_code"]
    assert fault["measure"]
    assert "chưa rõ" in fault["message_vi"]
    assert "chưa rõ" in fault["message_en"]
    assert fault["message_vi"] != fault["message_en"]
    severities = [one["severity"] for one in told["problems"]]
    assert severities == sorted(severities)  # errors first


def test_a_file_that_cannot_be_read_has_no_period(tmp_path):
    code, told = checked(tmp_path, b"PK\x03\x04 cut", "hong.xlsx", "866", date(2024, 2, 3))
    assert (code, told["outcome"], told["period"]) == (1, "rejected", None)
    assert [one["code"] for one in told["problems"]] == ["unreadable-file"]


def test_what_hinders_the_check_itself_is_no_object(tmp_path):
    done = mobility("check", str(tmp_path / "none.xlsx"), "--json", MOBILITY_HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "Không mở được" in done.stderr


def test_the_fields_are_those_a_problem_has_in_the_contract():
    assert list(PROBLEM_FIELDS) == FIELDS
