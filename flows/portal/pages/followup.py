"""The follow-up: the worklist, one item, what the board does to one or many, the units' workbooks out and back in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl

from expectations.language.catalogue import SpokenError, text
from flows.commands.acts import check_said
from flows.commands.cases import TypedAct, note_act, waiting_acts
from flows.commands.followup_acts import ITEM_COMMANDS
from flows.commands.followup_export import items_now, unit_workbook
from flows.commands.followup_import import opened_by, take_in
from flows.errors import UserError
from flows.night.follow_up import ITEMS
from flows.portal.asked import BOARD, XLSX, Answer, Asked, Download, GoTo, NotThere, Route, Shown
from flows.portal.links import paged, with_query
from transforms.cases.tables import Row
from transforms.followup.answers import LONGEST_NOTE
from transforms.followup.item import ItemAct
from transforms.followup.item_words import state_of
from transforms.followup.kinds import KINDS
from transforms.followup.step_words import common_gap
from transforms.followup.workbook import REPLIES
from transforms.pages import followup as model
from transforms.pages.noted_acts import as_listed, items_with_noted
from transforms.pages.paging import part_of
from warehouse.board import followup_pages as pages
from warehouse.board.cases import one_case
from warehouse.board.followup import ITEM_TABLES

LENGTH = 60  # items on a page of the list
ACTS = {"assign": ("followup-assign", "to"), "done": ("followup-done", "note"), "waive": ("followup-waive", "reason")}
"""What can be done, the board's action, and what must be said with it."""


def show_items(asked: Asked) -> Answer:
    """The worklist, filtered and sorted."""
    wanted, items = _wanted(asked.query), _items(asked, asked.query)
    part = part_of(items, paged(asked.query), LENGTH)
    every = items_now(asked.con, asked.settings)
    return Shown(
        "followup.html",
        {
            "common": [common_gap(row, asked.language) for row in pages.common_gaps(asked.con).iter_rows(named=True)],
            "items": [model.line_of(row, asked.language) for row in part.rows],
            "part": part,
            "overdue": sum(row["is_overdue"] for row in items),
            "links": {"before": _to(asked, part.before), "after": _to(asked, part.after)},
            "wanted": wanted,
            "query": with_query("", asked.query).removeprefix("?"),
            "units": model.units_of([*every, *items]),
            "with_items": model.units_of(every, ("reporter",)),
            "kinds": [(name, text(kind.label, asked.language)) for name, kind in KINDS.items()],
            "model": model,
            "longest": LONGEST_NOTE,
        },
    )


def _to(asked: Asked, page: int | None) -> str | None:
    return with_query("/follow-up", asked.query, page=str(page)) if page else None


def _items(asked: Asked, query: Mapping[str, str]) -> list[Row]:
    wanted = _wanted(query)
    is_live = wanted.status in ("standing", "open", "assigned", "done")
    return model.of_filter(items_now(asked.con, asked.settings, "standing" if is_live else "all"), wanted)


def _wanted(query: Mapping[str, str]) -> model.ItemsFilter:
    """The filter as asked for; what there is no such thing of is passed over."""

    def one_of(name: str, known: Collection[str]) -> str | None:
        said = query.get(name, "")
        return said if said in known else None

    return model.ItemsFilter(
        status=one_of("status", model.STATUSES) or "standing",
        unit=query.get("unit") or None,
        kind=one_of("kind", KINDS),
        priority=one_of("priority", model.PRIORITIES),
        is_overdue=query.get("overdue") == "yes",
        sort=one_of("sort", model.SORTS) or "priority",
    )


def show_item(asked: Asked) -> Answer:
    """One item with its history."""
    row = one_case(asked.con, ITEM_TABLES, asked.path["item_id"])
    if row is None:
        raise NotThere
    night = pages.last_night(asked.con)
    entries = asked.desk.copies.waiting(asked.con, list(ITEMS.transitions))
    acts = waiting_acts(ITEMS, ItemAct, entries, asked.today())
    noted = items_with_noted([as_listed(row, night)], acts, night)
    item, history = noted.rows[0], pages.history(asked.con, row["item_id"])
    return Shown(
        "item.html",
        {
            "item": model.item_of(item, asked.language),
            "events": model.event_rows_of(history, noted.events, item, asked.settings.small_count, asked.language),
            "longest": LONGEST_NOTE,
        },
    )


def act_on_one(asked: Asked) -> Answer:
    """Assign, mark done or waive an item."""
    item_id = asked.path["item_id"]
    action, said = _said(asked)
    if one_case(asked.con, ITEM_TABLES, item_id) is None:
        raise NotThere
    status = next(row["status"] for row in items_now(asked.con, asked.settings, "all") if row["item_id"] == item_id)
    note_act(asked.settings, _HERE, TypedAct(action, item_id, said), asked.account.name, status)
    asked.desk.carrying_out.ask()
    return GoTo(f"/follow-up/{item_id}", "noted")


