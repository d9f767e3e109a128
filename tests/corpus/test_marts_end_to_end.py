"""The published marts, from the districts' files to the figures a person reads, against what is known of the corpus."""

from __future__ import annotations

import math

import duckdb
import polars as pl
import pytest

from expectations.contract.forms import FORMS, MONTHLY
from expectations.contract.indicators import INDICATORS

pytestmark = pytest.mark.corpus

MEASURES = [name for form in MONTHLY for name in form.names]
OF_COMMUNES = ["members_closing", "away_total", "away_in_province", "away_other_province", "away_abroad"]
DEPARTURES = ["died", "expelled", "struck_off", "left_on_request"]
REQUESTS = ["received", "withdrawn", "declined", "approved", "received_from_away"]
REASONS = ["reason_work_away", "reason_family", "reason_health", "reason_other"]
SMALL = 3
KNOWN = "members_closing IS NOT NULL"  # a month nobody has reported has its row too


@pytest.fixture(scope="module", params=["exports", "exports_2025"])
def corpus(request, shared, corpus_home):
    """A corpus' name, its expected figures by cell, and its published copy."""
    expected = pl.read_parquet(shared / request.param / "expected" / "monthly.parquet")
    path = corpus_home(request.param) / "published" / "mobility.duckdb"
    with duckdb.connect(str(path), read_only=True) as con:
        yield request.param, expected, con


@pytest.fixture
def expected(corpus) -> pl.DataFrame:
    return corpus[1]


@pytest.fixture
def published(corpus) -> duckdb.DuckDBPyConnection:
    return corpus[2]


def known(con: duckdb.DuckDBPyConnection, corpus_home, name: str) -> duckdb.DuckDBPyConnection:
    """The published copy with the warehouse's registry beside it."""
    con.execute(f"ATTACH IF NOT EXISTS '{corpus_home(name) / 'warehouse.duckdb'}' AS inside (READ_ONLY)")
    return con


def test_both_maps_agree_on_the_province_for_every_period_and_measure(published, expected):
    sums = ", ".join(f"sum({name})::BIGINT AS {name}" for name in MEASURES)
    truth = expected.group_by("period").agg(pl.col(MEASURES).sum()).sort("period")
    for map_ in ("reported", "today"):
        province = f"SELECT period, {', '.join(MEASURES)} FROM marts.figures_province WHERE map = '{map_}'"
        assert published.sql(f"{province} AND {KNOWN} ORDER BY 1").pl().cast(dict(truth.schema)).equals(truth), map_
    areas = f"SELECT period, {sums} FROM marts.figures_district WHERE map = 'today' AND {KNOWN} GROUP BY 1"
    assert published.sql(f"{areas} ORDER BY 1").pl().cast(dict(truth.schema)).equals(truth)


def test_communes_add_up_to_the_province_on_both_maps(published, expected):
    sums = ", ".join(f"sum({name})::BIGINT AS {name}" for name in OF_COMMUNES)
    truth = expected.group_by("period").agg(pl.col(OF_COMMUNES).sum()).sort("period")
    for map_ in ("reported", "today"):
        communes = f"SELECT period, {sums} FROM marts.figures_commune WHERE map = '{map_}' AND {KNOWN} GROUP BY 1"
        assert published.sql(f"{communes} ORDER BY 1").pl().cast(dict(truth.schema)).equals(truth), map_


def test_a_districts_figures_are_those_of_its_cells(published, expected):
    """While districts report; after them the column holds communes, whose flows are not published by month."""
    truth = expected.filter(pl.col("period") < "2025-07").group_by("period", "district").agg(pl.col(MEASURES).sum())
    stored = published.sql(f"""
        SELECT period, unit_code AS district, {", ".join(MEASURES)} FROM marts.figures_district
        WHERE map = 'reported' AND {KNOWN}
    """).pl()
    order = ["period", "district"]
    assert stored.cast(dict(truth.schema)).sort(order).equals(truth.sort(order))


def test_regulation_213_is_what_its_cells_reported(corpus, published, shared):
    form = FORMS["regulation_213"]
    cells = pl.read_parquet(shared / corpus[0] / "expected" / "regulation_213.parquet")
    truth = cells.group_by("period", "district").agg(pl.col(form.names).sum()).sort("period", "district")
    stored = published.sql(f"""
        SELECT period, unit_code AS district, {", ".join(form.names)} FROM marts.regulation_213
        WHERE map = 'reported' AND level = 'district' AND r213_subject IS NOT NULL ORDER BY 1, 2
    """).pl()
    assert stored.cast(dict(truth.schema)).equals(truth)


