"""OpenDocument spreadsheets written by hand."""

from __future__ import annotations

from transforms.samples.writers import zipped


def spreadsheet_of(content: str) -> bytes:
    """A spreadsheet of that content.xml."""
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "content.xml": content.encode(), "META-INF/manifest.xml": b"<manifest/>"})
