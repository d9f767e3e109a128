"""The page of indicators says what the declarations say, and the dictionary says the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.make import formula, indicators_page
from expectations.contract.indicators import INDICATORS

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_up_to_date():
    assert (ROOT / "docs" / "indicators.md").read_text("utf-8") == indicators_page(), "write it anew: make docs"


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda each: each.name)
def test_the_dictionary_gives_the_formula_of_the_page(indicator):
    dictionary = (ROOT / "warehouse" / "marts" / "dictionary.sql").read_text("utf-8")
    note = dictionary.partition("indicator_note")[2]
    (line,) = [line for line in note.splitlines() if line.strip().startswith(f"('{indicator.name}', ")]
    assert f"'{formula(indicator)}'" in line
