"""The targets: met or not, how much is left, how likely; the published marts alone."""

from __future__ import annotations

from flows.portal.asked import BOARD, READER, Answer, Asked, Route, Shown
from flows.portal.view import View
from flows.registry_files import mistakes_in_targets
from transforms.pages.targets import target_cards
from transforms.pages.unit_figures import indicators_of
from warehouse.marts.target_pages import targets


def show_targets(asked: Asked) -> Answer:
    """All targets."""
    return targets_page(View.of(asked))


def targets_page(view: View) -> Shown:
    """All targets; the board is also told what is wrong in their table."""
    language, known = view.language, {one.name for one in indicators_of("district") if view.levels_told(one)}
    codes = {one.code for one in view.units}
    cards = target_cards(
        targets(view.con),
        language,
        lambda code: view.links.unit(code) if code in codes else None,
        lambda name: view.links.indicator(name) if name in known else None,
    )
    mistakes = mistakes_in_targets(view.settings.registry_dir) if view.is_board else ()
    return Shown("targets.html", {"cards": cards, "mistakes": [one.says(language) for one in mistakes]})


# Not kept: who mends a line of the table sees at once whether it can stand.
ROUTES = (Route("GET", "/targets", frozenset({BOARD, READER}), show_targets),)
