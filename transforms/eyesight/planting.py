"""Draws what is planted where, and the figures that come of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from transforms.eyesight.kinds import PLANTS, Drawn, Plant, Trial
from transforms.eyesight.still_life import StillLife
from transforms.watch.watched import Watched, watched

Array = NDArray[np.float64]

LATEST = 12
"""A planted change ends in one of so many last months, so that what is seen is not the chance of a single month."""
FEWEST_BEFORE = 18
"""Months that must be known before a change: with fewer the watch itself does not speak yet."""
USUAL = 24
"""Months before a change whose mean is what the unit usually has."""

Standing = Collection[tuple[str, str, str, str]]
"""Real signals: unit_id, family, direction, period. Nothing is planted upon one: it would be seen without it."""


def draw(still: StillLife, level: str, number: int, standing: Standing, random: np.random.Generator) -> list[Drawn]:
    """So many planted changes, over kinds, sizes, units and months; fewer where few places are fit for one.

    Args:
        still: what the night knows.
        level: of the units: that of those who report.
        number: how many.
        standing: real signals.
        random: seeded by the night.
    """
    open_to = {plant: list(_places(still, plant, level)) for plant in PLANTS}
    plants = [plant for plant in PLANTS if open_to[plant]]
    if not plants:
        return []
    weights = np.array([plant.weight for plant in plants], dtype=float)
    drawn = []
    for at in random.choice(len(plants), number, p=weights / weights.sum()):
        plant = plants[at]
        size = plant.sizes[random.integers(len(plant.sizes))]
        unit, place = open_to[plant][random.integers(len(open_to[plant]))]
        one = planted(still, Trial(plant, size, level, still.units[level].names[unit], "", 0.0), unit, place, random)
        if one is not None and not _stands(one, still, standing):
            drawn.append(one)
    return drawn


def series_of(indicator: str, level: str) -> Watched | None:
    """The watched series of that name; None where it is not watched at the level."""
    return next((one for one in watched() if one.indicator == indicator and one.level == level), None)


def family_of(indicator: str, level: str) -> tuple[Watched, ...]:
    """The series whose signals tell of the same matter."""
    own = series_of(indicator, level)
    return tuple(one for one in watched() if own and one.family == own.family and one.level == level)


def _places(still: StillLife, plant: Plant, level: str) -> Iterator[tuple[int, int]]:
    """Unit and last month wherever the change may be planted: all its months known and enough before them."""
    one = series_of(plant.indicator, level)
    if one is None or not still.months:
        return
    lasts = max(plant.looked_for(max(plant.sizes)))
    for place in range(max(lasts - 1, len(still.months) - LATEST), len(still.months)):
        known = _known(one, still, place)
        before = known[:, :-lasts].sum(axis=1)
        whole = known[:, -lasts:].all(axis=1) & (before >= FEWEST_BEFORE)
        looked_at = still.months[place - lasts + 1 : place + 1]
        judged = np.all([month.judged[level] for month in looked_at], axis=0)
        yield from ((int(unit), place) for unit in np.flatnonzero(whole & judged))


def _known(one: Watched, still: StillLife, place: int) -> NDArray[np.bool_]:
    figures = still.months[place].figures[one.level]
    return np.isfinite(one.count(figures) + figures[one.exposure])


def planted(still: StillLife, trial: Trial, unit: int, place: int, random: np.random.Generator) -> Drawn | None:
    """A trial with its figures, at a place among the months; None where there is nothing it could change."""
    plant = trial.plant
    one = series_of(plant.indicator, trial.level)
    if one is None:
        return None
    months, figures = plant.looked_for(trial.size)[-1], still.months[place].figures[trial.level]
    count = one.count(figures)[unit]
    usual = _usual(count[:-months])
    if not usual:
        return None
    factors = _factors(plant, trial.size, months)
    now = count[-months:]
    most = figures[one.exposure][unit][-months:]
    moved = _flow(now, usual, factors, random) if plant.is_flow else np.minimum(np.round(now * factors), most)
    known = replace(trial, last_period=still.months[place].period, expected=usual)
    changed = {one.numerator: moved.tolist()}
    for part in plant.parts:
        if part in figures:
            changed[part] = _part(figures[part][unit], now, moved, random).tolist()
    return Drawn(known, place, changed)


def _usual(before: Array) -> float:
    """The mean of the months before, 0 where none of them is known."""
    known = before[-USUAL:][np.isfinite(before[-USUAL:])]
    return float(known.mean()) if len(known) else 0.0


def _factors(plant: Plant, size: float, months: int) -> Array:
    if plant.kind == "silence":
        return np.zeros(months)
    grown = np.arange(1, months + 1) / months if plant.kind == "shift" else np.ones(months)
    return 1 + (size - 1) * grown


def _flow(now: Array, usual: float, factors: Array, random: np.random.Generator) -> Array:
    """More events come as chance brings them, and of those that came each stays with the same chance."""
    more = random.poisson(np.maximum(factors - 1, 0) * usual)
    return np.where(factors > 1, now + more, random.binomial(now.astype(int), np.minimum(factors, 1)))


def _part(part: Array, now: Array, moved: Array, random: np.random.Generator) -> Array:
    """What becomes of a part: of what is added as much as is its share, of what goes likewise."""
    months = len(now)
    own = part[-months:]
    whole, inside = float(np.nansum(now)), float(np.nansum(own))
    share = min(inside / whole, 1.0) if whole else 0.5
    more = random.binomial(np.maximum(moved - now, 0).astype(int), share)
    kept = np.minimum(np.round(own * np.minimum(moved, now) / np.maximum(now, 1)), moved)
    return np.where(moved >= now, own + more, kept)


def _stands(drawn: Drawn, still: StillLife, standing: Standing) -> bool:
    """Whether a real signal stands in one of the months, to the same side."""
    trial = drawn.trial
    own = series_of(trial.plant.indicator, trial.level)
    months = trial.plant.looked_for(trial.size)[-1]
    periods = [month.period for month in still.months[drawn.place - months + 1 : drawn.place + 1]]
    return own is not None and any(
        (trial.unit_id, own.family, trial.plant.direction, period) in standing for period in periods
    )


def canaries(still: StillLife, level: str) -> Sequence[Drawn]:
    """Changes so large that a watch that works must see them: in the latest month of some of the largest units.

    Empty where no unit has been known for long enough: then the watch need not see anything yet.
    """
    found = []
    for plant in CANARIES:
        places = list(_places(still, plant, level))
        latest = [(unit, place) for unit, place in places if place == len(still.months) - 1] or places[-MOST:]
        shown = [_canary(still, plant, level, unit, place) for unit, place in latest]
        known = [one for one in shown if one is not None]
        found += sorted(known, key=lambda one: -one.trial.expected)[:MOST]
    return found


MOST, LEAST_MORE = 3, 15
"""Canaries of a kind a night, of which one seen is enough: one alone may stand in a month that hides it. Events that a
canary adds at least: as many as no ordinary month brings, and no more, so that eyes that have dulled do not see it."""
CANARIES = (
    Plant("canary", "received", (4.0,), (1,), parts=("received_from_away",)),
    Plant("canary", "away_out_of_contact", (4.0,), (1,), is_flow=False),
)


def _canary(still: StillLife, plant: Plant, level: str, unit: int, place: int) -> Drawn | None:
    one = series_of(plant.indicator, level)
    if one is None:
        return None
    figures = still.months[place].figures[level]
    count, most = one.count(figures)[unit], figures[one.exposure][unit][-1]
    usual = _usual(count[:-1])
    more = max(LEAST_MORE, (plant.sizes[0] - 1) * max(usual, count[-1]))
    moved = min(count[-1] + np.ceil(more), most)
    trial = Trial(plant, plant.sizes[0], level, still.units[level].names[unit], still.months[place].period, usual)
    changed = {one.numerator: [float(moved)]}
    for part in plant.parts:
        if part in figures:
            changed[part] = [float(figures[part][unit][-1] + moved - count[-1])]
    return Drawn(trial, place, changed) if moved > count[-1] else None
