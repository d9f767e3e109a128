"""Invented figures of every party cell, month by month, that keep every rule of the contract.

Nothing here is measured: the rates are round numbers of the order published for such an organisation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from expectations.contract.forms import HALF_YEARLY_MEASURES, MONTHLY_MEASURES, Form
from expectations.contract.periods import Period
from expectations.contract.rules import PLACES, REASONS
from transforms.samples.invented_communes import yearly_form
from transforms.territory.registry import Home, Registry
from transforms.trends.season import season

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Per member and month.
_ADMITTED, _RESTORED, _TRANSFERRED_IN = 0.0026, 0.00002, 0.0031
_LOSSES = {"transferred_out": 0.0029, "died": 0.0009, "expelled": 0.00004, "struck_off": 0.0003}
_REQUESTED = 0.0003
_WENT_AWAY_HAMLET, _WENT_AWAY_OTHER, _CAME_BACK = 0.018, 0.004, 0.15
_PLACES = (0.21, 0.73, 0.06)  # in the province, in another, abroad
_OUT_OF_CONTACT = 0.14
_TREND = 0.004  # more go away, by month
_SMALLEST_CELL = 3  # official members, by the Party's rules
_PARTS = ("members", "in_province", "other_province", "abroad", "pending", "subject")


@dataclass(frozen=True, slots=True)
class InventedChange:
    """Something that truly changed in one reporter's figures, for the alerts to find.

    Attributes:
        measure: "received" (requests come `factor` times as often), "away_total" (the level moves to `factor` times) or
            "away_out_of_contact" (`factor` times as many of those away lose contact).
        first, last: the months it lasts.
    """

    reporter_code: str
    measure: str
    first: Period
    last: Period
    factor: float

    def holds_in(self, month: Period) -> bool:
        return self.first <= month <= self.last


@dataclass(frozen=True, slots=True)
class InventedMonth:
    """One month's figures.

    Attributes:
        homes: the cells that report, in the order of their codes.
        monthly: cell_code and the monthly measures.
        half_yearly: cell_code and the half-yearly measures for the hamlet cells; None but in June and December.
        yearly: commune_code and the yearly measures; None but in December.
    """

    period: Period
    homes: tuple[Home, ...]
    monthly: pl.DataFrame
    half_yearly: pl.DataFrame | None
    yearly: pl.DataFrame | None

    def of(self, form: Form) -> pl.DataFrame | None:
        """The form's key and measures; None in a month that does not bring it."""
        frame = {"month": self.monthly, "half": self.half_yearly, "year": self.yearly}[form.every]
        is_asked = form.asked_in(str(self.period.of_kind(form.every)))
        return None if frame is None or not is_asked else frame.select(form.key, *form.names)


def simulate(
    registry: Registry, seed: int, first: Period, last: Period, changes: tuple[InventedChange, ...] = ()
) -> Iterator[InventedMonth]:
    """Every month from first to last, each going on from the one before; the same arguments give the same figures.

    A cell that is merged, split or renamed hands its members, its members away and its open requests on.
    """
    random = np.random.default_rng([seed, first.year, first.first_month])
    state: dict[str, Ints] = {}
    month = first
    while month <= last:
        homes = tuple(home for home in registry.homes_on(month.last_day) if home.reporter_code)
        state = _carried(registry, state, homes, month.first_day, random)
        cells = _CellsInMonth(homes, np.array([state[home.cell_code] for home in homes]), random)
        figures = cells.month(month, month.number - first.number, changes)
        half_yearly = cells.half_year(month) if month.ends_half else None
        yearly = yearly_form(homes, month.whole_year, seed) if month.ends_year else None
        codes = [home.cell_code for home in homes]
        state = dict(zip(codes, cells.closing(), strict=True))
        monthly = pl.DataFrame({"cell_code": codes, **{name: figures[name] for name in MONTHLY_MEASURES}})
        yield InventedMonth(month, homes, monthly, half_yearly, yearly)
        month = month.next


