"""The past points that fits are made of: what their counts give once for all fits, and their sums by season."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from transforms.detection.panel import Array, Index, Panel

Number = TypeVar("Number", np.float64, np.int64)

BEGUN = 0.1
"""Added to the counts, the means from which a fit begins."""
NO_COUNT = 1e-300
"""Stands for 0 under a logarithm; any positive power of it is 0 beside a count of 1."""


def kept(values: NDArray[Number], keep: Index | slice) -> NDArray[Number]:
    """Some fits, of the last axis; by `take`, as an index would lay the fits of one point far apart."""
    return values[..., keep] if isinstance(keep, slice) else values.take(keep, axis=-1)


@dataclass(frozen=True)
class Observations:
    """What a fit needs of each count, worked out once for the many fits that have it in their past.

    Attributes:
        known: (U, T) 1 where count and exposure are known, 0 elsewhere, as all that follow.
        counts: (U, T) y.
        exposure: (U, T) or None without an offset; 1 where unknown.
        first_target: (U, T) what the first step is drawn to, (y + 0.1) log((y + 0.1) / exposure) - 0.1.
        own_deviance: (U, T) the part of the deviance that no fit changes, y log(y / exposure) - y.
    """

    known: Array
    counts: Array
    exposure: Array | None
    first_target: Array
    own_deviance: Array

    @classmethod
    def of(cls, panel: Panel) -> Observations:
        """Those of a panel, whose population is the exposure."""
        known, exposure, log_exposure = np.isfinite(panel.counts), None, np.zeros(1)
        if panel.population is not None:
            known &= panel.population > 0
            exposure = np.where(known, panel.population, 1.0)
            log_exposure = np.log(exposure)
        counts = np.where(known, panel.counts, 0.0)
        begun = counts + BEGUN
        target = begun * (np.log(begun) - log_exposure) - BEGUN
        own = counts * (np.log(np.maximum(counts, NO_COUNT)) - 1 - log_exposure)
        return cls(known.astype(float), counts, exposure, np.where(known, target, 0.0), own)

    @cached_property
    def two_thirds(self) -> Array:
        """(U, T) y^(2/3)."""
        return self.counts ** (2 / 3)

    @cached_property
    def root_exposure(self) -> Array | None:
        """(U, T) the sixth root of the exposure."""
        return None if self.exposure is None else self.exposure ** (1 / 6)


@dataclass(frozen=True)
class Sample:
    """The past points of F fits, few enough to stay in the cache.

    Attributes:
        seen: what the counts give.
        where: (N, F) places of the points among those of `seen`, row by row.
        weights: (N, F), 0 where unknown.
        known: (F,) how many points are known.
        time: (N, F) or, the same for all, (N, 1): the regressor of the trend, within -1/2..1/2; None without.
    """

    seen: Observations
    where: Index
    weights: Array
    known: Array
    time: Array | None

    @classmethod
    def of(cls, seen: Observations, where: Index, time: Array | None) -> Sample:
        """Every known point weighs 1."""
        weights = seen.known.take(where)
        return cls(seen, where, weights, weights.sum(axis=0), time)

    def take(self, keep: Index) -> Sample:
        """The fits to keep."""
        time = self.time if self.time is None or self.time.shape[1] == 1 else kept(self.time, keep)
        return Sample(self.seen, kept(self.where, keep), kept(self.weights, keep), self.known[keep], time)

    @property
    def untimed(self) -> Sample:
        """The same without a trend."""
        return replace(self, time=None)

    @property
    def fits(self) -> int:
        """F."""
        return self.where.shape[1]


def placed(samples: Sequence[Sample]) -> Iterator[tuple[Sample, slice]]:
    """Each sample and the places of its fits among those of all samples."""
    begin = 0
    for sample in samples:
        yield sample, slice(begin, begin + sample.fits)
        begin += sample.fits


@dataclass(frozen=True)
class Design:
    """What F fits share: N points ordered by season.

    Attributes:
        edges: (L + 1,) where each season begins, and N.
    """

    edges: Index

    @cached_property
    def seasons(self) -> list[slice]:
        """The points of each season."""
        return [slice(a, b) for a, b in itertools.pairwise(self.edges.tolist())]

    def sums(self, values: Array) -> Array:
        """(L, F) sums of (N, F) values within each season."""
        out = np.empty((len(self.seasons), values.shape[1]))
        for season, points in enumerate(self.seasons):
            values[points].sum(axis=0, out=out[season])
        return out

    def moments(self, values: Array, time: Array, terms: int) -> Array:
        """(L, terms, F) sums of (N, F) values times time^k within each season; the values may be written over."""
        out = np.empty((len(self.seasons), terms, values.shape[1]))
        if time.shape[1] == 1:
            powers = np.vander(time[:, 0], terms, increasing=True)
            for season, points in enumerate(self.seasons):
                np.matmul(powers[points].T, values[points], out=out[season])
            return out
        for k in range(terms):
            for season, points in enumerate(self.seasons):
                values[points].sum(axis=0, out=out[season, k])
            values *= time
        return out

    def spread(self, values: Array) -> Array:
        """(N, F) values of each point's season from (L, F)."""
        return np.repeat(values, np.diff(self.edges), axis=0)
