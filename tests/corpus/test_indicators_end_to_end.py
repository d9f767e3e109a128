"""Indicators worked out again from the corpus' expected figures by other means: every unit, period kind and bound."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import duckdb
import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2, norm

pytestmark = pytest.mark.corpus

Array = NDArray[np.float64]
Formula = Callable[[dict[str, Array]], Array]
DIGITS = 1e-9  # what issue and check ask for: nine digits


class Spec(NamedTuple):
    """What is divided by what; `of_period`: the denominator is people through the period, not person-months."""

    timing: str
    interval: str | None
    scale: float
    top: Formula
    below: Formula | None
    of_period: bool = False


def member_time(m: dict[str, Array]) -> Array:
    return (m["members_opening"] + m["members_closing"]) / 2


def away_time(m: dict[str, Array]) -> Array:
    return m["away_total"] - (m["away_started"] - m["away_returned"]) / 2


def departed(m: dict[str, Array]) -> Array:
    return m["died"] + m["expelled"] + m["struck_off"] + m["left_on_request"]


def gained(m: dict[str, Array]) -> Array:
    return m["admitted"] + m["restored"] + m["transferred_in"] - m["transferred_out"] - departed(m)


SPECS = {
    "away_rate": Spec("stock", "rate", 1000, lambda m: m["away_total"], lambda m: m["members_closing"]),
    "away_outside_share": Spec(
        "stock", "share", 1, lambda m: m["away_other_province"] + m["away_abroad"], lambda m: m["away_total"]
    ),
    "away_contact_share": Spec("stock", "share", 1, lambda m: m["away_in_contact"], lambda m: m["away_total"]),
    "away_net_flow": Spec("flow", None, 1, lambda m: m["away_started"] - m["away_returned"], None),
    "requests_rate": Spec("flow", "rate", 10_000, lambda m: m["received"], member_time),
    "requests_rate_away": Spec("flow", "rate", 10_000, lambda m: m["received_from_away"], away_time),
    "request_approved_share": Spec(
        "flow", "share", 1, lambda m: m["approved"], lambda m: m["withdrawn"] + m["declined"] + m["approved"]
    ),
    "reason_family_share": Spec("flow", "share", 1, lambda m: m["reason_family"], lambda m: m["received"]),
    "pending_requests": Spec("stock", None, 1, lambda m: m["pending_closing"], None),
    "departures_rate": Spec("flow", "rate", 1000, departed, member_time, of_period=True),
    "net_growth_rate": Spec("flow", None, 1000, gained, member_time, of_period=True),
}
LENGTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12, "rolling12": 12}


class Months(NamedTuple):
    """Sums by unit and month, units x months; nan where the unit did not report."""

    units: list[str]
    first: int
    measures: dict[str, Array]


def months_of(cells: pl.DataFrame) -> Months:
    """The cells' figures summed by their column `unit`."""
    names = [name for name, kind in cells.schema.items() if kind.is_integer()]
    sums = cells.group_by("unit", "period").agg(pl.col(names).sum())
    number = [int(period[:4]) * 12 + int(period[5:]) - 1 for period in sums["period"]]
    units, first = sorted(set(sums["unit"])), min(number)
    at = [units.index(unit) for unit in sums["unit"]], [month - first for month in number]
    measures = {}
    for name in names:
        measures[name] = np.full((len(units), max(number) - first + 1), np.nan)
        measures[name][at] = sums[name].to_numpy()
    return Months(units, first, measures)


def spans(kind: str, first: int, count: int) -> list[tuple[str, int, int]]:
    """The periods of a kind that end within the months: name, first and last month from 0."""
    found = []
    for last in range(count):
        month = first + last
        year, place, length = month // 12, month % 12 + 1, LENGTHS[kind]
        if kind in ("month", "rolling12"):
            name = f"{year}-{place:02d}"
        elif place % length:
            continue
        else:
            name = {"quarter": f"{year}-Q{place // 3}", "half": f"{year}-H{place // 6}", "year": f"{year}"}[kind]
        found.append((name, last - length + 1, last))
    return found


def again(months: Months, name: str, kind: str) -> dict[tuple[str, str], tuple[float, float]]:
    """Numerator and denominator (1 for a bare count) by unit and period; without those that are not known."""
    spec = SPECS[name]
    top = spec.top(months.measures)
    below = np.where(np.isnan(top), np.nan, 1.0) if spec.below is None else spec.below(months.measures)
    found = {}
    for period, start, last in spans(kind, months.first, top.shape[1]):
        if spec.timing == "flow" and kind == "rolling12" and start < 0:
            continue
        window = slice(last, last + 1) if spec.timing == "stock" else slice(max(start, 0), last + 1)
        for unit, n, d in zip(months.units, top[:, window], below[:, window], strict=True):
            if np.isnan(n).all() or np.nansum(d) <= 0:
                continue
            divisor = 1.0 if spec.below is None else np.nansum(d) / (LENGTHS[kind] if spec.of_period else 1)
            found[unit, period] = float(np.nansum(n)), float(divisor)
    return found


