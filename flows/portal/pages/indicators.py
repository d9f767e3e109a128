"""An indicator: all units over time, ranked and against their size, and what is seen as a table to keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import urlencode

from expectations.language.catalogue import Language
from flows.portal.asked import BOARD, READER, XLSX, Answer, Asked, Download, Route, Shown
from flows.portal.pages.map import choices
from flows.portal.view import Chosen, View, chosen
from transforms.pages import indicator_page as model
from transforms.pages.map_page import scales_of
from transforms.pages.unit_figures import indicators_of, label, meaning
from transforms.pages.unit_page import trend_says
from warehouse.marts import unit_pages

MONTHS, MONTHS_OF_COMMUNES = 36, 18


def show_indicators(asked: Asked) -> Answer:
    """All indicators."""
    return indicators_page(View.of(asked))


def indicators_page(view: View) -> Shown:
    """All indicators with what they say, those of which nothing is published yet without a link."""
    rows = [
        {
            "href": view.links.indicator(one.name) if view.levels_told(one) else None,
            "label": label(one, view.language),
            "meaning": meaning(one, view.language),
            "is_of_communes": "commune" in one.levels,
        }
        for one in indicators_of("district")
    ]
    return Shown("indicators.html", {"rows": rows})


def show_indicator(asked: Asked) -> Answer:
    """One indicator."""
    return indicator_page(View.of(asked), asked.path["name"], asked.query)


def indicator_page(view: View, name: str, query: Mapping[str, str]) -> Shown:
    """The page of an indicator.

    Raises:
        NotThere: there is no such indicator or level, or nothing of it is published.
    """
    what = chosen(view, name, query)
    seen = _seen(view, what)
    language, href = view.language, view.links.unit
    trend = unit_pages.province_trend(view.con, name, what.period)
    drawings = {
        "province": model.province_series(seen, trend, language),
        "ranked": model.ranked(seen, language, href),
        "funnel": model.funnel(seen, language, href),
        "multiples": model.multiples(seen, language, href),
    }
    return Shown(
        "indicator.html",
        {
            "label": label(seen.indicator, language),
            "meaning": meaning(seen.indicator, language),
            "what": what,
            "figures": {key: one.figure(language) if one else None for key, one in drawings.items()},
            "trend": trend_says(trend, language),
            "choices": choices(view, what),
            "links": view.links,
            "scales": scales_of(what.indicator),
            "query": urlencode({"level": what.level, "kind": what.kind, "period": what.period}),
        },
    )


def _seen(view: View, what: Chosen, with_series: bool = True) -> model.Seen:
    name = what.indicator.name
    months = MONTHS if what.level == "district" else MONTHS_OF_COMMUNES
    asked = (view.con, name, what.level, what.kind)
    rows = unit_pages.of_period(*asked, what.period)
    series = unit_pages.of_months(*asked, what.period, months) if with_series else rows.head(0)
    return model.Seen(what.indicator, what.level, what.kind, what.period, view.of_level(what.level), rows, series)


def export(asked: Asked, written: Callable[[model.Seen, Language], bytes], ending: str, kind: str) -> Answer:
    """What the page shows, as a table to keep."""
    name, view = asked.path["name"], View.of(asked)
    seen = _seen(view, chosen(view, name, asked.query), with_series=False)
    return Download(f"{name}-{seen.level}-{seen.period}.{ending}", written(seen, asked.language), kind)


_BOTH = frozenset({BOARD, READER})
ROUTES = (
    Route("GET", "/indicators", _BOTH, show_indicators, is_kept=True),
    Route(
        "GET",
        "/indicators/{name}.csv",
        _BOTH,
        partial(export, written=model.as_csv, ending="csv", kind="text/csv; charset=utf-8"),
    ),
    Route("GET", "/indicators/{name}.xlsx", _BOTH, partial(export, written=model.as_xlsx, ending="xlsx", kind=XLSX)),
    Route("GET", "/indicators/{name}", _BOTH, show_indicator, is_kept=True),
)
