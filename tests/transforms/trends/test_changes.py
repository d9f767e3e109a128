"""Comparisons, contributions and waterfalls: against other ways to the same figure, and sums that must hold."""

from __future__ import annotations

import random

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.contract.forms import AWAY, BALANCE, REQUESTS
from transforms.indicators import indicator_table, province_of
from transforms.intervals import rate_ratio_interval
from transforms.trends import comparison, contribution, waterfall

pytestmark = pytest.mark.slow  # many generated provinces

MEASURES = [*BALANCE.names, *AWAY.names, *REQUESTS.names]
WHOLE = ["map", "indicator", "period_kind", "period", "base_period"]


def figures(seed: int, months: int = 25, units: int = 3, missing: float = 0.0) -> pl.DataFrame:
    """Districts of different size and habit, whose months balance; some months not reported."""
    rng = np.random.default_rng(seed)
    rows = []
    for unit in range(units):
        members = int(rng.integers(500, 6000))
        for month in range(months):
            counts = {name: int(rng.poisson(2 + unit)) for name in MEASURES}
            away = int(members * rng.uniform(0.05, 0.12))
            counts |= {"members_opening": members, "away_total": away}
            members += sum(counts[m.name] for m in BALANCE.measures if m.nature == "increase")
            members -= sum(counts[m.name] for m in BALANCE.measures if m.nature == "decrease")
            counts |= {"members_closing": members, "received_from_away": int(rng.integers(0, counts["received"] + 1))}
            reasons = [name for name in REQUESTS.names if name.startswith("reason_")]
            counts |= dict(zip(reasons, rng.multinomial(counts["received"], [0.25] * 4).tolist(), strict=True))
            known = rng.random() >= missing
            rows.append(
                {
                    "map": "reported",
                    "unit_code": f"{866 + unit}",
                    "level": "district",
                    "period": f"{2019 + month // 12}-{month % 12 + 1:02d}",
                    **{name: count if known else None for name, count in counts.items()},
                    "members_reported": members if known else 0,
                    "members_known": members,
                }
            )
    return pl.DataFrame(rows, infer_schema_length=None)


def indicators(frame: pl.DataFrame) -> pl.DataFrame:
    return indicator_table(pl.concat([frame, province_of(frame, "87")]))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.1]), st.integers(1, 5))
def test_parts_add_up_to_the_provinces_change_to_the_last_digit(seed: int, missing: float, units: int) -> None:
    table = indicators(figures(seed, units=units, missing=missing))
    parts = contribution(table)
    changes = comparison(table.filter(pl.col("level") == "province")).select(*WHOLE, "difference")
    compared = 0
    for key, values in parts.group_by(WHOLE):
        change = changes.filter(pl.all_horizontal(pl.col(n) == k for n, k in zip(WHOLE, key, strict=True)))
        numbers = values["value"].to_list()
        shuffled = random.Random(seed).sample(numbers, len(numbers))
        assert sum(numbers) == sum(shuffled) == sum(reversed(numbers))
        if change["difference"].drop_nulls().len():
            expected = change["difference"].item()
            assert abs(sum(numbers) - expected) <= 4 * np.finfo(float).eps * max(1.0, sum(map(abs, numbers)), 10_000)
            compared += 1
    assert compared > 0


