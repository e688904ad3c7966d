"""A mail server that takes messages: one connection for many, and what it said to each.

    smtp://host:25            encrypted where the server offers it
    smtp+starttls://host:587  encrypted, or nothing is sent
    smtps://host:465          encrypted from the first byte

A password goes over an encrypted connection only.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from assent.errors import InputError, UnavailableError

PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
TIMEOUT_SECONDS: Final = 30
MOST_PER_CONNECTION: Final = 500
_PERMANENT: Final = 500
_MOST_DETAIL: Final = 300


class Said(StrEnum):
    """What a server said to one message."""

    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of handing one message over; `detail` is the server's, on one line."""

    said: Said
    detail: str


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a mail server is, and who says so to it."""

    scheme: str
    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str, *, user: str | None = None, password: str | None = None) -> ServerAddress:
        """The server that the URL names.

        Raises:
            InputError: it names none.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise _no_server() from None
        if parts.scheme not in PORTS or not parts.hostname or parts.username or parts.path.strip("/") or parts.query:
            raise _no_server()
        return cls(parts.scheme, parts.hostname, port or PORTS[parts.scheme], user, password)


class Postman:
    """A connection to a mail server, made when it is needed and made anew when it was lost. For one thread.

    Args:
        context: which certificates are believed.
    """

    def __init__(
        self,
        server: ServerAddress,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._server = server
        self._timeout = timeout_seconds
        self._context = context or ssl.create_default_context()
        self._connection: smtplib.SMTP | None = None
        self._handed = 0

    def connect(self) -> smtplib.SMTP:
        """There is a connection that answers.

        Raises:
            UnavailableError: the server cannot be reached, is not encrypted where it must be, or refuses the login.
        """
        if self._handed >= MOST_PER_CONNECTION:
            self.close()
        if self._connection is None:
            self._connection, self._handed = self._connected(), 0
        return self._connection

    def hand_over(self, message: EmailMessage, *, sender: str, to: str) -> Answer:
        """The server has answered for this message; a server that is lost meanwhile may have taken it.

        Raises:
            UnavailableError: there is no connection; the message was not handed over.
        """
        connection = self.connect()
        self._handed += 1
        try:
            connection.sendmail(sender, [to], message.as_bytes())
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            return self._answer(code, said)
        except smtplib.SMTPResponseException as error:
            return self._answer(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Answer(Said.LATER, f"the connection was lost: {_one_line(str(error))}")
        return Answer(Said.ACCEPTED, "accepted")

    def close(self) -> None:
        """There is no connection any more."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, code: int, said: bytes | str) -> Answer:
        detail = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        if code == 421:  # noqa: PLR2004 - RFC 5321 §3.8: the server closes the connection
            self.close()
        return Answer(Said.REFUSED if code >= _PERMANENT else Said.LATER, _one_line(f"{code} {detail}"))

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        made: smtplib.SMTP | None = None
        try:
            if server.scheme == "smtps":
                made = smtplib.SMTP_SSL(server.host, server.port, timeout=self._timeout, context=self._context)
            else:
                made = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
            self._secure(made)
        except (OSError, smtplib.SMTPException) as error:
            if made is not None:
                made.close()
            raise UnavailableError(
                f"the mail server `{server.host}:{server.port}` cannot be used: {_one_line(str(error))}",
                hint="look at [mail] server; mail that waits is sent when it can be",
            ) from None
        return made

    def _secure(self, made: smtplib.SMTP) -> None:
        server, encrypted = self._server, self._server.scheme == "smtps"
        made.ehlo_or_helo_if_needed()
        if server.scheme == "smtp+starttls" or (server.scheme == "smtp" and made.has_extn("starttls")):
            made.starttls(context=self._context)
            made.ehlo()
            encrypted = True
        if server.user is not None:
            if not encrypted:
                raise smtplib.SMTPException("it is not encrypted, and the password is not sent in the clear")
            made.login(server.user, server.password or "")


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_MOST_DETAIL]


def _no_server() -> InputError:
    return InputError(
        "[mail] server names no mail server", hint="write it like smtp://localhost:25 or smtps://mail.example.org"
    )
