"""Provinces judged against the others, the country's own move told apart: the watch of a home, one level up.

A home's provinces and districts are the country's whole and provinces: the same series, tests and budget. Each night
judges the last twelve months anew by what is published now; what is told from night to night is in `alert_book`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.months import month_number
from transforms.nation.country import COUNTRY, COUNTRY_CODE
from transforms.watch.budget import Budget
from transforms.watch.findings import SCHEMA, GroupedUnits, findings
from transforms.watch.months_to_judge import LEAST_COVERAGE, MonthAsKnown
from transforms.watch.watched import Watched, watched

Array = NDArray[np.float64]

JUDGED = 12
"""Months that are judged each night: a later correction of an older one is no news of the country."""
_ABOVE = {"district": "province", "province": COUNTRY}
_KEPT = ("unit_code", *(name for name in SCHEMA if name not in ("night", "unit_id", "is_rejudged", "note")))


def watched_in_country() -> tuple[Watched, ...]:
    """The series of districts and the province, for provinces and the country."""
    return tuple(replace(one, level=_ABOVE[one.level], whole=COUNTRY) for one in watched() if one.level in _ABOVE)


def signals(figures: pl.DataFrame, provinces: Sequence[str], as_of: date, budget: Budget) -> pl.DataFrame:
    """What stands out in the last twelve months.

    Args:
        figures: unit_code, period, the monthly measures, units_expected, units_reported: the provinces' months on
            today's map, without what is hidden. Months of which less than nine tenths of the cells came are unknown.
        provinces: the codes of all that make the country.
        as_of: the night.
        budget: of false alerts.

    Returns:
        unit_code, level (province, country), scope (country: a move of all; unit: beyond what all do), family,
        indicator, kind, direction, period, first_period, observed, expected, lower, upper, p_value, q_value,
        is_signal; also what is not out of the ordinary.
    """
    months = _months(figures, provinces, as_of)
    units = {
        "province": GroupedUnits(list(provinces), np.zeros(len(provinces), dtype=np.int64)),
        COUNTRY: GroupedUnits([COUNTRY_CODE], np.full(1, -1)),
    }
    found = findings(months, units, budget, watched_in_country())
    return (
        found.rename({"unit_id": "unit_code"}).select(_KEPT).sort("period", "level", "unit_code", "indicator", "kind")
    )


def _months(figures: pl.DataFrame, provinces: Sequence[str], as_of: date) -> list[MonthAsKnown]:
    """The last months as this night knows them, each with all that went before it."""
    dated = figures.filter(pl.col("unit_code").is_in(list(provinces))).with_columns(month=month_number())
    if dated.is_empty():
        return []
    first, last = int(dated["month"].min()), int(dated["month"].max())  # type: ignore[arg-type]
    known = _laid_out(dated, provinces, first, last + 1 - first)
    found = []
    for month in range(max(first, last + 1 - JUDGED), last + 1):
        upto = month + 1 - first
        # All series are as long as the longest: earlier nights' months are judged together with later ones.
        own = {name: _padded(values[:, :upto], last + 1 - first) for name, values in known.items()}
        everywhere = np.isfinite(own["members_closing"])
        whole = {name: _together(values) for name, values in own.items()}
        judged = {"province": everywhere[:, -1], COUNTRY: np.array([everywhere[:, -1].all()])}
        none = {level: np.zeros(len(mask), dtype=bool) for level, mask in judged.items()}
        period = f"{month // 12:04d}-{month % 12 + 1:02d}"
        found.append(MonthAsKnown(as_of, period, {"province": own, COUNTRY: whole}, judged, none, none))
    return found


def _laid_out(dated: pl.DataFrame, provinces: Sequence[str], first: int, length: int) -> dict[str, Array]:
    """By measure, provinces x months; a province's month is known in all measures or in none."""
    place = {code: at for at, code in enumerate(provinces)}
    enough = pl.col("units_reported") >= LEAST_COVERAGE * pl.col("units_expected")
    needed = sorted(set[str]().union(*(one.measures for one in watched_in_country())))
    rows = dated.filter(enough).drop_nulls(needed)
    at = (np.array([place[code] for code in rows["unit_code"]], dtype=np.int64), rows["month"].to_numpy() - first)
    out = {}
    for name in needed:
        out[name] = np.full((len(provinces), length), np.nan)
        out[name][at] = rows[name].to_numpy()
    return out


def _together(values: Array) -> Array:
    """1 x months: the sum over the provinces that are known; of which all must be where it is judged."""
    return np.where(np.isfinite(values).any(axis=0), np.nansum(values, axis=0), np.nan)[None]


def _padded(values: Array, length: int) -> Array:
    return np.pad(values, ((0, 0), (length - values.shape[1], 0)), constant_values=np.nan)
