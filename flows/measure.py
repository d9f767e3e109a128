"""Computes anew what the night touched: figures by unit on both maps, the communes' years protected."""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from flows.registry_files import load_registry
from flows.settings import Settings
from transforms.disclosure import last_released_year
from transforms.figures import Cells, Past, figures
from transforms.maps import map_fingerprint
from warehouse import figures as stored
from warehouse.touched import Touched, mark_computed
from warehouse.transaction import transaction


def measure(con: DuckDBPyConnection, touched: Touched, settings: Settings, as_of: date) -> None:
    """Put the derived tables in step with the facts; what was not touched stands."""
    registry = load_registry(settings.registry_dir)
    edition = stored.Edition(as_of, as_of, map_fingerprint(registry, as_of), settings.due_day, settings.small_count)
    released = last_released_year(as_of)
    first = stored.first_to_compute(con, edition, touched.periods, released)
    frames = {}
    if first is not None:
        made = figures(
            Cells(*stored.cell_facts(con, first)), Past(*stored.published_before(con, first)), registry, as_of, released,
            settings.small_count,
        )  # fmt: skip
        frames = {"unit_month": made.unit_month, "unit_half": made.unit_half, "commune_year": made.commune_year,
                  "shown": made.shown}  # fmt: skip
    with transaction(con):
        stored.replace_figures(con, edition, first, frames)
        mark_computed(con)
