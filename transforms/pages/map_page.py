"""The map's page: the units of a level in shades, on boundaries or on tiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from expectations.contract.indicators import Indicator
from expectations.language.catalogue import Language
from transforms.drawing.boundaries import Coordinates, Outline
from transforms.drawing.figures import Drawing
from transforms.drawing.tile_layout import tile_layout, tile_outlines
from transforms.drawing.unit_map import By, unit_map
from transforms.pages.unit_figures import Href, PageUnit, province_value, quantity_of, unit_figures

SCALES: tuple[By, ...] = ("value", "chance")


def scales_of(indicator: Indicator) -> tuple[By, ...]:
    """How an indicator can be shaded: what is no proportion, by value alone."""
    return SCALES if indicator.kind in ("rate", "share") else SCALES[:1]


def map_drawing(
    indicator: Indicator,
    kind: str,
    period: str,
    units: Sequence[PageUnit],
    rows: pl.DataFrame,
    by: By,
    outlines: Mapping[str, Outline],
    places: Mapping[str, Coordinates],
    language: Language,
    href: Href,
) -> Drawing:
    """Draw the units.

    Args:
        rows: marts.indicator at the period.
        outlines: of the board's own boundaries; where there are none, tiles stand in.
        places: latitude and longitude by code, as far as known; for the tiles.
    """
    is_tiled = not outlines
    if is_tiled:
        outlines = tile_outlines(tile_layout({one.code: places.get(one.code) for one in units}))
    quantity = quantity_of(indicator, language, period, kind)
    figures = unit_figures(rows, units, href)
    province = province_value(rows) if indicator.denominator else None
    return unit_map(quantity, figures, outlines, province, by, "map", is_tiled)
