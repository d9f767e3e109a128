"""Compound files (MS-CFB), in which .xls workbooks lie: their streams, as the workbook reader finds them.

It goes by the directory's entries, not by their tree, so a damaged tree hides from us nothing that it reads.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator


def workbook_streams(data: bytes) -> dict[str, bytes]:
    """The streams of a compound file by name (MS-CFB); those not asked for are left unread."""
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or not 0 < mini_shift < shift:
        raise ValueError("no sector size of a compound file")
    first_directory, cutoff, first_mini = struct.unpack_from("<I4xII", data, 48)
    table = _allocation(data, shift)
    directory = _chain(data, table, first_directory, shift, 1)
    root = struct.unpack_from("<I8x", directory, 116)[0]  # all of its entry is there
    minis = _chain(data, table, root, shift, 1)
    mini_table = list(struct.iter_unpack("<I", _chain(data, table, first_mini, shift, 1)))
    found: dict[str, bytes] = {}
    for name, start, size in _listed(directory):
        if name not in ("Workbook", "Book"):
            found[name] = b""
        elif size < cutoff:
            found[name] = _chain(minis, [one for (one,) in mini_table], start, mini_shift, 0)[:size]
        else:
            found[name] = _chain(data, table, start, shift, 1)[:size]
    return found


def sector_places(data: bytes, names: tuple[str, ...]) -> tuple[int, list[int]]:
    """The size of a compound file's sectors, and where those of the first stream of one of these names begin.

    A short stream has no sectors of its own.
    """
    shift = struct.unpack_from("<H", data, 30)[0]
    first_directory, cutoff = struct.unpack_from("<I4xI", data, 48)
    table = _allocation(data, shift)
    directory = _chain(data, table, first_directory, shift, 1)
    for name, start, size in _listed(directory):
        if name in names and size >= cutoff:
            return 1 << shift, [(sector + 1) << shift for sector in _sectors(table, start)]
    return 1 << shift, []


def _listed(directory: bytes) -> Iterator[tuple[str, int, int]]:
    """The streams that a directory lists: name, first sector, size; its first entry is the root."""
    for at in range(128, len(directory) - 127, 128):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        if kind == 2:
            name = directory[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
            yield name, *struct.unpack_from("<II", directory, at + 116)


def _sectors(table: list[int], sector: int) -> Iterator[int]:
    for _ in range(len(table) + 1):
        if sector >= min(0xFFFFFFFC, len(table)):
            return
        yield sector
        sector = table[sector]


def _allocation(data: bytes, shift: int) -> list[int]:
    """Which sector follows which."""
    size = 1 << shift
    places = [place for (place,) in struct.iter_unpack("<I", data[76:512])]
    more, seen = struct.unpack_from("<I", data, 68)[0], 0
    while more < 0xFFFFFFFC and seen <= len(data) >> shift:
        block = data[(more + 1) * size : (more + 2) * size]
        *further, more = (place for (place,) in struct.iter_unpack("<I", block))
        places += further
        seen += 1
    table = b"".join(data[(place + 1) * size : (place + 2) * size] for place in places if place < 0xFFFFFFFC)
    return [one for (one,) in struct.iter_unpack("<I", table[: len(table) // 4 * 4])]


def _chain(data: bytes, table: list[int], sector: int, shift: int, before: int) -> bytes:
    """The bytes of a chain of sectors; `before` is how many sectors' room the header takes."""
    size, parts, left = 1 << shift, [], len(table) + 1
    while sector < 0xFFFFFFFC and left and sector < len(table):
        parts.append(data[(sector + before) * size : (sector + before + 1) * size])
        sector, left = table[sector], left - 1
    return b"".join(parts)
