"""Sample reports as a tree of files, and a home that takes them in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.commands.backfill import backfill
from flows.settings import Settings
from tests.read_here import reading_here
from transforms.samples.tree import SampleFile


def write_tree(files: Iterable[SampleFile], root: Path) -> Path:
    """The files in a folder, each under its day and its sender; the folder."""
    for file in files:
        path = root / str(file.received_on) / file.reporter_code / file.file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    return root


def take_in(files: Iterable[SampleFile], settings: Settings) -> None:
    """A backfill of the files."""
    with TemporaryDirectory() as folder, reading_here():
        backfill(write_tree(files, Path(folder)), None, settings)
