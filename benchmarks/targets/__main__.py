"""How honest the probability of a target is, and how fast: python -m benchmarks.targets [--seed N] [--count N]."""

from __future__ import annotations

import argparse
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from benchmarks.targets.simulate import DESIGNS, HARDEST, KINDS, Design, Kind, foretold

BANDS = ((0.0, 0.1), (0.1, 0.3), (0.3, 0.7), (0.7, 0.9), (0.9, 1.0))
Array = NDArray[np.float64]


def main() -> None:
    """Of the series given each band of probability, how many reached their target."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--count", type=int, default=1000, help="series a design and kind")
    chosen = arguments.parse_args()
    print(f"{'given → reached (series)':52}" + "".join(f"{f'{low:.0%}–{high:.0%}':>20}" for low, high in BANDS))
    usual = [
        part
        for design in DESIGNS
        for place, (name, kind) in enumerate(KINDS.items())
        for part in [_line(design, name, kind, chosen.count, np.random.default_rng([chosen.seed, place]))]
    ]
    _show("all of these", *(np.concatenate(part) for part in zip(*usual, strict=True)))
    for design in DESIGNS:
        for name, kind in HARDEST.items():
            _line(design, name, kind, chosen.count, np.random.default_rng([chosen.seed, 99]))


def _line(
    design: Design, name: str, kind: Kind, count: int, rng: np.random.Generator
) -> tuple[Array, NDArray[np.bool_]]:
    began = perf_counter()
    given, reached = foretold(design, kind, count, rng)
    _show(f"{design.name}, {name}", given, reached, f"{count / (perf_counter() - began):>8,.0f} a second")
    return given, reached


def _show(name: str, given: Array, reached: NDArray[np.bool_], speed: str = "") -> None:
    cells = []
    for low, high in BANDS:
        mine = (given >= low) & ((given < high) | (high == 1))
        said = f"{given[mine].mean():.2f} → {reached[mine].mean():.2f} ({mine.sum():,})" if mine.any() else "–"
        cells.append(f"{said:>20}")
    print(f"{name:52}{''.join(cells)}{speed}", flush=True)


if __name__ == "__main__":
    main()
