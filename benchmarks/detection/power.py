"""How many outbreaks are found at how many false alarms: R's farringtonFlexible, detect, and an oracle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.detection.scenarios import FIRST_MONTH, FIRST_WEEK, MONTHLY, MONTHS, WEEKS, start_of, weekly_scenarios
from transforms.detection import DetectorControl, FarringtonControl, farrington_flexible
from transforms.detection.detector import Points, lots, points, verdicts
from transforms.detection.panel import to_panel
from transforms.detection.predictive import Predictive

Alarms = NDArray[np.bool_]

ALPHA = 0.005
ALPHAS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
CERTAIN = 1e9
"""So many points tell of a dispersion that is known."""


@dataclass(frozen=True)
class Study:
    """Series with known outbreaks.

    Attributes:
        frequency: 12 or 52.
        frame: scenario, replicate, unit, t, date, count, population for months, outbreak, mean; by unit and t.
    """

    frequency: int
    frame: pl.DataFrame

    @classmethod
    def of(cls, frequency: int, drawn: pl.DataFrame) -> Study:
        """Of series as `scenarios.draw` gives them."""
        unit = pl.format("{}-{}", "scenario", "replicate")
        return cls(frequency, drawn.with_columns(unit=unit, date=start_of(frequency)).sort("unit", "t"))

    @property
    def judged(self) -> tuple[int, int]:
        """The first and the last period judged."""
        return (FIRST_MONTH, MONTHS) if self.frequency == 12 else (FIRST_WEEK, WEEKS)

    @property
    def seen(self) -> pl.DataFrame:
        """What a detector may see."""
        return self.frame.select("unit", "t", "date", "count", *(["population"] if self.frequency == 12 else []))

    @property
    def control(self) -> DetectorControl:
        """The detector's control: its own, for rises alone."""
        return DetectorControl(self.frequency, use_population=self.frequency == 12, two_sided=False)

    def ours(self) -> Points:
        """What the detector makes of each count."""
        first, last = self.judged
        return points(to_panel(self.seen, self.control.use_population, last, first), self.control, first, last)

    def oracle(self) -> Points:
        """The same counts beside their true means and dispersions."""
        first, last = self.judged
        scenarios = MONTHLY if self.frequency == 12 else weekly_scenarios()
        before = self.frame.with_columns(pl.col("count", "mean").shift(1).over("unit").name.suffix("_before"))
        rows = before.filter(pl.col("t").is_between(first, last))
        phi = rows["scenario"].replace_strict({s.name: s.dispersion for s in scenarios}, return_dtype=pl.Float64)
        count, earlier, mean, mean_before = (
            rows[name].to_numpy().astype(float) for name in ("count", "count_before", "mean", "mean_before")
        )
        single, previous, pair = (
            Predictive.of(m, phi.to_numpy(), np.full(len(m), CERTAIN), np.zeros(len(m)))
            for m in (mean, mean_before, mean + mean_before)
        )
        panel = to_panel(self.seen, self.control.use_population, last, first)
        return Points(count, earlier, lots(panel, first, last), single, previous, pair)

    def of_points(self, judged: Points, alpha: float) -> Alarms:
        """Alarms at a level, by unit and t."""
        return np.asarray(verdicts(judged, replace(self.control, alpha=alpha))[-1].to_numpy(), dtype=bool)

    def surveillance(self, alpha: float) -> Alarms:
        """Alarms of farrington_flexible, which gives R's, with the control of the reference's verdicts."""
        control = FarringtonControl(alpha=alpha)
        if self.frequency == 12:
            control = FarringtonControl(
                frequency=12,
                years_back=6,
                window_half_width=1,
                past_periods_not_included=3,
                seasonal_periods=4,
                use_population=True,
                alpha=alpha,
            )
        return farrington_flexible(self.seen, control, *self.judged)["alarm"].to_numpy()

    def score(self, alarm: Alarms) -> pl.DataFrame:
        """By scenario and, last, for all: false (share of points), found (share of outbreaks), delay (periods)."""
        rows = self.frame.filter(pl.col("t").is_between(*self.judged)).with_columns(alarm=pl.Series(alarm))
        during = rows.filter(pl.col("outbreak") == 1).group_by("scenario", "unit")
        outbreaks = during.agg(
            found=pl.col("alarm").any(), delay=pl.col("t").filter(pl.col("alarm")).min() - pl.col("t").min()
        )
        parts = []
        for named in (pl.col("scenario"), pl.lit("all").alias("scenario")):
            quiet = rows.filter(pl.col("outbreak") == 0).group_by(named).agg(false=pl.col("alarm").mean())
            parts.append(quiet.join(outbreaks.group_by(named).agg(pl.col("found", "delay").mean()), on="scenario"))
        return pl.concat([parts[0].sort("scenario"), parts[1]])


def report(study: Study, surveillance: Alarms) -> None:
    """Prints each scenario's false alarms, outbreaks found and delay of all three."""
    named = {
        "R": surveillance,
        "detect": study.of_points(study.ours(), ALPHA),
        "oracle": study.of_points(study.oracle(), ALPHA),
    }
    scores = [study.score(alarm) for alarm in named.values()]
    print(f"{'':10}" + "".join(f"{name:>9} FPR   POD delay" for name in named))
    for scenario in scores[0]["scenario"]:
        print(f"{scenario:10}" + "".join(_cells(score.filter(pl.col("scenario") == scenario)) for score in scores))
    r, ours = (score.filter(pl.col("scenario") == "all")["found"].item() for score in scores[:2])
    print(f"detect finds {ours / r:.2f} times as many outbreaks as R\n")


def _cells(row: pl.DataFrame) -> str:
    false, found, delay = row.select("false", "found", "delay").row(0)
    return f"{false:>13.4f}{found:>6.2f}{'–' if delay is None else f'{delay:.1f}':>6}"


def curves(study: Study, alphas: Sequence[float] = ALPHAS) -> dict[str, list[tuple[float, float]]]:
    """By detector, the share of false alarms and of outbreaks found at each level."""
    ours, oracle = study.ours(), study.oracle()
    alarms = {
        "R surveillance": [study.surveillance(alpha) for alpha in alphas],
        "detect": [study.of_points(ours, alpha) for alpha in alphas],
        "oracle": [study.of_points(oracle, alpha) for alpha in alphas],
    }
    return {
        name: [study.score(alarm).filter(pl.col("scenario") == "all").select("false", "found").row(0) for alarm in each]
        for name, each in alarms.items()
    }
