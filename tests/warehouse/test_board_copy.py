"""The board's copy is made of the former one, and is what the warehouse holds; who has that open goes on reading it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.warehouse_batches import Sent, judged
from warehouse.board_copy import OF_BOARD, SCHEMAS, copy_board
from warehouse.ledger.load import load


@pytest.fixture
def board(con, tmp_path) -> Path:
    path = tmp_path / "board.duckdb"
    send(con, 1)
    copy_board(con, path)
    return path


def send(con, night: int) -> None:
    files = [Sent(code, "2019-05", date(2019, 6, night), night, cells=40) for code in ("866", "870")]
    load(con, judged(files, 2 * night - 1), kind="nightly", as_of=date(2019, 6, night))


def content(con, catalogue: str) -> dict[str, list]:
    held = con.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY ALL", [catalogue]
    ).fetchall()
    return {
        f"{schema}.{name}": con.sql(f"FROM {catalogue}.{schema}.{name} ORDER BY ALL").fetchall()
        for schema, name in held
        if name not in ("migration", "mart", "touched") and (schema in SCHEMAS or name in OF_BOARD)
    }


def is_what_the_warehouse_holds(con, path: Path) -> bool:
    (own,) = con.sql("SELECT current_database()").fetchone()
    con.execute(f"ATTACH '{path}' AS made (READ_ONLY)")
    try:
        return content(con, "made") == content(con, own)
    finally:
        con.execute("DETACH made")


def test_what_changed_is_in_the_next_copy_and_a_reader_of_the_former_is_not_disturbed(con, board):
    with duckdb.connect() as reader:
        reader.execute(f"ATTACH '{board}' AS board (READ_ONLY)")
        before = content(reader, "board")
        for night in (2, 3):
            send(con, night)
            copy_board(con, board)
            assert is_what_the_warehouse_holds(con, board)
        assert content(reader, "board") == before
    assert len(before["ledger.submission"]) == 2
    assert board.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in board.parent.glob("*board*")) == [".board.duckdb.json", "board.duckdb"]
    assert board.with_name(".board.duckdb.json").stat().st_mode & 0o777 == 0o600


def test_what_is_known_of_a_copy_is_not_believed_once_it_was_changed(con, board):
    for night in (2, 3):
        send(con, night)
        copy_board(con, board)
        with duckdb.connect(str(board)) as other:
            other.execute("UPDATE facts.away SET cell_code = 'another'")
    copy_board(con, board)
    assert is_what_the_warehouse_holds(con, board)


@pytest.mark.parametrize("former", [b"no copy", b""])
def test_a_former_copy_that_cannot_be_read_hinders_none(con, board, former):
    board.write_bytes(former)
    send(con, 2)
    copy_board(con, board)
    assert is_what_the_warehouse_holds(con, board)


def test_a_copy_of_another_release_is_not_carried_on(con, board):
    with duckdb.connect(str(board)) as other:
        other.execute("CREATE OR REPLACE MACRO main.made_of() AS 'another'")
        other.execute("CREATE TABLE ledger.of_then (a INTEGER)")
    copy_board(con, board)
    with duckdb.connect(str(board), read_only=True) as copy:
        assert copy.sql("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'of_then'").fetchone() == (0,)


def test_a_copy_with_much_room_that_is_free_is_made_whole(con, board):
    con.execute("CREATE TABLE alerts.wide AS SELECT hash(i)::VARCHAR AS said FROM range(1000000) AS t (i)")
    board.unlink()
    copy_board(con, board)
    con.execute("DELETE FROM alerts.wide")
    copy_board(con, board)
    carried_on = board.stat().st_size
    copy_board(con, board)
    assert board.stat().st_size < carried_on / 2
    assert is_what_the_warehouse_holds(con, board)
