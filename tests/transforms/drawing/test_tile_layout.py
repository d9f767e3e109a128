from __future__ import annotations

import csv
import math
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.drawing.tile_layout import MOST_COLUMNS, strays, tile_layout, tile_outlines

UNHURRIED = settings(deadline=None)

PLACES = st.none() | st.tuples(st.floats(8, 24), st.floats(102, 110))


def registered(parent: str) -> dict[str, tuple[float, float]]:
    with files("warehouse").joinpath("registry", "units.csv").open(encoding="utf-8") as source:
        rows = [row for row in csv.DictReader(source) if row["parent_code"] == parent and row["lat"]]
    return {row["unit_code"]: (float(row["lat"]), float(row["lon"])) for row in rows}


def invented(units: int) -> dict[str, tuple[float, float]]:
    """A long province with a crowded town, as the merged one is."""
    draw = np.random.default_rng(7)
    latitude = 10.4 + draw.normal(0, 0.15, units)
    longitude = np.where(
        draw.random(units) < 0.3, 105.6 + draw.normal(0, 0.03, units), draw.uniform(105.2, 106.8, units)
    )
    return {f"{28000 + 3 * at}": (float(latitude[at]), float(longitude[at])) for at in range(units)}


def kept(places, layout, near: int = 3) -> float:
    """The part of the units' nearest neighbours whose tiles touch, at a side or a corner."""
    codes = [code for code in sorted(places) if code not in strays(places)]
    touching = 0
    for code in codes:
        here = places[code]
        others = sorted((c for c in codes if c != code), key=lambda c: math.dist(here, places[c]))[:near]
        touching += sum(max(abs(a - b) for a, b in zip(layout[code], layout[c], strict=True)) == 1 for c in others)
    return touching / (near * len(codes))


def in_code_order(places, layout):
    tiles = sorted(layout.values(), key=lambda tile: (tile[1], tile[0]))
    return dict(zip(sorted(places), tiles, strict=True))


@UNHURRIED
@given(st.dictionaries(st.from_regex(r"\d{5}", fullmatch=True), PLACES, max_size=60))
def test_every_unit_has_a_tile_of_its_own_and_none_is_wasted(places):
    layout = tile_layout(places)
    assert set(layout) == set(places)
    assert len(set(layout.values())) == len(places)
    tiles = set(layout.values())
    for column, row in tiles:
        assert 0 <= column < MOST_COLUMNS
        assert row >= 0
    for row in {row for _, row in tiles}:
        columns = sorted(column for column, at in tiles if at == row)
        assert columns == list(range(columns[0], columns[-1] + 1))
    assert tile_layout(dict(reversed(places.items()))) == layout


@pytest.mark.parametrize(
    ("places", "least"),
    [(registered("87"), 0.7), (registered("82"), 0.7), (invented(102), 0.6)],
    ids=["12 districts", "45 communes", "102 communes"],
)
def test_neighbours_stay_together_far_better_than_by_code_order(places, least):
    layout = tile_layout(places)
    assert kept(places, layout) >= least
    assert kept(places, layout) > kept(places, in_code_order(places, layout)) + 0.15


def test_north_is_above_and_east_at_the_right():
    layout = tile_layout({"1": (10.0, 105.0), "2": (10.0, 106.0), "3": (11.0, 105.0), "4": (11.0, 106.0)})
    assert layout == {"3": (0, 0), "4": (1, 0), "1": (0, 1), "2": (1, 1)}


def test_without_places_the_tiles_follow_the_codes():
    layout = tile_layout(dict.fromkeys("abcdefghi"))
    assert sorted(layout, key=lambda code: (layout[code][1], layout[code][0])) == list("abcdefghi")


def test_a_place_far_from_all_others_is_not_believed():
    places = registered("82")
    assert strays(places) == ["29983", "30130"]
    layout = tile_layout(places)
    # Long Khánh lies on the river at Hồng Ngự, in the north-west; the registry has it ninety kilometres off.
    assert layout["29983"][0] <= 1
    assert layout["29983"][1] <= 3


def test_few_units_have_no_strays():
    assert strays({"1": (10.0, 105.0), "2": (10.1, 105.0), "3": (20.0, 105.0), "4": None}) == []


def test_tiles_do_not_touch():
    outlines = tile_outlines({"1": (0, 0), "2": (1, 0)})
    assert max(x for x, _ in outlines["1"].rings[0]) < min(x for x, _ in outlines["2"].rings[0])
    assert outlines["2"].middle == (1.5, 0.5)
