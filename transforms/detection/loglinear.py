"""The mean of a series as level, trend and season, fitted on its past with a prior, for many series at once."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from transforms.detection import robust
from transforms.detection.panel import Array, Index, Mask

FEWEST_TO_POOL = 8
"""Fewer series do not tell what is usual among them."""
STEPS_COLD, STEPS_POOLED, STEPS_WARM = 8, 2, 1
"""Newton steps: from nothing; with a prior newly learnt; from the fit of the period before, which has hardly moved."""
LARGEST_STEP = 1.0
"""Of any coefficient, on the log scale: a first step from a month of zeros would else overshoot and not come back."""
LEAST_DISPERSION = 0.3
"""Chance may put a dispersion below Poisson's 1; it is kept above 0 for its logarithm, and raised to 1 at the end."""
LEAST_SPREAD, GAMMA_STEPS = 0.005, 8
FARTHEST, SKEWED = 3.0, 4.0
"""How far a dispersion may lie above the usual one: so many standard deviations, and what few degrees of freedom add
(together about the 1 - 1/1000 quantile of a chi-square over its degrees of freedom)."""
USUAL_DISPERSION, USUAL_SPREAD = 1.3, 2 / 3
"""Counts of people's decisions vary a little more than Poisson; the variance of the log dispersion about that, which is
worth three points: a quarter of all series are Poisson, a quarter vary three times as much."""
VAGUE = 0.1
"""Precision of a level about its own crude rate, where no others tell what is usual: hardly any, as the figures would
else be counted twice."""
HALF_AN_EVENT, MOST_LENT = 0.5, 8.0
LEVELS_APART = 4.0
"""Degrees of freedom of the levels about the usual one: a unit unlike the others is not drawn to them."""
LEAST_SLOPE, LEAST_WAVE, LEAST_LEVEL_VARIANCE, MOST_LEVEL_VARIANCE = 0.015, 0.1, 1e-3, 25.0
"""Spreads that no batch makes smaller: sparse series cannot tell that they have no season."""
LEAST_SHARE, LONGEST_MOVE = 0.3, 8.0
"""How far a variance is moved at once, see `_moved`."""


@dataclass(frozen=True)
class Prior:
    """Priors of the coefficients and of the logarithm of the dispersion: normal, and Student's for the level.

    Attributes:
        precision: (p - 1,) of slope a year and harmonics.
        usual: (3,) the usual log dispersion as a polynomial of `scale(mean count)`.
        spread: variance of the log dispersion about it.
        level, level_scale: the usual level, and the squared scale of the levels about it; None where each has only its
            own past.
    """

    precision: Array
    usual: Array
    spread: float
    level: float | None = None
    level_scale: float = 1.0

    def centre(self, anchor: Array) -> Array:
        """(U,) about which the levels lie."""
        return anchor if self.level is None else np.full_like(anchor, self.level)

    def level_precision(self, level: Array) -> Array:
        """(U,) of levels: less, the farther one is from the usual (Lange, Little, Taylor 1989, JASA 84: 881)."""
        if self.level is None:
            return np.full_like(level, VAGUE)
        found: Array = (LEVELS_APART + 1) / (LEVELS_APART * self.level_scale + (level - self.level) ** 2)
        return found


def fixed_prior(harmonics: int, slope_spread: float) -> Prior:
    """What is usual of counts of people: a trend of some per cent a year, a season within a third either way."""
    spread = np.array([slope_spread, *np.repeat(0.35 / np.arange(1, harmonics + 1), 2)])
    return Prior(spread**-2.0, np.array([np.log(USUAL_DISPERSION), 0.0, 0.0]), USUAL_SPREAD)


def scale(mean: Array) -> Array:
    """The logarithm of a mean count, brought to about -1..2."""
    return np.log(np.clip(mean, 0.05, 1e4)) / 4


