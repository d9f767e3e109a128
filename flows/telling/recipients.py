"""The recipients' table as it lies in the home."""

from __future__ import annotations

import csv

from expectations.language.catalogue import Joined, Language, Message
from flows.errors import UserError
from flows.settings import Settings
from transforms.telling.recipients import Mistake, Recipient, Recipients, read_recipients

FILE = "recipients.csv"


def recipients(settings: Settings) -> Recipients:
    """Whom the home's table names; nobody where there is none. What is wrong in it is told of, not raised."""
    try:
        return read_recipients((settings.home / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return Recipients({})
    except (UnicodeDecodeError, csv.Error):
        return _unread(Message("recipients.no-csv"))
    except OSError as error:
        return _unread(Message("recipients.unread", why=error.strerror))


def _unread(why: Message) -> Recipients:
    return Recipients({}, (Mistake(1, why),))


def recipient(name: str, settings: Settings) -> Recipient:
    """One recipient by name.

    Raises:
        UserError: none is called so; says what is wrong in the table, if anything is.
    """
    known = recipients(settings)
    for row in known.rows.values():
        if row.name.casefold() == name.strip().casefold():
            return row
    path = settings.home / FILE
    named = ", ".join(known.rows) or "–"
    mistakes = Joined(("", *_lines(known)), "\n")
    raise UserError("error.notify.nobody", name=name, path=path, names=named, mistakes=mistakes)


def said(known: Recipients, language: Language) -> list[str]:
    """What is wrong in the table, a line each."""
    return [line.says(language) for line in _lines(known)]


def _lines(known: Recipients) -> list[Message]:
    return [Message("recipients.line", file=FILE, line=str(one.line), why=one.why) for one in known.mistakes]
