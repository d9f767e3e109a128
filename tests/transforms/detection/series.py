"""Series the detectors are tried on."""

from __future__ import annotations

import numpy as np
import polars as pl


def long(counts: np.ndarray, population: np.ndarray | None = None) -> pl.DataFrame:
    """unit, t (from 1), count (NaN: null) and population of (units, periods) counts."""
    units, periods = counts.shape
    columns = {
        "unit": np.repeat([f"unit {number:03d}" for number in range(units)], periods),
        "t": np.tile(np.arange(1, periods + 1), units),
        "count": pl.Series(counts.ravel().astype(float)).fill_nan(None).cast(pl.Int64),
    }
    frame = pl.DataFrame(columns)
    return frame if population is None else frame.with_columns(population=pl.Series(population.ravel()))


def clean(seed: int, mean: float, dispersion: float, units: int, periods: int = 108) -> np.ndarray:
    """(units, periods) counts of a steady level with a season of a fifth either way."""
    rng = np.random.default_rng(seed)
    turn = 2 * np.pi * np.arange(periods) / 12
    mu = mean * np.exp(0.2 * np.cos(turn - rng.uniform(0, 2 * np.pi, (units, 1))))
    if dispersion <= 1:
        return rng.poisson(mu)
    return rng.negative_binomial(mu / (dispersion - 1), 1 / dispersion)
