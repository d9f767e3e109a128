"""The markup within workbooks, walked through with care for what strangers may have put there."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from xml.parsers import expat

from transforms.reading.grid import UNREADABLE, Refused


def parse_xml(xml: bytes, start: Any, end: Any = None, text: Any = None) -> None:
    """Walk through a part's markup, whatever its prefixes, quotes and encoding: names come as "namespace name".

    Raises:
        Refused: unreadable-file for markup that is none, or that declares entities.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.EntityDeclHandler = _refuse_entities
    parser.buffer_text = True
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError) as error:
        raise Refused("unreadable-file", UNREADABLE) from error


def _refuse_entities(*_: Any) -> None:
    raise Refused("unreadable-file", "trang tính khai báo thực thể XML")


@lru_cache(maxsize=4096)
def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition(" ")[2]
