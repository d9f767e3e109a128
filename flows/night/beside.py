"""What a process beside the night computes: it imports these functions while the files are checked."""

from __future__ import annotations

from transforms.disclosure import protect
from transforms.forecast import forecasts
from transforms.trends import trend
from transforms.watch.judgement import judgement

COMPUTED_BESIDE = (judgement, forecasts, trend, protect)
