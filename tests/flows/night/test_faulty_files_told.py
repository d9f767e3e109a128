"""The self-test's faulty files, through the reading and the rules as any sender's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from expectations.contract.periods import Period
from flows.night.self_test import faults_told
from flows.settings import Settings
from transforms.eyesight.faulty_files import FAULTS, faulty_files

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("month", "number"), [(Period(2024, 6), len(FAULTS)), (Period(2025, 9), 4)], ids=["districts", "communes"]
)
def test_every_fault_is_told_by_its_code_and_by_no_other(registry, tmp_path, month, number):
    files = faulty_files(registry, month, number, np.random.default_rng(20260118))
    assert len({file.fault for file in files[1:]}) == number
    assert [file.is_canary for file in files] == [True] + [False] * number
    # One is looked for by a code that is not its own.
    files[-1] = replace(files[-1], codes=frozenset({"wrong-template"}))
    told = faults_told(files, registry, Settings(home=tmp_path))
    assert [file for file, is_seen in told if not is_seen] == [files[-1]]
