"""The published detectors against R's answers, point by point."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from transforms.detection import FarringtonControl, ears, farrington_flexible

HERE = Path(__file__).parent / "reference"
# R prints fifteen digits and stops its iterations by a criterion of its own: equal to one in a million is equal.
TOLERANCE = 1e-6
SETS = sorted(path.name.removesuffix(".control.txt") for path in HERE.glob("*.control.txt"))


def _options(name: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (HERE / f"{name}.control.txt").read_text().splitlines())


def _answer(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    told = _options(name)
    first, last = map(int, told["range"].split(","))
    if "method" in told:
        return ears(
            frame,
            method=told["method"],
            baseline=int(told["baseline"]),
            alpha=float(told["alpha"]),
            first=first,
            last=last,
        )
    control = FarringtonControl(
        frequency=int(told["freq"]),
        years_back=int(told["b"]),
        window_half_width=int(told["w"]),
        past_periods_not_included=int(told["pastWeeksNotIncluded"]),
        seasonal_periods=int(told["noPeriods"]),
        weights_threshold=float(told["weightsThreshold"]),
        trend=told["trend"] == "TRUE",
        trend_p_threshold=float(told["pThresholdTrend"]),
        threshold_method=told["thresholdMethod"],
        alpha=float(told["alpha"]),
        low_count_limit=tuple(map(int, told["limit54"].split(","))),
        use_population=told.get("populationOffset") == "TRUE",
    )
    return farrington_flexible(frame, control, first=first, last=last)


@pytest.fixture(scope="module", params=SETS)
def both(request):
    """R's answer and ours, side by side."""
    frame = pl.read_csv(
        HERE / f"{request.param}.counts.csv", try_parse_dates=True, schema_overrides={"unit": pl.String}
    )
    expected = pl.read_csv(
        HERE / f"{request.param}.expected.csv",
        null_values=["", "NA"],
        infer_schema_length=None,
        schema_overrides={"unit": pl.String},
    )
    return expected.join(_answer(request.param, frame), on=["unit", "t"], how="left", suffix="_ours")


def test_bounds_and_expectations_equal_the_reference_and_are_unknown_where_its_are(both):
    for name in [name for name in ("upperbound", "expected") if f"{name}_ours" in both.columns]:
        theirs, ours = pl.col(name), pl.col(f"{name}_ours")
        near = (theirs - ours).abs() <= TOLERANCE * theirs.abs().clip(1e-3)
        wrong = both.filter(~((theirs.is_null() & ours.is_null()) | near.fill_null(value=False)))
        assert wrong.height == 0, wrong.head(3)


def test_every_alarm_equals_the_reference(both):
    assert both.filter(pl.col("alarm").fill_null(0).cast(pl.Int8) != pl.col("alarm_ours").cast(pl.Int8)).height == 0
