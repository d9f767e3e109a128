"""The project's own test: is this period's count out of the ordinary for its series?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy.special import ndtri

from transforms.detection.history import History, HistoryOptions
from transforms.detection.pairs import BLOCK, SINGLE, PairTable, is_small, pair_shares
from transforms.detection.panel import Array, Index, Panel, directions, nullable, to_panel
from transforms.detection.predictive import Predictive


@dataclass(frozen=True)
class DetectorControl:
    """Options of `detect`.

    Attributes:
        frequency: periods a year, 12 or 52.
        alpha: share of ordinary points that alarm; with two_sided half of it on each side, all of it for rises
            where no count is so low that it could alarm.
        use_population: whether counts are compared by population.
        two_sided: whether a fall alarms as well.
        pool: whether spreads of trend and season and the usual dispersion are learnt from all units given.
        left_out: latest periods left out of the past; by default a third of a year of months, 8 weeks.
        harmonics: waves of the season.
        fewest: known past points below which nothing is said.
        slope_spread: standard deviation of the yearly trend before anything is seen.
        pairs: whether the sum with the period before is tested as well.
    """

    frequency: int = 12
    alpha: float = 0.005
    use_population: bool = False
    two_sided: bool = True
    pool: bool = True
    left_out: int | None = None
    harmonics: int = 2
    fewest: int = 6
    slope_spread: float = 0.10
    pairs: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 0.5:
            raise ValueError(f"alpha is {self.alpha}; it lies between 0 and 0.5")
        if self.frequency < 2 * self.harmonics + 1 or self.harmonics < 0:
            raise ValueError("frequency is at least 2 harmonics + 1")

    @property
    def gap(self) -> int:
        """Periods left out just before the point."""
        if self.left_out is not None:
            return self.left_out
        # An outbreak that is under way must not teach the past what is usual: 4 months, or 8 weeks.
        return max(1, round(self.frequency / (3 if self.frequency <= 12 else 6.5)))


def detect(frame: pl.DataFrame, control: DetectorControl, first: int, last: int) -> pl.DataFrame:
    """What each count in first..last says against its own past, whatever the number of units.

    A log-linear model of level, trend and season on the whole past (the latest periods left out, past outbreaks with
    ever less weight), and the mid-p of the count in the negative binomial that carries the errors of estimation; the
    same of the sum with the period before, where that one alone was ordinary.

    Where a count lies across the level (more would be rarer than alpha, as much or more is not), the period decides:
    `upper` takes it in or leaves it out as often as makes up alpha, by a lot that is worked out from the earlier
    figures and the period, the same for the same past. Without that counts of one in five months alarm at a third of
    alpha or at twice of it. p_value and score are the evidence and know no lot.

    Args:
        frame: unit, t, count, population with use_population; one row a unit and t. A null count is not known.
        control: the options.
        first, last: the points wanted.

    Returns:
        unit, t, expected, lower, upper, p_value, score, direction ("up", "down"), alarm; one row a unit and t. A
        count alarms when it lies above `upper` (at least 1) or below `lower` (null where no count is too low, or
        only rises are looked for). expected, bounds, p_value, score are null where the count, its population or the
        past is not known; alarm is then false. score is the normal deviate of the p-value, positive for a rise.
    """
    panel = to_panel(frame, control.use_population, last, first)
    if not panel.units:
        return _empty()
    return panel.rows(first, last).with_columns(verdicts(points(panel, control, first, last), control))


def _empty() -> pl.DataFrame:
    """No row, the columns of `detect`."""
    numbers = dict.fromkeys(("expected", "lower", "upper", "p_value", "score"), pl.Float64)
    schema = {"unit": pl.String, "t": pl.Int64, **numbers, "direction": pl.String, "alarm": pl.Boolean}
    return pl.DataFrame(schema=schema)


@dataclass(frozen=True)
class Points:
    """P counts to judge and what their pasts lead to expect.

    Attributes:
        now, before: (P,) the counts and those of the period before; NaN where not known.
        lot: (P,) between 0 and 1, see `lots`.
        single, earlier, pair: predictions of both and of their sum.
    """

    now: Array
    before: Array
    lot: Array
    single: Predictive
    earlier: Predictive
    pair: Predictive


def points(panel: Panel, control: DetectorControl, first: int, last: int) -> Points:
    """The counts of first..last, unit by unit, each beside what its past leads to expect.

    Goes through time once; each period's fit starts from the one before and moves by Newton steps, all units together.
    """
    memory = HistoryOptions(
        control.frequency, control.harmonics, control.gap, control.fewest, control.pool, control.slope_spread
    )
    shape = (len(panel.units), last - first + 1)
    mean, mean_before, phi, freedom, variance, pair_variance = (np.full(shape, np.nan) for _ in range(6))
    for j, fitted in enumerate(History(panel, memory).walk(first, last)):
        if fitted is None:
            continue
        phi[:, j], freedom[:, j] = fitted.state.dispersion, fitted.state.freedom
        mean[:, j], variance[:, j] = fitted.predict(0)
        mean_before[:, j], _ = fitted.predict(1)
        mean[:, j] *= fitted.state.lent
        mean_before[:, j] *= fitted.state.lent
        pair_variance[:, j] = fitted.pair_variance()
    single, earlier, pair = (
        Predictive.of(expected.ravel(), phi.ravel(), freedom.ravel(), error.ravel())
        for expected, error in ((mean, variance), (mean_before, variance), (mean + mean_before, pair_variance))
    )
    now, before = (
        _window(panel.counts, panel.start, first, last),
        _window(panel.counts, panel.start, first - 1, last - 1),
    )
    return Points(now, before, lots(panel, first, last), single, earlier, pair)


def _window(values: Array, start: int, first: int, last: int) -> Array:
    """(U * P,) values of first..last, NaN before the panel begins."""
    columns = np.arange(first, last + 1) - start
    return np.where(columns >= 0, values[:, np.maximum(columns, 0)], np.nan).ravel()


def lots(panel: Panel, first: int, last: int) -> Array:
    """(U * P,) numbers spread evenly between 0 and 1: of each point's figures up to two periods before, and its t.

    Neither count that is judged is in it, so it tells nothing of them; nor is a name, nor another unit. What is added
    for each period goes round evenly, so a series whose figures stand still has its share in every few periods.
    """
    t = np.arange(panel.start, panel.start + panel.counts.shape[1])
    told = np.cumsum(np.nan_to_num(panel.counts) * t, axis=1)
    earlier = np.nan_to_num(_window(told, panel.start, first - 2, last - 2))
    turns = np.tile(np.arange(first, last + 1), len(panel.units))
    spread: Array = (GOLDEN * np.mod(earlier, WHOLE) + np.sqrt(2.0) * turns) % 1.0
    return spread


GOLDEN, WHOLE = (5**0.5 - 1) / 2, 2.0**20
"""The turn that spreads multiples most evenly, of numbers cut short enough to leave it its decimals."""


LEAST_ALARM = 2
"""One case is never a rise."""
SPENT = 0.95
"""Of alpha, what both tests may come to by the model; the rest is for what no model knows of a past, such as outbreaks
that went unrecognised."""


def verdicts(points: Points, control: DetectorControl) -> list[pl.Series]:
    """The columns of `detect` that say what each count tells."""
    control = replace(control, alpha=SPENT * control.alpha)
    before = _ordinary_before(points, control)
    paired = np.flatnonzero(np.isfinite(before + points.pair.mean))
    share = np.ones_like(points.now)
    share[paired] = SINGLE
    alone = _Sides.of(points.single, points.now, control, share, points.lot)
    together = points.pair.take(paired)
    level = control.alpha / (2 if control.two_sided else 1)
    shares = pair_shares(level, points.single.take(paired), points.earlier.take(paired), together)
    sums = points.now[paired] + before[paired]
    both = _Sides.of(together, sums, control, shares, points.lot[paired])
    alone.high[paired] = np.fmin(alone.high[paired], both.high)
    alone.low[paired] = np.fmin(alone.low[paired], both.low)
    alone.upper[paired] = np.fmin(alone.upper[paired], both.upper - before[paired])
    alone.lower[paired] = np.fmax(alone.lower[paired], both.lower - before[paired])
    for some, table in _small_pairs(points, control):
        _put_rises(alone, points, some, table, control)
    return _columns(alone, points, control.two_sided)


def _small_pairs(points: Points, control: DetectorControl) -> Iterator[tuple[Index, PairTable]]:
    """The points whose two counts are tested by a table of all pairs of counts, and the table, in blocks."""
    if not control.pairs:
        return
    known = np.isfinite(points.now + points.before + points.pair.mean + points.earlier.mean)
    small = np.flatnonzero(known & is_small(points.single, points.pair))
    for begin in range(0, len(small), BLOCK):
        some = small[begin : begin + BLOCK]
        single, earlier, pair = (one.take(some) for one in (points.single, points.earlier, points.pair))
        yield some, PairTable(single, earlier, pair, control.alpha / (2 if control.two_sided else 1))


def _put_rises(sides: _Sides, points: Points, some: Index, table: PairTable, control: DetectorControl) -> None:
    """Writes what the table says of rises in place of what both tests said each on its own."""
    before = points.before[some]
    more, as_much = table.tails(points.now[some], before)
    high, level = more + as_much / 2, np.full(len(some), control.alpha)
    if control.two_sided:
        zero = table.rarest_fall()
        high, level = np.where(high < zero, high, 2 * high), np.clip(zero, level / 2, level)
    sides.high[some], sides.upper[some] = high, table.most(before, level, points.lot[some], LEAST_ALARM)


@dataclass(frozen=True)
class _Sides:
    """Of P counts, both tests at once.

    Attributes:
        high, low: (P,) the level at which the count would just alarm as a rise, and as a fall.
        upper, lower: (P,) the largest and the least ordinary count at the control's level.
    """

    high: Array
    low: Array
    upper: Array
    lower: Array

    @classmethod
    def of(cls, prediction: Predictive, count: Array, control: DetectorControl, share: Array, lot: Array) -> _Sides:
        """With a share of the level; two-sided, rises get what falls cannot use, see `Predictive.rise_level`."""
        level = control.alpha * share
        high, low = prediction.sides(count)
        if not control.two_sided:
            return cls(high / share, low / share, prediction.most(level, lot), prediction.most(1 - level) + 1)
        zero = prediction.lower(np.zeros_like(count))
        upper = prediction.most(prediction.rise_level(level), lot)
        lower = prediction.most(1 - level / 2) + 1
        return cls(np.where(high < zero, high, 2 * high) / share, 2 * low / share, upper, lower)


def _columns(sides: _Sides, points: Points, two_sided: bool) -> list[pl.Series]:
    now, mean = points.now, points.single.mean
    upper = np.maximum(sides.upper, LEAST_ALARM - 1.0)
    known = np.isfinite(now + mean)
    up = (sides.high <= sides.low) | (not two_sided)
    p = np.minimum(np.where(up, sides.high, sides.low) / SPENT, 1.0)
    score = np.where(up, -1, 1) * ndtri(np.clip(p / (2 if two_sided else 1), 1e-300, 1 - 1e-16))
    alarm = known & ((now > upper) | ((now < sides.lower) & two_sided))
    return [
        nullable(np.where(known, mean, np.nan)).alias("expected"),
        nullable(np.where(known & (sides.lower > 0) & two_sided, sides.lower, np.nan)).alias("lower"),
        nullable(np.where(known, upper, np.nan)).alias("upper"),
        nullable(np.where(known, p, np.nan)).alias("p_value"),
        nullable(np.where(known, score, np.nan)).alias("score"),
        directions(up, known),
        pl.Series("alarm", alarm),
    ]


def _ordinary_before(points: Points, control: DetectorControl) -> Array:
    """(P,) counts of the period before where the sum with it is tested, NaN elsewhere."""
    if not control.pairs:
        return np.full_like(points.before, np.nan)
    level = SINGLE * control.alpha / (2 if control.two_sided else 1)
    tail = points.earlier.upper(points.before)
    return np.where((tail >= level) & ((tail <= 1 - level) | (not control.two_sided)), points.before, np.nan)
