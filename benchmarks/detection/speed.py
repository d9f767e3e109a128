"""Fits a second of farrington_flexible and of R's surveillance, one after the other in the same run."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl

from benchmarks.detection.scenarios import FIRST_WEEK, WEEKS, draw, start_of
from transforms.detection import FarringtonControl, farrington_flexible

SCRIPT = Path(__file__).with_name("surveillance.R")
R_SERIES, REPLICATES, REPEATS = 6, 2, 3


def speed(seed: int) -> None:
    """Prints both speeds on the weekly scenarios and their ratio; ours alone where R's package is not installed."""
    frame = draw(seed, 52, REPLICATES).with_columns(unit=pl.format("{} {}", "scenario", "replicate"), date=start_of(52))
    fits = frame["unit"].n_unique() * (WEEKS - FIRST_WEEK + 1)
    ours = min(_seconds(frame) for _ in range(REPEATS))
    print(f"farrington_flexible: {fits} fits in {ours:.2f} s, {fits / ours:,.0f} a second")
    found = _surveillance(frame)
    if found is None:
        print("R's package surveillance is not installed (Debian: r-cran-surveillance); nothing to compare with")
        return
    r_fits, r_seconds = found
    ratio = (fits / ours) / (r_fits / r_seconds)
    print(f"R surveillance: {r_fits} fits in {r_seconds:.2f} s, {r_fits / r_seconds:,.0f} a second: {ratio:.0f} times")


def _seconds(frame: pl.DataFrame) -> float:
    start = perf_counter()
    farrington_flexible(frame, FarringtonControl(), FIRST_WEEK, WEEKS)
    return perf_counter() - start


def _surveillance(frame: pl.DataFrame) -> tuple[int, float] | None:
    """Fits and seconds of R on some of the series, spread over the scenarios; None without R or its package."""
    if shutil.which("Rscript") is None:
        return None
    counts = frame.sort("unit", "t")["count"].to_numpy().reshape(-1, WEEKS)
    some = counts[np.linspace(0, len(counts) - 1, R_SERIES).astype(int)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "counts.csv"
        np.savetxt(path, some.T, fmt="%d", delimiter=",")
        command = ["Rscript", str(SCRIPT), str(path), str(FIRST_WEEK), str(WEEKS)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    fits, seconds = done.stdout.split()
    return int(fits), float(seconds)
