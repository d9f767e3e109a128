"""The board's own boundaries: GeoJSON in, outlines of units out, borders shared by neighbours kept shared.

A file that is no map at all gives no outlines; a feature that is not right is left out and told of. Nothing of the
file's own texts but codes and names of properties is ever shown.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

from expectations.language.catalogue import Joined, Message, SpokenError

Coordinates = tuple[float, float]
"""Latitude and longitude, in degrees."""

CODES = ("code", "unit_code", "ma", "ma_xa", "maxa", "ma_dvhc", "madvhc", "ma_huyen", "mahuyen", "id", "ID")
"""The properties in which an official code is looked for, whatever their case, in this order."""
KM_A_DEGREE = 111.32
GAP_KM = 0.02
"""A gap between neighbours no wider than this is a slip of the drawing, not land of nobody."""
COORDINATES = 5000
"""A simplified map has at most about these many; each takes about ten bytes in a page."""
COARSEST_KM = 5.0
CHANGED = 0.01
"""A unit that loses or gains more than this part of its area where overlaps are settled is told of."""
LONGITUDES, LATITUDES = (102.0, 118.0), (6.0, 24.0)
"""Where Vietnam is: what lies elsewhere has its axes swapped, or is in metres."""


class NoMap(SpokenError):
    """The file gives no map: what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A unit's shape in kilometres, x to the east and y to the south, each ring closed by its first point.

    Attributes:
        rings: outer rings and holes, each a line of points.
        middle: a point within it, as far from its border as can be.
    """

    rings: tuple[tuple[tuple[float, float], ...], ...]
    middle: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Outlines by the units' codes, and what was wrong with the file, a line each."""

    outlines: Mapping[str, Outline]
    problems: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """Features by code before they are fitted to each other."""

    shapes: dict[str, BaseGeometry]
    problems: list[Message]


def read_boundaries(
    data: bytes,
    units: Mapping[str, str],
    code_property: str | None = None,
    registered: Mapping[str, Coordinates] | None = None,
) -> Boundaries:
    """Read a GeoJSON file of units, simplify it once, and hold it against the registry.

    Args:
        data: a FeatureCollection of Polygons and MultiPolygons in degrees (WGS 84).
        units: names by official code, of the units that there should be.
        code_property: the property that holds the code; looked for among `CODES` unless given.
        registered: the units' places by the registry, to be held against the shapes.

    Raises:
        NoMap: the file cannot be read, holds no features with codes, or is not in degrees.
    """
    features = _features(data)
    name = _property_of(features, code_property)
    read = _shapes(features, name, units)
    if not read.shapes:
        raise NoMap("boundary.none", property=name)
    _check_degrees(read.shapes)
    codes = sorted(read.shapes)
    middle = float(np.mean(shapely.total_bounds(list(read.shapes.values()))[1::2]))
    drawn = np.array([_in_km(read.shapes[code], middle) for code in codes])
    fitted = shapely.coverage_clean(drawn, gap_width=GAP_KM)
    problems = read.problems + _overlaps(codes, drawn, fitted, units)
    if registered:
        problems += _misplaced(read.shapes, units, registered)
    missing = [f"{code} {units[code]}" for code in sorted(set(units) - set(codes))]
    if missing:
        problems.append(Message("boundary.missing", units=Joined(tuple(missing)), count=len(missing)))
    outlines = {
        code: _outline(one) for code, one in zip(codes, simplified(fitted), strict=True) if not shapely.is_empty(one)
    }
    return Boundaries(outlines, tuple(problems))


def simplified(coverage: NDArray[np.object_], at_most: int = COORDINATES) -> NDArray[np.object_]:
    """Shapes with fewer points, the borders between neighbours still one line: no gap and no overlap comes in.

    Args:
        coverage: shapes that meet without gap or overlap, in kilometres.
        at_most: as coarse as needed to have no more points than these, but never beyond `COARSEST_KM`.
    """
    tolerance, found = 0.02, coverage
    while int(np.sum(shapely.get_num_coordinates(found))) > at_most and tolerance <= COARSEST_KM:
        found = shapely.coverage_simplify(coverage, tolerance)
        tolerance *= 1.4
    return found


def _features(data: bytes) -> list[dict[str, Any]]:
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise NoMap("boundary.unreadable") from error
    features = found.get("features") if isinstance(found, dict) and found.get("type") == "FeatureCollection" else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise NoMap("boundary.collection")
    return features


def _property_of(features: list[dict[str, Any]], named: str | None) -> str:
    """The property that holds the codes: the one named, else the first of `CODES` that any feature has."""
    there = dict.fromkeys(str(key) for one in features for key in one.get("properties") or {})
    by_case = {name.lower(): name for name in reversed(there)}
    found = (by_case.get(name.lower()) for name in CODES)
    name = (named if named in there else None) if named else next((one for one in found if one), None)
    if name is None:
        raise NoMap("boundary.no_code", property=named or ", ".join(CODES), found=", ".join(list(there)[:12]) or "—")
    return name


