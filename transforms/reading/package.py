"""The parts of an Office Open XML package: found by their relationships, whatever their names and places."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from transforms.reading.calculation import Calculation, calculation
from transforms.reading.grid import Refused
from transforms.reading.xml_parts import local, parse_xml


class Zips:
    """The zips of one file, those inside others too: each is opened once, however many look into it."""

    def __init__(self) -> None:
        self._opened: dict[bytes, Zip] = {}

    def open(self, data: bytes) -> Zip:
        """The zip of these bytes.

        Raises:
            zipfile.BadZipFile, NotImplementedError, ValueError or OSError: it is none, or damaged.
        """
        if data not in self._opened:
            self._opened[data] = Zip(data)
        return self._opened[data]


class Zip:
    """A zip whose members are inflated once each."""

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._read: dict[zipfile.ZipInfo, bytes] = {}
        self.members = self._archive.infolist()
        self.names = {member.filename for member in self.members}
        self.comment = self._archive.comment
        self.start_of_directory = self._archive.start_dir

    @property
    def is_opendocument(self) -> bool:
        return {"mimetype", "content.xml"} <= self.names

    @cached_property
    def package(self) -> Package:
        """What it is as a workbook's package."""
        return Package(self)

    def read(self, member: zipfile.ZipInfo) -> bytes:
        """A member's bytes; Refused where it is damaged."""
        if member not in self._read:
            self._read[member] = _member_bytes(self._archive, member)
        return self._read[member]


def _member_bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """A member's bytes, never more than it says it has: a header that lies is a damaged file."""
    try:
        with archive.open(member) as stream:
            content = stream.read(member.file_size + 1)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise Refused("unreadable-file", f"«{member.filename}» trong tệp nén bị hỏng") from error
    except Exception as error:  # zlib and lzma raise classes of their own
        raise Refused("unreadable-file", f"«{member.filename}» trong tệp nén bị hỏng") from error
    if len(content) > member.file_size:
        raise Refused("unreadable-file", f"«{member.filename}» lớn hơn kích thước đã khai")
    return content


@dataclass(frozen=True, slots=True)
class _Link:
    kind: str  # the last word of the relationship's type: worksheet, styles …
    part: str


@dataclass(frozen=True, slots=True)
class _Listed:
    """A sheet as the workbook lists it; `part` is "" where its relationship leads nowhere."""

    name: str
    state: str
    kind: str
    part: str


