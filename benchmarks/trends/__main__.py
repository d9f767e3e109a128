"""How honest and how fast the trends are: python -m benchmarks.trends [--seed N] [--replicates N] [--scenario TEXT]."""

from __future__ import annotations

import argparse
from time import perf_counter

import numpy as np
import polars as pl
from scipy import optimize

from benchmarks.trends.simulate import LAST, Scenario, own_slope, simulate
from transforms.trends import trend
from transforms.trends.season import season

MONTHS = (42, 120)
SCENARIOS = (
    *(Scenario(f"1 a month, {n} months, flat", "requests_rate", n, 1.0) for n in MONTHS),
    *(Scenario(f"1 a month, {n} months, +20 %", "requests_rate", n, 1.0, slope=0.18) for n in MONTHS),
    *(Scenario(f"1 a month, overdispersed, {n} months, flat", "requests_rate", n, 1.0, dispersion=0.4) for n in MONTHS),
    *(Scenario(f"0.6 a month, {n} months, flat", "requests_rate", n, 0.6) for n in MONTHS),
    *(Scenario(f"3 a month, {n} months, -15 %", "requests_rate", n, 3.0, slope=-0.16) for n in MONTHS),
    *(Scenario(f"3 a month, a tenth missing, {n} months, flat", "requests_rate", n, 3.0, missing=0.1) for n in MONTHS),
    *(
        Scenario(
            f"40 a month, overdispersed, {n} months, +5 %", "departures_rate", n, 40.0, slope=0.05, dispersion=0.05
        )
        for n in MONTHS
    ),
    *(Scenario(f"stock, lasting 0.6, {n} months, flat", "away_rate", n, 350, carry=0.6, wander=0.05) for n in MONTHS),
    *(
        Scenario(f"stock, lasting 0.85, {n} months, +4 %", "away_rate", n, 350, 0.04, carry=0.85, wander=0.07)
        for n in MONTHS
    ),
    *(Scenario(f"stock, lasting 0.95, {n} months, flat", "away_rate", n, 350, carry=0.95, wander=0.1) for n in MONTHS),
    *(
        Scenario(f"share, lasting 0.8, {n} months, flat", "away_contact_share", n, 340, carry=0.8, wander=0.2, tet=0.2)
        for n in MONTHS
    ),
    *(
        Scenario(f"share, drawn anew, {n} months, +0.1", "away_contact_share", n, 340, 0.1, carry=0.0, tet=0.2)
        for n in MONTHS
    ),
    Scenario("stock, all but a random walk, 120 months, flat", "away_rate", 120, 350, carry=0.995, wander=0.3),
    Scenario("10 a month, +35 % for the last 3 of 10 years", "requests_rate", 120, 10.0, slope=0.3, bend=3.0),
    Scenario("2 a month, +35 % for the last 3 of 10 years", "requests_rate", 120, 2.0, slope=0.3, bend=3.0),
    Scenario("stock, +10 % for the last 3 of 10 years", "away_rate", 120, 350, 0.1, carry=0.6, wander=0.03, bend=3.0),
)
BAND = (0.85, 0.95)


def main() -> None:
    """Print coverage and false words on fresh series, then the speed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--replicates", type=int, default=390)
    arguments.add_argument("--scenario", default="", help="only scenarios whose name holds this")
    chosen = arguments.parse_args()
    print(f"{'':52}{'90 % interval holds':>20}{'in own unit':>12}{'rising':>8}{'falling':>8}{'unclear':>10}")
    for place, scenario in enumerate(SCENARIOS):
        if chosen.scenario in scenario.name:
            report(scenario, simulate(scenario, chosen.replicates, np.random.default_rng([chosen.seed, place])))
    speed(chosen.seed)


def report(scenario: Scenario, rows: pl.DataFrame) -> None:
    """One line: how often the interval of the last month's slope holds the true one, and which words were said."""
    table = trend(rows)
    last = table.sort("period").group_by("map", "unit_code", maintain_order=True).last()
    fitted = last.filter(pl.col("link_slope").is_not_null())
    held = fitted.select(pl.col("link_lower").le(scenario.slope) & pl.col("link_upper").ge(scenario.slope))
    true = own_slope(scenario)
    own = fitted.select(pl.col("slope_lower").le(true) & pl.col("slope_upper").ge(true)).drop_nulls()
    words = [fitted.select((pl.col("word") == word).mean()).item() for word in ("rising", "falling", "unclear")]
    coverage = held.to_series().mean()
    mark = "" if BAND[0] <= coverage <= BAND[1] else "  outside 85–95 %"
    said = "".join(f"{share:>{width}.1%}" for share, width in zip(words, (8, 8, 10), strict=True))
    print(f"{scenario.name:52}{coverage:>20.1%}{own.to_series().mean():>12.1%}{said}{mark}", flush=True)


def speed(seed: int) -> None:
    """Series a second against a peer in the same run: one plain regression after another, by SciPy's minimiser."""
    rows = simulate(SCENARIOS[1], 273, np.random.default_rng([seed, 999]))
    start = perf_counter()
    trend(rows)
    ours = perf_counter() - start
    top, below = (rows[name].to_numpy().reshape(273, -1) for name in ("numerator", "denominator"))
    columns = _line_and_season(SCENARIOS[1].months)
    peers = 20
    start = perf_counter()
    for series in range(peers):
        _one_regression(top[series], below[series], columns)
    peer = (perf_counter() - start) / peers * 273
    print(
        f"\n273 series of {SCENARIOS[1].months} months (21 indicators of 12 districts and the province): {ours:.2f} s;"
        f" one straight Poisson regression each, in a loop: {peer:.2f} s, {peer / ours:.1f} times as long"
    )


def _line_and_season(months: int) -> np.ndarray:
    number = np.arange(LAST - months + 1, LAST + 1)
    return np.column_stack([np.ones(months), (number - LAST) / 12, season(number)])


def _one_regression(top: np.ndarray, below: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Maximum likelihood of a Poisson line with the same season; what a loop over series would do, without bends,
    without deviations that last and without the choice between them."""

    def minus_log_likelihood(coefficients: np.ndarray) -> float:
        eta = np.clip(columns @ coefficients, -30, 30)
        return float((below * np.exp(eta) - top * eta).sum())

    start = np.zeros(columns.shape[1])
    start[0] = np.log((top.sum() + 0.5) / below.sum())
    return optimize.minimize(minus_log_likelihood, start, method="BFGS").x


if __name__ == "__main__":
    main()
