"""The home: its folders, and the warehouse opened for a night with the registry as the files have it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from operator import attrgetter
from tempfile import NamedTemporaryFile

import polars as pl
from duckdb import DuckDBPyConnection

from flows.registry_files import load_registry
from flows.settings import Settings
from transforms.territory.registry import Home, Registry, Unit
from warehouse.connection.store import open_store
from warehouse.ledger.registry import replace_registry


@contextmanager
def open_home(settings: Settings) -> Iterator[DuckDBPyConnection]:
    """The warehouse for writing, made with its folders where there is none; the registry in it brought up to date."""
    for folder in (settings.home, settings.inbox_dir, settings.archive_dir, settings.returns_dir):
        folder.mkdir(parents=True, exist_ok=True)
    registry = load_registry(settings.registry_dir)
    with open_store(settings.warehouse_path) as con:
        replace_registry(con, registry_frames(registry))
        yield con


def home_secret(settings: Settings) -> str:
    """What only this home knows, made when it is first asked for: signs what is sent out and comes back."""
    path = settings.portal_dir / "secret"
    if not path.is_file():
        settings.portal_dir.mkdir(parents=True, exist_ok=True)
        settings.portal_dir.chmod(0o700)
        with NamedTemporaryFile("w", encoding="ascii", dir=path.parent, prefix=f".{path.name}.") as part:
            part.write(secrets.token_urlsafe(48))
            part.flush()
            with suppress(FileExistsError):  # somebody else was first
                os.link(part.name, path)
    return path.read_text("ascii").strip()


def registry_frames(registry: Registry) -> dict[str, pl.DataFrame]:
    """The registry as the frames the warehouse keeps."""

    def frame(rows: list[tuple[object, ...]], *columns: str) -> pl.DataFrame:
        text_only = {name: pl.Date if name.endswith(("_from", "_to", "_date")) else pl.String for name in columns}
        schema = text_only | {name: pl.Float64 for name in ("weight", "lat", "lon") if name in columns}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def fields(some: tuple[Unit, ...] | tuple[Home, ...], *columns: str) -> pl.DataFrame:
        return frame(list(map(attrgetter(*columns), some)), *columns)

    return {
        "unit": fields(
            registry.units,
            "unit_id",
            "unit_code",
            "name",
            "kind",
            "level",
            "parent_code",
            "valid_from",
            "valid_to",
            "lat",
            "lon",
        ),
        "home": fields(
            registry.homes,
            "cell_code",
            "name",
            "kind",
            "commune",
            "commune_code",
            "reporter_code",
            "district_code",
            "valid_from",
            "valid_to",
        ),
        "cell_succession": frame(
            list(registry.cell_succession), "from_code", "to_code", "effective_date", "kind", "weight"
        ),
        "unit_succession": frame(list(registry.unit_succession), "from_code", "to_code", "extent", "effective_date"),
        "reporting_level": frame(list(registry.reporting), "level", "valid_from", "valid_to"),
        "alias": frame(list(registry.aliases), "unit_code", "alias", "valid_from", "valid_to"),
    }
