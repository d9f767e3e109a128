"""Makes the workbook that goes back to a sender; runs in a reading process, as the file is opened again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from expectations.contract.problems import NOT_KEPT, Problem
from expectations.language.catalogue import Language
from flows.night.opened import directory

if TYPE_CHECKING:
    from transforms.reading.grid import Sheet
    from transforms.returning.workbook import SentFile


@dataclass(frozen=True, slots=True)
class ToMark:
    """A file: where its workbook goes, its bytes, its problems and what the first sheet says of it."""

    number: int
    reporter: str
    path: Path
    data: bytes
    registry_dir: Path
    problems: pl.DataFrame
    about: SentFile
    language: Language


def marked(orders: Iterable[ToMark]) -> list[tuple[int, bytes]]:
    """Each file's number and the workbook to send back."""
    return [(one.number, _workbook(one)) for one in orders]


def without_tables(order: ToMark, problem: Problem | None = None) -> list[tuple[int, bytes]]:
    """The same for a file that cannot be opened: its problems only."""
    from transforms.returning.workbook import returned_workbook

    return [(order.number, returned_workbook([], order.problems, order.about, order.language))]


def _workbook(order: ToMark) -> bytes:
    if order.problems["code"].is_in(NOT_KEPT).any():  # it breaks readers, or was not looked through
        return without_tables(order)[0][1]
    from transforms.reading.template_mark import is_mark
    from transforms.returning.workbook import returned_workbook
    from transforms.template.layout import without_checks

    try:
        sheets = _legible(order.data, order.about.file_name, order.registry_dir)
        # A template's mark goes along, hidden as it was: the workbook may be mended and sent as it is.
        shown = [sheet for sheet in sheets if not sheet.is_hidden or is_mark(sheet)]
        if any(map(is_mark, sheets)):
            shown = list(map(without_checks, shown))
        return returned_workbook(shown, order.problems, order.about, order.language)
    except MemoryError:
        raise
    except BaseException:  # a panic of a library in Rust is no Exception
        return without_tables(order)[0][1]


def legible_tables(data: bytes, file_name: str, registry_dir: Path) -> list[Sheet]:
    """A file's sheets in Unicode, hidden ones left out; whatever its reader raises is raised."""
    return [sheet for sheet in _legible(data, file_name, registry_dir) if not sheet.is_hidden]


def _legible(data: bytes, file_name: str, registry_dir: Path) -> list[Sheet]:
    from transforms.reading.legible import legible_sheets

    known = directory(registry_dir)  # it settles which legacy font was meant, as in the first reading
    return legible_sheets(data, file_name, known)[0]