def test_requests_are_split_by_kitagawas_formula() -> None:
    """Written out over districts and groups for one period."""
    frame = figures(5)
    table = indicators(frame)
    parts = contribution(table).filter((pl.col("indicator") == "requests_rate") & (pl.col("period") == "2020"))
    rows = table.filter((pl.col("level") == "district") & pl.col("period").is_in(["2019", "2020"]))

    def of(unit: str, name: str, period: str) -> tuple[float, float]:
        row = rows.filter((pl.col("unit_code") == unit) & (pl.col("indicator") == name) & (pl.col("period") == period))
        return row["numerator"].item(), row["denominator"].item()

    units = ["866", "867", "868"]
    whole = {p: sum(of(unit, "requests_rate", p)[1] for unit in units) for p in ("2019", "2020")}
    for unit in units:
        weight = {p: of(unit, "requests_rate", p)[1] / whole[p] for p in whole}
        how_often = who = 0.0
        for group in ("requests_rate_away", "requests_rate_other"):
            rate = {p: 10_000 * of(unit, group, p)[0] / of(unit, group, p)[1] for p in whole}
            share = {p: of(unit, group, p)[1] / of(unit, "requests_rate", p)[1] for p in whole}
            mean_weight = (weight["2019"] + weight["2020"]) / 2
            how_often += mean_weight * (share["2019"] + share["2020"]) / 2 * (rate["2020"] - rate["2019"])
            who += mean_weight * (rate["2019"] + rate["2020"]) / 2 * (share["2020"] - share["2019"])
        got = dict(parts.filter(pl.col("unit_code") == unit).select("part", "value").iter_rows())
        assert got["how_often"] == pytest.approx(how_often, rel=1e-9)
        assert got["who"] == pytest.approx(who, rel=1e-9)


def test_a_unit_that_reported_on_one_side_only_is_named_so() -> None:
    frame = figures(6)
    table = indicators(frame.filter(~((pl.col("unit_code") == "868") & (pl.col("period") < "2020-01"))))
    parts = contribution(table).filter((pl.col("period") == "2020") & (pl.col("unit_code") == "868"))
    assert set(parts["part"]) == {"reporting"}


def test_a_unit_of_zeros_changes_no_other_units_part() -> None:
    frame = figures(7)
    zero = frame.filter(pl.col("unit_code") == "866").with_columns(pl.lit("999").alias("unit_code"))
    zero = zero.with_columns(pl.lit(0, pl.Int64).alias(name) for name in MEASURES)
    with_zero = contribution(indicators(pl.concat([frame, zero])))
    assert with_zero.filter(pl.col("unit_code") == "999")["value"].abs().max() == 0
    others = with_zero.filter(pl.col("unit_code") != "999").sort(*WHOLE, "unit_code", "part")
    before = contribution(indicators(frame)).sort(*WHOLE, "unit_code", "part")
    np.testing.assert_allclose(others["value"].to_numpy(), before["value"].to_numpy(), atol=1e-9)


def test_nothing_to_compare_gives_no_contribution() -> None:
    assert contribution(indicators(figures(8, months=11))).is_empty()


def test_a_rate_is_compared_with_its_year_before_by_the_exact_interval() -> None:
    table = indicators(figures(9))
    row = (
        comparison(table)
        .filter(
            (pl.col("unit_code") == "87") & (pl.col("indicator") == "requests_rate") & (pl.col("period") == "2020-Q2")
        )
        .row(0, named=True)
    )
    now, base = (
        table.filter((pl.col("unit_code") == "87") & (pl.col("indicator") == "requests_rate") & (pl.col("period") == p))
        for p in ("2020-Q2", "2019-Q2")
    )
    lower, upper = rate_ratio_interval(
        now["numerator"].item(), now["denominator"].item(), base["numerator"].item(), base["denominator"].item()
    )
    assert (row["base_period"], row["ratio"]) == ("2019-Q2", pytest.approx(row["value"] / row["base_value"]))
    assert (row["lower"], row["upper"]) == (pytest.approx(float(lower)), pytest.approx(float(upper)))
    assert row["difference"] == row["value"] - row["base_value"]


def test_twelve_months_are_compared_with_the_twelve_before() -> None:
    rolling = comparison(indicators(figures(10))).filter(
        (pl.col("period_kind") == "rolling12")
        & (pl.col("indicator") == "requests_rate")
        & (pl.col("unit_code") == "87")
    )
    assert rolling.select("period", "base_period").rows() == [("2020-12", "2019-12"), ("2021-01", "2020-01")]


