"""What the nights' judgements found: one row a night, unit, indicator, test and month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from expectations.contract.periods import Period
from transforms.detection.panel import nullable
from transforms.watch.budget import Budget, adjusted
from transforms.watch.count_tests import HARMONICS, CountSeries, common_season, test_counts
from transforms.watch.months_to_judge import MonthAsKnown
from transforms.watch.share_tests import ShareSeries, test_shares
from transforms.watch.tested import WITHDRAWN, Tested
from transforms.watch.watched import Watched, watched

Index = NDArray[np.int64]
FEWEST_PEERS = 5
"""With fewer units in a group one of them moves the group's comparison itself."""

SCHEMA = {
    "night": pl.Date,
    "unit_id": pl.String,
    "level": pl.String,
    "scope": pl.String,
    "family": pl.String,
    "indicator": pl.String,
    "kind": pl.String,
    "direction": pl.String,
    "period": pl.String,
    "first_period": pl.String,
    "observed": pl.Float64,
    "expected": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "p_value": pl.Float64,
    "q_value": pl.Float64,
    "is_signal": pl.Boolean,
    "is_rejudged": pl.Boolean,
    "note": pl.String,
}
_JUDGEMENT = ("night", "unit_id", "level", "scope", "indicator", "kind", "period")
MOSTLY = 0.5
"""Part of the whole's excess from which on it is that of the units that signal themselves."""
UNITS_OF = {"province": "district", "country": "province"}
"""The units that a whole is made of, whose own signals may explain its."""
DIGITS = 6
"""Of what is kept: beyond it lies the machine's rounding, which differs with what is computed together."""


@dataclass(frozen=True)
class GroupedUnits:
    """The units of a level in the order of the arrays' rows, and the number of each one's group (-1: none)."""

    names: Sequence[str]
    group: Index


def groups(level: str, names: Sequence[str], parents: dict[str, str | None]) -> GroupedUnits:
    """Whose comparison each unit is: districts among themselves, communes within their district.

    Communes of a district with too few of them, or without districts, are compared with all communes.
    """
    if level == "province":  # of a home: the country's provinces are a group of their own
        return GroupedUnits(names, np.full(len(names), -1))
    above = [parents.get(name) if level == "commune" else "" for name in names]
    few = {one for one in set(above) if above.count(one) < FEWEST_PEERS}
    numbers = {one: number for number, one in enumerate(sorted({a or "" for a in above if a not in few}))}
    everyone = len(numbers)
    return GroupedUnits(names, np.array([numbers.get(a or "", everyone) if a not in few else everyone for a in above]))


def findings(
    months: Sequence[MonthAsKnown],
    units: dict[str, GroupedUnits],
    budget: Budget,
    series: Sequence[Watched] | None = None,
) -> pl.DataFrame:
    """Judge every series of the table in every month.

    Args:
        months: the months to judge as each night knew them, in order.
        units: by level.
        budget: turns the setting into the level of each test; a night uses the verdicts given before it.
        series: those to judge; null for all that are watched.

    Returns:
        the columns of `SCHEMA`; rows of is_signal false are kept, since an alert ends where figures return. Of figures
        that were taken back there is a row without numbers in every series, with the note `WITHDRAWN`.
    """
    series = watched() if series is None else series
    parts = [
        _of_series(one, some, units[one.level], known)
        for known, some in _by_budget(months, budget)
        for one in series
        if len(units[one.level].names)
    ]
    rows = pl.concat([pl.DataFrame(schema=SCHEMA), *(part for part in parts if part.height)])
    rows = rows.with_columns(
        q_value=pl.col("p_value").map_batches(adjusted, return_dtype=pl.Float64).over("night", "scope")
    )
    rows = _without_single_units(rows, series)
    rows = pl.concat([rows, _withdrawn(months, units, series).join(rows, on=list(_JUDGEMENT), how="anti")])
    numbers = ["observed", "expected", "lower", "upper", "p_value", "q_value"]
    return rows.with_columns(pl.col(numbers).round_sig_figs(DIGITS)).sort(
        "night", "period", "level", "unit_id", "indicator", "kind"
    )


def _by_budget(months: Sequence[MonthAsKnown], budget: Budget) -> list[tuple[Budget, list[MonthAsKnown]]]:
    """The months by what their nights' budgets are."""
    parts: dict[Budget, list[MonthAsKnown]] = {}
    for month in months:
        parts.setdefault(budget.as_of(month.night), []).append(month)
    return list(parts.items())


