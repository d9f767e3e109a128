"""Where no boundaries are given: a square tile for each unit, laid out so that neighbours stay together."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from transforms.drawing.boundaries import Coordinates, Outline

Array = NDArray[np.float64]
Tile = tuple[int, int]
"""Column from the west, row from the north, from 0."""

MOST_COLUMNS = 10
"""More would leave no room for a name on a telephone."""
STRAY = 4.0
"""A unit this many times farther from its nearest neighbour than units commonly are has a wrong place."""
EDGE = 0.04


def tile_layout(places: Mapping[str, Coordinates | None]) -> dict[str, Tile]:
    """A tile for every unit, so that all of them together are moved least.

    Places are spread evenly over the grid, half by distance and half by rank (towns lie close, paddies apart), and
    units and tiles are paired with the least sum of squared moves; the same places give the same tiles. The grid has
    as many tiles as there are units: those that a full rectangle has too many are taken from its rim, where they are
    farthest from any unit.

    Args:
        places: latitude and longitude by the units' codes; null where not known. A unit without, or with a place far
            from all others, is put among those with the codes next to its own, which lie in the same district.
    """
    codes = sorted(places)
    if not codes:
        return {}
    points = _filled(codes, places)
    spread = (_evenly(points) + _ranked(points)) / 2
    width, height = np.ptp(points, axis=0)
    columns = _columns(len(codes), float(width / height) if height > 0 and width > 0 else 1.0)
    rows = math.ceil(len(codes) / columns)
    wanted = spread * [columns - 1, rows - 1]
    tiles = _grid(columns, rows, len(codes), wanted)
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - 24 MB, for those without boundaries only

    _, chosen = linear_sum_assignment(_squared_distances(wanted, tiles))
    return {code: (int(tiles[at][0]), int(tiles[at][1])) for code, at in zip(codes, chosen, strict=True)}


def strays(places: Mapping[str, Coordinates | None]) -> list[str]:
    """The codes of units whose place is so far from every other one that it must be wrong."""
    known = {code: place for code, place in sorted(places.items()) if place is not None}
    if len(known) < 5:
        return []
    flat = _flat(list(known.values()))
    apart = np.sqrt(_squared_distances(flat, flat))
    np.fill_diagonal(apart, np.inf)
    nearest = apart.min(axis=1)
    return [
        code for code, far in zip(known, nearest, strict=True) if far > STRAY * max(float(np.median(nearest)), 1e-9)
    ]


def tile_outlines(layout: Mapping[str, Tile]) -> dict[str, Outline]:
    """The tiles as outlines, one wide, a little apart."""
    found = {}
    for code, (column, row) in layout.items():
        west, north, east, south = column + EDGE, row + EDGE, column + 1 - EDGE, row + 1 - EDGE
        ring = ((west, north), (east, north), (east, south), (west, south), (west, north))
        found[code] = Outline((ring,), (column + 0.5, row + 0.5))
    return found


def _flat(places: list[Coordinates]) -> Array:
    """x to the east and y to the south, in degrees of latitude."""
    found = np.array(places, dtype=float)
    return np.column_stack([found[:, 1] * math.cos(math.radians(float(found[:, 0].mean()))), -found[:, 0]])


def _filled(codes: list[str], places: Mapping[str, Coordinates | None]) -> Array:
    """Every unit's place; by code order between its neighbours where it has none, or a wrong one."""
    wrong = set(strays(places))
    known = [at for at, code in enumerate(codes) if places[code] is not None and code not in wrong]
    if not known:
        return np.column_stack([np.zeros(len(codes)), np.zeros(len(codes))])
    flat = _flat([place for at in known if (place := places[codes[at]]) is not None])
    every = np.arange(len(codes))
    return np.column_stack([np.interp(every, known, flat[:, axis]) for axis in (0, 1)])


def _evenly(points: Array) -> Array:
    """Places from 0 to 1 on either axis, by distance."""
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    return np.where(span > 0, (points - low) / np.where(span > 0, span, 1.0), _in_order(len(points)))


def _ranked(points: Array) -> Array:
    """Places from 0 to 1 on either axis, by rank; equal ones share theirs."""
    last = max(len(points) - 1, 1)
    ranks = [
        (np.searchsorted(np.sort(axis), axis) + np.searchsorted(np.sort(axis), axis, "right") - 1) / 2
        for axis in points.T
    ]
    same = np.ptp(points, axis=0) == 0
    return np.where(same, _in_order(len(points)), np.column_stack(ranks) / last)


def _in_order(units: int) -> Array:
    """Where nothing is known of places: the codes' order, row by row."""
    columns = _columns(units, 1.0)
    rows = max(math.ceil(units / columns) - 1, 1)
    every = np.arange(units)
    return np.column_stack([every % columns / max(columns - 1, 1), every // columns / rows])


def _columns(units: int, shape: float) -> int:
    """How many columns a grid of about this width to height has, so that the last row is as full as can be."""
    wished = min(max(math.sqrt(units * min(max(shape, 0.6), 1.7)), 1.0), MOST_COLUMNS)
    near = range(max(1, math.floor(wished) - 1), min(MOST_COLUMNS, math.ceil(wished) + 1) + 1)
    return min(near, key=lambda columns: (abs(columns - wished) + (-units % columns) / columns, columns))


def _grid(columns: int, rows: int, units: int, wanted: Array) -> Array:
    """As many tiles as units: a rectangle without the tiles of its rim that lie farthest from any unit."""
    left = {(column, row) for row in range(rows) for column in range(columns)}
    while len(left) > units:
        rim = sorted(tile for tile in left if _is_rim(tile, left))
        far = _squared_distances(np.array(rim, dtype=float), wanted).min(axis=1)
        left.discard(rim[int(np.argmax(far))])
    return np.array(sorted(left), dtype=float)


def _squared_distances(these: Array, those: Array) -> Array:
    """Of each of these places from each of those."""
    apart: Array = these[:, None, :] - those[None, :, :]
    return np.asarray((apart**2).sum(axis=2))


def _is_rim(tile: Tile, left: set[Tile]) -> bool:
    """Whether a tile is open on two sides that meet, so that no hole and no island is left without it."""
    column, row = tile
    west, east = (column - 1, row) in left, (column + 1, row) in left
    north, south = (column, row - 1) in left, (column, row + 1) in left
    return not (west and east) and not (north and south)
