"""What people do to items: give them to somebody, mark them done, waive them with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from transforms.followup.book import Act, Book, Event, Item, Status


def carry_out(book: Book, acts: Sequence[Act]) -> tuple[Book, list[Event]]:
    """The book after what people did, and an event for each act that had an effect.

    An act on an item that is not in the book, or that is over, has none.
    """
    items, events = dict(book.items), []
    for act in acts:
        item = items.get(act.item_id)
        if item is None or not can_be_done_to(item.status, act.action):
            continue
        name, carry = ACTIONS[act.action]
        after = replace(carry(item, act), note=act.note or item.note)
        items[act.item_id] = after
        events.append(
            Event(
                act.item_id,
                act.night,
                name,
                after.status,
                resolution=after.resolution,
                who=act.who,
                note=act.to if name == "assigned" else act.note,
                happened_at=act.happened_at,
                act_id=act.act_id,
            )
        )
    return Book(items, book.of_key, book.heard), events


def can_be_done_to(status: Status, action: str) -> bool:
    """Whether an act has an effect on an item of a status: what is over stays over."""
    return action in ACTIONS and status in {"open", "assigned", "done"}


def _assign(item: Item, act: Act) -> Item:
    return replace(item, status="assigned", assigned_to=act.to, assigned_on=act.night, done_on=None)


def _done(item: Item, act: Act) -> Item:
    return replace(item, status="done", done_on=act.night)


def _waive(item: Item, act: Act) -> Item:
    return replace(item, status="waived", closed_on=act.night, resolution="waived")


ACTIONS: Mapping[str, tuple[str, Callable[[Item, Act], Item]]] = MappingProxyType(
    {"followup-assign": ("assigned", _assign), "followup-done": ("done", _done), "followup-waive": ("waived", _waive)}
)
"""By the board's action: the event it makes, and what it does to the item."""
