"""A pilot judged by one outcome: the whole effect, by months since the start, and all that might deceive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from transforms.pilots.assignments import Assignments, assignments, strata_of
from transforms.pilots.by_start import effect_by_starts
from transforms.pilots.extended import Effects, extended_effects
from transforms.pilots.neighbours import neighbours
from transforms.pilots.panel import Array, Cohorts, Flags, PilotPanel, in_window
from transforms.pilots.score import RatioTest, rate_ratio_test
from transforms.pilots.synthetic import synthetic_effect
from transforms.pilots.two_way import expected_counts
from transforms.pilots.worst import against_equally_bad

BIN = 3
"""Months since the start that are told together: one month of a few units says nothing."""
_LEADS = 12
_FOLLOWED = 36
_BASE = 12
_LEAST_FOR_SYNTHESIS = 6


@dataclass(frozen=True)
class Effect:
    """What was counted against what would have been.

    Attributes:
        since: months since the start at which a part begins; null for the whole.
        ratio: observed over expected; null where nothing was expected.
        observed, expected: cases, over `months` months of all the pilot's units.
        tested: p and interval of the ratio.
    """

    since: int | None
    months: float
    observed: float
    expected: float
    tested: RatioTest

    @property
    def ratio(self) -> float | None:
        return self.observed / self.expected if self.expected > 0 else None

    @property
    def cases_a_month(self) -> float:
        """How many more there were, below 0 how many fewer."""
        return (self.observed - self.expected) / self.months

    def cases_at(self, ratio: float | None) -> float | None:
        """How many more a month there were, were a ratio the true one."""
        return None if ratio is None or ratio <= 0 else (self.observed - self.observed / ratio) / self.months


@dataclass(frozen=True)
class PilotJudged:
    """All that is said of a pilot by one outcome.

    Attributes:
        whole: what is told; of units chosen as the worst, against equally bad ones.
        regression: by the regression alone, whatever the units were chosen by.
        parts: before and after the start, in bins.
        ways: the assignments.
        pre_trend_p: of no other course before the start; null where months are too few.
        before_after: the same units after and before, which is what a glance at them would see.
        near_ratio, near_p, near_units: of units next to the pilot's; null and 0 where none are known.
        second_method, second_cases: another estimator of cases a month; "" and null where it cannot be had.
    """

    whole: Effect
    regression: Effect
    parts: tuple[Effect, ...]
    ways: Assignments
    pre_trend_p: float | None
    before_after: float | None
    near_ratio: float | None
    near_p: float | None
    near_units: int
    second_method: str
    second_cases: float | None


def judged(
    panel: PilotPanel,
    cohorts: Cohorts,
    strata: tuple[tuple[str, ...], ...],
    places: Mapping[str, tuple[float, float]],
    name: str,
    *,
    are_worst: bool,
) -> PilotJudged:
    """Judge a pilot.

    Args:
        panel: all units of its level, from before the first start on.
        cohorts: its units.
        strata: the units lots were drawn among; none: all.
        places: of units, for those next to the pilot's.
        name: the pilot's, from which the draw of assignments follows.
    """
    seed = crc32(name.encode())
    ways = assignments(cohorts.labels, strata_of(panel, strata), seed)
    windows = cohorts.windows(panel.months)
    effects = extended_effects(panel, cohorts)
    regression = _effect(None, panel, effects, effects.treated, rate_ratio_test(panel, ways, windows))
    whole = _among_the_worst(panel, cohorts, ways, regression) if are_worst else regression
    near = _near(panel, cohorts, places, seed)
    second, cases = _second(panel, cohorts)
    return PilotJudged(
        whole,
        regression,
        _parts(panel, cohorts, ways, effects, regression.ratio),
        ways,
        _pre_trend(panel, cohorts, ways),
        _before_after(panel, cohorts),
        *near,
        second,
        cases,
    )


def _effect(since: int | None, panel: PilotPanel, effects: Effects, cells: Flags, test: RatioTest) -> Effect:
    known = cells & np.isfinite(effects.without)
    months = known.sum() / max(known.any(1).sum(), 1)
    observed, expected = float(panel.counts[known].sum()), float(effects.without[known].sum())
    return Effect(since, float(max(months, 1.0)), observed, expected, test)


def _among_the_worst(panel: PilotPanel, cohorts: Cohorts, ways: Assignments, regression: Effect) -> Effect:
    """What equally bad units lead to expect; no surer than the number of units lets anybody be."""
    found = against_equally_bad(panel, cohorts, with_interval=ways.can_answer)
    test = RatioTest(max(found.test.p, ways.smallest_p), found.test.lower, found.test.upper)
    return Effect(None, regression.months, found.observed, found.expected, test)


def _parts(
    panel: PilotPanel, cohorts: Cohorts, ways: Assignments, effects: Effects, ratio: float | None
) -> tuple[Effect, ...]:
    """The bins that have a month of every start, the earliest first."""
    last = min(int(panel.months.max()) - max(cohorts.starts), _FOLLOWED - 1)
    first = min(min(cohorts.starts) - int(panel.months.min()), _LEADS) // BIN * BIN
    found = []
    for since in range(-first, last + 1, BIN):
        cells = (cohorts.labels > 0)[:, None] & (effects.since >= since) & (effects.since < since + BIN)
        if (cells & np.isfinite(effects.without)).any():
            test = _part_test(panel, cohorts, ways, since, ratio or 1.0)
            found.append(_effect(since, panel, effects, cells, test))
    return tuple(found)


def _part_test(panel: PilotPanel, cohorts: Cohorts, ways: Assignments, since: int, ratio: float) -> RatioTest:
    """A bin against the months before the first start; where starts differ, a month in which another runs is carried
    back by the whole effect."""
    starts = np.array(cohorts.starts)[:, None]
    window = (panel.months >= starts + since) & (panel.months < starts + since + BIN)
    kept = window.any(0) | (panel.months < min(cohorts.starts))
    part, window = panel.in_months(kept), window[:, kept]
    runs = cohorts.treated(part.months) & ~in_window(cohorts.labels, window)
    known = np.where(runs, max(ratio, 0.05), 1.0)
    return rate_ratio_test(part, ways, window, known if runs.any() else None)


def _pre_trend(panel: PilotPanel, cohorts: Cohorts, ways: Assignments) -> float | None:
    """Whether the pilot's units already moved another way: the slope of what they have over the model of the past."""
    past = panel.in_months(panel.months < min(cohorts.starts))
    if past.counts.shape[1] < 2 * BIN:
        return None
    expected = expected_counts(past.counts, past.exposure)
    run = past.months - past.months.mean()
    scale = np.sqrt((expected * run**2).sum(1))
    slopes = np.divide((past.counts - expected) @ run, scale, out=np.zeros_like(scale), where=scale > 0)
    total = sum(flags @ slopes for flags in ways.flags)
    return float(ways.p(np.asarray(total)))


