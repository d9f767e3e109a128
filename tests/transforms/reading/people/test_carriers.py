"""Lists of people are refused in whatever carrier, and harmless reports in none."""

from __future__ import annotations

from datetime import date

import pytest

from tests.transforms.reading.people.people_files import CARRIERS, people_file
from transforms.reading.read import read_file

DAY = date(2024, 4, 2)


def codes(data, name, directory) -> set[str]:
    return {problem.code for problem in read_file(data, name, "866", DAY, directory).problems}


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("seed", range(4))
def test_people_are_refused(carrier, seed, directory, report):
    name, data, people = people_file(carrier, seed, report)
    assert codes(data, name, directory) == {"personal-data"}, people.rows[:4]
