"""The operator's page stands alone: it loads nothing, runs nothing, and shows every failing file and check."""

from __future__ import annotations

import re
from datetime import date

import pytest

from expectations.language.catalogue import Language
from expectations.suites.checks import CHECKS
from expectations.suites.page import validation_page
from tests.expectations.spec.spec_judging import judge, read_batch
from tests.expectations.spec.spec_reports import Sent

NAME = 'thang 5 <img src=x onerror="alert(1)">.csv'
SENT = [Sent(name=NAME, written={("29869-01", "admitted"): "1"}), Sent(received=date(2021, 6, 9))]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_shows_files_cells_and_checks(language: Language) -> None:
    verdict = judge(SENT)
    page = validation_page(verdict, read_batch(SENT).submissions, language)
    assert "M7" in page
    assert all(message in page for message in verdict.problems[f"message_{language}"].str.replace_all("'", "&#x27;"))
    assert page.count("✓") + page.count("✗") == len(CHECKS)
    assert page.count("✗") == sum(not judged.holds for judged in verdict.judgement.checks) == 1


def test_the_page_loads_and_runs_nothing() -> None:
    page = validation_page(judge(SENT), read_batch(SENT).submissions)
    assert not re.search(r"https?:|<script|<link|<img|url\(|@import", page)
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;" in page
    assert "default-src 'none'" in page


def test_a_quiet_night_has_a_page() -> None:
    page = validation_page(judge([Sent()]), read_batch([Sent()]).submissions)
    assert page.count("Không có.") == 2
