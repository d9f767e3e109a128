"""The follow-up of the corpus: items open and end as the figures say, and say nothing of anybody."""

from __future__ import annotations

import json
import re

import duckdb
import polars as pl
import pytest

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from flows.settings import Settings
from transforms.followup.least_pending import first_month, months_between
from transforms.followup.steps import STEPS

pytestmark = pytest.mark.corpus

SMALL = 3
SENSITIVE = ("away-out-of-contact", "requests-pending")


@pytest.fixture(scope="module", params=["exports", "exports_2025"])
def inside(request, corpus_home):
    """The warehouse of a corpus."""
    with duckdb.connect(str(corpus_home(request.param) / "warehouse.duckdb"), read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def old(corpus_home):
    """The warehouse of the districts' years."""
    with duckdb.connect(str(corpus_home("exports") / "warehouse.duckdb"), read_only=True) as con:
        yield con


def test_every_night_was_followed_up(inside):
    assert (
        inside.sql("SELECT count(DISTINCT as_of) FROM ledger.night").fetchone()
        == inside.sql("SELECT count(*) FROM followup.night").fetchone()
    )
    assert inside.sql("SELECT count(*) FROM followup.item").fetchone()[0] > 20


def test_what_has_not_come_or_not_been_mended_stands_and_nothing_else_of_the_reports(inside):
    missing = inside.sql("""
        SELECT reporter_code, period, CASE state WHEN 'missing' THEN 'report-not-sent' ELSE 'report-rejected' END
        FROM marts.reporting_status WHERE state IN ('missing', 'rejected') ORDER BY ALL""").fetchall()
    standing = inside.sql("""
        SELECT unit_code, since, kind FROM followup.item
        WHERE kind IN ('report-not-sent', 'report-rejected') AND closed_on IS NULL ORDER BY ALL""").fetchall()
    assert standing == missing


def test_a_rejected_report_opened_an_item_that_ended_when_the_report_was_accepted(inside):
    found = inside.sql("""
        WITH bad AS (
            SELECT reporter_code, period, min(recorded_at) AS night FROM ledger.submission AS r
            WHERE outcome = 'rejected' AND period IS NOT NULL AND reporter_level IS NOT NULL AND NOT EXISTS (
                FROM ledger.submission AS a WHERE a.reporter_code = r.reporter_code AND a.period = r.period
                    AND a.outcome = 'accepted' AND a.recorded_at <= r.recorded_at)
            GROUP BY ALL
        ), mended AS (
            SELECT reporter_code, period, min(recorded_at) AS night FROM ledger.submission
            WHERE outcome = 'accepted' GROUP BY ALL
        )
        SELECT b.reporter_code, b.period, b.night, m.night, i.opened_on, i.closed_on
        FROM bad AS b LEFT JOIN mended AS m USING (reporter_code, period)
        LEFT JOIN followup.item AS i ON i.unit_code = b.reporter_code AND i.since = b.period
            AND i.kind = 'report-rejected'
    """).fetchall()
    assert found
    for reporter, period, bad, mended, opened, closed in found:
        assert opened is not None, (reporter, period)
        assert opened <= bad, (reporter, period)
        assert closed == mended, (reporter, period)


# Each step's base and count, the exempt taken off once: off those not introduced first.
EXEMPT_LEFT = "greatest(r213_exempt - (r213_subject - r213_introduced), 0)"
GAPS = {
    "introduced": ("r213_introduced", "r213_subject - r213_introduced - r213_exempt"),
    "registered": ("r213_registered", "r213_introduced - r213_registered"),
    "attended": ("r213_attended", f"r213_registered - r213_attended - {EXEMPT_LEFT}"),
    "remarked": ("r213_remarked", f"r213_registered - r213_remarked - {EXEMPT_LEFT}"),
}
R213 = "kind LIKE 'r213-%'"


def by_commune(con, step):
    """Of each commune and half-year of the step: unit_id, district, period, done, gap, as the facts have them."""
    done, gap = GAPS[step]
    halves = "AND f.period LIKE '%H2'" if step == "remarked" else ""
    return con.sql(f"""
        SELECT unit_id, district, period, {done} AS done, greatest({gap}, 0) AS gap FROM (
            SELECT h.commune AS unit_id, h.district_code AS district, f.period,
                {", ".join(f"sum({name})::INT AS {name}" for name in FORMS["regulation_213"].names)}
            FROM facts.regulation_213 AS f JOIN registry.home AS h ON h.cell_code = f.cell_code
                AND last_day(f.period_start + INTERVAL 5 MONTH) BETWEEN h.valid_from AND h.valid_to
            WHERE f.superseded_at IS NULL {halves} GROUP BY ALL)""").pl()


@pytest.mark.parametrize("step", GAPS)
def test_the_gaps_of_regulation_213_are_those_of_the_reports_commune_by_commune(old, step):
    truth = by_commune(old, step).group_by("district", "period").agg(pl.col("done", "gap").sum())
    wanted = sorted((district, half, done, done + gap) for district, half, done, gap in truth.iter_rows())
    shown = old.execute(
        """
        SELECT unit_code, half, numerator, denominator FROM marts.regulation_213_gap
        WHERE map = 'reported' AND level = 'district' AND step = ? ORDER BY ALL""",
        [step],
    ).fetchall()
    assert shown == wanted
    assert len({district for district, *_ in shown}) == 12


@pytest.mark.parametrize("step", GAPS)
def test_every_commune_whose_share_fell_by_ten_points_has_an_item(old, step):
    known = by_commune(old, step).with_columns(share=pl.col("done") / (pl.col("done") + pl.col("gap")))
    steps = next(one for one in STEPS if one.name == step)
    earlier = known.select("unit_id", before="period", share_before="share")
    names = {text: steps.before(text) for text in known["period"].unique()}
    fell = (
        known.with_columns(before=pl.col("period").replace_strict(names, return_dtype=pl.String))
        .join(earlier, on=["unit_id", "before"])
        .filter(pl.col("share") <= pl.col("share_before") - 0.1)
    )
    items = old.execute("SELECT unit_id, since, period FROM followup.item WHERE kind = ?", [steps.kind]).fetchall()
    missed = [
        (unit, period)
        for unit, period in fell.select("unit_id", "period").iter_rows()
        if not any(unit == of and since <= period <= last for of, since, last in items)
    ]
    assert fell.height > 0
    assert missed == []


def test_the_list_of_regulation_213_is_short_in_every_half_year_and_is_worked_off(corpus_home, old):
    nights = old.sql("SELECT night FROM followup.night ORDER BY 1").fetchall()
    lived = "opened_on <= $1 AND coalesce(closed_on, DATE '9999-01-01') > $1"
    standing = f"SELECT count(*) FROM followup.item WHERE {R213} AND {lived}"
    assert max(old.execute(standing, [night]).fetchone()[0] for (night,) in nights) <= 25
    with duckdb.connect(str(corpus_home("exports_2025") / "warehouse.duckdb"), read_only=True) as con:
        assert con.sql(f"SELECT count(*) FROM followup.item WHERE {R213} AND closed_on IS NULL").fetchone()[0] <= 40
    opened, ended = 0, 0
    for first, gone in old.sql(
        f"SELECT since, gone_in FROM followup.item WHERE {R213} AND since <= '2021-H1'"
    ).fetchall():
        opened += 1
        ended += gone is not None and gone <= str(Period.parse(first).plus(2))
    assert opened > 20
    assert ended >= opened / 2


def test_away_without_activity_stood_in_the_months_whose_share_was_above_the_mark(old):
    share = Settings().followup_away_share
    months = old.sql(f"""
        SELECT reporter_code, period, sum(away_total - away_temporary_activity - away_exempt)
            > {share} * sum(away_total) AS above, list(DISTINCT submission_id) AS files
        FROM facts.away WHERE superseded_at IS NULL GROUP BY ALL ORDER BY ALL""").fetchall()
    versions = old.sql("SELECT reporter_code, period, count(*) FROM ledger.version WHERE form = 'away' GROUP BY ALL")
    restated = {(unit, period) for unit, period, count in versions.fetchall() if count > 1}
    partial = old.sql("""
        SELECT reporter_code, period FROM ledger.version
        WHERE form = 'away' AND units_reported < units_listed""").fetchall()
    missing = old.sql("""
        SELECT DISTINCT s.reporter_code, s.period FROM ledger.problem AS p JOIN ledger.submission AS s
        USING (submission_id) WHERE p.code = 'missing-unit'""").fetchall()
    left_out = restated | set(partial) | set(missing)
    spans = old.sql("""
        SELECT unit_code, since, coalesce(gone_in, '9999-12') FROM followup.item WHERE kind = 'away-no-activity'
    """).fetchall()
    checked = 0
    for unit, period, above, _ in months:
        if (unit, period) not in left_out:
            stood = any(code == unit and since <= period < gone for code, since, gone in spans)
            assert stood == above, (unit, period)
            checked += above
    assert checked > 10


def test_requests_that_must_have_waited_long_stand_and_others_do_not(old):
    last = Period(2022, 6)
    run = months_between(first_month(last, 90), last)
    plain = old.execute(
        """
        WITH commune AS (
            SELECT h.district_code AS unit_code, h.commune,
                greatest(0, sum(pending_closing) FILTER (period = ?) - sum(received)) AS floor,
                sum(pending_closing) FILTER (period = ?) AS pending
            FROM facts.requests AS f JOIN registry.home AS h ON h.cell_code = f.cell_code
                AND last_day(f.period_start) BETWEEN h.valid_from AND h.valid_to
            WHERE f.superseded_at IS NULL AND f.period IN (SELECT unnest(?)) GROUP BY ALL
        )
        SELECT unit_code, sum(floor)::INT, sum(pending)::INT FROM commune GROUP BY 1
    """,
        [str(last), str(last), run],
    ).fetchall()
    standing = dict(
        old.sql("""
        SELECT unit_code, least FROM followup.item WHERE kind = 'requests-pending' AND closed_on IS NULL""").fetchall()
    )
    assert {unit for unit, floor, _ in plain if floor} <= set(standing)
    for unit, floor, pending in plain:
        assert floor <= standing.get(unit, 0) <= pending


def test_items_are_told_of_in_order_and_end_by_the_figures_alone(inside):
    stray = inside.sql("""
        SELECT i.item_id FROM followup.item AS i WHERE i.status NOT IN ('open', 'verified', 'carried')
            OR (i.status = 'verified' AND (i.resolution NOT IN ('figures', 'corrected') OR i.gone_in IS NULL))
            OR i.opened_on > coalesce(i.closed_on, DATE '9999-01-01')""").fetchall()
    assert stray == []
    doubled = inside.sql("""
        SELECT unit_id, kind, matter FROM followup.item WHERE closed_on IS NULL GROUP BY ALL HAVING count(*) > 1
    """).fetchall()
    assert doubled == []


def test_no_item_names_a_person_or_a_cell(inside):
    cells = {code for (code,) in inside.sql("SELECT DISTINCT cell_code FROM registry.home").fetchall()}
    names = {name for (name,) in inside.sql("SELECT DISTINCT name FROM registry.home").fetchall()}
    assert len(cells) > 500
    texts = inside.sql("SELECT what_vi, what_en, evidence, actor_vi FROM followup.item").fetchall()
    for words in {" ".join(row) for row in texts}:
        assert not set(re.findall(r"\d{5}-\d{2}", words)) & cells
        assert not [name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words)], words
        assert not re.search(r"\b(đồng chí|họ tên|ông|bà|anh|chị)\b|\d{9,}", words)


