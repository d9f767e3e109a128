"""Damage: bytes and parts of packages lost, changed and mixed up, and packages written otherwise than before."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from benchmarks.fire.mutators import Subject, mutates, of

PACKAGES = of(("xlsx", "ods", "zip"))
Part = tuple[str, bytes]


@mutates("bits flipped", "seen")
def _flip(subject: Subject) -> bytes:
    data = bytearray(subject.data)
    for _ in range(subject.chance.choice((1, 1, 2, 4, 16))):
        data[subject.chance.randrange(len(data))] ^= 1 << subject.chance.randrange(8)
    return bytes(data)


@mutates("bytes overwritten", "seen")
def _overwrite(subject: Subject) -> bytes:
    start, end = subject.span(len(subject.data), 64)
    return subject.data[:start] + subject.chance.randbytes(end - start) + subject.data[end:]


@mutates("bytes lost", "seen")
def _lose(subject: Subject) -> bytes:
    start, end = subject.span(len(subject.data))
    return subject.data[:start] + subject.data[end:]


@mutates("bytes zeroed", "seen")
def _zero(subject: Subject) -> bytes:
    start, end = subject.span(len(subject.data), 1024)
    return subject.data[:start] + bytes(end - start) + subject.data[end:]


@mutates("bytes twice", "seen")
def _twice(subject: Subject) -> bytes:
    start, end = subject.span(len(subject.data))
    return subject.data[:end] + subject.data[start:]


@mutates("cut off", "seen")
def _cut(subject: Subject) -> bytes:
    return subject.data[: subject.chance.randrange(len(subject.data))]


@mutates("cut off near its end", "seen")
def _cut_end(subject: Subject) -> bytes:
    return subject.data[: len(subject.data) - subject.chance.randint(1, 64)]


@mutates("two files spliced", "seen")
def _splice(subject: Subject) -> bytes:
    other = subject.chance.choice(subject.others).data
    share = subject.chance.random()
    return subject.data[: int(share * len(subject.data))] + other[int(share * len(other)) :]


@mutates("a block of 512 bytes of another place", "seen")
def _block(subject: Subject) -> bytes:
    blocks = max(1, len(subject.data) // 512)
    here, there = (512 * subject.chance.randrange(blocks) for _ in range(2))
    return subject.data[:here] + subject.data[there : there + 512] + subject.data[here + 512 :]


@mutates("something after its end", "same", of(("xlsx", "zip")))
def _after(subject: Subject) -> bytes:
    return subject.data + subject.chance.choice((b"\r\n", b"\0" * 512, b"\n-- \nvirus scanned\n"))


def parts_of(data: bytes) -> list[Part]:
    """A package's parts in their order."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return [(info.filename, package.read(info)) for info in package.infolist()]


def packed(parts: list[Part], compression: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as package:
        for name, data in parts:
            info = zipfile.ZipInfo(name, (2025, 9, 3, 0, 0, 0))
            info.compress_type = compression
            package.writestr(info, data)
        package.comment = comment
    return buffer.getvalue()


def with_part(data: bytes, at: int, change: Callable[[bytes], bytes]) -> bytes:
    """The package with one part changed."""
    parts = parts_of(data)
    name, part = parts[at]
    parts[at] = name, change(part)
    return packed(parts)


def _some_part(subject: Subject, change: Callable[[bytes], bytes]) -> bytes:
    return with_part(subject.data, subject.chance.randrange(len(parts_of(subject.data))), change)


@mutates("parts in another order", "same", of(("xlsx",)))
def _reorder(subject: Subject) -> bytes:
    parts = parts_of(subject.data)
    subject.chance.shuffle(parts)
    return packed(parts)


@mutates("parts stored or compressed otherwise", "same", PACKAGES)
def _restore(subject: Subject) -> bytes:
    how = subject.chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    return packed(parts_of(subject.data), how, subject.chance.choice((b"", b"Ban To chuc")))


@mutates("a part more", "same", of(("xlsx", "ods")))
def _more(subject: Subject) -> bytes:
    name = subject.chance.choice(("[trash]/0000.dat", "docProps/custom2.xml", "Thumbs.db", "__MACOSX/._a", "a/"))
    return packed([*parts_of(subject.data), (name, b"" if name.endswith("/") else b"<a/>")])


@mutates("a member that is no report", "same", of(("zip",)))
def _member(subject: Subject) -> bytes:
    name = subject.chance.choice(("__MACOSX/._BC.csv", "Thumbs.db", ".DS_Store", "thu muc/"))
    return packed([*parts_of(subject.data), (name, b"" if name.endswith("/") else b"\0\5\x16\7")])


@mutates("a folder around the members", "same", of(("zip",)))
def _folder(subject: Subject) -> bytes:
    folder = subject.chance.choice(("Báo cáo", "bc", "a/b/c"))
    return packed([(f"{folder}/{name}", data) for name, data in parts_of(subject.data)])


@mutates("names of parts in capitals", "same", of(("xlsx",)))
def _capitals(subject: Subject) -> bytes:
    kept = "[Content_Types].xml"
    return packed([(name if name == kept else name.upper(), data) for name, data in parts_of(subject.data)])


@mutates("a part lost", "seen", PACKAGES)
def _part_lost(subject: Subject) -> bytes:
    parts = parts_of(subject.data)
    del parts[subject.chance.randrange(len(parts))]
    return packed(parts)


@mutates("two parts exchanged", "moved", of(("xlsx", "ods")))
def _exchanged(subject: Subject) -> bytes:
    parts = parts_of(subject.data)
    here, there = (subject.chance.randrange(len(parts)) for _ in range(2))
    (a, first), (b, second) = parts[here], parts[there]
    parts[here], parts[there] = (a, second), (b, first)
    return packed(parts)


@mutates("a part cut off within", "seen", PACKAGES)
def _part_cut(subject: Subject) -> bytes:
    return _some_part(subject, lambda part: part[: subject.chance.randrange(len(part) + 1)])


@mutates("bits flipped within a part", "seen", PACKAGES)
def _part_flipped(subject: Subject) -> bytes:
    def flip(part: bytes) -> bytes:
        data = bytearray(part)
        for _ in range(subject.chance.choice((1, 1, 3)) if data else 0):
            data[subject.chance.randrange(len(data))] ^= 1 << subject.chance.randrange(8)
        return bytes(data)

    return _some_part(subject, flip)


@mutates("a stretch lost within a part", "seen", PACKAGES)
def _part_stretch(subject: Subject) -> bytes:
    def lose(part: bytes) -> bytes:
        start, end = subject.span(len(part), 200)
        return part[:start] + part[end:]

    return _some_part(subject, lose)


@mutates("a digit changed within a part", "seen", PACKAGES)
def _part_digit(subject: Subject) -> bytes:
    def change(part: bytes) -> bytes:
        digits = [at for at, byte in enumerate(part) if 48 <= byte <= 57]
        if not digits:
            return part
        at = subject.chance.choice(digits)
        return part[:at] + b"%d" % subject.chance.randrange(10) + part[at + 1 :]

    return _some_part(subject, change)


@mutates("sizes of a package that lie", "seen", PACKAGES)
def _lying(subject: Subject) -> bytes:
    data = bytearray(subject.data)
    at = data.find(b"PK\x01\x02")
    for _ in range(subject.chance.randint(0, 4)):
        at = max(at, data.find(b"PK\x01\x02", at + 4))
    field = at + subject.chance.choice((16, 20, 24, 42))
    data[field : field + 4] = subject.chance.choice((bytes(4), b"\xff\xff\xff\xff", subject.chance.randbytes(4)))
    return bytes(data)
