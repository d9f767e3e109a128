"""The bytes of what was sent, kept by their hash: `<archive>/<first two letters>/<sha256>`.

Of a file with pictures a copy without them stands there, after a line that names the file's hash and the copy's own.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from warehouse.errors import ArchiveIncomplete


def place(archive: Path, sha256: str) -> Path:
    """Where the bytes of a hash stand, whether they are there or not."""
    return archive / sha256[:2] / sha256


REMOVED = "removed.txt"
_AT_ONCE = 8  # files written
_COPY = re.compile(rb"mobility copy without pictures of ([0-9a-f]{64}) ([0-9a-f]{64})\n")


def copy_of(sha256: str, content: bytes) -> bytes:
    """What is archived under a file's hash where not all of it may be kept."""
    own = hashlib.sha256(content).hexdigest()
    return f"mobility copy without pictures of {sha256} {own}\n".encode() + content


def keep(archive: Path, wanted: Iterable[str], contents: Mapping[str, bytes]) -> int:
    """Archive the bytes of every hash wanted that is not there yet; how many were written.

    Bytes are written whole or not at all; what a killed run left half written is never read.

    Raises:
        ArchiveIncomplete: bytes are neither there nor given, or are not those of their hash.
    """
    missing = [sha256 for sha256 in sorted(set(wanted)) if not place(archive, sha256).exists()]
    folders = {place(archive, sha256).parent for sha256 in missing}
    made_in = [above for folder in sorted(folders) for above in _folder(folder)]
    # The disk is waited for once a file, which several at once do in the time of one.
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for _ in threads.map(lambda sha256: _write(place(archive, sha256), _content(sha256, contents)), missing):
            pass
        for _ in threads.map(_sync, folders.union(made_in)):
            pass
    return len(missing)


def read(archive: Path, sha256: str) -> bytes:
    """The bytes of a hash, or of the copy that is kept of them.

    Raises:
        ArchiveIncomplete: they are not there, or are not those of their hash.
    """
    try:
        content = place(archive, sha256).read_bytes()
    except FileNotFoundError:
        if sha256 in removed(archive):
            raise ArchiveIncomplete("error.archive.removed", sha256=sha256) from None
        raise _incomplete(sha256) from None
    if not _is_of(sha256, content):
        raise _incomplete(sha256)
    return _COPY.sub(b"", content, count=1) if _COPY.match(content) else content


def remove(archive: Path, unwanted: Iterable[str], day: date) -> int:
    """Remove the bytes of hashes for good; what is removed is noted first. How many were there."""
    there = [sha256 for sha256 in sorted(set(unwanted)) if place(archive, sha256).is_file()]
    if there:
        with (archive / REMOVED).open("a", encoding="ascii") as note:
            os.fchmod(note.fileno(), 0o640)
            note.writelines(f"{sha256} {day}\n" for sha256 in there)
            note.flush()
            os.fsync(note.fileno())
        _sync(archive)
    for sha256 in there:
        place(archive, sha256).unlink()
    return len(there)


def removed(archive: Path) -> set[str]:
    """The hashes whose bytes were removed because they had been kept long enough."""
    note = archive / REMOVED
    return {line.split()[0] for line in note.read_text("ascii").splitlines() if line} if note.is_file() else set()


def _is_of(sha256: str, content: bytes) -> bool:
    """Whether bytes are those of a hash, or a copy made of them that is whole."""
    said = _COPY.match(content)
    if said and said[1].decode() == sha256:
        return hashlib.sha256(content[said.end() :]).hexdigest() == said[2].decode()
    return hashlib.sha256(content).hexdigest() == sha256


def _content(sha256: str, contents: Mapping[str, bytes]) -> bytes:
    content = contents.get(sha256)
    if content is None or not _is_of(sha256, content):
        raise _incomplete(sha256)
    return content


def _folder(folder: Path) -> list[Path]:
    """Make a folder of the archive; those that it, or the archive itself, was made in."""
    absent = [each for each in (folder.parent, folder) if not each.exists()]
    for each in absent:
        each.mkdir(parents=True, exist_ok=True)
        each.chmod(0o750)
    return [each.parent for each in absent]


def _write(target: Path, content: bytes) -> None:
    # Always the same name, so that a run that was killed leaves nothing the next one does not take up.
    part = target.with_name(f".{target.name}.part")
    with part.open("wb") as file:
        os.fchmod(file.fileno(), 0o640)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, target)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _incomplete(sha256: str) -> ArchiveIncomplete:
    return ArchiveIncomplete("error.archive", sha256=sha256)
