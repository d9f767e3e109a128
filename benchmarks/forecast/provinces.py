"""Provinces whose coming months are known: invented ones of several kinds, and the districts' exports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.trends.season import tet

Array = NDArray[np.float64]

FIRST_MONTH = 2018 * 12
MONTHS = 78
KINDS = (
    "quiet",
    "outbreaks and shifts",
    "a break that passes",
    "a break that stays",
    "an epidemic",
    "breaks over at once",  # wholly, half or not at all, after months that nobody knows before
    "a season that changes",
    "a level that wanders",
)
GAP, PARTIAL = 0.01, 0.01  # of a district's months


@dataclass(frozen=True, slots=True)
class Province:
    """Months of districts.

    Attributes:
        name: as printed.
        months: month numbers.
        counts: by measure, districts x months, of those who reported; NaN where nobody did.
        members_known: districts x months, with those of cells that did not report; members_reported: without.
    """

    name: str
    months: NDArray[np.int64]
    counts: dict[str, Array]
    members_known: Array
    members_reported: Array

    def figures(self) -> pl.DataFrame:
        """As the forecast takes them."""
        districts, months = self.members_known.shape
        names = [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in self.months]
        columns = {**self.counts, "members_reported": self.members_reported, "members_known": self.members_known}
        of_districts = pl.DataFrame(
            {
                "unit_code": np.repeat([f"{each:03d}" for each in range(districts)], months),
                "period": names * districts,
                **{name: values.ravel() for name, values in columns.items()},
            }
        ).with_columns(pl.col(*columns).fill_nan(None), level=pl.lit("district"))
        whole = of_districts.group_by("period").agg(pl.col(*columns).sum())
        both = pl.concat(
            [of_districts, whole.with_columns(unit_code=pl.lit("P"), level=pl.lit("province"))], how="diagonal"
        )
        return both.with_columns(map=pl.lit("today"), unit_id=pl.col("unit_code")).sort("unit_code", "period")


def invented(kind: str, seed: int) -> Province:
    """A province of a kind: districts of their own sizes and drifts, a season with Tết, requests few and clustered."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    districts = int(rng.integers(8, 15))
    months = np.arange(FIRST_MONTH, FIRST_MONTH + MONTHS)
    members = _members(rng, districts, months)
    away = _away(rng, members, months, kind)
    received = _received(rng, members, months, kind)
    if later := LATER.get(kind):
        away, received = (
            np.rint(one * factor) for one, factor in zip((away, received), later(rng, months, districts), strict=True)
        )
    share = np.where(rng.random(members.shape) < PARTIAL, rng.uniform(0.9, 0.99, members.shape), 1.0)
    share = np.where(rng.random(members.shape) < GAP, np.nan, share)
    counts = {"members_closing": members, "away_total": away, "received": received}
    part = {name: np.rint(values * share) for name, values in counts.items()}
    return Province(f"{kind} {seed}", months, part, members, np.nan_to_num(np.rint(members * share)))


def _members(rng: np.random.Generator, districts: int, months: NDArray[np.int64]) -> Array:
    """Stocks of admissions, which come about the holidays, and of departures."""
    start = rng.uniform(2500, 7500, (districts, 1))
    joins, leaves = rng.uniform(0.001, 0.0045, (2, districts, 1))
    when = rng.dirichlet(np.full(12, 4.0)) * 12
    add = rng.negative_binomial(5, 5 / (5 + start * (joins + leaves) / 2 * 1.1 * when[months % 12]))
    return np.rint(start + np.cumsum(add - rng.poisson(start * leaves, (districts, len(months))), axis=1))


