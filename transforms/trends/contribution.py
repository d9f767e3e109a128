"""What explains a change of the province: which units, and in each how much is who and how much is how often."""

from __future__ import annotations

import polars as pl

from expectations.contract.indicators import INDICATORS
from transforms.indicators import is_whole
from transforms.months import year_before
from transforms.text_order import sorted_by_text, text_rank

WHOLE = ("map", "indicator", "period_kind", "period", "base_period")
COLUMNS = (*WHOLE, "unit_code", "part", "value")
PARTS = ("how_often", "who", "size", "reporting")
# A month's flow is too few events to divide; a rolling twelve months of a stock is its month.
PERIOD_KINDS = ("rolling12", "quarter", "half", "year")
# The members away; the rest of the unit's members is the other group.
GROUP_OF = {"requests_rate": "requests_rate_away"}
BITS = 52  # of a double's 53, one left for the sum


def contribution(indicators: pl.DataFrame, level: str = "district") -> pl.DataFrame:
    """The province's change against a year before, split among its units and parts (Kitagawa 1955, JASA 50: 1168).

    With S the unit's share of the province's denominator, q the unit's value, Q the province's, d the change between
    the periods and m the mean of both:

        how_often = mS * sum over groups of ma * dr    members of a group ask more often than before
        who       = mS * sum over groups of mr * da    more of the members are in the group that asks more often
        size      = dS * (mq - mQ)                     the unit weighs more in the province than before

    where a is a group's share of the unit's members and r its rate. The groups, members away and at home, are known
    for requests_rate; other indicators have no `who`. A unit without figures in one of the periods has the part
    `reporting` alone: what its coming or going does to the province's figure. Counts are plain differences.

    Args:
        indicators: what `indicator_table` gives; period kinds rolling12, quarter, half and year are split.
        level: the units that together make the province.

    Returns:
        map, indicator, period_kind, period, base_period, unit_code, part ("how_often", "who", "size", "reporting"),
        value in the indicator's unit. A count's change is `reporting` where a part of the unit was not reported in one
        of the periods: it is not known how much of it is more or less. The values of a map, indicator and period add up
        to the change of what the units are together to the last digit, in any order. No rows where all units together
        have no value in one of the periods.
    """
    usable = [each.name for each in INDICATORS if each.kind != "ratio"]
    units = indicators.filter(
        (pl.col("level") == level)
        & pl.col("period_kind").is_in(PERIOD_KINDS)
        & pl.col("indicator").is_in(usable)
        & pl.col("numerator").is_not_null()
    )
    pairs = _pairs(_with_group(units))
    parts = pl.concat([_of_values(pairs), _of_counts(pairs)])
    return _exact(parts)


def _with_group(units: pl.DataFrame) -> pl.DataFrame:
    """Figures with those of the group of members away beside them; null where the indicator has no groups."""
    of_group = {group: whole for whole, group in GROUP_OF.items()}
    groups = units.filter(pl.col("indicator").is_in(list(of_group))).select(
        "map",
        "unit_code",
        "period_kind",
        "period",
        pl.col("indicator").replace_strict(of_group, return_dtype=pl.String),
        group_top="numerator",
        group_below="denominator",
    )
    keys = ["map", "unit_code", "period_kind", "period", "indicator"]
    return units.join(groups, on=keys, how="left").select(
        *keys,
        top="numerator",
        below="denominator",
        group_top="group_top",
        group_below="group_below",
        is_whole=is_whole(),
    )


def _pairs(units: pl.DataFrame) -> pl.DataFrame:
    """One row a unit, period and the period a year before, whose figures end in 0; zero where a side is missing.

    `whole` numbers what is divided: a map, indicator and pair of periods.
    """
    keys = ["map", "unit_code", "indicator", "period_kind", "base_period"]
    present = units.with_columns(base_period=year_before())
    periods = present.select(*WHOLE).unique()
    base = units.rename({"period": "base_period"}).join(periods, on=[*WHOLE[:3], "base_period"])
    both = present.join(base, on=[*keys, "period"], how="full", coalesce=True, suffix="0")
    both = both.with_columns(whole=text_rank(both, WHOLE))
    has_base = pl.col("top0").is_not_null().any().over("whole")
    figures = ("top", "below", "top0", "below0")
    one_sided = pl.col("top").is_null() | pl.col("top0").is_null() | ~pl.col("is_whole") | ~pl.col("is_whole0")
    return both.filter(has_base).with_columns(one_sided=one_sided).with_columns(pl.col(figures).fill_null(0.0))


def _of_counts(pairs: pl.DataFrame) -> pl.DataFrame:
    bare = [each.name for each in INDICATORS if each.denominator is None]
    value = pl.col("top") - pl.col("top0")
    part = pl.when("one_sided").then(pl.lit("reporting")).otherwise(pl.lit("how_often"))
    return pairs.filter(pl.col("indicator").is_in(bare)).select(
        "whole", *WHOLE, "unit_code", part=part, value=value, change=value.sum().over("whole")
    )


