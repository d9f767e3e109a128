"""A night over files that list people, in every carrier: of their names and numbers nothing is left anywhere."""

from __future__ import annotations

import io
import os
import random
import re
import sqlite3
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import pytest

from expectations.contract.periods import Period
from expectations.contract.problems import NOT_KEPT
from tests.transforms.reading.people.people_files import CARRIERS, people_file
from tests.transforms.reading.people.people_lists import people_list
from transforms.reading.sheets import open_sheets
from transforms.samples.tree import sample_tree
from transforms.samples.writers import zipped

NIGHT = date(2024, 4, 2)
RECIPIENTS = """name,address,side,language,units,what,severity,quiet
Ban,mailto://board@example.org,board,vi,,,,
Huyện,mailto://sender@example.org,reporter,vi,866,,,
"""


def _unseen(secret: str) -> dict[str, bytes]:
    """Files that cannot be looked through, with a person in them."""
    text = f"{secret} 12/03/1975".encode()
    return {
        f"DS {secret} 1975.pdf": b"%PDF-1.4 " + text,
        f"{secret}.png": b"\x89PNG\r\n\x1a\n" + text,
        "danh sách.rar": b"Rar!\x1a\x07" + text,
        "khóa.zip": zipped({f"{secret} 1975.csv": text}, is_locked=True),
        "hỏng.xlsx": zipped({"xl/workbook.xml": b"<workbook>" + text, "a.bin": b"\x00\x01" * 9})[:-30] + text,
        "anh.zip": zipped({f"{secret}.png": b"\x89PNG\r\n\x1a\n" + text, "a.csv": b"1;2\n3;4\n"}),
    }


@pytest.fixture(scope="module")
def house(registry, tmp_path_factory):
    """A home after a night over them, beside one good report; what it said, and all that must be found nowhere."""
    home, temporary = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("temporary")
    good = next(iter(sample_tree(registry, 5, Period(2024, 3), Period(2024, 3), {"866"}, is_faulty=False)))
    report = open_sheets(good.data, good.file_name)[0].rows
    files, secrets = {good.file_name: good.data}, []
    for number, carrier in enumerate(CARRIERS):
        name, data, people = people_file(carrier, 77, report)
        files[f"{number} {name}"] = data
        secrets += people.secrets
    alone = people_list(random.Random(78), 1, 1).secrets[0]
    files |= _unseen(alone)
    secrets.append(alone)
    for name, data in files.items():
        path = home / "inbox" / "866" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (datetime(2024, 4, 2, 3, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")).timestamp(),) * 2)
    (home / "recipients.csv").write_text(RECIPIENTS, "utf-8")
    environment = {**os.environ, "MOBILITY_HOME": str(home), "TMPDIR": str(temporary), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "flows", "nightly", "--as-of", str(NIGHT)]
    said = subprocess.run(command, env=environment, capture_output=True, check=True)
    signers = {str(value) for row in report for value in row}
    return home, temporary, len(files), [one for one in secrets if one not in signers], said.stdout + said.stderr


def _told(data: bytes, name: str) -> Iterator[str]:
    """All that bytes say, whatever keeps them: packages unpacked, tables read."""
    yield name
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from _told(archive.read(member), member)
    elif data.startswith(b"PAR1"):
        yield str(pl.read_parquet(io.BytesIO(data)).to_dict(as_series=False))
    yield data.decode("utf-8", "ignore")
    yield data.decode("utf-16-le", "ignore")
    yield data[1:].decode("utf-16-le", "ignore")


def _rows(path: Path) -> Iterator[str]:
    """Every row of every table of a database."""
    if path.read_bytes()[:15] == b"SQLite format 3":
        with sqlite3.connect(path) as con:
            for (table,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                yield str(con.execute(f'SELECT * FROM "{table}"').fetchall())
    else:
        with duckdb.connect(str(path), read_only=True) as con:
            query = "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database()"
            for schema, table in con.execute(query).fetchall():
                yield str(con.sql(f'FROM "{schema}"."{table}"').fetchall())


def _all_of(folder: Path) -> Iterator[tuple[str, str]]:
    for path in (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
        parts = list(_told(path.read_bytes(), path.name))
        if path.suffix in (".duckdb", ".sqlite", ".db"):
            parts += _rows(path)
        for part in parts:
            yield str(path.relative_to(folder)), part


def _plain(text: str) -> str:
    return re.sub("[\u0300-\u036f]+", "", unicodedata.normalize("NFD", text.casefold().replace("đ", "d")))


def test_nothing_of_people_is_left_in_the_home_nor_in_temporary_folders_nor_said(house):
    home, temporary, _, secrets, said = house
    assert _plain("NGUYỄN Văn Đức") == "nguyen van duc"
    wanted = sorted({_plain(secret) for secret in secrets})
    places = [*_all_of(home), *_all_of(temporary), ("said", said.decode("utf-8", "replace"))]
    assert any("ledger.submission" in text or "báo cáo" in text for _, text in places)

    def tells(text: str) -> bool:
        return pl.Series([_plain(text)]).str.contains_any(wanted).item()

    assert tells(f"gửi {secrets[0]}")
    for place, text in places:
        assert not tells(text), place


def test_every_file_was_taken_refused_and_removed_and_the_good_one_accepted(house):
    home, _, files, _, _ = house
    assert [path for path in (home / "inbox").rglob("*") if path.is_file()] == []
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        outcomes = con.sql("SELECT outcome, count(*) FROM ledger.submission GROUP BY ALL ORDER BY ALL").fetchall()
        assert outcomes == [("accepted", 1), ("rejected", files - 1)]
        rejected = con.sql("SELECT sha256, size FROM ledger.submission WHERE outcome = 'rejected'").fetchall()
        codes = dict(con.sql("SELECT code, count(*) FROM ledger.problem GROUP BY ALL").fetchall())
    assert codes["personal-data"] == len(CARRIERS)
    assert all(len(sha256) == 64 and size for sha256, size in rejected)  # these are kept of them
    assert not [sha256 for sha256, _ in rejected if (home / "archive" / sha256[:2] / sha256).exists()]
    assert set(codes) & set(NOT_KEPT) >= {"personal-data", "unsupported-format", "encrypted-file", "unreadable-file"}


def test_who_sent_what_cannot_be_looked_through_is_told_so_and_who_sent_people_gets_no_workbook(house):
    home, _, files, _, _ = house
    returned = list((home / "returns").rglob("*.xlsx"))
    assert len(returned) == files - 1 - len(CARRIERS)
    told = "".join(text for path in returned for text in _told(path.read_bytes(), path.name))
    assert "không được lưu lại" in told