@dataclass
class SeriesEstimates:
    """Estimates of U series.

    Attributes:
        beta: (U, p) coefficients. covariance: (U, p, p) of them.
        monotone: (U,) the dispersion by Huber's proposal 2.
        found: (U,) the dispersion with past outbreaks weighted down, one step on from `monotone`.
        worth: (U,) the size of a normal sample that would tell as much of the usual dispersion.
        dispersion: (U,) the middle of what it may be, `found` drawn towards what is usual; below 1 it stands for
            Poisson's 1.
        freedom: (U,) the size of a normal sample that would tell as much of `dispersion`.
        count: (U,) mean count.
        lent: (U,) by what the mean of what a level may be exceeds the fitted one, as a factor; 1 where levels are
            learnt together.
    """

    beta: Array
    covariance: Array
    level: Array
    level_variance: Array
    monotone: Array
    found: Array
    worth: Array
    dispersion: Array
    freedom: Array
    count: Array
    lent: Array

    def take(self, rows: slice | Index) -> SeriesEstimates:
        """The series of the rows."""
        return SeriesEstimates(*(getattr(self, f.name)[rows] for f in fields(SeriesEstimates)))

    def put(self, rows: Index, others: SeriesEstimates) -> None:
        """Others in the place of the series of the rows."""
        for f in fields(SeriesEstimates):
            getattr(self, f.name)[rows] = getattr(others, f.name)

    @staticmethod
    def join(parts: list[SeriesEstimates]) -> SeriesEstimates:
        """The series of all parts, in order."""
        return SeriesEstimates(
            *(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(SeriesEstimates))
        )


@dataclass(frozen=True)
class FittedPast:
    """What U series are fitted on.

    Attributes:
        x: (T, p) regressors.
        y, log_exposure, known: (U, T), finite everywhere; known is 1 or 0.
        anchor: (U,) the crude level.
    """

    x: Array
    y: Array
    log_exposure: Array
    known: Array
    anchor: Array

    def take(self, rows: Index, since: int) -> FittedPast:
        """The series of the rows, from a column on."""
        y, log_exposure, known = (values[rows, since:] for values in (self.y, self.log_exposure, self.known))
        return FittedPast(self.x[since:], y, log_exposure, known, self.anchor[rows])


def regressors(ago: Array | Index, phase: Array | Index, frequency: int, harmonics: int) -> Array:
    """(T, 2 + 2 H): 1, time in years (0 at the point to predict), cosine and sine of the year and its parts."""
    turn = 2 * np.pi * phase / frequency
    waves = [f(h * turn) for h in range(1, harmonics + 1) for f in (np.cos, np.sin)]
    return np.stack([np.ones_like(turn), -ago / frequency, *waves], axis=1)


def start(anchor: Array, prior: Prior) -> SeriesEstimates:
    """The usual level, nothing else."""
    u, p = len(anchor), prior.precision.size + 1
    beta = np.zeros((u, p))
    beta[:, 0] = anchor
    usual, nothing = np.full(u, USUAL_DISPERSION), np.zeros(u)
    return SeriesEstimates(
        beta=beta,
        covariance=np.zeros((u, p, p)),
        level=anchor,
        level_variance=nothing,
        monotone=usual,
        found=usual,
        worth=nothing,
        dispersion=usual,
        freedom=nothing,
        count=nothing,
        lent=np.ones(u),
    )


def one_period_on(state: SeriesEstimates, frequency: int) -> SeriesEstimates:
    """The same lines, time 0 a period later."""
    beta = state.beta.copy()
    beta[:, 0] += beta[:, 1] / frequency
    return replace(state, beta=beta)