def test_items_of_requests_and_contact_stand_at_communes_at_the_lowest_and_tell_no_small_count_of_one(inside):
    rows = inside.sql(f"""
        SELECT level, kind, least, most, evidence FROM followup.item WHERE kind IN {SENSITIVE}""").fetchall()
    levels = {level for level, *_ in inside.sql("SELECT DISTINCT level FROM followup.item").fetchall()}
    assert levels <= {"province", "district", "commune"}
    for level, kind, least, most, evidence in rows:
        told = json.loads(evidence)
        named = [one["count"] for one in told.get("communes") or []]
        assert min(named, default=SMALL) >= SMALL
        assert kind != "requests-pending" or not named
        if level == "commune":
            counts = [least, most, told.get("pending_closing"), told.get("away_out_of_contact")]
            assert not [count for count in counts if count is not None and 1 <= count < SMALL]


def test_the_published_progress_counts_the_items_and_holds_none(corpus_home):
    home = corpus_home("exports")
    with duckdb.connect(str(home / "published" / "mobility.duckdb"), read_only=True) as con:
        progress = con.sql("""
            SELECT kind, opened, closed, standing FROM marts.followup_progress WHERE level = 'province' ORDER BY 1
        """).fetchall()
        by_unit = con.sql("""
            SELECT kind, sum(opened)::BIGINT, sum(closed)::BIGINT, sum(standing)::BIGINT FROM marts.followup_progress
            WHERE level <> 'province' GROUP BY 1 ORDER BY 1""").fetchall()
        assert con.sql("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'followup'").fetchone() == (0,)
    assert progress == by_unit
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        assert (
            progress
            == con.sql("""
            SELECT kind, count(*), count(closed_on), count(*) - count(closed_on)
            FROM followup.item GROUP BY 1 ORDER BY 1
        """).fetchall()
        )
