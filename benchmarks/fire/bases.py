"""Small good files of every format, from invented figures, each with what it says and where."""

from __future__ import annotations

import io
import subprocess
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from shutil import which

import polars as pl

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from transforms.reading.legacy_fonts import from_font
from transforms.samples import tree, writers
from transforms.samples.invented import simulate
from transforms.samples.templates import Grid, Report, Template, lay_out
from transforms.samples.writers import write, zipped
from transforms.territory.registry import Registry

Key = tuple[str, str]
"""A measure and a cell's code."""
Figures = dict[Key, int]
Place = tuple[int, int, int]
"""Sheet, row and column, from 0."""

COMMUNE, DISTRICT = ("30157", Period(2025, 8)), ("868", Period(2024, 6))
_SENTINEL = 10_000_000
_OFFICE = {"xls": "xls:MS Excel 97", "ods": "ods:calc8", "xlsm": "xlsm:Calc MS Excel 2007 VBA XML"}
_TONES = {"\u0300": "Ì", "\u0309": "Ò", "\u0303": "Þ", "\u0301": "ì", "\u0323": "ò"}


@dataclass(frozen=True, slots=True)
class Base:
    """A good file.

    Attributes:
        name: what it is called in figures.
        kind: how a plain reader opens it: xlsx, xls, ods, html, text, parquet, zip.
        file_name: under which it is sent.
        codec, delimiter: of a text, for a plain reader.
        figures: what it says; places: where.
        grids: its sheets, where it was written from grids here; `template_kind` by what.
    """

    name: str
    kind: str
    file_name: str
    data: bytes
    reporter: str
    received_on: date
    figures: Figures
    places: dict[Place, Key]
    codec: str = ""
    delimiter: str = ""
    grids: tuple[Grid, ...] = ()
    template_kind: str = ""


def bases(registry: Registry, seed: int, with_office: bool = True) -> list[Base]:
    """Every base; without those that LibreOffice writes where it is not installed, or not to be used."""
    reports = {sender: _report(registry, seed, *sender) for sender in (COMMUNE, DISTRICT)}
    made = [_by_template(name, template, reports[sender]) for name, template, sender in _TEMPLATES]
    for name, codec, delimiter in _TEXTS:
        made.append(_as_text(name, codec, delimiter, reports[COMMUNE]))
    made += [_parquet(reports[COMMUNE]), *(_by_office(made[0]) if with_office else ())]
    made.append(_zip_of_workbook(made[0]))
    return made


_TEMPLATES: tuple[tuple[str, Template, tuple[str, Period]], ...] = (
    ("xlsx, sheets", Template("sheets", "coded", 0, "xlsx", "BC thang 8-2025.xlsx", is_numbered=True), COMMUNE),
    ("xlsx, wide", Template("wide", "coded", 1, "xlsx", "bao cao 202508.xlsx"), COMMUNE),
    ("xlsx, one below another", Template("stacked", "single", 2, "xlsx", "Bao cao thang 06 nam 2024.xlsx"), DISTRICT),
    ("xlsx, TCVN3", Template("sheets", "coded", 2, "tcvn3", "T08_2025.xlsx", zero="-"), COMMUNE),
    ("html", Template("stacked", "coded", 0, "html", "TB-08.2025.xls", is_numbered=True), COMMUNE),
    ("zip of csv", Template("sheets", "coded", 1, "zip", "BC-202508.zip", is_signed=False), COMMUNE),
)
_TEXTS = (
    ("csv, UTF-8", "utf-8-sig", ";"),
    ("tsv, UTF-8", "utf-8", "\t"),
    ("txt, UTF-16", "utf-16", "\t"),
    ("csv, Windows-1258", "cp1258", ","),
    ("txt, TCVN3", "tcvn3", "\t"),
    ("txt, VNI", "vni", "\t"),
)
_TEXT_TEMPLATE = Template("wide", "coded", 1, "csv", "bao-cao-2025-08", is_signed=False)


def _report(registry: Registry, seed: int, reporter: str, month: Period) -> Report:
    unit = next(one for one in registry.reporters_on(month.last_day) if one.unit_code == reporter)
    (figures,) = simulate(registry, seed, month, month)
    return tree.report_of(registry, figures, unit)


def _by_template(name: str, template: Template, report: Report) -> Base:
    grids = lay_out(template, report)
    kind = {"tcvn3": "xlsx", "zip": "zip", "html": "html"}.get(template.kind, template.kind)
    data = write(template.kind, grids)
    return Base(
        name, kind, template.file_name, data, *_facts(template, report), "utf-8", ",", tuple(grids), template.kind
    )


def _facts(template: Template, report: Report) -> tuple[str, date, Figures, dict[Place, Key]]:
    figures = {
        (measure, cell): int(value or 0)
        for form, rows in report.values.items()
        for cell, counts in rows.items()
        for measure, value in zip(FORMS[form].names, counts, strict=True)
    }
    return report.reporter.unit_code, report.month.due_on(3), figures, _places(template, report)


