"""A demonstration's months before its night: taken in once, and had back as long as nothing they depend on changed."""

from __future__ import annotations

import hashlib
import shutil
import sys
import sysconfig
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

from flows.settings import Settings
from warehouse.mark import DEMO_MARK

KEPT = ".demo-months"
_PART = f"{KEPT}.part"
_ROOMS = ("expectations", "transforms", "warehouse", "flows")
_HOME, _INBOX, _MADE_BY = "home", "inbox", "made-by"


def made_anew(settings: Settings, take_in: Callable[[Path], None]) -> bool:
    """Have an empty home as it is before the night, with the night's files in the inbox.

    Both are copies of what is kept, which no night changes.

    Args:
        take_in: makes the home, and the night's files in a folder that it is given; not called where both stand from
            another time, made by the same program of the same settings.

    Returns:
        whether it was called.
    """
    kept, part = settings.home / KEPT, settings.home / _PART
    stands = is_kept(settings)
    if stands:
        shutil.copytree(kept / _HOME, settings.home, symlinks=True, dirs_exist_ok=True)
    else:
        shutil.rmtree(kept, ignore_errors=True)
        made = made_by(settings)  # before: what is saved meanwhile is of another program
        take_in(part / _INBOX)
        ours = shutil.ignore_patterns(KEPT, _PART, DEMO_MARK)
        shutil.copytree(settings.home, part / _HOME, symlinks=True, ignore=ours)
        (part / _MADE_BY).write_text(made, "ascii")
        part.rename(kept)
    shutil.copytree(kept / _INBOX, settings.inbox_dir, dirs_exist_ok=True)
    return not stands


def is_kept(settings: Settings) -> bool:
    """Whether the months stand, and would be the same if they were made again."""
    with suppress(OSError):
        return (settings.home / KEPT / _MADE_BY).read_text("ascii") == made_by(settings)
    return False


def made_by(settings: Settings) -> str:
    """Tells all that the months depend on from any other: the program's every file (the units that come with it and
    how its samples are drawn are among them), Python, each library's version, each setting."""
    libraries = sorted(path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))
    digest = hashlib.sha256("\n".join([sys.version, *libraries, settings.model_dump_json()]).encode())
    for room in _ROOMS:
        root = Path(str(files(room)))
        for path in sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            digest.update(f"{room}/{path.relative_to(root)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def clear(home: Path) -> None:
    """Empty a demonstration's home but for its mark and its months; killed meanwhile, it is one still."""
    for path in home.iterdir():
        if path.name in (DEMO_MARK, KEPT):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
