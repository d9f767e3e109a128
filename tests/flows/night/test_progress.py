"""How far the reading is told on a terminal, and nowhere else."""

from __future__ import annotations

import io
import sys

import pytest

from flows.night.progress import reading_progress


class Screen(io.StringIO):
    """What standard error is written to."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_bar_is_drawn_where_somebody_watches(is_terminal, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    screen = Screen(is_terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    with reading_progress(4, "vi") as told:
        told(3)
        told(1)
    assert ("4/4" in screen.getvalue()) == is_terminal
    assert bool(screen.getvalue()) == is_terminal
