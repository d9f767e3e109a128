"""Shows a file's own tables with its faults, at once; in a reading process, as the file is opened again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from expectations.contract.problems import NOT_KEPT, Problem
from expectations.language.catalogue import Language
from flows.night.mark import legible_tables
from flows.night.readers import Readers
from transforms.pages.checked_file import ShownFile, shown_file
from transforms.reading.grid import Sheet


@dataclass(frozen=True, slots=True)
class ToShow:
    """A file, its problems as rows of ledger.problem, and the language they are told in."""

    data: bytes
    file_name: str
    registry_dir: Path
    problems: Sequence[Mapping[str, Any]]
    language: Language


def show(readers: Readers, order: ToShow) -> ShownFile:
    """A file as its sender sees it."""
    (((seen,),),) = readers.each(_shown, [[order]], _not_opened)
    return seen


def _shown(orders: Iterable[ToShow]) -> list[ShownFile]:
    return [shown(one) for one in orders]


def shown(order: ToShow) -> ShownFile:
    """The same in the process that reads."""
    return shown_file(_tables(order), order.problems, order.language)


def _not_opened(order: ToShow, problem: Problem) -> list[ShownFile]:
    return [nothing_to_show(order)]


def nothing_to_show(order: ToShow) -> ShownFile:
    """The faults alone, of a file that cannot be opened."""
    return shown_file([], order.problems, order.language)


def _tables(order: ToShow) -> list[Sheet]:
    if {row["code"] for row in order.problems} & set(NOT_KEPT):
        return []
    try:
        return legible_tables(order.data, order.file_name, order.registry_dir)
    except MemoryError:
        raise
    except BaseException:  # a panic of a library in Rust is no Exception
        return []
