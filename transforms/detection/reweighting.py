"""What the residuals of a quasi-Poisson fit tell: its dispersion, and which past points look like outbreaks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from transforms.detection.panel import Array
from transforms.detection.quasipoisson import Coefficients, Design, QuasipoissonFit, Sample


@dataclass(frozen=True)
class Residuals:
    """What is left of the observations after F fits.

    Attributes:
        eta: (N, F) linear predictors.
        squares: (N, F) of y / mu - 1.
        information: (N, F) weights of the last step.
        freedom: (F,) known points less the coefficients that they determine.
    """

    eta: Array
    squares: Array
    information: Array
    freedom: Array

    @classmethod
    def of(cls, design: Design, sample: Sample, fitted: QuasipoissonFit) -> Residuals:
        """Of a sample's fits."""
        eta = _predictors(design, sample, fitted.now)
        with np.errstate(over="ignore", invalid="ignore"):
            squares = np.exp(-eta)
            squares *= sample.counts
            squares -= 1
            squares *= squares
            information = _predictors(design, sample, fitted.previous)
            np.exp(information, out=information)
            information *= sample.weights
        known = sample.weights > 0
        seasons = (fitted.level.weight > 0).sum(axis=0)
        return cls(eta, squares, information, known.sum(axis=0) - seasons - (sample.time is not None))

    def dispersion(self, weights: Array) -> Array:
        """(F,) weighted sum of squares over the degrees of freedom; NaN without any.

        With the weights of the last step this is the usual sum of w (y - mu)^2 / mu. The variances are scaled by
        another after the reweighting, as comparing with the reference's answers shows: there the residuals y / mu - 1
        enter with the outbreak weights only, not with the mean as well.
        """
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.freedom > 0, np.einsum("nf,nf->f", weights, self.squares) / self.freedom, np.nan)


def without_outbreaks(design: Design, sample: Sample, fitted: QuasipoissonFit, threshold: float) -> Sample:
    """The sample with weights that keep past outbreaks from raising the bound (Farrington et al. 1996, section 3.6).

    s = 3/2 (y^(2/3) mu^(-1/6) - mu^(1/2)) / sqrt(phi (1 - h)); a point with s above the threshold weighs s^-2, any
    other 1, scaled to sum to the number of points: all weigh 1 where none is above.
    """
    found = Residuals.of(design, sample, fitted)
    phi = np.maximum(found.dispersion(found.information), 1.0)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        room = _leverages(design, sample, fitted, found.information)
        np.subtract(1, room, out=room)
        room *= phi
        s = np.exp(2 / 3 * sample.log_counts - found.eta / 6)
        s -= np.exp(found.eta / 2)
        s *= 1.5 / np.sqrt(room)
        known = (sample.weights > 0).astype(float)
        weights = known / np.where(s > threshold, s * s, 1.0)
        return replace(sample, weights=weights * (known.sum(axis=0) / weights.sum(axis=0)))


def _predictors(design: Design, sample: Sample, at: Coefficients) -> Array:
    """(N, F) linear predictors."""
    eta = design.spread(at.season)
    if sample.time is not None:
        eta += sample.time * at.slope
    if sample.log_exposure is not None:
        eta += sample.log_exposure
    return eta


def _leverages(design: Design, sample: Sample, fitted: QuasipoissonFit, information: Array) -> Array:
    """(N, F) diagonal of the hat matrix, from (X'WX)^-1 by elimination of the seasons."""
    level = fitted.level
    with np.errstate(divide="ignore"):
        inverse = design.spread(np.where(level.weight > 0, 1 / level.weight, 0.0))
    if sample.time is None:
        return information * inverse
    with np.errstate(invalid="ignore", divide="ignore"):
        away = sample.time - design.spread(np.where(level.weight > 0, level.timed / level.weight, 0.0))
    away *= away
    away *= fitted.slope_variance
    away += inverse
    away *= information
    return away
