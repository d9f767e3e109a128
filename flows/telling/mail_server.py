"""A mail server to which letters are handed: under TLS with a certificate that is checked, or not at all.

Which server, user and way stands in an Apprise address. Apprise itself neither tells attachments' names by RFC 2231
nor lets a message keep its Message-ID from one try to the next, so the letter is made and handed over here.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

from flows.errors import UserError

if TYPE_CHECKING:
    from apprise.plugins.email.base import NotifyEmail

LONGEST_TRY = 600.0
"""Seconds one letter may take in all, however slowly the server answers; each answer has `cto` of the address."""


class InDoubt(Exception):
    """The whole letter went out and no answer came: the server may have taken it or not."""


def hand_over(server: NotifyEmail, message: EmailMessage, own_ca: Path | None = None) -> None:
    """Hand a letter to a mail server, which takes it for all of its recipients or for none.

    Args:
        own_ca: certificates that are believed in place of the system's.

    Raises:
        UserError: the connection is not safe; says what to do.
        InDoubt: it may have been taken.
        OSError, smtplib.SMTPException: it was not taken.
    """
    people = [server.targets[0][1], *sorted(server.cc), *sorted(server.bcc)]
    with _session(server, own_ca) as session:
        _accepted(session.mail(server.from_addr[1]), smtplib.SMTPResponseException)
        for address in people:
            _accepted(session.rcpt(address), smtplib.SMTPResponseException)
        _accepted(_data(session, message.as_bytes()), smtplib.SMTPDataError)


def _accepted(answer: tuple[int, bytes], refusal: type[smtplib.SMTPResponseException]) -> None:
    code, words = answer
    if code not in (250, 251):
        raise refusal(code, words)


def _data(session: smtplib.SMTP, letter: bytes) -> tuple[int, bytes]:
    try:
        return session.data(letter)
    except smtplib.SMTPDataError:
        raise
    except (OSError, smtplib.SMTPException) as error:
        raise InDoubt(str(error)) from error


@contextmanager
def _session(server: NotifyEmail, own_ca: Path | None) -> Iterator[smtplib.SMTP]:
    """A connection that is safe where the address asks for it, with its user known; closed with the block."""
    _refuse_unsafe(server)
    try:
        session = _connected(server, own_ca)
    except ssl.SSLCertVerificationError as error:
        raise _distrust(server.smtp_host, error) from error
    try:
        session.ehlo_or_helo_if_needed()
        if server.user and server.password:
            session.login(server.user, server.password)
        yield session
    finally:
        with suppress(OSError, smtplib.SMTPException):  # what was answered holds, however the parting goes
            session.quit()
        session.close()


def _connected(server: NotifyEmail, own_ca: Path | None) -> smtplib.SMTP:
    place = server.smtp_host, server.port
    patience = server.socket_connect_timeout
    if server.secure_mode == "ssl":
        return _TlsSession(*place, timeout=patience, context=_trust(own_ca))
    session = _Session(*place, timeout=patience)
    if server.secure_mode == "starttls":
        try:
            _start_tls(session, server.smtp_host, own_ca)
        except BaseException:
            session.close()
            raise
    return session


def _start_tls(session: smtplib.SMTP, host: str, own_ca: Path | None) -> None:
    try:
        session.starttls(context=_trust(own_ca))
    except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException) as error:
        raise UserError("error.post.no-tls", host=host) from error


def _trust(own_ca: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=own_ca)
    except OSError as error:
        raise UserError("error.post.no-ca", path=own_ca) from error


def _distrust(host: str, error: ssl.SSLCertVerificationError) -> UserError:
    match error.verify_code:
        case 10:  # X509_V_ERR_CERT_HAS_EXPIRED
            return UserError("error.post.certificate.expired", host=host)
        case 9:  # X509_V_ERR_CERT_NOT_YET_VALID
            return UserError("error.post.certificate.not-yet", host=host)
        case 62 | 64:  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
            return UserError("error.post.certificate.other-name", host=host)
        case _:
            return UserError("error.post.certificate.unknown", host=host)


def _refuse_unsafe(server: NotifyEmail) -> None:
    """Nobody may switch the check off, and nothing goes in clear that was to be enciphered by PGP."""
    if not server.verify_certificate:
        raise UserError("error.post.unchecked")
    if server.pgp_mode != "no":
        raise UserError("error.post.pgp")


class _Timed:
    """A session that is hung up on when it takes too long in all: each answer alone may come in time for ever."""

    sock: socket.socket | None
    _bell: Timer | None = None

    def connect(self, *place: Any, **more: Any) -> tuple[int, bytes]:
        self._bell = Timer(LONGEST_TRY, self._hang_up)
        self._bell.daemon = True
        self._bell.start()
        try:
            answer: tuple[int, bytes] = super().connect(*place, **more)  # type: ignore[misc]
        except BaseException:
            self._bell.cancel()
            raise
        return answer

    def close(self) -> None:
        if self._bell:
            self._bell.cancel()
        super().close()  # type: ignore[misc]

    def _hang_up(self) -> None:
        if self.sock is not None:
            with suppress(OSError):
                # Below TLS, whose state another thread is using.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class _Session(_Timed, smtplib.SMTP):
    """One that begins in clear."""


class _TlsSession(_Timed, smtplib.SMTP_SSL):
    """One under TLS from its first byte."""
