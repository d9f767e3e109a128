"""Sample reports as a tree of files, and a home that takes them in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.clock import now
from flows.commands.backfill import backfill
from flows.home import open_home
from flows.night import take_in as verb
from flows.night.collect import collect_tree
from flows.night.run import Run
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


def take_in_alone(root: Path, received_on: date | None, settings: Settings) -> None:
    """What a backfill of a tree does before it computes, which takes the most: for tests of files, not of figures.

    The files stand in the ledger and their figures among the facts; nothing is published.
    """
    arrived = collect_tree(root, received_on)
    with open_home(settings) as con, reading_here():
        verb.take_in(con, arrived.files, settings, Run("backfill", None, now(settings.timezone)))
