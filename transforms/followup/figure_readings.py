"""What the figures of the nights say of each unit and kind: whether a matter stands, how large it is, and on what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from transforms.followup.away import NO_ACTIVITY, no_activity, out_of_contact
from transforms.followup.item import WITHDRAWN
from transforms.followup.latest_figures import figures_on_nights, taken_back_on_nights
from transforms.followup.matter_readings import KEYS, SCHEMA, FiguresKnown, by_reporter
from transforms.followup.pending_requests import pending_long
from transforms.followup.step_readings import step_readings
from transforms.followup.steps import STEPS
from transforms.followup.thresholds import Thresholds

KINDS_OF_FORMS = {
    "away": (NO_ACTIVITY, "away-out-of-contact"),
    "requests": ("requests-pending",),
    "regulation_213": tuple(step.kind for step in STEPS),
}
"""The kinds of matters that the figures of a form show."""


def figure_readings(known: FiguresKnown, nights: Sequence[date], thresholds: Thresholds) -> pl.DataFrame:
    """What the figures said on each night, but for those on which a unit's figures are as on the night before.

    Returns:
        columns of `matter_readings.SCHEMA`; no row where nothing can be said: no figures, or a report too partial to
        show that a matter is over. Where figures were taken back and nothing else can be said, a row says that.
    """
    if not nights:
        return pl.DataFrame(schema=SCHEMA)
    expected = known.figures.expected
    hamlets = known.hamlet_cells.with_columns(level=pl.lit("commune"))
    away, requests = (
        _with_due(figures_on_nights(_by_reporter(known, form), form, nights), expected) for form in ("away", "requests")
    )
    halves = _with_due(figures_on_nights(_of_communes(known, "regulation_213"), "regulation_213", nights), hamlets)
    said = pl.concat(
        [
            step_readings(halves, known, thresholds),
            no_activity(away, known, thresholds),
            out_of_contact(away, known, thresholds),
            pending_long(requests, known, thresholds),
        ]
    ).select(*SCHEMA)
    gone = _taken_back(known, nights).join(said, on=["night", *KEYS], how="anti")
    return pl.concat([said, gone]).sort("night", "unit_id", "kind", "period")


def _by_reporter(known: FiguresKnown, form: str) -> pl.DataFrame:
    """Version sums of the units that report and of their communes, each of them a `group`."""
    sums = known.figures.version_sums[form]
    communes = by_reporter(known, sums).rename({"above": "group"})
    if known.level == "commune":
        return communes
    return pl.concat([sums.filter(pl.col("level") == known.level).with_columns(group="unit_id"), communes])


def _of_communes(known: FiguresKnown, form: str) -> pl.DataFrame:
    """Version sums of the communes in one `group`: they are held against each other."""
    return known.figures.version_sums[form].filter(pl.col("level") == "commune").with_columns(group=pl.lit(""))


def _taken_back(known: FiguresKnown, nights: Sequence[date]) -> pl.DataFrame:
    """That figures were taken back, for each kind of matter that they may have shown.

    Of the unit that reports them; of the half-yearly form, of the commune.
    """
    rows = [
        {
            "night": night,
            "unit_id": unit,
            "kind": kind,
            "matter": "",
            "period": period,
            "seen_on": night,
            "stands": False,
            "evidence": WITHDRAWN,
        }
        for form, kinds in KINDS_OF_FORMS.items()
        for night, unit, period in taken_back_on_nights(known.figures, form, nights, _level(form, known)).iter_rows()
        for kind in kinds
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def _level(form: str, known: FiguresKnown) -> str:
    return "commune" if form == "regulation_213" else known.level


def _with_due(rows: pl.DataFrame, expected: pl.DataFrame) -> pl.DataFrame:
    """Add is_whole: whether every cell that was due has figures; true where nothing is known of what was due."""
    due = expected.select("level", "unit_id", "period", due=pl.col("cells").cast(pl.Int64))
    joined = rows.join(due, on=["level", "unit_id", "period"], how="left")
    return joined.with_columns(is_whole=pl.col("due").is_null() | (pl.col("cells") >= pl.col("due")))
