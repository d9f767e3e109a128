"""The marts on invented figures: who reported, units on both maps, what communes may be told of."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from duckdb import DuckDBPyConnection

from expectations.contract.forms import MONTHLY_MEASURES
from tests.warehouse.marts.marts_province import (
    AS_OF,
    LATE,
    MISSING,
    MISSING_COMMUNE,
    NOT_DUE,
    PERIODS,
    REJECTED,
    RESENT,
    compute,
)
from transforms.disclosure import FLOWS, SENSITIVE
from transforms.followup.gap_table import RELEASED_AFTER
from transforms.territory.registry import Registry
from warehouse.derived.again import MEMORY
from warehouse.derived.unit_figures import halves_before, published_before, remember_halves
from warehouse.marts.questions import rows_in_order
from warehouse.marts.shown import LARGE

OPEN = ("members_closing", "away_total", "away_in_province", "away_other_province", "away_abroad")
WITHHELD = [name for name in MONTHLY_MEASURES if name not in OPEN]


@pytest.mark.parametrize(
    ("which", "state", "received", "late"),
    [
        (("866", "2024-04"), "reported", date(2024, 5, 3), 0),
        (LATE, "late", date(2024, 7, 11), 36),
        (REJECTED, "rejected", date(2024, 8, 3), None),
        (MISSING, "missing", None, None),
        (RESENT, "reported", date(2024, 7, 3), 0),
        (MISSING_COMMUNE, "missing", None, None),
        (NOT_DUE, "not_due", None, None),
    ],
)
def test_each_report_that_was_due_has_its_state(
    mobility: DuckDBPyConnection, which: tuple[str, str], state: str, received: date | None, late: int | None
) -> None:
    found = mobility.execute(
        "SELECT state, received_on, days_late FROM marts.reporting_status WHERE reporter_code = ? AND period = ?", which
    ).fetchall()
    assert found == [(state, received, late)]


def test_every_reporter_of_every_month_stands_there_across_the_reform(mobility: DuckDBPyConnection) -> None:
    counts = mobility.sql("SELECT period, level, count(*) FROM marts.reporting_status GROUP BY ALL").fetchall()
    assert sorted(counts) == [(p, "district", 12) if p < "2025-07" else (p, "commune", 45) for p in PERIODS]


def test_units_expected_and_reported_are_the_reporters_cells(mobility: DuckDBPyConnection) -> None:
    query = "SELECT sum(units_expected), sum(units_reported) FROM marts.reporting_status WHERE period = ?"
    assert mobility.execute(query, ["2024-04"]).fetchall() == [(1764, 1764)]
    expected, reported = mobility.execute(query, [MISSING[1]]).fetchall()[0]
    missing = mobility.execute(
        "SELECT units_expected FROM marts.reporting_status WHERE reporter_code = ? AND period = ?", MISSING
    ).fetchone()
    assert missing is not None
    assert expected - reported == missing[0]


def test_the_maps_agree_on_every_total_of_the_province(mobility: DuckDBPyConnection) -> None:
    names = ", ".join(MONTHLY_MEASURES)
    query = f"SELECT period, {names}, units_reported FROM marts.figures_province WHERE map = ? ORDER BY period"
    one, other = (mobility.execute(query, [name]).pl() for name in ("reported", "today"))
    assert one.equals(other)
    assert one["period"].to_list() == list(PERIODS)


def test_the_provinces_figures_are_the_sums_of_the_standing_facts(
    inside: DuckDBPyConnection, mobility: DuckDBPyConnection
) -> None:
    facts = inside.sql(
        "SELECT period, sum(died)::BIGINT AS died FROM facts.balance WHERE superseded_at IS NULL GROUP BY 1 ORDER BY 1"
    ).pl()
    shown = mobility.sql("SELECT period, died FROM marts.figures_province WHERE map = 'today' ORDER BY 1").pl()
    settled = pl.col("period") < "2025-07"
    assert shown.filter(settled).equals(facts.filter(settled))


def test_the_province_code_changes_with_the_reform_on_the_map_of_the_time(mobility: DuckDBPyConnection) -> None:
    codes = mobility.sql("SELECT DISTINCT map, unit_code, period >= '2025-07' FROM marts.figures_province").fetchall()
    assert sorted(codes) == [
        ("reported", "82", True),
        ("reported", "87", False),
        ("today", "82", False),
        ("today", "82", True),
    ]


def test_a_month_of_communes_that_are_still_to_report_shows_no_flows_of_the_province(
    mobility: DuckDBPyConnection,
) -> None:
    for mart in ("figures_province", "figures_district"):
        for period, is_settled in (("2025-06", True), ("2025-07", False), ("2025-08", False)):
            row = mobility.execute(
                f"SELECT * FROM marts.{mart} WHERE map = 'today' AND period = ? LIMIT 1", [period]
            ).pl()
            assert row.select(pl.all_horizontal(pl.col(WITHHELD).is_not_null())).item() is is_settled
            assert row.select(pl.all_horizontal(pl.col(OPEN).is_not_null())).item()


def test_that_month_is_shown_when_the_next_is_due(inside: DuckDBPyConnection) -> None:
    unsettled = "SELECT list(period ORDER BY period) FROM derived.unsettled"
    assert inside.sql(unsettled).fetchone() == (["2025-07", "2025-08"],)
    inside.execute("BEGIN")
    inside.execute("INSERT INTO ledger.night (night_id, as_of, kind) VALUES (99999, DATE '2025-09-05', 'nightly')")
    assert inside.sql(unsettled).fetchone() == (["2025-08"],)
    inside.execute("ROLLBACK")


def test_a_month_after_one_that_waits_waits_too(inside: DuckDBPyConnection) -> None:
    """Twelve months and quarters that end in it hold the month that waits: from copy to copy they told each report."""
    inside.execute("BEGIN")
    try:
        inside.execute("""
            INSERT INTO ledger.submission BY NAME
            SELECT 99999 AS submission_id, '29888' AS reporter_code, 'commune' AS reporter_level, '2025-08' AS period,
                DATE '2025-09-04' AS received_on, TIMESTAMP '2025-09-04' AS received_at,
                DATE '2025-09-04' AS recorded_at,
                'x.xlsx' AS file_name, 'accepted' AS outcome""")
        assert inside.sql("SELECT period FROM derived.unsettled ORDER BY 1").fetchall() == [("2025-07",), ("2025-08",)]
    finally:
        inside.rollback()


@pytest.mark.parametrize(("night", "is_shown"), [(date(2026, 1, 3), False), (date(2026, 2, 5), True)])
def test_a_half_year_of_communes_that_are_still_to_report_shows_no_sums(
    inside: DuckDBPyConnection, night: date, is_shown: bool
) -> None:
    """Each commune's counts were what the province's had grown by since the last copy."""
    inside.execute("BEGIN")
    try:
        inside.execute("INSERT INTO ledger.night (night_id, as_of, kind) VALUES (99999, ?, 'nightly')", [night])
        inside.execute(
            "INSERT INTO derived.unit_half SELECT * REPLACE ('2025-H2' AS period) FROM derived.unit_half "
            "WHERE map = 'today' AND period = '2025-H1'"
        )
        inside.execute(
            "INSERT INTO derived.gap_213 SELECT * REPLACE ('2025-H2' AS half) FROM derived.gap_213 "
            "WHERE map = 'today' AND half = '2025-H1' AND level <> 'commune'"
        )
        for mart, of, count in (
            ("regulation_213", "period", "r213_subject"),
            ("regulation_213_gap", "half", "numerator"),
        ):
            query = (
                f"SELECT {of}, count({count}), count(*) FROM marts.{mart} WHERE {of} >= '2025' AND level <> 'commune' "
            )
            found = {half: (known, rows) for half, known, rows in inside.sql(f"{query} GROUP BY 1").fetchall()}
            assert found["2025-H1"][0] == found["2025-H1"][1]
            known, rows = found["2025-H2"]
            assert rows
            assert known == (rows if is_shown else 0)
    finally:
        inside.rollback()


def test_a_half_year_in_which_a_table_is_missing_waits_though_every_file_has_come(inside: DuckDBPyConnection) -> None:
    inside.execute("BEGIN")
    try:
        inside.execute("INSERT INTO ledger.night (night_id, as_of, kind) VALUES (99999, DATE '2026-01-03', 'nightly')")
        inside.execute("""
            INSERT INTO ledger.version BY NAME
            SELECT * REPLACE ('2025-H2' AS period, d.reporter_code AS reporter_code,
                99999 + row_number() OVER () AS version_id)
            FROM (FROM ledger.version WHERE form = 'regulation_213' AND superseded_at IS NULL LIMIT 1),
                (SELECT reporter_code FROM derived.due WHERE period = '2025-12') AS d""")
        assert inside.sql("FROM derived.unsettled_half").fetchall() == []
        inside.execute("DELETE FROM ledger.version WHERE period = '2025-H2' AND reporter_code = '29884'")
        assert inside.sql("FROM derived.unsettled_half").fetchall() == [("2025-H2",)]
    finally:
        inside.rollback()


def test_what_a_copy_hid_is_remembered_though_the_file_it_came_from_is_retracted(inside: DuckDBPyConnection) -> None:
    """Its rows went and came back with it, and one that had stood hidden beside a small count was shown."""
    inside.execute("BEGIN")
    try:
        hid = "map = 'reported' AND period = '2023-H2'"
        communes = inside.sql(f"SELECT count(*) FROM derived.half_told WHERE {hid}").fetchone()
        inside.execute(f"UPDATE derived.half_told SET is_told = false WHERE {hid}")
        remember_halves(inside, AS_OF, "0000", AS_OF - RELEASED_AFTER)
        inside.execute("DELETE FROM derived.half_told")
        inside.execute("DELETE FROM derived.commune_year")
        _, hidden = halves_before(inside, "2023-01")
        assert (hidden.filter(map="reported", period="2023-H2").height,) == communes
        _, years = published_before(inside, "2023-01")
        assert years["suppressed"].list.len().sum() > 0
    finally:
        inside.rollback()


def test_former_districts_go_on_after_the_reform_on_todays_map_only(mobility: DuckDBPyConnection) -> None:
    months = mobility.sql(
        "SELECT map, count(DISTINCT unit_code), count(DISTINCT period), max(period) "
        "FROM marts.figures_district GROUP BY 1"
    ).fetchall()
    assert sorted(months) == [("reported", 12, 30, "2025-06"), ("today", 12, 32, "2025-08")]


def test_communes_by_month_have_members_and_those_away_only(mobility: DuckDBPyConnection) -> None:
    columns = mobility.table("marts.figures_commune").columns
    assert set(columns) == {
        "map",
        "unit_code",
        "unit_name",
        "level",
        "district_code",
        "district_name",
        "period",
        "period_start",
        "period_end",
        "period_kind",
        *OPEN,
        "units_expected",
        "units_reported",
        "unit_id",
    }
    counts = mobility.sql(
        "SELECT map, period < '2025-07', count(DISTINCT unit_code) FROM marts.figures_commune GROUP BY ALL"
    )
    assert sorted(counts.fetchall()) == [
        ("reported", False, 45),
        ("reported", True, 141),
        ("today", False, 45),
        ("today", True, 45),
    ]


def test_a_unit_that_did_not_report_has_no_figures_rather_than_zeros(mobility: DuckDBPyConnection) -> None:
    row = mobility.execute(
        "SELECT members_closing, units_reported, units_expected > 0 FROM marts.figures_commune "
        "WHERE map = 'reported' AND unit_code = ? AND period = ?",
        MISSING_COMMUNE,
    ).fetchall()
    assert row == [(None, 0, True)]


def test_no_small_count_of_a_commune_is_shown(mobility: DuckDBPyConnection) -> None:
    rows = mobility.sql("FROM marts.figures_commune_year").pl()
    assert sorted(rows["year"].unique()) == [2023, 2024, 2025]
    for row in rows.iter_rows(named=True):
        assert row["suppressed"] == [name for name in FLOWS if row[name] is None]
        assert not [name for name in SENSITIVE if row[name] in (1, 2)]
        assert row["year"] < 2025 or not any(row[name] for name in FLOWS)


def test_no_cell_leaves_and_no_mart_of_communes_by_month_has_flows(mobility: DuckDBPyConnection) -> None:
    columns = mobility.sql(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'marts'"
    ).fetchall()
    assert not [at for at in columns if at[1] == "cell_code"]
    measures = mobility.sql("SELECT DISTINCT measure FROM marts.revision WHERE level = 'commune'").fetchall()
    assert {name for (name,) in measures} == set(OPEN)
    indicators = mobility.sql("SELECT DISTINCT indicator FROM marts.indicator WHERE level = 'commune'").fetchall()
    assert {name for (name,) in indicators} == {"away_rate", "away_outside_share", "away_abroad_share"}
    levels = mobility.sql("SELECT DISTINCT level FROM marts.regulation_213").fetchall()
    assert {name for (name,) in levels} == {"province", "district"}


def test_the_gaps_of_regulation_213_stand_by_unit_half_and_step_on_both_maps(mobility: DuckDBPyConnection) -> None:
    columns = (
        "map unit_code unit_name level district_code district_name half period_start period_end period_kind step "
        "numerator denominator share lower upper target change"
    )
    assert [name for name, *_ in mobility.sql("DESCRIBE marts.regulation_213_gap").fetchall()] == columns.split()
    steps = mobility.sql("""
        SELECT step, sum(numerator), sum(denominator) FROM marts.regulation_213_gap
        WHERE map = 'reported' AND level = 'province' AND half = '2023-H2' GROUP BY 1 ORDER BY 1""").fetchall()
    (cells,) = mobility.sql("""
        SELECT units_reported FROM marts.regulation_213
        WHERE map = 'reported' AND level = 'province' AND period = '2023-H2'""").fetchone()
    each = {"attended": (5, 7), "introduced": (8, 8), "registered": (7, 8), "remarked": (2, 7)}
    assert steps == [(step, part * cells, whole * cells) for step, (part, whole) in each.items()]
    levels = mobility.sql("SELECT DISTINCT map, level FROM marts.regulation_213_gap").fetchall()
    assert len(levels) == 6


def test_a_commune_shows_a_half_year_whole_or_not_at_all_and_no_small_gap(mobility: DuckDBPyConnection) -> None:
    told = mobility.sql("""
        SELECT half, map, unit_code, count(numerator), count(*), min(denominator - numerator) FILTER (
            denominator > numerator) FROM marts.regulation_213_gap WHERE level = 'commune' GROUP BY ALL""").fetchall()
    assert {shown in (0, rows) for *_, shown, rows, _ in told} == {True}
    assert min(gap for *_, gap in told if gap is not None) >= 3
    assert any(shown for *_, shown, _, _ in told)


def test_indicators_of_an_unsettled_month_wait_with_the_figures(mobility: DuckDBPyConnection) -> None:
    last = dict(
        mobility.sql(
            "SELECT indicator, max(period) FROM marts.indicator "
            "WHERE level = 'province' AND period_kind = 'month' GROUP BY 1"
        ).fetchall()
    )
    assert (last["away_rate"], last["requests_rate"]) == ("2025-08", "2025-06")


def test_revision_follows_a_figure_from_version_to_version(mobility: DuckDBPyConnection) -> None:
    rows = mobility.execute(
        "SELECT version_no, days_after_period, value - previous_value, is_standing FROM marts.revision "
        "WHERE unit_code = ? AND period = ? AND measure = 'admitted' ORDER BY version_no",
        RESENT,
    ).fetchall()
    cells = mobility.execute(
        "SELECT units_expected FROM marts.reporting_status WHERE reporter_code = ? AND period = ?", RESENT
    ).fetchone()
    assert cells is not None
    assert rows == [(1, 3, None, False), (2, 53, cells[0], True)]


def test_the_log_and_the_summary_say_who_made_which_mistake(mobility: DuckDBPyConnection) -> None:
    log = mobility.execute(
        "SELECT outcome, errors, warnings, problem_codes, is_standing FROM marts.submission_log "
        "WHERE reporter_code = ? AND period = ?",
        REJECTED,
    ).fetchall()
    assert log == [("rejected", 1, 0, ["balance-broken"], False)]
    summary = mobility.execute(
        "SELECT reporter_name, severity, problems, submissions FROM marts.problem_summary "
        "WHERE reporter_code = ? AND code = 'balance-broken'",
        [REJECTED[0]],
    ).fetchall()
    assert summary == [("Thành phố Sa Đéc", "error", 1, 1)]


def test_a_unit_tells_what_it_went_into(mobility: DuckDBPyConnection) -> None:
    rows = mobility.sql(
        "SELECT unit_name, successor_codes, is_parted, is_current FROM marts.unit "
        "WHERE unit_code IN ('29869', '30079') ORDER BY unit_code, valid_from"
    ).fetchall()
    assert rows == [
        ("Phường 1", ["29869"], False, False),
        ("Phường Cao Lãnh", [], False, True),
        ("Xã Gáo Giồng", ["30025", "30088"], True, False),
    ]


def test_a_night_that_touched_nothing_computes_nothing(inside: DuckDBPyConnection, registry: Registry) -> None:
    before = inside.sql("FROM derived.unit_month ORDER BY ALL").pl()
    assert compute(inside, registry, AS_OF, []) is None
    assert inside.sql("FROM derived.unit_month ORDER BY ALL").pl().equals(before)


def test_computing_from_the_touched_year_gives_what_computing_everything_gives(
    inside: DuckDBPyConnection, registry: Registry
) -> None:
    tables = ("unit_month", "unit_half", "half_told", "gap_213", "commune_year", *MEMORY)
    before = [inside.sql(f"FROM derived.{name} ORDER BY ALL").pl() for name in tables]
    assert compute(inside, registry, AS_OF, ["2024-06"]) == "2024-01"
    assert all(
        inside.sql(f"FROM derived.{name} ORDER BY ALL").pl().equals(was)
        for name, was in zip(tables, before, strict=True)
    )


def test_what_a_copy_shows_of_communes_half_years_is_remembered_once_it_is_shown(inside: DuckDBPyConnection) -> None:
    in_2024 = date(2024, 7, 15)
    told = inside.sql("SELECT map, unit_id, period FROM derived.half_told WHERE is_told ORDER BY ALL").pl()
    inside.begin()
    try:
        inside.execute("DELETE FROM derived.half_shown")
        remember_halves(inside, in_2024, "0000", in_2024 - RELEASED_AFTER)
        remember_halves(inside, in_2024, "0000", in_2024 - RELEASED_AFTER)
        shown = inside.sql("SELECT DISTINCT map, unit_id, period FROM derived.half_shown ORDER BY ALL").pl()
    finally:
        inside.rollback()
    assert shown.equals(told.filter(pl.col("period") < "2024"))


@pytest.mark.parametrize("mart", sorted(LARGE))
def test_a_large_mart_is_given_out_in_its_querys_order(inside, mobility, mart):
    assert rows_in_order(mobility, mart).equals(inside.sql(f"FROM marts.{mart}").pl())
