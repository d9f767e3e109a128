"""How well the watch sees: of past nights' planted changes the share seen, with what is known of units alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, ndtri

from transforms.eyesight.kinds import PLANTS, RESTATED, Plant
from transforms.eyesight.logistic import Fitted, fit_logistic
from transforms.intervals import wilson_interval

Array = NDArray[np.float64]

NINE_IN_TEN = 0.9
FEWEST, FEWEST_OF_UNIT = 60, 8
"""Trials of a kind, and among them of one unit, from which on a share is said of single units."""
WIDEST = 0.4
"""Where the interval of a share is wider the smallest change seen nine times in ten is called unknown."""
SLOPE_SPREAD, COUNT_SPREAD = 4.0, 1.0
"""Standard deviations, on the logit, of a standardised slope, and of what a count e times as large changes beyond it:
before anything is seen."""
UNIT_SPREADS = (0.2, 0.6, 1.2)
"""Of what units differ beyond their counts: the one under which the outcomes are likeliest (empirical Bayes)."""
MOST = (1.0, 0.97, 0.93)
"""Of the largest changes, the share seen: a month that hides what is planted in it hides every size."""
Cell = str | float | date | None
STEPS = 240
CLASSES = ("small", "middle", "large")
"""Communes are told of by thirds of their counts, never one by one."""

SCHEMA = pl.Schema(
    {
        "kind": pl.String,
        "indicator": pl.String,
        "fault": pl.String,
        "level": pl.String,
        "unit_code": pl.String,
        "unit_name": pl.String,
        "unit_class": pl.String,
        "size": pl.Float64,
        "within_months": pl.Int64,
        "trials": pl.Int64,
        "seen": pl.Int64,
        "seen_share": pl.Float64,
        "seen_lower": pl.Float64,
        "seen_upper": pl.Float64,
        "median_months": pl.Float64,
        "least_size": pl.Float64,
        "least_cautious": pl.Float64,
        "least_state": pl.String,
        "last_trials": pl.Int64,
        "last_seen": pl.Int64,
        "nights": pl.Int64,
        "first_night": pl.Date,
        "last_night": pl.Date,
    }
)
TRIALS = {
    "night": pl.Date,
    "kind": pl.String,
    "indicator": pl.String,
    "fault": pl.String,
    "level": pl.String,
    "unit_code": pl.String,
    "unit_name": pl.String,
    "last_period": pl.String,
    "size": pl.Float64,
    "expected": pl.Float64,
    "seen_after": pl.Int64,
    "is_seen": pl.Boolean,
}
"""Of a planted change: the night; what and where; months after which it was seen (null where it was not, or where no
month passes: of files and restated months)."""


def acuity(trials: pl.DataFrame) -> pl.DataFrame:
    """The shares seen, of the trials of some nights.

    Args:
        trials: the columns of `TRIALS`; of one level of units.

    Returns:
        the columns of `SCHEMA`. unit_code and unit_class null: all units together, as counted. Of one unit, or of a
        third of the communes: fitted, so that little is said by few trials, and of what was never planted nothing.
    """
    if trials.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    rows = [pl.DataFrame(list(_counted(trials)), schema=SCHEMA, orient="row")]
    for plant in (*PLANTS, RESTATED):
        own = trials.filter((pl.col("kind") == plant.kind) & (pl.col("indicator") == plant.indicator))
        if own.height >= FEWEST:
            rows.append(_fitted(plant, own))
    last = trials["night"].max()
    spans = {"nights": pl.lit(trials["night"].n_unique()), "first_night": pl.lit(trials["night"].min())}
    return pl.concat(rows).with_columns(**spans, last_night=pl.lit(last)).cast(SCHEMA)


def _horizons(plant: Plant) -> Sequence[int | None]:
    return (None,) if plant.kind in ("silence", "restated") else plant.months


def _counted(trials: pl.DataFrame) -> Iterable[dict[str, Cell]]:
    """All units together, by kind, size and months."""
    last = trials["night"].max()
    keys = ["kind", "indicator", "fault", "level", "size"]
    for own in trials.sort(keys).partition_by(keys, maintain_order=True):
        kind, indicator, fault, level, size = own.select(keys).row(0)
        seen_after = own["seen_after"].drop_nulls()
        for months in _looked_for(kind, indicator, size):
            is_seen = _is_seen(own, months)
            newest = (own["night"] == last).to_numpy()
            lower, upper = wilson_interval(is_seen.sum(), len(is_seen))
            yield {
                "kind": kind,
                "indicator": indicator,
                "fault": fault,
                "level": level,
                "size": size,
                "within_months": months,
                "trials": len(is_seen),
                "seen": int(is_seen.sum()),
                "seen_share": float(is_seen.mean()),
                "seen_lower": float(lower),
                "seen_upper": float(upper),
                "median_months": _median(seen_after.to_numpy()) if len(seen_after) and months is not None else None,
                "least_state": "of-units",
                "last_trials": int(newest.sum()),
                "last_seen": int((newest & is_seen).sum()),
            }


def _median(months: Array) -> float:
    return float(np.median(months))


def _looked_for(kind: str, indicator: str | None, size: float | None) -> Sequence[int | None]:
    for plant in PLANTS:
        if (plant.kind, plant.indicator) == (kind, indicator) and size is not None:
            return plant.looked_for(size)
    return (None,)


def _is_seen(trials: pl.DataFrame, months: int | None) -> NDArray[np.bool_]:
    if months is None:
        return trials["is_seen"].to_numpy().astype(bool)
    return (trials["seen_after"].fill_null(months + 1) <= months).to_numpy().astype(bool)


@dataclass(frozen=True)
class _Unit:
    """One unit, or one third of the communes, in the fit.

    Attributes:
        name: columns of the rows. number: its effect's place, -1 where it has none. expected: its usual count.
        rows: which trials are its own.
    """

    name: dict[str, str | None]
    number: int
    expected: float
    rows: NDArray[np.bool_]


def _units(trials: pl.DataFrame) -> list[_Unit]:
    expected = trials["expected"].to_numpy()
    if trials["level"][0] == "commune":
        third = np.searchsorted(np.quantile(expected, [1 / 3, 2 / 3]), expected, side="right")
        return [
            _Unit({"unit_class": name}, -1, float(np.median(expected[third == at])), third == at)
            for at, name in enumerate(CLASSES)
            if (third == at).any()
        ]
    known = trials.sort("night").unique("unit_code", keep="last").sort("unit_code")
    out = []
    for number, (code, name) in enumerate(known.select("unit_code", "unit_name").iter_rows()):
        rows = (trials["unit_code"] == code).to_numpy()
        out.append(_Unit({"unit_code": code, "unit_name": name}, number, float(np.median(expected[rows])), rows))
    return out


@dataclass(frozen=True)
class _Outcomes:
    """The trials of one kind as columns, looked at after so many months (None: at once)."""

    level: str
    months: int | None
    size: Array
    expected: Array
    seen_after: Array
    is_seen: NDArray[np.bool_]
    is_newest: NDArray[np.bool_]

    @staticmethod
    def of(trials: pl.DataFrame, months: int | None) -> _Outcomes:
        return _Outcomes(
            level=trials["level"][0],
            months=months,
            size=trials["size"].to_numpy(),
            expected=trials["expected"].to_numpy(),
            seen_after=trials["seen_after"].cast(pl.Float64).to_numpy(),
            is_seen=_is_seen(trials, months),
            is_newest=(trials["night"] == trials["night"].max()).to_numpy(),
        )


def _fitted(plant: Plant, trials: pl.DataFrame) -> pl.DataFrame:
    """Units one by one: a logistic law of size and count, with an effect of each unit drawn towards none."""
    units = _units(trials)
    number = np.full(trials.height, -1)
    for unit in units:
        number[unit.rows] = unit.number
    rows: list[dict[str, Cell]] = []
    for months in _horizons(plant):
        outcomes = _Outcomes.of(trials, months)
        law = _Law.of(plant, outcomes.size, outcomes.expected, number)
        fitted = law.fit(outcomes.is_seen.astype(float))
        for unit in units:
            rows += _rows_of_unit(plant, outcomes, unit, law, fitted)
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _rows_of_unit(
    plant: Plant, outcomes: _Outcomes, unit: _Unit, law: _Law, fitted: Fitted
) -> Iterable[dict[str, Cell]]:
    least = _least(plant, unit, law, fitted)
    share, lower, upper = law.shares(fitted, np.array(plant.sizes), unit)
    for at, size in enumerate(plant.sizes):
        own = unit.rows & (outcomes.size == size)
        is_seen, is_newest, after = outcomes.is_seen[own], outcomes.is_newest[own], outcomes.seen_after[own]
        after = after[np.isfinite(after)]
        within = int(size) if plant.kind == "silence" else outcomes.months
        yield {
            "kind": plant.kind,
            "indicator": plant.indicator,
            "level": outcomes.level,
            **unit.name,
            "size": size,
            "within_months": within,
            "trials": len(is_seen),
            "seen": int(is_seen.sum()),
            "seen_share": float(share[at]),
            "seen_lower": float(lower[at]),
            "seen_upper": float(upper[at]),
            "median_months": _median(after) if len(after) and within is not None else None,
            **least,
            "last_trials": int(is_newest.sum()),
            "last_seen": int((is_newest & is_seen).sum()),
        }


def _least(plant: Plant, unit: _Unit, law: _Law, fitted: Fitted) -> dict[str, Cell]:
    """The smallest change seen nine times in ten, the size at which this is certain, and whether it can be said."""
    easiest = min(plant.sizes) if plant.kind == "fall" else max(plant.sizes)
    sizes = np.arange(1.0, easiest + 1) if plant.kind == "silence" else np.linspace(1.0, easiest, STEPS)
    share, lower, upper = law.shares(fitted, sizes, unit)
    reached, certain = np.flatnonzero(share >= NINE_IN_TEN), np.flatnonzero(lower >= NINE_IN_TEN)
    at = int(reached[0]) if len(reached) else -1
    if unit.rows.sum() < FEWEST_OF_UNIT or upper[at] - lower[at] > WIDEST:
        return {"least_state": "unknown"}
    if not len(reached):
        return {"least_state": "beyond"}
    cautious = float(sizes[certain[0]]) if len(certain) else None
    return {"least_state": "known", "least_size": float(sizes[at]), "least_cautious": cautious}


@dataclass(frozen=True)
class _Law:
    """The columns of the logistic law, as the trials have them.

    A change of counts stands out by 2 (sqrt(f m) - sqrt(m)) standard deviations of a Poisson count (the square root
    stabilises its variance); where a series wanders beyond chance, by |sqrt(f) - 1| alone: both are let speak, neither
    against its sense.
    """

    plant: Plant
    columns: Array
    mean: Array
    scale: Array
    effects: int
    number: NDArray[np.int64]

    @staticmethod
    def of(plant: Plant, sizes: Array, expected: Array, number: NDArray[np.int64]) -> _Law:
        columns = _columns(plant, sizes, expected)
        scale = columns.std(axis=0)
        return _Law(
            plant, columns, columns.mean(axis=0), np.where(scale > 0, scale, 1.0), int(number.max()) + 1, number
        )

    def fit(self, seen: Array) -> Fitted:
        design = self._design(self.columns, self.number)
        common = [10.0, SLOPE_SPREAD, SLOPE_SPREAD, COUNT_SPREAD]
        priors = [np.array([*common, *[spread] * self.effects]) for spread in UNIT_SPREADS]

        def likeliest(fits: Iterable[Fitted]) -> Fitted:
            return max(fits, key=lambda fitted: fitted.evidence)

        middle = priors[len(priors) // 2]
        largest = self.columns[:, 0] == self.columns[:, 0].max()
        most = 1.0
        if not seen[largest].all():
            most = likeliest(fit_logistic(design, seen, middle, rising=(1, 2), most=most) for most in MOST).most
        return likeliest(fit_logistic(design, seen, prior, rising=(1, 2), most=most) for prior in priors)

    def shares(self, fitted: Fitted, sizes: Array, unit: _Unit) -> tuple[Array, Array, Array]:
        """The share seen of changes of some sizes in a unit, with its 95 % interval."""
        columns = _columns(self.plant, sizes, np.full(len(sizes), unit.expected))
        design = self._design(columns, np.full(len(sizes), unit.number))
        middle = design @ fitted.beta
        half = ndtri(0.975) * np.sqrt(np.einsum("np,pq,nq->n", design, fitted.covariance, design))
        share, lower, upper = (fitted.most * expit(eta) for eta in (middle, middle - half, middle + half))
        return share, lower, upper

    def _design(self, columns: Array, number: NDArray[np.int64]) -> Array:
        effects = (number[:, None] == np.arange(self.effects)).astype(float)
        return np.column_stack([np.ones(len(columns)), (columns - self.mean) / self.scale, effects])


def _columns(plant: Plant, sizes: Array, expected: Array) -> Array:
    away = np.sqrt(sizes) if plant.kind == "silence" else np.abs(np.sqrt(sizes) - 1)
    return np.column_stack([away, away * np.sqrt(expected), np.log(np.maximum(expected, 0.05))])
