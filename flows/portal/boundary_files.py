"""The board's own boundaries: GeoJSON files of the registry, read once and kept while they are unchanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from expectations.language.catalogue import Message, SpokenError
from flows.errors import UserError
from flows.settings import Settings
from transforms.drawing.boundaries import Boundaries, Coordinates, NoMap, Outline, read_boundaries
from transforms.pages.unit_figures import UNIT_LEVELS, PageUnit

FOLDER = "boundaries"
LARGEST = 64 << 20
"""Bytes of a file; a province's communes drawn to the metre take a few millions."""
Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a map of one level is drawn on.

    Attributes:
        outlines: of the board's boundaries by code; empty where tiles stand in for them.
        places: latitude and longitude by code, as the published copy has them: it opens where the registry does not.
        problems: what was wrong with the files; each said of a file.
    """

    outlines: Mapping[str, Outline]
    places: Mapping[str, Coordinates]
    problems: tuple[tuple[str, Message | SpokenError], ...] = ()


@dataclass
class BoundaryFiles:
    """Read anew when a file or the units have changed."""

    _lock: Lock = field(default_factory=Lock)
    _key: tuple[Stamp, tuple[PageUnit, ...]] | None = None
    _grounds: Mapping[str, Ground] = field(default_factory=dict)

    def ground(self, settings: Settings, units: Sequence[PageUnit], level: str) -> Ground:
        """What the units of a level are drawn on."""
        with self._lock:
            key = (stamp(settings), tuple(units))
            if key != self._key:
                self._grounds, self._key = _grounds(settings, units), key
            return self._grounds[level]


def _files(settings: Settings) -> list[Path]:
    return sorted((settings.registry_dir / FOLDER).glob("*.geojson"))


def stamp(settings: Settings) -> Stamp:
    """Tells one state of the files a map is drawn from, from another."""
    found = [(path, path.stat()) for path in _files(settings) if path.is_file()]
    return tuple((path.name, stat.st_mtime_ns, stat.st_size) for path, stat in found)


def _grounds(settings: Settings, units: Sequence[PageUnit]) -> dict[str, Ground]:
    """By level, on the file that has the most of its units; what no level could be drawn on is told of."""
    found: dict[str, Ground] = {}
    lost: dict[str, NoMap | UserError] = {}
    used: set[str] = set()
    for level in UNIT_LEVELS:
        of_level = [one for one in units if one.level == level]
        near = {one.code: one.place for one in of_level if one.place is not None}
        best: tuple[str, Boundaries] | None = None
        for path in _files(settings):
            try:
                read = _read(path, {one.code: one.name for one in of_level}, near)
            except (NoMap, UserError) as error:
                lost[path.name] = error
                continue
            used.add(path.name)
            if best is None or len(read.outlines) > len(best[1].outlines):
                best = path.name, read
        told = tuple((best[0], one) for one in best[1].problems) if best else ()
        found[level] = Ground(best[1].outlines if best else {}, near, told)
    unread = tuple((name, error) for name, error in lost.items() if name not in used)
    return {level: Ground(one.outlines, one.places, (*one.problems, *unread)) for level, one in found.items()}


def _read(path: Path, names: Mapping[str, str], places: Mapping[str, Coordinates]) -> Boundaries:
    try:
        if path.stat().st_size > LARGEST:
            raise UserError("portal.map.too-large", most=LARGEST >> 20)
        data = path.read_bytes()
    except OSError as error:
        raise UserError("portal.map.unreadable", why=error.strerror or type(error).__name__) from error
    return read_boundaries(data, names, registered=places)
