"""Pictures, in which nobody can look for people, are taken out of what is kept; what is read stays the same."""

from __future__ import annotations

import base64
import hashlib
import io
import random
import struct
import zipfile
import zlib
from datetime import date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.drawing.image import Image

from expectations.contract.periods import Period
from flows.home import open_home
from flows.night.collect import File, archived_file
from flows.night.read import read_files
from flows.night.run import Run
from flows.night.take_in import take_in
from flows.settings import Settings
from tests.transforms.reading.people.people_files import edited, opendocument
from transforms.reading.pictures import without_pictures
from transforms.reading.sheets import open_sheets
from transforms.samples.tree import sample_tree
from transforms.samples.writers import zipped
from warehouse.doctor import examine
from warehouse.ledger.archive import place

REPORT = [["Báo cáo", 7], ["Tháng 3", 8]]


def _png(size: int) -> bytes:
    random_ = random.Random(size)
    raw = b"".join(b"\0" + random_.randbytes(3 * size) for _ in range(size))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


PNG = _png(40)


def _with_logo(data: bytes) -> bytes:
    """A workbook with a picture laid on its first sheet."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.worksheets[0].add_image(Image(io.BytesIO(PNG)), "C9")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in REPORT:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


FILES = {
    "a.xlsx": _with_logo(_workbook()),
    "a.ods": opendocument(REPORT, parts={"Thumbnails/thumbnail.png": PNG, "Pictures/1.png": PNG}),
    "a.xls": Path(__file__).with_name("picture.xls").read_bytes(),
    "page.xls": b"<table><tr><td>1<td>2</table><img src='data:image/png;base64," + base64.b64encode(PNG) + b"'>",
    "a.zip": zipped({"b.xlsx": _with_logo(_workbook())}),
    "drawn.xlsx": edited(_workbook(), {"xl/media/image1.emf": b"\x01\0\0\0".ljust(40, b"\0") + b" EMF" + PNG[8:]}),
}


def _all_bytes(data: bytes) -> bytes:
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(_all_bytes(archive.read(name)) for name in archive.namelist())


@pytest.mark.parametrize("name", FILES)
def test_what_is_kept_has_no_picture_and_reads_the_same(name):
    kept = without_pictures(FILES[name])
    assert kept == without_pictures(FILES[name])
    said = _all_bytes(kept)
    assert b"IDAT" in _all_bytes(FILES[name]) or base64.b64encode(PNG) in FILES[name]
    assert b"IDAT" not in said
    assert base64.b64encode(PNG)[:40] not in said
    assert [s.rows for s in open_sheets(kept, name)] == [s.rows for s in open_sheets(FILES[name], name)]
    assert without_pictures(kept) is None or without_pictures(kept) == kept


def test_a_file_without_pictures_is_kept_as_it_is():
    assert without_pictures(_workbook()) is None
    assert without_pictures(b"1;2\n3;4\n") is None


def test_a_report_with_a_logo_is_accepted_archived_without_it_and_read_again_the_same(registry, tmp_path):
    files = sample_tree(registry, 5, Period(2024, 3), Period(2024, 3), is_faulty=False)
    good = next(file for file in files if file.file_name.endswith(".xlsx"))
    data, day = _with_logo(good.data), date(2024, 4, 2)
    at = datetime.combine(day, datetime.min.time())
    sha256 = hashlib.sha256(data).hexdigest()
    sent = File(None, good.reporter_code, good.file_name, day, at, data, sha256)
    settings = Settings(home=tmp_path, readers=1)
    with open_home(settings) as con:
        taken = take_in(con, [sent], settings, Run("nightly", day, at))
        assert taken.verdict.outcomes["outcome"].to_list() == ["accepted"]
    stands = place(settings.archive_dir, sha256).read_bytes()
    assert b"IDAT" not in _all_bytes(stands[stands.index(b"PK") :])
    row = {**taken.files.submissions.row(0, named=True), "reporter_code": good.reporter_code}
    again = archived_file(row, settings.archive_dir)
    assert again.sha256 == sha256  # it goes on under the hash of what was sent
    read_again = read_files({1: again}, {1: day}, settings).frames
    for form, rows in taken.files.frames.rows.items():
        assert rows.equals(read_again.rows[form].with_columns(submission_id=pl.lit(row["submission_id"])))
    found = {one.check: one.state for one in examine(tmp_path, deep=True)}
    assert found["archive"] == "ok"
    place(settings.archive_dir, sha256).write_bytes(stands[:-1])
    assert {one.check: one.state for one in examine(tmp_path, deep=True)}["archive"] == "act"
