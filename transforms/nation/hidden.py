"""What a province hides stays hidden in the country's tables: nothing in them is a sum over something hidden.

A province hides a figure where its reports came and the figure is null. What it shows beside it could still give it:
the other measures of a rule, the month before, the same place on the other map, a longer period. So these go with it,
and a total is given only over provinces that show their part: then no published equation has a hidden figure in it.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from expectations.contract.forms import FORM_OF, MONTHLY, MONTHLY_MEASURES
from expectations.contract.indicators import INDICATORS
from expectations.contract.rules import RULES
from transforms.disclosure.linear import hide_with_others
from transforms.months import month_number

_TERM = re.compile(r"([+-]?)\s*([a-z_]\w*)")
_OPENINGS = {"members_opening": "members_closing", "pending_opening": "pending_closing"}
"""What a month begins with, and what the month before it ended with."""
UNIT = ("map", "unit_code")


def hidden_measures(figures: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """The measures that are not to be shown of a province and month.

    Args:
        figures: map, unit_code, period, the monthly measures, units_reported: the provinces' months as published. A
            figure of a form that was not asked for yet is no hidden one.
        parts: unit_code, today_code: which province of today each province lies in, also those of today.

    Returns:
        map, unit_code, period, measure: those that are hidden, and those that would give one away.
    """
    keys = (
        figures.select(*UNIT, "period")
        .with_columns(month=month_number())
        .join(parts.unique("unit_code"), on="unit_code", how="left")
    )
    keys = keys.with_columns(pl.col("today_code").fill_null(pl.col("unit_code")))
    values = figures.select(pl.col(MONTHLY_MEASURES).cast(pl.Float64)).to_numpy()
    periods = figures["period"].unique().to_list()
    asked = {form.name: [period for period in periods if form.asked_in(period)] for form in MONTHLY}
    came = pl.col("units_reported") > 0
    hidden = figures.select(
        (pl.col(name).is_null() & came & pl.col("period").is_in(asked[FORM_OF[name]])).alias(name)
        for name in MONTHLY_MEASURES
    ).to_numpy()
    while True:
        before = hidden.copy()
        hidden = _of_bounds(_of_rules(hidden), values)
        hidden = _of_neighbours(hidden, keys)
        hidden = _of_other_map(hidden, keys)
        if (hidden == before).all():
            break
    row, measure = np.nonzero(hidden)
    return keys.select(*UNIT, "period")[row].with_columns(
        measure=pl.Series([MONTHLY_MEASURES[at] for at in measure], dtype=pl.String)
    )


def without_hidden(figures: pl.DataFrame, hidden: pl.DataFrame) -> pl.DataFrame:
    """The provinces' months with what is hidden left null."""
    if hidden.is_empty():
        return figures
    wide = hidden.with_columns(is_hidden=True).pivot("measure", index=[*UNIT, "period"], values="is_hidden")
    names = [name for name in MONTHLY_MEASURES if name in wide.columns]
    joined = figures.join(wide, on=[*UNIT, "period"], how="left", suffix=":hidden", maintain_order="left")
    masked = (pl.when(pl.col(f"{name}:hidden").is_null()).then(pl.col(name)).alias(name) for name in names)
    return joined.with_columns(masked).select(figures.columns)


def hidden_indicators(indicators: pl.DataFrame, hidden: pl.DataFrame) -> pl.DataFrame:
    """Which rows of indicators are made of something hidden.

    Args:
        indicators: map, unit_code, period, period_start, period_end, indicator and others.
        hidden: what `hidden_measures` gives.

    Returns:
        map, unit_code, indicator, period_kind, period: a flow's where a month of the period is hidden, a stock's where
        its last month is.
    """
    keys = [*UNIT, "indicator", "period_kind", "period"]
    if hidden.is_empty():
        return indicators.select(keys).head(0)
    made_of = pl.DataFrame(
        [(each.name, name, each.timing == "stock") for each in INDICATORS for name in each.measures],
        schema={"indicator": pl.String, "measure": pl.String, "is_stock": pl.Boolean},
        orient="row",
    )
    months = (
        hidden.join(made_of, on="measure")
        .select(*UNIT, "indicator", "is_stock", month_end=pl.col("period").str.to_date("%Y-%m").dt.month_end())
        .unique()
    )
    within = pl.col("month_end").is_between("period_start", "period_end")
    last = pl.col("month_end") == pl.col("period_end")
    return (
        indicators.select(*keys, "period_start", "period_end")
        .join(months, on=[*UNIT, "indicator"])
        .filter(pl.when("is_stock").then(last).otherwise(within))
        .select(keys)
        .unique()
    )


