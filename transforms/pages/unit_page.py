"""A unit's page: where it stands among all units, how it went, its balance, who is away, why people ask to leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from expectations.contract.forms import MEASURES
from expectations.contract.indicators import INDICATOR_OF, MAIN_INDICATORS, Indicator
from expectations.contract.problems import label_of
from expectations.contract.rules import GRADES
from expectations.language import numbers
from expectations.language.catalogue import Language, PeriodCode, text
from transforms.alerts.phrases import noun
from transforms.drawing.bar_charts import BalanceStep, Counted, bar_chart, stages_chart, waterfall_chart
from transforms.drawing.figures import Drawing, UnitFigure
from transforms.drawing.scales import month_number
from transforms.drawing.spine_chart import SpineRow, spine_chart
from transforms.drawing.trend_chart import trend_chart
from transforms.followup.step_words import target_in_words
from transforms.pages.unit_figures import (
    Href,
    PageUnit,
    Row,
    indicators_of,
    kinds_of,
    level_figures,
    month_figures,
    province_value,
    quantity_of,
    since_known,
    unit_figures,
)
from transforms.trends.season import tet_months
from transforms.trends.wording import trend_words

AWAY = ("away_in_province", "away_other_province", "away_abroad")
REASONS = ("reason_work_away", "reason_family", "reason_health", "reason_other")
STAGES = ("r213_subject", "r213_introduced", "r213_registered", "r213_attended", "r213_remarked")
YEAR_FLOWS = (
    "admitted",
    "restored",
    "transferred_in",
    "transferred_out",
    "died",
    "expelled",
    "struck_off",
    "left_on_request",
)
HEADS = ("hamlet_cells", "secretary_is_head", "secretary_head_under_40")
TRAINED = ("committees", "committees_trained")
REASON_SHARES = tuple(f"{reason}_share" for reason in REASONS)
Periods = Mapping[tuple[str, str], str]
"""The last period of an indicator, by its name and the kind of period."""


def main_indicators(level: str) -> list[Indicator]:
    """Those of a unit's page: the main ones of a district, all that are published by month of a commune."""
    published = indicators_of(level)
    return list(published) if level == "commune" else [one for one in published if one.name in MAIN_INDICATORS]


def wanted_periods(indicators: Iterable[Indicator], last: Periods) -> list[tuple[str, str, str]]:
    """Name, kind and last period of each indicator that has any."""
    found = [(one.name, kinds_of(one)[0]) for one in indicators]
    return [(name, kind, last[name, kind]) for name, kind in found if (name, kind) in last]


@dataclass(frozen=True, slots=True)
class SpreadRow:
    """An indicator of all units of a level at one period, and the province's value; null where there is none."""

    indicator: Indicator
    kind: str
    period: str
    figures: Sequence[UnitFigure]
    province: float | None


Spread = tuple[SpreadRow, ...]


def spread_of(units: Sequence[PageUnit], rows: pl.DataFrame, wanted: Sequence[tuple[str, str, str]]) -> Spread:
    """All units by each of the wanted indicators.

    Args:
        units: all of a level.
        rows: marts.indicator at the wanted periods, with the column indicator.
    """
    found = []
    for name, kind, period in wanted:
        own, indicator = rows.filter(pl.col("indicator") == name), INDICATOR_OF[name]
        figures = unit_figures(own, units, lambda code: None)
        province = province_value(own) if indicator.denominator else None  # of a count it is the sum, no yardstick
        found.append(SpreadRow(indicator, kind, period, figures, province))
    return tuple(found)


def against_all(unit: PageUnit, spread: Spread, language: Language, href: Href) -> Drawing | None:
    """The unit among all units of its level; null where nothing is published.

    Args:
        href: where an indicator's page is.
    """
    rows = [
        SpineRow(
            quantity=quantity_of(row.indicator, language, row.period, row.kind),
            unit=next(one for one in row.figures if one.code == unit.code),
            units=row.figures,
            province=row.province,
            href=href(row.indicator.name),
        )
        for row in spread
    ]
    return spine_chart(unit.name, rows) if rows else None


