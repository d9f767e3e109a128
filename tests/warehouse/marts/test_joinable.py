"""What people join on: the days of a period, a unit's name and district on the row's own map, units once."""

from __future__ import annotations

from datetime import date

import pytest
from duckdb import DuckDBPyConnection

from flows.commands.export import KEYS
from warehouse.connection.store import memory_store
from warehouse.marts.joinable import DAYS, PERIODS, joinable

OF_UNIT = ("level", "district_code", "district_name")
TODAY = " AND map = 'today'"


def test_every_mart_with_a_period_has_its_days_and_every_mart_with_a_unit_its_names(
    mobility: DuckDBPyConnection,
) -> None:
    rows = mobility.sql("""
        SELECT table_name, list(column_name) FROM duckdb_columns()
        WHERE database_name = 'mobility' AND schema_name = 'marts' GROUP BY 1""").fetchall()
    for name, columns in rows:
        if not {*PERIODS}.isdisjoint(columns):
            assert {*DAYS} <= {*columns}, name
        if not {"unit_code", "reporter_code"}.isdisjoint(columns):
            assert {*OF_UNIT} <= {*columns}, name
            assert {"unit_name", "reporter_name"} & {*columns}, name


@pytest.mark.parametrize(
    ("period", "kind", "first", "last"),
    [
        ("2024-02", "month", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-Q3", "quarter", date(2024, 7, 1), date(2024, 9, 30)),
        ("2023-H2", "half", date(2023, 7, 1), date(2023, 12, 31)),
        ("2023", "year", date(2023, 1, 1), date(2023, 12, 31)),
        ("2024-02", "rolling12", date(2023, 3, 1), date(2024, 2, 29)),
    ],
)
def test_a_period_of_any_kind_begins_and_ends_on_its_days(
    mobility: DuckDBPyConnection, period: str, kind: str, first: date, last: date
) -> None:
    found = mobility.execute(
        "SELECT DISTINCT period_start, period_end FROM marts.indicator WHERE period = ? AND period_kind = ?",
        [period, kind],
    ).fetchall()
    assert found == [(first, last)]


def test_a_year_of_communes_and_a_half_year_of_gaps_have_their_days(mobility: DuckDBPyConnection) -> None:
    year = "SELECT DISTINCT period_start, period_end, period_kind FROM marts.figures_commune_year WHERE year = 2024"
    assert mobility.sql(year).fetchall() == [(date(2024, 1, 1), date(2024, 12, 31), "year")]
    half = "SELECT DISTINCT period_start, period_end, period_kind FROM marts.regulation_213_gap WHERE half = '2024-H1'"
    assert mobility.sql(half).fetchall() == [(date(2024, 1, 1), date(2024, 6, 30), "half")]


def test_names_and_districts_are_those_of_the_rows_map(mobility: DuckDBPyConnection) -> None:
    query = """SELECT DISTINCT unit_name, district_code, district_name FROM marts.indicator
        WHERE unit_code = '29869' AND level = 'commune' AND indicator = 'away_rate' AND map = ? AND period = ?"""
    ask = mobility.execute
    assert ask(query, ["reported", "2025-06"]).fetchall() == [("Phường 1", "866", "Thành phố Cao Lãnh")]
    assert ask(query, ["reported", "2025-07"]).fetchall() == [("Phường Cao Lãnh", None, None)]
    assert ask(query, ["today", "2025-06"]).fetchall() == [("Phường Cao Lãnh", "866", "Thành phố Cao Lãnh")]
    districts = "SELECT DISTINCT map, unit_name, district_code FROM marts.indicator WHERE unit_code = '868' ORDER BY 1"
    assert ask(districts).fetchall() == [
        ("reported", "Thành phố Hồng Ngự", "868"),
        ("today", "Thành phố Hồng Ngự", "868"),
    ]


def test_a_unit_renamed_within_the_years_has_the_name_of_its_time(inside: DuckDBPyConnection) -> None:
    query = """SELECT unit_name, district_name FROM derived.unit_place
        WHERE map = 'reported' AND unit_code IN ('868', '29954') AND ? BETWEEN first_day AND code_until
        ORDER BY level"""
    towns = [inside.execute(query, [day]).fetchall() for day in (date(2019, 5, 31), date(2021, 5, 31))]
    assert [rows[-1] for rows in towns] == [("Thị xã Hồng Ngự",) * 2, ("Thành phố Hồng Ngự",) * 2]
    assert [rows[0][1] for rows in towns] == ["Thị xã Hồng Ngự", "Thành phố Hồng Ngự"]


@pytest.mark.parametrize("mart", sorted(KEYS))
def test_the_added_columns_double_no_row(mobility: DuckDBPyConnection, mart: str) -> None:
    query = f"SELECT count(*) = count(DISTINCT ({', '.join(KEYS[mart])})) FROM marts.{mart}"
    assert mobility.sql(query).fetchall() == [(True,)]


@pytest.mark.parametrize(
    ("mart", "made_of"),
    [
        ("figures_commune", "derived.unit_month WHERE level = 'commune'"),
        ("figures_district", "derived.unit_month WHERE level = 'district'"),
        ("figures_commune_year", "derived.commune_year"),
    ],
)
def test_the_added_columns_lose_no_row(inside: DuckDBPyConnection, mart: str, made_of: str) -> None:
    counts = f"SELECT (SELECT count(*) FROM marts.{mart}) - (SELECT count(*) FROM {made_of})"
    assert inside.sql(counts).fetchall() == [(0,)]


def test_every_unit_of_a_mart_has_a_name(mobility: DuckDBPyConnection) -> None:
    for mart in ("indicator", "comparison", "contribution", "figures_commune", "organisation", "revision"):
        assert mobility.sql(f"SELECT count(*) FROM marts.{mart} WHERE unit_name IS NULL").fetchall() == [(0,)], mart


def test_labels_are_the_names_that_the_figures_bear(mobility: DuckDBPyConnection) -> None:
    differing = mobility.sql("""
        SELECT f.map, f.unit_code, f.period, f.unit_name, i.unit_name FROM marts.figures_commune AS f
        JOIN marts.indicator AS i ON i.map = f.map AND i.unit_code = f.unit_code AND i.period = f.period
            AND i.period_kind = 'month' AND i.indicator = 'away_rate' AND i.level = 'commune'
        WHERE f.unit_name IS DISTINCT FROM i.unit_name""").fetchall()
    assert differing == []


def test_the_gaps_and_the_labels_tell_the_same_district(mobility: DuckDBPyConnection) -> None:
    differing = mobility.sql("""
        SELECT count(*) FROM marts.regulation_213_gap AS g JOIN today.unit AS u USING (unit_code)
        WHERE g.map = 'today' AND g.level = 'commune' AND g.district_code <> u.district_code""").fetchall()
    assert differing == [(0,)]


def test_a_unit_stands_once_and_its_names_in_the_history(mobility: DuckDBPyConnection) -> None:
    once = "SELECT count(*) = count(DISTINCT unit_id) FROM marts.unit"
    assert mobility.sql(once).fetchall() == [(True,)]
    names = "SELECT unit_name, valid_from FROM marts.unit_history WHERE unit_code = '868' ORDER BY valid_from"
    assert mobility.sql(names).fetchall() == [
        ("Thị xã Hồng Ngự", date(2015, 1, 1)),
        ("Thành phố Hồng Ngự", date(2020, 11, 1)),
    ]
    communes = """SELECT d.unit_name, count(*) FROM marts.unit AS c JOIN marts.unit AS d ON d.unit_code = c.parent_code
        WHERE c.level = 'commune' AND d.unit_code = '868' GROUP BY 1"""
    assert mobility.sql(communes).fetchall() == [("Thành phố Hồng Ngự", 7)]


def test_todays_units_have_each_code_once_and_a_place(mobility: DuckDBPyConnection) -> None:
    levels = """SELECT level, count(*), count(DISTINCT unit_code), count(lat), count(lon) FROM today.unit
        GROUP BY 1 ORDER BY 1"""
    assert mobility.sql(levels).fetchall() == [
        ("commune", 46, 46, 45, 45),
        ("district", 12, 12, 12, 12),
        ("province", 1, 1, 0, 0),
    ]
    default = mobility.sql("SELECT * FROM unit").fetchall()
    assert default == mobility.sql("SELECT * FROM today.unit").fetchall()
    joined = """SELECT count(*) FROM figures_commune JOIN unit USING (unit_code)"""
    alone = mobility.sql("SELECT count(*) FROM figures_commune").fetchall()
    assert mobility.sql(joined).fetchall() == alone


def test_without_a_filter_todays_map_counts_once(mobility: DuckDBPyConnection) -> None:
    query = "SELECT sum(members_closing) FROM {} WHERE period = '2024-12'"
    once = mobility.sql(query.format("figures_province")).fetchall()
    assert once == mobility.sql(query.format("marts.figures_province") + TODAY).fetchall()
    twice = mobility.sql(query.format("marts.figures_province")).fetchall()
    assert twice[0][0] == 2 * once[0][0]


def test_a_commune_of_several_former_districts_lies_in_none(mobility: DuckDBPyConnection) -> None:
    of_none = """SELECT count(*) FROM today.unit
        WHERE level = 'commune' AND district_code IS NULL AND unit_code <> 'chua-phan-bo'"""
    assert mobility.sql(of_none).fetchall() == [(9,)]


def test_a_second_reform_keeps_the_district_its_parts_lay_in() -> None:
    rows = [
        ("1", "District", "district", None, date(2015, 1, 1), date(2025, 6, 30)),
        ("11", "A", "commune", "1", date(2015, 1, 1), date(2025, 6, 30)),
        ("12", "B", "commune", "9", date(2025, 7, 1), date(2027, 6, 30)),
        ("13", "C", "commune", "9", date(2027, 7, 1), date(9999, 12, 31)),
    ]
    with memory_store() as con:
        for code, name, level, parent, first, last in rows:
            con.execute(
                """INSERT INTO registry.unit BY NAME SELECT ? AS unit_id, ? AS unit_code, ? AS name, ? AS kind,
                    ? AS level, ? AS parent_code, ? AS valid_from, ? AS valid_to""",
                [code, code, name, "xã", level, parent, first, last],
            )
        con.execute("""INSERT INTO registry.unit_succession VALUES
            ('11', '12', 'whole', '2025-07-01'), ('12', '13', 'whole', '2027-07-01')""")
        found = con.sql("SELECT unit_id, district_name FROM derived.unit_area ORDER BY 1").fetchall()
    assert found == [(code, "District") for code in ("1", "11", "12", "13")]


QUERY = """CREATE VIEW marts.odd AS
SELECT 1 AS unit_code, '2024-01' AS period
ORDER BY a.period;

COMMENT ON VIEW marts.odd IS 'a / b';
"""


def test_a_query_without_a_period_or_a_unit_stays_as_it_is() -> None:
    text = "CREATE VIEW marts.odd AS\nSELECT 1 AS files;\n"
    assert joinable(text, ["files"]) == text


def test_a_unit_of_a_period_without_its_level_is_refused() -> None:
    with pytest.raises(ValueError, match="says the level"):
        joinable(QUERY, ["unit_code", "period"])


def test_the_order_of_a_query_is_kept_and_its_comments_stay_behind_it() -> None:
    text = joinable(QUERY, ["unit_code", "level", "period"])
    assert text.endswith("\nORDER BY period;\n\nCOMMENT ON VIEW marts.odd IS 'a / b';\n")
    assert (
        "SELECT t.unit_code, p.unit_name, t.level, p.district_code, p.district_name, t.period, t.period_start" in text
    )
