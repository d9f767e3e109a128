"""The SQL that is checked in is what the contract, the queries and the columns' comments make."""

from __future__ import annotations

import duckdb
import pytest

from expectations.contract.forms import MEASURES
from warehouse.connection.migrations import migrations, take
from warehouse.connection.write_migration import missing
from warehouse.marts import generate
from warehouse.marts.columns import read_columns
from warehouse.marts.views import MARTS


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return generate.generated()


def test_every_mart_is_made_from_a_query(made: dict[str, str]) -> None:
    assert sorted(made) == sorted(file.stem for file in MARTS.glob("*.sql"))


@pytest.mark.parametrize("name", sorted(file.stem for file in MARTS.glob("*.sql")))
def test_no_mart_has_drifted(made: dict[str, str], name: str) -> None:
    text = (MARTS / f"{name}.sql").read_text("utf-8")
    assert text == made[name], "make it anew: make generated"
    assert text.startswith('-- Made by "make generated"')


def test_the_migrations_make_every_form_and_measure() -> None:
    with duckdb.connect() as con:
        take(con, migrations())
        assert missing(con) == "", "write the migration: make generated"


def test_a_query_lists_measures_by_a_fragment_only() -> None:
    """A single measure may carry a mart's meaning; three in a row are a list, which the contract gives."""
    for file in generate.QUERIES.glob("*.sql"):
        query = file.read_text("utf-8").partition("COMMENT ON VIEW")[0]
        assert len([name for name in MEASURES if f" {name}," in query or f".{name}," in query]) < 3, file.name


def test_every_column_that_is_explained_stands_in_a_mart(made: dict[str, str]) -> None:
    unused = [name for name in read_columns() if not any(f".{name} IS '" in text for text in made.values())]
    assert unused == []


def test_a_column_without_a_comment_is_refused(tmp_path) -> None:
    (tmp_path / "odd.sql").write_text("CREATE VIEW marts.odd AS SELECT 1 AS strange;\n", "utf-8")
    with pytest.raises(ValueError, match=r"odd\.strange has no comment"):
        generate.generated(tmp_path)


def test_a_comment_of_no_column_is_refused(tmp_path) -> None:
    text = "CREATE VIEW marts.odd AS SELECT 1 AS year;\nCOMMENT ON COLUMN marts.odd.yaer IS 'a / b';\n"
    (tmp_path / "odd.sql").write_text(text, "utf-8")
    with pytest.raises(ValueError, match="yaer"):
        generate.generated(tmp_path)


def test_a_measure_that_is_new_becomes_a_column_that_is_null_in_what_stood() -> None:
    with duckdb.connect() as con:
        take(con, migrations())
        con.execute("""
            INSERT INTO facts.balance (cell_code, period, period_start, period_kind, reporter_code, submission_id,
                version_id, recorded_at, admitted)
            VALUES ('866-01', '2024-01', '2024-01-01', 'month', '866', 1, 1, '2024-02-03', 4)""")
        for table in ("facts.balance", "derived.unit_month", "derived.commune_year"):
            con.execute(f"ALTER TABLE {table} DROP COLUMN admitted")
        sql = missing(con)
        assert sql.count("ADD COLUMN admitted BIGINT") == 3
        con.execute(sql)
        assert con.execute("SELECT cell_code, admitted FROM facts.balance_as_of('2024-02-03')").fetchall() == [
            ("866-01", None)
        ]
        assert missing(con) == ""
