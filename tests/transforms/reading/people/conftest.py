"""A report to ride on."""

from __future__ import annotations

import pytest

from expectations.contract.periods import Period
from transforms.reading.sheets import open_sheets
from transforms.samples.tree import SampleFile, sample_tree


@pytest.fixture(scope="session")
def reports(registry) -> list[SampleFile]:
    """Good files of all templates and kinds, signed or not."""
    return list(sample_tree(registry, 5, Period(2024, 3), Period(2024, 3), is_faulty=False))


@pytest.fixture(scope="session")
def report(reports) -> list[list]:
    """One of them as a grid."""
    one = next(file for file in reports if file.file_name.endswith(".csv"))
    return open_sheets(one.data, one.file_name)[0].rows