def _withdrawn(
    months: Sequence[MonthAsKnown], units: dict[str, GroupedUnits], series: Sequence[Watched]
) -> pl.DataFrame:
    """A row for each series and test whose figures were taken back or corrected: nothing may be left to say of them."""
    rows = [
        {
            "night": month.night,
            "unit_id": units[one.level].names[unit],
            "level": one.level,
            "scope": _scope(one),
            "family": one.family,
            "indicator": one.indicator,
            "kind": kind,
            "period": month.period,
            "first_period": month.period,
            "is_signal": False,
            "is_rejudged": True,
            "note": WITHDRAWN,
        }
        for month in months
        for one in series
        for unit in np.flatnonzero(month.withdrawn[one.level] | month.rejudged[one.level]).tolist()
        for kind, share in one.shares.items()
        if share
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def _scope(one: Watched) -> str:
    return one.whole if one.is_of_whole else "unit"


def _without_single_units(rows: pl.DataFrame, series: Sequence[Watched]) -> pl.DataFrame:
    """No signal of the whole where units that signal themselves make up most of it: that is theirs alone."""
    wholes = {one.whole for one in series}
    excess = pl.col("observed") - pl.col("expected")
    keys = ["period", "indicator", "direction"]
    own = rows.filter(pl.col("level").is_in([UNITS_OF[whole] for whole in wholes]) & pl.col("is_signal")).select(
        *keys, pl.col("night").alias("told_on"), "unit_id", theirs=excess
    )
    is_whole = pl.col("level").is_in(list(wholes))
    both = rows.with_row_index().filter(is_whole).join(own, on=keys)
    largest = (
        both.filter(pl.col("told_on") <= pl.col("night")).group_by("index", "unit_id").agg(pl.col("theirs").last())
    )
    explained = largest.group_by("index").agg(pl.col("theirs").sum())
    share = pl.col("theirs") / excess
    return (
        rows.with_row_index()
        .join(explained, on="index", how="left", maintain_order="left")
        .with_columns(is_signal=pl.col("is_signal") & ~(is_whole & (share >= MOSTLY)).fill_null(False))
        .drop("index", "theirs")
    )


def _of_series(one: Watched, months: Sequence[MonthAsKnown], units: GroupedUnits, budget: Budget) -> pl.DataFrame:
    """One row of the table in all months, all units together: one fit of many series costs little more than of one."""
    months = [month for month in months if month.judged[one.level].any()]
    if not months:
        return pl.DataFrame(schema=SCHEMA)
    n = len(units.names)
    judged = np.concatenate([month.judged[one.level] for month in months])
    step = int(units.group.max(initial=0)) + 1
    group = np.concatenate([np.where(units.group < 0, -1, units.group + step * at) for at in range(len(months))])
    rows = _needed(judged, group)
    count = np.concatenate([one.count(month.figures[one.level]) for month in months])[rows]
    exposure = np.concatenate([month.figures[one.level][one.exposure] for month in months])[rows]
    alpha, told = budget.levels(one, n), np.flatnonzero(judged[rows])
    if one.model == "count":
        if not one.is_of_whole:
            exposure = exposure * _season(one, months)[rows // n]
        waves = HARMONICS if one.is_of_whole else 0
        tests = test_counts(CountSeries(count, exposure, group[rows], told, waves), alpha)
    else:
        month_numbers = np.repeat([Period.parse(month.period).number for month in months], n)[rows]
        tests = test_shares(ShareSeries(count, exposure, group[rows], month_numbers, rows // n, told), alpha)
    frames = [_rows(one, test, _JudgedRows(months, units, rows[told]), alpha[test.kind]) for test in tests]
    return pl.concat(frames) if frames else pl.DataFrame(schema=SCHEMA)


def _season(one: Watched, months: Sequence[MonthAsKnown]) -> NDArray[np.float64]:
    """(S, L) the whole's season of a count, as each night knew it."""
    whole = [month.figures[one.whole] for month in months]
    return common_season(
        np.concatenate([one.count(figures) for figures in whole]),
        np.concatenate([figures[one.exposure] for figures in whole]),
    )


def _needed(judged: NDArray[np.bool_], group: Index) -> Index:
    """The rows to compute: those judged, and those they are compared with."""
    compared = np.isin(group, group[judged & (group >= 0)])
    return np.flatnonzero(judged | compared)


@dataclass(frozen=True)
class _JudgedRows:
    """Where the rows judged belong: their places among units within months."""

    months: Sequence[MonthAsKnown]
    units: GroupedUnits
    rows: Index


def _rows(one: Watched, test: Tested, places: _JudgedRows, alpha: float) -> pl.DataFrame:
    """The judged series of one test, as rows; those of which nothing could be said are left out."""
    months, units = places.months, places.units
    keep = np.flatnonzero(np.isfinite(test.p_value))
    at, unit = np.divmod(places.rows[keep], len(units.names))
    period = [months[i].period for i in at]
    n, p = len(keep), test.p_value[keep]
    back = (test.months[keep].astype(int) - 1).tolist()
    starts = {pair: str(Period.parse(pair[0]).plus(-pair[1])) for pair in {*zip(period, back, strict=True)}}
    first = [starts[pair] for pair in zip(period, back, strict=True)]
    return pl.DataFrame(  # of lists: a single value for a whole column costs a query each
        {
            "night": [months[i].night for i in at],
            "unit_id": [units.names[i] for i in unit],
            "level": [one.level] * n,
            "scope": [_scope(one)] * n,
            "family": [one.family] * n,
            "indicator": [one.indicator] * n,
            "kind": [test.kind] * n,
            "direction": np.where(test.is_rise[keep], "up", "down").tolist(),
            "period": period,
            "first_period": first,
            **{name: nullable(getattr(test, name)[keep]) for name in ("observed", "expected", "lower", "upper")},
            "p_value": p,
            "q_value": [None] * n,
            "is_signal": p <= alpha,
            "is_rejudged": [bool(months[i].rejudged[one.level][j]) for i, j in zip(at, unit, strict=True)],
            "note": [None] * n,
        },
        schema=SCHEMA,
    )
