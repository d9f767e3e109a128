"""Invented boundary files: two rows of units along a wavy river, and everything that can be wrong with them."""

from __future__ import annotations

import json
import math
from functools import reduce

import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon

from expectations.language.catalogue import LANGUAGES
from tests.transforms.drawing.pictures import SHARE, check, kinds
from transforms.drawing.boundaries import COORDINATES, Boundaries, NoMap, read_boundaries
from transforms.drawing.figures import UnitFigure
from transforms.drawing.unit_map import unit_map, value_breaks

WEST, SOUTH, SIDE = 105.0, 10.0, 0.1


def border(across: float, at: float) -> tuple[float, float]:
    """A point of a wavy line; the same for the units on both of its sides."""
    wave = 0.006 * math.sin(40 * (across + at)) + 0.002 * math.sin(300 * (across + at))
    return round(WEST + across + wave, 6), round(SOUTH + at + wave / 2, 6)


def area(column: int, row: int, steps: int = 60) -> list[list[float]]:
    west, south = column * SIDE, row * SIDE
    along = [SIDE * step / steps for step in range(steps)]
    ring = [border(west + at, south) for at in along]
    ring += [border(west + SIDE, south + at) for at in along]
    ring += [border(west + SIDE - at, south + SIDE) for at in along]
    ring += [border(west, south + SIDE - at) for at in along]
    return [list(point) for point in [*ring, ring[0]]]


def feature(code, rings, kind="Polygon", **properties):
    return {
        "type": "Feature",
        "properties": {"ma_xa": code, **properties},
        "geometry": {"type": kind, "coordinates": rings},
    }


UNITS = {f"3000{column + 3 * row}": f"Xã {column}{row}" for row in range(2) for column in range(3)}


def features():
    return [feature(f"3000{column + 3 * row}", [area(column, row)]) for row in range(2) for column in range(3)]


def written(found) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": found}).encode()


def read(found, **more) -> Boundaries:
    return read_boundaries(written(found), UNITS, **more)


def keys(found: Boundaries) -> list[str]:
    for problem in found.problems:
        assert all("{" not in problem.says(language) for language in LANGUAGES)
    return [problem.key for problem in found.problems]


def polygons(found: Boundaries) -> list[Polygon]:
    return [
        reduce(shapely.symmetric_difference, [Polygon(ring) for ring in outline.rings])
        for outline in found.outlines.values()
    ]


def test_a_good_file_has_no_problem_and_every_unit():
    found = read(features())
    assert keys(found) == []
    assert sorted(found.outlines) == sorted(UNITS)
    for outline, shape in zip(found.outlines.values(), polygons(found), strict=True):
        assert shape.contains(shapely.Point(outline.middle))
    # Ten hundredths of a degree are eleven kilometres, north is above.
    assert found.outlines["30000"].middle[1] > found.outlines["30003"].middle[1]
    assert polygons(found)[0].area == pytest.approx(SIDE**2 * 111.32**2 * math.cos(math.radians(10.1)), rel=0.06)


def test_simplified_neighbours_still_share_their_borders(monkeypatch):
    monkeypatch.setattr("transforms.drawing.boundaries.simplified.__defaults__", (200,))
    found = read(features())
    shapes = np.array(polygons(found))
    assert sum(shapely.get_num_coordinates(shapes)) <= 200
    assert shapely.coverage_is_valid(shapes)
    together = shapely.union_all(shapes)
    assert together.geom_type == "Polygon"
    assert not list(together.interiors)
    assert together.area == pytest.approx(sum(shape.area for shape in shapes))


def test_a_large_file_is_made_small_enough_for_a_page():
    large = [feature(f"3000{column + 3 * row}", [area(column, row, 1500)]) for row in range(2) for column in range(3)]
    found = read(large)
    points = [point for outline in found.outlines.values() for ring in outline.rings for point in ring]
    assert len(points) <= COORDINATES
    figures = [UnitFigure(code=code, name=name, value=0.5) for code, name in UNITS.items()]
    assert len(unit_map(SHARE, figures, found.outlines).picture) < 100_000


