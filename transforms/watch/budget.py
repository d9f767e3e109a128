"""The alarm budget: how unlikely a figure must be before a person is told, so that few alerts are false."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.watch.watched import Watched, watched

PROVINCE_YEARS = 4.0
"""Over all of the province's own series together, each kind of test may alarm falsely once in about so many years."""
MONTHS_A_QUARTER = 3


@dataclass(frozen=True, slots=True)
class Budget:
    """At most so many false alerts a quarter, over all districts, communes and indicators.

    Attributes:
        a_quarter: the setting.
        calibration: what the tests' levels are multiplied with so that simulated quiet years keep to it; see
            benchmarks/watch.
    """

    a_quarter: float = 3.0
    calibration: float = 1.3

    def levels(self, one: Watched, units: int) -> dict[str, float]:
        """The two-sided level of each test of a row of the table, given how many units it is made in each month."""
        if one.level == "province":
            level = 1 / (12 * PROVINCE_YEARS)
            # The province has nine series (watched.csv) that share the level; ten keeps it on the careful side.
            return {"change": level / 10, "shift": level / 10}
        whole = sum(sum(row.shares.values()) for row in watched())
        tests = units * MONTHS_A_QUARTER
        scale = self.a_quarter * self.calibration / whole / max(tests, 1)
        # With very few units a share of the budget could come to a level at which nearly any month alarms.
        return {kind: min(share * scale, 0.05) for kind, share in one.shares.items() if share}


def adjusted(p_values: pl.Series) -> pl.Series:
    """q-values of a batch: the false discovery rate at which each would just be told (Benjamini, Hochberg 1995).

    Args:
        p_values: of one night's tests, none null.
    """
    p = p_values.to_numpy()
    order = np.argsort(p)
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty_like(p)
    q[order] = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    return pl.Series(q)
