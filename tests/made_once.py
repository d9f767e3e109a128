"""What takes long to make, made once for all processes of a run that test; tests work on copies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder of that name; whoever asks first makes it, whoever asks meanwhile waits.

    Args:
        make: fills the folder it is given, which is not there yet and is moved when it is whole.
    """
    base = factory.getbasetemp()
    # The workers of one run have folders of their own in one that is theirs together.
    together = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = together / f"made-{name}"
    with (together / f"made-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            part = together / f"made-{name}.part"
            make(part)
            part.rename(folder)
    return folder
