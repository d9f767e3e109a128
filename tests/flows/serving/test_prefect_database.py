"""Prefect's database as it is listed: what its own migrations leave, and made only where nobody has one."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from flows.serving import prefect_database
from flows.serving.prefect_database import LISTED, NAME, is_same, listed, make_database


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    monkeypatch.delenv("PREFECT_API_DATABASE_CONNECTION_URL", raising=False)
    monkeypatch.delenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", raising=False)


@pytest.mark.slow
def test_it_is_what_the_installed_prefect_makes_itself(with_prefect, tmp_path):
    assert is_same(listed(with_prefect(tmp_path / "prefect") / NAME), LISTED.read_text("utf-8"))


def test_it_stands_at_once_and_alone_and_is_the_same_again(tmp_path):
    make_database(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert listed(tmp_path / NAME) == LISTED.read_text("utf-8")


def test_another_order_of_constraints_is_no_other_database_but_another_column_is():
    one = "CREATE TABLE a (\n\tx INT, \n\tUNIQUE (x), \n\tCHECK (x > 0)\n);\nCREATE TABLE b (\n\ty INT\n);\n"
    assert is_same(one, one.replace("UNIQUE (x), \n\tCHECK (x > 0)", "CHECK (x > 0), \n\tUNIQUE (x)"))
    assert not is_same(one, one.replace("y INT", "y TEXT"))
    assert not is_same(one, one.replace("\tx INT, \n", "").replace("\ty INT", "\tx INT, \n\ty INT"))


def test_one_that_stands_is_left_alone(tmp_path):
    (tmp_path / NAME).write_bytes(b"somebody's")
    make_database(tmp_path)
    assert (tmp_path / NAME).read_bytes() == b"somebody's"


def test_what_a_killed_start_left_behind_is_no_hindrance(tmp_path, monkeypatch):
    monkeypatch.setattr("os.getpid", lambda: 7)
    (tmp_path / f".{NAME}.7.part").write_bytes(b"half")
    make_database(tmp_path)
    with closing(sqlite3.connect(tmp_path / NAME)) as con:
        assert con.execute("SELECT count(*) FROM alembic_version").fetchall() == [(1,)]


def test_another_release_of_prefect_makes_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(prefect_database, "version", lambda name: "99.0")
    make_database(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["PREFECT_API_DATABASE_CONNECTION_URL", "PREFECT_SERVER_DATABASE_HOST"])
def test_none_is_made_where_the_operator_has_it_elsewhere(name, tmp_path, monkeypatch):
    monkeypatch.setenv(name, "elsewhere")
    make_database(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_prefect_is_to_make_is_left_to_it(tmp_path):
    make_database(tmp_path / "none")
    assert not (tmp_path / "none").exists()