def improve(state: SeriesEstimates, past: FittedPast, prior: Prior, steps: int) -> SeriesEstimates:
    """Newton steps of the penalised robust quasi-likelihood, the dispersion with each.

    Solves sum x (w (y - mu) - sqrt(phi mu) E[w r]) / phi = precision (beta - centre) and, for the dispersion, that
    sum min(r, c)^2 is what it is expected to be, with r = (y - mu) / sqrt(phi mu).
    """
    x, known = past.x, past.known
    p = x.shape[1]
    left, right = np.triu_indices(p)
    pairs = x[:, left] * x[:, right]
    beta, phi, monotone = state.beta, np.maximum(state.dispersion, 1.0), state.monotone
    # Levels are alike in the middle of the past: at its end they are as far apart as the trends have led them.
    middle = _middle(past)
    held = np.column_stack([np.ones(len(middle)), middle])
    for _ in range(steps):
        eta = np.clip(beta @ x.T + past.log_exposure, -30, 30)  # exp() of what a bad step gives stays finite
        mu = np.exp(eta)
        sd = np.sqrt(monotone[:, None] * mu)
        r = (past.y - mu) / sd
        column = robust.columns(eta)
        first, bounded, second = robust.expectations(column, monotone)
        far = robust.cut(mu, monotone[:, None])
        w = robust.weights(r, far)
        level = beta[:, 0] + beta[:, 1] * middle
        of_level = prior.level_precision(level)
        score = (known * (w * r - first) * sd) @ x / phi[:, None]
        score[:, 1:] -= prior.precision * beta[:, 1:]
        score[:, :2] -= (of_level * (level - prior.centre(past.anchor)))[:, None] * held
        information = np.empty((len(phi), p, p))
        information[:, left, right] = information[:, right, left] = (mu * known) @ pairs / phi[:, None]
        data = information.copy()
        information[:, np.arange(1, p), np.arange(1, p)] += prior.precision
        information[:, :2, :2] += of_level[:, None, None] * held[:, :, None] * held[:, None]
        covariance: Array = np.linalg.inv(information).astype(float, copy=False)
        step = (covariance @ score[:, :, None])[:, :, 0]
        beta = beta + step * np.minimum(1.0, LARGEST_STEP / np.maximum(np.abs(step).max(axis=1), 1e-9))[:, None]
        count = _sum(mu, known) / np.maximum(known.sum(axis=1), 1)
        usual = np.vander(scale(count), 3, increasing=True) @ prior.usual
        free = np.einsum("upq,uqp->u", covariance, data)
        unfitted = _unfitted(free, known)
        worth = _worth(column, np.exp(usual), known) * unfitted
        found = monotone * _ratio(w * r * r, second, known, unfitted)
        monotone = monotone * _ratio(robust.squares(r, far), bounded, known, unfitted)
        monotone = np.maximum(_shrunk(monotone, worth, usual, prior), LEAST_DISPERSION)
        shrunk = _shrunk(found, worth, usual, prior)
        phi = np.maximum(shrunk, 1.0)
    freedom = _worth(column, phi, known) * unfitted + 2 / prior.spread
    return SeriesEstimates(
        beta=beta,
        covariance=covariance,
        level=beta[:, 0] + beta[:, 1] * middle,
        level_variance=np.einsum("ui,uij,uj->u", held, covariance[:, :2, :2], held),
        monotone=monotone,
        found=found,
        worth=worth,
        dispersion=shrunk / (1 - 2 / (9 * freedom)) ** 3,  # from scale to median (Wilson, Hilferty 1931)
        freedom=freedom,
        count=count,
        lent=_lent(_sum(mu, known), phi) if prior.level is None else np.ones_like(count),
    )


def _lent(events: Array, phi: Array) -> Array:
    """(U,) the mean of a rate over its fitted value, of series of which nothing else is known.

    By Jeffreys' prior a rate is known as half an event more tells: after two years of nothing the next event is rare,
    but not impossible. Where events come in clumps a past without any tells less, (phi - 1) / log phi times so: its
    chance is phi to the power -mean / (phi - 1) a period.
    """
    clump = np.where(phi > 1, (phi - 1) / np.log(np.maximum(phi, 1 + 1e-6)), 1.0)
    lent: Array = 1 + HALF_AN_EVENT * clump / np.maximum(events, HALF_AN_EVENT / MOST_LENT)
    return lent


def _middle(past: FittedPast) -> Array:
    """(U,) mean time of the known periods."""
    middle: Array = past.known @ past.x[:, 1] / np.maximum(past.known.sum(axis=1), 1)
    return middle


def _unfitted(free: Array, known: Array) -> Array:
    """(U,) share of the known points that are left by the (U,) free coefficients that were fitted."""
    n = known.sum(axis=1)
    share: Array = 1 - np.minimum(free, n / 2) / np.maximum(n, 1)
    return share


def _ratio(found: Array, usual: Array, known: Array, unfitted: Array) -> Array:
    """(U,) squares found over those expected of the share of points that is left, both summed."""
    return (_sum(found, known) + 1e-3) / (_sum(usual, known) * unfitted + 1e-3)


def _sum(values: Array, known: Array) -> Array:
    """(U,) sums of what is known."""
    return np.einsum("ut,ut->u", values, known)


def _worth(column: Index, phi: Array, known: Array) -> Array:
    """(U,) how many normal points tell as much of the dispersion; see `robust.columns`."""
    return _sum(robust.worth(column, np.maximum(phi, 1.0)), known)


def _shrunk(found: Array, worth: Array, usual: Array, prior: Prior) -> Array:
    """(U,) dispersion drawn towards the usual one: the mean of both, each by the points that it is worth.

    That is the scale of a chi-square's inverse when the usual one is such a scale too (the conjugate law). It may come
    out below 1: what no count can be is left out by the prediction, from the whole of what the dispersion may be; cut
    off here, series that are Poisson would seem more dispersed than they are.

    How much a series tells is worked out at the usual dispersion, not at its own: one that seems small would else be
    believed more than one that seems large.
    """
    usual_worth = 2 / prior.spread
    return (worth * found + usual_worth * np.exp(usual)) / (worth + usual_worth)


