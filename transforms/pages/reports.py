"""The grid of reports, and what a file changed in the figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.contract.forms import FORMS
from expectations.contract.problems import label_of
from expectations.language.catalogue import Language


@dataclass(frozen=True, slots=True)
class ReporterRow:
    """A reporter's states by month, in the order of the grid's months; null where none was due from it."""

    code: str
    name: str
    states: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class ReportGrid:
    """Units by months, the latest first: a row a reporter, and how many are in each state in the latest month."""

    months: tuple[str, ...]
    rows: tuple[ReporterRow, ...]
    latest: Mapping[str, int]


def report_grid(states: pl.DataFrame) -> ReportGrid:
    """The grid of some months.

    Args:
        states: rows of marts.reporting_status; reporters stand in the order of the rows.
    """
    months = tuple(sorted(states["period"].unique(), reverse=True))
    found: dict[str, dict[str, str]] = {}
    names: dict[str, str] = {}
    for row in states.iter_rows(named=True):
        found.setdefault(row["reporter_code"], {})[row["period"]] = row["state"]
        names[row["reporter_code"]] = row["reporter_name"]
    rows = tuple(ReporterRow(code, names[code], tuple(map(of.get, months))) for code, of in found.items())
    latest = states.filter(pl.col("period") == months[0])["state"].value_counts() if months else states.head(0)
    return ReportGrid(months, rows, dict(latest.iter_rows()) if months else {})


@dataclass(frozen=True, slots=True)
class ChangedFigure:
    """A figure that a file changes: null before where none stood, null after where the file has none.

    `unit` is the cell's name, or that of the commune whose row it is; `commune` is then empty.
    """

    form: str
    commune: str
    unit: str
    measure: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class ChangedTotal:
    """The sum over the units of a measure that a file changes."""

    form: str
    measure: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What a file changes against the figures before it; `is_first` where there were none at all."""

    totals: tuple[ChangedTotal, ...]
    figures: tuple[ChangedFigure, ...]
    is_first: bool


def changes(
    before: pl.DataFrame, after: pl.DataFrame, names: Mapping[str, tuple[str, str]], language: Language
) -> Changes:
    """What differs, in the contract's order of forms and measures.

    Args:
        before, after: form, unit_code, measure, value; a figure that is not reported has no row.
        names: the name of each unit and of the commune it lies in; a unit without one is called by its code.
    """
    key = ["form", "unit_code", "measure"]
    both = before.join(after, on=key, how="full", coalesce=True, suffix="_after")
    differing = both.filter(pl.col("value").ne_missing(pl.col("value_after"))).to_dicts()
    place = {name: at for at, name in enumerate(name for form in FORMS.values() for name in form.names)}
    differing.sort(key=lambda row: (place[row["measure"]], names.get(row["unit_code"], ("", ""))[1], row["unit_code"]))
    return Changes(
        _totals(before, after, place, language), tuple(_figures(differing, names, language)), before.is_empty()
    )


def _figures(
    rows: Sequence[Mapping[str, Any]], names: Mapping[str, tuple[str, str]], language: Language
) -> Iterable[ChangedFigure]:
    for row in rows:
        unit, commune = names.get(row["unit_code"], (row["unit_code"], ""))
        form, measure = (label_of(row[name], language) for name in ("form", "measure"))
        yield ChangedFigure(form, commune, unit, measure, row["value"], row["value_after"])


def _totals(
    before: pl.DataFrame, after: pl.DataFrame, place: Mapping[str, int], language: Language
) -> tuple[ChangedTotal, ...]:
    sums = _sums(before).join(_sums(after), on=["form", "measure"], how="full", coalesce=True, suffix="_after")
    told = sums.fill_null(0).filter(pl.col("value") != pl.col("value_after")).to_dicts()
    told.sort(key=lambda row: place[row["measure"]])
    return tuple(
        ChangedTotal(
            label_of(row["form"], language), label_of(row["measure"], language), row["value"], row["value_after"]
        )
        for row in told
    )


def _sums(figures: pl.DataFrame) -> pl.DataFrame:
    return figures.group_by("form", "measure").agg(pl.col("value").sum())
