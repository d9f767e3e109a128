"""Provinces held against each other: the rank, how sure it is, what chance allows, and what is left of a difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from expectations.contract.indicators import INDICATORS
from transforms.drawing.control_limits import INNER, OUTER, control_limits
from transforms.nation.totals import THERE
from transforms.shrinkage import drawn_together

Array = NDArray[np.float64]

_PERIOD = ("map", "indicator", "period_kind", "period")
_KINDS = {each.name: each.kind for each in INDICATORS if each.kind in ("rate", "share")}
_SCALES = {each.name: float(each.scale) for each in INDICATORS}
FEWEST = 2
STOOD = ("rolling12", "half", "year")
"""Kinds of periods in which provinces are ranked: a single month's few events would rank chance."""


@dataclass(frozen=True)
class _Side:
    """Provinces side by side, periods x provinces; NaN where one has no value.

    Attributes:
        at: of each row of the table, its period and its place beside the others.
        country, scale: periods x 1.
        is_share: periods.
    """

    at: tuple[NDArray[np.int64], NDArray[np.int64]]
    top: Array
    below: Array
    value: Array
    lower: Array
    upper: Array
    country: Array
    scale: Array
    is_share: NDArray[np.bool_]


def standing(indicators: pl.DataFrame, country: pl.DataFrame) -> pl.DataFrame:
    """Today's provinces' rates and shares beside each other, in every half-year, year and twelve months that two have.

    Args:
        indicators: map, unit_code, unit_name, period, period_kind, indicator, numerator, denominator, value, lower,
            upper of provinces.
        country: what `country_indicators` gives.

    Returns:
        map, unit_code, unit_name, level, indicator, period_kind, period, value, lower, upper;
        rank: 1 is the highest value, equal values share the better rank; rank_best, rank_worst: the ranks it may have
        by the 95 % intervals of all; provinces_ranked;
        country_value and basis: of all provinces, or those that are there;
        limit_lower, limit_upper: between which 998 in 1,000 provinces of this size lie by chance alone where their true
        value is the country's; beyond: -2, -1, 0, 1, 2 as in the province's funnel (95 and 99.8 %);
        drawn_value: the value drawn towards the country's by how much of it is chance.
    """
    best = country.filter(pl.col("value").is_not_null()).sort(pl.col("basis") == THERE).unique(_PERIOD, keep="first")
    rows = (
        indicators.filter(map="today")
        .filter(pl.col("indicator").is_in(list(_KINDS)), pl.col("period_kind").is_in(STOOD))
        .drop_nulls("value")
        .join(best.select(*_PERIOD, "basis", country_value="value"), on=_PERIOD)
        .filter(pl.len().over(_PERIOD) >= FEWEST)
        .sort(*_PERIOD, "unit_code")
    )
    beside = _side_by_side(rows)
    found = _ranks(beside) | _limits(beside) | {"drawn_value": _drawn(beside)}
    columns = [pl.Series(name, values[beside.at]) for name, values in found.items()]
    whole = ("rank", "rank_best", "rank_worst", "provinces_ranked", "beyond")
    return (
        rows.select(
            *(
                "map",
                "unit_code",
                "unit_name",
                "level",
                "indicator",
                "period_kind",
                "period",
                "value",
                "lower",
                "upper",
            ),
            *("country_value", "basis"),
        )
        .with_columns(columns)
        .with_columns(pl.col(whole).cast(pl.Int64))
        .with_columns(pl.col("limit_lower", "limit_upper", "drawn_value").fill_nan(None))
    )


def _side_by_side(rows: pl.DataFrame) -> _Side:
    places = rows.select(
        period=pl.struct(_PERIOD).rank("dense").cast(pl.Int64) - 1, seat=pl.int_range(pl.len()).over(_PERIOD)
    )
    at = (places["period"].to_numpy(), places["seat"].to_numpy())
    shape = (int(at[0].max(initial=-1)) + 1, int(at[1].max(initial=-1)) + 1)

    def laid(values: pl.Series) -> Array:
        out = np.full(shape, np.nan)
        out[at] = values.cast(pl.Float64).to_numpy()
        return out

    scale = laid(rows["indicator"].replace_strict(_SCALES, return_dtype=pl.Float64))
    share = laid((rows["indicator"].replace_strict(_KINDS, return_dtype=pl.String) == "share").cast(pl.Float64))
    named = {name: laid(rows[column]) for name, column in _COLUMNS.items()}
    country = laid(rows["country_value"])[:, :1]
    return _Side(at, **named, country=country, scale=scale[:, :1], is_share=share[:, 0] == 1)


_COLUMNS = {"top": "numerator", "below": "denominator", "value": "value", "lower": "lower", "upper": "upper"}


def _ranks(beside: _Side) -> dict[str, Array]:
    """Ranks from the highest down, and between which the intervals leave them."""
    value, lower, upper = beside.value, beside.lower, beside.upper
    known = np.isfinite(value).sum(axis=1, keepdims=True) * np.ones_like(value)

    def above(others: Array, own: Array) -> Array:
        """By province, in how many provinces one figure lies above its own other one; NaN lies nowhere."""
        return np.stack([(others > own[:, [j]]).sum(axis=1) for j in range(own.shape[1])], axis=1).astype(float)

    return {
        "rank": 1 + above(value, value),
        "rank_best": 1 + above(lower, upper),
        "rank_worst": known - above(-upper, -lower),
        "provinces_ranked": known,
    }


def _limits(beside: _Side) -> dict[str, Array]:
    """What chance alone allows about the country's value, and how far beyond it each lies."""
    per_one = np.broadcast_to(beside.country / beside.scale, beside.value.shape)
    steps, low, high = np.zeros_like(per_one), np.full_like(per_one, np.nan), np.full_like(per_one, np.nan)
    for confidence in (INNER, OUTER):
        for is_share in (True, False):
            mine = beside.is_share == is_share
            limits = control_limits(beside.below[mine], per_one[mine], is_share, confidence)
            low[mine], high[mine] = (limit * beside.scale[mine] for limit in limits)
        steps += np.where(beside.value > high, 1, 0) - np.where(beside.value < low, 1, 0)
    return {"limit_lower": low, "limit_upper": high, "beyond": steps}


def _drawn(beside: _Side) -> Array:
    """Empirical Bayes: a share's count scatters less than Poisson's, by what is not the share."""
    per_one = beside.country / beside.scale
    mean = np.nan_to_num(beside.below * per_one)
    chance = np.where(beside.is_share[:, None], 1 - np.minimum(per_one, 1), 1.0) * np.ones_like(mean)
    drawn = drawn_together(np.nan_to_num(beside.top), mean, chance)
    return beside.country * drawn.level
