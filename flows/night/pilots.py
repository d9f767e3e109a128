"""The pilots anew where figures or pilots changed, or months came to be shown."""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from flows.registry_files import pilots
from flows.settings import Settings
from transforms.pilots.pilot import Pilot
from transforms.pilots.table import Known, pilot_table, pilots_fingerprint
from transforms.territory.registry import Registry
from warehouse.derived import pilots as of_pilots
from warehouse.ledger.pilots import first_seen


def measure_pilots(
    con: DuckDBPyConnection, registry: Registry, settings: Settings, as_of: date, *, are_new: bool
) -> None:
    """Judge every pilot by every outcome; one without a line has no row."""
    wanted = pilots(settings.registry_dir).rows
    seen = first_seen(con, _outcomes(wanted), as_of)
    unsettled = of_pilots.unsettled_months(con)
    fingerprint = pilots_fingerprint(wanted, unsettled, seen)
    if not are_new and of_pilots.are_pilots_computed(con, fingerprint):
        return
    figures = of_pilots.months_of(con, sorted({one.indicator for pilot in wanted for one in pilot.outcomes}))
    known = Known(figures, registry, registry.places, unsettled, seen, as_of)
    of_pilots.replace_pilots(con, pilot_table(wanted, known), fingerprint)


def _outcomes(wanted: tuple[Pilot, ...]) -> list[tuple[str, str]]:
    return [(pilot.name, name) for pilot in wanted for name in ("", *(one.indicator for one in pilot.outcomes))]
