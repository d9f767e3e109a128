"""A headless Chromium driven by its own protocol: opens a page, measures it, photographs and prints it."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
)
PATIENCE = 60.0


class Page:
    """A page of the browser, and what it said and asked for while it was open."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._number, self._session = socket, itertools.count(1), ""
        self.complaints: list[str] = []
        self.requests: list[str] = []
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._ask(f"{domain}.enable")

    def open(self, address: str, width: int, height: int = 800, is_phone: bool = False) -> None:
        """Load an address in a window of a width, in CSS pixels."""
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            mobile=is_phone,
            deviceScaleFactor=2 if is_phone else 1,
        )
        self._ask("Page.navigate", url=address)
        until = time.monotonic() + PATIENCE
        while self.value("document.readyState + location.protocol") in ("loadingfile:", "completeabout:"):
            if time.monotonic() > until:
                raise TimeoutError(address)
            time.sleep(0.05)

    def value(self, script: str) -> Any:
        """What a script of the page comes to."""
        return self._ask("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def photograph(self, path: Path, height: int | None = None) -> None:
        """The whole page as PNG, or as much as a height."""
        size = self._ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(height or size["height"], size["height"])}
        shot = self._ask("Page.captureScreenshot", captureBeyondViewport=True, clip=clip | {"scale": 1})
        path.write_bytes(base64.b64decode(shot["data"]))

    def print(self, path: Path) -> None:
        """As PDF, on the paper the page asks for."""
        printed = self._ask("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
        path.write_bytes(base64.b64decode(printed["data"]))

    def _ask(self, method: str, **words: Any) -> dict[str, Any]:
        number = next(self._number)
        session = {"sessionId": self._session} if self._session else {}
        self._socket.send(json.dumps({"id": number, "method": method, "params": words, **session}))
        while True:
            told = json.loads(self._socket.recv(PATIENCE))
            if told.get("id") == number:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']}")
                return dict(told["result"])
            self._note(told)

    def _note(self, told: dict[str, Any]) -> None:
        method, what = told.get("method"), told.get("params", {})
        if method == "Network.requestWillBeSent" and not what["request"]["url"].startswith("data:"):
            self.requests.append(what["request"]["url"])
        elif method == "Log.entryAdded":
            self.complaints.append(what["entry"]["text"])
        elif method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            self.complaints.append(json.dumps(what))


@contextmanager
def browser() -> Iterator[Page]:
    """A page of a new Chromium with nothing remembered.

    Raises:
        FileNotFoundError: Chromium is not installed.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise FileNotFoundError("chromium")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = [program, *FLAGS, f"--user-data-dir={folder}", "about:blank"]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            port, path = _told(Path(folder) / "DevToolsActivePort")
            with connect(f"ws://127.0.0.1:{port}{path}", max_size=None, proxy=None) as socket:
                yield Page(socket)
        finally:
            running.terminate()
            running.wait(PATIENCE)


def _told(path: Path) -> tuple[str, str]:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        lines = path.read_text("utf-8").split("\n") if path.is_file() else []
        if len(lines) >= 2:
            return lines[0], lines[1]
        time.sleep(0.05)
    raise TimeoutError("chromium did not start")
