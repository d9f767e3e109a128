"""Senders' files read in the process that tests, for tests of what comes after reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import pytest

from expectations.contract.problems import Problem
from flows.night.readers import Readers

T = TypeVar("T")
R = TypeVar("R")


@contextmanager
def reading_here() -> Iterator[None]:
    """Meanwhile no process is begun to read: its start takes longer than the reading of a few files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Readers, "each", _each)
        yield


def _each(
    self: Readers, work: Callable[[Iterable[T]], R], chunks: Sequence[Sequence[T]], lost: Callable[[T, Problem], R]
) -> Iterator[list[R]]:
    return ([work(chunk)] for chunk in chunks)
