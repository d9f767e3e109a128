"""An attacker with everything that is published: bounds of each hidden figure by linear programming."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from scipy.optimize import linprog
from scipy.sparse import coo_array

from transforms.disclosure import FLOWS
from transforms.disclosure.moves import DOWN, REASONS, UP

PLACE = ["commune", "today_commune", "district", "today_district"]
ROW = {"reported": "commune", "today": "today_commune"}
Name = tuple[str | None, ...]


@dataclass
class Program:
    """Unknown counts, one a place, time and measure, and the equations between them."""

    names: dict[Name, int] = field(default_factory=dict)
    entries: list[tuple[int, int, float]] = field(default_factory=list)
    right: list[float] = field(default_factory=list)
    below: list[tuple[int, int]] = field(default_factory=list)

    def _number(self, name: Name) -> int:
        return self.names.setdefault(name, len(self.names))

    def equal(self, terms: dict[Name, float], value: float) -> None:
        self.entries += [(len(self.right), self._number(name), factor) for name, factor in terms.items()]
        self.right.append(value)

    def not_above(self, part: Name, whole: Name) -> None:
        self.below.append((self._number(part), self._number(whole)))

    def width(self, terms: list[Name]) -> float:
        """How far apart the least and the greatest are that a sum of unknowns can be."""
        row, column, factor = zip(*self.entries, strict=True)
        size = len(self.names)
        equal = coo_array((factor, (row, column)), shape=(len(self.right), size))
        lines = np.repeat(np.arange(len(self.below)), 2)
        signs = np.tile([1.0, -1.0], len(self.below))
        upper = coo_array((signs, (lines, np.ravel(self.below))), shape=(len(self.below), size))
        goal = np.zeros(size)
        goal[[self.names[term] for term in terms]] = 1
        bound = []
        for sign in (1, -1):
            found = linprog(
                sign * goal, A_eq=equal, b_eq=self.right, A_ub=upper, b_ub=np.zeros(len(self.below)), method="highs"
            )
            if found.status == 2:
                raise ValueError("the published figures contradict one another")
            bound.append(found.fun if found.status == 0 else -np.inf)
        return -bound[1] - bound[0]


def attack(months: pl.DataFrame, rows: pl.DataFrame, year: int, *, by_month: bool = True) -> Program:
    """What is known of one year: tables by year, districts by month, members of communes by month.

    Args:
        months: `area_months` of the year, from which what is published of districts and of members is worked out.
        rows: the table as published, with figures that older copies showed put back.
        year: the year.
        by_month: unknowns by month, all that is known; else by year, a smaller program.
    """
    time = "period" if by_month else "year"
    here = months.filter(pl.col("period").str.starts_with(str(year))).with_columns(year=pl.lit(str(year)))
    program = Program()
    _identities(program, here, time)
    _totals(program, here, time)
    _changes(program, here, time)
    if by_month:
        _pending(program, here)
    for map_name, key in ROW.items():
        inside = {unit: _places(group, time) for (unit,), group in here.partition_by(key, as_dict=True).items()}
        for row in rows.filter(map=map_name, year=year).iter_rows(named=True):
            for name in FLOWS:
                if row[name] is not None:
                    program.equal({(*place, name): 1.0 for place in inside[row["unit_id"]]}, row[name])
    return program


def unknowns(months: pl.DataFrame, map_name: str, unit: str, year: int, measure: str, by_month: bool) -> list[Name]:
    """The unknowns that a figure of the table is the sum of."""
    here = months.filter(pl.col(ROW[map_name]) == unit, pl.col("period").str.starts_with(str(year)))
    return [
        (*place, measure)
        for place in _places(here.with_columns(year=pl.lit(str(year))), "period" if by_month else "year")
    ]


def _places(frame: pl.DataFrame, time: str) -> list[Name]:
    return frame.select(*PLACE, time).unique().sort(pl.all()).rows()


def _identities(program: Program, here: pl.DataFrame, time: str) -> None:
    for place in _places(here, time):
        program.equal({(*place, name): 1.0 for name in REASONS} | {(*place, "received"): -1.0}, 0)
        program.equal({(*place, "approved"): 1.0, (*place, "left_on_request"): -1.0}, 0)
        program.not_above((*place, "received_from_away"), (*place, "received"))


def _totals(program: Program, here: pl.DataFrame, time: str) -> None:
    for level in ("district", "today_district"):
        for group in here.filter(pl.col(level).is_not_null()).partition_by(level, time):
            for name in FLOWS:
                program.equal({(*place, name): 1.0 for place in _places(group, time)}, group[name].sum())
    for group in here.partition_by(time):
        for name in FLOWS:
            program.equal({(*place, name): 1.0 for place in _places(group, time)}, group[name].sum())


def _changes(program: Program, here: pl.DataFrame, time: str) -> None:
    """Members are published of communes by month, on both maps: so is their change."""
    signs = {**dict.fromkeys(UP, 1.0), **dict.fromkeys(DOWN, -1.0)}
    for key in ROW.values():
        for group in here.partition_by(key, time):
            change = sum(sign * group[name].sum() for name, sign in signs.items())
            program.equal(
                {(*place, name): sign for place in _places(group, time) for name, sign in signs.items()}, change
            )


def _pending(program: Program, here: pl.DataFrame) -> None:
    """Nobody decides a request that is not there; how many are pending is published of districts by month."""
    settled = ("withdrawn", "declined", "approved")
    periods = sorted(here["period"].unique())
    for place in here.select(PLACE).unique().rows():
        mine = set(
            here.filter(*(pl.col(key).eq_missing(value) for key, value in zip(PLACE, place, strict=True)))["period"]
        )
        for number, period in enumerate(periods):
            before = periods[number - 1] if number else "before"
            flows = {(*place, period, "received"): 1.0} | {(*place, period, name): -1.0 for name in settled}
            program.equal(
                {(*place, before, "pending"): 1.0, (*place, period, "pending"): -1.0}
                | (flows if period in mine else {}),
                0,
            )
    for group in here.partition_by("today_district", "period"):
        total = {(*place, "pending"): 1.0 for place in _places(group, "period")}
        program.equal(total, group["pending_closing"].sum())
