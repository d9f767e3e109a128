"""Indicators against figures worked out again in another way, late and missing months included."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Set
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from expectations.contract.forms import AWAY, BALANCE, REQUESTS
from expectations.contract.indicators import INDICATOR_OF, INDICATORS
from transforms.indicators import indicator_table, province_of, reporting_figures

pytestmark = pytest.mark.slow  # many generated provinces

MEASURES = [*BALANCE.names, *AWAY.names, *REQUESTS.names]
EXPORTS = Path(__file__).resolve().parents[3] / ".." / "shared" / "exports" / "expected"
NINE_DIGITS = 1e-9
KEY = ("level", "unit_code", "period_kind", "period")
Row = dict[str, float]
Frames = tuple[pl.DataFrame, pl.DataFrame]


def figures(
    months: int, units: dict[str, float], missing: Set[tuple[str, int]] = frozenset(), seed: int = 1
) -> pl.DataFrame:
    """Counts of made-up districts; a missing month has its row and no figures."""
    rng = np.random.default_rng(seed)
    rows = []
    for unit, size in units.items():
        for month in range(months):
            known = (unit, month) not in missing
            counts = {name: int(rng.poisson(size / 10)) if known else None for name in MEASURES}
            if known:
                counts |= {"members_opening": int(50 * size), "members_closing": int(50 * size) + month}
                counts["received_from_away"] = min(counts["received_from_away"], counts["received"])
            members = int(50 * size)
            rows.append(
                {
                    "map": "reported",
                    "unit_code": unit,
                    "level": "district",
                    "period": f"{2019 + month // 12}-{month % 12 + 1:02d}",
                    **counts,
                    "members_reported": members if known else 0,
                    "members_known": members,
                }
            )
    return pl.DataFrame(rows, infer_schema_length=None)


def with_province(units: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([units, province_of(units, "87")])


def pick(table: pl.DataFrame, **where: str) -> dict[str, object]:
    return table.filter(pl.all_horizontal(pl.col(name) == value for name, value in where.items())).row(0, named=True)


def _names(period: str) -> dict[str, str]:
    year, month = period[:4], int(period[5:])
    return {
        "month": period,
        "quarter": f"{year}-Q{math.ceil(month / 3)}",
        "half": f"{year}-H{math.ceil(month / 6)}",
        "year": year,
    }


def _fraction(row: Row, name: str) -> tuple[float, float]:
    """Written out anew, not from the declaration."""
    mean = (row["members_opening"] + row["members_closing"]) / 2
    away = row["away_total"] + row["away_returned"] / 2 - row["away_started"] / 2
    gone = row["died"] + row["expelled"] + row["struck_off"] + row["left_on_request"]
    settled = row["withdrawn"] + row["declined"] + row["approved"]
    arrived = row["admitted"] + row["restored"] + row["transferred_in"]
    return {
        "away_rate": (row["away_total"], row["members_closing"]),
        "away_outside_share": (row["away_other_province"] + row["away_abroad"], row["away_total"]),
        "away_abroad_share": (row["away_abroad"], row["away_total"]),
        "away_contact_share": (row["away_in_contact"], row["away_total"]),
        "away_activity_share": (row["away_temporary_activity"] + row["away_exempt"], row["away_total"]),
        "away_enterprise_share": (row["away_in_enterprise"], row["away_total"]),
        "away_private_share": (row["away_in_private_enterprise"], row["away_total"]),
        "away_net_flow": (row["away_started"] - row["away_returned"], 1.0),
        "requests_rate": (row["received"], mean),
        "requests_rate_away": (row["received_from_away"], away),
        "requests_rate_other": (row["received"] - row["received_from_away"], mean - away),
        "request_approved_share": (row["approved"], settled),
        "request_withdrawn_share": (row["withdrawn"], settled),
        "request_declined_share": (row["declined"], settled),
        "pending_requests": (row["pending_closing"], 1.0),
        "reason_work_away_share": (row["reason_work_away"], row["received"]),
        "reason_family_share": (row["reason_family"], row["received"]),
        "reason_health_share": (row["reason_health"], row["received"]),
        "reason_other_share": (row["reason_other"], row["received"]),
        "departures_rate": (gone, mean),
        "left_on_request_rate": (row["left_on_request"], mean),
        "net_growth_rate": (arrived - row["transferred_out"] - gone, mean),
    }[name]


def recomputed(units: pl.DataFrame, indicator: str) -> dict[tuple[str, ...], float]:
    """Value by (level, unit, period kind, period), in plain loops over the reported rows."""
    declared = INDICATOR_OF[indicator]
    periods = sorted(units["period"].unique())
    sums: dict[tuple[str, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in units.filter(pl.col("members_closing").is_not_null()).iter_rows(named=True):
        top, below = _fraction(row, indicator)
        names = {(kind, name) for kind, name in _names(row["period"]).items()}
        month = int(row["period"][5:])
        if declared.timing == "stock":
            ends = {"month": True, "quarter": month % 3 == 0, "half": month % 6 == 0, "year": month == 12}
            names = {(kind, name) for kind, name in names if ends[kind]} | {("rolling12", row["period"])}
        else:
            at = periods.index(row["period"])
            names |= {("rolling12", periods[i]) for i in range(max(at, 11), min(at + 12, len(periods)))}
        for key in (("district", row["unit_code"]), ("province", "87")):
            for name in names:
                sums[(*key, *name)][0] += top
                sums[(*key, *name)][1] += below
    length = {"month": 1, "quarter": 3, "half": 6, "year": 12, "rolling12": 12}
    bare = declared.denominator is None
    return {
        key: declared.scale * (top if bare else top / (below / (length[key[2]] if declared.per == "period" else 1)))
        for key, (top, below) in sums.items()
        if bare or below > 0
    }


def assert_agrees(units: pl.DataFrame, table: pl.DataFrame, indicator: str, latest: str) -> None:
    expected = recomputed(units, indicator)
    ended = {name for month in units["period"].unique() for kind, name in _names(month).items() if kind != "month"}
    ended -= {name for kind, name in _names(latest).items() if kind != "month"}
    rows = table.filter((pl.col("indicator") == indicator) & pl.col("value").is_not_null())
    got = {tuple(row[name] for name in KEY): row["value"] for row in rows.iter_rows(named=True)}
    expected = {key: value for key, value in expected.items() if key[2] in ("month", "rolling12") or key[3] in ended}
    assert got.keys() == expected.keys()
    worst = max(abs(got[key] - value) / max(1.0, abs(value)) for key, value in expected.items())
    assert worst < NINE_DIGITS


MONTHLY = [each.name for each in INDICATORS if each.has_trend]


@pytest.fixture(scope="module")
def with_holes() -> Frames:
    missing = {("866", 2), ("867", 11), ("867", 12), ("866", 25)} | {(unit, 17) for unit in ("866", "867", "868")}
    units = figures(28, {"866": 40, "867": 8, "868": 1}, missing)
    return units, indicator_table(with_province(units))


@pytest.mark.parametrize("indicator", MONTHLY)
def test_every_level_and_period_kind_agrees_with_figures_worked_out_anew(with_holes: Frames, indicator: str) -> None:
    assert_agrees(*with_holes, indicator, "2021-04")


@pytest.mark.parametrize("indicator", MONTHLY)
def test_the_districts_exports_agree_with_figures_worked_out_anew(corpus: Frames, indicator: str) -> None:
    assert_agrees(*corpus, indicator, "2022-07")


@pytest.fixture(scope="module")
def corpus() -> Frames:
    if not EXPORTS.exists():
        pytest.skip("the districts' exports are not beside this folder")
    cells = pl.read_parquet(EXPORTS / "monthly.parquet")
    units = (
        cells.group_by(unit_code="district", period="period")
        .agg(pl.col(MEASURES).sum())
        .with_columns(
            map=pl.lit("reported"),
            level=pl.lit("district"),
            members_reported="members_closing",
            members_known="members_closing",
        )
    )
    return units, indicator_table(with_province(units))


def test_a_missing_month_is_null_and_not_zero(with_holes: Frames) -> None:
    for indicator in ("requests_rate", "away_rate"):
        row = pick(with_holes[1], unit_code="867", period="2019-12", period_kind="month", indicator=indicator)
        assert [row[name] for name in ("numerator", "denominator", "value", "lower", "upper")] == [None] * 5
        assert row["coverage"] == 0


def test_a_longer_period_counts_what_was_reported_and_says_how_much(with_holes: Frames) -> None:
    flow = pick(with_holes[1], unit_code="866", period="2019-Q1", indicator="requests_rate")
    reported = with_holes[0].filter((pl.col("unit_code") == "866") & pl.col("period").is_in(["2019-01", "2019-02"]))
    assert flow["numerator"] == reported["received"].sum()
    assert flow["coverage"] == pytest.approx(2 / 3)


def test_a_stock_whose_last_month_is_missing_is_null(with_holes: Frames) -> None:
    row = pick(with_holes[1], unit_code="867", period="2019", indicator="away_rate")
    assert row["value"] is None
    assert row["coverage"] == 0


def test_the_province_counts_the_districts_that_reported(with_holes: Frames) -> None:
    row = pick(with_holes[1], unit_code="87", period="2019-12", period_kind="month", indicator="away_rate")
    assert row["coverage"] == pytest.approx((40 + 1) / (40 + 8 + 1))
    silent = pick(with_holes[1], unit_code="87", period="2020-06", period_kind="month", indicator="away_rate")
    assert silent["value"] is None


def test_a_row_that_is_not_there_within_a_units_life_is_a_missing_report() -> None:
    units = figures(14, {"866": 40, "867": 8}, {("867", 5)})
    without_row = units.filter(pl.col("received").is_not_null())
    assert indicator_table(without_row).equals(indicator_table(units))


def test_a_period_that_has_not_ended_has_no_row() -> None:
    table = indicator_table(figures(14, {"866": 5}))
    kinds = {kind: set(table.filter(pl.col("period_kind") == kind)["period"]) for kind in ("quarter", "half", "year")}
    assert kinds == {
        "quarter": {"2019-Q1", "2019-Q2", "2019-Q3", "2019-Q4"},
        "half": {"2019-H1", "2019-H2"},
        "year": {"2019"},
    }


def test_twelve_months_need_twelve_months_of_the_units_life() -> None:
    rolling = indicator_table(figures(14, {"866": 5})).filter(pl.col("period_kind") == "rolling12")
    flow, stock = (
        set(rolling.filter(pl.col("indicator") == name)["period"]) for name in ("requests_rate", "away_rate")
    )
    assert flow == {"2019-12", "2020-01", "2020-02"}
    assert len(stock) == 14


def test_intervals_are_the_published_ones() -> None:
    table = indicator_table(figures(3, {"866": 30}))
    rate = pick(table, period="2019-Q1", indicator="requests_rate")
    count, exposure = rate["numerator"], rate["denominator"]
    assert rate["lower"] == pytest.approx(10_000 * chi2.ppf(0.025, 2 * count) / 2 / exposure, rel=NINE_DIGITS)
    assert rate["upper"] == pytest.approx(10_000 * chi2.ppf(0.975, 2 * count + 2) / 2 / exposure, rel=NINE_DIGITS)
    for bare in ("away_net_flow", "pending_requests", "net_growth_rate"):
        row = pick(table, period="2019-Q1", indicator=bare)
        assert (row["lower"], row["upper"]) == (None, None)


def test_the_ratio_is_the_quotient_of_the_two_rates() -> None:
    table = indicator_table(figures(12, {"866": 30}))
    ratio, away, other = (
        pick(table, period="2019", indicator=f"requests_rate_{name}") for name in ("ratio", "away", "other")
    )
    assert ratio["value"] == pytest.approx(away["value"] / other["value"])
    assert (ratio["numerator"], ratio["denominator"]) == pytest.approx((away["value"], other["value"]))
    assert ratio["lower"] < ratio["value"] < ratio["upper"]


def test_communes_show_by_month_only_what_may_be_published_and_cells_nothing() -> None:
    communes = figures(13, {"29869": 4, "29872": 3}).with_columns(level=pl.lit("commune"))
    cells = figures(13, {"29869-01": 4}).with_columns(level=pl.lit("cell"))
    both = pl.concat([communes, cells])
    published = indicator_table(both)
    assert set(published["level"]) == {"commune"}
    assert set(published["indicator"]) == {"away_rate", "away_outside_share", "away_abroad_share"}
    assert set(indicator_table(both, published=False)["level"]) == {"commune", "cell"}


def test_half_years_of_regulation_213_stand_alone() -> None:
    halves = pl.DataFrame(
        {
            "map": "reported",
            "unit_code": "866",
            "level": "district",
            "period": ["2019-H1", "2019-H2", "2020-H1"],
            "r213_subject": [100, 110, None],
            "r213_exempt": [5, 6, None],
            "r213_introduced": [90, 99, None],
            "r213_registered": [80, 90, None],
            "r213_attended": [40, 60, None],
            "r213_remarked": [3, 81, None],
            "members_reported": [100, 100, 0],
            "members_known": [100, 100, 100],
        }
    )
    table = indicator_table(figures(13, {"866": 3}), halves).filter(pl.col("indicator").str.starts_with("r213"))
    assert set(table["period_kind"]) == {"half"}
    assert pick(table, indicator="r213_registered_share", period="2019-H2")["value"] == pytest.approx(90 / 99)
    remarked = table.filter(pl.col("indicator") == "r213_remarked_share")
    assert remarked.select("period", "value").rows() == [("2019-H2", 0.9)]
    assert pick(table, indicator="r213_introduced_share", period="2020-H1")["value"] is None


def test_years_of_the_organisation_stand_alone_and_of_communes_without_counts_of_people() -> None:
    years = pl.DataFrame(
        {
            "map": "reported",
            "unit_code": ["866", "29905"],
            "level": ["district", "commune"],
            "period": "2024",
            "hamlet_cells": [60, 5],
            "secretary_is_head": [40, 3],
            "secretary_head_under_40": [10, 1],
            "committees": [120, 9],
            "committees_trained": [108, 9],
            "graded_excellent": [3, 0],
            "graded_good": [8, 1],
            "graded_fair": [1, 0],
            "graded_poor": [0, 0],
            "members_reported": [12, 1],
            "members_known": [15, 1],
        }
    )
    table = indicator_table(figures(13, {"866": 3}).head(0), years=years)
    assert set(table["period_kind"]) == {"year"}
    told = {(row["unit_code"], row["indicator"]): row["value"] for row in table.to_dicts()}
    assert told == pytest.approx(
        {
            ("866", "secretary_is_head_share"): 40 / 60,
            ("866", "secretary_head_under_40_share"): 10 / 40,
            ("866", "committees_trained_share"): 0.9,
            ("866", "committees_good_share"): 11 / 12,
            ("29905", "committees_trained_share"): 1.0,
            ("29905", "committees_good_share"): 1.0,
        }
    )
    assert pick(table, unit_code="866", indicator="committees_good_share", period="2024")["coverage"] == 0.8


def test_a_report_that_never_came_is_due_and_not_in_time() -> None:
    status = pl.DataFrame(
        {
            "map": "reported",
            "unit_code": ["866", "867", "868"],
            "level": "district",
            "period": "2019-03",
            "units_expected": [10, 20, 30],
            "units_reported": [10, 15, None],
            "days_late": [-2, 3, None],
        }
    )
    table = indicator_table(figures(3, {"866": 3}), reporting=with_province(reporting_figures(status)))
    where = {"unit_code": "87", "period": "2019-03", "period_kind": "month"}
    assert pick(table, **where, indicator="reporting_completeness")["value"] == pytest.approx(25 / 60)
    assert pick(table, **where, indicator="reporting_timeliness")["value"] == pytest.approx(1 / 3)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(13, 16))
def test_a_unit_of_zeros_changes_no_figure_of_the_province(seed: int, months: int) -> None:
    units = figures(months, {"866": 6, "867": 2}, seed=seed)
    zero = units.filter(pl.col("unit_code") == "866").with_columns(unit_code=pl.lit("999"))
    counts = (*MEASURES, "members_reported", "members_known")
    zero = zero.with_columns(pl.lit(0, pl.Int64).alias(name) for name in counts)
    province, with_zero = (indicator_table(province_of(frame, "87")) for frame in (units, pl.concat([units, zero])))
    assert province.equals(with_zero)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_values_lie_in_their_intervals_and_shares_of_reasons_add_up(seed: int) -> None:
    units = figures(6, {"866": 9, "867": 60}, seed=seed).with_columns(received=pl.sum_horizontal(pl.col("^reason_.*$")))
    table = indicator_table(units)
    bounded = table.filter(pl.col("value").is_not_null() & pl.col("lower").is_not_null())
    assert bounded.select((pl.col("lower") <= pl.col("value") + NINE_DIGITS).all()).item()
    above = bounded.filter(pl.col("upper").is_not_null())
    assert above.select((pl.col("value") <= pl.col("upper") + NINE_DIGITS).all()).item()
    reasons = table.filter(pl.col("indicator").str.starts_with("reason_")).drop_nulls("value")
    whole = reasons.group_by("unit_code", "period", "period_kind").agg(pl.col("value").sum())
    assert (whole["value"] - 1).abs().max() < NINE_DIGITS