def learn(state: SeriesEstimates, prior: Prior, informed: Mask, told: Mask) -> Prior:
    """The prior with its spreads taken from the batch.

    Coefficients: see `_moved`; sine and cosine of a wave share one.
    Dispersion: see `_usual_dispersion`.

    Args:
        informed: (U,) which series tell enough; with fewer than 8 nothing is learnt.
        told: (U,) which tell of the usual level; those without an event too, as the others would make it seem higher.
    """
    if informed.sum() < FEWEST_TO_POOL:
        return prior
    beta, variance = state.beta[informed, 1:], np.diagonal(state.covariance[informed, 1:, 1:], axis1=1, axis2=2)
    determined = np.maximum(1 - variance * prior.precision, 0.0)
    squares = beta**2
    for wave in range(1, beta.shape[1], 2):
        squares[:, wave : wave + 2] = squares[:, wave : wave + 2].mean(axis=1, keepdims=True)
        determined[:, wave : wave + 2] = determined[:, wave : wave + 2].mean(axis=1, keepdims=True)
    least = np.array([LEAST_SLOPE, *np.repeat(LEAST_WAVE / np.arange(1, beta.shape[1] // 2 + 1), 2)]) ** 2
    precision = 1 / np.maximum(_moved(1 / prior.precision, squares.sum(axis=0), determined), least)
    usual, spread = _usual_dispersion(state.found[informed], state.worth[informed], state.count[informed], prior)
    return Prior(precision, usual, spread, *_usual_level(state.level[told], state.level_variance[told], prior))


def _usual_level(level: Array, variance: Array, prior: Prior) -> tuple[float, float]:
    """The usual level and the squared scale of the levels about it, as those of the coefficients are learnt."""
    if prior.level is None:
        return float(np.average(level, weights=1 / (1 + variance))), 1.0
    precision = prior.level_precision(level)
    centre = float(np.average(level, weights=precision))
    squares = (precision * prior.level_scale * (level - centre) ** 2).sum()
    determined = np.maximum(1 - variance * precision, 0.0)[:, None]
    scale = _moved(np.array([prior.level_scale]), np.array([squares]), determined)
    return centre, float(np.clip(scale[0], LEAST_LEVEL_VARIANCE, MOST_LEVEL_VARIANCE))


def _moved(variance: Array, squares: Array, determined: Array) -> Array:
    """(p,) variances of coefficients, from one under which they were estimated to the next.

    MacKay (1992, Neural Computation 4: 415, equation 4.9): the sum of squares over the sum of how far the data
    determine each. Where they do little that is a small step of a long way: it is as short as they determine little,
    and is lengthened by that.

    Args:
        variance: (p,) under which they were estimated. squares: (p,) sums. determined: (U, p).
    """
    found = squares / (determined.sum(axis=0) + 0.5)
    step = (found / variance - 1) / np.maximum(determined.mean(axis=0), LEAST_SHARE)
    moved: Array = variance * np.clip(1 + step, 1 / LONGEST_MOVE, LONGEST_MOVE)
    return moved


def _usual_dispersion(found: Array, worth: Array, count: Array, prior: Prior) -> tuple[Array, float]:
    """(3,) the usual log dispersion as a polynomial of the mean count, and the variance of the logarithm about it.

    A gamma regression with logarithmic link of the dispersions themselves: sparse series, whose logarithms fall short,
    tell of the usual one without bias; one that is far beyond the others is bounded. What is left over the error of
    estimation is the spread.
    """
    own = np.maximum(worth, 1e-3) / 2
    x = np.vander(scale(count), 3, increasing=True)
    weight = 1 / (1 / own + prior.spread)
    weighted = x * weight[:, None]
    held = np.array([1 / USUAL_SPREAD, 1.0, 1.0])
    normal = weighted.T @ x + np.diag(held)
    usual, bound = prior.usual, FARTHEST / np.sqrt(weight) + SKEWED / own
    for _ in range(GAMMA_STEPS):
        left = np.minimum(found * np.exp(-x @ usual) - 1, bound)
        away = usual - np.array([np.log(USUAL_DISPERSION), 0.0, 0.0])
        usual = usual + np.linalg.solve(normal, weighted.T @ left - held * away)
    left = np.minimum(found * np.exp(-x @ usual) - 1, bound)
    spread = np.average(left**2 - 1 / own, weights=weight)
    return usual, float(np.clip(spread, LEAST_SPREAD, 1.0))
