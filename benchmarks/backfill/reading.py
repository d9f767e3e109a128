"""The peer: merely reading a tree's workbooks, importing nothing else: python -m benchmarks.backfill.reading TREE."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


def read_workbooks(deliveries: Path) -> None:
    """Every sheet of every workbook of a tree, those in .zip files too; what cannot be opened is passed over."""
    for path in deliveries_in(deliveries):
        for data in _workbooks(path):
            try:
                book = CalamineWorkbook.from_filelike(io.BytesIO(data))
                for name in book.sheet_names:
                    book.get_sheet_by_name(name).to_python()
            except CalamineError:
                continue


def _workbooks(path: Path) -> Iterator[bytes]:
    if path.suffix.lower() in WORKBOOKS:
        yield path.read_bytes()
    elif path.suffix.lower() == ".zip":
        try:
            with zipfile.ZipFile(path) as packed:
                yield from (packed.read(name) for name in packed.namelist() if name.lower().endswith(WORKBOOKS))
        except (zipfile.BadZipFile, RuntimeError):
            return


def deliveries_in(deliveries: Path) -> list[Path]:
    """The files of a tree in the order they came."""
    return sorted(path for path in deliveries.glob("*/*/*") if path.is_file())


if __name__ == "__main__":
    read_workbooks(Path(sys.argv[1]))
