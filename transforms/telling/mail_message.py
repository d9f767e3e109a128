"""A mail as it goes over the wire: subject, sender and attachments' names as mail readers old and new understand them.

A name with other letters than ASCII's is told by RFC 2231 in Content-Disposition, and once more in Content-Type, there
in ASCII, for readers that know no RFC 2231. Both in Content-Disposition would be read as one parameter given twice:
Python's older parser takes the ASCII one then.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Party = tuple[str, str]
"""A name, "" where there is none, and an address."""

# Seven bits: a server need not take eight.
_WIRE = SMTP.clone(cte_type="7bit")
_LONGEST_PLAIN = 60  # letters of a name in ASCII, which has its line to itself
_UNSAID = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_UNSAFE = re.compile(r'[^ -~]|["\\/:*?<>|]')
_STROKED = str.maketrans("đĐ", "dD")


@dataclass(frozen=True, slots=True)
class Heading:
    """Who writes to whom.

    Attributes:
        number: the message's number, the same in every try.
        copies: addresses that get a copy and are named.
        replies: addresses to which answers go, the sender's where there is none.
        more: other headers.
        written_at: with its time zone.
    """

    number: str
    sender: Party
    to: Party
    written_at: datetime
    copies: Sequence[str] = ()
    replies: Sequence[str] = ()
    more: Mapping[str, str] = field(default_factory=dict)


def mail_message(heading: Heading, subject: str, body: str, files: Mapping[str, bytes]) -> EmailMessage:
    """A mail in plain text with workbooks attached.

    Raises:
        ValueError: an address or one of the other headers is none.
    """
    message = EmailMessage(policy=_WIRE)
    for name, said in heading.more.items():
        message[name] = said
    message["Subject"] = " ".join(subject.split())
    message["From"] = _address(heading.sender)
    message["To"] = _address(heading.to)
    if heading.copies:
        message["Cc"] = [_address(("", one)) for one in heading.copies]
    if heading.replies:
        message["Reply-To"] = [_address(("", one)) for one in heading.replies]
    message["Date"] = format_datetime(heading.written_at)
    message["Message-ID"] = f"<{heading.number}@{heading.sender[1].rpartition('@')[2]}>"
    message.set_content(body)
    for name, content in files.items():
        _attach(message, name, content)
    return message


def plain_name(name: str) -> str:
    """A file's name in letters of ASCII, short enough for one line: "Biểu tháng 6.xlsx" is "Bieu thang 6.xlsx"."""
    letters = unicodedata.normalize("NFD", name.translate(_STROKED))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    stem, dot, ending = _UNSAFE.sub("_", bare).rpartition(".")
    if not dot:
        return ending[:_LONGEST_PLAIN]
    return f"{stem[: _LONGEST_PLAIN - len(ending) - 1]}.{ending}"


def _address(party: Party) -> Address:
    name, address = party
    return Address(" ".join(name.split()), addr_spec=address)


def _attach(message: EmailMessage, name: str, content: bytes) -> None:
    # Composed: a reader on Windows shows the marks of a decomposed name beside its letters.
    whole = _UNSAID.sub("_", unicodedata.normalize("NFC", name))
    kind, subkind = XLSX.split("/")
    message.add_attachment(content, maintype=kind, subtype=subkind, filename=whole, params={"name": plain_name(whole)})