def test_missing_unknown_and_doubled_codes_are_told():
    odd = features()[1:]
    odd += [feature("99999", [area(4, 4)]), feature("30001", [area(5, 5)]), feature(None, [area(6, 6)])]
    found = read(odd)
    assert keys(found) == ["boundary.twice", "boundary.without_code", "boundary.unknown", "boundary.missing"]
    assert "30000 Xã 00" in found.problems[-1].says("vi")
    assert sorted(found.outlines) == sorted(UNITS)[1:]


def test_a_code_that_became_a_number_is_still_the_code():
    odd = [feature(int(one["properties"]["ma_xa"]), one["geometry"]["coordinates"]) for one in features()]
    assert keys(read(odd)) == []
    odd[0]["properties"]["ma_xa"] = 30000.0
    odd[1]["properties"]["ma_xa"] = True
    assert keys(read(odd)) == ["boundary.without_code", "boundary.missing"]


def test_a_ring_that_crosses_itself_is_mended_and_told():
    odd = features()
    ring = odd[0]["geometry"]["coordinates"][0]
    ring[10], ring[12] = ring[12], ring[10]
    found = read(odd)
    assert keys(found)[0] == "boundary.mended"
    assert shapely.is_valid(polygons(found)).all()


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {"type": "Point", "coordinates": [105, 10]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[105, 10], [105.1, 10]]]},
        {"type": "Polygon", "coordinates": "105,10"},
        {"type": "Polygon", "coordinates": [[["a", "b"], ["c", "d"], ["e", "f"], ["a", "b"]]]},
        {"type": "Polygon", "coordinates": [[[105, 10], [105.1, 10], [105.2, 10], [105, 10]]]},
        {"type": "Polygon", "coordinates": [[[105, 10], [math.nan, 10], [105.2, 10.1], [105, 10]]]},
        {"type": "Polygon"},
        [1, 2],
    ],
)
def test_a_feature_without_an_area_is_left_out_and_told(geometry):
    odd = features()
    odd[0]["geometry"] = geometry
    found = read(odd)
    assert keys(found) == ["boundary.no_shape", "boundary.missing"]
    assert "30000" not in found.outlines


def test_overlaps_are_settled_and_told():
    odd = features()
    odd[0]["geometry"]["coordinates"] = [[[105, 10], [105.15, 10], [105.15, 10.1], [105, 10.1], [105, 10]]]
    found = read(odd)
    assert "boundary.overlap" in keys(found)
    shapes = polygons(found)
    assert shapely.union_all(shapes).area == pytest.approx(sum(shape.area for shape in shapes), rel=1e-6)


def test_a_unit_of_several_parts_and_a_hole_keeps_them():
    odd = features()[1:]
    island = [[106.5, 10], [106.6, 10], [106.6, 10.1], [106.5, 10.1], [106.5, 10]]
    hole = [[106.52, 10.02], [106.52, 10.08], [106.58, 10.08], [106.58, 10.02], [106.52, 10.02]]
    odd.append(feature("30000", [[area(0, 0)], [island, hole]], "MultiPolygon"))
    assert len(read(odd).outlines["30000"].rings) == 3


def test_a_place_of_the_registry_outside_its_unit_is_told():
    places = {"30000": (10.05, 105.05), "30001": (10.38, 106.12), "30002": (10.05, 105.25)}
    found = read(features(), registered=places)
    assert keys(found) == ["boundary.misplaced"]
    assert "30001" in found.problems[0].says("vi")


