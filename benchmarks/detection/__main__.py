"""How fast the detectors are, what they find and how often they are wrong: python -m benchmarks.detection."""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from benchmarks.detection import calibration, power
from benchmarks.detection.pictures import draw_calibration, draw_power
from benchmarks.detection.scenarios import draw
from benchmarks.detection.speed import speed

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT.parent / "shared" / "reference" / "scenarios"
NAMES = {12: "monthly", 52: "weekly"}


def main() -> None:
    """Print speed, power and calibration, and draw the latter two."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--fresh", action="store_true", help="draw the scenarios anew even where references are")
    arguments.add_argument("--replicates", type=int, nargs=2, default=(40, 16), metavar=("MONTHLY", "WEEKLY"))
    arguments.add_argument("--out", type=Path, default=ROOT / "var" / "benchmarks", help="folder of the pictures")
    chosen = arguments.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    print("# Speed\n")
    speed(chosen.seed)
    curves = {}
    for frequency, replicates in zip(NAMES, chosen.replicates, strict=True):
        study, surveillance, origin = _study(frequency, replicates, chosen.seed, chosen.fresh)
        print(f"\n# Power, {NAMES[frequency]}: {origin}; alpha {power.ALPHA}\n")
        power.report(study, surveillance)
        curves[NAMES[frequency]] = power.curves(study)
    draw_power(curves, chosen.out / "detection_power.png")
    print("# Calibration on clean pasts: alarms over alpha\n")
    rates = {}
    for frequency, name in NAMES.items():
        for setting in calibration.settings(frequency):
            found = rates[f"{name}, {setting}"] = list(calibration.rates(chosen.seed, setting))
            print(f"{name}, {setting}")
            calibration.report(found)
    print("\nbeginnings of shifts, monthly, by mean")
    calibration.shifts(chosen.seed)
    draw_calibration(rates, chosen.out / "detection_calibration.png")
    print(f"\npictures: {chosen.out}/detection_power.png, {chosen.out}/detection_calibration.png")


def _study(frequency: int, replicates: int, seed: int, fresh: bool) -> tuple[power.Study, power.Alarms, str]:
    """The series, R's alarms on them, and where both are from."""
    name = NAMES[frequency]
    if fresh or not (REFERENCE / f"{name}.parquet").is_file():
        study = power.Study.of(frequency, draw(seed, frequency, replicates))
        return study, study.surveillance(power.ALPHA), f"drawn with seed {seed}, R's verdicts by farrington_flexible"
    study = power.Study.of(frequency, pl.read_parquet(REFERENCE / f"{name}.parquet"))
    verdicts = pl.read_parquet(REFERENCE / f"{name}_surveillance.parquet")
    alarm = verdicts.with_columns(unit=pl.format("{}-{}", "scenario", "replicate")).sort("unit", "t")["alarm"]
    return study, alarm.to_numpy() == 1, "the reference scenarios and R's verdicts on them"


if __name__ == "__main__":
    main()
