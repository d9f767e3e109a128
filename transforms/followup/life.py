"""The life of items: what a night's readings open, keep up, verify and hand on to successors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial

from transforms.cases.replay import CaseLife, free_name
from transforms.followup.deadlines import RECURRING, due_on
from transforms.followup.item import Item, ItemAct, ItemBook, ItemEvent, ItemStatus, MatterKey, MatterReading, line_of
from transforms.followup.kinds import KINDS
from transforms.followup.thresholds import Thresholds
from transforms.followup.transitions import TRANSITIONS, event_of
from transforms.territory.unit_ids import unit_code_of


@dataclass(frozen=True)
class Heirs:
    """What became of units that ended.

    Attributes:
        ended: the last day of each unit that has ended, by its id.
        heirs: the ids of the units that its territory went to.
    """

    ended: Mapping[str, date] = field(default_factory=dict)
    heirs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def origins(self) -> Mapping[str, set[str]]:
        """The ids of the units whose territory came to a unit, by its id."""
        found: dict[str, set[str]] = defaultdict(set)
        for unit, heirs in self.heirs.items():
            for heir in heirs:
                found[heir].add(unit)
        return dict(found)


def life_of_items(heirs: Heirs, thresholds: Thresholds) -> CaseLife[MatterReading, Item, ItemAct, ItemEvent, ItemBook]:
    """The follow-up's part of `cases.replay`; its nights need those readings only that say something new.

    Args:
        heirs: what became of units that ended.
        thresholds: for the due days.
    """
    return CaseLife(ItemBook(), TRANSITIONS, event_of, partial(_judge, heirs=heirs, thresholds=thresholds))


def _judge(
    book: ItemBook, night: date, readings: Sequence[MatterReading], heirs: Heirs, thresholds: Thresholds
) -> tuple[ItemBook, list[ItemEvent]]:
    work = _ItemNight(book, night, heirs, thresholds)
    for reading in sorted(readings, key=lambda r: (r.unit_id, list(KINDS).index(r.kind), r.matter, r.seen_on)):
        work.hear(reading)
    work.pass_on()
    return work.book(), work.events


class _ItemNight:
    """A night's work on the book: items are replaced in a copy of it."""

    def __init__(self, book: ItemBook, night: date, heirs: Heirs, thresholds: Thresholds) -> None:
        self.night = night
        self.heirs = heirs
        self.thresholds = thresholds
        self.cases = dict(book.cases)
        self.of_key = dict(book.of_key)
        self.heard = dict(book.heard)
        self.events: list[ItemEvent] = []

    def book(self) -> ItemBook:
        return ItemBook(self.cases, self.of_key, self.heard)

    def hear(self, reading: MatterReading) -> None:
        """Open, go on with, or end the item of a reading's matter."""
        name = self.of_key.get(reading.key)
        last = self.cases[name] if name else None
        if reading.is_withdrawn and (last is None or last.reading.period != reading.period):
            return  # nothing had been told of those figures, or it rests on others by now
        stands = reading.stands or self._is_left(reading, last)
        self.heard[reading.key] = stands
        if last is None or not (last.is_live or last.status == "waived"):
            if stands:
                self._open(reading, last)
        elif last.status == "waived":
            self._waived(last, reading, stands)
        elif stands:
            self._go_on(last, reading)
        else:
            self._verify(last, reading, _how(last, reading))

    def _is_left(self, reading: MatterReading, last: Item | None) -> bool:
        """Whether figures that would open nothing still show more than what closes an item that there is."""
        if reading.is_withdrawn:
            return False
        if last and (last.is_live or last.status == "waived" or (last.gone_in or "") >= reading.period):
            return last.is_over_line(reading)
        return any(one.is_over_line(reading) for one in self._predecessors(reading.key))

    def _waived(self, item: Item, reading: MatterReading, stands: bool) -> None:
        """A waived matter is not opened again while it stands; what comes after it is over is another one."""
        if stands:
            self.cases[item.case_id] = replace(item, reading=reading)
        else:
            del self.of_key[reading.key]

    def _open(self, reading: MatterReading, last: Item | None) -> None:
        if last and last.gone_in and last.gone_in >= reading.period:
            # The report that had shown it to be over was itself corrected.
            self._put(
                replace(
                    last,
                    status=_back(last),
                    reading=reading,
                    done_on=None,
                    closed_on=None,
                    resolution=None,
                    gone_in=None,
                ),
                "reopened",
            )
            return
        before = self._predecessors(reading.key)
        since = min([reading.period, *(item.since for item in before)])
        name = item_id(reading, since, self.cases)
        self.of_key[reading.key] = name
        if name in self.cases:  # waived, over, and back again in the period it was waived of
            self.cases[name] = replace(self.cases[name], reading=reading)
            return
        due = min((item.due_on for item in before if item.due_on), default=due_on(reading, self.thresholds))
        item = Item(
            case_id=name,
            key=reading.key,
            since=since,
            reading=reading,
            first=_first(reading, before),
            opened_on=self.night,
            due_on=due,
            carried_from=tuple(one.case_id for one in before),
        )
        if before and all(one.status == "done" and one.reading.period >= reading.period for one in before):
            # The same report on a new map is not the next one.
            item = replace(item, status="done", done_on=max(one.done_on for one in before if one.done_on))
        self._put(item, "opened")

    def _predecessors(self, key: MatterKey) -> list[Item]:
        """The live items of the same kind of units whose territory came to this one, in the order they were opened."""
        if not KINDS[key.kind].is_of_figures:
            return []
        origins = (unit for unit in self.heirs.origins.get(key.unit_id, ()) if self._is_ended(unit))
        names = (self.of_key.get(MatterKey(unit, key.kind)) for unit in origins)
        live = [item for name in names if name and (item := self.cases[name]).is_live]
        return sorted(live, key=lambda item: (item.opened_on, item.key.unit_id))

    def _go_on(self, item: Item, reading: MatterReading) -> None:
        """The matter is still there: what was marked done was not, as the next report shows."""
        is_next = reading.period != item.reading.period
        is_earlier = reading.period < item.reading.period  # the report it rested on was taken back
        is_quiet = item.is_half_closed(reading) and (not item.improving_in or item.improving_in == reading.period)
        after = replace(
            item,
            reading=reading,
            due_later=self._due_later(item, reading) if is_next else item.due_later,
            improving_in=reading.period if is_quiet else None,
        )
        if item.status == "done" and not is_earlier:
            self._put(replace(after, status=_back(item), done_on=None), "reopened")
        elif is_next and item.status != "done":
            self._put(after, "updated")
        else:
            self.cases[item.case_id] = after

    def _due_later(self, item: Item, reading: MatterReading) -> tuple[date, ...]:
        """The due days of the periods since it opened: each is listed, the first one stays."""
        due = due_on(reading, self.thresholds)
        if KINDS[reading.kind].due not in RECURRING or due is None or due in (item.due_on, *item.due_later):
            return item.due_later
        return tuple(sorted((*item.due_later, due)))

    def _verify(self, item: Item, reading: MatterReading, how: str) -> None:
        gone_in = max(reading.period, item.reading.period)
        after = replace(item, status="verified", closed_on=self.night, resolution=how, gone_in=gone_in)
        self._put(after, "verified", reading)

    def pass_on(self) -> None:
        """Items of units that ended: they go over to the successors once each of these has been read in the kind."""
        for item in [one for one in self.cases.values() if one.is_live and self._is_ended(one.key.unit_id)]:
            heirs = self.heirs.heirs.get(item.key.unit_id, ())
            keys = [MatterKey(unit, item.key.kind) for unit in heirs]
            if not KINDS[item.key.kind].is_of_figures or not keys or any(key not in self.heard for key in keys):
                self.cases[item.case_id] = replace(item, ended_unit=True)
            elif any(self.heard[key] for key in keys):
                self._put(
                    replace(item, ended_unit=True, status="carried", closed_on=self.night, resolution="carried"),
                    "carried",
                )
            else:
                self._verify(replace(item, ended_unit=True), item.reading, _shown(item))

    def _is_ended(self, unit_id: str) -> bool:
        return unit_id in self.heirs.ended and self.heirs.ended[unit_id] < self.night

    def _put(self, item: Item, event: str, reading: MatterReading | None = None) -> None:
        """Keep an item and tell what happened to it, with the figures that say so: its own unless others are given."""
        self.cases[item.case_id] = item
        read = reading or item.reading
        self.events.append(
            ItemEvent(
                case_id=item.case_id,
                night=self.night,
                event=event,
                status=item.status,
                period=read.period,
                least=read.least,
                most=read.most,
                resolution=item.resolution,
            )
        )