def test_the_code_is_found_under_many_names_or_the_one_given():
    for name in ("code", "CODE", "MaXa", "ma_dvhc"):
        named = [{**one, "properties": {"ten": "x", name: one["properties"]["ma_xa"]}} for one in features()]
        assert keys(read(named)) == []
    odd = [{**one, "properties": {"ky_hieu": one["properties"]["ma_xa"]}} for one in features()]
    assert keys(read(odd, code_property="ky_hieu")) == []
    with pytest.raises(NoMap) as failed:
        read(odd)
    assert "ky_hieu" in failed.value.says("vi")


def moved(by):
    found = features()
    for one in found:
        one["geometry"]["coordinates"] = [[by(x, y) for x, y in ring] for ring in one["geometry"]["coordinates"]]
    return found


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"\xff\xfe{", "boundary.unreadable"),
        (b"{", "boundary.unreadable"),
        (b"[" * 100_000, "boundary.unreadable"),
        (b"[]", "boundary.collection"),
        (b'{"type": "Feature"}', "boundary.collection"),
        (b'{"type": "FeatureCollection", "features": [1]}', "boundary.collection"),
        (b'{"type": "FeatureCollection", "features": []}', "boundary.no_code"),
        (written([feature("99999", [area(0, 0)])]), "boundary.none"),
        (written(moved(lambda x, y: [y, x])), "boundary.swapped"),
        (written(moved(lambda x, y: [x * 5000, y * 110000])), "boundary.metres"),
        (written(moved(lambda x, y: [x - 100, y + 40])), "boundary.elsewhere"),
    ],
)
def test_a_file_that_is_no_map_is_refused_with_its_reason(data, key):
    with pytest.raises(NoMap) as failed:
        read_boundaries(data, UNITS)
    assert failed.value.message.key == key
    assert all("{" not in failed.value.says(language) for language in LANGUAGES)


def test_the_map_shades_links_and_hatches():
    found = read(features())
    values = [0.1, 0.2, 0.3, None, 0.5, 0.6]
    figures = [
        UnitFigure(code=code, name=name, value=value, is_hidden=code == "30004", href=f"/unit/{code}")
        for (code, name), value in zip(UNITS.items(), values, strict=True)
    ]
    drawn = unit_map(SHARE, figures, found.outlines, 0.3, name="m")
    root = check(drawn.picture)
    links = list(root.iter("{http://www.w3.org/2000/svg}a"))
    assert [one.get("href") for one in links] == [f"/unit/{code}" for code in UNITS]
    fills = [one.get("fill") for one in kinds(root, "area") if one.get("fill")]
    assert fills == ["url(#m-unknown)", "url(#m-hidden)"]
    assert {row[0]: row[1] for row in drawn.rows}["Xã 11"] == "được che"
    assert "50" not in " ".join(root.itertext())


def test_the_map_by_chance_has_marks_that_print():
    found = read(features())
    figures = [
        UnitFigure(code=code, name=name, value=value, denominator=1000)
        for (code, name), value in zip(UNITS.items(), [0.9, 0.535, 0.5, 0.46, 0.1, None], strict=True)
    ]
    drawn = unit_map(SHARE, figures, found.outlines, 0.5, "chance")
    shown = [one.get("class") for one in kinds(check(drawn.picture.rpartition("</ul>")[2]), "area")]
    assert [kind.split()[1] for kind in shown if kind] == [
        "d-side-high-2",
        "d-side-high-1",
        "d-side-0",
        "d-side-low-1",
        "d-side-low-2",
        "d-hatched",
    ]
    words = "".join(one.text or "" for one in check(drawn.picture).iter("{http://www.w3.org/2000/svg}text"))
    assert all(mark in words for mark in "▲△▽▼")


@pytest.mark.parametrize(
    ("values", "breaks"),
    [
        ([], []),
        ([3, 3, 3], [3]),
        ([1, 2], [1, 2]),
        (list(range(1, 11)), [2, 4, 6, 8, 10]),
        ([0] * 90 + [1, 2, 3, 4, 5], [0, 5]),
    ],
)
def test_classes_hold_as_many_units_each_and_equals_together(values, breaks):
    assert value_breaks(values) == breaks
