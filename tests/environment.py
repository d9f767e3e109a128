"""What a test, or the program in it, sets in the environment: what later tests begin must not inherit it."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager


@contextmanager
def put_back(variables: MutableMapping[str, str]) -> Iterator[None]:
    """Variables are afterwards as they were before; one that did not change is not touched."""
    before = dict(variables)
    try:
        yield
    finally:
        for name in variables.keys() - before.keys():
            del variables[name]
        for name, value in before.items():
            if variables.get(name) != value:
                variables[name] = value
