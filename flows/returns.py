"""Sends rejected files back: the sender's workbook, marked, beside the warehouse."""

from __future__ import annotations

import multiprocessing
import os
import re
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.periods import Period
from expectations.contract.problems import Language
from flows.settings import Settings
from flows.take_in import TakenIn
from transforms.reading.read import legible_sheets
from transforms.reading.sheets import Refused, Sheet
from transforms.returning.workbook import About, returned_workbook
from warehouse.last_accepted import last_accepted

_UNFIT = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
FEW = 12  # workbooks that are written in this process
LONGEST = 180  # bytes of the sender's name kept in ours: a file system takes 255


_Order = tuple[Path, bytes, pl.DataFrame, About, Language]


@dataclass(frozen=True, slots=True)
class Returned:
    """A workbook to send back."""

    submission_id: int
    reporter_code: str
    path: Path


def send_back(con: DuckDBPyConnection, taken: TakenIn, settings: Settings) -> list[Returned]:
    """Write a marked workbook for every rejected file of a batch; none for one that lists people."""
    if taken.batch is None or taken.verdict is None:
        return []
    refused = taken.verdict.problems.filter(pl.col("code") == "personal-data")["submission_id"]
    rejected = (
        taken.batch.submissions.join(taken.verdict.outcomes.filter(pl.col("outcome") == "rejected"), on="submission_id")
        .filter(~pl.col("submission_id").is_in(refused.implode()))
        .sort("submission_id")
    )
    if rejected.is_empty():
        return []
    known = last_accepted(con, rejected["submission_id"].to_list())
    problems = _problems(con, rejected["submission_id"].to_list()).join(
        known, on=["submission_id", "problem_no"], how="left"
    )
    orders = [
        (
            settings.returns_dir / _fit(row["reporter_code"]) / f"{row['received_on']}-{_fit(row['file_name'])}.xlsx",
            taken.batch.files[row["submission_id"]].data,
            problems.filter(pl.col("submission_id") == row["submission_id"]),
            About(row["file_name"], _name_of(con, row), row["period"], row["received_on"], _due_on(row, settings)),
            settings.language,
        )
        for row in rejected.iter_rows(named=True)
    ]
    _write_all(orders, settings.readers)
    return [Returned(number, reporter, order[0]) for number, reporter, order
            in zip(rejected["submission_id"], rejected["reporter_code"], orders, strict=True)]  # fmt: skip


def _write_all(orders: list[_Order], processes: int) -> None:
    """Write the workbooks, a backfill's many in several processes."""
    if len(orders) < FEW or processes == 1:
        for order in orders:
            _make(order)
        return
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_make, orders, chunksize=8))


def _make(order: _Order) -> None:
    path, data, problems, about, language = order
    _write(path, returned_workbook(_sheets(data, about.file_name), problems, about, language))


def _problems(con: DuckDBPyConnection, submissions: list[int]) -> pl.DataFrame:
    query = "FROM ledger.problem WHERE submission_id IN (SELECT unnest(?::BIGINT[])) ORDER BY submission_id, problem_no"
    return con.execute(query, [submissions]).pl()


def _due_on(row: dict[str, Any], settings: Settings) -> date | None:
    return Period.parse(row["period"]).due_on(settings.due_day) if row["period"] else None


def _name_of(con: DuckDBPyConnection, row: dict[str, object]) -> str:
    query = "SELECT name FROM registry.unit WHERE unit_code = ? AND ? BETWEEN valid_from AND valid_to"
    found = con.execute(query, [row["reporter_code"], row["received_on"]]).fetchone()
    return str(found[0]) if found else str(row["reporter_code"])


def _sheets(data: bytes, name: str) -> list[Sheet]:
    try:
        return [sheet for sheet in legible_sheets(data, name)[0] if not sheet.is_hidden]
    except Refused:
        return []


def _fit(name: str) -> str:
    """A name every file system takes."""
    plain = _UNFIT.sub("_", name).strip(". ") or "_"
    return plain.encode()[:LONGEST].decode("utf-8", "ignore")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o750)  # the night's files are its owner's alone; these are the board's
    part = path.with_name(f".{path.name[:200]}.part")
    part.write_bytes(content)
    part.chmod(0o640)
    os.replace(part, path)