def _carried(
    registry: Registry, state: dict[str, Ints], homes: tuple[Home, ...], day: date, random: np.random.Generator
) -> dict[str, Ints]:
    """What each cell starts the month with: its own closing, its predecessors', or a beginning of its own."""
    parts: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for origin, to, effective, _, weight in registry.cell_succession:
        if origin != to and (effective.year, effective.month) == (day.year, day.month):
            parts[origin].append((to, weight))
    handed: dict[str, Ints] = {}
    for origin, heirs in parts.items():
        if origin not in state:
            continue
        bounds = np.cumsum([0.0, *(weight for _, weight in heirs)])
        bounds = np.round(np.outer(bounds / bounds[-1], state[origin])).astype(np.int64)
        for (to, _), share in zip(heirs, np.diff(bounds, axis=0), strict=True):
            handed[to] = handed.get(to, 0) + share
    return {
        home.cell_code: handed[home.cell_code]
        if home.cell_code in handed
        else state[home.cell_code]
        if home.cell_code in state
        else _beginning(home, random)
        for home in homes
    }


def _beginning(home: Home, random: np.random.Generator) -> Ints:
    hamlet = home.kind == "hamlet"
    members = int(np.clip(random.lognormal(3.85, 0.4), 15, 150)) if hamlet else int(random.integers(7, 34))
    level = (_WENT_AWAY_HAMLET if hamlet else _WENT_AWAY_OTHER) / _CAME_BACK
    away = random.multinomial(random.binomial(members, level * random.gamma(6, 1 / 6) / (1 + level)), _PLACES)
    subject = int(random.poisson(0.45 * members)) if hamlet else 0
    return np.array([members, *away, random.random() < 0.008, subject], dtype=np.int64)


