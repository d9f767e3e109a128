"""The registry's CSV files: the home's own, begun as a copy of those that come with the product."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from expectations.language.catalogue import Joined, Message
from flows.errors import UserError
from transforms.edited_table import WrongLine
from transforms.territory.one_province import province_called, tables_of_province
from transforms.territory.registry import COLUMNS, Registry, RegistryFault, build_registry

if TYPE_CHECKING:
    from transforms.pilots.pilots_file import Pilots
    from transforms.targets.targets_file import Targets

T = TypeVar("T")
TARGETS, PILOTS = "targets.csv", "pilots.csv"


def bundled_dir() -> Path:
    """Where the real units that come with the product stand."""
    return Path(str(files("warehouse").joinpath("registry")))


def national_tables() -> tuple[pl.DataFrame, pl.DataFrame]:
    """The units of the whole country, before 01-07-2025 and since, and what became of them; all columns text."""
    folder = bundled_dir() / "nation"
    return read_table(folder / "units.csv"), read_table(folder / "unit_succession.csv")


def start_registry(folder: Path, province: str) -> dict[str, pl.DataFrame]:
    """Put the units of a province there, today's and those it was made of; its cells are to follow.

    Args:
        folder: the home's registry folder, which must not be there yet.
        province: its code or name.

    Returns:
        the tables written, by name.

    Raises:
        UserError: the home has a registry already, or no province is called so.
    """
    if folder.exists():
        raise UserError("error.init.there", path=folder)
    units, succession = national_tables()
    code = province_called(units, province)
    if code is None:
        known = units.filter(pl.col("parent_code") == "", pl.col("valid_to") == "").sort("unit_code")
        names = ", ".join(f"{code} {name}" for code, name in known.select("unit_code", "name").iter_rows())
        raise UserError("error.init.unknown", name=province, known=names)
    tables = tables_of_province(units, succession, code)
    _put(folder, lambda part: _write(part, tables))
    return tables


def _write(folder: Path, tables: Mapping[str, pl.DataFrame]) -> None:
    for name, table in tables.items():
        table.with_columns(pl.all().replace("", None)).write_csv(folder / f"{name}.csv")
    for name in (TARGETS, PILOTS):  # the bundled ones are another province's resolutions
        (folder / name).write_text((bundled_dir() / name).read_text("utf-8").splitlines()[0] + "\n", "utf-8")


def registry_tables(folder: Path) -> dict[str, pl.DataFrame]:
    """The registry's tables of a home, the bundled ones for those it does not have.

    Args:
        folder: the home's registry folder; made and filled when it is not there.
    """
    if not folder.is_dir():
        _begin(folder)
    return {name: _table(folder, name) for name in COLUMNS}


def _table(folder: Path, name: str) -> pl.DataFrame:
    path = folder / f"{name}.csv"
    if path.is_file() or _is_of_bundled_province(folder):
        return read_table(_or_bundled(path))
    return pl.DataFrame(schema=dict.fromkeys(COLUMNS[name], pl.String))


def _is_of_bundled_province(folder: Path) -> bool:
    """Whether a home is of the province whose units come with the product: nobody else is to be given its tables."""
    own = folder / "units.csv"
    if not own.is_file():
        return True
    key = ["unit_code", "valid_from"]
    bundled, units = read_table(bundled_dir() / own.name), read_table(own)
    if not {*key, "parent_code"} <= set(units.columns):  # what is wrong with it is told where it is used
        return False
    root = pl.col("parent_code") == ""
    return units.filter(root).join(bundled.filter(root), on=key, how="semi").height > 0


def _begin(folder: Path) -> None:
    def copied(part: Path) -> None:
        for name in (*(f"{table}.csv" for table in COLUMNS), TARGETS, PILOTS):
            shutil.copyfile(bundled_dir() / name, part / name)

    _put(folder, copied)


def _put(folder: Path, write: Callable[[Path], None]) -> None:
    """Put tables there, all at once: a run killed over it, or without room, leaves no half table.

    Several may do so at once, as the processes that read for a home that is not there yet: one of them is first.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    begins, ends = f"{folder.name}.", ".part"
    try:
        with TemporaryDirectory(ends, begins, folder.parent, ignore_cleanup_errors=True) as scratch:
            part = Path(scratch) / folder.name
            part.mkdir()
            write(part)
            part.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
    for left in folder.parent.glob(f"{begins}*{ends}"):  # of the others, and of who was killed
        shutil.rmtree(left, ignore_errors=True)


def _or_bundled(path: Path) -> Path:
    return path if path.is_file() else bundled_dir() / path.name


def read_table(path: Path) -> pl.DataFrame:
    """A registry CSV with every column as text, blanks as "", rows of blanks alone passed over.

    Spreadsheets leave such rows below a table, and where a comma is the decimal sign they put semicolons between.
    """
    try:
        with path.open("rb") as file:
            semicolons = b";" in file.readline()
        table = pl.read_csv(path, infer_schema=False, separator=";" if semicolons else ",").fill_null("")
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UserError("error.registry.unreadable", path=path, why=str(error).partition("\n")[0]) from error
    return table.filter(pl.any_horizontal(pl.all().str.strip_chars() != "")) if table.width else table


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
    except RegistryFault as fault:
        raise UserError("error.registry.at-fault", path=folder, why=fault.message) from fault


def require_sound_registry(folder: Path) -> None:
    """Nothing, where the tables of a home's registry fit together; one that is still to be begun is sound.

    Raises:
        UserError: they do not, or one cannot be read.
    """
    if folder.is_dir():
        load_registry(folder)


def targets(folder: Path) -> Targets:
    """The targets of a home, the bundled ones where it has no table of its own; what is wrong is told of, not raised.

    A slip of the pen puts out its own target and no night.
    """
    from transforms.targets.targets_file import Targets, read_targets

    found = _edited(folder / TARGETS, read_targets)
    return Targets((), (found,)) if isinstance(found, WrongLine) else found


def pilots(folder: Path) -> Pilots:
    """The pilots of a home; what is wrong is told of, not raised."""
    from transforms.pilots.pilots_file import Pilots, read_pilots

    found = _edited(folder / PILOTS, read_pilots)
    return Pilots((), (found,)) if isinstance(found, WrongLine) else found


def _edited(path: Path, read: Callable[[str], T]) -> T | WrongLine:
    """What is read of a table that a person edits, or why it cannot be read at all."""
    if not path.is_file() and not _is_of_bundled_province(path.parent):
        return read((bundled_dir() / path.name).read_text("utf-8").splitlines()[0])
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
