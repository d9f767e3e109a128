"""Files that were looked through at the counter and are not sent yet: kept for two hours, then forgotten."""

from __future__ import annotations

import json
import os
import re
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_hex

KEPT = 2 * 3600  # seconds
MOST = 12  # of an account: whoever only has files looked through cannot fill the disk
_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class DeskFile:
    """A file at the counter: whose, for which unit, under which name, and the hash of its bytes."""

    account: str
    unit_code: str
    file_name: str
    sha256: str


def lay_down(folder: Path, file: DeskFile, data: bytes) -> str:
    """Keep a file; the key it is found by. Forgets what has lain too long, and an account's oldest over `MOST`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    forget_old(folder)
    for former in _keys_of(folder, file.account)[MOST - 1 :]:
        take_away(folder, former)
    key = token_hex(16)
    _write(folder / f"{key}.bytes", data)
    _write(folder / f"{key}.json", json.dumps(asdict(file), ensure_ascii=False).encode())
    return key


def find(folder: Path, key: str, account: str, unit_code: str) -> tuple[DeskFile, bytes] | None:
    """An account's own file by its key; None for anybody else's, an unknown one or a forgotten one."""
    if not _KEY.fullmatch(key):
        return None
    forget_old(folder)
    try:
        file = DeskFile(**json.loads((folder / f"{key}.json").read_text("utf-8")))
        data = (folder / f"{key}.bytes").read_bytes()
    except FileNotFoundError:
        return None
    return (file, data) if (file.account, file.unit_code) == (account, unit_code) else None


def take_away(folder: Path, key: str) -> None:
    """Forget one; its key was looked at by `find`."""
    for ending in ("json", "bytes"):
        (folder / f"{key}.{ending}").unlink(missing_ok=True)


def note_sent(folder: Path, key: str, file: DeskFile, receipt: int) -> None:
    """Forget a file that was sent, but for its receipt: a form that is sent again is answered with that one."""
    (folder / f"{key}.sent").unlink(missing_ok=True)
    _write(folder / f"{key}.sent", json.dumps([file.account, file.unit_code, receipt]).encode())
    take_away(folder, key)


def receipt_of(folder: Path, key: str, account: str, unit_code: str) -> int | None:
    """The receipt of a file that an account has sent already."""
    path = folder / f"{key}.sent"
    if not _KEY.fullmatch(key) or not path.is_file():
        return None
    *whose, receipt = json.loads(path.read_bytes())
    return int(receipt) if whose == [account, unit_code] else None


def forget_old(folder: Path) -> None:
    """Forget what has lain too long."""
    for path in folder.glob("*.*"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > KEPT:
                path.unlink()


def _keys_of(folder: Path, account: str) -> list[str]:
    """An account's files, the latest first."""
    found: list[tuple[float, str]] = []
    for path in folder.glob("*.json"):
        with suppress(FileNotFoundError):
            if json.loads(path.read_bytes())["account"] == account:
                found.append((path.stat().st_mtime, path.stem))
    return [key for _, key in sorted(found, reverse=True)]


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: others look for what lies here at any moment."""
    part = path.parent / f".{path.name}.part"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(data)
    part.rename(path)
