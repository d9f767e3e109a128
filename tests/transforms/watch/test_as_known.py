"""What nights knew, summed by unit: as if each cell's every version were placed and added up by itself."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from expectations.contract.forms import OF_CELLS
from tests.transforms.territory.test_maps import CELLS, SUCCESSION, small_registry
from transforms.territory.places import UNALLOCATED, alike, places
from transforms.territory.registry import Registry
from transforms.watch.as_known import FiguresAsKnown, figures_as_known

# 101-1 is parted in 2021 between communes of two districts.
LISTED = [*CELLS, ("103-4", "2021-01-01", "", "103")]
PARTED = [one if one[1] != "101-4" else ("101-1", "103-4", *one[2:]) for one in SUCCESSION]
MONTHS = [f"{year}-{month:02d}" for year in range(2018, 2026) for month in (1, 6, 7, 12)]
HALVES = [f"{year}-H{half}" for year in range(2018, 2026) for half in (1, 2)]
REPLACED = date(2025, 8, 1)


def versions(registry: Registry) -> dict[str, pl.DataFrame]:
    """Every cell and period once, and every third of them again; of cells that stood nowhere then too."""
    cells = sorted({home.cell_code for home in registry.homes})
    found = {}
    for form in OF_CELLS:
        periods = HALVES if form.half_yearly else MONTHS
        rows = [(cell, period, number) for number, (cell, period) in enumerate((c, p) for c in cells for p in periods)]
        first = pl.DataFrame(rows, {"cell_code": pl.String, "period": pl.String, "n": pl.Int64}, orient="row")
        is_replaced = pl.col("n") % 3 == 0
        came = first.with_columns(
            recorded_at=pl.lit(date(2025, 7, 5)),
            superseded_at=pl.when(is_replaced).then(pl.lit(REPLACED)).otherwise(pl.lit(None, pl.Date)),
        )
        again = first.filter(is_replaced).with_columns(
            pl.col("n") + 1, recorded_at=pl.lit(REPLACED), superseded_at=pl.lit(None, pl.Date)
        )
        measures = (((pl.col("n") * k) % 97).alias(name) for k, name in enumerate(form.names, 2))
        found[form.name] = pl.concat([came, again]).with_columns(*measures).drop("n")
    return found


@pytest.fixture(scope="module")
def registry() -> Registry:
    return small_registry(succession=PARTED, listed=LISTED)


def one_by_one(facts: pl.DataFrame, registry: Registry, today: date, level: str) -> dict[tuple[object, ...], list[int]]:
    """By unit, period, recorded_at and superseded_at: cells and sums of the first two measures, of whole units."""
    has_districts = bool(registry.units_on(today, "district"))
    at: dict[tuple[str, str], list[tuple[str | None, bool]]] = {}
    stands = places(registry, facts["period"].unique().to_list(), today).filter(pl.col("today_commune") != UNALLOCATED)
    columns = ("cell_code", "period", "today_commune", "today_district", "today_province", "weight")
    for cell, period, commune, district, province, weight in stands.select(columns).iter_rows():
        unit = {"commune": commune, "district": district if has_districts else None, "province": province}[level]
        at.setdefault((cell, period), []).append((unit, level != "commune" or weight > 0.999))
    found: dict[tuple[object, ...], list[int]] = {}
    parted = set()
    for cell, period, recorded, superseded, *values in facts.iter_rows():
        for unit, is_whole in at.get((cell, period), []):
            if unit is None:
                continue
            key = (unit, period, recorded, superseded)
            found[key] = [a + b for a, b in zip(found.get(key, [0, 0, 0]), [1, *values[:2]], strict=True)]
            if not is_whole:
                parted.add(key)
    return {key: sums for key, sums in found.items() if key not in parted}


@pytest.mark.parametrize("today", [date(2020, 6, 1), date(2021, 6, 1), date(2025, 8, 5)])
@pytest.mark.parametrize("level", ["commune", "district", "province"])
def test_versions_are_summed_as_if_each_cell_were_placed_by_itself(registry: Registry, today: date, level: str) -> None:
    facts = versions(registry)
    known = figures_as_known(facts, registry, today)
    for form in OF_CELLS:
        columns = ["unit_id", "period", "recorded_at", "superseded_at", "cells", *form.names[:2]]
        rows = known.version_sums[form.name].filter(pl.col("level") == level).select(columns).rows()
        wanted = one_by_one(facts[form.name], registry, today, level)
        assert {row[:4]: list(row[4:]) for row in rows} == wanted


def test_every_month_has_its_cells_though_few_are_looked_up(registry: Registry) -> None:
    today = date(2025, 8, 5)
    known = figures_as_known(versions(registry), registry, today)
    stands = places(registry, MONTHS, today).filter(pl.col("today_commune") != UNALLOCATED)
    wanted = stands.group_by("today_commune", "period").agg(pl.col("cell_code").n_unique())
    found = known.expected.filter(pl.col("level") == "commune").select("unit_id", "period", "cells")
    assert sorted(found.rows()) == sorted(wanted.rows())


def test_months_alike_have_the_same_places(registry: Registry) -> None:
    today = date(2025, 8, 5)
    found = alike(registry, MONTHS)
    assert len(set(found.values())) < len(MONTHS) / 3
    order = ["cell_code", "today_cell"]
    for month, other in found.items():
        own, others = (places(registry, [one], today).drop("period").sort(order) for one in (month, other))
        assert own.equals(others)


def test_nothing_known_gives_tables_without_rows(registry: Registry) -> None:
    facts = {name: rows.clear() for name, rows in versions(registry).items()}
    known: FiguresAsKnown = figures_as_known(facts, registry, date(2025, 8, 5))
    assert [rows.height for rows in (*known.version_sums.values(), known.expected, known.parents)] == [0] * 6
