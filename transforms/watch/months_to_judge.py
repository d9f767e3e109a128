"""What is judged on which night: a unit's month once enough of the province is there, and again when corrected."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from expectations.contract.forms import FORM_OF, MONTHLY
from expectations.contract.periods import Period
from transforms.watch.as_known import FiguresAsKnown

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Mask = NDArray[np.bool_]

ENOUGH = 2 / 3
"""Share of the province's cells whose report makes a month fit to be judged: what all do can then be told from what one
does. Past the due day a month is judged with whatever has come."""
CORRECTED_MONTHS = 12
"""Corrections of months further back than this are shown in the revisions, and not judged again."""
LONGEST_RUN = 9
"""Months that the longest run judged reaches over: a corrected month is part of the runs that end in later ones."""
LEAST_COVERAGE = 0.9
"""A unit of which fewer of its cells have figures is partial: its counts are not held against whole ones."""


@dataclass(frozen=True)
class MonthAsKnown:
    """A month as known on one night, at every level.

    Attributes:
        night, period: of the judgement.
        figures: by level and measure, (U, L) the last L months' figures; the last column is the month judged, NaN
            where the unit has no figures or too few of its cells have.
        judged: by level, (U,) which units' month is judged now.
        rejudged: by level, (U,) which of these had been judged on an earlier night.
        withdrawn: by level, (U,) which units' month had been judged and is without figures now: they were taken back.
    """

    night: date
    period: str
    figures: dict[str, dict[str, Array]]
    judged: dict[str, Mask]
    rejudged: dict[str, Mask]
    withdrawn: dict[str, Mask]

    @property
    def is_judged(self) -> bool:
        """Whether the month of any unit is judged."""
        return any(mask.any() for mask in self.judged.values())


@dataclass
class _LevelFigures:
    """A level's figures as they stand on the night the replay has come to: (U, P) for units and months.

    Attributes:
        expected: cells that were active; cells: by form, cells with figures; sums: by measure.
        judged: which months have been judged so far; changed: which changed on this night.
        coverage: the share of the cells with figures in every form, 0 where there is none; see `cover`.
        least: months with figures of a smaller part of the cells are gone once they were judged.
    """

    units: list[str]
    expected: Array
    sums: dict[str, Array]
    cells: dict[str, Array]
    least: float
    judged: Mask = field(init=False)
    changed: Mask = field(init=False)
    coverage: Array = field(init=False)

    def __post_init__(self) -> None:
        self.judged = np.zeros(self.expected.shape, dtype=bool)
        self.changed = np.zeros(self.expected.shape, dtype=bool)
        self.cover()

    def cover(self) -> None:
        """Works out the coverage from the cells as they stand."""
        least = np.minimum.reduce(list(self.cells.values()))
        self.coverage = least / np.maximum(self.expected, 1)

    def is_gone(self) -> Mask:
        """(U, P) months judged so far whose figures have been taken back on this night, and none put in their place."""
        return self.judged & self.changed & ((self.coverage < self.least) | (self.coverage == 0))

    def is_corrected(self) -> Mask:
        """(U, P) months judged so far that a change of this night concerns: their own, or one of the run they end."""
        own = self.judged & self.changed
        if not own.any():
            return own
        out = own.copy()
        for back in range(1, min(LONGEST_RUN, own.shape[1])):
            out[:, back:] |= own[:, :-back]
        return out & self.judged

    def figures(self, upto: int, length: int, names: set[str]) -> dict[str, Array]:
        """By measure, (U, length) up to a month's column, NaN where it is not known."""
        start = max(0, upto + 1 - length)
        whole = self.coverage[:, start : upto + 1] >= LEAST_COVERAGE
        found = {name: np.full((len(whole), length), np.nan) for name in self.sums if name in names}
        for name, values in found.items():
            np.copyto(values[:, length - whole.shape[1] :], self.sums[name][:, start : upto + 1], where=whole)
        return found


