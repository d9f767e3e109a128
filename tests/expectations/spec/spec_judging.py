"""The way of a spec's files: read, staged, judged; each on the night it came in."""

from __future__ import annotations

import atexit
import dataclasses
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import duckdb
import polars as pl

from expectations.suites.staging import Batch
from expectations.suites.verdict import Verdict, without_great_expectations
from tests.expectations.spec.spec_reports import Sent, registry
from transforms.reading.frames import to_frames
from transforms.reading.read import read_file
from transforms.reading.units import Directory
from transforms.territory.registry import Registry
from warehouse.connection.migrations import migrate, migrations
from warehouse.connection.store import memory_store, open_store

REGISTRY = registry()
DIRECTORY = Directory(REGISTRY)


def read_batch(sent: list[Sent]) -> Batch:
    """The files, numbered from 1 in the order given."""
    frames = to_frames(
        {
            no: read_file(one.data, one.file_name, one.reporter, one.received, DIRECTORY)
            for no, one in enumerate(sent, 1)
        }
    )
    rows = [
        (no, one.reporter, one.received, one.received, one.file_name, hashlib.sha256(one.data).hexdigest())
        for no, one in enumerate(sent, 1)
    ]
    kinds = {
        "submission_id": pl.Int64,
        "reporter_code": pl.String,
        "received_on": pl.Date,
        "recorded_at": pl.Date,
        "file_name": pl.String,
        "sha256": pl.String,
    }
    submissions = pl.DataFrame(rows, schema=kinds, orient="row").join(frames.heads, on="submission_id", how="left")
    return Batch(submissions, frames.rows, frames.columns, frames.problems)


@contextmanager
def warehouse(known: Registry = REGISTRY) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse that knows a registry."""
    if known is not REGISTRY:
        with memory_store() as con:
            mirror(con, known)
            yield con
        return
    with TemporaryDirectory() as folder:
        path = shutil.copyfile(_made(), Path(folder) / "warehouse.duckdb")
        with duckdb.connect(str(path)) as con:
            yield con


@cache
def _made() -> Path:
    """A warehouse that knows the spec's registry; a copy of it is quicker than making it anew."""
    folder = Path(mkdtemp())
    atexit.register(shutil.rmtree, folder)
    path = folder / "warehouse.duckdb"
    with open_store(path) as con:
        mirror(con, REGISTRY)
    return path


def mirror(con: duckdb.DuckDBPyConnection, known: Registry) -> None:
    """Write what validation asks of a registry into a warehouse."""
    steps = [
        dict(zip(("from_code", "to_code", "effective_date", "kind", "weight"), step, strict=True))
        for step in known.cell_succession
    ]
    units, homes = ([dataclasses.asdict(one) for one in some] for some in (known.units, known.homes))
    for table, rows in (("unit", units), ("home", homes), ("cell_succession", steps)):
        if rows:
            con.register("incoming", pl.DataFrame(rows, infer_schema_length=None))
            con.execute(f"INSERT INTO registry.{table} BY NAME SELECT * FROM incoming")
            con.unregister("incoming")


@cache
def _shared() -> duckdb.DuckDBPyConnection:
    """One warehouse for all of the spec: judging leaves nothing in it but temporary tables, made anew each time."""
    con = duckdb.connect()
    migrate(con, migrations())
    mirror(con, REGISTRY)
    return con


def judge(sent: list[Sent]) -> Verdict:
    """The verdict on files that came one after the other into an empty warehouse."""
    return without_great_expectations(_shared(), read_batch(sent))
