"""A province by known laws: districts and communes whose figures hold the events that are asked for, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from expectations.contract.forms import FORM_OF, MONTHLY
from expectations.contract.periods import Period
from transforms.trends.season import tet
from transforms.watch.as_known import FiguresAsKnown

DISTRICTS, COMMUNES, CELLS = 12, 12, 12
MEMBERS = 430
FIRST = Period(2013, 1)


@dataclass(frozen=True)
class Law:
    """What makes the figures.

    Attributes:
        requests: per member and month. dispersion: of requests, variance over mean.
        wander: standard deviation of a commune's, a district's and the province's monthly move of the share away.
        jitter: of what does not last to the next month.
        contact: share of those away that is out of contact; drawn anew each month with that dispersion.
        shocks: months in which the whole province moves by a factor.
    """

    requests: float = 3.5e-4
    dispersion: float = 1.1
    wander: tuple[float, float, float] = (0.02, 0.01, 0.01)
    jitter: float = 0.03
    contact: float = 0.14
    contact_dispersion: float = 1.2
    shocks: tuple[tuple[int, float], ...] = ((50, 0.7), (54, 1.4))


@dataclass(frozen=True)
class Event:
    """Something of a district's own: a measure times a factor in the months first..last."""

    measure: str
    district: int
    first: int
    last: int
    factor: float


def province(
    law: Law, months: int, rng: np.random.Generator, events: Sequence[Event] = ()
) -> tuple[FiguresAsKnown, list[date]]:
    """The versions a warehouse would hold, two nights a month, and the nights; quiet but for the events."""
    n = DISTRICTS * COMMUNES
    district = np.repeat(np.arange(DISTRICTS), COMMUNES)
    figures = _figures(law, months, n, district, rng, events)
    periods, nights = _calendar(months)
    late = rng.random((DISTRICTS, months)) < 0.25
    night = np.array(nights, dtype=object).reshape(months, 2)
    recorded = np.where(late, night[:, 1], night[:, 0])[district]
    units = [f"c{number}@2013-01-01" for number in range(n)]
    frame = pl.DataFrame(
        {
            "unit_id": np.repeat(units, months),
            "district": np.repeat([f"d{d}" for d in district], months),
            "period": periods * n,
            "recorded_at": pl.Series(recorded.ravel().tolist(), dtype=pl.Date),
            **{name: values.ravel() for name, values in figures.items()},
        }
    )
    return _as_known(frame), nights


def _figures(
    law: Law, months: int, n: int, district: np.ndarray, rng: np.random.Generator, events: Sequence[Event]
) -> dict[str, np.ndarray]:
    """By measure, (communes, months) counts."""
    number = 12 * FIRST.year + np.arange(months)
    factor = {name: np.ones((n, months)) for name in ("received", "away_total", "away_out_of_contact")}
    for event in events:
        factor[event.measure][district == event.district, event.first : event.last + 1] *= event.factor
    members = np.round(MEMBERS * rng.lognormal(0, 0.3, n)[:, None] * (1 + 0.0005 * np.arange(months)))
    steps = [
        sd * rng.standard_normal((size, months))[index]
        for sd, size, index in zip(
            law.wander, (n, DISTRICTS, 1), (np.arange(n), district, np.zeros(n, int)), strict=True
        )
    ]
    level = np.log(0.07) + 0.15 * rng.standard_normal((n, 1)) + np.cumsum(sum(steps), axis=1)
    level = level - 0.15 * tet(number)[:, 2] + law.jitter * rng.standard_normal((n, months))
    for at, move in law.shocks:
        level[:, at:] += np.log(move) * (1 + 0.2 * rng.standard_normal((DISTRICTS, 1))[district])
    away = np.minimum(np.round(members * np.exp(level) * factor["away_total"]), members)
    rate = law.requests * rng.lognormal(0, 0.4, (DISTRICTS, 1))[district] * members * factor["received"]
    received = _counts(rate, law.dispersion, rng)
    out = _counts(law.contact * away * factor["away_out_of_contact"], law.contact_dispersion, rng)
    figures = {name: np.zeros((n, months)) for name in FORM_OF if not name.startswith("r213")}
    return figures | {
        "members_closing": members,
        "away_total": away,
        "received": received,
        "received_from_away": rng.binomial(received.astype(int), 0.6),
        "left_on_request": _counts(0.9 * rate, law.dispersion, rng),
        "expelled": _counts(5e-5 * members, 1.0, rng),
        "struck_off": _counts(8e-5 * members, 1.0, rng),
        "transferred_out": _counts(1.5e-3 * members, 1.5, rng),
        "away_out_of_contact": np.minimum(out, away),
        "away_abroad": np.round(0.08 * away),
        "away_temporary_activity": rng.binomial(away.astype(int), 0.3),
    }


def _counts(mean: np.ndarray, dispersion: float, rng: np.random.Generator) -> np.ndarray:
    if dispersion <= 1:
        return rng.poisson(mean).astype(float)
    return rng.negative_binomial(np.maximum(mean, 1e-9) / (dispersion - 1), 1 / dispersion).astype(float)


def _calendar(months: int) -> tuple[list[str], list[date]]:
    """Names of the months, and two nights after each: most report by the first, the others by the second."""
    periods = [FIRST.plus(m) for m in range(months)]
    nights = [period.last_day + timedelta(days=days) for period in periods for days in (3, 5)]
    return [str(period) for period in periods], nights


def _as_known(frame: pl.DataFrame) -> FiguresAsKnown:
    """The versions by form and level, none ever replaced."""
    frame = frame.with_columns(cells=pl.lit(CELLS), province=pl.lit("p"), commune="unit_id")
    version_sums = {}
    for form in MONTHLY:
        names = list(form.names)
        levels = [
            frame.group_by(pl.col(level).alias("unit_id"), "period", "recorded_at")
            .agg(pl.col("cells").sum(), pl.col(names).cast(pl.Int64).sum())
            .with_columns(level=pl.lit(level), superseded_at=pl.lit(None, pl.Date))
            for level in ("commune", "district", "province")
        ]
        version_sums[form.name] = pl.concat(levels).sort("level", "unit_id", "period")
    expected = version_sums["balance"].group_by("level", "unit_id", "period").agg(pl.col("cells").sum())
    return FiguresAsKnown(
        version_sums, expected.sort("level", "unit_id", "period"), frame.select("unit_id", "district").unique()
    )
