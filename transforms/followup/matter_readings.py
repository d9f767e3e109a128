"""What a reading is: what one night's figures say of one unit and kind of matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from transforms.watch.as_known import FiguresAsKnown

SCHEMA = pl.Schema(
    {
        "night": pl.Date,
        "unit_id": pl.String,
        "kind": pl.String,
        "matter": pl.String,
        "period": pl.String,
        "seen_on": pl.Date,
        "stands": pl.Boolean,
        "least": pl.Int64,
        "most": pl.Int64,
        "base": pl.Int64,
        "due_on": pl.Date,
        "evidence": pl.String,
        "line": pl.Int64,
    }
)
"""The columns of readings.

matter: "" where a unit has one such matter at a time, else the month or the alert it is about. seen_on: when the latest
figure of it came. stands: whether there is something to follow up. least, most: the count, apart where only a range is
known; base: of how many; null where there is none. due_on: null unless the matter brings its own. evidence: JSON.
"""

KEYS = ("unit_id", "kind", "matter")
SHOWN_COMMUNES = 3


@dataclass(frozen=True)
class FiguresKnown:
    """What readings are made from.

    Attributes:
        figures: the figures of one map.
        level: the level that reports on it, whose units the readings are of.
        hamlet_cells: unit_id, period, cells: those of communes that are due in the half-yearly form; a commune and
            half-year that is not there is taken to be whole.
        names: of communes, by unit_id.
    """

    figures: FiguresAsKnown
    level: str
    hamlet_cells: pl.DataFrame
    names: Mapping[str, str]


def latest(rows: pl.DataFrame) -> pl.DataFrame:
    """Of each night and unit, the rows of its newest period."""
    return rows.filter(pl.col("period") == pl.col("period").max().over("night", "level", "unit_id"))


def by_reporter(known: FiguresKnown, rows: pl.DataFrame) -> pl.DataFrame:
    """The communes' rows, with `above`: the unit that reports them, itself after the reform."""
    communes = rows.filter(pl.col("level") == "commune")
    if known.level == "commune":
        return communes.with_columns(above=pl.col("unit_id"))
    above = known.figures.parents.select("unit_id", above="district")
    return communes.join(above, on="unit_id", how="left").drop_nulls("above")


def largest(known: FiguresKnown, count: str, fewest: int) -> pl.Expr:
    """In a group of communes: those with the largest counts, of at least `fewest`, as a list of name and count."""
    names = pl.col("unit_id").replace_strict(known.names, default=pl.col("unit_id"), return_dtype=pl.String)
    enough = pl.col(count) >= fewest
    return (
        pl.struct(name=names, count=pl.col(count))
        .filter(enough)
        .sort_by(pl.col(count).filter(enough), pl.col("unit_id").filter(enough), descending=[True, False])
        .head(SHOWN_COMMUNES)
    )


def as_readings(units: pl.DataFrame, kind: str, figures: Sequence[str]) -> pl.DataFrame:
    """Rows as readings: those that stand, and those that do not and are wholly known.

    Args:
        units: night, unit_id, period, seen_on, stands, least, most, base, is_whole and the figures.
        kind: the kind of matter.
        figures: columns that are the evidence.
    """
    return units.filter(pl.col("stands") | pl.col("is_whole")).select(
        "night",
        "unit_id",
        pl.lit(kind).alias("kind"),
        pl.lit("").alias("matter"),
        "period",
        "seen_on",
        "stands",
        pl.col("least", "most", "base").cast(pl.Int64),
        pl.lit(None, pl.Date).alias("due_on"),
        pl.struct(*figures).struct.json_encode().alias("evidence"),
        pl.lit(None, pl.Int64).alias("line"),
    )


def changes(rows: pl.DataFrame, before: pl.DataFrame | None = None) -> pl.DataFrame:
    """The readings that say something else than the one before of the same matter.

    Args:
        rows: columns of `SCHEMA`.
        before: the last reading of each matter before these nights, columns of `SCHEMA`.
    """
    earlier = rows.clear() if before is None else before.select(rows.columns)
    both = pl.concat([earlier.with_columns(is_new=pl.lit(False)), rows.with_columns(is_new=pl.lit(True))])
    said = [name for name in SCHEMA if name not in ("night", *KEYS)]
    ordered = both.sort("is_new", "night", *KEYS)
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1).over(KEYS)) for name in said)
    is_first = pl.col("night").cum_count().over(KEYS) == 1
    return ordered.filter(pl.col("is_new") & (is_first | ~same)).drop("is_new")
