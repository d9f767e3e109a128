"""For each problem code: a file without it is accepted, one that has it is told so, at the cell."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from expectations.contract.problems import CODES
from tests.expectations.spec.rules_page import PAGE, rules_page, verdict_on
from tests.expectations.spec.spec_cases import SPEC, Case
from tests.expectations.spec.spec_yearly import YEARLY_SPEC

PLACE = ["cell_ref", "unit_code", "measure", "found", "expected"]
CASES = [
    pytest.param(code, case, id=f"{name}{code}-{'told' if case.told else 'clean'}")
    for name, spec in (("", SPEC), ("yearly-", YEARLY_SPEC))
    for code, pair in spec.items()
    for case in pair
]


@pytest.mark.parametrize(("code", "case"), CASES)
def test_a_file_is_told_what_is_wrong_with_it_and_where(code: str, case: Case) -> None:
    verdict = verdict_on(case)
    last = verdict.outcomes["submission_id"].max()
    problems = verdict.problems.filter(pl.col("submission_id") == last)
    told = problems.filter(pl.col("code") == code).select(PLACE).rows()
    assert verdict.outcomes.row(-1) == (last, case.outcome)
    assert len(told) == len(case.told), problems.select("code", *PLACE).rows()
    for found, meant in zip(told, case.told, strict=True):
        assert all(want in (..., have) for have, want in zip(found, meant, strict=True)), (found, meant)
    beside = set(problems["code"]) - {code}
    assert beside == set(case.beside), problems.select("code", *PLACE).rows()


def test_every_code_has_a_spec() -> None:
    assert set(SPEC) == set(CODES)


def test_every_code_is_shown_clean_and_told() -> None:
    assert all(not clean.told and told.told for spec in (SPEC, YEARLY_SPEC) for clean, told in spec.values())


def test_the_manual_of_rules_is_up_to_date() -> None:
    page = Path(__file__).resolve().parents[3] / PAGE
    assert page.read_text("utf-8") == rules_page(), "write it anew: python -m tests.expectations.spec.rules_page"
