"""Which state each period is in, what is left, and when a probability is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.targets import Target, target_table, targets_fingerprint
from transforms.targets.wording import share_of, target_words, targets_in_words

RUNNING = Target("Liên lạc", "away_contact_share", ">=", 0.9, "running", "province", "Kết luận", date(2024, 1, 1), None)
DATED = replace(RUNNING, name="Đến hạn", kind="dated_level", valid_to=date(2025, 12, 31))
YEARLY = replace(RUNNING, name="Từng năm", kind="yearly_threshold", comparison=">", value=0.95)
NIGHT = date(2024, 6, 10)


def figures(rows: list[tuple[str, float | None, float | None, float]], **changed: Any) -> pl.DataFrame:
    """Months of the province on today's map: month, parts, whole, coverage."""
    kinds = {"numerator": pl.Float64, "denominator": pl.Float64, "coverage": pl.Float64}
    return pl.DataFrame(
        [
            {
                "map": "today",
                "unit_code": "87",
                "level": "province",
                "indicator": "away_contact_share",
                "period_kind": "month",
                "period": period,
                "numerator": top,
                "denominator": below,
                "coverage": coverage,
                "units_expected": 100,
                "units_reported": round(100 * coverage),
            }
            | changed
            for period, top, below, coverage in rows
        ],
        schema_overrides=kinds,
    )


USUAL = figures([(f"2024-0{month}", 880.0 + 5 * month, 1000.0, 1.0) for month in range(1, 6)])


def table(targets: list[Target], given_figures: pl.DataFrame, night: date = NIGHT, hidden: tuple[str, ...] = ()):
    return target_table(targets, given_figures, hidden, night, 5, {"87": 102})


def states(rows: pl.DataFrame) -> dict[str, str]:
    return dict(rows.select("period", "state").iter_rows())


def test_each_month_is_met_or_missed_and_the_one_under_way_is_not_yet_due() -> None:
    rows = table([RUNNING], USUAL)
    assert states(rows) == {
        "2024-01": "missed",
        "2024-02": "missed",
        "2024-03": "missed",
        "2024-04": "met",
        "2024-05": "met",
        "2024-06": "not_yet_due",
    }
    assert rows["gap_units"].to_list() == [15, 10, 5, 0, 0, 0]
    last = rows.row(-1, named=True)
    assert (last["known_period"], last["value"]) == ("2024-05", 0.905)
    assert 0.01 <= last["probability"] <= 0.99
    assert rows["probability"].null_count() == 5


def test_a_report_that_is_missing_leaves_open_only_what_it_can_change() -> None:
    """900 of 1,000 known, and a tenth of the members missing: up to 111 more in or out."""
    for parts, night, state in [
        (900.0, date(2024, 6, 6), "units_missing"),
        (900.0, date(2024, 6, 5), "not_yet_due"),
        (895.0, date(2024, 6, 6), "units_missing"),
        (840.0, date(2024, 6, 6), "missed"),
        (840.0, date(2024, 6, 5), "missed"),
        (1000.0, date(2024, 6, 6), "met"),
    ]:
        rows = table([RUNNING], figures([("2024-04", 890.0, 1000.0, 1.0), ("2024-05", parts, 1000.0, 0.9)]), night)
        assert states(rows)["2024-05"] == state, (parts, night)
        assert rows.filter(period="2024-05")["units_missing"].to_list() == [10]


def test_cells_that_never_reported_leave_open_what_they_can_change() -> None:
    """Of them no members are known, so that all that is known has reported: four of sixteen may be all out."""
    for parts, state in ((927.0, "units_missing"), (1000.0, "units_missing"), (840.0, "missed")):
        month = figures([("2024-05", parts, 1000.0, 1.0)], units_expected=16, units_reported=12)
        assert states(table([RUNNING], month))["2024-05"] == state, parts