def _shapes(features: list[dict[str, Any]], name: str, units: Mapping[str, str]) -> _Read:
    codes = [_code((one.get("properties") or {}).get(name)) for one in features]
    often = Counter(codes)
    read = _Read({}, [])
    for number, (code, feature) in enumerate(zip(codes, features, strict=True), 1):
        if code is None:
            read.problems.append(Message("boundary.without_code", number=number, property=name))
        elif code not in units:
            continue
        elif often[code] > 1 and code in read.shapes:
            read.problems.append(Message("boundary.twice", code=code, name=units[code]))
        else:
            found = _geometry(feature.get("geometry"))
            if found is None:
                read.problems.append(Message("boundary.no_shape", code=code, name=units[code]))
                continue
            read.shapes[code] = found[0]
            if found[1]:
                read.problems.append(Message("boundary.mended", code=code, name=units[code]))
    strangers = tuple(dict.fromkeys(code for code in codes if code is not None and code not in units))
    if strangers:
        read.problems.append(Message("boundary.unknown", codes=Joined(strangers[:20]), count=len(strangers)))
    return read


def _code(value: Any) -> str | None:
    """An official code as text, also where a program made a number of it; null where there is none."""
    if isinstance(value, bool) or value is None:
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip() or None


def _geometry(drawn: Any) -> tuple[BaseGeometry, bool] | None:
    """A feature's area, and whether its rings had to be mended; null where it has none."""
    if not isinstance(drawn, dict) or drawn.get("type") not in ("Polygon", "MultiPolygon"):
        return None
    try:
        with np.errstate(invalid="ignore"):
            found = shapely.force_2d(shape(drawn))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError):
        return None
    if found.is_empty or not np.isfinite(shapely.get_coordinates(found)).all():
        return None
    if found.is_valid:
        return found, False
    mended = shapely.make_valid(found, method="structure", keep_collapsed=False)
    return (mended, True) if isinstance(mended, Polygon | MultiPolygon) and not mended.is_empty else None


def _check_degrees(shapes: Mapping[str, BaseGeometry]) -> None:
    west, south, east, north = shapely.total_bounds(list(shapes.values()))
    if _within(west, east, LONGITUDES) and _within(south, north, LATITUDES):
        return
    if _within(west, east, LATITUDES) and _within(south, north, LONGITUDES):
        raise NoMap("boundary.swapped")
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise NoMap("boundary.metres", x=f"{west:.0f}", y=f"{south:.0f}")
    raise NoMap("boundary.elsewhere", longitude=f"{west:.2f} … {east:.2f}", latitude=f"{south:.2f} … {north:.2f}")


def _within(low: float, high: float, span: tuple[float, float]) -> bool:
    return span[0] <= low and high <= span[1]


def _in_km(found: BaseGeometry, middle: float) -> BaseGeometry:
    """A shape in kilometres: across a province the earth is flat to a few parts in ten thousand."""
    factors = np.array([KM_A_DEGREE * math.cos(math.radians(middle)), -KM_A_DEGREE])
    return shapely.transform(found, lambda points: points * factors)


def _overlaps(
    codes: list[str], before: NDArray[np.object_], after: NDArray[np.object_], units: Mapping[str, str]
) -> list[Message]:
    """The units whose area changed where overlaps were settled."""
    old, new = shapely.area(before), shapely.area(after)
    changed = [code for code, a, b in zip(codes, old, new, strict=True) if abs(a - b) > CHANGED * a]
    names = Joined(tuple(f"{code} {units[code]}" for code in changed))
    return [Message("boundary.overlap", units=names, count=len(changed))] if changed else []


def _misplaced(
    shapes: Mapping[str, BaseGeometry], units: Mapping[str, str], registered: Mapping[str, Coordinates]
) -> list[Message]:
    """The units whose place by the registry lies a kilometre or more out of their shape."""
    found = []
    for code in sorted(set(shapes) & set(registered)):
        latitude, longitude = registered[code]
        km = shapely.distance(shapes[code], shapely.Point(longitude, latitude)) * KM_A_DEGREE
        if km >= 1:
            found.append(Message("boundary.misplaced", code=code, name=units[code], km=round(km)))
    return found


def _outline(found: BaseGeometry) -> Outline:
    parts = found.geoms if isinstance(found, MultiPolygon) else [found]
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    largest = max(parts, key=lambda part: float(part.area))
    middle = shapely.maximum_inscribed_circle(largest, tolerance=0.1).coords[0]
    points = tuple(tuple((float(x), float(y)) for x, y in shapely.get_coordinates(ring)) for ring in rings)
    return Outline(points, (float(middle[0]), float(middle[1])))
