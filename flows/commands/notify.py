"""`mobility notify`: a test message to one recipient, and what waits in the outbox sent or shown."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from rich.console import Console
from rich.markup import escape

from expectations.language.catalogue import text
from flows.clock import now, today
from flows.errors import DONE, FAULTY, UserError
from flows.home import open_home
from flows.settings import Settings, load_settings
from flows.telling.delivery import DeliveryOutcome
from flows.telling.failures import failure_notes
from flows.telling.post import Parcel, Post
from flows.telling.recipients import recipient, recipients, said
from flows.telling.tell import outdated, send_waiting, untold
from warehouse.board import outbox


def run_test(name: str) -> None:
    """Send one recipient a test message, in quiet hours too, since somebody asks for it.

    Raises:
        UserError: there is no such recipient, or it could not be reached; says why.
    """
    settings = load_settings()
    to = recipient(name, settings)
    at = now(settings.timezone)
    number = sha256(f"test\n{to.name}\n{at}".encode()).hexdigest()[:32]
    body = text("letter.test.body", to.language, name=to.name) + "\n"
    failure = Post(settings).send(to, Parcel(number, text("letter.test.subject", to.language), body))
    if failure:
        raise UserError("error.notify.unreached", name=to.name, why=failure.why)
    Console().print(text("notify.tested", settings.language, name=to.name), markup=False)


def run_send(dry_run: bool) -> int:
    """Send what waits, or print it; 1 where a recipient's row is wrong or a try was in vain."""
    settings = load_settings()
    console = Console()
    mistakes = said(recipients(settings), settings.language)
    if dry_run:
        _show(settings, console)
        told = DeliveryOutcome()
    else:
        told = send_waiting(settings)
        console.print(text("notify.sent", settings.language, sent=told.sent, waiting=told.waiting))
        for name, error in told.errors:
            console.print(escape(f"{name}: {error}"), style="red")
    for line in mistakes:
        console.print(escape(line), style="red")
    return FAULTY if mistakes or told.errors else DONE


def _show(settings: Settings, console: Console) -> None:
    """Print every message that would go, to whom, and what would hold it back; nothing is sent or noted."""
    known, day, at = recipients(settings), today(settings.timezone), now(settings.timezone).time()
    with open_home(settings) as con:
        gone = set(outdated(con, known, day))
        waiting = [
            (m["recipient"], m["subject"], m["body"], m["attachments"])
            for m in outbox.waiting(con)
            if m["message_id"] not in gone
        ]
        waiting += [(one.recipient, one.subject, one.body, one.attachments) for one in untold(con, known, day)]
    with failure_notes(settings) as notes:
        waiting += [(m["recipient"], m["subject"], m["body"], m["attachments"]) for n in notes for m in n.waiting()]
    for name, subject, body, attachments in waiting:
        to = known.rows.get(name)
        held = "notify.absent" if to is None else "notify.quiet" if to.is_quiet(at) else ""
        _show_one(name, subject, body, attachments, text(held, settings.language) if held else "", console)
    if not waiting:
        console.print(text("notify.none", settings.language))


def _show_one(name: str, subject: str, body: str, attachments: Iterable[str], held: str, console: Console) -> None:
    console.rule(escape(f"{name} {held}".strip()), align="left")
    console.print(escape(subject), style="bold", soft_wrap=True)
    console.print(escape(body), soft_wrap=True, highlight=False)
    for path in attachments:
        console.print(escape(f"+ {path}"), soft_wrap=True, highlight=False)
