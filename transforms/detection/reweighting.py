"""What the residuals of a quasi-Poisson fit tell: its dispersion, and which past points look like outbreaks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from transforms.detection.panel import Array
from transforms.detection.past_points import Design, Sample
from transforms.detection.quasipoisson import Coefficients, QuasipoissonFit


@dataclass(frozen=True)
class Residuals:
    """What is left of the observations after F fits.

    Attributes:
        sixth_root: (N, F) of the means mu.
        squares: (N, F) of y / mu - 1.
        information: (N, F) weights of the last step.
        freedom: (F,) known points less the coefficients that they determine.
    """

    sixth_root: Array
    squares: Array
    information: Array
    freedom: Array

    @classmethod
    def of(cls, design: Design, sample: Sample, fitted: QuasipoissonFit) -> Residuals:
        """Of a sample's fits."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            sixth_root = _sixth_root(design, sample, fitted.now)
            squares = sample.seen.counts.take(sample.where)
            squares /= _sixth_power(sixth_root)
            squares -= 1
            squares *= squares
            information = _sixth_power(_sixth_root(design, sample, fitted.previous))
            information *= sample.weights
        seasons = (fitted.level.weight > 0).sum(axis=0)
        return cls(sixth_root, squares, information, sample.known - seasons - (sample.time is not None))

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
        s = sample.seen.two_thirds.take(sample.where)
        s /= found.sixth_root
        s -= found.sixth_root * found.sixth_root * found.sixth_root
        s *= 1.5 / np.sqrt(room)
        weights = sample.weights / np.where(s > threshold, s * s, 1.0)
        return replace(sample, weights=weights * (sample.known / weights.sum(axis=0)))


def _sixth_root(design: Design, sample: Sample, at: Coefficients) -> Array:
    """(N, F) sixth root of the means, of which all powers wanted are products."""
    if sample.time is None:
        root = design.spread(np.exp(at.season / 6))
    else:
        root = sample.time * (at.slope / 6)
        root += design.spread(at.season / 6)
        np.exp(root, out=root)
    if sample.seen.root_exposure is not None:
        root *= sample.seen.root_exposure.take(sample.where)
    return root


def _sixth_power(root: Array) -> Array:
    power = root * root
    power *= root
    power *= power
    return power


def _leverages(design: Design, sample: Sample, fitted: QuasipoissonFit, information: Array) -> Array:
    """(N, F) diagonal of the hat matrix, from (X'WX)^-1 by elimination of the seasons."""
    level = fitted.level
    with np.errstate(divide="ignore"):
        inverse = design.spread(np.where(level.weight > 0, 1 / level.weight, 0.0))
    if sample.time is None:
        return information * inverse
    away = sample.time - design.spread(level.information()[0])
    away *= away
    away *= fitted.slope_variance
    away += inverse
    away *= information
    return away