@dataclass(frozen=True, slots=True)
class UnitTrend:
    """An indicator of a unit by month: its chart, and what its trend is in words; "" where none is fitted."""

    drawing: Drawing
    says: str


def unit_trends(
    unit: PageUnit, months: pl.DataFrame, trends: pl.DataFrame, alerts: Sequence[Row], language: Language
) -> list[UnitTrend]:
    """The months of each main indicator, with the level that season and Tết are taken out of.

    Args:
        months: rows of marts.indicator of the unit and the province, by month.
        trends: the unit's rows of marts.trend.
        alerts: rows of alerts.alert of the unit; empty where they are not told.
    """
    found = []
    by_indicator = months.partition_by("indicator", "level", as_dict=True)
    fits = trends.partition_by("indicator", as_dict=True)
    for one in main_indicators(unit.level):
        own = since_known(month_figures(by_indicator.get((one.name, unit.level), months.head(0))))
        if not own:
            continue
        first, last = own[0].period, own[-1].period
        province = by_indicator.get((one.name, "province"), months.head(0)).filter(pl.col("period") >= first)
        fitted = fits.get((one.name,), trends.head(0)).filter(pl.col("period") >= first)
        drawing = trend_chart(
            unit.name,
            quantity_of(one, language),
            own,
            month_figures(province, with_interval=False) if one.denominator else (),
            tet_months(month_number(first), month_number(last)),
            alerts=_alerted(one, alerts, language),
            level=level_figures(fitted),
        )
        found.append(UnitTrend(drawing, trend_says(fitted, language)))
    return found


def trend_says(trend: pl.DataFrame, language: Language) -> str:
    """The last row of a unit's trend in a sentence; "" where there is none, or too little is known for one."""
    if trend.is_empty() or trend["slope_lower"][-1] is None:
        return ""
    words = trend_words(trend.row(-1, named=True), language)
    key = "portal.figures.trend.since" if words.since else "portal.figures.trend"
    said = text(
        key,
        language,
        level=f"{words.level} {words.per}".strip(),
        word=words.word,
        since=words.since,
        change=words.change,
        limits=words.limits,
    )
    return " ".join(said.split())


def _alerted(indicator: Indicator, alerts: Sequence[Row], language: Language) -> dict[str, str]:
    told = [one for one in alerts if one["indicator"] == indicator.numerator]
    return {
        one["last_period"]: f"{text('kind.' + one['kind'], language)}: {noun(one['indicator'], language)}"
        for one in told
    }


def balance_chart(unit: PageUnit, rows: pl.DataFrame, language: Language) -> Drawing | None:
    """Twelve months from opening to closing; null where they are not known.

    Args:
        rows: period, step, value, running of marts.waterfall, in order.
    """
    if rows.is_empty():
        return None
    ends = ("members_opening", "members_closing")
    steps = [
        BalanceStep(
            name=text("portal.unit.unexplained", language)
            if row["step"] == "unexplained"
            else label_of(row["step"], language),
            kind="whole" if row["step"] in ends else "open" if row["step"] == "unexplained" else "flow",
            value=row["value"],
            running=row["running"],
        )
        for row in rows.iter_rows(named=True)
    ]
    title = text("portal.unit.balance.title", language, unit=unit.name, month=PeriodCode(rows["period"][0]))
    return waterfall_chart(title, steps, language, "unit-balance")


def away_chart(unit: PageUnit, month: Row | None, language: Language) -> Drawing | None:
    """Where those away are at a month's end; null where it is not known."""
    if month is None:
        return None
    title = text("portal.unit.away.title", language, unit=unit.name, month=PeriodCode(month["period"]))
    return bar_chart(title, _counted(month, AWAY, (), language), language, "unit-away")


