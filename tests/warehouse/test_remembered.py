"""Notes of a copy are believed of its very bytes, by the release that wrote them, and of nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.remembered import Notes
from warehouse.renewed import CopiedTable

TABLES = {
    "marts.trend": CopiedTable(3, {202401: "a:2:b:c", 0: "a:1:d:e"}, "under"),
    "marts.unit": CopiedTable(1, None, None),
}


@pytest.fixture
def copy(tmp_path) -> Path:
    path = tmp_path / "copy.duckdb"
    path.write_bytes(b"a copy")
    return path


@pytest.fixture
def notes(con, copy, tmp_path) -> Path:
    path = tmp_path / ".copy.json"
    Notes(con, path).remember(copy, TABLES)
    return path


def test_what_was_noted_is_remembered_and_for_the_owner_alone(con, copy, notes, tmp_path):
    assert Notes(con, notes).remembered(copy) == TABLES
    assert notes.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.glob("*copy*")) == [".copy.json", "copy.duckdb"]


def test_of_a_copy_with_one_byte_changed_nothing_is_known(con, copy, notes):
    copy.write_bytes(b"a cope")
    assert Notes(con, notes).remembered(copy) == {}


def test_notes_of_another_release_say_nothing(con, copy, notes):
    con.execute("INSERT INTO ledger.migration VALUES (999, '999_later.sql', 'x')")
    assert Notes(con, notes).remembered(copy) == {}


@pytest.mark.parametrize("content", [None, "", "{", "[]", "{}", '{"release": 1, "copy": 2}', "null"])
def test_notes_that_are_gone_or_cut_off_hinder_none(con, copy, notes, content):
    notes.unlink()
    if content is not None:
        notes.write_text(content)
    assert Notes(con, notes).remembered(copy) == {}
    Notes(con, notes).remember(copy, TABLES)
    assert Notes(con, notes).remembered(copy) == TABLES
