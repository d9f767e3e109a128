"""What forecasts were worth: how far they were from what came, beside what anybody could have said."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.forecast.quantiles import KEPT, distance

Array = NDArray[np.float64]

HORIZONS = ((1, 3), (4, 12), (1, 12))
REFERENCES = ("mean_12", "last_year")
RESAMPLES = 1000
CONFIDENCE = 0.95
BLOCK = 12  # forecasts of so many months in a row share months that came
FORECASTS_NEEDED = 12  # a skill of fewer nights has no interval worth telling
KEY = ("map", "unit_code", "level", "indicator")
SCHEMA = pl.Schema(
    {
        **dict.fromkeys(KEY, pl.String),
        **dict.fromkeys(("horizon_from", "horizon_to", "forecasts"), pl.Int64),
        **dict.fromkeys(("first_made_on", "last_made_on"), pl.Date),
        **dict.fromkeys(("crps", "wis", "coverage_80", "coverage_95"), pl.Float64),
        **{
            name.format(one): pl.Float64
            for one in REFERENCES
            for name in ("crps_{}", "skill_{}", "skill_{}_lower", "skill_{}_upper")
        },
    }
)

_LOSSES = ("crps", *(f"crps_{one}" for one in REFERENCES))
_SKILLS = tuple(f"skill_{one}{end}" for one in REFERENCES for end in ("", "_lower", "_upper"))
_ROW = {
    name: SCHEMA[name]
    for name in (
        *(*KEY, "horizon_from", "horizon_to", "forecasts", "first_made_on", "last_made_on"),
        *(*_LOSSES, "wis", "coverage_80", "coverage_95"),
        *_SKILLS,
    )
}


class Skill(NamedTuple):
    """1 - CRPS / the reference's CRPS, with its 95 % interval; NaN where not known."""

    value: float
    lower: float
    upper: float


def score_table(made: pl.DataFrame, came: pl.DataFrame) -> pl.DataFrame:
    """The score of every unit and indicator, over 1 to 3, 4 to 12 and all months ahead.

    Args:
        made: forecasts as kept: map, unit_code, level, indicator, period, made_on, horizon, quantiles, mean_12,
            last_year.
        came: map, unit_code, level, indicator, period, value: of months that every part reported.

    Returns:
        KEY, horizon_from, horizon_to, forecasts (how many have been followed by a figure), first_made_on, last_made_on,
        crps, wis, coverage_80, coverage_95, and of each reference its crps_ (over the same forecasts), skill_ and the
        ends of the skill's 95 % interval, from whole blocks of forecasts drawn anew; null where under twelve.
    """
    both = made.join(came, on=[*KEY, "period"], how="inner").drop_nulls(["value", *REFERENCES])
    if both.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    scored = _distances(both)
    return pl.concat([_of_span(scored, *span) for span in HORIZONS]).sort(*KEY, "horizon_from", "horizon_to")


def _distances(both: pl.DataFrame) -> pl.DataFrame:
    """Each forecast's distance from what came, and those of the references."""
    came = both["value"].cast(pl.Float64).to_numpy()
    own, *held = (distance(_laid(both[name]), came) for name in ("quantiles", *REFERENCES))
    columns = own._asdict() | {f"crps_{name}": one.crps for name, one in zip(REFERENCES, held, strict=True)}
    return (
        both.select(*KEY, "made_on", "horizon")
        .with_columns(pl.Series(name, values) for name, values in columns.items())
        .rename({"is_in_80": "coverage_80", "is_in_95": "coverage_95"})
        .sort(*KEY, "made_on", "horizon")
    )


def _laid(lists: pl.Series) -> Array:
    return lists.list.to_array(len(KEPT)).to_numpy().astype(float)


def _of_span(scored: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """The scores over some horizons of every unit and indicator of which a forecast of them has been followed."""
    mine = scored.filter(pl.col("horizon").is_between(first, last))
    means = (*_LOSSES, "wis", "coverage_80", "coverage_95")
    rows = [
        (
            *own.row(0)[: len(KEY)],
            *(first, last, own.height, own["made_on"].min(), own["made_on"].max()),
            *(own[name].mean() for name in means),
            *skills,
        )
        for own, skills in zip(mine.partition_by(KEY, maintain_order=True), _skills(mine), strict=True)
    ]
    return pl.DataFrame(rows, _ROW, orient="row").with_columns(pl.col(_SKILLS).fill_nan(None)).select(*SCHEMA)


def _skills(mine: pl.DataFrame) -> list[tuple[float, ...]]:
    """The values of `_SKILLS` of each unit and indicator, in the order of their rows."""
    of_nights = mine.group_by(*KEY, "made_on", maintain_order=True).agg(pl.col(_LOSSES).sum())
    of_series = of_nights.group_by(KEY, maintain_order=True).agg(pl.col(_LOSSES))
    return [
        tuple(value for reference in held for value in skill(own.to_numpy(), reference.to_numpy()))
        for own, *held in zip(*(of_series[name] for name in _LOSSES), strict=True)
    ]


def skill(crps: Array, reference: Array) -> Skill:
    """The skill over forecasts made one after the other, and its interval.

    Args:
        crps, reference: a month in which forecasts were made, in order; the sums of their distances.
    """
    if not reference.sum() > 0:
        return Skill(np.nan, np.nan, np.nan)
    value = float(1 - crps.sum() / reference.sum())
    if len(crps) < FORECASTS_NEEDED:
        return Skill(value, np.nan, np.nan)
    times = _resampled(len(crps))
    above, below = times @ crps, times @ reference
    lower, upper = np.quantile(1 - above[below > 0] / below[below > 0], [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Skill(value, float(lower), float(upper))


@lru_cache
def _resampled(months: int) -> Array:
    """How often each month stands in each resample.

    Forecasts of neighbouring months are held against the same figures: blocks that go round the end keep them together
    (Politis and Romano 1992, the circular block bootstrap).
    """
    block = min(BLOCK, months // 3)
    rng = np.random.default_rng(months)
    start = rng.integers(0, months, (RESAMPLES, -(-months // block), 1))
    drawn = (start + np.arange(block)).reshape(RESAMPLES, -1)[:, :months] % months
    times: Array = np.stack([np.bincount(one, minlength=months) for one in drawn]).astype(float)
    return times
