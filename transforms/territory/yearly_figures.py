"""Figures of communes by year, gathered by unit on two maps; a commune's row is the lowest there is.

On the map `reported` a commune stands where it stood at the year's end. On the map `today` it is followed through every
reform since: one that went over `whole` adds to the commune it went into, whose figures of a former year are then those
of all that became it (three committees, each with its grade). One that was parted stands under "chưa phân bổ": which
part a count lay in is not known, and it is never divided.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from expectations.contract.forms import YEARLY_MEASURES
from expectations.contract.periods import Period
from transforms.territory.lineage import areas
from transforms.territory.places import UNALLOCATED
from transforms.territory.provinces import ProvincesOfDay
from transforms.territory.registry import Registry, Unit
from transforms.territory.sums_by_unit import LEVELS, MAPS, sums, with_names

COUNTS = ("units_expected", "units_reported")


def yearly_figures(facts: pl.DataFrame, registry: Registry, years: Iterable[str], today: date) -> pl.DataFrame:
    """Gather communes by unit, on both maps and at every level.

    Args:
        facts: commune_code, period (YYYY) and the yearly measures, one row a commune and year.
        registry: the unit registry.
        years: the years wanted besides those of the facts: those whose form was due.
        today: the day whose map is called today's.

    Returns:
        map, level, unit_id, unit_code, unit_name, period, the measures (null where no commune of the unit reported),
        units_expected, units_reported (communes). A commune with figures for a year in which the registry has none of
        its code stands under `chua-phan-bo`, so that totals agree. From the day districts were abolished map `reported`
        has no row of level district; map `today` follows the former districts' areas.
    """
    periods = sorted({*facts["period"], *years})
    communes = _placed(registry, periods, today)
    strange = facts.select("commune_code", "period").join(communes, on=["commune_code", "period"], how="anti")
    communes = pl.concat([communes, _strangers(strange, registry, today)])
    known = communes.join(facts.with_columns(is_reported=True), on=["commune_code", "period"], how="left")
    frames = [_gathered(known, name, level) for name in MAPS for level in LEVELS]
    return (
        with_names(pl.concat(frames), registry, today)
        .select("map", "level", "unit_id", "unit_code", "unit_name", "period", *YEARLY_MEASURES, *COUNTS)
        .sort("map", "level", "unit_id", "period")
    )


def _gathered(known: pl.DataFrame, name: str, level: str) -> pl.DataFrame:
    key = pl.col(f"{name}_{level}")
    return (
        known.filter(key.is_not_null())
        .group_by("period", unit_id=key)
        .agg(
            *sums(YEARLY_MEASURES),
            units_expected=pl.len().cast(pl.Int64),
            units_reported=pl.col("is_reported").count().cast(pl.Int64),
        )
        .with_columns(map=pl.lit(name), level=pl.lit(level))
    )


_PLACES = {
    "period": pl.String,
    "commune_code": pl.String,
    **{f"{name}_{level}": pl.String for name in MAPS for level in LEVELS},
}


def _placed(registry: Registry, periods: list[str], today: date) -> pl.DataFrame:
    """Every commune standing at a year's end, with where it stood then and where it stands on today's map."""
    followed = _Followed(registry, today)
    rows = [
        (period, unit.unit_code, *_then(registry, unit, end, provinces), *followed.of(unit, end))
        for period in periods
        for end in [Period.parse(period).last_day]
        for provinces in [ProvincesOfDay(registry, end)]
        for unit in registry.units_on(end, "commune")
    ]
    return pl.DataFrame(rows, _PLACES, orient="row")


def _strangers(strange: pl.DataFrame, registry: Registry, today: date) -> pl.DataFrame:
    rows = []
    for code, period in strange.rows():
        end = Period.parse(period).last_day
        district = UNALLOCATED if registry.units_on(end, "district") else None
        then = (_province(ProvincesOfDay(registry, end), None), district, UNALLOCATED)
        now = _province(ProvincesOfDay(registry, today), None)
        rows.append((period, code, *then, now, UNALLOCATED, UNALLOCATED))
    return pl.DataFrame(rows, _PLACES, orient="row")


def _then(registry: Registry, unit: Unit, day: date, provinces: ProvincesOfDay) -> tuple[str, str | None, str]:
    """Province, district and commune of a commune on a day; the district null where there are none."""
    return _province(provinces, unit.unit_code), _district(registry, unit, day), unit.unit_id


def _district(registry: Registry, unit: Unit, day: date) -> str | None:
    districts = {one.unit_code for one in registry.units_on(day, "district")}
    own = unit.parent_code if unit.parent_code in districts else UNALLOCATED
    return own if districts else None


def _province(provinces: ProvincesOfDay, unit_code: str | None) -> str:
    return provinces.of(unit_code) or UNALLOCATED


class _Followed:
    """Where the communes of any day stand on today's map."""

    def __init__(self, registry: Registry, today: date) -> None:
        self.registry, self.provinces = registry, ProvincesOfDay(registry, today)
        self.steps: dict[date, dict[str, str | None]] = {}
        for origin, to, extent, day in registry.unit_succession:
            if day <= today:
                self.steps.setdefault(day, {})[origin] = to if extent == "whole" else None
        self.ids = {unit.unit_code: unit.unit_id for unit in registry.units_on(today, "commune")}
        self.areas = areas(registry, today)

    def of(self, unit: Unit, day: date) -> tuple[str, str, str]:
        """Province, former district's area and commune of one that stood on a day; `chua-phan-bo` where not known."""
        code: str | None = unit.unit_code
        for turn in sorted(self.steps):  # one step a reform: a code may be given on in it and be another's at once
            if turn > day and code:
                code = self.steps[turn].get(code, code)
        area = _district(self.registry, unit, day) or self.areas.get(unit.unit_code)
        return _province(self.provinces, code), area or UNALLOCATED, self.ids.get(code or "", UNALLOCATED)
