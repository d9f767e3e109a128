"""Whose time a command goes by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from flows.clock import DEMO_MARK, live_as, now, today
from flows.settings import load_settings

ZONE = "Asia/Ho_Chi_Minh"


@pytest.fixture(autouse=True)
def own_time(tmp_path) -> Iterator[None]:
    yield
    live_as(tmp_path / "no demonstration")


@pytest.mark.parametrize(
    ("said", "days"), [("690", 690), ("690\n", 690), ("", 0), ("-3", 0), ("mai", 0), ("999999", 0)]
)
def test_a_demonstration_lives_as_many_days_behind_as_its_mark_says(tmp_path, monkeypatch, said, days):
    real = now(ZONE)
    (tmp_path / DEMO_MARK).write_text(said)
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path))
    load_settings()
    assert timedelta() <= now(ZONE) - (real - timedelta(days=days)) < timedelta(minutes=1)


def test_the_next_home_goes_by_its_own_time(tmp_path, monkeypatch):
    (tmp_path / DEMO_MARK).write_text("690")
    live_as(tmp_path)
    behind = today(ZONE)
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path / "real"))
    load_settings()
    assert (today(ZONE) - behind).days in {690, 691}  # midnight may lie between
