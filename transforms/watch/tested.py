"""The outcome of one test on many series: what every kind of test gives."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]

WITHDRAWN = "withdrawn"
"""The note of a finding that says no more than that the figures it is about were taken back or replaced."""
LATELY, FEWEST_LATELY = 6, 3
"""A series is known from the months just before: after a longer gap nothing is said of it."""


def known_lately(values: Array) -> NDArray[np.bool_]:
    """(N,) whether enough of the months just before the last are known, of (N, L)."""
    return np.isfinite(values[:, -1 - LATELY : -1]).sum(axis=1) >= FEWEST_LATELY


@dataclass(frozen=True)
class Tested:
    """One kind of test on N series, each at its last month.

    Attributes:
        kind: change, shift or silence.
        months: (N,) how many months the test looks at, back from the last; 1 for a change.
        observed, expected, lower, upper: (N,) counts over these months; outside lower..upper is out of the ordinary.
            NaN: not known, or no bound on that side.
        p_value: (N,) two-sided; NaN where nothing can be said.
        is_rise: (N,) the direction.
    """

    kind: str
    months: Array
    observed: Array
    expected: Array
    lower: Array
    upper: Array
    p_value: Array
    is_rise: NDArray[np.bool_]

    def only(self, told: NDArray[np.bool_]) -> Tested:
        """The same, saying nothing of the series that are not to be told of."""
        return replace(self, p_value=np.where(told, self.p_value, np.nan))

    def take(self, rows: Index) -> Tested:
        """The series of the rows."""
        kept = {one.name: getattr(self, one.name)[rows] for one in fields(self) if one.name != "kind"}
        return Tested(kind=self.kind, **kept)
