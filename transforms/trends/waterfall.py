"""The balance of members from opening to closing, step by step."""

from __future__ import annotations

import polars as pl

from expectations.contract.forms import BALANCE
from expectations.contract.indicators import PERIOD_KINDS
from transforms.indicators.inputs import MEMBERS, UNIT, without_gaps
from transforms.indicators.longer_periods import MONTHS_IN, over_periods
from transforms.months import month_number

COLUMNS = (*UNIT, "period_kind", "period", "position", "step", "value", "running", "coverage")
OPENING, CLOSING, OPEN = "members_opening", "members_closing", "unexplained"
SIGN_OF = {
    measure.name: 1 if measure.nature == "increase" else -1
    for measure in BALANCE.measures
    if measure.nature in ("increase", "decrease")
}
STEPS = (OPENING, *SIGN_OF, OPEN, CLOSING)


def waterfall(figures: pl.DataFrame) -> pl.DataFrame:
    """Members at the start of a period, what came, what went, and members at its end.

    Args:
        figures: as for `indicator_table`: map, unit_code, level, period (YYYY-MM), the measures of the balance,
            members_reported, members_known.

    Returns:
        map, unit_code, level, period_kind, period, position (0 upwards), step (members_opening, the increases and
        decreases by their measure's name, `unexplained`, members_closing),
        value: decreases negative; `unexplained` is what is left between the opening, the flows and the closing, since
        a month was not reported or opened with another figure than the one before had closed with,
        running: members after the step; the values without members_closing add up to it,
        coverage: the share of the last known members that reported over the period.
        `unexplained` and what follows it is null where opening or closing is not known; a flow is null where no month
        was reported.
    """
    months = without_gaps(
        figures.with_columns(month=month_number()).select(*UNIT, "month", *MEMBERS, OPENING, *SIGN_OF, CLOSING)
    )
    return pl.concat([_steps(months, kind) for kind in PERIOD_KINDS]).sort(*UNIT, "period_kind", "period", "position")


def _steps(months: pl.DataFrame, kind: str) -> pl.DataFrame:
    first = MONTHS_IN[kind] - 1
    opened = months.with_columns(pl.col(OPENING).shift(first).over(UNIT, order_by="month"))
    wide = over_periods(opened, kind, list(SIGN_OF), [OPENING, CLOSING]).filter("has_last", "is_lived")
    signed = wide.with_columns(pl.col(name) * sign for name, sign in SIGN_OF.items())
    left = pl.col(CLOSING) - pl.col(OPENING) - pl.sum_horizontal(*SIGN_OF)
    rows = signed.with_columns(left.alias(OPEN)).unpivot(
        STEPS, index=[*UNIT, "period_kind", "period", "coverage"], variable_name="step"
    )
    place = {name: position for position, name in enumerate(STEPS)}
    placed = rows.with_columns(position=pl.col("step").replace_strict(place, return_dtype=pl.Int32)).sort("position")
    before = pl.col("value").fill_null(0).cum_sum().over(*UNIT, "period")
    unknown = pl.col("value").is_null() & pl.col("step").is_in([OPENING, OPEN, CLOSING])
    running = pl.when(unknown.cum_max().over(*UNIT, "period")).then(None).otherwise(before)
    is_end = pl.col("step") == CLOSING
    return placed.with_columns(running=pl.when(is_end).then(pl.col("value")).otherwise(running)).select(COLUMNS)
