"""Pilots judged from the province's months: planted effects, units that merge, months that do not count, disclosure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from transforms.pilots.design import followed
from transforms.pilots.panel import PilotPanel
from transforms.pilots.pilot import Outcome, Pilot
from transforms.pilots.power import plan, unevenness
from transforms.pilots.table import SCHEMA, Known, number_of, panel_of, pilot_table, pilots_fingerprint
from transforms.pilots.wording import pilot_words, pilots_in_words

DISTRICTS = tuple(str(code) for code in range(866, 878))
PLACES = {code: (10.0 + number / 10, 105.0) for number, code in enumerate(DISTRICTS)}
OUTCOME = "requests_rate"
PILOT = Pilot(
    "Gọi điện",
    "Mỗi chi bộ một người gọi điện hằng tháng",
    ((date(2023, 1, 1), ("866", "869", "872")),),
    None,
    "lot",
    (),
    (Outcome(OUTCOME, date(2022, 12, 1)),),
)
SEEN = {(PILOT.name, ""): date(2022, 12, 2), (PILOT.name, OUTCOME): date(2022, 12, 2)}


def months(first: str, last: str) -> list[str]:
    return [
        f"{month:%Y-%m}"
        for month in pl.date_range(
            date.fromisoformat(f"{first}-01"), date.fromisoformat(f"{last}-01"), "1mo", eager=True
        )
    ]


def figures(
    codes=DISTRICTS, *, ratio=1.0, treated=(), since="2023-01", mean=8.0, level="district", seed=1
) -> pl.DataFrame:
    """Requests of units by month, an effect planted where the pilot runs."""
    rng = np.random.default_rng(seed)
    rows = []
    for code in codes:
        own = mean * rng.gamma(10, 0.1)
        for period in months("2020-01", "2023-12"):
            effect = ratio if code in treated and period >= since else 1.0
            row = (code, period, float(rng.poisson(own * effect)), 5000.0, 1.0)
            rows += [(map_name, level, OUTCOME, *row) for map_name in ("today", "reported")]
    schema = ["map", "level", "indicator", "unit_code", "period", "numerator", "denominator", "coverage"]
    return pl.DataFrame(rows, schema=schema, orient="row")


def known(registry, frame, as_of=date(2024, 1, 10), unsettled=(), places=PLACES, seen=SEEN) -> Known:
    return Known(frame, registry, places, unsettled, seen, as_of)


def whole(registry, pilot=PILOT, frame=None, **given):
    frame = figures(ratio=0.5, treated=PILOT.units) if frame is None else frame
    (row,) = pilot_table([pilot], known(registry, frame, **given)).filter(part="whole").to_dicts()
    return row


def test_a_planted_effect_is_found_with_its_size_and_before_it_there_is_none(registry):
    rows = pilot_table([PILOT], known(registry, figures(ratio=0.5, treated=PILOT.units)))
    assert rows.columns == list(SCHEMA)
    (row,) = rows.filter(part="whole").to_dicts()
    assert row["rate_ratio"] == pytest.approx(0.5, abs=0.1)
    assert row["ratio_lower"] < row["rate_ratio"] < row["ratio_upper"] < 1
    assert row["p_value"] == row["smallest_p"] == pytest.approx(1 / 220)
    assert row["cases_a_month"] == pytest.approx((row["observed_cases"] - row["expected_cases"]) / 12)
    assert row["cases_lower"] < row["cases_a_month"] < row["cases_upper"] < 0
    assert row["second_method"] == "synthetic-did"
    assert row["second_cases_a_month"] == pytest.approx(row["cases_a_month"], rel=0.4)
    assert row["pre_trend_p"] > 0.05
    assert (row["named"], row["period"], row["assignments"], row["is_exact"]) == ("before", "2023-12", 220, True)
    parts = rows.filter(part="months")
    assert parts["months_since"].to_list() == [-12, -9, -6, -3, 0, 3, 6, 9]
    after = parts.filter(pl.col("months_since") >= 0)
    assert (after["rate_ratio"] < 0.75).all()
    assert after["observed_cases"].sum() == row["observed_cases"]
    assert (parts.filter(pl.col("months_since") < 0)["p_value"] > 0.01).all()


def test_starts_of_their_own_are_each_held_against_those_without(registry):
    pilot = replace(PILOT, starts=((date(2023, 1, 1), ("866", "869")), (date(2023, 7, 1), ("872", "875"))))
    early, late = (
        figures(ratio=0.5, treated=("866", "869")),
        figures(ratio=0.5, treated=("872", "875"), since="2023-07"),
    )
    frame = pl.concat(
        [
            early.filter(~pl.col("unit_code").is_in(["872", "875"])),
            late.filter(pl.col("unit_code").is_in(["872", "875"])),
        ]
    )
    row = whole(registry, pilot, frame)
    assert row["rate_ratio"] == pytest.approx(0.5, abs=0.12)
    assert row["assignments"] == 66 * 45
    assert row["second_method"] == "by-start"
    assert row["second_cases_a_month"] < 0


def test_one_of_twelve_can_never_answer_and_says_so(registry):
    pilot = replace(PILOT, starts=((PILOT.begins, ("866",)),))
    row = whole(registry, pilot, figures(ratio=0.1, treated=("866",)))
    assert row["smallest_p"] == pytest.approx(1 / 12)
    assert (row["ratio_lower"], row["ratio_upper"]) == (None, None)
    words = pilot_words(row, "vi")
    assert words.state == "unable"
    assert "0,083" in words.verdict
    assert "không thể trả lời" in words.verdict


@pytest.mark.parametrize(("p", "told"), [(0.0002, "p < 0,001"), (0.012, "p = 0,012"), (0.3, "p = 0,3")])
def test_a_p_too_small_to_be_told_has_one_sign(registry, p, told):
    row = {**whole(registry, PILOT), "p_value": p, "pre_trend_p": p, "neighbour_p": p, "neighbour_ratio": 1.1}
    words = pilot_words(row, "vi")
    said = (words.verdict, *words.grounds)
    assert sum(told in one for one in said) == 3
    assert "= <" not in " ".join(said)


def test_the_worst_are_held_against_equally_bad_ones_and_the_rest_is_told_beside(registry):
    row = whole(registry, replace(PILOT, chosen="worst"))
    assert row["rate_ratio"] != row["regression_ratio"]
    assert row["rate_ratio"] == pytest.approx(0.5, abs=0.12)
    said = " ".join(pilot_words(row, "vi").grounds)
    assert "không phải của thiết kế này" in said
    assert "nơi cũng xấu như vậy" in said


def test_a_month_that_both_share_or_that_is_not_shown_counts_on_neither_side(registry):
    pilot = replace(PILOT, starts=((date(2023, 1, 15), PILOT.units),), ends=date(2023, 10, 20))
    state = known(registry, figures(), unsettled=("2023-05",))
    where = followed(pilot, registry, state.as_of)
    panel, cohorts = panel_of(pilot, OUTCOME, where, state)
    assert cohorts.starts == (number_of(date(2023, 2, 1)),)
    assert number_of(date(2023, 1, 1)) not in panel.months
    assert panel.months.max() == number_of(date(2023, 9, 1))
    assert not panel.exposure[:, panel.months == number_of(date(2023, 5, 1))].any()
    assert whole(registry, pilot, unsettled=("2023-05",))["pilot_months"] == 7


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"starts": ((date(2024, 2, 1), ("866", "867")),)}, "not-started"),
        ({"starts": ((date(2020, 6, 1), ("866", "867")),)}, "no-past"),
        ({"starts": ((date(2023, 1, 1), ("866", "nơi lạ")),)}, "unknown-units"),
        ({"starts": ((date(2023, 1, 1), DISTRICTS[:11]),)}, "no-others"),
    ],
)
def test_where_nothing_can_be_said_the_reason_is(registry, changed, reason):
    row = whole(registry, replace(PILOT, **changed))
    assert row["no_effect"] == reason
    assert row["rate_ratio"] is None
    assert pilots_in_words(pl.DataFrame([row], schema=SCHEMA), "vi")[0].verdict


def test_no_case_anywhere_is_no_effect(registry):
    row = whole(registry, frame=figures().with_columns(numerator=0.0))
    assert row["no_effect"] == "no-cases"


def test_what_a_pilot_that_has_not_begun_could_show_is_told(registry):
    row = whole(registry, replace(PILOT, starts=((date(2024, 3, 1), PILOT.units),)))
    assert 0.4 < row["detectable_ratio"] < 0.95
    assert row["detectable_cases"] < 0
    assert "8 lần thấy được" in " ".join(pilot_words(row, "vi").grounds)


def test_communes_go_on_in_what_they_went_into_whole_and_mixed_ones_stand_aside(registry):
    whole_of, day = next(
        (to, day)
        for to in sorted({to for _, to, extent, day in registry.unit_succession if extent == "whole"})
        for day in [date(2025, 7, 1)]
        if all(extent == "whole" for _, other, extent, turn in registry.unit_succession if (other, turn) == (to, day))
    )
    origins = tuple(origin for origin, to, _, turn in registry.unit_succession if (to, turn) == (whole_of, day))
    pilot = replace(PILOT, starts=((date(2024, 1, 1), origins),))
    where = followed(pilot, registry, date(2025, 12, 1))
    assert (where.map, where.level) == ("today", "commune")
    assert where.starts == ((date(2024, 1, 1), (whole_of,)),)
    assert not where.mixed
    part = followed(replace(pilot, starts=((date(2024, 1, 1), origins[:1]),)), registry, date(2025, 12, 1))
    assert part.mixed == {whole_of}
    assert part.starts == ()
    ended = followed(replace(pilot, ends=date(2025, 3, 31)), registry, date(2025, 12, 1))
    assert (ended.map, ended.starts) == ("reported", pilot.starts)


def test_a_parted_commune_leaves_what_its_parts_went_into_aside(registry):
    parted = next(origin for origin, _, extent, _ in registry.unit_succession if extent == "part")
    into = {to for origin, to, _, _ in registry.unit_succession if origin == parted}
    where = followed(replace(PILOT, starts=((date(2024, 1, 1), (parted,)),)), registry, date(2025, 12, 1))
    assert where.mixed == into
    assert where.starts == ()


def test_the_mark_changes_with_pilots_months_and_what_was_seen():
    base = pilots_fingerprint([PILOT], ["2023-05"], SEEN)
    assert base == pilots_fingerprint([PILOT], ["2023-05"], dict(SEEN))
    others = [
        pilots_fingerprint([replace(PILOT, chosen="worst")], ["2023-05"], SEEN),
        pilots_fingerprint([PILOT], [], SEEN),
        pilots_fingerprint([PILOT], ["2023-05"], {}),
    ]
    assert len({base, *others}) == 4


def test_more_units_and_months_see_smaller_effects():
    rng = np.random.default_rng(1)
    past = PilotPanel(DISTRICTS, np.arange(36), rng.poisson(3.0, (12, 36)).astype(float), np.full((12, 36), 5000.0))
    few, many = np.arange(12) < 3, np.arange(12) < 6
    short, longer, wider = (
        plan(past, has, [list(range(12))], months, "down") for has, months in ((few, 6), (few, 24), (many, 6))
    )
    assert short.ratio < longer.ratio < 1
    assert short.ratio < wider.ratio < 1
    assert plan(past, few, [list(range(12))], 6, "up").ratio > 1
    assert plan(past, np.arange(12) < 1, [list(range(12))], 6, "down").can_answer is False


def test_what_lasts_is_told_from_what_one_month_has():
    rng = np.random.default_rng(2)
    table = np.zeros((40, 60))
    wander = rng.normal(0, 0.4, table.shape)
    for month in range(1, 60):
        wander[:, month] = 0.8 * wander[:, month - 1] + 0.6 * wander[:, month]
    lasting = rng.poisson(20 * np.exp(wander)).astype(float)
    alone = rng.poisson(20 * rng.gamma(5, 0.2, table.shape)).astype(float)
    found = [
        unevenness(PilotPanel(tuple("x" * 40), np.arange(60), one, np.ones(one.shape))) for one in (lasting, alone)
    ]
    assert found[0].lasting == pytest.approx(np.expm1(0.16), rel=0.4)
    assert found[0].carry == pytest.approx(0.8, abs=0.15)
    assert found[1].of_month == pytest.approx(0.2, rel=0.25)
    assert found[1].lasting < 0.03
