"""What the figures of the nights say of each unit and kind: whether a matter stands, how large it is, and on what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from transforms.followup.gaps import half_yearly, no_activity, out_of_contact
from transforms.followup.latest_figures import figures_on_nights
from transforms.followup.matter_readings import SCHEMA, FiguresKnown
from transforms.followup.pending_requests import pending_long
from transforms.followup.thresholds import Thresholds


def figure_readings(known: FiguresKnown, nights: Sequence[date], thresholds: Thresholds) -> pl.DataFrame:
    """What the figures said on each night.

    Returns:
        columns of `matter_readings.SCHEMA`; no row where nothing can be said: no figures, or a report too partial to
        show that a matter is over.
    """
    if not nights:
        return pl.DataFrame(schema=SCHEMA)
    expected = known.figures.expected
    hamlets = known.hamlet_cells.with_columns(level=pl.lit(known.level))
    away = _with_due(figures_on_nights(known.figures, "away", nights), expected)
    requests = _with_due(figures_on_nights(known.figures, "requests", nights), expected)
    halves = _with_due(figures_on_nights(known.figures, "regulation_213", nights), hamlets)
    return (
        pl.concat(
            [
                half_yearly(halves, known, thresholds),
                no_activity(away, known, thresholds),
                out_of_contact(away, known, thresholds),
                pending_long(requests, known, thresholds),
            ]
        )
        .select(*SCHEMA)
        .sort("night", "unit_id", "kind")
    )


def _with_due(rows: pl.DataFrame, expected: pl.DataFrame) -> pl.DataFrame:
    """Add is_whole: whether every cell that was due has figures; true where nothing is known of what was due."""
    due = expected.select("level", "unit_id", "period", due=pl.col("cells").cast(pl.Int64))
    joined = rows.join(due, on=["level", "unit_id", "period"], how="left")
    return joined.with_columns(is_whole=pl.col("due").is_null() | (pl.col("cells") >= pl.col("due")))
