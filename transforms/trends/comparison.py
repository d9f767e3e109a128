"""A period against the same a year before: month on month, year on year, twelve months on the twelve before."""

from __future__ import annotations

import numpy as np
import polars as pl

from expectations.contract.indicators import INDICATORS
from transforms.indicators import is_whole
from transforms.intervals import rate_ratio_interval, share_ratio_interval
from transforms.months import month_number, year_before
from transforms.trends.season import tet

KEYS = ("map", "unit_code", "level", "indicator", "period_kind")
COLUMNS = (
    *KEYS,
    "period",
    "base_period",
    "value",
    "base_value",
    "difference",
    "ratio",
    "lower",
    "upper",
    "is_tet_moved",
)
MOVED = 0.2  # of the three weeks around Tết


def comparison(indicators: pl.DataFrame) -> pl.DataFrame:
    """Each period against the one of its kind a year before, as a ratio with a 95 % interval.

    Rates of events: the exact conditional interval; shares: recovered from their Wilson intervals. Both take the two
    periods as independent. People away in both years are the same people, so the interval of a stock is too wide
    rather than too narrow.

    Args:
        indicators: what `indicator_table` gives.

    Returns:
        map, unit_code, level, indicator, period_kind, period, base_period, value, base_value,
        difference (value - base_value, in the indicator's unit),
        ratio (value / base_value; null for nets and the ratio of rates, and where the base is 0), lower, upper (null
        likewise; upper also where nothing happened in the base period); all null for a bare count of which a part was
        not reported in one of the periods,
        is_tet_moved: True where Tết fell otherwise in the two periods, so that they are not alike.
        One row for each row of `indicators` whose base period is there; unknown figures give nulls.
    """
    pairs = indicators.with_columns(base_period=year_before()).join(
        indicators.rename({"period": "base_period"}), on=[*KEYS, "base_period"], suffix="_base", maintain_order="left"
    )
    kinds = {each.name: each.kind for each in INDICATORS}
    kind = pairs["indicator"].replace_strict(kinds, return_dtype=pl.String)
    lower, upper = _bounds(pairs, kind)
    has_ratio = kind.is_in(["rate", "share", "count"])
    ratio = pl.when(has_ratio & (pl.col("value_base") > 0)).then(pl.col("value") / pl.col("value_base"))
    compared = pairs.with_columns(
        base_value="value_base",
        difference=pl.col("value") - pl.col("value_base"),
        ratio=ratio,
        lower=lower,
        upper=upper,
        is_tet_moved=_tet_moved(pairs),
    )
    both_whole = is_whole() & is_whole("coverage_base")
    changes = ("difference", "ratio", "lower", "upper")
    return compared.with_columns(pl.when(both_whole).then(name).alias(name) for name in changes).select(COLUMNS)


def _bounds(pairs: pl.DataFrame, kind: pl.Series) -> tuple[pl.Series, pl.Series]:
    lower, upper = np.full((2, pairs.height), np.nan)
    top, below, base_top, base_below = (
        pairs[name].fill_null(np.nan).to_numpy()
        for name in ("numerator", "denominator", "numerator_base", "denominator_base")
    )
    is_count = (kind == "count").to_numpy()
    below, base_below = np.where(is_count, 1.0, below), np.where(is_count, 1.0, base_below)
    is_rate, is_share = (kind == "rate").to_numpy() | is_count, (kind == "share").to_numpy()
    for mine, interval in ((is_share, share_ratio_interval), (is_rate, rate_ratio_interval)):
        lower[mine], upper[mine] = interval(top[mine], below[mine], base_top[mine], base_below[mine])
    return _nullable(lower), _nullable(upper)


def _nullable(bound: np.ndarray) -> pl.Series:
    """A bound that does not exist, or is infinite, is null."""
    return pl.Series(np.where(np.isfinite(bound), bound, np.nan)).fill_nan(None)


def _tet_moved(pairs: pl.DataFrame) -> pl.Series:
    months = pairs.filter(pl.col("period_kind") == "month").select("period").unique()
    number = months.select(month_number()).to_series().to_numpy().astype(np.int64)
    if len(number) == 0:
        return pl.repeat(False, pairs.height, eager=True)
    moved = np.abs(tet(number) - tet(number - 12)).max(axis=1) > MOVED
    named = months.with_columns(period_kind=pl.lit("month"), moved=pl.Series(moved))
    joined = pairs.join(named, on=["period_kind", "period"], how="left", maintain_order="left")
    return joined["moved"].fill_null(value=False)
