"""Months that are summed in the warehouse give the same figures as when every cell's are gathered one by one."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest
from duckdb import DuckDBPyConnection
from polars.testing import assert_frame_equal

from tests.warehouse.marts import marts_province as made
from transforms.territory.places import stays_alone
from transforms.territory.registry import Registry
from transforms.territory.unit_figures import CellFigures, UnitFigures, figures
from warehouse.connection.store import memory_store
from warehouse.derived.unit_figures import cell_facts

MONTHS = made.PERIODS[24:]  # of 2025, the reform's month among them
FIRST = MONTHS[0]
UNUSUAL = {
    "nothing": "SELECT 1",
    "a_form_missing": "DELETE FROM facts.away WHERE cell_code = $cell AND period = '2025-03'",
    "a_report_missing": "DELETE FROM facts.balance WHERE cell_code = $cell AND period >= '2025-04'",
    "a_cell_that_reports_no_more": "DELETE FROM facts.balance WHERE cell_code = $cell",
    "a_figure_unknown": "UPDATE facts.requests SET reason_other = NULL WHERE cell_code = $cell AND period = '2025-07'",
    "a_cell_unknown": "UPDATE facts.balance SET cell_code = 'x' || cell_code WHERE cell_code = $cell",
}


@pytest.fixture(scope="module")
def filled(registry: Registry) -> Iterator[DuckDBPyConnection]:
    with memory_store() as con:
        made.fill(con, registry, made.invented_figures(registry, MONTHS))
        yield con


def measured(con: DuckDBPyConnection, registry: Registry, alone: pl.DataFrame) -> tuple[UnitFigures, int]:
    """The figures, and how many months of places were summed in the warehouse."""
    cells = CellFigures(*cell_facts(con, FIRST, alone))
    return figures(cells, registry, made.AS_OF), 0 if cells.summed is None else cells.summed.height


@pytest.mark.parametrize("unusual", UNUSUAL)
def test_what_is_summed_in_the_warehouse_is_what_cells_come_to(
    filled: DuckDBPyConnection, registry: Registry, unusual: str
):
    alone = stays_alone(registry, made.AS_OF)
    filled.execute("BEGIN")
    try:
        filled.execute(UNUSUAL[unusual], {"cell": alone["cell_code"].min()} if "$cell" in UNUSUAL[unusual] else None)
        summed, places = measured(filled, registry, alone)
        gathered, none = measured(filled, registry, alone.clear())
    finally:
        filled.execute("ROLLBACK")
    assert places > 0 == none
    for name in ("unit_month", "unit_half", "half_told", "area_months"):
        assert_frame_equal(getattr(summed, name), getattr(gathered, name), check_row_order=name != "area_months")


def test_a_cell_that_was_split_or_merged_does_not_stand_alone(registry: Registry):
    succeeded = {code for origin, to, *_ in registry.cell_succession for code in (origin, to)}
    alone = set(stays_alone(registry, made.AS_OF)["cell_code"])
    assert succeeded
    assert alone.isdisjoint(succeeded)
    assert alone | succeeded == {home.cell_code for home in registry.homes} | succeeded
