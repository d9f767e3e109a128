"""A home of a province with ten years of facts, as nights would have left them before anything is derived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from benchmarks.nation.figures import halves_of_cells, months_of_cells
from benchmarks.nation.registries import write_registry
from expectations.contract.forms import HALF_YEARLY, MONTHLY, OF_CELLS, Form
from expectations.contract.periods import Period
from flows.home import open_home
from flows.settings import Settings
from warehouse.connection.frames import given
from warehouse.ledger.touched import touch_everything

LAST = Period(2025, 12)
NIGHT = date(2026, 2, 6)  # the last year is released

_PLACES = """
SELECT p.number, c.cell_no, c.cell_code, p.period, p.period_start, h.kind, h.reporter_code, s.submission_id,
    s.received_on AS recorded_at
FROM new_periods AS p
JOIN registry.home AS h ON last_day(p.last_month) BETWEEN h.valid_from AND h.valid_to
JOIN new_cells AS c ON c.cell_code = h.cell_code
JOIN ledger.submission AS s ON s.reporter_code = h.reporter_code AND s.period = strftime(p.last_month, '%Y-%m')
"""
_SUBMISSIONS = """
INSERT INTO ledger.submission BY NAME
SELECT row_number() OVER (ORDER BY m.period, u.unit_code) AS submission_id, u.unit_code AS reporter_code,
    l.level AS reporter_level, m.period, day AS received_on, day::TIMESTAMP AS received_at, day AS recorded_at,
    'bao cao ' || m.period || '.xlsx' AS file_name, 'accepted' AS outcome
FROM (SELECT period, last_day(day) AS period_end, last_day(day) + 4 AS day FROM new_months) AS m
JOIN registry.reporting_level AS l ON m.period_end BETWEEN l.valid_from AND l.valid_to
JOIN registry.unit AS u ON u.level = l.level AND m.period_end BETWEEN u.valid_from AND u.valid_to
"""
_VERSIONS = """
INSERT INTO ledger.version BY NAME
SELECT version_id, submission_id, '{form}' AS form, reporter_code, period,
    count(*)::INTEGER AS units_listed, count(*)::INTEGER AS units_reported, any_value(recorded_at) AS recorded_at
FROM facts.{form} GROUP BY version_id, submission_id, reporter_code, period
"""
_NIGHTS = """
INSERT INTO ledger.night BY NAME
SELECT row_number() OVER (ORDER BY received_on) AS night_id, received_on AS as_of, 'backfill' AS kind,
    received_on::TIMESTAMP AS started_at, received_on::TIMESTAMP AS finished_at, count(*)::INTEGER AS files
FROM ledger.submission GROUP BY received_on
"""


def make_home(home: Path, province: str, cells: int, months: int, seed: int) -> Settings:
    """A home whose figures are all in and from which nothing is derived yet; the same arguments give the same facts."""
    settings = Settings(home=home, self_test=0)
    write_registry(settings.registry_dir, province, cells)
    rng = np.random.default_rng((seed, int(province)))
    periods = [LAST.plus(number - months + 1) for number in range(months)]
    with open_home(settings) as con:
        _ledger(con, periods)
        codes = [code for (code,) in con.sql("SELECT DISTINCT cell_code FROM registry.home ORDER BY 1").fetchall()]
        monthly = months_of_cells(len(codes), months, rng)
        _facts(con, MONTHLY, codes, periods, monthly)
        halves = [period.half for period in periods if period.ends_half]
        _facts(con, HALF_YEARLY, codes, halves, halves_of_cells(len(codes), len(halves), rng))
        con.execute(_NIGHTS)
        con.execute(
            "INSERT INTO ledger.night (night_id, as_of, kind) SELECT max(night_id) + 1, ?, 'nightly' FROM ledger.night",
            [NIGHT],
        )
        touch_everything(con)
    return settings


def _ledger(con: DuckDBPyConnection, periods: Sequence[Period]) -> None:
    months = pl.DataFrame({"period": [str(one) for one in periods], "day": [one.first_day for one in periods]})
    with given(con, {"new_months": months}):
        con.execute(_SUBMISSIONS)


def _facts(
    con: DuckDBPyConnection,
    forms: Sequence[Form],
    codes: Sequence[str],
    periods: Sequence[Period],
    figures: dict[str, NDArray[np.int32]],
) -> None:
    """The rows of forms of one kind of period: of every cell and period in which it stood, and that reports them."""
    places = _places(con, codes, periods)
    for form in forms:
        reporting = places.filter(pl.col("kind") == "hamlet") if form.hamlet_only else places
        at = reporting["number"].to_numpy(), reporting["cell_no"].to_numpy()
        frame = reporting.drop("number", "cell_no", "kind").with_columns(
            pl.lit(form.every).alias("period_kind"),
            (len(OF_CELLS) * pl.col("submission_id") + OF_CELLS.index(form)).alias("version_id"),
            *(pl.Series(name, figures[name][at]) for name in form.names),
        )
        with given(con, {"new_figures": frame}):
            con.execute(f"INSERT INTO facts.{form.name} BY NAME FROM new_figures")
        con.execute(_VERSIONS.format(form=form.name))


def _places(con: DuckDBPyConnection, codes: Sequence[str], periods: Sequence[Period]) -> pl.DataFrame:
    """Every cell of each period in which it stands, with its report; cell_no and number: the cell's and period's."""
    known = {
        "new_cells": pl.DataFrame({"cell_code": codes}).with_row_index("cell_no"),
        "new_periods": pl.DataFrame(
            {
                "period": [str(one) for one in periods],
                "period_start": [one.first_day for one in periods],
                "last_month": [Period.month_of(one.last_day).first_day for one in periods],
            }
        ).with_row_index("number"),
    }
    with given(con, known):
        return con.sql(_PLACES).pl()
