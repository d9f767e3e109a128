"""Draws what the study found."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from benchmarks.detection.calibration import Rate

COLOURS = {"R surveillance": "#b2182b", "detect": "#2166ac", "oracle": "#808080"}
SHADES = ("#9ecae1", "#4292c6", "#2171b5", "#08306b")


def draw_power(curves: dict[str, dict[str, list[tuple[float, float]]]], path: Path) -> None:
    """Outbreaks found against false alarms, a panel a set of scenarios."""
    figure = Figure(figsize=(5.5 * len(curves), 4.5), layout="constrained")
    for axes, (title, found) in zip(figure.subplots(1, len(curves), squeeze=False)[0], curves.items(), strict=True):
        for name, points in found.items():
            false, share = zip(*points, strict=True)
            style = "--" if name == "oracle" else "-"
            axes.plot(false, share, style, marker="o", markersize=4, color=COLOURS[name], label=name)
        axes.set_xscale("log")
        axes.set(title=title, xlabel="false alarms, share of points", ylabel="outbreaks found", ylim=(0, 1))
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
    figure.savefig(path, dpi=130)


def draw_calibration(rates: dict[str, list[Rate]], path: Path) -> None:
    """Alarms over what alpha allows against the mean count, a panel a set of series, its dispersions apart."""
    kinds = [(title, found, phi) for title, found in rates.items() for phi in sorted({one.dispersion for one in found})]
    columns = max(1, len(kinds) // max(1, len(rates)))
    figure = Figure(figsize=(4 * columns, 3.6 * len(rates)), layout="constrained")
    grid = figure.subplots(len(rates), columns, squeeze=False, sharey=True).ravel()
    for axes, (title, found, phi) in zip(grid, kinds, strict=True):
        for shade, alpha in zip(SHADES, sorted({one.alpha for one in found}), strict=True):
            some = [one for one in found if one.alpha == alpha and one.dispersion == phi]
            means, ratios = [one.mean for one in some], [one.ratio for one in some]
            axes.errorbar(
                means,
                ratios,
                [one.error for one in some],
                color=shade,
                marker="o",
                markersize=3,
                linewidth=1,
                capsize=2,
                label=f"alpha {alpha}",
            )
        axes.axhline(1.2, color="#b2182b", linewidth=0.8, linestyle=":")
        axes.axhline(1.0, color="black", linewidth=0.6)
        axes.set_xscale("log")
        axes.set(title=f"{title}, dispersion {phi}", xlabel="mean count", ylabel="alarms / alpha", ylim=(0, 2.5))
    grid[0].legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=130)
