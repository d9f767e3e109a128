"""The portal's pages, one module each: its routes, and a handler for each of them."""

from flows.portal.asked import Route
from flows.portal.pages import (
    alerts,
    counter,
    followup,
    forecast,
    indicators,
    map,
    operator,
    pilots,
    reports,
    targets,
    today,
    units,
)

PAGES: tuple[Route, ...] = (
    *today.ROUTES,
    *alerts.ROUTES,
    *followup.ROUTES,
    *reports.ROUTES,
    *map.ROUTES,
    *units.ROUTES,
    *indicators.ROUTES,
    *targets.ROUTES,
    *forecast.ROUTES,
    *pilots.ROUTES,
    *counter.ROUTES,
    *operator.ROUTES,
)