@pytest.mark.parametrize("coverage", [8 / 9, 0.5, 0.93, 0.99])
def test_all_of_what_has_come_has_not_missed_a_full_coverage(coverage: float) -> None:
    whole = replace(RUNNING, value=1.0)
    for night, state in ((date(2024, 6, 5), "not_yet_due"), (date(2024, 6, 6), "units_missing")):
        assert states(table([whole], figures([("2024-05", 711.0, 711.0, coverage)]), night))["2024-05"] == state
    assert states(table([whole], figures([("2024-05", 710.0, 711.0, coverage)])))["2024-05"] == "missed"


def test_nothing_reported_after_the_due_day_is_missing_and_before_it_not_yet_due() -> None:
    for night, state in ((date(2024, 7, 5), "not_yet_due"), (date(2024, 7, 6), "units_missing")):
        rows = table([RUNNING], USUAL, night)
        june = rows.filter(period="2024-06").row(0, named=True)
        assert june["state"] == state
        assert (june["value"] is None) == (state == "units_missing")


def test_a_month_that_is_not_shown_yet_is_as_not_reported() -> None:
    rows = table([RUNNING, DATED], USUAL, hidden=("2024-05",))
    assert states(rows.filter(target="Liên lạc"))["2024-05"] == "units_missing"
    assert "2024-05" not in rows["known_period"].to_list()
    assert rows.filter(pl.col("value") == 0.905).is_empty()


def test_a_dated_level_is_judged_once_on_its_day() -> None:
    (waiting,) = table([DATED], USUAL).to_dicts()
    assert (waiting["period"], waiting["state"], waiting["due_on"]) == ("2025-12", "not_yet_due", date(2025, 12, 31))
    assert waiting["required_per_year"] == 0
    short = table([replace(DATED, value=0.95)], USUAL).row(0, named=True)
    assert short["gap_units"] == 45
    assert short["required_per_year"] == pytest.approx(0.045 * 12 / 19)
    assert short["observed_per_year"] > 0
    reached = figures([("2025-12", 905.0, 1000.0, 1.0)])
    (judged,) = table([DATED], pl.concat([USUAL, reached]), date(2026, 1, 20)).to_dicts()
    assert (judged["state"], judged["value"], judged["probability"]) == ("met", 0.905, None)


def test_a_yearly_target_is_judged_in_december_and_says_what_chance_does() -> None:
    whole_year = figures([("2024-12", 97.0, 102.0, 1.0), ("2025-12", 96.0, 102.0, 1.0)])
    rows = table([YEARLY], whole_year, date(2026, 3, 1))
    assert states(rows) == {"2024-12": "met", "2025-12": "missed", "2026-12": "not_yet_due"}
    assert rows["gap_units"].to_list() == [0, 1, 1]
    assert rows["chance_met"].round(2).to_list() == [0.78, 0.78, 0.78]
    assert "78 của 100 năm" in target_words(rows.with_columns(unit_name=pl.lit("Đồng Tháp")).to_dicts(), "vi").chance


def test_a_month_of_few_members_is_no_basis_for_a_forecast() -> None:
    rows = table([RUNNING], pl.concat([USUAL.head(4), figures([("2024-05", 510.0, 600.0, 0.6)])]))
    may, june = rows.tail(2).to_dicts()
    assert (may["state"], may["value"]) == ("units_missing", 0.85)
    assert (june["known_period"], june["value"]) == ("2024-04", 0.9)


def test_why_there_is_no_probability_is_said() -> None:
    other = USUAL.with_columns(map=pl.lit("reported"))
    rows = table([RUNNING], pl.concat([USUAL.head(1), other.head(1)]), date(2024, 2, 10))
    assert dict(rows.filter(state="not_yet_due").select("map", "no_probability").iter_rows()) == {
        "today": "too-few-periods",
        "reported": "other-map",
    }