def _of_values(pairs: pl.DataFrame) -> pl.DataFrame:
    """Parts of the indicators that have a denominator, the whole change beside them."""
    scales = {each.name: float(each.scale) for each in INDICATORS if each.denominator is not None}
    whole, whole0 = (pl.col(name).sum().over("whole") for name in ("below", "below0"))
    total, total0 = (pl.col(name).sum().over("whole") for name in ("top", "top0"))
    scaled = (
        pairs.filter(pl.col("indicator").is_in(list(scales)))
        .with_columns(scale=pl.col("indicator").replace_strict(scales, return_dtype=pl.Float64))
        .with_columns(weight=pl.col("below") / whole, weight0=pl.col("below0") / whole0)
        .with_columns(all=pl.col("scale") * (total / whole), all0=pl.col("scale") * (total0 / whole0))
        .filter(pl.col("weight").is_finite() & pl.col("weight0").is_finite())
    )
    rated = _with_rates(scaled, "value", pl.col("top"), pl.col("below"), pl.col("top0"), pl.col("below0"))
    within = _mean("weight") * (pl.col("value") - pl.col("value0"))
    size = (pl.col("weight") - pl.col("weight0")) * (_mean("value") - _mean("all"))
    who = _mean("weight") * _who()
    split = _with_groups(rated).with_columns(
        change=pl.col("all") - pl.col("all0"),
        reporting=pl.when("one_sided").then(size),
        size=pl.when(~pl.col("one_sided")).then(size),
        who=pl.when(~pl.col("one_sided")).then(who),
        how_often=pl.when(~pl.col("one_sided")).then(within - who.fill_null(0.0)),
    )
    beside = ["whole", *WHOLE, "unit_code"]
    return (
        split.select(*beside, "change", *PARTS)
        .unpivot(PARTS, index=[*beside, "change"], variable_name="part")
        .drop_nulls("value")
        .select(*beside, "part", "value", "change")
    )


def _with_rates(
    pairs: pl.DataFrame, name: str, top: pl.Expr, below: pl.Expr, top0: pl.Expr, below0: pl.Expr
) -> pl.DataFrame:
    """Values of both periods; where a period has nobody, the other's, so that no change is made of it."""
    now, base = (pl.when(d > 0).then(pl.col("scale") * n / d) for n, d in ((top, below), (top0, below0)))
    return pairs.with_columns(pl.coalesce(now, base, 0.0).alias(name), pl.coalesce(base, now, 0.0).alias(f"{name}0"))


def _with_groups(pairs: pl.DataFrame) -> pl.DataFrame:
    """Rates of members away and at home, and the share away; null where the indicator or the report has no groups."""
    away = (pl.col(name) for name in ("group_top", "group_below", "group_top0", "group_below0"))
    home = (pl.col(name) - pl.col(f"group_{name}") for name in ("top", "below", "top0", "below0"))
    whole = (pl.col("below") > 0) & (pl.col("below0") > 0)
    rated = _with_rates(_with_rates(pairs, "away", *away), "home", *home)
    return rated.with_columns(
        away_share=pl.when(whole).then(pl.col("group_below") / pl.col("below")),
        away_share0=pl.when(whole).then(pl.col("group_below0") / pl.col("below0")),
    )


def _who() -> pl.Expr:
    """Sum over the two groups of mean rate times change of share; the shares' changes are each other's opposite."""
    return (_mean("away") - _mean("home")) * (pl.col("away_share") - pl.col("away_share0"))


def _mean(name: str) -> pl.Expr:
    return (pl.col(name) + pl.col(f"{name}0")) / 2


def _exact(parts: pl.DataFrame) -> pl.DataFrame:
    """Parts as whole multiples of one power of two a whole, the rounding's remainder with the largest.

    Doubles that are such multiples, and whose sizes add up to less than 2**53 of it, are added without any rounding.
    """
    parts = sorted_by_text(parts, [*WHOLE, "unit_code", "part"])
    size = pl.col("value").abs().sum().over("whole").clip(1e-200)
    counted = parts.with_columns(quantum=2.0 ** (size.log(2).ceil() - BITS)).with_columns(
        quanta=(pl.col("value") / pl.col("quantum")).round().cast(pl.Int64),
        wanted=(pl.col("change") / pl.col("quantum")).round().cast(pl.Int64),
    )
    missing = pl.col("wanted") - pl.col("quanta").sum().over("whole")
    is_largest = pl.int_range(pl.len()).over("whole") == pl.col("quanta").abs().arg_max().over("whole")
    mended = pl.col("quanta") + pl.when(is_largest).then(missing).otherwise(0)
    return counted.with_columns(value=mended * pl.col("quantum")).select(COLUMNS)
