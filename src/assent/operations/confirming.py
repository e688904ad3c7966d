"""Somebody without an account objects or claims: nothing counts before they confirmed their address by e-mail.

Whoever asks is answered the same, for every address: nothing is looked up about it before its owner used the link.
The same work is done for each, too: one row, one mail. Only too many from one address end in silence.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from assent.desk.limits import count_visit
from assent.desk.links import make_link, see_link, take_link
from assent.desk.objections import CLAIM, OBJECTION, STATUS_ERRAND, Case
from assent.desk.sessions import digest_of
from assent.errors import InputError
from assent.operations.claims import Seen, receive_claim
from assent.operations.contact import Contact, clean_words
from assent.operations.objection_mail import ask_to_confirm
from assent.operations.objections import purpose_of, receive, standing
from assent.operations.platform import Platform

CONFIRM_ERRAND: Final = "objection.confirm"
LASTS: Final = timedelta(hours=48)
PER_ADDRESS: Final = 5
"""Mails to one address that anybody can cause in a day."""

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to object to or claim, until they confirm it.

    Args:
        seen: for a claim.
    """

    kind: str
    purpose: str
    contact: Contact
    words: str
    about: str
    language: str
    seen: Seen | None = None
    take_back: bool = True

    def to_text(self) -> str:
        """As a link keeps it."""
        fields: dict[str, Any] = {name: getattr(self, name) for name in Asked.__slots__}
        fields["contact"] = [self.contact.address, self.contact.name]
        fields["seen"] = None if self.seen is None else self.seen.to_text()
        return json.dumps(fields, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> Asked:
        """What a link kept."""
        fields = json.loads(text)
        fields["contact"] = Contact(*fields["contact"])
        fields["seen"] = None if fields["seen"] is None else Seen(**json.loads(fields["seen"]))
        return cls(**fields)


def ask(
    platform: Platform,
    *,
    purpose: str,
    contact: Contact,
    words: str,
    about: str = "",
    language: str = "en",
    seen: Seen | None = None,
) -> None:
    """A mail with a link is on its way to the address; nothing else happened.

    Raises:
        InputError: there is no such use, or a text cannot be kept.
    """
    kind = OBJECTION if seen is None else CLAIM
    name = purpose_of(platform, purpose).name
    asked = Asked(kind, name, contact, clean_words(words), clean_words(about), language, seen)
    now = platform.clock()
    visits, _ = count_visit(platform.desk, "objection.ask", contact.address, span_seconds=_DAY, now=now)
    secret = make_link(platform.desk, CONFIRM_ERRAND, asked.to_text(), now=now, lasts=LASTS, entropy=platform.entropy)
    if visits <= PER_ADDRESS:
        ask_to_confirm(platform, asked.contact.address, language, kind, secret)


def confirmable(platform: Platform, secret: str) -> Asked | None:
    """What the link would confirm; None where it was used or is over."""
    found = see_link(platform.desk, CONFIRM_ERRAND, secret, now=platform.clock())
    return None if found is None else Asked.from_text(found)


def confirm(platform: Platform, secret: str) -> Case:
    """What was asked is received, and the link works no more.

    Raises:
        InputError: there is no such link, or it was used or is over.
    """
    asked = confirmable(platform, secret)
    if asked is None:
        raise InputError("this link is not valid any more", hint="it works once, for 48 hours; send the form again")
    link = digest_of(secret)
    common: dict[str, Any] = {"purpose": asked.purpose, "contact": asked.contact, "words": asked.words,
                              "language": asked.language, "by": "e-mail", "link": link}  # fmt: skip
    if asked.seen is not None:
        return receive_claim(platform, seen=asked.seen, take_back=asked.take_back, **common)
    case = receive(platform, about=asked.about, **common)
    # Where it belonged to an objection that is open already, nothing used the link up.
    take_link(platform.desk, CONFIRM_ERRAND, secret, now=platform.clock())
    return case


def case_by_link(platform: Platform, secret: str) -> Case | None:
    """The case that the link in a mail shows; None where there is none, or it is over."""
    found = see_link(platform.desk, STATUS_ERRAND, secret, now=platform.clock())
    return None if found is None else standing(platform, found)
