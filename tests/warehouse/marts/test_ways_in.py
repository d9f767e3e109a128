"""The ways in that the analysts' page names: each finds the same catalogue and its marts, and can change nothing."""

from __future__ import annotations

import importlib.util
import subprocess
from collections.abc import Callable
from pathlib import Path

import adbc_driver_duckdb
import duckdb
import duckdb_cli
import pytest
import sqlalchemy
from adbc_driver_manager import AdbcConnection, AdbcDatabase, dbapi
from duckdb import DuckDBPyConnection
from sqlalchemy.pool import NullPool

NOTEBOOKS = Path(__file__).resolve().parents[3] / "docs" / "notebooks"
NAME = "SELECT current_database() || ' ' || count(*) AS answer FROM mobility.main.figures_province"
WRITE = "CREATE TABLE mine AS SELECT 1 AS n"


@pytest.fixture(scope="module")
def link(province: tuple[DuckDBPyConnection, Path]) -> Path:
    """What analysts open: the link."""
    return province[1].parents[2] / "mobility.duckdb"


def by_python(link: Path, query: str) -> str:
    with duckdb.connect(str(link), read_only=True) as con:
        return str(con.execute(query).fetchall())


def by_prompt(link: Path, query: str) -> str:
    program = Path(duckdb_cli.__file__).parent / "duckdb"
    done = subprocess.run([program, "-readonly", link, "-c", query], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(done.stderr)
    return done.stdout


def by_sqlalchemy(link: Path, query: str) -> str:
    engine = sqlalchemy.create_engine(f"duckdb:///{link}", connect_args={"read_only": True}, poolclass=NullPool)
    with engine.connect() as con:
        return str(con.execute(sqlalchemy.text(query)).fetchall())


def by_adbc(link: Path, query: str) -> str:
    driver = adbc_driver_duckdb.driver_path()
    database = AdbcDatabase(driver=driver, entrypoint="duckdb_adbc_init", path=str(link), access_mode="read_only")
    with dbapi.Connection(database, AdbcConnection(database), autocommit=True) as con, con.cursor() as cursor:
        cursor.execute(query)
        return str(cursor.fetch_arrow_table().to_pylist())


WAYS = [by_python, by_prompt, by_sqlalchemy, by_adbc]


@pytest.mark.parametrize("ask", WAYS)
def test_the_catalogue_is_called_mobility_and_holds_todays_map(link: Path, ask: Callable[[Path, str], str]) -> None:
    assert "mobility 32" in ask(link, NAME)


@pytest.mark.parametrize("ask", WAYS)
def test_the_marts_are_listed_without_naming_a_schema(link: Path, ask: Callable[[Path, str], str]) -> None:
    told = ask(link, "SHOW TABLES")
    assert all(name in told for name in ("figures_province", "indicator", "unit_history", "dictionary"))


@pytest.mark.parametrize("ask", WAYS)
def test_nothing_can_be_written(link: Path, ask: Callable[[Path, str], str]) -> None:
    with pytest.raises(Exception, match=r"read-only|READ_ONLY|read only"):
        ask(link, WRITE)


def test_the_prompt_completes_the_names_of_marts(link: Path) -> None:
    assert "figures_district" in by_prompt(link, "SELECT suggestion FROM sql_auto_complete('FROM figures_d')")


def test_sqlalchemy_tells_views_and_what_their_columns_mean(link: Path) -> None:
    engine = sqlalchemy.create_engine(f"duckdb:///{link}", connect_args={"read_only": True}, poolclass=NullPool)
    seen = sqlalchemy.inspect(engine)
    assert {"mobility.main", "mobility.today", "mobility.reported", "mobility.marts"} <= set(seen.get_schema_names())
    assert "figures_province" in seen.get_view_names("main")
    meanings = {column["name"]: column["comment"] for column in seen.get_columns("unit", schema="main")}
    assert meanings["unit_code"] == "Mã hành chính / Official code"


@pytest.mark.parametrize("name", sorted(file.stem for file in NOTEBOOKS.glob("*.py")))
def test_a_notebook_runs_on_whatever_copy_is_open(link: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("MOBILITY_COPY", str(link))
    spec = importlib.util.spec_from_file_location(f"notebook_{name}", NOTEBOOKS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    notebook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(notebook)
    _, made = notebook.app.run()
    tables = {key: value for key, value in made.items() if hasattr(value, "height")}
    assert tables
    assert all(table.height for table in tables.values()), {key: table.height for key, table in tables.items()}
    made["copy"].close()
