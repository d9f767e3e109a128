"""The figures of cells with where each stands on both maps; a split cell's past is divided by its weights."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import polars as pl

from expectations.contract.forms import FORM_OF, FORMS
from expectations.contract.periods import Period
from transforms.months import month_number
from transforms.territory.apportion import split_measures
from transforms.territory.places import places, strangers
from transforms.territory.registry import Registry


def cells_on_both_maps(
    facts: pl.DataFrame,
    members: pl.DataFrame,
    registry: Registry,
    periods: Iterable[str],
    today: date,
    summed: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The figures of cells, or of the parts of a split cell, with where each stands on both maps.

    Args:
        facts: cell_code, period and measures, one row a cell and period; null = not reported.
        members: cell_code, period (YYYY-MM), members_closing of every month, for what was last known.
        registry: the unit registry.
        periods: the periods wanted, of one kind; facts of others are passed over. For half-years only the kinds of
            cells that report the half-yearly form are expected.
        today: the day whose map is called today's.
        summed: place, period: what is summed already and not among the facts; see `places`.

    Returns:
        what `places` gives, the measures (a split cell's divided among its rows), is_reported and members_known (null
        where none were ever known). A cell that has figures in a period for which the registry has no such cell
        stands under `chua-phan-bo`, so that totals agree.
    """
    periods = sorted(set(periods))
    measures = [name for name in facts.columns if name not in ("cell_code", "period")]
    # A cell is reported once each form of the period is there: the first measure stands for its form.
    forms = [form for form in FORMS.values() if form.names[0] in measures]
    there = (pl.col(form.names[0]).is_not_null() | (pl.col("period") < form.since) for form in forms)
    facts = facts.with_columns(
        pl.col(measures).cast(pl.Int64), is_reported=pl.all_horizontal(*there), fact=pl.int_range(pl.len())
    )
    joined = places(registry, periods, today, summed).join(facts, on=["cell_code", "period"], how="left")
    is_placed = np.zeros(facts.height, dtype=bool)
    is_placed[joined["fact"].drop_nulls()] = True
    strange = facts.filter(~is_placed).filter(pl.col("period").is_in(periods))
    if strange.height:
        placed = strangers(strange.select("cell_code", "period"), registry, today)
        joined = pl.concat([joined, placed.join(strange, on=["cell_code", "period"]).select(joined.columns)])
    expected = pl.col("kind").is_in(_kinds(measures)) | pl.col("is_reported").is_not_null()
    joined = joined.drop("fact").filter(expected) if _kinds(measures) else joined.drop("fact")
    joined = last_known(joined.with_columns(pl.col("is_reported").fill_null(value=False)), members, registry)
    return _divided(joined, [*measures, "members_known"])


def _kinds(measures: list[str]) -> list[str]:
    """The kinds of cells that report the form of the measures; none named: every kind."""
    return ["hamlet"] if all(FORMS[FORM_OF[name]].hamlet_only for name in measures) else []


def last_known(cells: pl.DataFrame, members: pl.DataFrame, registry: Registry) -> pl.DataFrame:
    """Add members_known: a cell's members in the period, else the last reported before; else its predecessors'.

    Args:
        cells: cell_code, period and others; members_closing, where it is among them, is that of `members`.
        members: cell_code, period (YYYY-MM), members_closing; null = not reported.
        registry: for the predecessors of a cell that has not reported yet.
    """
    reported = members.drop_nulls().with_columns(pl.col("members_closing").cast(pl.Int64))
    known = cells["members_closing"] if "members_closing" in cells.columns else _in_last_month(cells, reported)
    # What came in the period is nearly all; looking back for each of a million rows would cost more than all else here.
    silent = known.is_null().arg_true()
    if silent.len():
        known = known.scatter(silent, _known_before(cells.select("cell_code", "period")[silent], reported, registry))
    return cells.with_columns(known.alias("members_known"))


def _in_last_month(cells: pl.DataFrame, reported: pl.DataFrame) -> pl.Series:
    """A cell's members in the last month of the period; null where it did not report it."""
    last = {period: str(Period.month_of(Period.parse(period).last_day)) for period in cells["period"].unique()}
    return (
        cells.select("cell_code", period=pl.col("period").replace_strict(last, return_dtype=pl.String))
        .join(
            reported.filter(pl.col("period").is_in(last.values())),
            on=["cell_code", "period"],
            how="left",
            maintain_order="left",
        )
        .get_column("members_closing")
    )


def _known_before(cells: pl.DataFrame, reported: pl.DataFrame, registry: Registry) -> pl.Series:
    """The members a cell last reported before a period, else what its predecessors reported last."""
    origins = pl.DataFrame(
        [(to, origin, weight) for origin, to, _, _, weight in registry.cell_succession if to != origin],
        schema={"cell_code": pl.String, "origin": pl.String, "weight": pl.Float64},
        orient="row",
    )
    asked = pl.concat([cells["cell_code"], origins["origin"]]).unique()
    history = (
        reported.filter(pl.col("cell_code").is_in(asked.to_list()))
        .select("cell_code", month=month_number(), members_known="members_closing")
        .sort("month")
    )
    dated = cells.select("cell_code", month=month_number(), order=pl.int_range(pl.len())).sort("month")
    # check_sortedness: polars cannot check it by group and warns; both sides are sorted just above.
    found = dated.join_asof(history, on="month", by="cell_code", strategy="backward", check_sortedness=False)
    final = history.group_by("cell_code", maintain_order=True).last().rename({"cell_code": "origin"})
    members_then = (pl.col("weight") * pl.col("members_known")).sum().round().cast(pl.Int64)
    inherited = origins.join(final, on="origin").group_by("cell_code").agg(inherited=members_then)
    return (
        found.join(inherited, on="cell_code", how="left", maintain_order="left")
        .sort("order")
        .select(pl.col("members_known").fill_null(pl.col("inherited")))
        .to_series()
    )


def _divided(joined: pl.DataFrame, measures: list[str]) -> pl.DataFrame:
    """Divide the figures of the cells that have several parts."""
    split = joined.filter(pl.col("weight") < 1).sort("cell_code", "span", "period", "today_cell")
    if split.is_empty():
        return joined
    weights = split["weight"].to_numpy()
    counts = {name: split[name].fill_null(-1).to_numpy().copy() for name in measures}
    parts_of = split.group_by("cell_code", "span", maintain_order=True).agg(pl.len(), pl.col("today_cell").n_unique())
    start = 0
    for rows, parts in parts_of.select("len", "today_cell").iter_rows():  # rows in the order of months, then of parts
        months = {name: column[start : start + rows : parts] for name, column in counts.items()}
        for name, share in split_measures(months, weights[start : start + parts]).items():
            counts[name][start : start + rows] = np.ascontiguousarray(share).ravel()
        start += rows
    divided = split.with_columns(pl.Series(name, column).replace(-1, None) for name, column in counts.items())
    return pl.concat([joined.filter(pl.col("weight") >= 1), divided])
