"""An indicator's page: all units over time and ranked, against their size, the province; and the same as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import xlsxwriter

from expectations.contract.indicators import Indicator
from expectations.language.catalogue import Language, text
from transforms.drawing.figures import Drawing, MonthFigure
from transforms.drawing.funnel_plot import funnel_plot
from transforms.drawing.ranked_dots import ranked_dots
from transforms.drawing.scales import month_number
from transforms.drawing.small_multiples import UnitMonths, small_multiples
from transforms.drawing.trend_chart import trend_chart
from transforms.pages.unit_figures import (
    Href,
    PageUnit,
    in_words,
    label,
    level_figures,
    month_figures,
    province_value,
    quantity_of,
    since_known,
    size_of,
    unit_figures,
)
from transforms.trends.season import tet_months

COLUMNS = ("code", "unit", "indicator", "period", "numerator", "denominator", "value", "lower", "upper")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With one of these a cell begins that a spreadsheet may take for a formula."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What an indicator's page shows.

    Attributes:
        indicator, level, kind, period: which, of which units, by which kind of period, and the period.
        units: all of the level.
        rows: marts.indicator at the period.
        series: marts.indicator of the last periods.
    """

    indicator: Indicator
    level: str
    kind: str
    period: str
    units: Sequence[PageUnit]
    rows: pl.DataFrame
    series: pl.DataFrame


def ranked(seen: Seen, language: Language, href: Href) -> Drawing:
    """The units from the highest to the lowest, with their intervals."""
    quantity = quantity_of(seen.indicator, language, seen.period, seen.kind)
    figures = unit_figures(seen.rows, seen.units, href)
    return ranked_dots(quantity, figures, _reference(seen), name="ranks")


def _reference(seen: Seen) -> float | None:
    """The province's value, where units can be held against it: not for counts, of which it is the sum."""
    return province_value(seen.rows) if seen.indicator.denominator else None


def funnel(seen: Seen, language: Language, href: Href) -> Drawing | None:
    """The units against their size; null for what is no proportion."""
    quantity = quantity_of(seen.indicator, language, seen.period, seen.kind)
    if not quantity.is_proportion:
        return None
    figures = unit_figures(seen.rows, seen.units, href)
    return funnel_plot(quantity, figures, _reference(seen), size_of(seen.indicator, language))


def multiples(seen: Seen, language: Language, href: Href) -> Drawing:
    """Each unit over time; in one scale where its size does not tell, as it does of counts."""
    own = {code: rows for (code,), rows in seen.series.partition_by("unit_code", as_dict=True).items()}
    empty = seen.series.head(0)
    units = [
        UnitMonths(
            code=one.code,
            name=one.name,
            months=month_figures(own.get(one.code, empty), with_interval=False),
            href=href(one.code),
        )
        for one in seen.units
    ]
    # With hundreds of pictures on a page the province's line in each would double its size.
    is_few = seen.level == "district" and bool(seen.indicator.denominator)
    return small_multiples(
        quantity_of(seen.indicator, language),
        units,
        _province(seen) if is_few else (),
        seen.period,
        has_own_scales=not seen.indicator.denominator,
    )


def _province(seen: Seen, with_interval: bool = False) -> list[MonthFigure]:
    return month_figures(seen.series.filter(pl.col("level") == "province"), with_interval=with_interval)


def province_series(seen: Seen, trend: pl.DataFrame, language: Language) -> Drawing | None:
    """The province by month, with the level that season and Tết are taken out of; null for half-years.

    Args:
        trend: the province's rows of marts.trend of the indicator; they are of months, and told of those only.
    """
    months = since_known(_province(seen, with_interval=True))
    if seen.kind == "half" or not months:
        return None
    first, last = months[0].period, months[-1].period
    level = level_figures(trend.filter(pl.col("period") >= first))
    return trend_chart(
        text("portal.figures.province", language),
        quantity_of(seen.indicator, language),
        months,
        tet=tet_months(month_number(first), month_number(last)) if seen.kind == "month" else (),
        level=level if seen.kind == "month" else (),
    )


def _table(seen: Seen, language: Language) -> list[list[str | float | None]]:
    """The page's figures with a row of headings; of the province last."""
    name = label(seen.indicator, language)
    period = in_words(seen.kind, seen.period, language)
    found = {row["unit_code"]: row for row in seen.rows.iter_rows(named=True)}
    lines: list[list[str | float | None]] = [[text(f"portal.figures.column.{one}", language) for one in COLUMNS]]
    province = [row for row in found.values() if row["level"] == "province"]
    named = [(one.code, one.name, found.get(one.code, {})) for one in seen.units]
    named += [(row["unit_code"], text("portal.figures.province", language), row) for row in province]
    for code, unit, row in named:
        numbers = [row.get(one) for one in ("numerator", "denominator", "value", "lower", "upper")]
        lines.append([code, unit, name, period, *numbers])
    return lines


def as_csv(seen: Seen, language: Language) -> bytes:
    """The figures for any spreadsheet: UTF-8 with its mark, no cell that could be taken for a formula."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerows([[_harmless(cell) for cell in line] for line in _table(seen, language)])
    return written.getvalue().encode("utf-8-sig")


def _harmless(cell: str | float | None) -> str | float | None:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def as_xlsx(seen: Seen, language: Language) -> bytes:
    """The figures as a workbook: texts as texts, numbers as numbers, headings kept in sight."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet(text("portal.figures.sheet", language))
        bold = book.add_format({"bold": True, "bottom": 1})
        for place, line in enumerate(_table(seen, language)):
            sheet.write_row(place, 0, ["" if cell is None else cell for cell in line], bold if place == 0 else None)
        sheet.freeze_panes(1, 2)
        sheet.set_column(1, 3, 26)
        sheet.set_column(4, 8, 12)
    return buffer.getvalue()
