"""Files are read in processes of their own: one that breaks its process takes no other with it."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import date, datetime

import polars as pl
import xlsxwriter

from expectations.contract.periods import Period
from flows.night.collect import File
from flows.night.read import read_files
from flows.settings import Settings
from transforms.samples.tree import sample_tree


def breaks_the_reader() -> bytes:
    """A cell reference in small letters a thousand million cells away: the workbook reader gives up its process."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write(0, 0, "Tháng 1 năm 2020")
    sheet.write(1_048_575, 16_383, 1)
    book.close()
    stream = io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"XFD1048576", b"xfd1048576"))
    return stream.getvalue()


def _file(name: str, data: bytes, reporter: str, day: date) -> File:
    at = datetime.combine(day, datetime.min.time())
    return File(None, reporter, name, day, at, data, hashlib.sha256(data).hexdigest())


def test_a_file_that_breaks_its_process_is_unreadable_and_the_others_go_in(registry, tmp_path):
    samples = list(sample_tree(registry, 3, Period(2024, 3), Period(2024, 3), {"866", "867"}, is_faulty=False))
    files = {n: _file(s.file_name, s.data, s.reporter_code, s.received_on) for n, s in enumerate(samples, 1)}
    files[99] = _file("hong.xlsx", breaks_the_reader(), "868", date(2024, 4, 2))
    batch = read_files(files, {n: f.received_on for n, f in files.items()}, Settings(home=tmp_path))
    codes = batch.frames.problems.filter(pl.col("severity") == "error").select("submission_id", "code").rows()
    assert codes == [(99, "unreadable-file")]
    assert batch.submissions.filter(pl.col("submission_id") < 99)["period"].to_list() == ["2024-03"] * len(samples)
    assert set(batch.frames.rows["balance"]["submission_id"]) == set(files) - {99}
