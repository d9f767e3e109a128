"""The bundled targets over a corpus, worked out again from its expected figures by other means."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

pytestmark = pytest.mark.corpus

SHARES: dict[str, tuple[str, tuple[str, ...], str, float]] = {
    "away_contact_share": ("monthly", ("away_in_contact",), "away_total", 0.95),
    "away_activity_share": ("monthly", ("away_temporary_activity", "away_exempt"), "away_total", 0.5),
    "r213_introduced_share": ("regulation_213", ("r213_introduced",), "r213_subject", 0.95),
    "r213_registered_share": ("regulation_213", ("r213_registered",), "r213_introduced", 0.95),
    "r213_attended_share": ("regulation_213", ("r213_attended",), "r213_registered", 0.95),
    "r213_remarked_share": ("regulation_213", ("r213_remarked",), "r213_registered", 0.95),
}


@pytest.mark.parametrize("corpus", ["exports", "exports_2025"])
def test_every_figure_of_the_provinces_targets_is_the_sum_of_its_cells(
    shared: Path, corpus_home: Callable[[str], Path], corpus: str
) -> None:
    with duckdb.connect(str(corpus_home(corpus) / "published" / "mobility.duckdb"), read_only=True) as con:
        told = con.sql("FROM marts.target WHERE map = 'today' AND known_period IS NOT NULL").pl()
    checked = 0
    for indicator, (form, parts, whole, wanted) in SHARES.items():
        sums = (
            pl.read_parquet(shared / corpus / "expected" / f"{form}.parquet")
            .group_by(pl.col("period").cast(pl.String))
            .agg(top=pl.sum_horizontal(parts).sum(), below=pl.col(whole).sum())
        )
        expected = {row["period"]: row for row in sums.to_dicts()}
        for row in told.filter(indicator=indicator).to_dicts():
            figure = expected[row["known_period"]]
            assert (row["numerator"], row["denominator"]) == (figure["top"], figure["below"])
            needed = math.ceil(wanted * figure["below"] - 1e-9)
            assert (row["needed"], row["gap_units"]) == (needed, max(0, needed - figure["top"]))
            if row["state"] in ("met", "missed"):
                assert (row["state"] == "met") == (figure["top"] >= needed) or row["units_missing"]
            checked += 1
    assert checked > 4