def act_on_many(asked: Asked) -> Answer:
    """The same act to each item that was ticked, or to all that the filter shows; what came of each."""
    action, said = _said(asked)
    query = dict(parse_qsl(asked.said("query")))
    known = {row["item_id"]: row for row in items_now(asked.con, asked.settings, "all")}
    wanted = [row["item_id"] for row in _items(asked, query)] if asked.said("all") else asked.all_said("item")
    if not wanted:
        raise UserError("portal.followup.none-ticked")
    refused: dict[str, str] = {}
    for item_id in dict.fromkeys(wanted):
        try:
            if item_id not in known:
                raise UserError("portal.followup.unknown", id=item_id)
            act = TypedAct(action, item_id, said)
            note_act(asked.settings, _HERE, act, asked.account.name, known[item_id]["status"])
        except UserError as error:
            refused[item_id] = error.says(asked.language)
    if len(refused) < len(dict.fromkeys(wanted)):
        asked.desk.carrying_out.ask()
    now = {row["item_id"]: row for row in items_now(asked.con, asked.settings, "all")}
    outcomes = [
        {
            "id": item_id,
            "unit": now[item_id]["unit_name"] if item_id in now else "",
            "label": text(KINDS[now[item_id]["kind"]].label, asked.language) if item_id in now else "",
            "refused": refused.get(item_id),
            "state": state_of(now[item_id], asked.language) if item_id in now else "",
        }
        for item_id in dict.fromkeys(wanted)
    ]
    back = with_query("/follow-up", query)
    values = {"outcomes": outcomes, "noted": len(outcomes) - len(refused), "refused": len(refused), "back": back}
    return Shown("followup_done.html", values)


def _said(asked: Asked) -> tuple[str, dict[str, str | None]]:
    """The board's action and what is said with it.

    Raises:
        UserError: no act was chosen, or nothing is said where something must be, or too much.
    """
    if asked.said("act") not in ACTS:
        raise UserError("portal.followup.which-act")
    action, name = ACTS[asked.said("act")]
    said: dict[str, str | None] = {name: asked.said(name)}
    if name == "to":
        said["note"] = asked.said("note") or None
    check_said(*said.values())
    if max(len(one or "") for one in said.values()) > LONGEST_NOTE:
        raise UserError("portal.note-too-long", most=LONGEST_NOTE)
    return action, said


def send_workbook(asked: Asked) -> Answer:
    """The workbook of a unit's items, to be answered in."""
    unit, as_of = asked.query.get("unit", ""), pages.last_night(asked.con)
    own = [row for row in items_now(asked.con, asked.settings) if row["reporter_code"] == unit]
    if not own or as_of is None:
        raise NotThere
    own = model.of_filter(own, model.ItemsFilter())
    return Download(f"viec-can-theo-doi-{unit}.xlsx", unit_workbook(own, as_of, asked.settings, asked.language), XLSX)


def show_import(asked: Asked) -> Answer:
    """Where a workbook that came back is sent to."""
    return Shown("followup_import.html", {"replies": REPLIES, "came_of": None, "said": None})


def take_import(asked: Asked) -> Answer:
    """Take in a workbook that came back: what was noted, before and after, and what was not."""
    file = asked.upload("file")
    try:
        if file is None:
            raise UserError("portal.followup.no-file")
        opened = opened_by(asked.desk.readers, file.file.read(), file.filename or "", asked.language)
        came_of = take_in(asked.con, asked.settings, opened, asked.account.name)
    except SpokenError as error:
        values = {"replies": REPLIES, "came_of": None, "said": error.says(asked.language)}
        return Shown("followup_import.html", values, 409)
    if came_of.taken:
        asked.desk.carrying_out.ask()
    told = {
        name: [
            {
                "cell": one.reply.cell,
                "id": one.reply.item_id,
                "answer": one.reply.answer,
                "note": one.reply.note,
                "before": state_of(one.before, asked.language) if one.before else None,
                "after": state_of(one.after, asked.language) if one.after else None,
            }
            for one in replies
        ]
        for name, replies in (("taken", came_of.taken), ("moved", came_of.moved))
    }
    unit = next((one.before["reporter_name"] for one in (*came_of.taken, *came_of.moved) if one.before), came_of.unit)
    return Shown("followup_import.html", {"replies": REPLIES, "came_of": told | {"unit": unit}, "said": None})


def _over(item_id: str) -> UserError:
    return UserError("portal.followup.over", id=item_id)


_HERE = replace(ITEM_COMMANDS, refused=_over)
"""The same acts as at the terminal; who is refused is sent to a page and not to a command."""

_OF_BOARD = frozenset({BOARD})
ROUTES = (
    Route("GET", "/follow-up", _OF_BOARD, show_items, is_kept=True),
    Route("POST", "/follow-up/acts", _OF_BOARD, act_on_many),
    Route("GET", "/follow-up/workbook", _OF_BOARD, send_workbook),
    Route("GET", "/follow-up/import", _OF_BOARD, show_import),
    Route("POST", "/follow-up/import", _OF_BOARD, take_import, takes_file=True),
    Route("GET", "/follow-up/{item_id}", _OF_BOARD, show_item, is_kept=True),
    Route("POST", "/follow-up/{item_id}", _OF_BOARD, act_on_one),
)
