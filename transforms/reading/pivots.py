"""The rows that a pivot table keeps of its source, which may be on no sheet any more."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from transforms.reading.grid import Refused
from transforms.reading.xml_parts import local, parse_xml

_VALUES = {"s", "n", "d", "b", "e", "m"}


def pivot_texts(definition: bytes, records: bytes) -> list[str]:
    """The rows' values one after another (ECMA-376 part 1, 18.10.1): a record holds them, or their places in the
    definition's lists."""
    walk = _PivotWalk()
    try:
        parse_xml(definition, walk.define, walk.end)
        parse_xml(records, walk.record, walk.end)
    except Refused:  # what of it could be read is told
        pass
    return walk.texts


class _PivotWalk:
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


# Texts, whole numbers, numbers and days in a cache of an .xls (MS-XLS 2.4.313, 2.4.281, 2.4.305, 2.4.275).
_OLD_ITEM = re.compile(rb"\xcd\0..(..)([\0\1])|\xcc\0\x02\0(..)|\xc9\0\x08\0(.{8})|\xce\0\x08\0(..)(..)(.)", re.DOTALL)


def old_pivot_texts(data: bytes) -> list[str]:
    """The values in an .xls that look like a pivot's, as they stand in its bytes."""
    return list(_old_values(data))


def _old_values(data: bytes) -> Iterator[str]:
    for item in _OLD_ITEM.finditer(data):
        length, wide, whole, number, year, month, day = item.groups()
        if length:
            size = int.from_bytes(length, "little") << wide[0]
            yield data[item.end() : item.end() + min(size, 512)].decode("utf-16-le" if wide[0] else "cp1252", "replace")
        elif whole:
            yield str(int.from_bytes(whole, "little"))
        elif number:
            yield f"{struct.unpack('<d', number)[0]:.15g}"
        elif int.from_bytes(month, "little") <= 12:
            yield f"{int.from_bytes(year, 'little')}-{int.from_bytes(month, 'little')}-{day[0]}"