def reasons_chart(unit: PageUnit, rows: pl.DataFrame, language: Language) -> Drawing | None:
    """Why people asked to leave in twelve months; null where it is not known.

    Args:
        rows: marts.indicator of the reasons' shares at one period, with the column indicator.
    """
    own = {row["indicator"]: row for row in rows.filter(pl.col("unit_code") == unit.code).iter_rows(named=True)}
    if not own:
        return None
    counts = [
        Counted(name=label_of(reason, language), count=_whole(own.get(f"{reason}_share", {}).get("numerator")))
        for reason in REASONS
    ]
    return bar_chart(text("portal.unit.reasons.title", language, unit=unit.name), counts, language, "unit-reasons")


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def year_charts(unit: PageUnit, year: Row | None, language: Language) -> list[Drawing]:
    """A commune's flows and reasons of a year, as they are published: small counts and others with them hidden."""
    if year is None:
        return []
    hidden = tuple(year["suppressed"] or ())
    titles = {"portal.unit.year.flows": YEAR_FLOWS, "portal.unit.year.reasons": REASONS}
    return [
        bar_chart(
            text(key, language, unit=unit.name, year=str(year["year"])),
            _counted(year, measures, hidden, language),
            language,
            f"unit-year-{place}",
        )
        for place, (key, measures) in enumerate(titles.items())
    ]


def organisation_charts(unit: PageUnit, year: Row | None, language: Language) -> list[Drawing]:
    """The yearly form: secretaries where they are told, cell committees trained, and the grades of committees."""
    if year is None:
        return []
    about = {"unit": unit.name, "year": str(year["period"])}
    drawings = [
        stages_chart(
            text(f"portal.unit.organisation.{key}", language, **about),
            _counted(year, measures, (), language),
            language,
            f"unit-organisation-{key}",
            of_what=MEASURES[measures[0]].unit_vi if language == "vi" else MEASURES[measures[0]].unit_en,
        )
        for key, measures in (("heads", HEADS), ("trained", TRAINED))
        if all(year[one] is not None for one in measures)
    ]
    title = text("portal.unit.organisation.grades", language, committees=year["units_reported"], **about)
    return [*drawings, bar_chart(title, _counted(year, GRADES, (), language), language, "unit-organisation-grades")]


def _counted(row: Row, measures: Iterable[str], hidden: Sequence[str], language: Language) -> list[Counted]:
    return [Counted(name=label_of(one, language), count=row[one], is_hidden=one in hidden) for one in measures]


def stages(unit: PageUnit, half: Row | None, language: Language) -> Drawing | None:
    """Regulation 213 from those it is about to those remarked on; null where nothing was reported."""
    if half is None:
        return None
    title = text("portal.unit.stages.title", language, unit=unit.name, half=PeriodCode(half["period"]))
    return stages_chart(title, _counted(half, STAGES, (), language), language, "unit-stages")


def gap_rows(rows: pl.DataFrame, language: Language) -> list[Row]:
    """Each step of Regulation 213: how many are missing, the share, its change and the board's own target, in words.

    Args:
        rows: of marts.regulation_213_gap, of one unit, one a step.
    """
    return [
        {
            "step": text(f"portal.unit.gap.{row['step']}", language),
            "half": numbers.period(row["half"][:4] if row["step"] == "remarked" else row["half"], language),
            "missing": text(
                "portal.unit.gap.missing",
                language,
                n=numbers.count(row["denominator"] - row["numerator"], language),
                base=numbers.count(row["denominator"], language),
            ),
            "share": numbers.share(row["share"], language),
            "limits": numbers.between(*(numbers.share(row[end], language, 0) for end in ("lower", "upper"))),
            "change": text("portal.unit.gap.points", language, n=numbers.change(_points(row["change"]), language))
            if row["change"] is not None
            else numbers.UNKNOWN,
            "target": target_in_words(row["target"], language),
            "is_below": row["share"] is not None and row["share"] < row["target"],
        }
        for row in rows.iter_rows(named=True)
    ]


def _points(change: float) -> float:
    """A change of a share in percentage points."""
    return round(100 * change, 1)


def reporting_says(rows: pl.DataFrame, language: Language) -> str:
    """How a unit reported, in a sentence."""
    due = rows.filter(pl.col("state") != "not_due")
    if due.is_empty():
        return text("portal.unit.reporting.none", language)
    count = {
        state: due.filter(pl.col("state") == state).height for state in ("reported", "late", "rejected", "missing")
    }
    return text("portal.unit.reporting.says", language, due=due.height, **count)
