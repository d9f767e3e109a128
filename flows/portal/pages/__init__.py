"""The portal's pages, one module each: its routes, and a handler for each of them."""

from flows.portal.asked import Route
from flows.portal.pages import counter, today

PAGES: tuple[Route, ...] = (*today.ROUTES, *counter.ROUTES)
