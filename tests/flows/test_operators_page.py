"""The operator's page and the machine name the same things."""

from __future__ import annotations

import inspect
import re

import pytest

from flows.commands import care
from flows.portal import health
from tests.expectations.language.language_keys import ROOT
from warehouse import doctor

PAGE = (ROOT / "docs" / "operator.md").read_text("utf-8")
CHECKS = sorted(
    set(re.findall(r'Diagnosis\(\s*"([a-z-]+)"', inspect.getsource(doctor) + inspect.getsource(care)))
    | doctor._checks().keys()
)
REASONS = sorted(set(re.findall(r'"(?:look|act)", f?"([a-z-]+)', inspect.getsource(health))))


@pytest.mark.parametrize("check", [one for one in CHECKS if one != "warehouse"])
def test_the_guide_says_what_to_do_about_each_finding(check):
    assert f"`{check}`" in PAGE


@pytest.mark.parametrize("reason", REASONS)
def test_the_guide_says_what_a_reason_means(reason):
    assert f"`{reason}" in PAGE
