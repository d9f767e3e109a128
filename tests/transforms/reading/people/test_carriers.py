"""Lists of people are refused in whatever carrier, and harmless reports in none."""

from __future__ import annotations

from datetime import date

import pytest

from expectations.contract.problems import NOT_KEPT
from tests.transforms.reading.people.harmless_files import HARMLESS, harmless_file
from tests.transforms.reading.people.people_files import CARRIERS, people_file
from transforms.reading.read import read_file

DAY = date(2024, 4, 2)


def codes(data, name, directory) -> set[str]:
    return {problem.code for problem in read_file(data, name, "866", DAY, directory).problems}


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("seed", range(2))
def test_people_are_refused(carrier, seed, directory, report):
    name, data, people = people_file(carrier, seed, report)
    assert codes(data, name, directory) == {"personal-data"}, people.rows[:4]


@pytest.mark.parametrize("kind", HARMLESS)
@pytest.mark.parametrize("seed", range(2))
def test_harmless_names_are_no_list(kind, seed, directory, report):
    name, data = harmless_file(kind, seed, report)
    assert not codes(data, name, directory) & set(NOT_KEPT)


def test_good_files_of_all_templates_are_no_list(reports, directory):
    assert len({file.file_name.rsplit(".", 1)[-1] for file in reports}) > 3
    for file in reports:
        assert not codes(file.data, file.file_name, directory) & set(NOT_KEPT), file.file_name
