"""What people do to items: give them to somebody, mark them done, waive them with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from transforms.cases.replay import Transition
from transforms.followup.item import LIVE, Item, ItemAct, ItemEvent


def event_of(act: ItemAct, event: str, before: Item, after: Item) -> ItemEvent:
    """The event of an act; of an assigning, its note is to whom the item was given."""
    note = act.given_to if event == "assigned" else act.note
    return ItemEvent.of_act(act, event, status=after.status, resolution=after.resolution, note=note)


def _assign(item: Item, act: ItemAct) -> Item:
    return replace(item, status="assigned", assigned_to=act.given_to, assigned_on=act.night, done_on=None)


def _mark_done(item: Item, act: ItemAct) -> Item:
    return replace(item, status="done", done_on=act.night)


def _waive(item: Item, act: ItemAct) -> Item:
    return replace(item, status="waived", closed_on=act.night, resolution="waived")


# What is over stays over: a matter that comes back is found by a night, not brought back by a person.
TRANSITIONS: Mapping[str, Transition[Item, ItemAct]] = MappingProxyType(
    {
        "followup-assign": Transition("assigned", LIVE, _assign),
        "followup-done": Transition("done", LIVE, _mark_done),
        "followup-waive": Transition("waived", LIVE, _waive),
    }
)
"""By the board's action."""


def act_details(action: str, said: Mapping[str, Any]) -> dict[str, Any] | None:
    """What an act has of its own, from what the board noted; null where it makes no sense.

    Args:
        said: to (whom it is given to), reason (of a waiving), note.
    """
    needed = {"followup-assign": "to", "followup-waive": "reason"}.get(action)
    if needed and not said.get(needed):
        return None
    return {"given_to": said.get("to"), "note": said.get("reason") or said.get("note")}
