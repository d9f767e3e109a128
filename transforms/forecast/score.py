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


class Skill(NamedTuple):
    """1 - CRPS / the reference's CRPS of each series, with its 95 % interval; NaN where not known."""

    value: Array
    lower: Array
    upper: Array


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
    wanted = made.lazy().select(*KEY, "period", "made_on", "horizon", "quantiles", *REFERENCES).drop_nulls(REFERENCES)
    both = wanted.join(came.lazy().drop_nulls("value"), on=[*KEY, "period"]).collect()
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
    rows = mine.group_by(KEY, maintain_order=True).agg(
        horizon_from=first,
        horizon_to=last,
        forecasts=pl.len(),
        first_made_on=pl.col("made_on").min(),
        last_made_on=pl.col("made_on").max(),
        **{name: pl.col(name).mean() for name in (*_LOSSES, "wis", "coverage_80", "coverage_95")},
    )
    return rows.with_columns(_skills(mine)).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def _skills(mine: pl.DataFrame) -> list[pl.Series]:
    """The skill against each reference of each unit and indicator, in the order of their rows."""
    of_nights = mine.group_by(*KEY, "made_on", maintain_order=True).agg(pl.col(_LOSSES).sum())
    of_series = of_nights.group_by(KEY, maintain_order=True).agg(pl.col(_LOSSES), nights=pl.len())
    found = np.full((len(_SKILLS), of_series.height), np.nan)
    for nights in of_series["nights"].unique():  # series that have as many are resampled together
        at = (of_series["nights"] == nights).arg_true()
        own, *held = (of_series[name].gather(at).explode().to_numpy().reshape(-1, nights) for name in _LOSSES)
        found[:, at] = np.concatenate([skill(own, reference) for reference in held])
    return [pl.Series(name, values).fill_nan(None) for name, values in zip(_SKILLS, found, strict=True)]


def skill(crps: Array, reference: Array) -> Skill:
    """The skill over forecasts made one after the other, and its interval.

    Args:
        crps, reference: series x months in which forecasts were made, in order; the sums of their distances.
    """
    value = _one_less(crps.sum(axis=1), reference.sum(axis=1))
    months = crps.shape[1]
    if months < FORECASTS_NEEDED:
        return Skill(value, np.full_like(value, np.nan), np.full_like(value, np.nan))
    # einsum stays on one thread: BLAS would wake others, who wait for work longer than this takes.
    above, below = (np.einsum("sm,rm->sr", losses, _resampled(months)) for losses in (crps, reference))
    drawn = np.sort(_one_less(above, below))  # NaN last
    ends = ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)
    return Skill(value, *(_quantile(drawn, np.isfinite(drawn).sum(axis=1), end) for end in ends))


def _one_less(part: Array, whole: Array) -> Array:
    """1 - part / whole; NaN where the whole is nothing."""
    return 1 - np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0)


def _quantile(ordered: Array, known: NDArray[np.int64], share: float) -> Array:
    """A quantile of the first values of each row, between two of them by its place; NaN where none are known."""
    place = np.maximum(known - 1, 0) * share
    row, below = np.arange(len(ordered)), place.astype(np.int64)
    low, high = ordered[row, below], ordered[row, np.minimum(below + 1, ordered.shape[1] - 1)]
    found: Array = low + (place - below) * np.where(place > below, high - low, 0.0)
    return found


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
