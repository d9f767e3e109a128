"""The rooms' names are common words: what is imported must be this tree's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("room", ["expectations", "flows", "transforms", "warehouse"])
def test_a_room_is_imported_from_this_tree(room):
    code = f"import {room}; print({room}.__file__)"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()).is_relative_to(ROOT)
