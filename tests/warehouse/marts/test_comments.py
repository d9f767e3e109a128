"""Every mart and column says what it is, in both languages, in the contract's words."""

from __future__ import annotations

from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from expectations.contract.forms import FORM_OF, MEASURES
from expectations.contract.indicators import INDICATORS
from transforms.disclosure import FLOWS
from warehouse.marts.views import MARTS

NAMES = sorted(file.stem for file in MARTS.glob("*.sql"))
ASKED = {
    "reporting_status",
    "figures_province",
    "figures_district",
    "figures_commune",
    "figures_commune_year",
    "regulation_213",
    "regulation_213_gap",
    "indicator",
    "revision",
    "submission_log",
    "problem_summary",
    "unit",
    "dictionary",
    "trend",
    "comparison",
    "contribution",
    "waterfall",
}


def test_every_mart_that_was_asked_for_is_published(mobility: DuckDBPyConnection) -> None:
    have = mobility.sql("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'marts'").fetchall()
    assert {name for (name,) in have} >= ASKED


@pytest.mark.parametrize("name", NAMES)
def test_a_file_makes_the_mart_of_its_name_and_nothing_else(name: str) -> None:
    text = (MARTS / f"{name}.sql").read_text("utf-8")
    assert text.count("CREATE ") == 1
    assert f"CREATE VIEW marts.{name} AS" in text


def test_every_mart_and_column_has_a_comment_in_vietnamese_and_english(mobility: DuckDBPyConnection) -> None:
    said = mobility.sql("""
        SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = 'marts'
        UNION ALL SELECT table_name || '.' || column_name, comment FROM duckdb_columns() WHERE schema_name = 'marts'
    """).fetchall()
    assert [name for name, comment in said if not comment or comment.count(" / ") != 1] == []


def test_the_comments_of_measures_are_the_contracts_words(mobility: DuckDBPyConnection) -> None:
    said = mobility.sql(
        "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE schema_name = 'marts'"
    ).fetchall()
    checked = 0
    for table, column, comment in said:
        if column not in MEASURES:
            continue
        vi, en = MEASURES[column].meaning_vi, MEASURES[column].meaning_en
        if table == "figures_commune_year":
            vi, en = (
                f"{vi}; cộng cả năm, trống nếu được che hoặc chưa báo cáo",
                f"{en}; over the year, null where hidden or not reported",
            )
        assert comment == f"{vi} / {en}"
        checked += 1
    assert checked == 33 * 2 + 5 + len(FLOWS) + 6 + 10


def test_the_dictionary_has_each_column_with_unit_source_and_privacy(mobility: DuckDBPyConnection) -> None:
    columns = mobility.sql(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'marts'"
    ).fetchall()
    known = mobility.sql(
        "SELECT mart, column_name FROM marts.dictionary WHERE item IS NULL AND meaning_vi <> '' AND meaning_en <> '' "
        "AND unit <> '' AND source <> '' AND formula IS NOT NULL AND privacy IN ('open', 'sensitive')"
    ).fetchall()
    assert sorted(known) == sorted(columns)


def test_the_dictionary_has_the_contracts_privacy_of_each_measure(mobility: DuckDBPyConnection) -> None:
    rows = mobility.sql(
        "SELECT DISTINCT column_name, privacy, source FROM marts.dictionary WHERE item IS NULL"
    ).fetchall()
    found = {column: (privacy, source) for column, privacy, source in rows if column in MEASURES}
    assert found == {name: (measure.privacy, f"facts.{FORM_OF[name]}") for name, measure in MEASURES.items()}


def test_the_dictionary_explains_each_indicator_as_the_contract_does(mobility: DuckDBPyConnection) -> None:
    rows = mobility.sql(
        "SELECT item, meaning_vi, meaning_en, formula, privacy FROM marts.dictionary WHERE item IS NOT NULL"
    ).fetchall()
    assert {row[0]: (*row[1:3], row[4]) for row in rows} == {
        each.name: (f"{each.label_vi}: {each.meaning_vi}", f"{each.label_en}: {each.meaning_en}", each.privacy)
        for each in INDICATORS
    }
    formulas = {row[0]: row[3] for row in rows}
    for each in INDICATORS:
        assert each.numerator in formulas[each.name]
        assert each.denominator is None or each.denominator in formulas[each.name]


def test_the_dictionary_says_what_is_not_published_and_why(mobility: DuckDBPyConnection) -> None:
    rows = mobility.sql("SELECT mart, meaning_vi, meaning_en FROM dictionary WHERE column_name = ''").fetchall()
    assert [mart for mart, *_ in rows] == ["alerts", "figures_commune", "followup", "regulation_213"]
    for mart, vi, en in rows:
        assert "không" in vi.lower(), mart
        assert "not" in en.lower(), mart


def test_no_mart_reads_a_file_or_a_setting() -> None:
    for file in Path(MARTS).glob("*.sql"):
        text = file.read_text("utf-8").lower()
        assert not [word for word in ("read_parquet", "read_csv", "getenv", "current_date", "now()") if word in text]
