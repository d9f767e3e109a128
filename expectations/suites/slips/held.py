"""A table held against the rules, what the month before handed on, and its sender's past; each worked out once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from expectations.contract.forms import OF_CELLS, Form
from expectations.contract.periods import Period
from expectations.suites.slips.identities import Identities, carried, rules_of
from expectations.suites.slips.levels import Levels, levels_of
from expectations.suites.slips.standing import Figures, FileAsSent, Flags, SentTable, Standing


@dataclass(frozen=True, slots=True)
class Held:
    """One form of a file of a period, and what is known to hold it against.

    Attributes:
        rules: the contract's rules.
        residuals: what each rule comes to in each row.
        is_broken: in which rows a rule is broken.
        is_round: which figures are 10 or more and end in 0.
        ties: what the month before handed on; None where nothing is known.
        is_untied: which rows do not go on from it; None where nothing is known.
        levels: what the sender's past lets expect; None where too little is known.
    """

    table: SentTable
    standing: Standing
    period: Period
    rules: Identities
    residuals: Figures
    is_broken: Flags
    is_round: Flags
    ties: Identities | None
    is_untied: Flags | None
    levels: Levels | None

    @property
    def figures(self) -> Figures:
        return self.table.figures

    @property
    def form(self) -> str:
        return self.table.form.name

    @property
    def names(self) -> tuple[str, ...]:
        return self.table.form.names

    def before(self) -> Figures | None:
        """The figures of the period before, row by row."""
        return self.standing.before(self.table, self.period, 1)


def hold(files: Sequence[FileAsSent], standing: Standing) -> dict[int, list[Held]]:
    """Each form of some files of one period, by submission.

    What stands for that period itself says nothing of them, so the files may be each other's successors.
    """
    held: dict[int, list[Held]] = {file.submission_id: [] for file in files}
    for form in OF_CELLS:
        some = [file for file in files if form.name in file.tables]
        if some:
            for file, one in zip(some, _of_form(form, some, standing), strict=True):
                held[file.submission_id].append(one)
    return held


def _of_form(form: Form, files: Sequence[FileAsSent], standing: Standing) -> Iterator[Held]:
    """The form of each file: worked out on the rows of all, then parted."""
    period, tables = files[0].period, [file.tables[form.name] for file in files]
    figures = np.concatenate([table.figures for table in tables])
    with np.errstate(invalid="ignore"):
        is_round = (figures >= 10) & (np.floor(figures / 10) * 10 == figures)
    ties = carried(form, np.concatenate([table.cells for table in tables]), standing, period)
    is_untied = None if ties is None else ties.fails(ties.residuals(figures))[:, 0]
    begin = 0
    for file, table, levels in zip(files, tables, levels_of(tables, standing, period), strict=True):
        own = slice(begin, begin + len(table.cells))
        begin = own.stop
        rules = rules_of(file.tables, form)
        residuals = rules.residuals(table.figures)
        yield Held(
            table,
            standing,
            period,
            rules,
            residuals,
            np.asarray(rules.fails(residuals).any(axis=1), dtype=bool),
            is_round[own],
            None if ties is None else Identities(ties.coefficients, ties.rest[own], ties.is_equal),
            None if is_untied is None else is_untied[own],
            levels,
        )
