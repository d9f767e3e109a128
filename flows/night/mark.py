"""Makes the workbook that goes back with a rejected file; runs in a reading process, as the file is opened again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from expectations.contract.problems import NOT_KEPT, Problem
from expectations.language.catalogue import Language
from flows.night.opened import directory
from transforms.reading.read import legible_sheets
from transforms.returning.workbook import RejectedFile, returned_workbook


@dataclass(frozen=True, slots=True)
class ToMark:
    """A rejected file: where its workbook goes, its bytes, its problems and what the first sheet says of it."""

    number: int
    reporter: str
    path: Path
    data: bytes
    registry_dir: Path
    problems: pl.DataFrame
    about: RejectedFile
    language: Language


def marked(orders: Iterable[ToMark]) -> list[tuple[int, bytes]]:
    """Each file's number and the workbook to send back."""
    return [(one.number, _workbook(one)) for one in orders]


def without_tables(order: ToMark, problem: Problem | None = None) -> list[tuple[int, bytes]]:
    """The same for a file that cannot be opened: its problems only."""
    return [(order.number, returned_workbook([], order.problems, order.about, order.language))]


def _workbook(order: ToMark) -> bytes:
    if order.problems["code"].is_in(NOT_KEPT).any():  # it breaks readers, or was not looked through
        return without_tables(order)[0][1]
    try:
        known = directory(order.registry_dir)  # it settles which legacy font was meant, as in the first reading
        sheets, _ = legible_sheets(order.data, order.about.file_name, known)
        shown = [sheet for sheet in sheets if not sheet.is_hidden]
        return returned_workbook(shown, order.problems, order.about, order.language)
    except MemoryError:
        raise
    except BaseException:  # a panic of a library in Rust is no Exception
        return without_tables(order)[0][1]
