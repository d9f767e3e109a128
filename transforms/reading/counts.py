"""What a cell says as a count: a whole number, nothing at all, or something that is no count."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from transforms.reading.folding import plain_characters

_GROUPED = re.compile(r"-?[1-9]\d{0,2}(\.\d{3})+", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,15}", re.ASCII)
_ROUNDED = re.compile(r"-?\d{1,9}\.(?:0{9,}|9{9,})\d*", re.ASCII)  # a whole number as a program calculates it
_NOISE = 1e-9  # what calculation in binary fractions adds to or takes from a whole number
LARGEST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class NotACount:
    """A value that stands where a count belongs and is none; `text` as the sender sees it."""

    text: str


class CountMemory(dict[Any, int | None | NotACount]):
    """The count each value stands for, remembered: the same few values come again and again.

    A blank gives None. Text may group thousands by full stops (`1.234`) and write nothing as a dash; a number may not
    have decimals beyond what calculation leaves (54.00000000000001). Nothing is repaired: `1,5`, `12.0` as text and
    words are no counts.
    """

    def __missing__(self, value: Any) -> int | NotACount | None:
        result = self[value] = _count(value)
        return result


def read_counts(values: Sequence[Any], counts: CountMemory) -> list[int | NotACount | None]:
    """The counts of a column, through the memory of what was met before."""
    if bool in set(map(type, values)):  # True equals 1 as a key
        return [NotACount("TRUE" if v else "FALSE") if type(v) is bool else counts[v] for v in values]
    return list(map(counts.__getitem__, values))


def _count(value: Any) -> int | NotACount | None:
    if value is None:
        return None
    if isinstance(value, (int, float)):
        if not math.isfinite(value):
            return NotACount(str(value))
        whole = round(value)
        return whole if abs(value - whole) <= _NOISE and abs(whole) < LARGEST else NotACount(f"{value:.10g}")
    if isinstance(value, str):
        return _count_in_text(value)
    if isinstance(value, datetime):
        return NotACount(f"{value:%d/%m/%Y}")
    if isinstance(value, date):
        return NotACount(f"{value:%d/%m/%Y}")
    if isinstance(value, time):
        return NotACount(f"{value:%H:%M}")
    return NotACount(str(value))


def _count_in_text(value: str) -> int | NotACount | None:
    text = plain_characters(value)
    if not text:
        return None
    if text == "-":
        return 0
    if _GROUPED.fullmatch(text):
        text = text.replace(".", "")
    if _ROUNDED.fullmatch(text):
        text = str(round(float(text)))
    if _WHOLE.fullmatch(text) and abs(number := int(text)) < LARGEST:
        return number
    return NotACount(value.strip()[:200])
