"""Forecasts of a month: of every district and of the province, twelve months ahead, from figures that are published."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from expectations.contract.forms import MEASURES
from expectations.contract.periods import Period
from transforms.forecast.draws import drawn
from transforms.forecast.learning import follow
from transforms.forecast.quantiles import LOWER_80, LOWER_95, UPPER_80, UPPER_95, quantiles_of
from transforms.forecast.references import references
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
    dated = figures.with_columns(month=month_number())
    frames = [pl.DataFrame(schema=SCHEMA)]
    done: list[tuple[Territory, list[Origin], pl.DataFrame]] = []
    for rows in dated.partition_by("map", maintain_order=True):
        of_parts: dict[tuple[str, ...], list[Origin]] = {}
        for origin in sorted(origins, key=lambda one: one.period):
            of_parts.setdefault(parts_of(rows, Period.parse(origin.period).number), []).append(origin)
        for parts, mine in of_parts.items():
            if not parts:
                continue
            found = territory(rows, parts, Period.parse(mine[-1].period).number, FORESEEN)
            # Both maps are alike until a reform, and a forecast hangs on nothing but its figures.
            made = next((frame for other, of, frame in done if of == mine and found.is_like(other)), None)
            if made is None:
                made = pl.concat([pl.DataFrame(schema=SCHEMA), *_of_territory(found, mine)])
            done.append((found, mine, made))
            frames.append(made.with_columns(map=pl.lit(rows["map"][0])))
    return pl.concat(frames)


def _of_territory(found: Territory, origins: list[Origin]) -> Iterator[pl.DataFrame]:
    """The forecasts after each of the months; the parts are followed once. The map is left open."""
    first = int(found.months[0])
    enough = [(one, at) for one in origins if (at := Period.parse(one.period).number - first) >= MONTHS_NEEDED - 1]
    for measure in FORESEEN if enough else ():
        units = _units(found, measure)
        states = follow(units)
        for origin, at in enough:
            yield _frame(found, measure, units, states[at], origin).select(pl.lit("").alias("map"), *list(SCHEMA)[1:])


def _units(found: Territory, measure: str) -> Units:
    """A stock is in proportion to the share that reported, events to the members that did."""
    is_stock = MEASURES[measure].nature == "stock"
    exposure = found.reported if is_stock else found.members
    return Units(found.counts[measure], np.where(exposure > 0, exposure, 1.0), found.months, is_stock)


def _frame(found: Territory, measure: str, units: Units, state: Belief, origin: Origin) -> pl.DataFrame:
    """The forecasts of one measure after one month: of every part, then of the province."""
    number = Period.parse(origin.period).number
    at = number - int(found.months[0])
    coming = np.arange(number + 1, number + 1 + AHEAD)
    seeds = [_seed(origin.made_on, measure, code) for code in ("", *found.codes)]
    exposure = np.ones(len(found.codes)) if units.is_stock else found.whole[:, at]
    of_parts = drawn(state, coming, exposure, units.is_stock, seeds)
    past = (units.count / np.where(found.reported > 0, found.reported, 1.0))[:, : at + 1]
    kept = quantiles_of(found.with_province(of_parts))
    held = references(found.with_province(past), AHEAD)
    series = found.series
    limits = {"lower_80": LOWER_80, "upper_80": UPPER_80, "lower_95": LOWER_95, "upper_95": UPPER_95}
    return pl.DataFrame(
        {
            "unit_code": np.repeat([code for code, _ in series], AHEAD),
            "level": np.repeat([level for _, level in series], AHEAD),
            "month": np.tile(coming, len(series)),
            "horizon": np.tile(np.arange(1, AHEAD + 1), len(series)),
            "mean": found.with_province(_adding_up(of_parts.mean(axis=2))).ravel().astype(np.int64),
            **{name: kept[:, :, place].ravel().astype(np.int64) for name, place in limits.items()},
            **{name: _lists(values) for name, values in (("quantiles", kept), *held._asdict().items())},
        }
    ).with_columns(period=period_name("month"), indicator=pl.lit(measure), made_on=pl.lit(origin.made_on))


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