def bounds(kind: str, n: Array, d: Array) -> tuple[Array, Array]:
    """Garwood's exact bounds by the chi-squared distribution; Wilson's as the roots of his quadratic equation."""
    if kind == "rate":
        lower = np.where(n > 0, chi2.ppf(0.025, 2 * np.maximum(n, 1)), 0) / 2
        return lower / d, chi2.ppf(0.975, 2 * n + 2) / 2 / d
    z2 = norm.ppf(0.975) ** 2
    a, b, c = d + z2, -(2 * n + z2), n**2 / d
    root = np.sqrt(np.maximum(b**2 - 4 * a * c, 0))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


@pytest.fixture(scope="module", params=["exports", "exports_2025"])
def corpus(request, shared, corpus_home):
    """A corpus' name, its expected figures and its published copy."""
    expected = pl.read_parquet(shared / request.param / "expected" / "monthly.parquet")
    with duckdb.connect(str(corpus_home(request.param) / "published" / "mobility.duckdb"), read_only=True) as con:
        yield request.param, expected, con


def stored(con: duckdb.DuckDBPyConnection, map_: str, level: str, name: str, kind: str) -> pl.DataFrame:
    return con.execute(
        """SELECT unit_code, period, numerator, denominator, value, lower, upper FROM marts.indicator
        WHERE map = ? AND level = ? AND indicator = ? AND period_kind = ? AND value IS NOT NULL ORDER BY 1, 2""",
        [map_, level, name, kind],
    ).pl()


def assert_equal_to_nine_digits(rows: pl.DataFrame, name: str, figures: dict[tuple[str, str], tuple[float, float]]):
    assert rows.select("unit_code", "period").rows() == sorted(figures), name
    n, d = np.array([figures[key] for key in sorted(figures)]).T
    spec = SPECS[name]
    close = {"rtol": DIGITS, "atol": DIGITS}
    np.testing.assert_allclose(rows["numerator"].to_numpy(), n, **close)
    np.testing.assert_allclose(rows["value"].to_numpy(), spec.scale * n / d, **close)
    if spec.interval is None:
        assert rows["lower"].null_count() == rows["upper"].null_count() == rows.height
        return
    lower, upper = bounds(spec.interval, n, d)
    np.testing.assert_allclose(rows["lower"].to_numpy(), spec.scale * lower, **close)
    np.testing.assert_allclose(rows["upper"].to_numpy(), spec.scale * upper, **close)


@pytest.mark.parametrize("kind", LENGTHS)
@pytest.mark.parametrize("name", SPECS)
def test_districts_on_the_map_of_the_time(corpus, name, kind):
    _, expected, con = corpus
    months = months_of(expected.filter(pl.col("period") < "2025-07").with_columns(unit="district"))
    figures = again(months, name, kind)
    if figures:
        assert_equal_to_nine_digits(stored(con, "reported", "district", name, kind), name, figures)
    else:
        assert stored(con, "reported", "district", name, kind).is_empty()


@pytest.mark.parametrize("kind", LENGTHS)
@pytest.mark.parametrize("name", SPECS)
def test_the_province_on_todays_map(corpus, name, kind):
    _, expected, con = corpus
    (code,) = con.sql("SELECT DISTINCT unit_code FROM marts.figures_province WHERE map = 'today'").fetchone()
    figures = again(months_of(expected.with_columns(unit=pl.lit(code))), name, kind)
    rows = stored(con, "today", "province", name, kind)
    if figures:
        assert_equal_to_nine_digits(rows, name, figures)
    else:
        assert rows.is_empty()


@pytest.mark.parametrize("name", ["away_rate", "away_outside_share"])
def test_communes_on_todays_map(corpus_home, shared, name):
    cells = pl.read_parquet(shared / "exports_2025" / "expected" / "commune_on_todays_map.parquet")
    months = months_of(cells.with_columns(unit="commune"))
    with duckdb.connect(str(corpus_home("exports_2025") / "published" / "mobility.duckdb"), read_only=True) as con:
        for kind in ("month", "quarter"):
            rows = stored(con, "today", "commune", name, kind)
            assert_equal_to_nine_digits(rows, name, again(months, name, kind))


def test_the_ratio_of_members_away_to_those_at_home_is_that_of_their_rates(corpus):
    ratios = (
        corpus[2]
        .sql("""
        SELECT r.value, a.value / o.value FROM marts.indicator AS r
        JOIN marts.indicator AS a USING (map, unit_code, level, period, period_kind)
        JOIN marts.indicator AS o USING (map, unit_code, level, period, period_kind)
        WHERE r.indicator = 'requests_rate_ratio' AND a.indicator = 'requests_rate_away'
            AND o.indicator = 'requests_rate_other' AND r.value IS NOT NULL
    """)
        .fetchall()
    )
    assert len(ratios) > 50
    for ratio, quotient in ratios:
        assert ratio == pytest.approx(quotient, rel=DIGITS)
