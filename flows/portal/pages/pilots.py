"""The pilots: what was tried, whether it helped, and how sure that is."""

from __future__ import annotations

from flows.portal.asked import BOARD, READER, Answer, Asked, NotThere, Route, Shown
from flows.portal.view import View
from flows.registry_files import mistakes_in_pilots
from transforms.pages.pilots import PilotCard, pilot_cards
from warehouse.marts.pilot_pages import pilot_effects


def show_pilots(asked: Asked) -> Answer:
    """All pilots."""
    return pilots_page(View.of(asked))


def show_pilot(asked: Asked) -> Answer:
    """One of them, by its place in the table.

    Raises:
        NotThere: there is none, or none that this reader may see.
    """
    view = View.of(asked)
    found = next((card for card in _cards(view) if str(card.place) == asked.path["place"]), None)
    if found is None:
        raise NotThere
    return Shown("pilot.html", {"card": found})


def pilots_page(view: View) -> Shown:
    """All pilots; the board sees those too whose figures are not published, and what is wrong in their table."""
    mistakes = mistakes_in_pilots(view.settings.registry_dir) if view.is_board else ()
    return Shown("pilots.html", {"cards": _cards(view), "mistakes": [one.says(view.language) for one in mistakes]})


def _cards(view: View) -> list[PilotCard]:
    return pilot_cards(pilot_effects(view.con, for_board=view.is_board), view.language)


# Not kept: who mends a line of the table sees at once whether it can stand.
ROUTES = (
    Route("GET", "/pilots", frozenset({BOARD, READER}), show_pilots),
    Route("GET", "/pilots/{place}", frozenset({BOARD, READER}), show_pilot),
)
