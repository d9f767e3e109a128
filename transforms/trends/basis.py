"""The columns a trend is made of, and the rows that read level and slope off their coefficients."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.trends.season import season

Array = NDArray[np.float64]


class Basis(NamedTuple):
    """The design matrix of a trend, and how its coefficients give level and slope.

    Attributes:
        columns, level, slope: months x columns; a fit's mean, its level without the season, its slope a year.
        is_season, is_step: which columns are a season's, and which a change of the slope.
    """

    columns: Array
    level: Array
    slope: Array
    is_season: NDArray[np.bool_]
    is_step: NDArray[np.bool_]


def basis_of(months: NDArray[np.int64]) -> Basis:
    """Level, slope, season, and the slope's steps between June and July and between December and January."""
    years = (months - months[-1]) / 12
    first_of_half = months[1:][months[1:] % 6 == 0]
    since_step = years[:, None] - (first_of_half - 0.5 - months[-1]) / 12
    hinges, seasonal = np.maximum(0, since_step), season(months)
    ones, none = np.ones((len(months), 1)), np.zeros_like(seasonal)
    kinds = np.repeat([0, 1, 2, 3], [1, 1, seasonal.shape[1], hinges.shape[1]])
    return Basis(
        np.hstack([ones, years[:, None], seasonal, hinges]),
        np.hstack([ones, years[:, None], none, hinges]),
        np.hstack([0 * ones, ones, none, since_step > 0]),
        kinds == 2,
        kinds == 3,
    )
