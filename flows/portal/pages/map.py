"""The map: the province by an indicator and a period."""

from __future__ import annotations

from collections.abc import Mapping

from flows.portal.asked import BOARD, READER, Answer, Asked, GoTo, NotThere, Route, Shown
from flows.portal.view import Chosen, View, chosen
from transforms.drawing.unit_map import By
from transforms.pages.map_page import SCALES, map_drawing, scales_of
from transforms.pages.unit_figures import UNIT_LEVELS, indicators_of, kinds_of, label, meaning
from warehouse.marts import unit_pages

FIRST = "away_rate"


def show_map(asked: Asked) -> Answer:
    """The map as asked for; without a word, of the members away. Before anything is published, the indicators."""
    view = View.of(asked)
    return map_page(view, asked.query) if has_map(view) else GoTo("/indicators")


def has_map(view: View) -> bool:
    """Whether there is anything to draw a map of."""
    return any(view.levels_told(one) for one in indicators_of("district"))


def map_page(view: View, query: Mapping[str, str]) -> Shown:
    """The page of a map.

    Raises:
        NotThere: there is no such indicator, level or scale.
    """
    what = chosen(view, query.get("indicator") or _first(view), query)
    by = _scale(what, query.get("scale", ""))
    units = view.of_level(what.level)
    ground = view.boundaries.ground(view.settings, view.units, what.level)
    drawing = map_drawing(
        what.indicator,
        what.kind,
        what.period,
        units,
        unit_pages.of_period(view.con, what.indicator.name, what.level, what.kind, what.period),
        by,
        ground.outlines,
        ground.places,
        view.language,
        view.links.unit,
    )
    told = [(name, one.says(view.language)) for name, one in ground.problems] if view.is_board else []
    return Shown(
        "map.html",
        {
            "figure": drawing.figure(view.language),
            "what": what,
            "by": by,
            "meaning": meaning(what.indicator, view.language),
            "is_tiled": not ground.outlines,
            "problems": told,
            "choices": choices(view, what),
            "scales": scales_of(what.indicator),
            "links": view.links,
        },
    )


def _first(view: View) -> str:
    """The members away, or where nothing of them is published the first indicator of which something is."""
    told = [one.name for one in indicators_of("district") if view.levels_told(one)]
    return FIRST if FIRST in told or not told else told[0]


def _scale(what: Chosen, said: str) -> By:
    """How the map is shaded; by value where the indicator cannot be held against chance."""
    if said and said not in SCALES:
        raise NotThere
    found = next((one for one in scales_of(what.indicator) if one == said), None)
    return found or "value"


def choices(view: View, what: Chosen) -> dict[str, list[tuple[str, str]] | tuple[str, ...]]:
    """What the forms of a map and an indicator offer: indicators with their names, levels, kinds and periods."""
    return {
        "indicators": [(one.name, label(one, view.language)) for one in indicators_of("district")],
        "levels": tuple(one for one in UNIT_LEVELS if one in what.indicator.levels),
        "kinds": kinds_of(what.indicator),
        "periods": what.periods,
    }


ROUTES = (Route("GET", "/map", frozenset({BOARD, READER}), show_map, is_kept=True),)
