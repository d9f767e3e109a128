"""The outcome of one test on many series: what every kind of test gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


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
