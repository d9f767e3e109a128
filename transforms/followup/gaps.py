"""Gaps in the figures: how many of a base have not had what the form counts, and from when that is a matter."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from expectations.contract.periods import Period
from transforms.followup.matter_readings import FiguresKnown, as_readings, by_reporter, largest, latest
from transforms.followup.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Gap:
    """A count of those in `base` for whom `less` does not hold; `exempt` may lie in the gap or not."""

    kind: str
    base: str
    less: tuple[str, ...]
    exempt: str | None = None

    @property
    def figures(self) -> tuple[str, ...]:
        return tuple(name for name in (self.base, *self.less, self.exempt) if name)


OF_HALVES = (
    Gap("r213-not-introduced", "r213_subject", ("r213_introduced",), "r213_exempt"),
    Gap("r213-not-registered", "r213_introduced", ("r213_registered",)),
    Gap("r213-not-attended", "r213_registered", ("r213_attended",), "r213_exempt"),
)
OF_YEARS = Gap("r213-not-remarked", "r213_registered", ("r213_remarked",), "r213_exempt")
OF_MONTHS = Gap("away-no-activity", "away_total", ("away_temporary_activity", "away_exempt"))


def half_yearly(halves: pl.DataFrame, known: FiguresKnown, thresholds: Thresholds) -> pl.DataFrame:
    """The gaps of Regulation 213 in the latest half-year; the remark's in the latest second one, the year's."""
    year_ends = halves.filter(pl.col("period").str.ends_with("H2"))
    return pl.concat(
        [
            *(_gap(halves, gap, known, thresholds.r213_share, 1) for gap in OF_HALVES),
            _gap(year_ends, OF_YEARS, known, thresholds.r213_share, 1),
        ]
    )


def no_activity(months: pl.DataFrame, known: FiguresKnown, thresholds: Thresholds) -> pl.DataFrame:
    """Away without temporary activity and not exempt, above the set share."""
    return _gap(months, OF_MONTHS, known, thresholds.away_share, thresholds.small_count)


def _gap(rows: pl.DataFrame, gap: Gap, known: FiguresKnown, share: float, fewest: int) -> pl.DataFrame:
    """Count a gap as a range: the form does not tell kinds of exemption apart. For the least count all exempt are taken
    off, commune by commune, since each may be one of those counted; for the most, none."""
    exempt = pl.col(gap.exempt) if gap.exempt else pl.lit(0)
    counted = (
        latest(rows)
        .with_columns(most=pl.col(gap.base) - pl.sum_horizontal(*gap.less), base=pl.col(gap.base))
        .with_columns(least=pl.max_horizontal(pl.lit(0), pl.col("most") - exempt))
    )
    sums = (
        by_reporter(known, counted)
        .group_by("night", "above", "period")
        .agg(in_communes=pl.col("least").sum(), communes=largest(known, "least", fewest=1))
    )
    units = (
        counted.filter(pl.col("level") == known.level)
        .join(sums, left_on=["night", "unit_id", "period"], right_on=["night", "above", "period"], how="left")
        .with_columns(least=pl.max_horizontal("least", "in_communes"))
        .with_columns(stands=(pl.col("least") > share * pl.col("base")) & (pl.col("least") >= fewest))
    )
    return as_readings(units, gap.kind, (*gap.figures, *_communes(known)))


def out_of_contact(months: pl.DataFrame, known: FiguresKnown, thresholds: Thresholds) -> pl.DataFrame:
    """No exchange noted above the set share, in the latest month and in the one before.

    The two months' counts are sums of each: they say nothing of who was counted in both. Communes are named from the
    small count on.
    """
    count = pl.col("away_out_of_contact")
    pairs = _with_the_month_before(months)
    named = (
        by_reporter(known, pairs)
        .group_by("night", "above", "period")
        .agg(communes=largest(known, "away_out_of_contact", fewest=thresholds.small_count))
    )
    units = (
        pairs.filter(pl.col("level") == known.level)
        .join(named, left_on=["night", "unit_id", "period"], right_on=["night", "above", "period"], how="left")
        .with_columns(
            least=count,
            most=count,
            base=pl.col("away_total"),
            stands=(count > thresholds.contact_share * pl.col("away_total"))
            & (pl.col("count_before") > thresholds.contact_share * pl.col("total_before"))
            & (pl.min_horizontal(count, "count_before") >= thresholds.small_count),
        )
    )
    figures = ("away_out_of_contact", "away_total", "before", "count_before", "total_before", *_communes(known))
    return as_readings(units, "away-out-of-contact", figures)


def _with_the_month_before(months: pl.DataFrame) -> pl.DataFrame:
    before = months.select(
        "night",
        "level",
        "unit_id",
        before="period",
        count_before="away_out_of_contact",
        total_before="away_total",
        whole_before="is_whole",
    )
    newest = latest(months)
    previous = {text: str(Period.parse(text).previous) for text in newest["period"].unique()}
    named = newest.with_columns(before=pl.Series([previous[text] for text in newest["period"]], dtype=pl.String))
    return named.join(before, on=["night", "level", "unit_id", "before"]).with_columns(
        is_whole=pl.col("is_whole") & pl.col("whole_before")
    )


def _communes(known: FiguresKnown) -> tuple[str, ...]:
    return () if known.level == "commune" else ("communes",)