def _before_after(panel: PilotPanel, cohorts: Cohorts) -> float | None:
    """The rate of the pilot's units since the start, over that of as many months before."""
    starts = np.array([0, *cohorts.starts])[cohorts.labels]
    since = np.where(cohorts.labels[:, None] > 0, panel.months[None, :] - starts[:, None], np.iinfo(np.int64).min)
    after = since >= 0
    before = (since < 0) & (since >= -max(int(since.max()) + 1, 1))
    rates = [panel.counts[cells].sum() / max(panel.exposure[cells].sum(), 1e-9) for cells in (after, before)]
    return float(rates[0] / rates[1]) if rates[1] > 0 else None


def _near(
    panel: PilotPanel, cohorts: Cohorts, places: Mapping[str, tuple[float, float]], seed: int
) -> tuple[float | None, float | None, int]:
    """The units next to the pilot's as if they had it, against those farther off."""
    has_pilot = cohorts.labels > 0
    pilot = [code for code, has in zip(panel.codes, has_pilot, strict=True) if has]
    next_to = neighbours(panel.codes, pilot, places)
    others = panel.of(~has_pilot)
    labels = np.array([code in next_to for code in others.codes], dtype=np.int8)
    if not 0 < labels.sum() < len(labels) - 1:
        return None, None, 0
    moved = Cohorts(labels, (min(cohorts.starts),))
    ways = assignments(labels, [list(range(len(labels)))], seed)
    test = rate_ratio_test(others, ways, moved.windows(others.months), with_interval=False)
    effects = extended_effects(others, moved)
    found = _effect(None, others, effects, effects.treated, test)
    return found.ratio, test.p, int(labels.sum())


def _second(panel: PilotPanel, cohorts: Cohorts) -> tuple[str, float | None]:
    """Another estimator, on rates: synthetic difference-in-differences for one start, each start by itself for more."""
    has_pilot = cohorts.labels > 0
    people = float(panel.exposure[has_pilot].sum() / max((panel.exposure[has_pilot] > 0).sum(), 1) * has_pilot.sum())
    rates = np.divide(panel.counts, panel.exposure, out=np.full_like(panel.counts, np.nan), where=panel.exposure > 0)
    if len(cohorts.starts) > 1:
        found = effect_by_starts(rates, panel.months.astype(float), cohorts, _BASE)
        return ("by-start", found * people) if np.isfinite(found) else ("", None)
    whole = np.isfinite(rates).all(0)
    before = int((panel.months[whole] < cohorts.starts[0]).sum())
    if before < _LEAST_FOR_SYNTHESIS or before == whole.sum() or (~has_pilot).sum() < 2:
        return "", None
    ordered: Array = np.vstack([rates[~has_pilot], rates[has_pilot]])[:, whole]
    return "synthetic-did", synthetic_effect(ordered * people, int(has_pilot.sum()), before)
