"""The sources of macros in a compound file, which are packed there (MS-OVBA 2.4.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BEGIN = re.compile(rb"\x01(?=.[\xb0-\xbf]\x00Attribut)", re.DOTALL)
_FULL = 4096  # bytes of an unpacked chunk
_MOST_CHUNKS = 500


def macro_sources(data: bytes) -> Iterator[str]:
    """The text of each module, as far as it can be unpacked."""
    for begin in _BEGIN.finditer(data):
        yield b"".join(_chunks(data, begin.end())).decode("cp1258", "replace")


def _chunks(data: bytes, at: int) -> Iterator[bytes]:
    for _ in range(_MOST_CHUNKS):
        header = int.from_bytes(data[at : at + 2], "little")
        if header >> 12 & 7 != 3:
            return
        end = at + (header & 0xFFF) + 3
        packed = data[at + 2 : end]
        yield _unpacked(packed) if header >> 15 else packed
        at = end


def _unpacked(packed: bytes) -> bytes:
    """One chunk: a byte of flags says which of the next eight are themselves and which repeat what came before."""
    out = bytearray()
    at = 0
    while at < len(packed) and len(out) <= _FULL:
        flags, at = packed[at], at + 1
        for bit in range(8):
            if at >= len(packed):
                break
            if not flags >> bit & 1:
                out.append(packed[at])
                at += 1
                continue
            token, at = int.from_bytes(packed[at : at + 2], "little"), at + 2
            width = max((len(out) - 1).bit_length(), 4)
            start = len(out) - (token >> (16 - width)) - 1
            if start < 0:
                return bytes(out)
            for place in range(start, start + (token & (0xFFFF >> width)) + 3):
                out.append(out[place])
    return bytes(out)