def _of_rules(hidden: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """With the measures without which another would follow by the contract's rules."""
    patterns, which = np.unique(hidden, axis=0, return_inverse=True)
    parts, sums = np.eye(len(MONTHLY_MEASURES)), _rules()
    found = [hide_with_others(pattern, parts, sums, _losses()) if pattern.any() else pattern for pattern in patterns]
    return np.array(found, dtype=bool).reshape(patterns.shape)[which.reshape(-1)]


@lru_cache
def _rules(op: str = "=") -> NDArray[np.float64]:
    """Rules x measures: what is 0 in every report (or, of "<=", at most 0) by the contract."""
    place = {name: at for at, name in enumerate(MONTHLY_MEASURES)}
    rows = []
    for rule in RULES:
        if rule.op == op and rule.form in {form.name for form in MONTHLY}:
            row = np.zeros(len(place))
            for side, text in ((1.0, rule.found), (-1.0, rule.expected)):
                for sign, name in _TERM.findall(text):
                    row[place[name]] += -side if sign == "-" else side
            rows.append(row)
    return np.array(rows)


@lru_cache
def _losses() -> NDArray[np.int64]:
    """Of each measure, what hiding it loses: how many indicators are made of it."""
    return np.array([sum(name in each.measures for each in INDICATORS) for name in MONTHLY_MEASURES])


def _of_bounds(hidden: NDArray[np.bool_], values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """With the measures that would leave a hidden one no other whole number: a total of 0 tells its parts."""
    out = hidden.copy()
    for row in np.flatnonzero(hidden.any(axis=1) & ~hidden.all(axis=1)):
        while (told := _told_by_bounds(out[row], values[row])).size:
            others = _shown_beside(told[0], out[row])
            if not others.size:
                break
            out[row, others[np.argmin(_losses()[others])]] = True
    return out


def _told_by_bounds(hidden: NDArray[np.bool_], values: NDArray[np.float64]) -> NDArray[np.intp]:
    """The hidden measures of a month that the rules and the shown ones leave less than one apart."""
    at_most = np.vstack([_rules(), -_rules(), _rules("<=")])
    low, high = np.where(hidden, 0.0, values), np.where(hidden, np.inf, values)
    # A measure that was never asked for bounds nothing.
    low, high = np.nan_to_num(low, nan=0.0), np.where(np.isnan(high), np.inf, high)
    for _ in range(len(MONTHLY_MEASURES)):
        least = _least(at_most, low, high)
        with np.errstate(invalid="ignore"):
            room = -(least.sum(axis=1, keepdims=True) - least)
        room = np.where(np.isnan(room), np.inf, room)
        uppers = np.where(at_most > 0, room, np.inf).min(axis=0)
        lowers = np.where(at_most < 0, -room, -np.inf).max(axis=0)
        new = np.maximum(low, lowers), np.minimum(high, uppers)
        if (new[0] == low).all() and (new[1] == high).all():
            break
        low, high = new
    return np.flatnonzero(hidden & (high - low < 1))


def _least(at_most: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rules x measures: the least that each measure's term can be."""
    with np.errstate(invalid="ignore"):
        return np.select([at_most > 0, at_most < 0], [at_most * low, at_most * high], 0.0)


def _shown_beside(measure: np.intp, hidden: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The shown measures that stand in a rule with one."""
    rules = np.vstack([_rules(), _rules("<=")])
    together = (rules[rules[:, measure] != 0] != 0).any(axis=0)
    return np.flatnonzero(together & ~hidden)


def _of_neighbours(hidden: NDArray[np.bool_], keys: pl.DataFrame) -> NDArray[np.bool_]:
    """A month's opening is the closing of the month before: each goes with the other."""
    out = hidden.copy()
    place = {key: at for at, key in enumerate(keys.select(*UNIT, "month").iter_rows())}
    before = np.array([place.get((name, code, month - 1), -1) for name, code, month in place])
    has = before >= 0
    for opening, closing in _OPENINGS.items():
        mine, other = MONTHLY_MEASURES.index(opening), MONTHLY_MEASURES.index(closing)
        out[has, mine] |= hidden[before[has], other]
        out[before[has], other] |= hidden[has, mine]
        _both_ways(out, mine, other)
    return out


def _both_ways(hidden: NDArray[np.bool_], opening: int, closing: int) -> None:
    """With a stock an increase and a decrease of its month: else two months together could bound what each adds."""
    rule = next(row for row in _rules() if row[opening] and row[closing])
    is_open = hidden[:, opening] | hidden[:, closing]
    for sign in (1, -1):
        moving = np.flatnonzero(rule * sign > 0)
        moving = moving[(moving != opening) & (moving != closing)]
        bare = is_open & ~hidden[:, moving].any(axis=1)
        hidden[bare, moving[np.argmin(_losses()[moving])]] = True


def _of_other_map(hidden: NDArray[np.bool_], keys: pl.DataFrame) -> NDArray[np.bool_]:
    """A province of today is the sum of those it was made of: what one hides the other does not give."""
    place = keys.select(pl.struct("today_code", "month").rank("dense")).to_series().to_numpy().astype(np.int64) - 1
    together = np.zeros((int(place.max(initial=-1)) + 1, hidden.shape[1]), dtype=bool)
    np.logical_or.at(together, place, hidden)
    return together[place]
