"""The estimators give the answers published with public examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from transforms.pilots.by_start import effect_by_starts
from transforms.pilots.extended import extended_effects
from transforms.pilots.panel import Cohorts, PilotPanel
from transforms.pilots.synthetic import synthetic_effect

REFERENCE = Path(__file__).parent / "reference"


@pytest.fixture(scope="module")
def counties() -> tuple[PilotPanel, Cohorts, np.ndarray]:
    """Employment in 500 counties over 5 years, the start of each, and the logarithm of its people."""
    rows = pl.read_csv(REFERENCE / "mpdta.csv").sort("countyreal", "year")
    employed = np.exp(rows["lemp"].to_numpy()).reshape(500, 5)
    first, people = (rows[name].to_numpy().reshape(500, 5)[:, 0] for name in ("first.treat", "lpop"))
    starts = tuple(int(year) for year in np.unique(first) if year)
    labels = np.array([starts.index(int(year)) + 1 if year else 0 for year in first], dtype=np.int8)
    codes = tuple(str(code) for code in rows["countyreal"].unique(maintain_order=True))
    panel = PilotPanel(codes, np.arange(2003, 2008), employed, np.ones((500, 5)))
    return panel, Cohorts(labels, starts), people


def test_event_effects_of_the_poisson_regression_are_those_of_etwfe(counties):
    panel, cohorts, people = counties
    effects = extended_effects(panel, cohorts, people, by_unit=False).by_month_since()
    assert list(effects) == [0, 1, 2, 3]
    assert list(effects.values()) == pytest.approx([-25.350, 1.092, -75.125, -101.824], abs=6e-4)


def test_levels_by_unit_give_the_same_as_levels_by_start(counties):
    panel, cohorts, _ = counties
    some = (cohorts.labels > 0) | (np.arange(500) % 9 == 0)
    panel, cohorts = panel.of(some), cohorts.of(some)
    by_unit, by_start = (extended_effects(panel, cohorts, by_unit=one).by_month_since() for one in (True, False))
    assert list(by_unit.values()) == pytest.approx(list(by_start.values()), rel=1e-6)


def test_the_effect_by_starts_is_that_of_did(counties):
    panel, cohorts, _ = counties
    found = effect_by_starts(np.log(panel.counts), panel.months.astype(float), cohorts)
    assert found == pytest.approx(-0.03995, abs=6e-6)


@pytest.mark.parametrize(
    ("comparison", "answer"), [("synthetic-did", -15.604), ("synthetic-control", -19.620), ("did", -27.349)]
)
def test_california_by_three_comparisons_is_as_published(comparison, answer):
    rows = pl.read_csv(REFERENCE / "california_prop99.csv", separator=";").sort("State", "Year")
    states = rows.pivot(on="Year", index="State", values="PacksPerCapita")
    last = states["State"] == "California"
    table = pl.concat([states.filter(~last), states.filter(last)]).drop("State").to_numpy()
    assert synthetic_effect(table, 1, 19, comparison) == pytest.approx(answer, abs=6e-4)
