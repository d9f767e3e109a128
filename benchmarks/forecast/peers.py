"""What libraries foresee of the same months: run by `python -m benchmarks.forecast` in an environment of its own.

Reads arrays from the first file and writes arrays to the second: it imports nothing of ours, and we nothing of theirs.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from hierarchicalforecast.core import HierarchicalReconciliation
from hierarchicalforecast.methods import MinTrace
from scipy.stats import norm
from statsforecast import StatsForecast
from statsforecast.models import TSB, AutoARIMA, AutoETS, CrostonSBA, SeasonalNaive
from statsforecast.utils import ConformalIntervals

AHEAD, YEAR = 12, 12
LEVEL = 80
WIDTH = norm.ppf(0.5 + LEVEL / 200)


def foreseen(frame: pd.DataFrame, districts: list[str], kept: np.ndarray, *, with_arima: bool) -> dict[str, np.ndarray]:
    """By model: series x months x quantiles, of one measure as of one month.

    Args:
        frame: unique_id, ds, y; the sum's unique_id is "total".
        districts: the other ids, in order.
        kept: the levels of the quantiles.
        with_arima: whether to wait for AutoARIMA.
    """
    short = frame.groupby("unique_id").size().min()
    held = ConformalIntervals(h=AHEAD, n_windows=2) if short > 2 * AHEAD + 1 else None
    models = [
        SeasonalNaive(season_length=YEAR, alias="seasonal naive"),
        AutoETS(season_length=YEAR, alias="AutoETS"),
        *([AutoARIMA(season_length=YEAR, approximation=True, alias="AutoARIMA")] if with_arima else []),
        *([CrostonSBA(prediction_intervals=held, alias="Croston SBA")] if held else []),
        *([TSB(0.1, 0.1, prediction_intervals=held, alias="TSB")] if held else []),
    ]
    engine = StatsForecast(models=models, freq="MS")
    made = engine.forecast(df=frame, h=AHEAD, level=[LEVEL], fitted=True)
    fitted = engine.forecast_fitted_values()
    found = {model.alias: _quantiles(made, model.alias, [*districts, "total"], kept) for model in models}
    for base in ("AutoETS", *(["AutoARIMA"] if with_arima else [])):
        # The bottom-up sum: means add up, and the districts' errors are held to be independent.
        found[f"bottom-up {base}"] = _bottom_up(made, base, districts, kept)
    found["MinT"] = _reconciled(made, fitted, districts, kept)
    return found


def _quantiles(made: pd.DataFrame, name: str, ids: list[str], kept: np.ndarray) -> np.ndarray:
    """Normal quantiles from a model's mean and 80 % interval, cut at 0, where nothing lies below."""
    mean, high = (
        made.pivot(index="unique_id", columns="ds", values=one).loc[ids].to_numpy()
        for one in (name, f"{name}-hi-{LEVEL}")
    )
    spread = np.maximum((high - mean) / WIDTH, 1e-9)
    return np.maximum(mean[..., None] + spread[..., None] * norm.ppf(kept), 0)


def _bottom_up(made: pd.DataFrame, base: str, districts: list[str], kept: np.ndarray) -> np.ndarray:
    mean, high = (
        made.pivot(index="unique_id", columns="ds", values=one).loc[districts].to_numpy()
        for one in (base, f"{base}-hi-{LEVEL}")
    )
    spread = np.maximum((high - mean) / WIDTH, 1e-9)
    mean = np.vstack([mean, mean.sum(axis=0)])
    spread = np.vstack([spread, np.sqrt((spread**2).sum(axis=0))])
    return np.maximum(mean[..., None] + spread[..., None] * norm.ppf(kept), 0)


def _reconciled(made: pd.DataFrame, fitted: pd.DataFrame, districts: list[str], kept: np.ndarray) -> np.ndarray:
    """MinT with a shrunk covariance over AutoETS."""
    sums = pd.DataFrame(np.vstack([np.ones(len(districts)), np.eye(len(districts))]), columns=districts)
    sums.insert(0, "unique_id", ["total", *districts])
    columns = ["unique_id", "ds", "AutoETS", f"AutoETS-lo-{LEVEL}", f"AutoETS-hi-{LEVEL}"]
    reconciled = HierarchicalReconciliation(reconcilers=[MinTrace(method="mint_shrink")]).reconcile(
        Y_hat_df=made[columns],
        Y_df=fitted[["unique_id", "ds", "y", "AutoETS"]],
        S_df=sums,
        tags={"total": np.array(["total"]), "district": np.array(districts)},
        level=[LEVEL],
        intervals_method="normality",
    )
    name = next(one for one in reconciled.columns if "MinTrace" in one and "-lo-" not in one and "-hi-" not in one)
    return _quantiles(reconciled, name, [*districts, "total"], kept)


def main() -> None:
    """Every task of the first file, into the second."""
    warnings.simplefilter("ignore")
    given = np.load(sys.argv[1])
    found = {}
    for task in given["tasks"]:
        series = given[f"{task}/series"]  # (districts, then their sum) x months, without gaps
        districts = [f"d{each:02d}" for each in range(len(series) - 1)]
        months = pd.date_range("2000-01-01", periods=series.shape[1], freq="MS")
        frame = pd.concat(
            [
                pd.DataFrame({"unique_id": one, "ds": months, "y": y})
                for one, y in zip([*districts, "total"], series, strict=True)
            ]
        )
        for name, values in foreseen(frame, districts, given["kept"], with_arima=bool(given["with_arima"])).items():
            found[f"{task}/{name}"] = values
        print(".", end="", file=sys.stderr, flush=True)
    np.savez(Path(sys.argv[2]), **found)


if __name__ == "__main__":
    main()
