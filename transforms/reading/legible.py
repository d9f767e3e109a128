"""A file's sheets with every text in Unicode, however it was typed."""

from __future__ import annotations

from transforms.reading import legacy_fonts
from transforms.reading.headings import LABELS
from transforms.reading.package import Zips
from transforms.reading.sheets import Sheet, map_texts, open_sheets
from transforms.reading.units import Directory


def legible_sheets(
    data: bytes, name: str, directory: Directory | None = None, zips: Zips | None = None
) -> tuple[list[Sheet], str]:
    """The file's sheets with every text in Unicode, and how the text was written.

    Args:
        data, name: the file's.
        directory: the registry, whose names settle what could be read in several fonts.
        zips: keeps those that are opened, for whoever looks into them next.

    Raises:
        Refused: the file is no table.
    """
    sheets = open_sheets(data, name, zips)
    encoding = next((sheet.encoding for sheet in sheets if sheet.encoding), "")
    for sheet in sheets:
        if not sheet.encoding:
            encoding = _from_legacy_fonts(sheet, directory) or encoding
    return sheets, encoding


def _from_legacy_fonts(sheet: Sheet, directory: Directory | None) -> str:
    """Turn a sheet's texts typed in TCVN3 or VNI fonts into Unicode; the font, "" where there was none."""

    def knows(text: str) -> bool:
        return LABELS.knows(text) or (directory is not None and directory.knows(text))

    turned, font = legacy_fonts.readings(list(sheet.texts), knows)
    if not turned:
        return ""
    map_texts(sheet, lambda text: turned.get(text, text))
    return font
