"""The parts of the marts' SQL that list what the contract declares, each by the name that a query has for it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from itertools import chain, starmap

from expectations.contract.forms import (
    COMMUNES_MONTHLY,
    COMMUNES_OPEN,
    COMMUNES_YEARLY,
    FORM_OF,
    FORMS,
    MEASURES,
    MONTHLY,
    MONTHLY_MEASURES,
    YEARLY_MEASURES,
    Form,
)
from expectations.contract.indicators import INDICATORS, REPORTS, Indicator
from warehouse.marts.columns import Column
from warehouse.schema.comments import quoted

# Room for the indent of the line a list stands on, so that the generated files keep to the house's 120 columns.
_WIDTH = 112


def fragments(columns: Mapping[str, Column]) -> dict[str, str]:
    """What each `{name}` in a query stands for.

    Args:
        columns: the columns that are no measures, by name; the dictionary tells of them too.
    """
    return {
        "monthly_measures_once_settled": ",\n".join(map(_once_settled, MONTHLY_MEASURES)),
        "measures_of_regulation_213_once_settled": ",\n".join(map(_once_settled, FORMS["regulation_213"].names)),
        "indicators_of_regulation_213": _list(
            quoted(each.name) for each in INDICATORS if "regulation_213" in each.forms
        ),
        "measures_of_communes_by_month": _list(COMMUNES_MONTHLY),
        "measures_of_communes_by_year": _list(COMMUNES_YEARLY),
        "indicators_of_communes": _list(quoted(each.name) for each in INDICATORS if "commune" in each.levels),
        "yearly_indicators_of_people": _list(
            quoted(each.name) for each in INDICATORS if each.every == "year" and not each.is_of_communes
        ),
        "names_of_communes_at_once": _list(quoted(name) for name in (*COMMUNES_MONTHLY, *COMMUNES_OPEN)),
        "yearly_measures_as_shown": ",\n".join(map(_of_organisations, YEARLY_MEASURES)),
        **{f"measures_of_{form.name}": _list(form.names) for form in FORMS.values()},
        "sums_by_version": "\nUNION ALL\n".join(_sums_by_version(form) for form in FORMS.values()),
        "reports_of_the_same_cells": "\nJOIN ".join(starmap(_cells_of_reports, enumerate(MONTHLY))),
        "cells_with_every_monthly_form": "\nSEMI JOIN ".join(starmap(_standing, enumerate(MONTHLY))),
        # The figures of a year are computed from its January on, whenever the first report came.
        "first_month_due": "(SELECT coalesce(min(period), '') FROM derived.due)",
        "column_notes": _rows(chain(map(_of_measure, MEASURES), map(_of_column, columns.values()))),
        "indicator_notes": _rows(map(_of_indicator, INDICATORS)),
    }


def _list(names: Iterable[str]) -> str:
    return textwrap.fill(", ".join(names), _WIDTH, break_on_hyphens=False)


def _once_settled(name: str) -> str:
    """What communes show by month anyway cannot be told from the sums above them; the rest waits for all reports."""
    if name in COMMUNES_MONTHLY:
        return f"f.{name}"
    return f"CASE WHEN u.period IS NULL THEN f.{name} END AS {name}"


def _of_organisations(name: str) -> str:
    """Counts of organisations are shown of every unit; of people, of districts that report and of the province."""
    return f"y.{name}" if name in COMMUNES_OPEN else f"CASE WHEN y.is_of_many THEN y.{name} END AS {name}"


def _sums_by_version(form: Form) -> str:
    sums = textwrap.indent(_list(f"sum({name})::BIGINT AS {name}" for name in form.names), " " * 8)
    return (
        f"SELECT version_id, measure, value FROM (\n    SELECT version_id,\n{sums}\n"
        f"    FROM facts.{form.name} GROUP BY version_id\n"
        f") UNPIVOT (value FOR measure IN (\n{textwrap.indent(_list(form.names), ' ' * 4)}))"
    )


def _standing(number: int, form: Form) -> str:
    """The cells with a form that stands, of the reports that are not alike."""
    if not number:
        rows = f"(FROM facts.{form.name} WHERE superseded_at IS NULL) AS {form.name}"
        return f"{rows} ANTI JOIN alike USING (period, reporter_code)"
    return f"({_standing_rows(form, 'cell_code, period')}) AS {form.name} USING (cell_code, period)"


def _cells_of_reports(number: int, form: Form) -> str:
    """How many cells each report has in a form, and digests that are the same where the cells are."""
    rows = (
        "(\n    SELECT period, reporter_code, count(*) AS cells,\n"
        "        sum(hash(cell_code)::HUGEINT) AS total, bit_xor(hash(cell_code)) AS either\n"
        f"    FROM ({_standing_rows(form, 'cell_code, period, reporter_code')})\n    GROUP BY ALL\n) AS {form.name}"
    )
    return rows + (" USING (period, reporter_code, cells, total, either)" if number else "")


def _standing_rows(form: Form, columns: str) -> str:
    """A form's rows that stand; before it was asked for, those of the first form."""
    rows = f"SELECT {columns} FROM facts.{form.name} WHERE superseded_at IS NULL"
    if form.since:
        rows += f"\n    UNION ALL SELECT {columns} FROM facts.{MONTHLY[0].name} WHERE period < {quoted(form.since)}"
        rows += " AND superseded_at IS NULL"
    return rows


def _rows(rows: Iterable[tuple[str, ...]]) -> str:
    return ",\n".join(f"({', '.join(quoted(text) for text in row)})" for row in rows)


def _of_measure(name: str) -> tuple[str, ...]:
    measure = MEASURES[name]
    unit = f"{measure.unit_vi} / {measure.unit_en}"
    form = FORMS[FORM_OF[name]]
    summed = "tổng các chi bộ / sum over cells" if form.unit == "cell" else "tổng các xã / sum over communes"
    return name, unit, summed, f"facts.{form.name}", measure.privacy


def _of_column(column: Column) -> tuple[str, ...]:
    return column.name, column.unit, column.formula, column.source, column.privacy


def _of_indicator(each: Indicator) -> tuple[str, ...]:
    is_of_reports = each.forms == (REPORTS,)
    return (
        each.name,
        f"{each.label_vi}: {each.meaning_vi}",
        f"{each.label_en}: {each.meaning_en}",
        " / ".join(each.unit),
        each.formula,
        "marts.reporting_status" if is_of_reports else ", ".join(f"facts.{form}" for form in each.forms),
        each.privacy,
    )
