"""The severity table: effect and evidence together, facts by how long they last."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.alerts.alert_findings import DISTRICT
from transforms.alerts.severity import RANK, severity_of

counts = st.floats(0, 500)


@pytest.mark.parametrize(
    ("observed", "expected", "q", "severity"),
    [
        (12, 3, 0.005, "high"),
        (0, 21, 0.0001, "high"),  # a silence
        (397, 277, 0.00001, "high"),  # a stock, a third more
        (12, 3, 0.05, "medium"),
        (5, 1, 0.005, "medium"),  # four people
        (12, 3, 0.5, "low"),
        (2, 0, 0.00001, "low"),  # two people, however sure
        (12, 3, None, "low"),
    ],
)
def test_effect_and_evidence_make_the_severity(observed, expected, q, severity):
    assert severity_of(replace(DISTRICT, observed=observed, expected=expected, q_value=q), 1) == severity


@given(counts, counts, st.floats(0, 1), st.floats(0, 1))
def test_stronger_evidence_never_lowers_it(observed, expected, one, other):
    weak, strong = max(one, other), min(one, other)
    found = replace(DISTRICT, observed=observed, expected=expected)
    assert RANK[severity_of(replace(found, q_value=strong), 1)] >= RANK[severity_of(replace(found, q_value=weak), 1)]


@given(counts, counts)
def test_a_fall_counts_like_the_rise_that_it_mirrors(observed, expected):
    rise, fall = (replace(DISTRICT, observed=a, expected=b) for a, b in ((observed, expected), (expected, observed)))
    assert severity_of(rise, 1) == severity_of(fall, 1)


@pytest.mark.parametrize(("months", "severity"), [(1, "low"), (2, "medium"), (3, "high"), (9, "high")])
def test_late_reports_weigh_more_with_each_month(months, severity):
    assert severity_of(replace(DISTRICT, kind="late", q_value=None, p_value=None), months) == severity
