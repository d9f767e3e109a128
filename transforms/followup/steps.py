"""The steps of Regulation 213, and how many at each of them have not had the next: one count for items and marts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from expectations.contract.periods import Period

StepName = Literal["introduced", "registered", "attended", "remarked"]


@dataclass(frozen=True, slots=True)
class Step:
    """A step: those in `base` for whom `done` is to hold.

    Attributes:
        name: in the marts and settings.
        kind: the kind of matter that a gap in it is.
        base, done: measures of the half-yearly form.
        exempt: which of the exempt are taken off: those who may be exempt from introduction, the others, or none.
        is_yearly: whether the second half-year counts the whole year, and the first is not looked at.
    """

    name: StepName
    kind: str
    base: str
    done: str
    exempt: Literal["introduction", "activity"] | None = None
    is_yearly: bool = False

    @property
    def gap(self) -> pl.Expr:
        """How many are missing, the exempt taken off; never below 0."""
        left = pl.col(self.base) - pl.col(self.done)
        off = {"introduction": pl.col("r213_exempt"), "activity": _EXEMPT_FROM_ACTIVITY}.get(self.exempt or "")
        return left if off is None else pl.max_horizontal(pl.lit(0), left - off)

    def is_of(self, period: pl.Expr) -> pl.Expr:
        """Whether a half-year is looked at in this step."""
        return period.str.ends_with("H2") if self.is_yearly else pl.lit(value=True)

    def before(self, period: str) -> str:
        """The half-year that one is held against: the last, or the last year's second."""
        last = Period.parse(period).previous
        return str(last.previous if self.is_yearly else last)


@dataclass(frozen=True, slots=True)
class Count:
    """How many are missing, of how many."""

    gap: int
    base: int

    @property
    def share(self) -> float:
        """Of those who are not missing; 1 of nobody."""
        return 1 - self.gap / self.base if self.base else 1.0

    def without(self, other: Count) -> Count:
        return Count(self.gap - other.gap, self.base - other.base)


# The form has one count of both kinds of exempt. Who is exempt from introduction was not introduced: as many as were
# not are taken to be these, and only the others off those who should take part. So nobody is taken off twice.
_EXEMPT_FROM_ACTIVITY = pl.max_horizontal(
    pl.lit(0), pl.col("r213_exempt") - (pl.col("r213_subject") - pl.col("r213_introduced"))
)

STEPS = (
    Step("introduced", "r213-not-introduced", "r213_subject", "r213_introduced", "introduction"),
    Step("registered", "r213-not-registered", "r213_introduced", "r213_registered"),
    Step("attended", "r213-not-attended", "r213_registered", "r213_attended", "activity"),
    Step("remarked", "r213-not-remarked", "r213_registered", "r213_remarked", "activity", is_yearly=True),
)
"""The steps in their order."""

STEP_OF_KIND = {step.kind: step for step in STEPS}
