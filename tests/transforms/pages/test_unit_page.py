"""What a unit's page says of its trends."""

from __future__ import annotations

import polars as pl
import pytest

from transforms.pages.unit_figures import level_figures
from transforms.pages.unit_page import trend_says

ROW = {
    "indicator": "away_rate",
    "level_value": 95.5,
    "slope_per_year": 1.5,
    "slope_lower": 0.5,
    "slope_upper": 2.5,
    "word": "rising",
    "since": None,
}
UNKNOWN = dict.fromkeys(("level_value", "slope_per_year", "slope_lower", "slope_upper"))


def said(language: str, **changed: object) -> str:
    return trend_says(pl.DataFrame([ROW | changed]), language)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_trend_is_told_without_gaps_or_not_at_all(language):
    assert "95" in said(language)
    assert said(language, **UNKNOWN, word="unclear") == ""


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_level_known_no_better_than_within_a_factor_of_three_is_neither_told_nor_drawn(language):
    vague = {"slope_lower": None, "slope_upper": None, "word": "unclear"}
    assert said(language, **vague) == ""
    rows = [{"period": "2024-11"} | ROW, {"period": "2024-12"} | ROW | vague]
    assert [one.value for one in level_figures(pl.DataFrame(rows))] == [95.5, None]