def _away(rng: np.random.Generator, members: Array, months: NDArray[np.int64], kind: str) -> Array:
    """A share of the members, less about Tết, with a drift that turns."""
    districts = len(members)
    share = np.log(rng.uniform(0.05, 0.14, (districts, 1)))
    drift = np.cumsum(rng.normal(0, rng.uniform(0, 0.0006), len(months))) + rng.normal(0.0015, 0.002)
    common = np.cumsum(drift + rng.normal(0, rng.uniform(0.002, 0.015), len(months)))
    own = np.cumsum(rng.normal(0, rng.uniform(0.001, 0.01), members.shape), axis=1)
    year = 0.03 * np.cos(2 * np.pi * (months % 12) / 12 + rng.uniform(0, 2 * np.pi))
    season = year + tet(months) @ np.array([-0.03, -0.08, -0.1]) * rng.uniform(0.6, 1.6)
    if kind.startswith("a break"):
        at, lasts = int(rng.integers(40, 66)), int(rng.integers(3, 7))
        fall = rng.uniform(0.2, 0.45)
        common[at:] -= fall / 2
        common[at + 1 :] -= fall / 2
        if kind == "a break that passes":
            common[at + lasts :] += fall / 2
            common[at + lasts + 1 :] += fall / 2
    if kind == "outbreaks and shifts":
        common = np.tile(common, (districts, 1))
        common[int(rng.integers(districts)), int(rng.integers(30, 70)) :] += rng.choice([-0.3, 0.45])
    noise = rng.normal(0, rng.uniform(0.005, 0.03), members.shape)
    return np.rint(members * np.minimum(np.exp(share + common + own + season + noise), 0.9))


def _epidemic(rng: np.random.Generator, numbers: NDArray[np.int64], districts: int) -> tuple[Array, Array]:
    """What one or two waves leave of those away and of requests, districts x months.

    Each wave reaches the districts in their own months and sizes; who came home goes away again over months, not all of
    them; requests wait and come later, more than one month's at once. The members are as they would have been.
    """
    months = len(numbers)
    away, received = np.zeros((districts, months)), np.ones((districts, months))
    at = int(rng.integers(30, 60))
    for _ in range(int(rng.integers(1, 3))):
        size = rng.uniform(0.1, 0.6) * rng.lognormal(0, 0.4, districts)
        lasts, back, stays = int(rng.integers(1, 6)), rng.uniform(0.1, 0.6), rng.uniform(0, 0.4)
        late = rng.integers(0, 3, districts)
        for one in range(districts):
            since = np.arange(months) - at - late[one]
            fading = stays + (1 - stays) * (1 - back) ** np.maximum(since - lasts + 1, 0)
            away[one] -= np.where(since >= 0, size[one] * fading, 0)
            waiting = (since >= 0) & (since < lasts)
            received[one] *= np.where(waiting, rng.uniform(0.2, 0.8), 1)
            received[one] *= np.where((since >= lasts) & (since < lasts + 3), rng.uniform(1, 2), 1)
        at += int(rng.integers(5, 14))
    return np.exp(away), received


def _over_at_once(rng: np.random.Generator, numbers: NDArray[np.int64], districts: int) -> tuple[Array, Array]:
    """One or two breaks, mostly falls, that come and go within a few months, districts x months.

    What lies between lasts as it is for one to ten months; then all of it goes, or half, or nothing.
    """
    months = np.arange(len(numbers))
    away, received = np.zeros((districts, len(months))), np.ones((districts, len(months)))
    at = int(rng.integers(28, 60))
    for _ in range(int(rng.integers(1, 3))):
        size = rng.choice([-1, -1, -1, 1]) * rng.uniform(0.1, 0.5) * rng.lognormal(0, 0.25, (districts, 1))
        comes, goes, least = rng.integers(1, 4, 3)
        lasts = least + rng.integers(0, 8)
        returned = rng.choice([1.0, 1.0, rng.uniform(0.3, 0.7), 0.0])
        come = np.clip((months - at + 1) / comes, 0, 1)
        gone = np.clip((months - at - comes - lasts + 1) / goes, 0, 1)
        away += size * (come - returned * gone)
        received *= rng.uniform(0.5, 1.2) ** (come - gone)
        at += int(comes + lasts + goes + rng.integers(1, 14))
    return np.exp(away), received


