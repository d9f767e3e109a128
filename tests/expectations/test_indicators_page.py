"""The page of indicators says what the declarations say, and the dictionary says the same."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from expectations.contract.indicators import INDICATORS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def make() -> dict[str, Any]:
    """What the script that writes the pages declares; the folder of pages is no package."""
    return runpy.run_path(str(ROOT / "docs" / "make.py"))


def test_the_page_is_up_to_date(make):
    assert (ROOT / "docs" / "indicators.md").read_text("utf-8") == make["indicators_page"](), "write it anew: make docs"


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda each: each.name)
def test_the_dictionary_gives_the_formula_of_the_page(indicator):
    dictionary = (ROOT / "warehouse" / "marts" / "dictionary.sql").read_text("utf-8")
    note = dictionary.partition("indicator_note")[2]
    (line,) = [line for line in note.splitlines() if line.strip().startswith(f"('{indicator.name}', ")]
    assert f"'{indicator.formula}'" in line
