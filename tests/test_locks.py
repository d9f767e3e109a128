"""The two lists of versions: what the night runs with is what the tests ran with, and nothing that only tests need."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ONLY_TESTS = {"pytest", "hypothesis", "matplotlib", "playwright", "mypy", "ruff", "import-linter", "aiosmtpd"}


def _pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / name).read_text("utf-8"), re.M))


def test_the_tests_run_with_the_versions_of_the_night():
    slim, full = _pins("requirements.lock"), _pins("requirements-dev.lock")
    assert slim
    assert slim.items() <= full.items()


def test_the_slim_install_has_nothing_that_only_tests_need():
    assert not ONLY_TESTS & _pins("requirements.lock").keys()
    assert _pins("requirements-dev.lock").keys() >= ONLY_TESTS
