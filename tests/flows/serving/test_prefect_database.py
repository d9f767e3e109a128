"""Prefect's database of a new home: the one made at the installation, and only where nobody has one."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from flows.serving import prefect_database
from flows.serving.prefect_database import NAME, make_template, put_database


@pytest.fixture(autouse=True)
def template(monkeypatch, tmp_path) -> Path:
    """One that stands for Prefect's, where no operator has said anything."""
    monkeypatch.delenv("PREFECT_API_DATABASE_CONNECTION_URL", raising=False)
    monkeypatch.delenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", raising=False)
    made = tmp_path / "share" / "prefect.db"
    made.parent.mkdir()
    made.write_bytes(b"empty")
    monkeypatch.setattr(prefect_database, "template", lambda: made)
    return made


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "prefect").mkdir()
    return tmp_path / "prefect"


@pytest.mark.slow
def test_prefect_finds_nothing_to_migrate_in_the_one_it_made_itself(template, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("PREFECT_API_DATABASE_CONNECTION_URL", f"sqlite+aiosqlite:///{tmp_path}/operators.db")
    make_template()
    assert not (tmp_path / "operators.db").exists()
    assert [path.name for path in template.parent.iterdir()] == [template.name]
    monkeypatch.delenv("PREFECT_API_DATABASE_CONNECTION_URL")
    put_database(folder)
    before = _schema(folder / NAME)
    command = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"]
    subprocess.run(command, env=os.environ | {"PREFECT_HOME": str(folder)}, check=True, capture_output=True)
    assert _schema(folder / NAME) == before
    assert any(name == "flow_run" for _, name, _ in before)


def _schema(database: Path) -> list[tuple]:
    with closing(sqlite3.connect(database)) as con:
        revisions = [("revision", *row, "") for row in con.execute("SELECT version_num FROM alembic_version")]
        made = con.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    return revisions + made


def test_it_stands_at_once_and_alone(template, folder):
    put_database(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {NAME: b"empty"}


def test_one_that_stands_is_left_alone(folder):
    (folder / NAME).write_bytes(b"somebody's")
    put_database(folder)
    assert (folder / NAME).read_bytes() == b"somebody's"


def test_what_a_killed_start_left_behind_is_no_hindrance(folder, monkeypatch):
    monkeypatch.setattr("os.getpid", lambda: 7)
    (folder / f".{NAME}.7.part").write_bytes(b"half, and more than what is whole")
    put_database(folder)
    assert (folder / NAME).read_bytes() == b"empty"


def test_an_installation_without_one_leaves_it_to_prefect(template, folder):
    template.unlink()
    put_database(folder)
    assert not list(folder.iterdir())


@pytest.mark.parametrize("name", ["PREFECT_API_DATABASE_CONNECTION_URL", "PREFECT_SERVER_DATABASE_HOST"])
def test_none_is_put_where_the_operator_has_it_elsewhere(name, folder, monkeypatch):
    monkeypatch.setenv(name, "elsewhere")
    put_database(folder)
    assert not list(folder.iterdir())


def test_a_disk_without_links_leaves_it_to_prefect(folder, monkeypatch):
    def refused(source, target):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refused)
    put_database(folder)
    assert not list(folder.iterdir())


def test_a_folder_that_prefect_is_to_make_is_left_to_it(tmp_path):
    put_database(tmp_path / "none")
    assert not (tmp_path / "none").exists()