def item_id(reading: MatterReading, since: str, taken: Mapping[str, Item]) -> str:
    """`<unit_code>-<kind>-<since>`; an alert's ends with the alert's name.

    A code that came to another territory gets a number after it; a matter that was waived keeps its name.
    """
    code = unit_code_of(reading.unit_id)
    is_of_alert = reading.matter and reading.matter != reading.period
    name = f"{code}-{reading.kind}-{reading.matter.removeprefix(f'{code}-') if is_of_alert else since}"

    def is_free(numbered: str) -> bool:
        item = taken.get(numbered)
        return item is None or (item.key == reading.key and item.status == "waived")

    return free_name(name, is_free)


def _how(item: Item, reading: MatterReading) -> str:
    """How an item ended by a reading: figures of the period it rested on, or of an earlier one, are a correction."""
    is_corrected = KINDS[reading.kind].is_of_figures and reading.period <= item.reading.period
    if is_corrected and (item.status != "done" or reading.period < item.reading.period or reading.is_withdrawn):
        return "corrected"
    return _shown(item)


def _first(reading: MatterReading, before: Sequence[Item]) -> MatterReading:
    """What closes an item: where figures alone would not have opened it, the count its predecessors had, as a share."""
    lines = [line for one in before if one.first and (line := line_of(one.first, reading.base)) is not None]
    return reading if reading.line is not None or not lines else replace(reading, line=max(lines))


def _shown(item: Item) -> str:
    return "seen" if item.status == "done" else "figures"


def _back(item: Item) -> ItemStatus:
    return "assigned" if item.assigned_to else "open"
