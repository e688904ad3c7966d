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
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, Final

from assent.desk.notices import Published, all_notices
from assent.desk.outbox import (
    BOUNCED,
    CLAIMED_FOR,
    GIVEN_UP,
    SENT,
    WAITING,
    Mail,
    accepted_before,
    add_mails,
    bounce_mail,
    claim_due,
    mark_delivered,
    settle_mails,
)
from assent.errors import AssentError, InputError
from assent.mail.bounce import Bounce, read_bounce
from assent.mail.message import Letterhead, check_address, compose, render, require_template
from assent.mail.server import Postman, Said, ServerAddress
from assent.operations.platform import Platform
from assent.operations.workspace import NOT_STATED
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import MemberId, NoticeId

_CONFIRMED_AT_ONCE = 1000
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
    # What is filled in at sending stands empty here; every other word must be there already.
    later = {"unsubscribe": ""} | ({} if notice is None else {"title": "", "text": ""})
    render(template, language, later | dict(words), letterhead_of(platform))
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


WAITS: Final = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 120, 240, 480, 720, 1440, 1440, 1440, 1440))
"""Before the second try, the third and so on, some five days in all; after the last of them a mail is given up."""
AT_ONCE: Final = 100
EVERY_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the mails whose turn it was; a mail that is tried later counts under `later`."""

    accepted: int = 0
    later: int = 0
    bounced: int = 0
    given_up: int = 0

    @property
    def total(self) -> int:
        """How many were tried."""
        return self.accepted + self.later + self.bounced + self.given_up


def postman_of(platform: Platform, *, environ: Mapping[str, str] = os.environ) -> Postman:
    """A connection to the mail server that `[mail]` names.

    Raises:
        InputError: it names none, or no sender; or the password cannot be read.
    """
    said = platform.workspace.text
    if NOT_STATED in {said("mail.server"), said("mail.sender")}:
        raise InputError("no mail server is set up", hint="say `server` and `sender` under [mail] in assent.toml")
    check_address(said("mail.sender"))
    user = None if said("mail.user") == NOT_STATED else said("mail.user")
    return Postman(ServerAddress.parse(said("mail.server"), user=user, password=_password(platform, environ)))


def send_due(
    platform: Platform,
    *,
    postman: Postman | None = None,
    most: int | None = None,
    stop: threading.Event | None = None,
) -> Sent:
    """Every mail whose turn it is was handed to the mail server, as many as a minute allows.

    Args:
        most: no more than so many.

    Raises:
        InputError: no mail server is set up.
        UnavailableError: it cannot be reached; the mails wait, and no try is counted.
    """
    counted: Counter[str] = Counter()
    with postman or postman_of(platform) as connection:
        while stop is None or not stop.is_set():
            left = AT_ONCE if most is None else min(AT_ONCE, most - counted.total())
            limit = max(1, platform.workspace.number("mail.per_minute"))
            claimed = claim_due(platform.desk, now=platform.clock(), most=left, per_minute=limit)
            if not claimed:
                break
            counted += _send(platform, connection, claimed)
    return Sent(counted[SENT], counted[WAITING], counted[BOUNCED], counted[GIVEN_UP])


def mail_loop(platform: Platform, stop: threading.Event) -> None:
    """Until `stop` is set, mail is sent when its turn comes, and notices count as delivered when no bounce came."""
    wait = EVERY_SECONDS
    while not stop.is_set():
        try:
            send_due(platform, stop=stop)
            confirm_deliveries(platform)
            wait = EVERY_SECONDS
        except InputError:
            return  # no mail server is set up: who sends by `assent mail send` does it elsewhere
        except (AssentError, OSError):
            wait = min(wait * 2, 60.0)
        stop.wait(wait)


@contextmanager
def sending_mail(platform: Platform) -> Iterator[None]:
    """Mail is sent by a thread during the block."""
    stop = threading.Event()
    thread = threading.Thread(target=mail_loop, args=(platform, stop), name="mail", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=60)


def note_bounce(platform: Platform, data: bytes) -> Bounce:
    """What the message says of a mail of ours is known; one that is only late stays as it is.

    Raises:
        InputError: it is no report about a mail, or about none of ours.
    """
    bounce = read_bounce(data)
    if bounce.permanent and bounce_mail(platform.desk, bounce.ident, bounce.detail) is None:
        raise InputError("the report is about no mail that was sent from here")
    return bounce


def confirm_deliveries(platform: Platform) -> int:
    """Notices that a mail server took, and of which no bounce came for `mail.bounce_hours`, are delivered.

    The ledger says so with the moment at which the mail was taken. Accepted is not delivered: until then it says
    nothing. A crash after the append changes nothing: who has been told already is not recorded again.
    """
    before = platform.clock() - timedelta(hours=platform.workspace.number("mail.bounce_hours"))
    told = 0
    while True:
        mails = accepted_before(platform.desk, before, most=_CONFIRMED_AT_ONCE)
        if not mails:
            return told
        told += _confirm(platform, mails)


def _confirm(platform: Platform, mails: Sequence[Mail]) -> int:
    people = [str(each.member) for each in mails if each.member is not None]
    known = platform.ledger.events_among(people)
    erased = platform.ledger.suppressed(people) if platform.ledger.has_suppressed else frozenset()
    events = [
        Event(EventType.NOTICE_DELIVERED, each.sent_at, member=each.member, key=each.notice, by="email")
        for each in mails
        if each.member is not None
        and each.sent_at is not None
        and each.member not in erased
        and not any(
            getattr(event, "type", None) is EventType.NOTICE_DELIVERED and event.key == each.notice  # type: ignore[union-attr]
            for _, event in known.get(each.member, ())
        )
    ]
    if events:
        platform.ledger.append(events)
    mark_delivered(platform.desk, [each.id for each in mails])
    return len(events)


def _send(platform: Platform, postman: Postman, mails: Sequence[Mail]) -> Counter[str]:
    """Each of the mails was tried and noted; on a lost server the rest is put back as it was."""
    counted: Counter[str] = Counter()
    changes: list[dict[str, Any]] = []
    began, notices = time.monotonic(), {each.notice: each for each in all_notices(platform.desk)}
    try:
        for each in mails:
            if time.monotonic() - began > CLAIMED_FOR.total_seconds() / 2:
                break  # the claim is nearly over: whoever comes next takes the rest
            change = _try(platform, postman, each, notices)
            changes.append(change)
            counted[change["state"]] += 1
    finally:
        rest = [_change(each, WAITING, platform.clock(), each.detail) for each in mails[len(changes) :]]
        settle_mails(platform.desk, [*changes, *rest])
    return counted


def _try(platform: Platform, postman: Postman, mail: Mail, notices: Mapping[NoticeId, Published]) -> dict[str, Any]:
    try:
        letterhead = letterhead_of(platform)
        message = _message(platform, mail, letterhead, notices)
    except InputError as error:
        return _change(mail, GIVEN_UP, platform.clock(), error.message)
    answer = postman.hand_over(message, sender=letterhead.bounce_address(mail.id), to=mail.address)
    now, tries = platform.clock(), mail.tries + 1
    if answer.said is Said.ACCEPTED:
        return _change(mail, SENT, now, None, tries=tries, sent_at=now)
    if answer.said is Said.REFUSED:
        return _change(mail, BOUNCED, now, answer.detail, tries=tries)
    if tries > len(WAITS):
        return _change(mail, GIVEN_UP, now, answer.detail, tries=tries)
    return _change(mail, WAITING, now + WAITS[tries - 1], answer.detail, tries=tries)


def _change(
    mail: Mail, state: str, next_at: datetime, detail: str | None, *, tries: int | None = None,
    sent_at: datetime | None = None,
) -> dict[str, Any]:  # fmt: skip
    return {"mail": mail.id, "state": state, "next_at": next_at, "detail": detail, "sent_at": sent_at,
            "tries": mail.tries if tries is None else tries}  # fmt: skip


def _message(
    platform: Platform, mail: Mail, letterhead: Letterhead, notices: Mapping[NoticeId, Published]
) -> EmailMessage:
    words = dict(mail.words)
    if mail.notice is not None:
        published = notices.get(mail.notice)
        if published is None:
            raise InputError(f"the words of the notice `{mail.notice}` are gone")
        words |= {"title": published.title(mail.language), "text": published.body(mail.language)}
    unsubscribe = f"{letterhead.address}/notices/unsubscribe/{mail.id}" if mail.is_reminder else None
    subject, body = render(mail.template, mail.language, {"unsubscribe": unsubscribe} | words, letterhead)
    return compose(
        ident=mail.id,
        to=mail.address,
        subject=subject,
        body=body,
        letterhead=letterhead,
        at=platform.clock(),
        unsubscribe=unsubscribe,
        with_html=mail.notice is not None,
    )


def _password(platform: Platform, environ: Mapping[str, str]) -> str | None:
    if "ASSENT_MAIL_PASSWORD" in environ:
        return environ["ASSENT_MAIL_PASSWORD"]
    named = platform.workspace.text("mail.password_file")
    if named == NOT_STATED:
        return None
    try:
        return (platform.workspace.root / named).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise InputError("the mail password cannot be read", hint="look at [mail] password_file") from None