def _places(template: Template, report: Report) -> dict[Place, Key]:
    """Where each figure stands: the same report laid out with a number of its own in place of each figure."""
    keys: dict[int, Key] = {}
    marked: dict[str, dict[str, list[str | int | None]]] = {}
    for form, rows in report.values.items():
        for cell, counts in rows.items():
            numbers = range(_SENTINEL + len(keys), _SENTINEL + len(keys) + len(counts))
            keys |= {at: (measure, cell) for at, measure in zip(numbers, FORMS[form].names, strict=True)}
            marked.setdefault(form, {})[cell] = list(numbers)
    places: dict[Key, Place] = {}  # a subtotal of one cell stands before that cell's row: the later one is meant
    for sheet, grid in enumerate(lay_out(replace(template, zero=0), replace(report, values=marked))):
        for row, values in enumerate(grid.rows):
            for column, value in enumerate(values):
                if isinstance(value, int) and value in keys:
                    places[keys[value]] = (sheet, row, column)
    return {place: key for key, place in places.items()}


def _as_text(name: str, codec: str, delimiter: str, report: Report) -> Base:
    grids = lay_out(_TEXT_TEMPLATE, report)
    ending = {";": "csv", ",": "csv"}.get(delimiter, name[:3])
    data = encoded(writers._text(grids[0], delimiter), codec)
    file_name = f"{_TEXT_TEMPLATE.file_name}.{ending}"
    plain = codec if codec not in ("tcvn3", "vni", "cp1258") else "latin-1"
    return Base(name, "text", file_name, data, *_facts(_TEXT_TEMPLATE, report), plain, delimiter, tuple(grids), codec)


def encoded(text: str, codec: str) -> bytes:
    """A text in a codec of Python's, in Windows-1258, or as typed in a legacy font."""
    if codec == "tcvn3":
        return writers._to_tcvn3(text).encode("cp1252", "replace")
    if codec == "vni":
        return text.translate(_VNI).encode("cp1252", "replace")
    if codec == "cp1258":
        return b"".join(_in_1258(letter) for letter in text)
    return text.encode(codec)


def _in_1258(letter: str) -> bytes:
    """Windows-1258 has the vowels with their shapes, and the tones as characters of their own."""
    apart = unicodedata.normalize("NFD", letter)
    tones = "".join(sign for sign in apart if sign in _TONES)
    shape = unicodedata.normalize("NFC", "".join(sign for sign in apart if sign not in _TONES))
    return (shape + tones).encode("cp1258", "replace")


def _in_vni() -> Iterator[tuple[int, str]]:
    for base in "aeouyôö" + "AEOUYÔÖ":
        for mark in "ùøûõïâáàåãäêéèúüë":
            typed = base + (mark if base.islower() else mark.upper())
            letter = from_font(typed, "vni")
            if len(letter) == 1 and letter > "\x7f":
                yield ord(letter), typed
    for typed in "ôöñíìæóòîÔÖÑÍÌÆÓÒÎ":
        yield ord(from_font(typed, "vni")), typed


_VNI = dict(_in_vni())


def _parquet(report: Report) -> Base:
    reporter, day, figures, _ = _facts(_TEXT_TEMPLATE, report)
    cells = list(report.values["balance"])
    names = [name for form in report.values for name in FORMS[form].names]
    table = pl.DataFrame(
        {"cell_code": cells, "period": [str(report.month)] * len(cells)}
        | {name: [figures[name, cell] for cell in cells] for name in names}
    )
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    places = {(0, row, 2 + at): (name, cell) for row, cell in enumerate(cells) for at, name in enumerate(names)}
    return Base("parquet", "parquet", "bao cao 2025-08.parquet", buffer.getvalue(), reporter, day, figures, places)


def _by_office(base: Base) -> Iterator[Base]:
    for ending, target in _OFFICE.items():
        data = converted({"base.xlsx": base.data}, target).get("base.xlsx")
        if data is None:
            continue
        kind = "xlsx" if ending == "xlsm" else ending
        name = f"{ending}, LibreOffice"
        yield replace(base, name=name, kind=kind, file_name=f"BC thang 8-2025.{ending}", data=data, grids=())


def converted(books: dict[str, bytes], target: str) -> dict[str, bytes]:
    """Workbooks as LibreOffice writes them in another format; without those it cannot open, none where it is absent."""
    if not which("soffice"):
        return {}
    ending = target.split(":", 1)[0]
    with tempfile.TemporaryDirectory() as folder:
        there, out = Path(folder) / "in", Path(folder) / "out"
        there.mkdir()
        for name, data in books.items():
            (there / name).write_bytes(data)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", target, "--outdir", str(out)]
        subprocess.run([*command, *map(str, there.iterdir())], check=False, capture_output=True, timeout=600)
        made = {name: out / f"{Path(name).stem}.{ending}" for name in books}
        return {name: path.read_bytes() for name, path in made.items() if path.is_file()}


def _zip_of_workbook(base: Base) -> Base:
    data = zipped({base.file_name: base.data})
    return replace(base, name="zip of xlsx", kind="zip", file_name="BC-T8.zip", data=data, grids=())
