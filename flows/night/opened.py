"""Reads senders' files; runs in a reading process, and imports what that needs and no more.

Who only hands files over imports none of the reading itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from expectations.contract.problems import Problem
from flows.registry_files import RegistryState, load_registry, registry_state
from transforms.reading.frames import Frames, to_frames
from transforms.reading.results import FileReading

if TYPE_CHECKING:
    from transforms.reading.units import Directory


@dataclass(frozen=True, slots=True)
class ToRead:
    """A file to read, under its submission_id; for `sender` the reporter is not yet known."""

    number: int
    data: bytes = field(repr=False)
    name: str = field(repr=False)
    reporter: str
    received_on: date
    registry_dir: Path


def frames_of(files: Iterable[ToRead]) -> Frames:
    """What the files say."""
    from transforms.reading.read import read_file

    once = cache(directory)  # whether a registry has changed is looked up once for all of them
    return to_frames({file.number: _reading(file, read_file, once) for file in files})


def no_frames(file: ToRead, problem: Problem) -> Frames:
    """What a file comes to that ended its process."""
    return to_frames({file.number: FileReading(problems=[problem])})


def senders(files: Iterable[ToRead]) -> list[str | None]:
    """The reporter each file's titles name, None where they name none or several."""
    from transforms.reading.read import sender_of

    return [sender_of(file.data, file.name, file.received_on, directory(file.registry_dir)) for file in files]


def _reading(
    file: ToRead,
    read_file: Callable[[bytes, str, str, date, Directory], FileReading],
    directory_of: Callable[[Path], Directory],
) -> FileReading:
    try:
        return read_file(file.data, file.name, file.reporter, file.received_on, directory_of(file.registry_dir))
    except MemoryError:
        raise  # ends the process, with which the memory is free again
    except BaseException as error:  # a panic of a library in Rust is no Exception
        at = _innermost(error)
        return FileReading(
            problems=[Problem("unreadable-file", found=f"bộ đọc gặp lỗi ({type(error).__name__}, {at})")]
        )


def _innermost(error: BaseException) -> str:
    """Where it was raised, for who mends it; not its text, which may be the sender's."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"


def directory(registry_dir: Path) -> Directory:
    """The units of the home's registry, read again only where one of its files has changed."""
    return _directory(registry_dir, registry_state(registry_dir))


@lru_cache(maxsize=1)
def _directory(registry_dir: Path, state: RegistryState) -> Directory:
    from transforms.reading.units import Directory

    return Directory(load_registry(registry_dir))
