"""Forecasts as of months whose coming ones are known, and how far each kind of forecast was from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.forecast.provinces import Province
from transforms.forecast import FORESEEN, Origin, forecasts
from transforms.forecast.quantiles import KEPT, distance

Array = NDArray[np.float64]

OURS, REFERENCES = "ours", {"mean of 12": "mean_12", "same month last year": "last_year"}
AHEAD = 12


@dataclass(frozen=True, slots=True)
class Held:
    """Months held back of one province and measure.

    Attributes:
        measure: its name.
        known: (districts, then the province) x months; NaN where a part did not report whole.
        origins: places among the months: what comes after is held back.
        quantiles: by who foresaw: origins x series x 12 x quantiles kept.
    """

    measure: str
    known: Array
    origins: tuple[int, ...]
    quantiles: dict[str, Array]

    def came(self) -> Array:
        """origins x series x 12; NaN where not known."""
        later = np.full((len(self.known), AHEAD), np.nan)
        padded = np.concatenate([self.known, later], axis=1)
        return np.stack([padded[:, at + 1 : at + 1 + AHEAD] for at in self.origins])


def hold_back(province: Province, origins: Iterable[int], measures: Iterable[str] = FORESEEN) -> list[Held]:
    """The province's own forecasts, and those anybody can make, as of some of its months."""
    places = tuple(origins)
    days = [date(int(month) // 12, int(month) % 12 + 1, 28) for month in province.months[list(places)]]
    made = forecasts(province.figures(), [Origin(f"{day:%Y-%m}", day) for day in days])
    made = made.sort(pl.col("level") == "province", "unit_code", "made_on", "horizon")
    whole = province.members_reported >= province.members_known
    return [_held(province, made.filter(pl.col("indicator") == one), one, whole, places) for one in measures]


def _held(
    province: Province, made: pl.DataFrame, measure: str, whole: NDArray[np.bool_], places: tuple[int, ...]
) -> Held:
    known = np.where(whole, province.counts[measure], np.nan)
    known = np.concatenate([known, known.sum(axis=0, keepdims=True)])
    quantiles = {}
    for name, column in {OURS: "quantiles", **REFERENCES}.items():
        laid = made[column].list.to_array(len(KEPT)).to_numpy().astype(float)
        laid = laid.reshape(len(known), len(places), AHEAD, len(KEPT))
        quantiles[name] = laid.swapaxes(0, 1)
    return Held(measure, known, places, quantiles)


def filled(known: Array) -> Array:
    """(districts, then their sum) x months without gaps: straight lines between known months, the sum made anew."""
    place = np.arange(known.shape[1])
    districts = [np.interp(place, place[there], own[there]) for own in known[:-1] for there in [np.isfinite(own)]]
    return np.vstack([*districts, np.sum(districts, axis=0)])


def losses(held: Iterable[Held]) -> pl.DataFrame:
    """One row a forecast that a figure followed: measure, level, who, origin, horizon, crps, pit (randomised)."""
    rng = np.random.default_rng(1)
    return pl.concat([_losses(one, who, values, rng) for one in held for who, values in one.quantiles.items()])


def _losses(held: Held, who: str, quantiles: Array, rng: np.random.Generator) -> pl.DataFrame:
    came = held.came()
    there = np.isfinite(came)
    origin, series, horizon = np.nonzero(there)
    mine, y = quantiles[there], came[there]
    below, upto = (mine < y[:, None]).sum(axis=1), (mine <= y[:, None]).sum(axis=1)
    pit = (below + rng.random(len(y)) * (upto - below + 1)) / (len(KEPT) + 1)
    return pl.DataFrame(
        {
            "measure": [held.measure] * len(y),
            "level": np.where(series == came.shape[1] - 1, "province", "district"),
            "who": [who] * len(y),
            "origin": np.array(held.origins)[origin],
            "horizon": horizon + 1,
            "crps": distance(mine, y).crps,
            "pit": pit,
        }
    )


def table(lost: pl.DataFrame) -> pl.DataFrame:
    """Mean CRPS by measure and level, of ours and of each other in one unit: ours over theirs; and coverage by PIT."""
    mean = lost.group_by("measure", "level", "who").agg(
        pl.col("crps").mean(), within=pl.col("pit").is_between(0.1, 0.9).mean()
    )
    ours = mean.filter(pl.col("who") == OURS).select("measure", "level", ours="crps")
    return mean.join(ours, on=["measure", "level"]).with_columns(ratio=pl.col("ours") / pl.col("crps"))


def overall(shown: pl.DataFrame) -> Mapping[str, float]:
    """Ours over each other, all measures and levels together: the geometric mean of the ratios."""
    mean = shown.group_by("who").agg(pl.col("ratio").log().mean().exp())
    return dict(mean.iter_rows())
