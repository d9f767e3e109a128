"""The clerk's ten faults are those for which files do come back."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from docs.faults import FAULTS, FILES, counts, faults_page
from expectations.contract.problems import CODES

ROOT = Path(__file__).resolve().parents[1]


def test_the_page_is_made_from_what_it_says():
    assert (ROOT / "docs" / "faults.md").read_text("utf-8") == faults_page()


def test_ten_faults_make_nine_rejections_in_ten():
    named = [code for fault in FAULTS for code in fault.codes]
    assert len(FAULTS) == 10
    assert len(set(named)) == len(named)
    assert set(named) <= CODES.keys()
    assert sum(number for code, number in counts().items() if code in named) >= 0.9 * sum(counts().values())


@pytest.mark.corpus
def test_they_are_counted_in_the_corpora(shared):
    files = [
        json.loads(line)
        for name in ("exports", "exports_2025")
        for line in (shared / name / "manifest.jsonl").read_text("utf-8").splitlines()
    ]
    assert len(files) == FILES
    assert counts() == Counter(one["problems"][0] for one in files if one["outcome"] == "rejected")