class Package:
    """A workbook's package; part names are compared as OPC does, in small letters and with forward slashes."""

    def __init__(self, opened: Zip) -> None:
        self._zip = opened
        self._members = {_plain(member.filename): member for member in opened.members}
        links = self._links("")
        self.main = next((one.part for one in links.values() if one.kind == "officeDocument"), "")
        if self.main not in self._members:
            self.main = next((name for name in _MAIN_PARTS if name in self._members), "")
        self.calculation = Calculation()
        self._listed: list[_Listed] = []
        self._is_1904 = False

    @cached_property
    def kind(self) -> str:
        """What document it is: "xlsx", "xlsb", "Word", "PowerPoint", "" where it is no such package."""
        base = self.main.rsplit("/", 1)[-1]
        if self.main and base.endswith(".bin"):
            return "xlsb"
        if not self.main or not base.endswith(".xml"):
            return ""
        return self._root_kind()

    def _root_kind(self) -> str:
        roots: list[str] = []
        parse_xml(self.read(self.main), lambda name, _: roots.append(local(name)))
        folder = {"word": "Word", "ppt": "PowerPoint"}.get(self.main.split("/")[0], "")
        return {"workbook": "xlsx", "document": "Word", "presentation": "PowerPoint"}.get("".join(roots[:1]), folder)

    def read(self, part: str) -> bytes:
        """A part's bytes, b"" where there is none of that name."""
        member = self._members.get(part)
        return self._zip.read(member) if member else b""

    @property
    def sheets(self) -> list[str]:
        """The sheets' parts in the workbook's order, "" for one that is missing or no worksheet."""
        self._open()
        return [one.part if one.kind == "worksheet" else "" for one in self._listed]

    def _open(self) -> None:
        if self._listed:
            return
        links = self._links(self.main)
        listed: list[_Listed] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            said = {local(key): value for key, value in attributes.items()}
            if local(name) == "sheet":
                link = links.get(said.get("id", ""), _Link("", ""))
                part = link.part if link.part in self._members else ""
                listed.append(_Listed(said.get("name", ""), said.get("state", "visible"), link.kind, part))
            elif local(name) == "calcPr":
                self.calculation = calculation(said)
            elif local(name) == "workbookPr":
                self._is_1904 = said.get("date1904", "0") in ("1", "true")

        parse_xml(self.read(self.main), start)
        self._listed = listed  # not before all of it could be read

    def _links(self, part: str) -> dict[str, _Link]:
        """The relationships of a part by their identifiers; those of the package where the part is ""."""
        folder, base = posixpath.split(part)
        found: dict[str, _Link] = {}

        def start(name: str, said: dict[str, str]) -> None:
            if local(name) == "Relationship" and said.get("TargetMode", "Internal") != "External":
                target = unquote(said.get("Target", "")).replace("\\", "/")
                place = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
                found[said.get("Id", "")] = _Link(said.get("Type", "").rsplit("/", 1)[-1], _plain(place))

        xml = self.read(posixpath.join(folder, "_rels", f"{base}.rels"))
        if xml:
            parse_xml(xml, start)
        return found

    def as_expected(self, data: bytes) -> bytes:
        """The package with its parts where the workbook reader looks for them; mostly the bytes as they are."""
        self._open()
        names = self._zip.names
        stands = self.main == "xl/workbook.xml" and {self.main, _LINKS} <= names
        is_plain = stands and self._has_plain_markup() and not self._has_runs_apart()
        if is_plain and all(one.part in names for one in self._listed if one.part):
            return data
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
            self._write(new)
        return stream.getvalue()

    def _has_plain_markup(self) -> bool:
        """Whether sheets are tied to their parts as nearly every writer does: `r:id`, by a path without detours."""
        book = self.read(self.main)
        return b" r:id=" in book and b"../" not in self.read(_LINKS)

    def _has_runs_apart(self) -> bool:
        parts = ["xl/sharedstrings.xml", *(one.part for one in self._listed if one.part)]
        return any(_has_runs_apart(self.read(part)) for part in parts)

    def _write(self, new: zipfile.ZipFile) -> None:
        from xml.sax.saxutils import quoteattr  # noqa: PLC0415 - with it come a web client and TLS, for few files

        sheets, links = [], []
        worksheets = [one for one in self._listed if one.kind == "worksheet" and one.part]
        for number, one in enumerate(worksheets, 1):
            new.writestr(f"xl/worksheets/sheet{number}.xml", _with_runs_apart(self.read(one.part)))
            said = f"name={quoteattr(one.name)} state={quoteattr(one.state)}"
            sheets.append(f'<sheet {said} sheetId="{number}" r:id="rId{number}"/>')
            links.append(_link(f"rId{number}", "worksheet", f"worksheets/sheet{number}.xml"))
        for kind, name in (("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")):
            part = next((one.part for one in self._links(self.main).values() if one.kind == kind), "")
            if content := self.read(part):
                new.writestr(f"xl/{name}", _with_runs_apart(content))
                links.append(_link(kind, kind, name))
        new.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><workbookPr date1904="{int(self._is_1904)}"/>'
            f"<sheets>{''.join(sheets)}</sheets></workbook>",
        )
        new.writestr(_LINKS, f'<Relationships xmlns="{_PACKAGE}">{"".join(links)}</Relationships>')
        book = _link("book", "officeDocument", "xl/workbook.xml")
        new.writestr("_rels/.rels", f'<Relationships xmlns="{_PACKAGE}">{book}</Relationships>')
        new.writestr("[Content_Types].xml", f'<Types xmlns="{_TYPES}"/>')


_RUN_APART = re.compile(
    rb"""(<(?:\w+:)?rPr>(?:(?!</(?:\w+:)?(?:rPr|r|t)>).)*"""
    rb"""<(?:\w+:)?(?:vertAlign\s[^>]*su(?:per|b)script[^>]*|strike(?:\s+val\s*=\s*["'](?:1|true)["'])?\s*)/>"""
    rb"""(?:(?!</(?:\w+:)?(?:rPr|r|t)>).)*</(?:\w+:)?rPr>\s*<(?:\w+:)?t)[^>]*>([^<]*)(</(?:\w+:)?t>)""",
    re.DOTALL,
)


def _has_runs_apart(xml: bytes) -> bool:
    return (b"vertAlign" in xml or b"strike" in xml) and bool(_RUN_APART.search(xml))


def _with_runs_apart(xml: bytes) -> bytes:
    """A part in which a figure's raised or struck digits do not run into its others: 3¹ is not 31."""
    return _RUN_APART.sub(rb'\1 xml:space="preserve"> \2 \3', xml) if _has_runs_apart(xml) else xml


_MAIN_PARTS = ("xl/workbook.xml", "word/document.xml", "ppt/presentation.xml", "xl/workbook.bin")
_LINKS = "xl/_rels/workbook.xml.rels"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _link(key: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{key}" Type="{_DOCUMENT}/{kind}" Target="{target}"/>'