def test_a_unit_that_ended_is_judged_no_longer() -> None:
    ended = USUAL.head(2).with_columns(unit_code=pl.lit("866"))
    rows = table([RUNNING, DATED], pl.concat([USUAL, ended]))
    assert rows.filter(unit_code="866", target="Liên lạc")["period"].to_list() == ["2024-01", "2024-02"]
    assert rows.filter(unit_code="866", target="Đến hạn").is_empty()


def test_what_lies_nowhere_and_other_levels_have_no_rows() -> None:
    strange = [USUAL.with_columns(unit_code=pl.lit("chua-phan-bo")), USUAL.with_columns(level=pl.lit("district"))]
    assert table([RUNNING], pl.concat(strange)).is_empty()
    assert table([], USUAL).columns == table([RUNNING], USUAL).columns


def test_of_a_year_to_come_the_committees_that_stand_are_the_whole() -> None:
    """118 of 141 committees were good; 102 stand after a reform, of which 97 are needed and 85 would be as before."""
    years = figures(
        [("2023", 119.0, 141.0, 1.0), ("2024", 118.0, 141.0, 1.0)],
        indicator="committees_good_share",
        period_kind="year",
    )
    graded = replace(YEARLY, indicator="committees_good_share", valid_from=date(2023, 1, 1))
    fact, soon = table([graded], years, date(2025, 8, 1)).tail(2).to_dicts()
    assert (fact["period"], fact["needed"], fact["whole"], fact["gap_units"]) == ("2024", 134, 141, 16)
    assert (soon["period"], soon["needed"], soon["whole"], soon["gap_units"]) == ("2025", 97, 102, 12)
    assert round(soon["chance_met"], 2) == 0.78
    assert "97 trên 102 đảng bộ" in target_words([fact | {"unit_name": "x"}, soon | {"unit_name": "x"}], "vi").next


def test_half_years_go_by_half_years() -> None:
    halves = figures(
        [("2023-H1", 80.0, 100.0, 1.0), ("2023-H2", 90.0, 100.0, 1.0)],
        indicator="r213_attended_share",
        period_kind="half",
    )
    attended = replace(RUNNING, indicator="r213_attended_share", valid_from=date(2023, 1, 1))
    rows = table([attended], halves, date(2024, 2, 1))
    assert states(rows) == {"2023-H1": "missed", "2023-H2": "met", "2024-H1": "not_yet_due"}


def test_a_remark_of_the_year_is_told_of_the_year_and_what_is_missing_as_cells() -> None:
    halves = figures([("2023-H2", 96.0, 100.0, 0.8)], indicator="r213_remarked_share", period_kind="half")
    remarked = replace(YEARLY, indicator="r213_remarked_share", valid_from=date(2023, 1, 1))
    words = target_words(
        table([remarked], halves, date(2024, 2, 1)).with_columns(unit_name=pl.lit("x")).to_dicts(), "vi"
    )
    assert words.fact.startswith("2023: chưa kết luận, còn thiếu số liệu của 20 chi bộ")
    assert words.next.startswith("Kỳ tới 2024: ")
    assert "6 tháng" not in words.result + words.fact + words.next


def test_what_happens_through_a_year_is_judged_by_the_year() -> None:
    years = figures([("2023", 30.0, 40.0, 1.0)], indicator="request_withdrawn_share", period_kind="year")
    target = replace(YEARLY, indicator="request_withdrawn_share", value=0.7, valid_from=date(2023, 1, 1))
    assert states(table([target], years)) == {"2023": "met", "2024": "not_yet_due"}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 60), st.floats(0.3, 1)), min_size=1, max_size=5),
    st.floats(0.05, 1),
)
def test_a_fact_stands_whatever_the_missing_reports_say(counts: list[tuple[int, int, float]], wanted: float) -> None:
    rows = [
        (f"2024-0{month}", float(top), float(top + rest), coverage)
        for month, (top, rest, coverage) in enumerate(counts, 1)
    ]
    made = table([replace(RUNNING, value=round(wanted, 2))], figures(rows), date(2024, 12, 20)).to_dicts()
    told = {row["period"]: row for row in made}
    for period, top, below, coverage in rows:
        if not below:
            continue
        missing = below * (1 - coverage) / coverage
        for share_of_missing in (0.0, 0.5, 1.0):
            share = (top + share_of_missing * missing) / (below + missing)
            if told[period]["state"] == "met":
                assert share >= round(wanted, 2) - 1e-9
            if told[period]["state"] == "missed":
                assert share < round(wanted, 2) + 1 / (below + missing)


