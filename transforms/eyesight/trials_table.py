"""A night's trials as rows: those of figures, of restated months, of files, and the canaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from transforms.eyesight.acuity import TRIALS
from transforms.eyesight.faulty_files import CANARY_FILE, FaultyFile
from transforms.eyesight.kinds import Trial
from transforms.eyesight.planting import CANARIES

FILE, CANARY = "file", "canary"
Row = tuple[str | float | date | None, ...]


def trials_table(
    night: date, trials: Iterable[Trial], files: Iterable[tuple[FaultyFile, bool]], level: str, names: Mapping[str, str]
) -> pl.DataFrame:
    """The columns of `TRIALS`.

    Args:
        trials: changes of figures, with what came of them.
        files: each with whether one of its codes was told.
        level: of the units that report.
        names: of the units, by their code.
    """
    rows = [_of_figures(night, trial, names) for trial in trials]
    rows += [_of_file(night, file, is_seen, level, names) for file, is_seen in files]
    return pl.DataFrame(rows, schema=TRIALS, orient="row")


def _of_figures(night: date, trial: Trial, names: Mapping[str, str]) -> Row:
    code = trial.unit_id.split("@")[0]
    is_at_once = trial.plant.kind in ("restated", CANARY)
    return (
        night,
        trial.plant.kind,
        trial.plant.indicator,
        None,
        trial.level,
        code,
        names.get(code),
        trial.last_period,
        trial.size,
        trial.expected,
        None if is_at_once else trial.seen_after,
        trial.seen_after is not None,
    )


def _of_file(night: date, file: FaultyFile, is_seen: bool, level: str, names: Mapping[str, str]) -> Row:
    kind = CANARY if file.is_canary else FILE
    code = file.reporter_code
    return (night, kind, None, file.fault, level, code, names.get(code), file.period, None, None, None, is_seen)


def broken_off(night: date, level: str, period: str) -> pl.DataFrame:
    """What a self-test comes to that could not be done to its end: nothing was seen that must be."""
    unseen = [(plant.indicator, None) for plant in CANARIES] + [(None, CANARY_FILE)]
    rows = [
        (night, CANARY, indicator, fault, level, "", None, period, None, None, None, False)
        for indicator, fault in unseen
    ]
    return pl.DataFrame(rows, schema=TRIALS, orient="row")


def with_missing_canaries(trials: pl.DataFrame, night: date, level: str, period: str) -> pl.DataFrame:
    """The trials, and as not seen the canaries that no unit was found for: then nobody is judged any more."""
    what = ["kind", "indicator", "fault"]
    missing = broken_off(night, level, period).join(trials, on=what, how="anti", nulls_equal=True)
    return pl.concat([trials, missing])
