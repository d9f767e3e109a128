"""What is no number is not known, whichever detector looks at it."""

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.transforms.detection.series import clean, long
from transforms.detection import (
    DetectorControl,
    FarringtonControl,
    ShiftControl,
    SilenceControl,
    detect,
    detect_shift,
    ears,
    farrington_flexible,
    silence,
)

MONTHLY = FarringtonControl(12, years_back=3, window_half_width=1, past_periods_not_included=3, use_population=True)
DETECTORS = {
    "detect": lambda frame: detect(frame, DetectorControl(use_population=True), 50, 60),
    "detect_shift": lambda frame: detect_shift(frame, ShiftControl(use_population=True), 50, 60),
    "silence": lambda frame: silence(frame, SilenceControl(use_population=True), 50, 60),
    "farrington_flexible": lambda frame: farrington_flexible(frame, MONTHLY, 50, 60),
    "ears": lambda frame: ears(frame, "C2", first=50, last=60),
}


@pytest.mark.parametrize("column", ["count", "population"])
@pytest.mark.parametrize("name", DETECTORS)
def test_an_infinite_figure_is_as_one_that_is_not_known(name, column):
    frame = long(clean(3, 4.0, 1.0, 2, 60), np.full((2, 60), 5000)).cast(
        {"count": pl.Float64, "population": pl.Float64}
    )
    at = pl.col("t").is_in([20, 57]) & (pl.col("unit") == "unit 001")
    infinite, unknown = (
        DETECTORS[name](frame.with_columns(pl.when(~at).then(column).otherwise(put).alias(column)))
        for put in (float("inf"), None)
    )
    assert_frame_equal(infinite, unknown)
