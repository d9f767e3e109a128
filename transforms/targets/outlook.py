"""What is not yet due: how likely it is to be reached, how fast it must go, and how fast it goes."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit

from transforms.targets.forecast import PERIODS_NEEDED, KnownShares, chance_of_reaching, forecast
from transforms.targets.target import Target
from transforms.trends.season import season

Array = NDArray[np.float64]
Months = NDArray[np.int64]

FOLLOWED = "today"
"""The map on which a unit's territory stays what it is."""
SUREST = 0.01
"""No forecast is surer than this: what befalls a province is not all in its series."""
OTHER_MAP, FEW, NOTHING = "other-map", "too-few-periods", "no-figure"
COLUMNS = ("probability", "required_per_year", "observed_per_year")


def outlook(target: Target, rows: pl.DataFrame, figures: pl.DataFrame, length: int) -> pl.DataFrame:
    """The outlook of each row, in their order.

    Args:
        target: what is to be reached.
        rows: map, unit_code, month, state, known_month, value, needed, whole.
        figures: map, unit_code, month, numerator, denominator: those that count.
        length: months in a period.

    Returns:
        probability, required_per_year (the mean pace from the last figure on, 0 where the level is there already;
        null where every period counts),
        observed_per_year (the drift that the series shows, at its level), and no_probability: why the probability is
        null. All null where the row is not one that is still to come.
    """
    found = {name: np.full(rows.height, np.nan) for name in COLUMNS}
    waits = (rows["state"] == "not_yet_due").to_numpy()
    is_followed = (rows["map"] == FOLLOWED).to_numpy()
    is_known = rows["known_month"].is_not_null().to_numpy()
    months = rows["month"].to_numpy()
    series = figures.filter(pl.col("map") == FOLLOWED)
    enough = rows.join(_lengths(rows, series), on=["unit_code", "month"], how="left", maintain_order="left")
    is_long = (enough["periods"].fill_null(0) >= PERIODS_NEEDED).to_numpy()
    if target.kind != "running":
        found["required_per_year"] = np.where(waits & is_known, _required(rows), np.nan)
    for month in np.unique(months[waits & is_followed & is_long]):
        place = np.flatnonzero(waits & is_followed & is_long & (months == month))
        foreseen = _foreseen(rows[place], series.filter(pl.col("month") < month), int(month), length)
        found["probability"][place], found["observed_per_year"][place] = foreseen
    why = np.select([~waits, ~is_followed, ~is_known, ~is_long], ["", OTHER_MAP, NOTHING, FEW], "")
    columns = {name: pl.Series(name, values).fill_nan(None) for name, values in found.items()}
    return pl.DataFrame({**columns, "no_probability": pl.Series(why).replace("", None)})


def _lengths(rows: pl.DataFrame, series: pl.DataFrame) -> pl.DataFrame:
    """How many periods are known of each unit before each month."""
    asked = rows.select("unit_code", "month").unique()
    before = asked.join(series.select("unit_code", known="month"), on="unit_code").filter(
        pl.col("known") < pl.col("month")
    )
    return before.group_by("unit_code", "month").agg(periods=pl.len())


def _required(rows: pl.DataFrame) -> Array:
    value, needed, whole = (rows[name].cast(pl.Float64).to_numpy() for name in ("value", "needed", "whole"))
    years = (rows["month"] - rows["known_month"]).cast(pl.Float64).to_numpy() / 12
    with np.errstate(divide="ignore", invalid="ignore"):
        pace = np.maximum(needed / whole - value, 0.0) / years
    return np.where(np.isfinite(pace), pace, np.nan)


def _foreseen(rows: pl.DataFrame, series: pl.DataFrame, month: int, length: int) -> tuple[Array, Array]:
    """Probability, and drift a year, of the rows of one month."""
    units = rows["unit_code"].to_list()
    seen = series.filter(pl.col("unit_code").is_in(units))
    number = seen["month"].to_numpy().astype(np.int64)
    months = np.arange(number.min(), month + 1, length)
    periods = int(number.max() - number.min()) // length + 1
    top, below = np.full((2, len(units), periods), np.nan)
    at = np.array([units.index(code) for code in seen["unit_code"]]), (number - number.min()) // length
    top[at], below[at] = seen["numerator"].to_numpy(), seen["denominator"].to_numpy()
    ahead = len(months) - periods
    foreseen = forecast(KnownShares(top, below, length / 12, _season(months, length)), ahead)
    needed, whole = (rows[name].cast(pl.Float64).to_numpy() for name in ("needed", "whole"))
    probability = chance_of_reaching(foreseen, np.full(len(units), ahead - 1), needed, whole)
    share: Array = expit(foreseen.level)
    drift: Array = share * (1 - share) * foreseen.drift
    sure: Array = np.clip(probability, SUREST, 1 - SUREST)
    return sure, drift


def _season(months: Months, length: int) -> Array:
    """The year's round and Tết by month; whether it is the second half; nothing by year."""
    if length == 1:
        return season(months)
    halves = np.where(months[:, None] % 12 < 6, -0.5, 0.5)
    return halves if length == 6 else np.zeros((len(months), 0))
