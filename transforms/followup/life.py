"""The life of items: what the nights' readings and people's acts do to the book; the same input, the same book."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count

from transforms.followup.acts import carry_out
from transforms.followup.book import Act, Book, Event, Item, Key, Reading, Status
from transforms.followup.deadlines import RECURRING, due_on
from transforms.followup.kinds import KINDS
from transforms.followup.thresholds import Marks


@dataclass(frozen=True)
class Heirs:
    """What became of units that ended.

    Attributes:
        ended: the last day of each unit that has ended, by its id.
        heirs: the ids of the units that its territory went to.
    """

    ended: Mapping[str, date] = field(default_factory=dict)
    heirs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def replay(
    readings: Iterable[Reading], nights: Sequence[date], acts: Sequence[Act], heirs: Heirs, marks: Marks
) -> tuple[Book, list[Event]]:
    """The book after all nights, from the first on.

    Args:
        readings: those that say something new of their matter, of these nights.
        nights: every night, in order.
        acts: what people did, in order.
        heirs: what became of units that ended.
        marks: for the due days.
    """
    by_night: dict[date, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_night[reading.night].append(reading)
    known = set(nights)
    waiting: dict[date | None, list[Act]] = defaultdict(list)
    for act in acts:
        waiting[act.after_night if act.after_night in known else None].append(act)
    book, events = Book(), []
    before: date | None = None
    for night in nights:
        book, new = advance(book, night, by_night.get(night, []), waiting.pop(before, []), heirs, marks)
        events += new
        before = night
    book, new = carry_out(book, waiting.pop(before, []))
    return book, events + new


def advance(
    book: Book, night: date, readings: Iterable[Reading], acts: Sequence[Act], heirs: Heirs, marks: Marks
) -> tuple[Book, list[Event]]:
    """The book after a night, and what happened in it.

    Args:
        book: as it stood.
        night: the day.
        readings: what says something new; of a matter that is not among them nothing is known that was not before.
        acts: what people did since the night before, carried out first.
        heirs, marks: as in `replay`.
    """
    book, events = carry_out(book, acts)
    turn = _Night(book, night, heirs, marks)
    for reading in sorted(readings, key=lambda r: (r.unit_id, list(KINDS).index(r.kind), r.matter, r.seen_on)):
        turn.hear(reading)
    turn.pass_on()
    return turn.book(), events + turn.events


class _Night:
    """A night's work on the book: items are replaced in a copy of it."""

    def __init__(self, book: Book, night: date, heirs: Heirs, marks: Marks) -> None:
        self.night = night
        self.heirs = heirs
        self.marks = marks
        self.items = dict(book.items)
        self.of_key = dict(book.of_key)
        self.heard = dict(book.heard)
        self.events: list[Event] = []

    def book(self) -> Book:
        return Book(self.items, self.of_key, self.heard)

    def hear(self, reading: Reading) -> None:
        """Open, go on with, or end the item of a reading's matter."""
        self.heard[reading.key] = reading.stands
        name = self.of_key.get(reading.key)
        last = self.items[name] if name else None
        if last is None or not (last.is_live or last.status == "waived"):
            if reading.stands:
                self._open(reading, last)
        elif last.status == "waived":
            self._waived(last, reading)
        elif reading.stands:
            self._go_on(last, reading)
        else:
            self._verify(last, reading)

    def _waived(self, item: Item, reading: Reading) -> None:
        """A waived matter is not opened again while it stands; what comes after it is over is another one."""
        if reading.stands:
            self.items[item.item_id] = replace(item, reading=reading)
        else:
            del self.of_key[reading.key]

    def _open(self, reading: Reading, last: Item | None) -> None:
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
        name = item_id(reading, since, self.items)
        self.of_key[reading.key] = name
        if name in self.items:  # waived, over, and back again in the period it was waived of
            self.items[name] = replace(self.items[name], reading=reading)
            return
        due = min((item.due_on for item in before if item.due_on), default=due_on(reading, self.marks))
        item = Item(name, reading.key, since, reading, self.night, due, carried_from=tuple(i.item_id for i in before))
        if before and all(one.status == "done" and one.reading.period >= reading.period for one in before):
            # The same report on a new map is not the next one.
            item = replace(item, status="done", done_on=max(one.done_on for one in before if one.done_on))
        self._put(item, "opened")

    def _predecessors(self, key: Key) -> list[Item]:
        """The live items of the same kind of units whose territory came to this one."""
        if not KINDS[key.kind].is_of_figures:
            return []
        return [
            item
            for item in self.items.values()
            if item.is_live
            and item.key.kind == key.kind
            and key.unit_id in self.heirs.heirs.get(item.key.unit_id, ())
            and self._is_ended(item.key.unit_id)
        ]

    def _go_on(self, item: Item, reading: Reading) -> None:
        """The matter stands still: what was marked done was not, as the next report shows."""
        is_next = reading.period != item.reading.period
        due = due_on(reading, self.marks) if is_next and KINDS[reading.kind].due in RECURRING else item.due_on
        after = replace(item, reading=reading, due_on=due)
        if item.status == "done":
            self._put(replace(after, status=_back(item), done_on=None), "reopened")
        elif is_next:
            self._put(after, "updated")
        else:
            self.items[item.item_id] = after

    def _verify(self, item: Item, reading: Reading) -> None:
        how = "seen" if item.status == "done" else "figures"
        after = replace(item, status="verified", closed_on=self.night, resolution=how, gone_in=reading.period)
        self._put(after, "verified", reading)

    def pass_on(self) -> None:
        """Items of units that ended: they go over to the successors once each of these has been read in the kind."""
        for item in [one for one in self.items.values() if one.is_live and self._is_ended(one.key.unit_id)]:
            heirs = self.heirs.heirs.get(item.key.unit_id, ())
            keys = [Key(unit, item.key.kind) for unit in heirs]
            if not KINDS[item.key.kind].is_of_figures or not keys or any(key not in self.heard for key in keys):
                self.items[item.item_id] = replace(item, ended_unit=True)
            elif any(self.heard[key] for key in keys):
                self._put(
                    replace(item, ended_unit=True, status="carried", closed_on=self.night, resolution="carried"),
                    "carried",
                )
            else:
                self._verify(replace(item, ended_unit=True), item.reading)

    def _is_ended(self, unit_id: str) -> bool:
        return unit_id in self.heirs.ended and self.heirs.ended[unit_id] < self.night

    def _put(self, item: Item, event: str, reading: Reading | None = None) -> None:
        """Keep an item and tell what happened to it, with the figures that say so: its own unless others are given."""
        self.items[item.item_id] = item
        read = reading or item.reading
        self.events.append(
            Event(item.item_id, self.night, event, item.status, read.period, read.least, read.most, item.resolution)
        )


def item_id(reading: Reading, since: str, taken: Mapping[str, Item]) -> str:
    """`<unit_code>-<kind>-<since>`; an alert's ends with the alert's name.

    A code that came to another territory gets a number after it; a matter that was waived keeps its name.
    """
    code = reading.unit_id.split("@")[0]
    is_of_alert = reading.matter and reading.matter != reading.period
    name = f"{code}-{reading.kind}-{reading.matter.removeprefix(f'{code}-') if is_of_alert else since}"
    for number in count(1):
        numbered = name if number == 1 else f"{name}-{number}"
        if numbered not in taken or (taken[numbered].key == reading.key and taken[numbered].status == "waived"):
            break
    return numbered


def _back(item: Item) -> Status:
    return "assigned" if item.assigned_to else "open"
