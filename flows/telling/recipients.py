"""The recipients' table as it lies in the home."""

from __future__ import annotations

import csv

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
        return _unread(
            "tệp không phải CSV bảng mã UTF-8; lưu lại là «CSV UTF-8»",
            "this is no CSV in UTF-8; save it as 'CSV UTF-8'",
        )
    except OSError as error:
        return _unread(
            f"không đọc được tệp ({error.strerror}); sửa quyền đọc",
            f"the file cannot be read ({error.strerror}); mend its permissions",
        )


def _unread(vi: str, en: str) -> Recipients:
    return Recipients({}, (Mistake(1, vi, en),))


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
    raise UserError(
        "\n".join([f"Không có người nhận «{name}» trong {path}. Đang có: {named}.", *said(known, "vi")]),
        "\n".join([f"There is no recipient '{name}' in {path}. There are: {named}.", *said(known, "en")]),
    )


def said(known: Recipients, language: str) -> list[str]:
    """What is wrong in the table, a line each."""
    if language == "vi":
        return [f"{FILE}, dòng {one.line}: {one.vi}." for one in known.mistakes]
    return [f"{FILE}, line {one.line}: {one.en}." for one in known.mistakes]
