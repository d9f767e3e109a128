"""A pilot's card: words and a chart of its months, with sentence and table."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from transforms.drawing.event_chart import EventPart, event_chart
from transforms.pages.pilots import pilot_cards
from transforms.pilots.table import SCHEMA

WHOLE = {
    "pilot": "Gọi <điện>",
    "what": "Thử",
    "indicator": "requests_rate",
    "unit_code": "866",
    "unit_name": "Thành phố Cao Lãnh",
    "part": "whole",
    "period": "2024-12",
    "rate_ratio": 0.5,
    "ratio_lower": 0.3,
    "ratio_upper": 0.8,
    "cases_a_month": -4.0,
    "cases_lower": -9.0,
    "cases_upper": -1.0,
    "p_value": 0.0045,
    "smallest_p": 0.0045,
    "assignments": 220,
    "is_exact": True,
    "units_with": 3,
    "units_without": 9,
    "units_left_out": 1,
    "chosen": "lot",
    "named": "after",
    "written_on": date(2024, 1, 1),
    "first_seen": date(2024, 2, 1),
    "starts_on": date(2024, 1, 1),
    "pre_trend_p": 0.01,
    "neighbour_ratio": 1.4,
    "neighbour_p": 0.02,
    "neighbours": 4,
    "second_method": "by-start",
    "second_cases_a_month": -3.5,
    "before_after_ratio": 0.6,
    "position": 0,
}
MONTHS = [
    {**WHOLE, "part": "months", "months_since": since, "rate_ratio": ratio, "ratio_lower": low, "ratio_upper": high}
    for since, ratio, low, high in (
        (-3, 1.1, 0.7, 1.6),
        (0, 0.5, 0.2, None),
        (3, 0.0, None, 0.7),
        (6, None, None, None),
    )
]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_card_says_all_that_might_deceive_and_draws_its_months(language):
    (card,) = pilot_cards(pl.DataFrame([WHOLE, *MONTHS], schema=SCHEMA), language)
    (outcome,) = card.outcomes
    assert outcome.words.state == "seen"
    assert {"vi": "Có khác biệt rõ: 0,5 lần (0,3 … 0,8)", "en": "A clear difference: 0.5 times (0.3"}[language] in (
        outcome.words.verdict
    )
    assert len(outcome.words.grounds) == 7
    assert outcome.chart.count("<figcaption>") == outcome.chart.count("<table") == 1
    assert "<điện>" not in outcome.chart


def test_months_of_which_nothing_is_known_have_no_chart():
    part = EventPart(0, "tháng thứ 1–3", None, None, None, "—", "—")
    assert event_chart([part], "x", "vi") is None


def test_an_interval_that_is_open_reaches_out_of_the_picture_and_is_no_number():
    parts = [EventPart(0, "1–3", 0.5, 0.2, None, "", ""), EventPart(3, "4–6", 0.0, None, 0.7, "", "")]
    chart = event_chart(parts, "x", "vi")
    assert "từ khi bắt đầu 1 trong 2" in chart.sentence
    assert [row[2] for row in chart.rows] == ["0,2 … —", "— … 0,7"]
    assert "nan" not in chart.picture
    assert "inf" not in chart.picture


def test_no_rows_are_no_cards():
    assert pilot_cards(pl.DataFrame(), "vi") == []
