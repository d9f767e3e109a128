"""What a library might do to the process that reads; such a process begins with this module, so it imports little."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable

from expectations.contract.problems import Problem


def misbehave(tasks: Iterable[str]) -> list[str]:
    """What a library might do to the process it runs in."""
    done = []
    for task in tasks:
        if task == "dies":
            os.kill(os.getpid(), signal.SIGSEGV)
        elif task == "hangs":
            while True:
                pass
        elif task == "waits":
            time.sleep(60)
        elif task == "takes memory":
            done.append("x" * (900 << 20))
        elif task == "raises":
            raise ValueError("Nguyễn Văn A")
        done.append(f"{task} ok")
    return done


def lost(task: str, problem: Problem) -> list[str]:
    return [f"{task}: {problem.code}"]
