"""What a home has of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from flows.home import home_secret
from flows.settings import Settings

AT_ONCE = 8


@pytest.mark.parametrize("time", range(20))
def test_all_who_first_ask_at_once_hear_the_same_secret_and_nothing_else_is_left(tmp_path: Path, time: int):
    settings, together = Settings(home=tmp_path), Barrier(AT_ONCE)

    def asked(_: int) -> str:
        together.wait()
        return home_secret(settings)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        (said,) = set(threads.map(asked, range(AT_ONCE)))
    assert len(said) >= 48
    (kept,) = settings.portal_dir.iterdir()
    assert (kept.name, kept.read_text(), kept.stat().st_mode & 0o777) == ("secret", said, 0o600)
