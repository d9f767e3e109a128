"""How fast the maps, the protection and the dashboards' queries are: python -m benchmarks.marts [--years N] [--seed N].

Every time is set against a peer of the same run: figures and protection against plainly summing the same cells,
a dashboard's query against answering it from the cells' facts.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import duckdb
import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from flows.registry_files import bundled_dir, read_table
from transforms.disclosure import area_months, protect
from transforms.samples.invented import simulate
from transforms.territory.cells_on_maps import cells_on_both_maps
from transforms.territory.registry import COLUMNS, Registry, build_registry
from transforms.territory.sums_by_unit import unit_figures
from transforms.territory.unit_figures import CellFigures, commune_years, figures
from warehouse.connection.store import memory_store
from warehouse.derived.replace import replace_derived
from warehouse.publish import publish

TODAY = date(2026, 2, 1)
LAST = Period(2025, 12)
LIMIT_MS = 50
FACTS = "CREATE TABLE cells AS FROM given_cells"
# A dashboard's question, and the same put to the cells.
QUERIES = {
    "members and away of the province": (
        "SELECT period, members_closing, away_total FROM marts.figures_province WHERE map = 'reported' ORDER BY 1",
        "SELECT period, sum(members_closing), sum(away_total) FROM cells GROUP BY 1 ORDER BY 1",
    ),
    "requests of every district": (
        "SELECT unit_code, period, received, approved FROM marts.figures_district WHERE map = 'today' ORDER BY 1, 2",
        "SELECT district, period, sum(received), sum(approved) FROM cells GROUP BY ALL ORDER BY 1, 2",
    ),
    "highest away of every commune": (
        "SELECT unit_code, max(members_closing), max(away_total) FROM marts.figures_commune "
        "WHERE map = 'today' GROUP BY 1",
        "SELECT commune, max(m), max(a) FROM (SELECT commune, period, sum(members_closing) AS m, sum(away_total) AS a "
        "FROM cells GROUP BY ALL) GROUP BY 1",
    ),
    "a year of every commune": (
        "SELECT unit_name, admitted, died, suppressed FROM marts.figures_commune_year "
        "WHERE map = 'today' AND year = 2024",
        "SELECT commune, sum(admitted), sum(died) FROM cells WHERE period LIKE '2024%' GROUP BY 1",
    ),
}


def main() -> None:
    """Print the times and what they are a multiple of."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--years", type=int, default=10)
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    registry = build_registry({name: read_table(bundled_dir() / f"{name}.csv") for name in COLUMNS})
    cells = invented(registry, chosen.years, chosen.seed)
    print(f"{chosen.years} years, {cells.months.height:,} cell-months")
    compute(cells, registry)
    query(cells, registry)


def invented(registry: Registry, years: int, seed: int) -> CellFigures:
    """Figures of every cell and month up to the end of 2025."""
    made = list(simulate(registry, seed, Period(LAST.year - years + 1, 1), LAST))
    months = pl.concat([month.monthly.with_columns(period=pl.lit(str(month.period))) for month in made])
    halves = pl.concat(
        [m.half_yearly.with_columns(period=pl.lit(str(m.period.half))) for m in made if m.half_yearly is not None]
    )
    r213 = halves.select("cell_code", "period", *FORMS["regulation_213"].names)
    members = months.select("cell_code", "period", "members_closing")
    return CellFigures(months, r213, members, tuple(str(month.period) for month in made))


def compute(cells: CellFigures, registry: Registry) -> None:
    """Both maps and the protection, all years and the last year alone, against one plain sum by cell prefix."""
    measures = [name for name in cells.months.columns if name not in ("cell_code", "period")]
    commune = pl.col("cell_code").str.slice(0, 5).alias("commune")
    plain = timed(lambda: cells.months.group_by("period", commune).agg(pl.col(measures).sum()))
    print(f"{'plain sum by commune and month':45}{plain:8.3f} s")
    parts = cells_on_both_maps(cells.months, cells.members, registry, cells.month_names, TODAY)
    areas = area_months(parts)
    latest = tuple(name for name in cells.month_names if name.startswith(str(LAST.year)))
    recent = areas.filter(pl.col("period").str.starts_with(str(LAST.year)))
    for name, step in {
        "cells on both maps": lambda: cells_on_both_maps(
            cells.months, cells.members, registry, cells.month_names, TODAY
        ),
        "units on both maps": lambda: unit_figures(parts, registry, TODAY),
        "communes' years protected": lambda: protect(areas, LAST.year),
        "a touched year: cells on both maps": lambda: cells_on_both_maps(
            cells.months, cells.members, registry, latest, TODAY
        ),
        "a touched year: protected": lambda: protect(recent, LAST.year),
    }.items():
        took = timed(step, repeats=2)
        print(f"{name:45}{took:8.3f} s{took / plain:8.1f} x the plain sum")


def query(cells: CellFigures, registry: Registry) -> None:
    """The dashboards' questions to the published copy, against the same to the cells."""
    made = figures(cells, registry, TODAY)
    years = commune_years(protect(made.area_months, LAST.year), registry, TODAY)
    with tempfile.TemporaryDirectory() as folder, memory_store() as con:
        for name, frame in {"unit_month": made.unit_month, "unit_half": made.unit_half, "commune_year": years}.items():
            replace_derived(con, f"derived.{name}", frame)
        path = publish(con, Path(folder), "bench").path
        with duckdb.connect(str(path), read_only=True) as copy, duckdb.connect() as plain:
            at = cells_on_both_maps(cells.months, cells.members, registry, cells.month_names, TODAY)
            plain.register("given_cells", at)
            plain.execute(FACTS)
            for name, (mine, peer) in QUERIES.items():
                took, against = p95(copy, mine), p95(plain, peer)
                verdict = "" if took <= LIMIT_MS else f"  over {LIMIT_MS} ms"
                print(f"{name:45}{took:8.1f} ms p95{took / against:8.2f} x from the cells{verdict}")


def timed(step: Callable[[], Any], repeats: int = 3) -> float:
    """Seconds, the median of some runs."""
    return median(_once(step) for _ in range(repeats))


def p95(con: DuckDBPyConnection, sql: str, repeats: int = 40) -> float:
    """Milliseconds that 95 of 100 runs stay below, after one to warm up."""
    con.sql(sql).fetchall()
    return sorted(_once(lambda: con.sql(sql).fetchall()) for _ in range(repeats))[int(0.95 * repeats)] * 1000


def _once(step: Callable[[], Any]) -> float:
    start = perf_counter()
    step()
    return perf_counter() - start


if __name__ == "__main__":
    main()