def test_every_mart_and_column_says_what_it_is_in_both_languages(published):
    tables = published.sql("SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = 'marts'").fetchall()
    columns = published.sql("""
        SELECT table_name || '.' || column_name, comment FROM duckdb_columns() WHERE schema_name = 'marts'
    """).fetchall()
    assert len(tables) >= 16
    assert [name for name, comment in tables + columns if not comment or " / " not in comment] == []
    unlisted = """
        SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'marts'
        EXCEPT SELECT mart, column_name FROM marts.dictionary WHERE meaning_vi <> '' AND meaning_en <> ''
    """
    assert published.sql(unlisted).fetchall() == []


def test_each_reporter_and_month_has_its_state_and_each_file_its_line(corpus, published, shared):
    files = len((shared / corpus[0] / "manifest.jsonl").read_text("utf-8").splitlines())
    assert published.sql("SELECT count(*) FROM marts.submission_log").fetchone() == (files,)
    reported = published.sql("""
        SELECT period, reporter_code FROM marts.reporting_status WHERE state IN ('reported', 'late') ORDER BY ALL
    """).fetchall()
    senders = corpus[1].select("period", "district").unique().sort("period", "district")
    assert reported == senders.rows()


def test_no_cell_leaves(corpus, published, expected):
    cells = set(expected["cell"])
    texts = published.sql("""
        SELECT table_name, column_name, data_type FROM duckdb_columns()
        WHERE schema_name = 'marts' AND data_type IN ('VARCHAR', 'VARCHAR[]')
    """).fetchall()
    for table, column, kind in texts:
        value = f'unnest("{column}")' if kind.endswith("[]") else f'"{column}"'
        held = {text for (text,) in published.sql(f"SELECT DISTINCT {value} FROM marts.{table}").fetchall()}
        assert not held & cells, (table, column)


def test_no_small_count_of_a_commune_stands_in_the_open(published):
    flows = [column for column, *_ in published.sql("DESCRIBE marts.figures_commune_year").fetchall()]
    flows = [column for column in flows if column in MEASURES]
    assert set(DEPARTURES + REQUESTS + REASONS) <= set(flows)
    for measure in DEPARTURES + REQUESTS + REASONS:
        shown = f"SELECT count(*) FROM marts.figures_commune_year WHERE {measure} BETWEEN 1 AND {SMALL - 1}"
        assert published.sql(shown).fetchone() == (0,), measure
    for row in published.sql("FROM marts.figures_commune_year").pl().iter_rows(named=True):
        assert set(row["suppressed"]) == {name for name in flows if row[name] is None}


def test_of_communes_by_month_nothing_is_told_but_members_and_those_away(published):
    monthly = [column for column, *_ in published.sql("DESCRIBE marts.figures_commune").fetchall()]
    assert [column for column in monthly if column in MEASURES] == OF_COMMUNES
    allowed = {each.name for each in INDICATORS if each.is_of_communes}
    told = published.sql("SELECT DISTINCT indicator FROM marts.indicator WHERE level = 'commune'").fetchall()
    assert {name for (name,) in told} <= allowed
    told = published.sql("SELECT DISTINCT measure FROM marts.revision WHERE level = 'commune'").fetchall()
    assert {name for (name,) in told} <= set(OF_COMMUNES)
    for mart in ("waterfall", "trend", "comparison", "regulation_213"):
        levels = published.sql(f"SELECT DISTINCT level FROM marts.{mart}").fetchall()
        assert {level for (level,) in levels} <= {"district", "province"}, mart


def test_what_is_shown_of_a_communes_year_is_true_and_what_is_small_is_hidden(corpus, published, corpus_home):
    """A hidden figure is left out, never changed; of years that are over, only what must be is left out."""
    name, expected, _ = corpus
    con = known(published, corpus_home, name)
    homes = con.sql("SELECT cell_code, commune_code, valid_from, valid_to FROM inside.registry.home").pl()
    dated = expected.with_columns(day=(pl.col("period") + "-28").str.to_date(), year=pl.col("period").str.slice(0, 4))
    placed = dated.join(homes, left_on="cell", right_on="cell_code").filter(
        pl.col("day").is_between("valid_from", "valid_to")
    )
    assert placed.height == expected.height
    columns = [*DEPARTURES, *REQUESTS, *REASONS]
    truth = placed.group_by("commune_code", "year").agg(pl.col(columns).sum(), pl.col("day").max().alias("until"))
    stored = con.sql(f"""
        SELECT unit_code AS commune_code, year::VARCHAR AS year, {", ".join(columns)}
        FROM marts.figures_commune_year WHERE map = 'reported' AND year <> 2025
    """).pl()
    both = truth.join(stored, on=["commune_code", "year"], suffix="_shown")
    assert both.height == truth.filter(pl.col("year") != "2025").height
    for column in columns:
        pairs = both.select(true=column, shown=f"{column}_shown").drop_nulls()
        assert pairs["true"].cast(pl.Int64).equals(pairs["shown"]), column
        hidden = both.filter(pl.col(column).is_between(1, SMALL - 1))[f"{column}_shown"]
        assert hidden.null_count() == len(hidden), column