def mark(targets: list[Target], night: date = NIGHT, due_day: int = 5, hidden: tuple[str, ...] = (), whole: int = 102):
    return targets_fingerprint(targets, hidden, night, due_day, {"87": whole})


def test_the_fingerprint_tells_apart_all_but_the_figures() -> None:
    marks = {mark([RUNNING]), mark([DATED]), mark([RUNNING], due_day=6), mark([RUNNING], hidden=("2024-05",))}
    assert len(marks | {mark([RUNNING], whole=101)}) == 5
    assert mark([RUNNING]) == mark([replace(RUNNING)])


def test_a_day_with_the_same_fingerprint_has_the_same_table() -> None:
    ends = [RUNNING, DATED, YEARLY, replace(RUNNING, name="Đến giữa tháng", valid_to=date(2024, 7, 15))]
    days = [date(2024, 5, 20) + timedelta(days=number) for number in range(260)]
    tables: dict[str, list[pl.DataFrame]] = {}
    for day in days:
        tables.setdefault(mark(ends, day), []).append(table(ends, USUAL, day))
    assert len(tables) < len(days) / 10
    for first, *others in tables.values():
        assert all(first.equals(other) for other in others)


def test_where_reports_are_judged_every_day_has_its_own_fingerprint() -> None:
    of_reports = [RUNNING, replace(RUNNING, name="Báo cáo", indicator="reporting_timeliness")]
    assert mark(of_reports) != mark(of_reports, date(2024, 6, 11))
    assert mark([RUNNING]) == mark([RUNNING], date(2024, 6, 11))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_state_is_told_in_words(language: str) -> None:
    some = pl.concat([USUAL.head(4), figures([("2024-05", 900.0, 1000.0, 0.9)])])
    rows = table([RUNNING, DATED, replace(YEARLY, valid_from=date(2023, 1, 1))], some).with_columns(
        unit_name=pl.lit("Đồng Tháp", pl.String)
    )
    told = targets_in_words(rows, language)  # type: ignore[arg-type]
    assert [one.state for one in told] == ["units_missing", "not_yet_due", "not_yet_due"]
    assert told[0].fact
    assert told[0].next
    assert told[1].fact == ""
    assert all("{" not in part for one in told for part in (one.fact, one.next, one.asks, one.chance, one.pace))


@pytest.mark.parametrize(
    ("parts", "coverage", "missing"),
    [(840.0, 0.9, "còn thiếu số liệu của 10 chi bộ"), (1000.0, 0.9, "còn thiếu số liệu của 10 chi bộ"), (840.0, 1, "")],
)
def test_a_result_that_missing_reports_cannot_change_still_says_whose_are_missing(
    parts: float, coverage: float, missing: str
) -> None:
    rows = table([RUNNING], figures([("2024-05", parts, 1000.0, coverage)])).with_columns(unit_name=pl.lit("Đồng Tháp"))
    (told,) = targets_in_words(rows, "vi")
    assert told.state in ("met", "missed")
    assert told.value.endswith(missing or "trên 1.000)")
    assert told.fact.endswith(f". C{missing[1:]}." if missing else "đảng viên.")


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.9498, "94,98%"), (0.95, "95,0%"), (0.950001, "95,0001%"), (0.9423, "94,2%"), (0.95001, "95,001%"), (None, "—")],
)
def test_a_share_near_the_level_is_told_apart_from_it(value: float | None, told: str) -> None:
    assert share_of({"value": value, "wanted": 0.95}, "vi") == told