def test_ratios_lie_in_their_intervals_and_unknown_sides_give_null() -> None:
    table = comparison(indicators(figures(11, missing=0.2)))
    bounded = table.drop_nulls(["ratio", "lower"])
    assert (bounded["lower"] <= bounded["ratio"] + 1e-9).all()
    above = bounded.drop_nulls("upper")
    assert (above["ratio"] <= above["upper"] + 1e-9).all()
    unknown = table.filter(pl.col("value").is_null() | pl.col("base_value").is_null())
    assert unknown.height > 0
    assert unknown["difference"].is_null().all()


@pytest.mark.parametrize(("reported", "part"), [(0.5, "reporting"), (0.99, "how_often")])
def test_a_count_of_a_part_of_a_unit_is_neither_compared_nor_explained(reported: float, part: str) -> None:
    """Half of a district's cells are missing: its rates are those of the others, its counts look like a fall."""
    frame = figures(14)
    is_part = (pl.col("unit_code") == "866") & (pl.col("period") == "2020-12")
    partial = pl.when(is_part).then((pl.col("members_known") * reported).round().cast(pl.Int64))
    table = indicators(frame.with_columns(members_reported=partial.otherwise("members_reported")))
    own = comparison(table).filter((pl.col("unit_code") == "866") & (pl.col("period") == "2020-12"))
    counts = own.filter(pl.col("indicator").is_in(["pending_requests", "away_net_flow"]))
    changes = counts.filter(period_kind="month").select("difference").to_series()
    assert changes.is_null().all() == (part == "reporting")
    assert own.filter(period_kind="month", indicator="away_rate")["ratio"].null_count() == 0
    parts = contribution(table).filter((pl.col("unit_code") == "866") & (pl.col("period") == "2020-12"))
    assert parts.filter(indicator="pending_requests")["part"].to_list() == [part]


def test_months_between_which_tet_moved_are_marked() -> None:
    table = comparison(indicators(figures(12))).filter(
        (pl.col("indicator") == "away_rate") & (pl.col("unit_code") == "87")
    )
    marked = table.filter("is_tet_moved")
    assert set(marked["period"]) >= {"2020-01", "2020-02"}
    assert set(marked["period_kind"]) == {"month"}
    assert table.filter(pl.col("period") == "2020-07")["is_tet_moved"].to_list() == [False] * 2


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.15]))
def test_a_waterfall_arrives_at_the_closing(seed: int, missing: float) -> None:
    table = waterfall(figures(seed, missing=missing))
    steps = (
        table.filter(pl.col("step") != "members_closing")
        .group_by("unit_code", "period_kind", "period")
        .agg(pl.col("value").sum(), known=pl.col("value").filter(pl.col("step") == "unexplained").first())
    )
    closing = table.filter(pl.col("step") == "members_closing").select(
        "unit_code", "period_kind", "period", end="value"
    )
    both = steps.join(closing, on=["unit_code", "period_kind", "period"]).filter(pl.col("known").is_not_null())
    assert both.height > 0
    assert (both["value"] == both["end"]).all()
    if not missing:
        assert table.filter(pl.col("step") == "unexplained")["value"].drop_nulls().abs().max() == 0


def test_a_missing_month_leaves_its_flows_unexplained_and_an_unknown_end_null() -> None:
    frame = figures(13, months=12, units=1).with_columns(
        pl.when(pl.col("period") == "2019-05").then(None).otherwise(pl.col(name)).alias(name) for name in MEASURES
    )
    table = waterfall(frame)
    month = table.filter((pl.col("period_kind") == "month") & (pl.col("period") == "2019-05"))
    assert month["value"].is_null().all()
    assert month["running"].is_null().all()
    whole = figures(13, months=12, units=1).filter(pl.col("period") == "2019-05")
    year = table.filter((pl.col("period_kind") == "year") & (pl.col("step") == "unexplained"))["value"].item()
    assert year == whole["members_closing"].item() - whole["members_opening"].item()
