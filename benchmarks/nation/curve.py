"""A curve of a few measured points, drawn with the project's own pieces of SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files

from transforms.drawing import svg
from transforms.drawing.scales import Scale, scale

WIDE, HIGH, LEFT, RIGHT, TOP, BOTTOM = 480.0, 240.0, 48.0, 12.0, 34.0, 40.0
KINDS = ("line unit", "line level")


def curve(title: str, across: str, series: Mapping[str, Sequence[svg.Point]]) -> str:
    """A whole SVG file.

    Args:
        title: what stands upright, with its unit.
        across: what stands below.
        series: at most two lines by their names, each in the order of what stands below.
    """
    x = scale([at for line in series.values() for at, _ in line], LEFT, WIDE - RIGHT, from_zero=True)
    y = scale([value for line in series.values() for _, value in line], HIGH - BOTTOM, TOP, from_zero=True)
    style = files("transforms.drawing").joinpath("drawing.css").read_text("utf-8")
    parts = [svg.element("style", style), svg.label(LEFT, 16, title), *_axes(x, y, across)]
    for number, (name, points) in enumerate(series.items()):
        placed = [(x.at(at), y.at(value)) for at, value in points]
        kind = KINDS[number]
        parts.append(svg.element("path", d=svg.path(placed), kind=kind))
        parts += [svg.dot(px, py, 3, "point unit") for px, py in placed]
        parts.append(svg.label(placed[-1][0], placed[-1][1] - 8, name, anchor="end", size=svg.SMALL))
    box = f"0 0 {svg.number(WIDE)} {svg.number(HIGH)}"
    return svg.element(
        "svg", *parts, xmlns="http://www.w3.org/2000/svg", viewBox=box, width=WIDE, height=HIGH, kind="drawing"
    )


def _axes(x: Scale, y: Scale, across: str) -> list[str]:
    lines = [svg.line(LEFT, y.at(tick), WIDE - RIGHT, y.at(tick), "grid") for tick in y.ticks]
    upright = [svg.label(LEFT - 6, y.at(tick) + 4, f"{tick:g}", anchor="end", size=svg.SMALL) for tick in y.ticks]
    below = [
        svg.label(x.at(tick), HIGH - BOTTOM + 14, f"{tick:g}", anchor="middle", size=svg.SMALL) for tick in x.ticks
    ]
    return [*lines, *upright, *below, svg.label((LEFT + WIDE - RIGHT) / 2, HIGH - 8, across, anchor="middle")]
