"""Kinds of text that are no tables, told by how they begin."""

from __future__ import annotations

import re

_BEFORE = "\ufeffï»¿ÿþ \t\r\n"  # marks of byte order, decoded or not
_KINDS = (
    (re.compile(r"(?:mime-version|content-type|message-id|return-path|from|subject|date)\s*:.*", re.I), "MHTML"),
    (re.compile(r"[\[{]\s*[\"\[{\]}]"), "JSON"),
    (re.compile(r"ID;[PNE]"), "SYLK (.slk)"),
    (re.compile(r"TABLE\s*\n\s*0\s*,\s*1\b"), "DIF"),
    (re.compile(r"BEGIN:V(?:CARD|CALENDAR)", re.I), "vCard"),
)
_MIME = re.compile(r"^(?:mime-version|content-type)\s*:", re.IGNORECASE | re.MULTILINE)
_PAGE = re.compile(r"<(?:html|body|table|tr|div|center)\b", re.IGNORECASE)


def text_kind(text: str) -> str:
    """What a text is that is no table and no web page, "" for what may be one."""
    head = text[:4096].lstrip(_BEFORE)
    if head.startswith("<?xml") or head.startswith("<?mso-application"):
        if "office:spreadsheet" in head:
            return "XML Spreadsheet 2003"
        return "" if _PAGE.search(head) else "XML"
    kind = next((kind for begins, kind in _KINDS if begins.match(head)), "")
    return "" if kind == "MHTML" and not _MIME.search(head) else kind
