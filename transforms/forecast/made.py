"""Forecasts of a month: of every district and of the province, twelve months ahead, from figures that are published."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from expectations.contract.forms import MEASURES
from expectations.contract.periods import Period
from transforms.forecast.draws import drawn
from transforms.forecast.learning import follow
from transforms.forecast.quantiles import LOWER_80, LOWER_95, UPPER_80, UPPER_95, quantiles_of
from transforms.forecast.references import References, references
from transforms.forecast.state_space import Belief, Units
from transforms.forecast.territory import Territory, parts_of, territory
from transforms.indicators.longer_periods import period_name
from transforms.months import month_number

Array = NDArray[np.float64]

FORESEEN = ("away_total", "received", "members_closing")
AHEAD = 12
MONTHS_NEEDED = 13  # a year and the same month again: less shows no season
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(("map", "unit_code", "level", "indicator", "period"), pl.String),
    "made_on": pl.Date,
    **dict.fromkeys(("horizon", "mean", "lower_80", "upper_80", "lower_95", "upper_95"), pl.Int64),
    **dict.fromkeys(("quantiles", "mean_12", "last_year"), pl.List(pl.Int64)),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """A month whose figures are in, and the day on which they were."""

    period: str
    made_on: date


def forecasts(figures: pl.DataFrame, origins: Sequence[Origin]) -> pl.DataFrame:
    """What may come after each of some months, as far as the months up to it tell.

    Args:
        figures: map, level (district, province), unit_id, unit_code, period, the measures of `FORESEEN`,
            members_reported, members_known; null where not reported or not published.
        origins: the last month of what is known, and the day each forecast is of.

    Returns:
        map, unit_code, level, indicator (a measure), period, made_on, horizon (1 to 12, months after the last known);
        mean, lower_80, upper_80, lower_95, upper_95: whole; the means of districts add up to the province's;
        quantiles, and those of the references, mean_12 and last_year: see `transforms.forecast.quantiles`.
        Nothing of a map of which fewer than 13 months are known.
    """
    asked = _asked(figures.with_columns(month=month_number()), sorted(origins, key=lambda one: one.period))
    made: dict[int, pl.DataFrame] = {}
    # Maps are alike until a reform, and a forecast hangs on nothing but the figures before it.
    for place in sorted(range(len(asked)), key=lambda one: len(asked[one].found.months), reverse=True):
        own = asked[place]
        like = next((other for other in made if own.is_in(asked[other])), None)
        if like is None:
            made[place] = _of_territory(own.found, own.origins)
        else:
            made[place] = _after(own.origins, made[like])
    frames = [made[place].with_columns(map=pl.lit(own.map)) for place, own in enumerate(asked)]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *frames])


@dataclass(frozen=True, slots=True)
class _Asked:
    """Months of a map after which the same parts are foreseen, in order."""

    map: str
    found: Territory
    origins: list[Origin]

    def is_in(self, other: _Asked) -> bool:
        """Whether the other, no shorter, gives the same forecasts and more."""
        return all(one in other.origins for one in self.origins) and self.found.is_like(other.found)


def _asked(dated: pl.DataFrame, origins: Sequence[Origin]) -> list[_Asked]:
    """What is to be foreseen, map by map; nothing where no part was heard of."""
    found = []
    for rows in dated.partition_by("map", maintain_order=True):
        of_parts: dict[tuple[str, ...], list[Origin]] = {}
        standing = rows.select("month", "level", "unit_id", "unit_code", "members_reported")
        for origin in origins:
            of_parts.setdefault(parts_of(standing, Period.parse(origin.period).number), []).append(origin)
        for parts, mine in of_parts.items():
            if parts:
                last = Period.parse(mine[-1].period).number
                found.append(_Asked(rows["map"][0], territory(rows, parts, last, FORESEEN), mine))
    return found


def _after(origins: list[Origin], made: pl.DataFrame) -> pl.DataFrame:
    """The forecasts made after some months, each on its day: several months may be in since one day."""
    wanted = pl.DataFrame(
        {"after": [Period.parse(one.period).number for one in origins], "made_on": [one.made_on for one in origins]},
        schema_overrides={"after": pl.Int64},
    )
    dated = made.with_columns(after=(month_number() - pl.col("horizon")).cast(pl.Int64))
    return dated.join(wanted, on=["after", "made_on"], how="semi", maintain_order="left").select(*SCHEMA)


def _of_territory(found: Territory, origins: list[Origin]) -> pl.DataFrame:
    """The forecasts after each of the months; the parts are followed once. The map is left open."""
    first = int(found.months[0])
    enough = [(one, at) for one in origins if (at := Period.parse(one.period).number - first) >= MONTHS_NEEDED - 1]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *(_of_measure(found, one, enough) for one in FORESEEN if enough)])


def _units(found: Territory, measure: str) -> Units:
    """A stock is in proportion to the share that reported, events to the members that did."""
    is_stock = MEASURES[measure].nature == "stock"
    exposure = found.reported if is_stock else found.members
    return Units(found.counts[measure], np.where(exposure > 0, exposure, 1.0), found.months, is_stock)


class _Coming(NamedTuple):
    """Of one measure after one month, series x months to come; quantiles x those kept."""

    mean: Array
    quantiles: NDArray[np.float32]
    mean_12: Array
    last_year: Array


def _of_measure(found: Territory, measure: str, origins: list[tuple[Origin, int]]) -> pl.DataFrame:
    """The forecasts of one measure after each of some months: of every part, then of the province.

    Args:
        origins: with the place of each among the territory's months.
    """
    units = _units(found, measure)
    states = follow(units)
    of_each = [_foreseen(found, measure, units, states[at], origin, at) for origin, at in origins]
    mean, kept, *held = (np.stack(part) for part in zip(*of_each, strict=True))
    origin, part, ahead = np.indices(mean.shape).reshape(3, -1)
    names, levels = (pl.Series(values) for values in zip(*found.series, strict=True))
    days = pl.Series([one.made_on for one, _ in origins])
    limits = {"lower_80": LOWER_80, "upper_80": UPPER_80, "lower_95": LOWER_95, "upper_95": UPPER_95}
    lists = {"quantiles": kept, **dict(zip(References._fields, held, strict=True))}
    rows = pl.DataFrame(
        {
            "unit_code": names.gather(part),
            "level": levels.gather(part),
            "month": found.months[[at for _, at in origins]][origin] + 1 + ahead,
            "made_on": days.gather(origin),
            "horizon": 1 + ahead,
            "mean": mean.ravel().astype(np.int64),
            **{name: kept[..., place].ravel().astype(np.int64) for name, place in limits.items()},
            **{name: _lists(values) for name, values in lists.items()},
        }
    ).with_columns(map=pl.lit(""), indicator=pl.lit(measure), period=period_name("month"))
    return rows.select(*SCHEMA)


def _foreseen(found: Territory, measure: str, units: Units, state: Belief, origin: Origin, at: int) -> _Coming:
    coming = found.months[at] + np.arange(1, AHEAD + 1)
    seeds = [_seed(origin.made_on, measure, code) for code in ("", *found.codes)]
    exposure = np.ones(len(found.codes)) if units.is_stock else found.whole[:, at]
    of_parts = drawn(state, coming, exposure, units.is_stock, seeds)
    past = (units.count / np.where(found.reported > 0, found.reported, 1.0))[:, : at + 1]
    mean = found.with_province(_adding_up(of_parts.mean(axis=2, dtype=np.float64)))
    kept = quantiles_of(found.with_province(of_parts))
    return _Coming(mean, kept, *references(found.with_province(past), AHEAD))


def _lists(values: Array) -> pl.Series:
    """Quantiles as lists, one a unit and month; null where they are not known."""
    flat = values.reshape(-1, values.shape[-1])
    lists = pl.Series(np.nan_to_num(flat).astype(np.int64), dtype=pl.Array(pl.Int64, flat.shape[1])).arr.to_list()
    return pl.select(pl.when(pl.Series(np.isfinite(flat).all(axis=1))).then(lists)).to_series()


def _adding_up(mean: Array) -> Array:
    """Whole numbers for the means of parts, units x months, that add up to their sum's: the largest remainders."""
    whole = np.floor(mean)
    left = np.rint(mean.sum(axis=0)) - whole.sum(axis=0)
    rank = np.argsort(np.argsort(whole - mean, axis=0, kind="stable"), axis=0, kind="stable")
    return whole + (rank < left)


def _seed(made_on: date, measure: str, code: str) -> int:
    return zlib.crc32(f"{made_on} {measure} {code}".encode())
