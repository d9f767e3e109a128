"""The pages as plain files that open from a folder or a stick, without a server: the board's, of the last night."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from expectations.contract.indicators import Indicator
from expectations.language.catalogue import text
from flows.errors import UserError
from flows.portal.asked import Shown
from flows.portal.boundary_files import BoundaryFiles
from flows.portal.links import Links, plain_level
from flows.portal.pages.forecast import forecast_page, forecast_units
from flows.portal.pages.indicators import indicator_page, indicators_page
from flows.portal.pages.map import has_map, map_page
from flows.portal.pages.pilots import pilots_page
from flows.portal.pages.reports import reports_page
from flows.portal.pages.targets import targets_page
from flows.portal.pages.today import today_page
from flows.portal.pages.units import read_units, unit_page, units_page
from flows.portal.render import Frame, rendered
from flows.portal.style import STATIC, stylesheet
from flows.portal.view import View
from flows.settings import Settings, load_settings
from transforms.drawing.unit_map import By
from transforms.morning.page import MorningLinks
from transforms.pages.map_page import scales_of
from transforms.pages.unit_figures import UNIT_LEVELS, indicators_of, kinds_of, label
from warehouse.board_copy import open_copies
from warehouse.publish import LINK

FOLDERS = ("units", "indicators", "forecast", "maps", "static")
SIGN = ".mobility-board"
"""Lies in a folder that was written by us: it may be written anew."""
Page = tuple[str, Shown]
"""Where a page stands below the folder, and what it shows."""


def run_board(folder: Path) -> None:
    """Write the pages and say where to begin.

    Raises:
        UserError: as `write_site`.
    """
    settings = load_settings()
    pages = write_site(settings, folder)
    said = text("portal.board.written", settings.language, pages=pages, path=folder, first=folder / "index.html")
    Console().print(said, soft_wrap=True, highlight=False, markup=False)


def write_site(settings: Settings, folder: Path) -> int:
    """Write every page; how many there are.

    Args:
        folder: made where it is not there; a former site in it is replaced.

    Raises:
        UserError: no night has published yet, the folder holds something else, or it cannot be written to.
    """
    published, board = settings.published_dir / LINK, settings.board_copy_path
    if not published.exists() or not board.exists():
        raise UserError("error.portal.unpublished")
    try:
        _make_ready(folder)
        with open_copies(published, board, "400MB") as con:
            view = View(con, settings, settings.language, Links(is_plain=True), BoundaryFiles(), is_board=True)
            pages = 0
            for path, shown in _pages(view):
                _write(folder / path, _rendered(path, shown, view))
                pages += 1
        _write(folder / "static" / "portal.css", stylesheet())
        shutil.copyfile(STATIC / "icon.svg", folder / "static" / "icon.svg")
    except OSError as error:
        raise UserError("error.unwritten", path=folder, why=error.strerror or type(error).__name__) from error
    return pages


def _make_ready(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / SIGN).is_file():
        raise UserError("error.board.not-ours", path=folder)
    (folder / SIGN).touch()
    for name in FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir()


def _pages(view: View) -> Iterator[Page]:
    top, below = _at(view, "."), _at(view, "..")
    yield "index.html", today_page(view.con, view.settings, view.language, MorningLinks(file=lambda row: None))
    yield "reports.html", reports_page(view.con)
    yield "units.html", units_page(top)
    yield "indicators.html", indicators_page(top)
    yield "targets.html", targets_page(top)
    yield "forecast.html", forecast_page(top)
    for code in forecast_units(view):
        yield f"forecast/{code}.html", forecast_page(below, code)
    yield "pilots.html", pilots_page(top)
    yield "map.html", _map_with_others(top, map_page(top, {})) if has_map(top) else indicators_page(top)
    for level in UNIT_LEVELS:
        units = view.of_level(level)
        read = read_units(below, units) if units else {}
        for unit in units:
            yield f"units/{unit.code}.html", unit_page(below, unit, read[unit.code])
    for indicator, level in _published(view):
        name = indicator.name
        shown = indicator_page(below, name, {"level": level})
        yield f"indicators/{name}{plain_level(level)}.html", _with(shown, plain_levels=_levels(below, indicator))
        for by in scales_of(indicator):
            query = {"indicator": name, "level": level, "scale": by}
            path = f"maps/{name}-{by}{plain_level(level)}.html"
            yield path, _map_with_others(below, map_page(below, query))


def _at(view: View, base: str) -> View:
    """The same, seen from a page whose way to the top is `base`; what it has read already is kept."""
    links = Links(base, is_plain=True)
    found = View(view.con, view.settings, view.language, links, view.boundaries, view.is_board)
    found.__dict__.update(
        {
            name: getattr(view, name)
            for name in ("units", "reporting_level", "last_periods", "told", "_spreads", "reasons")
        }
    )
    return found


def _published(view: View) -> list[tuple[Indicator, str]]:
    """Indicators of which something is published, and the levels of whose units it is."""
    return [
        (one, level) for one in indicators_of("district") for level in view.levels_told(one) if view.of_level(level)
    ]


def _levels(view: View, indicator: Indicator) -> list[tuple[str, str]]:
    """Links to an indicator of each level, where there is more than one."""
    levels = [level for one, level in _published(view) if one is indicator]
    kind = kinds_of(indicator)[0]
    return [
        (
            str(view.links.indicator_at(indicator.name, level, kind, "")),
            text(f"portal.figures.level.{level}", view.language),
        )
        for level in levels
        if len(levels) > 1
    ]


def _map_with_others(view: View, shown: Shown) -> Shown:
    """A map with links to all others."""
    others = [
        (str(view.links.map(one.name, by, level, "", "")), _map_name(view, one, level, by))
        for one, level in _published(view)
        for by in scales_of(one)
    ]
    return _with(shown, plain_maps=others)


def _map_name(view: View, indicator: Indicator, level: str, by: By) -> str:
    words = (
        label(indicator, view.language),
        text(f"portal.figures.level.{level}", view.language),
        text(f"portal.map.scale.{by}", view.language),
    )
    return " · ".join(words)


def _with(shown: Shown, **more: Any) -> Shown:
    values: Mapping[str, Any] = {**shown.values, **more}
    return Shown(shown.template, values, shown.status)


def _rendered(path: str, shown: Shown, view: View) -> str:
    is_top = "/" not in path
    page = "/" if path == "index.html" else f"/{path.removesuffix('.html')}"
    return rendered(
        shown.template, shown.values, Frame(view.language, path=page, base="." if is_top else "..", is_plain=True)
    )


def _write(path: Path, content: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(0o640)  # before anything stands in it
    path.write_text(content, "utf-8")
