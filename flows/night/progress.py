"""How far the reading is, on a terminal; silent where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from expectations.language.catalogue import Language, text


@contextmanager
def reading_progress(files: int, language: Language) -> Iterator[Callable[[int], None]]:
    """A bar over a number of files; what is yielded takes how many more were read."""
    if not sys.stderr.isatty():
        yield lambda more: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text("reading", language), total=files)
        yield lambda more: bar.advance(task, more)
