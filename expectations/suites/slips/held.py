"""A table held against the rules, what the month before handed on, and its sender's past; each worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from expectations.contract.periods import Period
from expectations.suites.slips.identities import Identities, carried, rules_of
from expectations.suites.slips.levels import Levels, levels_of
from expectations.suites.slips.standing import Figures, Flags, SentTable, Standing


@dataclass(frozen=True)
class Held:
    """One form of a file of a period, and what is known to hold it against."""

    tables: Mapping[str, SentTable]
    table: SentTable
    standing: Standing
    period: Period

    @property
    def figures(self) -> Figures:
        return self.table.figures

    @property
    def form(self) -> str:
        return self.table.form.name

    @property
    def names(self) -> tuple[str, ...]:
        return self.table.form.names

    @cached_property
    def rules(self) -> Identities:
        """The contract's rules."""
        return rules_of(self.tables, self.table.form)

    @cached_property
    def is_broken(self) -> Flags:
        """In which rows a rule is broken."""
        return np.asarray(self.rules.fails(self.residuals).any(axis=1), dtype=bool)

    @cached_property
    def residuals(self) -> Figures:
        """What each rule comes to in each row."""
        return self.rules.residuals(self.figures)

    @cached_property
    def ties(self) -> Identities | None:
        """What the month before handed on; None where nothing is known."""
        return carried(self.table, self.standing, self.period)

    @cached_property
    def is_untied(self) -> Flags | None:
        """Which rows do not go on from the month before; None where nothing is known."""
        return None if self.ties is None else self.ties.fails(self.ties.residuals(self.figures))[:, 0]

    @cached_property
    def levels(self) -> Levels | None:
        """What the sender's past lets expect; None where too little is known."""
        return levels_of(self.table, self.standing, self.period)

    def before(self) -> Figures | None:
        """The figures of the period before, row by row."""
        return self.standing.before(self.table, self.period, 1)
