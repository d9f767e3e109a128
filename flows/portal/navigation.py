"""The pages that stand in the bar at the top of every page."""

from __future__ import annotations

from dataclasses import dataclass

from flows.portal.asked import BOARD, READER, SENDER


@dataclass(frozen=True, slots=True)
class BarItem:
    """A page of the bar.

    Attributes:
        name: its words are `portal.nav.<name>`.
        path: where it is at the portal; plain_path: on a site of plain files, "" where it is not there.
        roles: who sees it.
    """

    name: str
    path: str
    roles: frozenset[str]
    plain_path: str = ""


_BOTH = frozenset({BOARD, READER})
NAVIGATION: tuple[BarItem, ...] = (
    BarItem("today", "/", frozenset({BOARD}), "/index.html"),
    BarItem("map", "/map", _BOTH, "/map.html"),
    BarItem("units", "/units", _BOTH, "/units.html"),
    BarItem("indicators", "/indicators", _BOTH, "/indicators.html"),
    BarItem("targets", "/targets", _BOTH, "/targets.html"),
    BarItem("forecast", "/forecast", _BOTH, "/forecast.html"),
    BarItem("pilots", "/pilots", _BOTH, "/pilots.html"),
    BarItem("alerts", "/alerts", frozenset({BOARD})),
    BarItem("follow-up", "/follow-up", frozenset({BOARD})),
    BarItem("reports", "/reports", frozenset({BOARD}), "/reports.html"),
    BarItem("counter", "/counter", frozenset({SENDER})),
    BarItem("operator", "/operator", frozenset({BOARD})),
)
