"""How small a change would have gone unnoticed: by watched series, the least rise and fall that would have alarmed."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.detection.detectability import detectability
from transforms.detection.detector import DetectorControl
from transforms.watch.budget import Budget
from transforms.watch.findings import GroupedUnits
from transforms.watch.months_to_judge import MonthAsKnown
from transforms.watch.watched import Watched, watched

POWER, RUN = 0.8, 3


def least_seen(months: Sequence[MonthAsKnown], units: dict[str, GroupedUnits], budget: Budget) -> pl.DataFrame:
    """Of every unit and watched count, in the last month judged: the least factor that is seen four times in five.

    Returns:
        unit_id, level, indicator, period, expected, expected_run, rise, fall, rise_run, fall_run: see
        `transforms.detection.detectability`; a run is three months.
    """
    judged = [month for month in months if month.is_judged]
    if not judged:
        return pl.DataFrame()
    last = judged[-1]
    known = budget.as_of(last.night)
    parts = [_of_series(one, last, units[one.level], known) for one in watched() if one.model == "count"]
    return pl.concat([part for part in parts if part.height])


def _of_series(one: Watched, last: MonthAsKnown, units: GroupedUnits, budget: Budget) -> pl.DataFrame:
    n = len(units.names)
    level = budget.levels(one, n).get("change")
    if not n or not level:
        return pl.DataFrame()
    count, exposure = one.count(last.figures[one.level]), last.figures[one.level][one.exposure]
    length = count.shape[1]
    frame = pl.DataFrame(
        {
            "unit": pl.Series(units.names).gather([u for u in range(n) for _ in range(length)]),
            "t": list(range(1, length + 1)) * n,
            "count": pl.Series(count.ravel()).fill_nan(None),
            "population": pl.Series(exposure.ravel()).fill_nan(None),
        }
    )
    control = DetectorControl(alpha=level, use_population=True)
    found = detectability(frame, control, length, power=POWER, run=RUN).rename({"unit": "unit_id"}).drop("t")
    return found.with_columns(level=pl.lit(one.level), indicator=pl.lit(one.indicator), period=pl.lit(last.period))