def month_names(known: FiguresAsKnown) -> list[str]:
    """Every month from the first to the last that anybody reported."""
    names = [frame["period"] for form, frame in known.version_sums.items() if form == "balance" and frame.height]
    if not names:
        return []
    first, last = Period.parse(str(names[0].min())), Period.parse(str(names[0].max()))
    return [str(month) for month in first.until(last)]


def months_to_judge(
    known: FiguresAsKnown,
    nights: Sequence[date],
    wanted: set[date],
    measures: Mapping[str, set[str]],
    due_day: int,
    length: int,
) -> Iterator[MonthAsKnown]:
    """What is judged on the wanted nights, in their order.

    Whether a month had been judged before follows from the nights alone, so a night looks the same whether it is run
    alone or among others.

    Args:
        known: the versions on the nights' map.
        nights: every night on that map, in order.
        wanted: those whose judgements are asked for.
        measures: by level, what is needed.
        due_day: day of the next month on which reports are due.
        length: months of history.
    """
    months = month_names(known)
    if not months or not nights:
        return
    needed = set().union(*measures.values())
    states = {level: _level_figures(known, level, months, needed) for level in measures}
    replays = {level: _replay(known, level, states[level], months, needed) for level in measures}
    due = [_due_on(month, due_day) for month in months]
    fell_due = -1
    for number, night in enumerate(nights):
        for level, state in states.items():
            state.changed[:] = False  # in place: the replay holds the same arrays
            replays[level].apply(night)
            if state.changed.any():
                state.cover()
            if number == 0:  # what had come before this map began is past, and not judged on it
                earlier = replays[level].present_before(night)
                state.judged |= earlier
        before, fell_due = fell_due, bisect_left(due, night)
        is_as_before = fell_due == before and not any(state.changed.any() for state in states.values())
        if is_as_before and night not in wanted:
            continue  # nothing is judged on it that the night before did not: most nights, as long as a home stands
        yield from _of_night(
            night=night, states=states, months=months, due=due, wanted=night in wanted, measures=measures, length=length
        )


def _of_night(
    night: date,
    states: dict[str, _LevelFigures],
    months: list[str],
    due: list[date],
    wanted: bool,
    measures: Mapping[str, set[str]],
    length: int,
) -> Iterator[MonthAsKnown]:
    province = states["province"].coverage.max(axis=0)
    settled = (province >= ENOUGH) | ((np.array(due) < night) & (province > 0))
    recent = np.arange(len(months)) >= np.max(np.flatnonzero(province > 0), initial=0) - CORRECTED_MONTHS
    now, again, gone = {}, {}, {}
    for level, state in states.items():
        ready = (state.coverage >= LEAST_COVERAGE) & settled
        again[level] = ready & state.is_corrected() & recent
        now[level] = (ready & ~state.judged) | again[level]
        gone[level] = state.is_gone()
        # What comes in the place of figures taken back is judged like any that come for the first time.
        state.judged = (state.judged | ready) & ~gone[level]
    if not wanted:
        return
    for column in np.flatnonzero(np.any([mask.any(axis=0) for mask in (*now.values(), *gone.values())], axis=0)):
        yield MonthAsKnown(
            night,
            months[column],
            {level: state.figures(int(column), length, measures[level]) for level, state in states.items()},
            {level: mask[:, column].copy() for level, mask in now.items()},
            {level: mask[:, column].copy() for level, mask in again.items()},
            {level: mask[:, column].copy() for level, mask in gone.items()},
        )


def _due_on(month: str, due_day: int) -> date:
    return Period.parse(month).last_day + timedelta(days=due_day)


def units_of(known: FiguresAsKnown, level: str) -> list[str]:
    """The units of a level in the order of the arrays' rows."""
    return known.expected.filter(pl.col("level") == level)["unit_id"].unique().sort().to_list()


