"""Reads the lake, makes the country's tables and puts them there; the same with and without the engine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.language.catalogue import LANGUAGES, text
from flows.night.lake import lake_address
from flows.registry_files import national_tables
from flows.settings import Settings
from transforms.nation.country import provinces_of
from transforms.nation.editions import CURRENT, MISSING, OLD, editions_used
from transforms.nation.marts import PublishedByProvinces, national_marts
from transforms.watch.budget import Budget
from warehouse.lake.opened import open_lake, require_files
from warehouse.nation.published import read_published
from warehouse.nation.questions import alerts_told, editions_shown
from warehouse.nation.write import replace_national


@contextmanager
def open_for_night(settings: Settings) -> Iterator[DuckDBPyConnection]:
    """The settings' lake for writing; its new files may be read by all readers, whatever this home keeps closed.

    Raises:
        UserError: the settings name no lake.
        LakeError: it cannot be reached, or its files are not in its folder.
    """
    before = os.umask(0o002)
    try:
        with open_lake(lake_address(settings), read_only=False) as con:
            require_files(con)
            yield con
    finally:
        os.umask(before)


@dataclass(frozen=True)
class NationalNight:
    """What a national night came to.

    Attributes:
        as_of: its day.
        editions: a row a province: `transforms.nation.editions`.
        rows: of each table that was written; none where nothing had changed.
    """

    as_of: date
    editions: pl.DataFrame
    rows: dict[str, int]

    def names(self, state: str) -> list[str]:
        """The provinces whose edition is current, old or missing."""
        return self.editions.filter(pl.col("state") == state)["province_name"].to_list()

    @property
    def counts(self) -> dict[str, int]:
        """How many provinces are in each state, 0 where none is."""
        return {state: len(self.names(state)) for state in (CURRENT, OLD, MISSING)}


def measure_nation(con: DuckDBPyConnection, settings: Settings, as_of: date, *, again: bool = False) -> NationalNight:
    """Make the country's tables anew where a province has added or become old since; all in one transaction.

    Args:
        con: with the lake attached for writing as `lake`.
        settings: for the alarm budget.
        as_of: the night.
        again: also where nothing has changed.

    Raises:
        LakeError: the lake cannot be written.
    """
    units, succession = national_tables()
    read = read_published(con)
    used = editions_used(read["edition"], provinces_of(units, succession), as_of)
    if not again and _is_shown(con, used):
        return NationalNight(as_of, used, {})
    published = PublishedByProvinces(
        read["edition"], read["figures_province"], read["indicator"], read["trend"], read["comparison"]
    )
    budget, told = Budget(settings.false_alerts_a_quarter), alerts_told(con)
    made = national_marts(published, units, succession, as_of, budget, told)
    night = NationalNight(as_of, used, {})
    return replace(night, rows=replace_national(con, made, message(night)))


def message(night: NationalNight) -> str:
    """What is noted with the tables: how many provinces they are of."""
    return " / ".join(text("nation.message", language, day=night.as_of, **night.counts) for language in LANGUAGES)


def _is_shown(con: DuckDBPyConnection, used: pl.DataFrame) -> bool:
    """Whether the tables that stand are of these editions, in these states."""
    keys = ["province_code", "state", "digest"]
    shown = editions_shown(con)
    return shown is not None and shown.select(keys).sort(keys[0]).equals(used.select(keys).sort(keys[0]))
