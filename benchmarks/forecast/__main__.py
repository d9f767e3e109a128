"""Forecasts against what libraries foresee: python -m benchmarks.forecast [--provinces N] [--origins N] [--arima].

Months are held back of invented provinces and, where they lie, of the districts' exports; ours, what anybody can say,
and the models of statsforecast and hierarchicalforecast foresee them from the same months. Printed are the ratios of
the CRPS, ours over theirs: below 1 ours is nearer. The libraries run in an environment that is made for them and goes
with the folder; AutoARIMA takes many times as long as all else and is asked for.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl

from benchmarks.forecast.provinces import KINDS, Province, invented, of_exports
from benchmarks.forecast.rolling import OURS, REFERENCES, Held, filled, hold_back, losses, overall, table
from transforms.forecast.quantiles import KEPT

EXPORTS = Path(__file__).resolve().parents[3] / "shared" / "exports"
PEERS = ("statsforecast>=2.0,<3", "hierarchicalforecast>=1.2,<2")
FIRST_ORIGIN, LAST_ORIGIN = 35, 65


def main() -> None:
    """Print the ratios by measure and level, and how long a month's forecasts take."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--provinces", type=int, default=1, help="invented provinces of each kind")
    arguments.add_argument("--origins", type=int, default=3, help="months as of which each is foreseen")
    arguments.add_argument("--seed", type=int, default=1000)
    arguments.add_argument("--arima", action="store_true", help="AutoARIMA too")
    arguments.add_argument("--exports", type=Path, default=EXPORTS, help="folder of the districts' exports")
    chosen = arguments.parse_args()
    seeds = range(chosen.seed, chosen.seed + chosen.provinces)
    origins = np.linspace(FIRST_ORIGIN, LAST_ORIGIN, chosen.origins).astype(int).tolist()
    groups = {kind: [invented(kind, seed) for seed in seeds] for kind in KINDS}
    exports = of_exports(chosen.exports)
    with tempfile.TemporaryDirectory() as folder:
        python = environment(Path(folder))
        every = []
        for name, provinces in groups.items():
            every.append(shown(name, provinces, origins, python, with_arima=chosen.arima))
        conclude("all invented provinces", pl.concat(every))
        if exports is not None:
            last = len(exports.months) - 2
            places = np.linspace(26, last, chosen.origins).astype(int).tolist()
            conclude("the exports", shown("the exports", [exports], places, python, with_arima=chosen.arima))


def environment(folder: Path) -> Path:
    """The Python of an environment with the libraries, which no lock of ours names."""
    subprocess.run([sys.executable, "-m", "venv", folder / "peers"], check=True)
    python = folder / "peers" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True, stderr=subprocess.DEVNULL)
    return python


def shown(
    name: str, provinces: Sequence[Province], origins: Sequence[int], python: Path, *, with_arima: bool
) -> pl.DataFrame:
    """The losses of everybody over some provinces, printed as ratios."""
    began = perf_counter()
    held = [one for province in provinces for one in hold_back(province, origins)]
    each = (perf_counter() - began) / (len(provinces) * len(origins))
    ask(held, python, with_arima=with_arima)
    lost = losses(held)
    print(f"\n{name}: {len(provinces)} × {len(origins)} months, {each:.2f} s for a month's forecasts of a province")
    show(table(lost))
    return lost


def ask(held: Sequence[Held], python: Path, *, with_arima: bool) -> None:
    """Add what the libraries foresee of the same months; gaps are filled in for them, as they take none."""
    tasks = {f"{place}-{at}": (one, at) for place, one in enumerate(held) for at in one.origins}
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "given.npz", Path(folder) / "found.npz"
        series = {f"{task}/series": filled(one.known[:, : at + 1]) for task, (one, at) in tasks.items()}
        np.savez(given, kept=KEPT, with_arima=with_arima, tasks=list(tasks), **series)  # type: ignore[arg-type]
        subprocess.run([python, Path(__file__).with_name("peers.py"), given, found], check=True)
        made = np.load(found)
        names = dict.fromkeys(key.split("/")[1] for key in made.files)
        for place, one in enumerate(held):
            for name in names:
                keys = [f"{place}-{at}/{name}" for at in one.origins]
                if all(key in made for key in keys):
                    one.quantiles[name] = np.stack([made[key] for key in keys])


def show(ratios: pl.DataFrame) -> None:
    """One line a measure and level: our coverage, then the ratio to each other."""
    names = [one for one in ratios["who"].unique().sort() if one != OURS]
    names.sort(key=lambda one: one not in REFERENCES)
    print(f"{'':34}{'80 %':>7}" + "".join(f"{one[:19]:>21}" for one in names))
    for (measure, level), own in ratios.sort("measure", "level").group_by("measure", "level", maintain_order=True):
        ratio = dict(own.select("who", "ratio").iter_rows())
        within = own.filter(pl.col("who") == OURS)["within"][0]
        print(
            f"{measure:18}{level:16}{within:>7.1%}"
            + "".join(f"{ratio[one]:>21.3f}" if one in ratio else f"{'–':>21}" for one in names)
        )


def conclude(name: str, lost: pl.DataFrame) -> None:
    """All together: by measure and level, then one number against each other and against the best of them."""
    ratios = table(lost)
    print(f"\n## {name}")
    show(ratios)
    against = {who: ratio for who, ratio in overall(ratios).items() if who != OURS}
    print("geometric mean of the ratios: " + ", ".join(f"{who} {ratio:.3f}" for who, ratio in against.items()))
    best = ratios.filter(pl.col("who") != OURS).group_by("measure", "level").agg(pl.col("ratio").max())
    mean, worst = best.select(pl.col("ratio").log().mean().exp(), pl.col("ratio").max().alias("worst")).row(0)
    print(f"against the best of them at each level: {mean:.3f}, where it is nearest {worst:.3f}")
    within = lost.filter(pl.col("who") == OURS)["pit"].is_between(0.1, 0.9).mean()
    print(f"our 80 % intervals held {within:.1%} of what came")


if __name__ == "__main__":
    main()
