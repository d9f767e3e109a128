"""One month's figures under another month's title: independent witnesses agree on the other month."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from expectations.contract.periods import Period
from expectations.suites.slips.standing import Figures, FileAsSent, SentTable, Standing

# What a month opens with, and what the month before closed with.
OPENED = {"balance": ("members_opening", "members_closing"), "requests": ("pending_opening", "pending_closing")}
FEWEST_ROWS = 4
# Of the rows that can tell two months apart: as many must open as the other month did, so few as the title's.
SHARE, OTHER_SHARE = 0.75, 0.1


@dataclass(frozen=True, slots=True)
class Misdated:
    """A file whose figures are another month's than its title says.

    Attributes:
        period: the month they are of.
        rows: how many openings are those of that month and not of the title's.
    """

    period: Period
    rows: int


def misdated(file: FileAsSent, standing: Standing, named: Period | None) -> Misdated | None:
    """Whether the file's name, the month due and the openings agree on another month than the title's.

    A name that says no month is no witness against; one that says the title's is. A correction of an earlier month
    opens as that month did.

    Args:
        named: the month the file's name says, where it is not the title's.
    """
    due = Period.month_of(file.received_on).previous
    other = named or due
    if other == file.period or (named is None and _may_say(file.file_name, file.period)):
        return None
    is_owed = other < due and (file.reporter_code, other.number) not in standing.owners
    if other != due and not is_owed:
        return None
    told = [_openings(table, standing, file.period, other) for table in file.tables.values()]
    rows, agreeing, as_titled = (sum(one[at] for one in told) for at in (0, 1, 2))
    if agreeing < max(FEWEST_ROWS, SHARE * rows) or as_titled > OTHER_SHARE * rows:
        return None
    return Misdated(other, agreeing)


def _openings(table: SentTable, standing: Standing, titled: Period, other: Period) -> tuple[int, int, int]:
    """Of the rows whose opening can tell two months apart: how many, as the other month, as the title's."""
    if table.form.name not in OPENED:
        return 0, 0, 0
    opening, closing = (table.form.names.index(name) for name in OPENED[table.form.name])
    of_other = _handed_on(table, standing, other, opening, closing)
    of_titled = _handed_on(table, standing, titled, opening, closing)
    if np.isnan(of_titled).all():  # a month nobody knows; no month is nearer to the other than the one beside it
        of_titled = _handed_on(table, standing, other.previous, opening, closing)
    with np.errstate(invalid="ignore"):
        apart = np.abs(of_other - of_titled) > 0  # false where either is not known
    said = table.figures[:, opening]
    return int(apart.sum()), int((apart & (said == of_other)).sum()), int((apart & (said == of_titled)).sum())


def _handed_on(table: SentTable, standing: Standing, month: Period, opening: int, closing: int) -> Figures:
    """What a month opens with: the closing before it, else the opening that stands for it; NaN where neither does."""
    before, own = standing.before(table, month, 1), standing.before(table, month, 0)
    nothing = np.full(len(table.cells), np.nan)
    closed = nothing if before is None else before[:, closing]
    return np.where(np.isnan(closed), nothing if own is None else own[:, opening], closed)


def _may_say(name: str, period: Period) -> bool:
    """Whether a file's name may hold the month's number, in whatever spelling."""
    return any(str(period.first_month) in number for number in re.findall(r"\d+", name))
