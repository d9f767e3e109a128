"""A program started so that it ends with the one that started it, however that ends."""

from __future__ import annotations

import os
import signal
import sys


def child_of_this(*module: str) -> list[str]:
    """The command of a module's program that ends with this process, however that ends."""
    return [sys.executable, "-m", __name__, str(os.getpid()), *module]


def end_with_parent(how: signal.Signals) -> None:
    """Have the kernel send this process a signal when the one that started it is gone, however that ended."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, int(how))  # PR_SET_PDEATHSIG


def _main() -> None:
    parent, *arguments = sys.argv[1:]
    end_with_parent(signal.SIGKILL)
    if os.getppid() == int(parent):  # else it was gone before it could be watched
        os.execv(sys.executable, [sys.executable, "-m", *arguments])


if __name__ == "__main__":
    _main()
