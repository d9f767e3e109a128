"""A home of a province with ten years of facts, as nights would have left them before anything is derived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection

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

_FACTS = """
INSERT INTO facts.{form} BY NAME
SELECT n.*, h.reporter_code, s.submission_id, {of_forms} * s.submission_id + {form_no} AS version_id,
    s.received_on AS recorded_at
FROM new_figures AS n
JOIN registry.home AS h ON h.cell_code = n.cell_code AND last_day({last_month}) BETWEEN h.valid_from AND h.valid_to
JOIN ledger.submission AS s ON s.reporter_code = h.reporter_code AND s.period = strftime({last_month}, '%Y-%m')
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
        for form in MONTHLY:
            _facts(con, form, codes, periods, monthly)
        halves = [period.half for period in periods if period.ends_half]
        half_yearly = halves_of_cells(len(codes), len(halves), rng)
        for form in HALF_YEARLY:
            _facts(con, form, codes, halves, half_yearly)
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
    con: DuckDBPyConnection, form: Form, codes: Sequence[str], periods: Sequence[Period], figures: dict[str, np.ndarray]
) -> None:
    """The rows of a form: of every cell and period in which it stood, and that reports it."""
    names = pl.Series([str(one) for one in periods])
    starts = pl.Series([one.first_day for one in periods])
    at = np.repeat(np.arange(len(periods)), len(codes))
    frame = pl.DataFrame(
        {
            "cell_code": pl.Series(codes).gather(np.tile(np.arange(len(codes)), len(periods))),
            "period": names.gather(at),
            "period_start": starts.gather(at),
            **{name: figures[name].ravel() for name in form.names},
        }
        | {"period_kind": pl.repeat(form.every, len(at), eager=True)}
    )
    last_month = "n.period_start" if form.every == "month" else "n.period_start + INTERVAL 5 MONTH"
    number = {"of_forms": len(OF_CELLS), "form_no": OF_CELLS.index(form)}
    with given(con, {"new_figures": frame}):
        con.execute(
            _FACTS.format(form=form.name, last_month=last_month, **number)
            + (" WHERE h.kind = 'hamlet'" if form.hamlet_only else "")
        )
    con.execute(_VERSIONS.format(form=form.name))