def _level_figures(known: FiguresAsKnown, level: str, months: list[str], measures: set[str]) -> _LevelFigures:
    units = units_of(known, level)
    expected = known.expected.filter((pl.col("level") == level) & pl.col("period").is_in(months))
    shape = (len(units), len(months))
    cells = np.zeros(shape)
    cells[_places(expected, units, months)] = expected["cells"].to_numpy()
    return _LevelFigures(
        units,
        cells,
        {name: np.zeros(shape) for name in sorted(measures)},
        # Of a form that was not yet asked for no cell is missing, whatever else comes.
        {form.name: np.where([form.asked_in(month) for month in months], np.zeros(shape), np.inf) for form in MONTHLY},
        # A unit's own report may be corrected by one that lacks cells, and what was told of it is still unexplained.
        LEAST_COVERAGE if level == "province" else 0,
    )


def _places(rows: pl.DataFrame, units: list[str], months: list[str]) -> tuple[Index, Index]:
    at_unit = rows["unit_id"].replace_strict(units, list(range(len(units))), return_dtype=pl.Int64)
    at_month = rows["period"].replace_strict(months, list(range(len(months))), return_dtype=pl.Int64)
    return np.asarray(at_unit.to_list(), dtype=np.int64), np.asarray(at_month.to_list(), dtype=np.int64)


@dataclass
class _Replay:
    """Replays the versions night by night: adds to a level's figures what was recorded, takes off what was replaced.

    Attributes:
        state: what is changed.
        forms: by form, the changes in the order of days.
        at: by form, how many of these have been added so far.
    """

    state: _LevelFigures
    forms: dict[str, _Changes]
    at: dict[str, int] = field(default_factory=dict)

    def apply(self, night: date) -> None:
        """Everything that came or went up to a night."""
        today = night.toordinal()
        for form, changes in self.forms.items():
            begin = self.at.get(form, 0)
            if begin == len(changes.day) or changes.day[begin] > today:
                continue
            end = int(np.searchsorted(changes.day, today, side="right"))
            rows = slice(begin, end)
            place = (changes.unit[rows], changes.month[rows])
            # Not `+=`: it would add once where one night changes a place several times.
            np.add.at(self.state.cells[form], place, changes.cells[rows])
            for name, values in changes.values.items():
                np.add.at(self.state.sums[name], place, values[rows])
            self.state.changed[place] = True
            self.at[form] = end

    def present_before(self, night: date) -> Mask:
        """(U, P) what was recorded before a night."""
        out = np.zeros_like(self.state.judged)
        for changes in self.forms.values():
            early = changes.day < night.toordinal()
            out[changes.unit[early], changes.month[early]] = True
        return out


@dataclass(frozen=True)
class _Changes:
    """N changes of a form's figures: the day (ordinal), the place, and what is added to cells and measures.

    A version that is replaced is a change with negative numbers.
    """

    day: Index
    unit: Index
    month: Index
    cells: Array
    values: dict[str, Array]


def _replay(known: FiguresAsKnown, level: str, state: _LevelFigures, months: list[str], measures: set[str]) -> _Replay:
    forms = {}
    for form in MONTHLY:
        frame = known.version_sums[form.name].filter(pl.col("level") == level)
        went = frame.filter(pl.col("superseded_at").is_not_null())
        both = pl.concat(
            [
                frame.with_columns(day=pl.col("recorded_at"), sign=pl.lit(1.0)),
                went.with_columns(day=pl.col("superseded_at"), sign=pl.lit(-1.0)),
            ]
        ).sort("day", maintain_order=True)
        sign = both["sign"].to_numpy()
        names = [name for name in sorted(measures) if FORM_OF[name] == form.name]
        # Polars counts days from 1970, Python's ordinals from the year 1.
        days = both["day"].cast(pl.Int32).to_numpy().astype(np.int64) + date(1970, 1, 1).toordinal()
        forms[form.name] = _Changes(
            days,
            *_places(both, state.units, months),
            sign * both["cells"].to_numpy().astype(float),
            {name: sign * both[name].fill_null(0).to_numpy().astype(float) for name in names},
        )
    return _Replay(state, forms)
