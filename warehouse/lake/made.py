"""The lake made: its catalogue, its schemas, and the list of editions that every province's adding writes a row to."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from warehouse.connection.transaction import transaction
from warehouse.lake.opened import LakeAddress, open_to_make
from warehouse.lake.parts import tables
from warehouse.lake.past import EDITION, KEY, SCHEMA
from warehouse.schema.comments import quoted

NATION = "nation"


def make_lake(address: LakeAddress) -> None:
    """Make what is not there yet; a lake that stands keeps all it has. Broken off, it is gone on with by the next call.

    Raises:
        LakeError: it cannot be made or reached.
    """
    with open_to_make(address) as con:
        with transaction(con):
            for schema in (SCHEMA, NATION):
                con.execute(f"CREATE SCHEMA IF NOT EXISTS lake.{schema}")
        con.execute("CALL lake.set_option('data_inlining_row_limit', 0)")
        con.execute("CALL lake.set_option('parquet_compression', 'zstd')")
        have = tables(con, "lake", SCHEMA)
        if EDITION not in have:
            _make_list(con)
        _let_list_lie_in_catalogue(con)


def _make_list(con: DuckDBPyConnection) -> None:
    name = f"lake.{SCHEMA}.{EDITION}"
    with transaction(con):
        con.execute(f"CREATE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind, _ in _LIST)})")
        con.execute(f"COMMENT ON TABLE {name} IS {quoted(_LIST_SAYS)}")
        for column, _, said in _LIST:
            con.execute(f"COMMENT ON COLUMN {name}.{column} IS {quoted(said)}")


def _let_list_lie_in_catalogue(con: DuckDBPyConnection) -> None:
    """A row a night and province is no file of its own.

    The place for such rows is made with the first of them: now, by who may make tables in PostgreSQL.
    """
    name = f"lake.{SCHEMA}.{EDITION}"
    of_list = f"schema => '{SCHEMA}', table_name => '{EDITION}'"
    con.execute(f"CALL lake.set_option('data_inlining_row_limit', 100, {of_list})")
    if con.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone() is None:
        con.execute(f"INSERT INTO {name} ({KEY}) VALUES ('')")
        con.execute(f"DELETE FROM {name} WHERE {KEY} = ''")


_LIST_SAYS = (
    "Các bản của mỗi tỉnh trong hồ; bản có published_at mới nhất là bản đang đứng / "
    "The editions of each province in the lake; the one published last stands"
)
_LIST = (
    (KEY, "VARCHAR", "Mã tỉnh hiện nay / Today's code of the province"),
    ("province_name", "VARCHAR", "Tên tỉnh / The province's name"),
    ("edition", "VARCHAR", "Tên bản công bố / The edition's name"),
    ("as_of", "DATE", "Ngày của đêm làm ra nó / The day of the night that made it"),
    ("published_at", "TIMESTAMP", "Lúc công bố, giờ địa phương / When it was published, local time"),
    ("made_by", "VARCHAR", "Kho đã gửi / The home that sent it"),
    ("message", "VARCHAR", "Lời ghi kèm / What was said with it"),
    ("tables_changed", "INTEGER", "Số bảng có thay đổi / How many tables changed"),
    ("rows_added", "BIGINT", "Số dòng đã viết / How many rows were written"),
    ("digest", "VARCHAR", "Dấu của toàn bộ nội dung / A digest of all it holds"),
)
