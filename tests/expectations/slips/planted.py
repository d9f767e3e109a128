"""Slips planted into a true report: what a hand does, and what must be told of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from expectations.contract.forms import FORMS, MONTHLY
from tests.expectations.slips.invented_years import Ints, Report, with_figures

FEWEST_ROWS = 4  # that a slip changes; of fewer nothing is asked


@dataclass(frozen=True)
class Planted:
    """A report with a slip.

    Attributes:
        kind: the cause that must be told.
        what: which columns, form or month.
        rows: how many rows differ from the true report's.
    """

    report: Report
    kind: str
    what: str
    rows: int


def every_slip(random: np.random.Generator, report: Report, before: Report) -> Iterator[Planted]:
    """Every slip of each kind that changes enough rows; a wrong title last, as it is another month's report.

    Args:
        before: the sender's report of the month before.
    """
    found = [*_exchanges(report), *_tens(random, report), *_shifts(random, report), *_pastes(random, report)]
    yield from (one for one in [*found, *_titles(report, before)] if one.rows >= FEWEST_ROWS)


def _changed(report: Report, form: str, figures: Ints, kind: str, what: str) -> Planted:
    rows = int((figures != report.figures[form]).any(axis=1).sum())
    return Planted(with_figures(report, form, figures), kind, what, rows)


def _exchanges(report: Report) -> Iterator[Planted]:
    for form, figures in report.figures.items():
        names = FORMS[form].names
        for one, other in combinations(range(len(names)), 2):
            changed = figures.copy()
            changed[:, [one, other]] = figures[:, [other, one]]
            yield _changed(report, form, changed, "columns-swapped", f"{names[one]} {names[other]}")


def _tens(random: np.random.Generator, report: Report) -> Iterator[Planted]:
    for form, figures in report.figures.items():
        for at, name in enumerate(FORMS[form].names):
            changed = figures.copy()
            changed[:, at] *= 10
            yield _changed(report, form, changed, "factor-of-ten", f"column {name}")
        filled = np.flatnonzero((figures > 0).sum(axis=1) >= 3)
        if len(filled) >= FEWEST_ROWS:
            changed = figures.copy()
            changed[random.choice(filled, FEWEST_ROWS, replace=False)] *= 10
            yield _changed(report, form, changed, "factor-of-ten", f"rows of {form}")


def _shifts(random: np.random.Generator, report: Report) -> Iterator[Planted]:
    """Figures slid by a row from some row on, the last one coming out on top."""
    for form, figures in report.figures.items():
        first = int(random.integers(0, len(figures) // 2))
        for step, way in ((1, "down"), (-1, "up")):
            changed = figures.copy()
            changed[first:] = np.roll(figures[first:], step, axis=0)
            yield _changed(report, form, changed, "rows-shifted", f"{form} {way}")


def _pastes(random: np.random.Generator, report: Report) -> Iterator[Planted]:
    blocks: dict[str, list[int]] = {}
    for at, cell in enumerate(report.cells):
        blocks.setdefault(cell.partition("-")[0], []).append(at)
    long = [rows for rows in blocks.values() if len(rows) >= FEWEST_ROWS]
    if len(long) < 2:
        return
    one, other = random.choice(len(long), 2, replace=False)
    length = min(len(long[one]), len(long[other]))
    for form, figures in report.figures.items():
        changed = figures.copy()
        changed[long[other][:length]] = figures[long[one][:length]]
        yield _changed(report, form, changed, "block-twice", form)


def _titles(report: Report, before: Report) -> Iterator[Planted]:
    """The month before's title left standing, or last year's; the file's name is right."""
    opening = FORMS["balance"].names.index("members_opening")
    opened = dict(zip(before.cells, before.figures["balance"][:, opening], strict=True))
    now = zip(report.cells, report.figures["balance"][:, opening], strict=True)
    rows = sum(opened.get(cell, figure) != figure for cell, figure in now)
    for back in (1, 12):
        wrong = report.period.plus(-back)
        figures = {form.name: report.figures[form.name] for form in MONTHLY}
        titled = replace(report, period=wrong, figures=figures, named=report.period)
        yield Planted(titled, "period-doubtful", f"{back} months before", rows)
