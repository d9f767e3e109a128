"""The registry's CSV files: the home's own, begun as a copy of those that come with the product."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import polars as pl

from expectations.language.catalogue import Joined, Message
from flows.errors import UserError
from transforms.edited_table import WrongLine
from transforms.pilots.pilots_file import Pilots, read_pilots
from transforms.targets.targets_file import Targets, read_targets
from transforms.territory.registry import COLUMNS, Registry, build_registry

T = TypeVar("T")
TARGETS, PILOTS = "targets.csv", "pilots.csv"


def bundled_dir() -> Path:
    """Where the real units that come with the product stand."""
    return Path(str(files("warehouse").joinpath("registry")))


def registry_tables(folder: Path) -> dict[str, pl.DataFrame]:
    """The registry's tables of a home, the bundled ones for those it does not have.

    Args:
        folder: the home's registry folder; made and filled when it is not there.
    """
    if not folder.is_dir():
        _begin(folder)
    return {name: read_table(_or_bundled(folder / f"{name}.csv")) for name in COLUMNS}


def _begin(folder: Path) -> None:
    """Put the bundled tables there, all at once: a run killed over it, or without room, leaves no half table."""
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
        for name in (*(f"{table}.csv" for table in COLUMNS), TARGETS, PILOTS):
            shutil.copyfile(bundled_dir() / name, part / name)
        part.rename(folder)
    except OSError:
        if not folder.is_dir():  # else another process has just done the same
            raise


def _or_bundled(path: Path) -> Path:
    return path if path.is_file() else bundled_dir() / path.name


def read_table(path: Path) -> pl.DataFrame:
    """A registry CSV with every column as text, blanks as ""."""
    try:
        return pl.read_csv(path, infer_schema=False).fill_null("")
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UserError("error.registry.unreadable", path=path, why=str(error)) from error


RegistryState = tuple[tuple[str, int, int], ...]


def registry_state(folder: Path) -> RegistryState:
    """Tells one state of a home's registry files from another, without reading them."""
    stats = [(path.name, path.stat()) for path in sorted(folder.glob("*.csv"))]
    return tuple((name, one.st_mtime_ns, one.st_size) for name, one in stats)


def load_registry(folder: Path) -> Registry:
    """The registry of a home, read again only where one of its files has changed.

    Raises:
        UserError: a table cannot be read or does not fit together.
    """
    if not folder.is_dir():
        _begin(folder)
    return _load_registry(folder, registry_state(folder))


@lru_cache(maxsize=2)
def _load_registry(folder: Path, state: RegistryState) -> Registry:
    tables = registry_tables(folder)
    try:
        return build_registry(tables)
    except ValueError as error:
        raise UserError("error.registry.at-fault", path=folder, why=str(error)) from error


def targets(folder: Path) -> Targets:
    """The targets of a home, the bundled ones where it has no table of its own; what is wrong is told of, not raised.

    A slip of the pen puts out its own target and no night.
    """
    found = _edited(folder / TARGETS, read_targets)
    return Targets((), (found,)) if isinstance(found, WrongLine) else found


def pilots(folder: Path) -> Pilots:
    """The pilots of a home; what is wrong is told of, not raised."""
    found = _edited(folder / PILOTS, read_pilots)
    return Pilots((), (found,)) if isinstance(found, WrongLine) else found


def _edited(path: Path, read: Callable[[str], T]) -> T | WrongLine:
    """What is read of a table that a person edits, or why it cannot be read at all."""
    try:
        return read(_or_bundled(path).read_text("utf-8"))
    except (UnicodeDecodeError, csv.Error):
        return WrongLine(1, "", Message("targets.no-csv"))
    except OSError as error:
        return WrongLine(1, "", Message("targets.unread", why=error.strerror))


def mistakes_in_targets(folder: Path) -> tuple[Message, ...]:
    """What is wrong in the table of targets, a line each: where, and what to do."""
    return _told(TARGETS, targets(folder).mistakes)


def mistakes_in_pilots(folder: Path) -> tuple[Message, ...]:
    """What is wrong in the table of pilots, likewise."""
    return _told(PILOTS, pilots(folder).mistakes)


def _told(file: str, mistakes: Iterable[WrongLine]) -> tuple[Message, ...]:
    return tuple(
        Message(
            "targets.line.column" if one.column else "targets.line",
            file=file,
            line=str(one.line),
            column=one.column,
            why=one.why,
        )
        for one in mistakes
    )


def require_sound_targets(folder: Path) -> None:
    """Nothing, where every line of the table of targets can stand.

    Raises:
        UserError: one cannot; says which line and column, and what to do.
    """
    if mistakes := mistakes_in_targets(folder):
        raise UserError("error.targets", path=folder / TARGETS, mistakes=Joined(("", *mistakes), "\n"))


def require_sound_pilots(folder: Path) -> None:
    """Nothing, where every line of the table of pilots can stand.

    Raises:
        UserError: one cannot; says which line and column, and what to do.
    """
    if mistakes := mistakes_in_pilots(folder):
        raise UserError("error.pilots", path=folder / PILOTS, mistakes=Joined(("", *mistakes), "\n"))
