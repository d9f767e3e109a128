"""What the marts of figures read: units by month and half-year on both maps, and what communes' years are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from expectations.contract.periods import Period
from transforms.disclosure import Protected, area_months
from transforms.disclosure.half_years import halves_told
from transforms.territory.cells_on_maps import cells_on_both_maps
from transforms.territory.places import of_places
from transforms.territory.registry import Registry
from transforms.territory.sums_by_unit import unit_figures, with_names


@dataclass(frozen=True)
class CellFigures:
    """Figures of cells, as they stand.

    Attributes:
        months: cell_code, period and the monthly measures, from a January on; null = not reported.
        halves: cell_code, period and the half-yearly measures, likewise.
        members: cell_code, period, members_closing of every month there is.
        month_names: every month from that January to the last that anybody reported, gaps included.
        summed: place, period, cells (how many) and the monthly measures of whole months of whole places: of cells
            that stand alone (`maps.stays_alone`) and all reported all of them, and are not in `months`. None: all are.
    """

    months: pl.DataFrame
    halves: pl.DataFrame
    members: pl.DataFrame
    month_names: tuple[str, ...]
    summed: pl.DataFrame | None = None


@dataclass(frozen=True)
class UnitFigures:
    """The frames of derived.unit_month, unit_half and half_told, and the months of places that `protect` takes."""

    unit_month: pl.DataFrame
    unit_half: pl.DataFrame
    half_told: pl.DataFrame
    area_months: pl.DataFrame


def figures(
    cells: CellFigures,
    registry: Registry,
    today: date,
    small: int = 3,
    halves_before: tuple[pl.DataFrame, pl.DataFrame] | None = None,
) -> UnitFigures:
    """Gather cells by unit on both maps.

    Args:
        cells: whole years, from a January on.
        registry: the unit registry.
        today: the day whose map is called today's.
        small: the least count of a commune's half-year that is shown, apart from 0.
        halves_before: what copies up to now showed and hid of communes' half-years, see `halves_told`.
    """
    keys = None if cells.summed is None else cells.summed.select("place", "period")
    parts = cells_on_both_maps(cells.months, cells.members, registry, cells.month_names, today, keys)
    summed = None if cells.summed is None else _counted(of_places(cells.summed, registry, today))
    half_names = sorted({*cells.halves["period"], *_halves_of(cells.month_names)})
    halves = cells_on_both_maps(cells.halves, cells.members, registry, half_names, today)
    return UnitFigures(
        unit_figures(parts, registry, today, summed),
        unit_figures(halves, registry, today),
        halves_told(halves, small, *(halves_before or ())),
        area_months(parts, summed),
    )


def commune_years(protected: Protected, registry: Registry, today: date) -> pl.DataFrame:
    """The rows of communes' years with the communes' names: derived.commune_year."""
    rows = protected.rows.with_columns(level=pl.lit("commune"), period=pl.col("year").cast(pl.String))
    return with_names(rows, registry, today).drop("level", "period")


def _counted(summed: pl.DataFrame) -> pl.DataFrame:
    """With what `unit_figures` counts: in whole months all cells are expected, reported, and their members known."""
    return summed.with_columns(
        units_expected="cells",
        units_reported="cells",
        members_reported="members_closing",
        members_known="members_closing",
    )


def _halves_of(months: tuple[str, ...]) -> set[str]:
    """The half-years whose last month is among the months: those that are due."""
    return {str(month.half) for month in map(Period.parse, months) if month.ends_half}
