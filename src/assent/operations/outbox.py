"""Mail is put down here, and sent later by whoever sends: `assent mail send`, or a thread of `assent serve`.

Steps of sending:

1. claim some rows whose turn it is, so that no other process sends them at the same time;
2. hand each to the mail server, many over one connection;
3. note what the server said.

A crash between 2 and 3 sends a mail that was taken once more when its claim is over, with the same Message-ID, so that
a mailbox can tell. A crash between 1 and 2 delays it by as much. None is lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from assent.desk.outbox import Mail, add_mails
from assent.errors import InputError
from assent.mail.message import Letterhead, check_address, render, require_template
from assent.operations.platform import Platform
from assent.vocabulary.identifiers import MemberId, NoticeId

_ID_BYTES = 12


def put_mail(
    platform: Platform,
    *,
    address: str,
    language: str,
    template: str,
    words: Mapping[str, Any],
    member: str | None = None,
    notice: str | None = None,
    is_reminder: bool = False,
) -> str:
    """The mail lies in the outbox, whole and durable; gives its id, which is in its Message-ID too.

    Args:
        template: the name of a file in `mail/templates`, without `.txt`.
        words: what it says: JSON values.
        notice: the notice whose delivery it is, or that it reminds of.
        is_reminder: one can unsubscribe from it.

    Raises:
        InputError: the address is none or would write headers; there is no such template; a word cannot be stored.
    """
    mail = new_mail(
        platform, address=address, language=language, template=template, words=words, member=member, notice=notice,
        is_reminder=is_reminder,
    )  # fmt: skip
    if "\\u0000" in json.dumps(dict(words)):
        raise InputError("a text of the mail holds a character that is no text")
    render(template, language, {"unsubscribe": ""} | dict(words), letterhead_of(platform))
    add_mails(platform.desk, [mail])
    return mail.id


def new_mail(
    platform: Platform,
    *,
    address: str,
    language: str,
    template: str,
    words: Mapping[str, Any],
    member: str | None = None,
    notice: str | None = None,
    is_reminder: bool = False,
) -> Mail:
    """A mail that can be put down, as `put_mail` checks it."""
    require_template(template)
    return Mail(
        id=platform.entropy(_ID_BYTES).hex(),
        address=check_address(address),
        language=language,
        template=template,
        words=dict(words),
        next_at=platform.clock(),
        member=None if member is None else MemberId(member),
        notice=None if notice is None else NoticeId(notice),
        is_reminder=is_reminder,
    )


def letterhead_of(platform: Platform) -> Letterhead:
    """What every mail of the platform has in common."""
    said = platform.workspace.text
    return Letterhead(said("mail.sender"), platform.name, said("portal.address").rstrip("/"))
