"""What a bounced message says: which mail came back, and whether for good.

A mail server pipes it in as it came. Which mail it is about is in the address it came to (VERP), else in the message it
returns. Source: RFC 3464 (delivery status), RFC 3463 (status codes), RFC 6522 (multipart/report).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from typing import Final

from assent.errors import InputError

LARGEST: Final = 16 << 20
_IDENT = re.compile(r"bounces\+([0-9a-f]{24})@", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<([0-9a-f]{24})@[^<>\s]+>")
_STATUS = re.compile(r"\s*([245])\.\d{1,3}\.\d{1,3}")
_CAME_TO: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_MOST_DETAIL: Final = 300


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that came back.

    Args:
        ident: the id of the mail.
        permanent: it will not arrive; else it is only late, and its server goes on trying.
    """

    ident: str
    permanent: bool
    detail: str


def read_bounce(data: bytes) -> Bounce:
    """The bounce that the bytes are.

    Raises:
        InputError: they are no report about the delivery of a mail, or do not say of which.
    """
    if len(data) > LARGEST:
        raise InputError("the message is too large to be a report about a mail")
    message = message_from_bytes(data, policy=compat32)
    groups = list(_groups(message))
    if not groups:
        raise InputError("this is no report about the delivery of a mail",
                         hint="give a message of the type multipart/report (RFC 3464) as it came")  # fmt: skip
    ident = _ident(message)
    if ident is None:
        raise InputError("the report does not say which mail it is about", hint="it is about no mail sent from here")
    failed = [each for each in groups if _is_final(each)]
    told = (failed or groups)[0]
    words = str(told.get("Diagnostic-Code") or told.get("Status") or told.get("Action") or "no reason given")
    return Bounce(ident, bool(failed), " ".join(words.split())[:_MOST_DETAIL])


def _groups(message: Message) -> Iterator[Message]:
    """What is said of each recipient; the first group, about the message as a whole, names no action."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            given = part.get_payload()
            groups = given if isinstance(given, list) else []
            yield from (each for each in groups if isinstance(each, Message) and each.get("Action"))


def _is_final(group: Message) -> bool:
    """`failed` with a status that is permanent, or with none that can be read."""
    if str(group.get("Action", "")).strip().lower() != "failed":
        return False
    status = _STATUS.match(str(group.get("Status", "")))
    # A server that gave up on a temporary failure (4.x.x with `failed`) does not try again either.
    return status is None or status[1] != "2"


def _ident(message: Message) -> str | None:
    for name in _CAME_TO:
        for value in message.get_all(name, []):
            found = _IDENT.search(str(value))
            if found:
                return found[1].lower()
    for part in message.walk():
        if part is not message and part.get("Message-ID"):
            found = _MESSAGE_ID.search(str(part["Message-ID"]))
            if found:
                return found[1]
        if part.get_content_type() == "text/rfc822-headers":
            found = _MESSAGE_ID.search(str(part.get_payload()))
            if found:
                return found[1]
    return None
