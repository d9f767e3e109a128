"""The one catalogue of what people read: a sentence is found by its key, in the language asked for.

The sentences stand in gettext files, one a language, which any editor of translations opens: `vi/messages.po` and
`en/messages.po`; beside them stand the short `help.po` of the command line, which must answer at once, and
`portal.po` of the portal's pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import PurePath
from typing import Literal, TypeAlias, Union

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")
Domain = Literal["messages", "help", "portal"]


class PeriodCode(str):
    """A month or half-year by its code (2025-06, 2025-H1), to be told as people write it."""


Value: TypeAlias = Union[str, int, date, PurePath, "Message", "Joined", None]
"""What may stand in a sentence: a text as it is, nothing for None; a count, a day, a moment, a `PeriodCode` as the
language writes it.

A number that is no count, as a submission's, is given as text: it would be grouped in thousands.
"""


class UnknownText(KeyError):
    """No sentence has this key: a mistake in the program."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True, init=False)
class Message:
    """A sentence before it is known in which language it is read."""

    key: str
    values: Mapping[str, Value]

    def __init__(self, key: str, **values: Value) -> None:
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "values", values)

    def says(self, language: Language) -> str:
        return text(self.key, language, **self.values)


@dataclass(frozen=True, slots=True)
class Joined:
    """Several values told one after the other, what stands between them the same in every language."""

    parts: tuple[Value, ...]
    by: str = ", "


class SpokenError(Exception):
    """Something a person can mend, told in the language they read: what is wrong, where, and what to do next."""

    def __init__(self, key: str, **values: Value) -> None:
        super().__init__(key)
        self.message = Message(key, **values)

    def says(self, language: Language) -> str:
        return self.message.says(language)

    def __str__(self) -> str:
        return self.says("en")


def text(key: str, language: Language, **values: Value) -> str:
    """A sentence of the catalogue with its values filled in.

    Raises:
        UnknownText: the catalogue has no such key; names those like it.
    """
    known = catalogue(language, _domain(key))
    if key not in known:
        near = ", ".join(get_close_matches(key, known, n=3)) or "none is like it"
        raise UnknownText(f"no text is called '{key}' ({near})")
    return known[key].format(**{name: _Told(_shown(value, language)) for name, value in values.items()})


class _Told(str):
    """What stands in a sentence; where the sentence has `{n:file|files}`, the word that goes with the number."""

    def __format__(self, wanted: str) -> str:
        one, bar, many = wanted.partition("|")
        if not bar:
            return super().__format__(wanted)
        return one if self == "1" else many


def _domain(key: str) -> Domain:
    begins = key.partition(".")[0]
    return "help" if begins == "help" else "portal" if begins == "portal" else "messages"


def both(key: str, **values: Value) -> str:
    """A text in Vietnamese and English at once, for what is shown before a language is set."""
    return " / ".join(dict.fromkeys(text(key, language, **values) for language in LANGUAGES))


@cache
def catalogue(language: Language, domain: Domain = "messages") -> Mapping[str, str]:
    """Every sentence of a language by its key; read when the first one is asked for."""
    return read_catalogue(files(__package__).joinpath(language, f"{domain}.po").read_text("utf-8"))


_ENTRY = re.compile(
    r"""((?:^\#.*\n)*)               # comments and marks
        ^msgid[ ]((?:".*"\s*?\n)+)   # a text may go on for several lines
        ^msgstr[ ]((?:".*"\s*?(?:\n|\Z))+)""",
    re.MULTILINE | re.VERBOSE,
)
_QUOTED = re.compile(r'^"(.*)"', re.MULTILINE)
_ESCAPED = re.compile(r"\\(.)")


def read_catalogue(source: str) -> dict[str, str]:
    """The sentences of a gettext file by their keys; one that is not translated yet, or unsure, is not there.

    To import Babel takes longer than the whole help of the command line may; that it reads the same is tested.
    """
    entries = ((marks, _joined(key), _joined(said)) for marks, key, said in _ENTRY.findall(source))
    return {key: said for marks, key, said in entries if key and said and not _is_unsure(marks)}


def _joined(quoted: str) -> str:
    text = "".join(_QUOTED.findall(quoted))
    return _ESCAPED.sub(lambda found: {"n": "\n", "t": "\t", "r": "\r"}.get(found[1], found[1]), text)


def _is_unsure(marks: str) -> bool:
    return any(line.startswith("#,") and "fuzzy" in line for line in marks.splitlines())


def _shown(value: Value, language: Language) -> str:
    from expectations.language import numbers

    if isinstance(value, float):
        raise TypeError("a share, a rate and a change are each written in their own way: see numbers")
    if isinstance(value, Message):
        return value.says(language)
    if isinstance(value, Joined):
        return value.by.join(_shown(part, language) for part in value.parts)
    if isinstance(value, PeriodCode):
        return numbers.period(value, language)
    if isinstance(value, date):
        return numbers.moment(value, language)
    if isinstance(value, int):
        return numbers.count(value, language)
    return "" if value is None else str(value)
