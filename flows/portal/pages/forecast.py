"""The forecasts: of the province or one district, twelve months ahead; the published marts alone."""

from __future__ import annotations

from flows.portal.asked import BOARD, READER, Answer, Asked, NotThere, Route, Shown
from flows.portal.view import View
from transforms.pages.forecast import forecast_cards, forecast_lines
from warehouse.marts.forecast_pages import last_forecasts, months_before, scores

MONTHS = 36


def show_forecast(asked: Asked) -> Answer:
    """The province's, and the units'."""
    return forecast_page(View.of(asked))


def show_forecast_of(asked: Asked) -> Answer:
    """A unit's."""
    return forecast_page(View.of(asked), asked.path["code"])


def forecast_page(view: View, code: str = "") -> Shown:
    """The forecasts of a unit, the province's where none is named; empty before any was made.

    Raises:
        NotThere: there is none of the unit.
    """
    rows, language = last_forecasts(view.con), view.language
    if rows.is_empty():
        if code:
            raise NotThere
        return Shown("forecast.html", {"cards": [], "lines": []})
    shown = code or rows["unit_code"][0]
    lines = forecast_lines(rows, scores(view.con), shown, language, view.links.forecast)
    own = next((line for line in lines if line.is_shown), None)
    if own is None:
        raise NotThere
    cards = forecast_cards(own.words, rows, months_before(view.con, shown, MONTHS), language)
    figures = [(card.words, card.drawing.figure(language)) for card in cards]
    return Shown("forecast.html", {"unit": own.name, "made": own.words[0].made, "cards": figures, "lines": lines})


def forecast_units(view: View) -> list[str]:
    """The codes of the units that have forecasts."""
    rows = last_forecasts(view.con)
    return [] if rows.is_empty() else rows["unit_code"].unique(maintain_order=True).to_list()


_WHO = frozenset({BOARD, READER})
ROUTES = (
    Route("GET", "/forecast", _WHO, show_forecast, is_kept=True),
    Route("GET", "/forecast/{code}", _WHO, show_forecast_of, is_kept=True),
)
