"""The rows that a pivot table keeps of its source in an .xlsx, which may be on no sheet any more."""

from __future__ import annotations

from transforms.reading.formulas import local, parse_xml
from transforms.reading.grid import Refused

_VALUES = {"s", "n", "d", "b", "e", "m"}


def pivot_texts(definition: bytes, records: bytes) -> list[str]:
    """The rows' values one after another (ECMA-376 part 1, 18.10.1): a record holds them, or their places in the
    definition's lists."""
    walk = _Walk()
    try:
        parse_xml(definition, walk.define, walk.end)
        parse_xml(records, walk.record, walk.end)
    except Refused:  # what of it could be read is told
        pass
    return walk.texts


class _Walk:
    def __init__(self) -> None:
        self.lists: list[list[str]] = []
        self.texts: list[str] = []
        self.column = 0
        self.is_in_list = False

    def define(self, name: str, said: dict[str, str]) -> None:
        tag = local(name)
        if tag == "cacheField":
            self.lists.append([])
        elif tag == "sharedItems":
            self.is_in_list = True
        elif self.is_in_list and tag in _VALUES and self.lists:
            self.lists[-1].append(said.get("v", ""))

    def end(self, name: str) -> None:
        if local(name) == "sharedItems":
            self.is_in_list = False

    def record(self, name: str, said: dict[str, str]) -> None:
        tag, value = local(name), said.get("v", "")
        if tag == "r":
            self.column = 0
            return
        if tag == "x" and self.column < len(self.lists):
            items = self.lists[self.column]
            self.texts.append(items[int(value)] if value.isdigit() and int(value) < len(items) else "")
        elif tag in _VALUES:
            self.texts.append(value)
        self.column += tag == "x" or tag in _VALUES