class _CellsInMonth:
    """All cells through one month; `state` has a row a cell and the columns `_PARTS`."""

    def __init__(self, homes: tuple[Home, ...], state: Ints, random: np.random.Generator) -> None:
        self.homes, self.random = homes, random
        self.opening, self.away, self.pending, self.subject = state[:, 0], state[:, 1:4], state[:, 4], state[:, 5]
        self.is_hamlet = np.array([home.kind == "hamlet" for home in homes])
        self.after: dict[str, Ints] = {}

    def month(self, month: Period, number: int, changes: tuple[InventedChange, ...]) -> dict[str, Ints]:
        """The monthly measures by name."""
        requests = self._requests(self._factor("received", month, changes))
        balance = self._balance(requests["approved"])
        away = self._away(balance["members_closing"], month, number, changes)
        requests |= self._of_received(requests["received"], away["away_total"])
        return self._with_others(balance | away | requests, MONTHLY_MEASURES)

    def _with_others(self, figures: dict[str, Ints], names: Sequence[str]) -> dict[str, Ints]:
        """Measures that nobody has thought a model for: a few in a cell, so that every form can be filled in."""
        count = len(next(iter(figures.values())))
        return figures | {name: self.random.poisson(1.0, count) for name in names if name not in figures}

    def closing(self) -> Ints:
        return np.column_stack([self.after["members"], self.after["away"], self.after["pending"], self.subject])

    def _factor(self, measure: str, month: Period, changes: tuple[InventedChange, ...]) -> Floats:
        factors = np.ones(len(self.homes))
        for change in changes:
            if change.measure == measure and change.holds_in(month):
                factors[[home.reporter_code == change.reporter_code for home in self.homes]] *= change.factor
        return factors

    def _requests(self, factor: Floats) -> dict[str, Ints]:
        received = self.random.poisson(_REQUESTED * self.opening * factor)
        decided = self.random.binomial(self.pending + received, 0.5)
        withdrawn, declined, approved = self.random.multinomial(decided, (0.14, 0.05, 0.81)).T
        # Nobody is let go from a cell that would not be one any more.
        held = np.maximum(approved - np.maximum(self.opening - self._floor(), 0), 0)
        approved = approved - held
        self.after["pending"] = self.pending + received - withdrawn - declined - approved
        return {
            "pending_opening": self.pending,
            "received": received,
            "withdrawn": withdrawn,
            "declined": declined,
            "approved": approved,
            "pending_closing": self.after["pending"],
        }

    def _floor(self) -> Ints:
        """Members a cell keeps: enough to be one, and all who work away."""
        return np.maximum(_SMALLEST_CELL, self.away.sum(axis=1))

    def _balance(self, approved: Ints) -> dict[str, Ints]:
        poisson, members = self.random.poisson, self.opening
        figures = {
            "members_opening": members,
            "admitted": poisson(_ADMITTED * members),
            "restored": poisson(_RESTORED * members),
            "transferred_in": poisson(_TRANSFERRED_IN * members),
        }
        left = members + figures["admitted"] + figures["restored"] + figures["transferred_in"] - approved
        for name, rate in _LOSSES.items():
            figures[name] = np.minimum(poisson(rate * members), np.maximum(left - self._floor(), 0))
            left = left - figures[name]
        self.after["members"] = left
        return {**figures, "left_on_request": approved, "members_closing": left}

    def _away(self, members: Ints, month: Period, number: int, changes: tuple[InventedChange, ...]) -> dict[str, Ints]:
        random = self.random
        before_tet, since_tet, *_ = season(np.array([month.number]))[0]
        back = random.binomial(self.away, np.clip(_CAME_BACK * (1 + 1.1 * before_tet), 0.02, 0.6))
        stayed = self.away - back
        factor = self._factor("away_total", month, changes)
        rate = np.where(self.is_hamlet, _WENT_AWAY_HAMLET, _WENT_AWAY_OTHER) * (1 + _TREND * number) * factor
        expected = rate * members * max(1 + 1.4 * since_tet - 0.5 * before_tet, 0.1)
        begins = np.any([c.measure == "away_total" and c.first == month for c in changes])
        if begins:  # the level moves at once, the higher rate then keeps it there
            expected = expected + (factor - 1) * self.away.sum(axis=1)
        started = np.minimum(random.poisson(expected), members - stayed.sum(axis=1))
        places = stayed + random.multinomial(started, _PLACES)
        self.after["away"] = places
        total = places.sum(axis=1)
        lost = np.minimum(_OUT_OF_CONTACT * self._factor("away_out_of_contact", month, changes), 1.0)
        temporary, contact, enterprise = (random.binomial(total, share) for share in (0.15, 1 - lost, 0.63))
        return {
            "away_total": total,
            **dict(zip(PLACES, places.T, strict=True)),
            "away_started": started,
            "away_returned": back.sum(axis=1),
            "away_temporary_activity": temporary,
            "away_exempt": random.binomial(total - temporary, 0.35),
            "away_in_contact": contact,
            "away_out_of_contact": total - contact,
            "away_in_enterprise": enterprise,
            "away_in_private_enterprise": random.binomial(enterprise, 0.81),
        }

    def _of_received(self, received: Ints, away: Ints) -> dict[str, Ints]:
        reasons = self.random.multinomial(received, (0.5, 0.19, 0.12, 0.19))
        from_away = np.where(away > 0, self.random.binomial(received, 0.65), 0)
        return {"received_from_away": from_away} | dict(zip(REASONS, reasons.T, strict=True))

    def half_year(self, month: Period) -> pl.DataFrame:
        """Regulation 213 in the hamlet cells; the remark is yearly, asked for here and there in the first half."""
        random, hamlets = self.random, np.flatnonzero(self.is_hamlet)
        self.subject = np.maximum(self.subject + random.integers(-1, 2, len(self.subject)), 0) * self.is_hamlet
        subject = self.subject[hamlets]
        introduced = random.binomial(subject, 0.9)
        registered = random.binomial(introduced, 0.95)
        figures = {
            "r213_subject": subject,
            "r213_exempt": random.binomial(subject, 0.06),
            "r213_introduced": introduced,
            "r213_registered": registered,
            "r213_attended": random.binomial(registered, 0.83),
            "r213_remarked": random.binomial(registered, 0.1 if month.first_month == 6 else 0.8),
        }
        codes = [self.homes[position].cell_code for position in hamlets]
        return pl.DataFrame({"cell_code": codes, **self._with_others(figures, HALF_YEARLY_MEASURES)})