def test_todays_map_is_the_cells_followed_to_where_they_are_now(shared, corpus_home):
    truth = pl.read_parquet(shared / "exports_2025" / "expected" / "commune_on_todays_map.parquet")
    truth = truth.select("period", "commune", *OF_COMMUNES).sort("period", "commune")
    path = corpus_home("exports_2025") / "published" / "mobility.duckdb"
    with duckdb.connect(str(path), read_only=True) as con:
        stored = con.sql(f"""
            SELECT period, unit_code AS commune, {", ".join(OF_COMMUNES)} FROM marts.figures_commune
            WHERE map = 'today' AND {KNOWN} ORDER BY 1, 2
        """).pl()
    assert stored.cast(dict(truth.schema)).equals(truth)


def test_no_commune_jumps_on_todays_map_where_the_reform_made_it_new(corpus_home):
    """Members of a commune move by single per cents a month; a territory counted twice or lost moves by tens."""
    path = corpus_home("exports_2025") / "published" / "mobility.duckdb"
    with duckdb.connect(str(path), read_only=True) as con:
        jumps = con.sql("""
            SELECT a.unit_name, a.members_closing, b.members_closing FROM marts.figures_commune AS a
            JOIN marts.figures_commune AS b ON a.map = b.map AND a.unit_code = b.unit_code
            WHERE a.map = 'today' AND a.period = '2025-06' AND b.period = '2025-07'
                AND a.units_reported = a.units_expected AND b.units_reported = b.units_expected
                AND abs(b.members_closing / a.members_closing - 1) > 0.05
        """).fetchall()
    assert jumps == []


@pytest.fixture(scope="module")
def years(corpus_home):
    """The published copy of the three and a half years."""
    with duckdb.connect(str(corpus_home("exports") / "published" / "mobility.duckdb"), read_only=True) as con:
        yield con


def test_contributions_add_up_to_the_provinces_change(years):
    parts = years.sql("""
        SELECT map, indicator, period_kind, period, list(value) AS parts FROM marts.contribution GROUP BY ALL
    """).pl()
    changes = years.sql("""
        SELECT n.map, n.indicator, n.period_kind, n.period, n.value - b.value AS change
        FROM marts.indicator AS n JOIN marts.comparison AS c USING (map, unit_code, indicator, period_kind, period)
        JOIN marts.indicator AS b ON b.map = n.map AND b.unit_code = n.unit_code AND b.indicator = n.indicator
            AND b.period_kind = n.period_kind AND b.period = c.base_period
        WHERE n.level = 'province'
    """).pl()
    both = parts.join(changes, on=["map", "indicator", "period_kind", "period"])
    assert both.height == parts.height
    assert set(both["period_kind"]) == {"rolling12", "quarter", "half", "year"}
    for row in both.drop_nulls("change").iter_rows(named=True):
        numbers = row["parts"]
        assert sum(numbers) == sum(reversed(numbers)) == math.fsum(numbers), row
        assert sum(numbers) == pytest.approx(row["change"], rel=1e-9, abs=1e-9), row


def test_the_waterfall_goes_from_opening_to_closing_without_a_rest(years):
    steps = years.sql("""
        SELECT map, unit_code, period_kind, period, sum(value) FILTER (step <> 'members_closing') AS reached,
            any_value(value) FILTER (step = 'members_closing') AS closing
        FROM marts.waterfall GROUP BY ALL
        HAVING closing IS NOT NULL AND bool_and(value IS NOT NULL) FILTER (step = 'members_opening')
    """).fetchall()
    assert len(steps) > 1000
    assert [step for step in steps if step[-2] != step[-1]] == []


def test_each_district_and_the_province_has_a_trend_of_every_indicator_that_has_one(years):
    wanted = {each.name for each in INDICATORS if each.has_trend}
    for map_ in ("reported", "today"):
        rows = years.sql(f"""
            SELECT unit_code, indicator, count(*) AS months, max(period) AS last, list(DISTINCT word) AS words
            FROM marts.trend WHERE map = '{map_}' GROUP BY ALL
        """).fetchall()
        assert len({unit for unit, *_ in rows}) == 13
        assert {(unit, name) for unit, name, *_ in rows} == {(row[0], name) for row in rows for name in wanted}
        for unit, name, months, last, words in rows:
            assert set(words) <= {"rising", "falling", "unclear"}
            assert last <= "2022-06", (unit, name)
            assert months <= 42, (unit, name)
    province = "map = 'today' AND level = 'province' AND indicator = 'away_rate' AND period = '2022-06'"
    assert years.sql(f"SELECT level_value > 0 FROM marts.trend WHERE {province}").fetchone() == (True,)
