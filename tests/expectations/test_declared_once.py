"""A form is declared once: an invented one is added to a copy of the tree, and what had to be written is counted."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from expectations.contract.periods import Period
from flows.settings import Settings
from tests.taking_in import take_in
from transforms.samples.tree import sample_tree
from transforms.territory.registry import Registry
from warehouse.connection.migrations import migrations

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("expectations", "transforms", "warehouse", "flows")
TAKEN_IN = Path(__file__).parent / "new_form_taken_in.py"
REPORTER = "866"

FORM = """MEETINGS = Form(
    "meetings",
    "Sinh hoạt chi bộ",
    "Meetings of the cell",
    (
        Measure(
            "meetings_held",
            "Số kỳ sinh hoạt",
            "Meetings held",
            "Số kỳ sinh hoạt của chi bộ trong kỳ",
            "Meetings the cell held in the period",
            "flow",
            unit_vi="kỳ sinh hoạt",
            unit_en="meetings",
        ),
        Measure(
            "meetings_attended",
            "Lượt đảng viên dự",
            "Attendances",
            "Lượt đảng viên dự sinh hoạt trong kỳ",
            "Members' attendances in the period",
            "flow",
            "sensitive",
        ),
    ),
    since="2024-03",
)

"""
HEADINGS = """meetings,meetings_held,Sinh hoạt trong kỳ,Số kỳ đã họp
meetings,meetings_attended,Sinh hoạt trong kỳ,Số lượt dự họp
"""


@pytest.fixture(scope="module")
def home(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home as it is before the form exists: two months of one reporter taken in."""
    home = tmp_path_factory.mktemp("home")
    files = sample_tree(registry, 1, Period(2024, 1), Period(2024, 2), {REPORTER}, is_faulty=False)
    take_in(files, Settings(home=home))
    return home


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the rooms."""
    tree = tmp_path_factory.mktemp("tree")
    for room in ROOMS:
        shutil.copytree(ROOT / room, tree / room, ignore=shutil.ignore_patterns("__pycache__"))
    return tree


@pytest.fixture(scope="module")
def written(tree: Path) -> set[str]:
    """The files a person writes for the new form: the contract's, and nothing else."""
    before = _hashes(tree)
    forms = tree / "expectations" / "contract" / "forms.py"
    text = forms.read_text("utf-8")
    text = text.replace("FORMS: dict", f"{FORM}FORMS: dict").replace("ORGANISATION)}", "ORGANISATION, MEETINGS)}")
    forms.write_text(text, "utf-8")
    labels = tree / "expectations" / "contract" / "labels.csv"
    labels.write_text(labels.read_text("utf-8") + HEADINGS, "utf-8")
    return _changed(before, _hashes(tree))


@pytest.fixture(scope="module")
def made(tree: Path, written: set[str]) -> set[str]:
    """The files that `make generated` then writes."""
    before = _hashes(tree)
    for module in ("warehouse.connection.write_migration", "warehouse.marts.generate"):
        _python(tree, "-m", module)
    return _changed(before, _hashes(tree))


@pytest.fixture(scope="module")
def told(home: Path, tree: Path, made: set[str]) -> dict[str, Any]:
    """What the home holds once a report with the form, and its correction, were taken in by the new tree."""
    answer = json.loads(_python(tree, str(TAKEN_IN), str(home)).splitlines()[-1])
    assert isinstance(answer, dict)
    return answer


def test_a_new_form_is_written_in_two_files_of_the_contract(written: set[str]) -> None:
    assert written == {"expectations/contract/forms.py", "expectations/contract/labels.csv"}


def test_one_command_makes_its_migration_and_the_marts_that_show_it(made: set[str]) -> None:
    migration = f"warehouse/schema/{len(migrations()) + 1:03d}_measures.sql"
    marts = {"figures_district", "figures_province", "dictionary", "reporting_status", "revision"}
    assert made == {migration, *(f"warehouse/marts/{name}.sql" for name in marts)}


def test_the_command_run_again_writes_nothing(tree: Path, made: set[str]) -> None:
    before = _hashes(tree)
    for module in ("warehouse.connection.write_migration", "warehouse.marts.generate"):
        assert _python(tree, "-m", module) == ""
    assert _hashes(tree) == before


def test_a_home_that_stood_is_brought_forward(told: dict[str, Any]) -> None:
    assert told["migrations"] == [len(migrations()) + 1]


def test_the_reading_knows_its_headings_and_the_facts_hold_it(told: dict[str, Any]) -> None:
    first, second = told["true"]
    assert first != second
    ((period, _, held),) = told["facts"]
    assert (period, held) == ("2024-03", first[0] + second[0])
    assert told["problems"] == []


def test_what_was_believed_on_a_day_can_be_asked(told: dict[str, Any]) -> None:
    assert told["as_of"] == told["true"]


def test_the_marts_of_figures_show_it_and_nothing_for_the_months_before(told: dict[str, Any]) -> None:
    standing = told["true"][1]
    assert told["district"] == [
        ["2024-01", None, None, True],
        ["2024-02", None, None, True],
        ["2024-03", *standing, True],
    ]
    assert told["province"] == [[None], [None], [standing[0]]]
    assert told["revision"] == [[first] for first, _ in told["true"]]


def test_the_months_before_it_was_asked_for_lack_nothing(told: dict[str, Any]) -> None:
    assert told["missing"] == [0]
    assert told["status"] == [["2024-01", True], ["2024-02", True], ["2024-03", True]]


def test_the_dictionary_explains_it_in_the_contracts_words(told: dict[str, Any]) -> None:
    held = ["Số kỳ sinh hoạt của chi bộ trong kỳ", "Meetings the cell held in the period", "kỳ sinh hoạt / meetings"]
    attended = ["Lượt đảng viên dự sinh hoạt trong kỳ", "Members' attendances in the period", "đảng viên / members"]
    assert told["dictionary"] == [
        [mart, name, *words, "facts.meetings", privacy]
        for mart in ("figures_district", "figures_province")
        for name, words, privacy in (("meetings_attended", attended, "sensitive"), ("meetings_held", held, "open"))
    ]


def test_nothing_of_it_is_published_of_communes_unless_somebody_declares_so(told: dict[str, Any]) -> None:
    assert told["communes"] == []


def _python(tree: Path, *arguments: str) -> str:
    """Run Python on the copy, which comes before the tree that is installed."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _hashes(tree: Path) -> dict[str, str]:
    return {
        file.relative_to(tree).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in tree.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def _changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name, sha256 in after.items() if before.get(name) != sha256}
