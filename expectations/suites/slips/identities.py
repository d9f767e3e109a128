"""The contract's rules, and what one month hands to the next, as linear forms over one form's columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from expectations.contract.forms import FORM_OF, FORMS, Form
from expectations.contract.periods import Period
from expectations.contract.rules import RULES, Rule
from expectations.suites.slips.standing import Figures, Flags, Indices, SentTable, Standing

_TERM = re.compile(r"([+-]?)\s*([a-z_0-9]+)")

# A stock that a month opens with, or that its movements add to, against what the month before closed with.
CARRIED: dict[str, tuple[dict[str, int], str]] = {
    "balance": ({"members_opening": 1}, "members_closing"),
    "requests": ({"pending_opening": 1}, "pending_closing"),
    "away": ({"away_total": 1, "away_started": -1, "away_returned": 1}, "away_total"),
}


@dataclass(frozen=True, slots=True)
class Identities:
    """Conditions on each row of a form: `figures @ coefficients + rest` must be 0, or at most 0.

    Attributes:
        coefficients: a row a measure of the form, a column a condition.
        rest: a row a row of the table, a column a condition; NaN where it cannot be judged.
        is_equal: of each condition, whether the sum must be 0.
    """

    coefficients: Figures
    rest: Figures
    is_equal: Flags

    def residuals(self, figures: Figures) -> Figures:
        """What each condition comes to in each row; NaN where a figure it reads is not known."""
        is_unknown = np.isnan(figures)
        sums = np.where(is_unknown, 0.0, figures) @ self.coefficients + self.rest
        return np.where(is_unknown @ (self.coefficients != 0), np.nan, sums)

    def fails(self, residuals: Figures) -> Flags:
        """Where a condition does not hold; one that cannot be judged is not failed."""
        with np.errstate(invalid="ignore"):
            return np.where(self.is_equal, residuals != 0, residuals > 0) & ~np.isnan(residuals)


@cache
def coefficients_of(rule: Rule) -> Mapping[str, int]:
    """What a rule adds up: its `found` less its `expected`, by measure."""
    sums: dict[str, int] = {}
    for side, factor in ((rule.found, 1), (rule.expected, -1)):
        for sign, name in _TERM.findall(side):
            sums[name] = sums.get(name, 0) + factor * (-1 if sign == "-" else 1)
    return sums


def rules_of(tables: Mapping[str, SentTable], form: Form) -> Identities:
    """The contract's rules on a form's rows; figures of another form are those of the cell's row there."""
    table = tables[form.name]
    known = _known_rules(form.name, frozenset(tables))
    rest = np.zeros((len(table.cells), len(known.is_equal)))
    for at, name, factor in known.elsewhere:
        rest[:, at] += factor * _column(tables[FORM_OF[name]], name, table)
    return Identities(known.coefficients, rest, known.is_equal)


@dataclass(frozen=True, slots=True)
class _KnownRules:
    """The rules on a form in a file with certain forms: as of `Identities`, and what they read of other forms.

    Attributes:
        elsewhere: the place of a condition, a measure of another form, and its factor.
    """

    coefficients: Figures
    is_equal: Flags
    elsewhere: tuple[tuple[int, str, int], ...]


@cache
def _known_rules(form: str, sent: frozenset[str]) -> _KnownRules:
    rules = [rule for rule in RULES if form in rule.forms and sent.issuperset(rule.forms)]
    names = FORMS[form].names
    coefficients = np.zeros((len(names), len(rules)))
    elsewhere: list[tuple[int, str, int]] = []
    for at, rule in enumerate(rules):
        for name, factor in coefficients_of(rule).items():
            if FORM_OF[name] == form:
                coefficients[names.index(name), at] = factor
            else:
                elsewhere.append((at, name, factor))
    is_equal = np.array([rule.op == "=" for rule in rules], dtype=bool)
    return _KnownRules(coefficients, is_equal, tuple(elsewhere))


def _column(other: SentTable, name: str, table: SentTable) -> Figures:
    """A measure of another form, in the order of a table; NaN where the cell has no row there."""
    column: Figures = other.figures[:, FORMS[FORM_OF[name]].names.index(name)]
    if np.array_equal(other.cells, table.cells):
        return column
    known = dict(zip(other.cells.tolist(), column, strict=True))
    return np.array([known.get(cell, np.nan) for cell in table.cells.tolist()])


def carried(form: Form, cells: Indices, standing: Standing, period: Period) -> Identities | None:
    """What the month before closed with against what this one says of it; None where nothing is known."""
    last = standing.plane(form, period, 1) if form.name in CARRIED else None
    if last is None:
        return None
    sums, closing = CARRIED[form.name]
    coefficients = np.array([[float(sums.get(name, 0))] for name in form.names])
    return Identities(coefficients, -last[cells, form.names.index(closing), None], np.array([True]))