def _season_changes(rng: np.random.Generator, numbers: NDArray[np.int64], districts: int) -> tuple[Array, Array]:
    """Tết and the year's round larger or smaller from one year to the next, and not alike in all districts."""
    years = numbers // 12 - numbers[0] // 12
    size = np.exp(np.cumsum(rng.normal(0, 0.2, years[-1] + 1)) + rng.normal(0, 0.3, years[-1] + 1))[years]
    turn = np.cumsum(rng.normal(0, 0.3, years[-1] + 1))[years]
    around = tet(numbers) @ np.array([-0.03, -0.08, -0.1])
    year = 0.03 * np.cos(2 * np.pi * (numbers % 12) / 12 + turn)
    away = size * (around + year) * rng.lognormal(0, 0.2, (districts, 1))
    return np.exp(away), np.exp(np.tile(3 * size * year, (districts, 1)))


def _wanders(rng: np.random.Generator, numbers: NDArray[np.int64], districts: int) -> tuple[Array, Array]:
    """Steps of the province and of each district that are now small, now large; requests grow or fall for years."""
    unrest = np.exp(np.cumsum(rng.normal(0, 0.25, len(numbers))))
    steps = rng.standard_t(4, len(numbers)) * rng.uniform(0.003, 0.015) * np.minimum(unrest, 4)
    own = rng.standard_t(4, (districts, len(numbers))) * rng.uniform(0.002, 0.015)
    away = np.cumsum(steps + own, axis=1)
    received = np.cumsum(rng.normal(0, 0.03, len(numbers)) + rng.normal(0, 0.012))
    return np.exp(np.clip(away, -1, 1)), np.exp(np.tile(received, (districts, 1)))


LATER = {
    "an epidemic": _epidemic,
    "breaks over at once": _over_at_once,
    "a season that changes": _season_changes,
    "a level that wanders": _wanders,
}


def _received(rng: np.random.Generator, members: Array, months: NDArray[np.int64], kind: str) -> Array:
    """Counts of about one a month and district, clustered; some districts' rates are several times others'."""
    districts = len(members)
    rate = members * rng.gamma(2.0, 1.0, (districts, 1)) / 2 * rng.uniform(0.0001, 0.0005)
    year = 0.2 * rng.random() * np.cos(2 * np.pi * (months % 12) / 12 + rng.uniform(0, 2 * np.pi))
    common = np.cumsum(rng.normal(0, rng.uniform(0, 0.03), len(months)))
    rate = rate * np.exp(year + common)
    if kind == "outbreaks and shifts":
        one, other, third = rng.choice(districts, 3, replace=False)
        rate[one, int(rng.integers(30, 70)) :] *= rng.uniform(2, 3.5)
        rate[other, (at := int(rng.integers(30, 70))) : at + 2] *= 6
        rate[third, (at := int(rng.integers(30, 66))) : at + 5] = 0
    shape = 1 / rng.choice([0.02, 0.3, 0.8])
    return rng.poisson(rate * rng.gamma(shape, 1 / shape, members.shape)).astype(float)


def of_exports(folder: Path) -> Province | None:
    """The province of the districts' exports, from the figures that were sent; None where they do not lie there."""
    file = folder / "expected" / "monthly.parquet"
    if not file.is_file():
        return None
    measures = ("members_closing", "away_total", "received")
    cells = pl.read_parquet(file).select("period", "cell", "district", *measures)
    lived = cells.group_by("cell", "district").agg(first=pl.col("period").min(), last=pl.col("period").max())
    every = lived.join(cells.select("period").unique(), how="cross")
    every = every.filter(pl.col("period").is_between("first", "last")).join(
        cells.drop("district"), on=["cell", "period"], how="left"
    )
    known = pl.col("members_closing").fill_null(strategy="forward").over("cell", order_by="period")
    districts = (
        every.with_columns(known=known)
        .group_by("district", "period")
        .agg(
            *(pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in measures),
            known=pl.col("known").sum(),
            reported=pl.col("known").filter(pl.col("members_closing").is_not_null()).sum(),
        )
    )

    def laid(name: str) -> Array:
        wide = districts.pivot(on="period", index="district", values=name).sort("district").drop("district")
        return wide.select(sorted(wide.columns)).cast(pl.Float64).to_numpy()

    first = str(districts["period"].min())
    start = int(first[:4]) * 12 + int(first[5:]) - 1
    months = np.arange(start, start + districts["period"].n_unique())
    return Province("the exports", months, {name: laid(name) for name in measures}, laid("known"), laid("reported"))
