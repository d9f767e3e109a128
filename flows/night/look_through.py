"""Looks a file through as the night would, for who waits for it: in a reading process, judgement and all.

The process opens the published copies itself, so that whoever serves pages meanwhile waits for nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from expectations.contract.problems import Problem
from expectations.language.catalogue import Language
from expectations.suites.verdict import Verdict, without_great_expectations
from flows.night.collect import File
from flows.night.opened import frames_of, no_frames
from flows.night.read import as_read, to_read
from flows.night.readers import Readers
from flows.night.show import ToShow, nothing_to_show, shown
from flows.night.validate import validate
from flows.registry_files import load_registry
from flows.settings import Settings
from transforms.pages.checked_file import ShownFile
from transforms.reading.frames import Frames
from warehouse.board_copy import open_copies


@dataclass(frozen=True, slots=True)
class ToLookThrough:
    """A file, the copies it is judged by, and the language it is told in."""

    file: File
    published: Path
    board: Path
    settings: Settings
    language: Language


@dataclass(frozen=True, slots=True)
class FileLookedThrough:
    """What the night would say of a file now, and its tables as its sender sees them; period null if not known."""

    period: str | None
    verdict: Verdict
    seen: ShownFile


def ready(tasks: Iterable[None]) -> list[None]:
    """Nothing; a process that has done it has all that looking through needs."""
    return list(tasks)


def look_through(readers: Readers, order: ToLookThrough) -> FileLookedThrough:
    """A file that ends its process is judged here, by that alone."""
    (((found,),),) = readers.each(_looked_through, [[order]], _not_opened)
    return found


def _looked_through(orders: Iterable[ToLookThrough]) -> list[FileLookedThrough]:
    return [_judged(one, frames_of([to_read(1, one.file, one.settings)])) for one in orders]


def _not_opened(order: ToLookThrough, problem: Problem) -> list[FileLookedThrough]:
    return [_judged(order, no_frames(to_read(1, order.file, order.settings), problem), is_legible=False)]


def _judged(order: ToLookThrough, frames: Frames, is_legible: bool = True) -> FileLookedThrough:
    file, settings = order.file, order.settings
    nights: dict[int, date] = {1: file.received_on}
    batch = as_read({1: file}, nights, frames, load_registry(settings.registry_dir))
    with open_copies(order.published, order.board) as con:
        verdict = validate(con, batch, settings, without_great_expectations)
    to_show = ToShow(file.data, file.file_name, settings.registry_dir, verdict.problems.to_dicts(), order.language)
    return FileLookedThrough(
        period=batch.submissions["period"][0],
        verdict=verdict,
        seen=shown(to_show) if is_legible else nothing_to_show(to_show),
    )
