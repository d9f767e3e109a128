"""The portal beside the nights: a process of its own, begun again where it ends by itself."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from flows.logs import open_to_append
from flows.serving.child import child_of_this
from flows.serving.served import end
from flows.settings import Settings

PAUSE = 30.0  # seconds before it is begun again


@contextmanager
def running_portal(settings: Settings) -> Iterator[None]:
    """The portal while the block lasts. What becomes of it stops no night: its log says why it ended."""
    stop = Event()
    thread = Thread(target=_keep_running, args=(settings, stop), name="portal")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _keep_running(settings: Settings, stop: Event) -> None:
    settings.portal_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    while not stop.is_set():
        with open_to_append(settings.portal_dir / "portal.log", settings) as log:
            told = log if settings.log_to == "file" else None
            process = subprocess.Popen(
                child_of_this("flows", "portal"),
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                start_new_session=True,  # Ctrl-C is for who serves, who then ends it
            )
        while process.poll() is None and not stop.wait(0.5):
            pass
        if process.poll() is None:
            end(process)
        stop.wait(PAUSE)
