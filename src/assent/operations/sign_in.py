"""Signing in and out: from what a provider states of somebody to a session, and its end.

A sign-in is under way between our page and the provider's answer. Both the browser and the desk keep a part of it:
the browser a secret in a cookie, the desk what that secret must be and where to go afterwards, under the `state`
that travels with the browser. So an answer works once, for ten minutes, and in the browser that asked. `nonce` and
PKCE `verifier` are made from the browser's secret: nothing that lies in the desk lets anybody finish a sign-in.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from assent.desk.links import make_link, take_link
from assent.desk.sessions import begin_session, digest_of, draw_secret, end_session, end_sessions_of
from assent.desk.staff import remember_staff
from assent.errors import RefusedError
from assent.operations.platform import Platform
from assent.operations.workspace import Workspace
from assent.vocabulary.identifiers import MemberId

MEMBER: Final = "member"
STAFF_ROLES: Final = frozenset({"privacy_officer", "auditor", "operator"})
UNDER_WAY: Final = timedelta(minutes=10)
_ERRAND = "sign-in"
_NAME_LENGTH = 80
_ID_LENGTH = 200


class SignInFailedError(RefusedError):
    """Nobody was signed in; whoever wants to begins again."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is, as their provider states.

    Args:
        role: `member` or one of the staff's.
        subject: a member's id, or the pseudonym of a person of the staff.
        pseudonym: under which they would be known if they were of the staff.
    """

    role: str
    subject: str
    member: MemberId | None
    shown_name: str
    pseudonym: str = ""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A sign-in that has begun: what the browser keeps, and what it tells the provider."""

    browser_secret: str
    state: str

    @property
    def nonce(self) -> str:
        """What the provider's answer must repeat."""
        return _derived("nonce", self.browser_secret)

    @property
    def verifier(self) -> str:
        """What proves to the provider that the code was given to us. Source: RFC 7636 §4.1."""
        return _derived("verifier", self.browser_secret)


def expect_sign_in(platform: Platform, *, back: str) -> UnderWay:
    """An answer of the provider to this browser is awaited.

    Args:
        back: the path of ours where they go afterwards.
    """
    browser_secret = draw_secret(platform.entropy)
    about = json.dumps({"browser": digest_of(browser_secret), "back": back})
    state = make_link(
        platform.desk, _ERRAND, about, now=platform.clock(), lasts=UNDER_WAY, entropy=platform.entropy
    )  # fmt: skip
    return UnderWay(browser_secret, state)


def take_answer(platform: Platform, *, state: str, browser_secret: str) -> str:
    """Where to go afterwards; the answer is taken and is worth nothing a second time.

    Raises:
        SignInFailedError: it was not awaited, not in this browser, or too late.
    """
    about = take_link(platform.desk, _ERRAND, state, now=platform.clock())
    if about is None:
        raise SignInFailedError("this sign-in is over or was never begun", hint="sign in once more")
    awaited = json.loads(about)
    if digest_of(browser_secret) != awaited["browser"]:
        raise SignInFailedError("this sign-in was begun in another browser", hint="sign in once more")
    return str(awaited["back"])


def person_of(claims: Mapping[str, Any], workspace: Workspace) -> Person:
    """Who the provider's verified claims say it is.

    Raises:
        SignInFailedError: they name a role that there is not, or no member.
    """
    name = shown_name(claims)
    role = _role(claims.get(workspace.text("sign_in.role_claim")))
    known_as = hashlib.sha256(f"{claims['iss']}|{claims['sub']}".encode()).hexdigest()
    pseudonym = f"staff:{known_as[:16]}"
    if role != MEMBER:
        return Person(role, pseudonym, None, name or pseudonym, pseudonym)
    member = claims.get(workspace.text("sign_in.member_claim"))
    if not isinstance(member, str) or not 0 < len(member) <= _ID_LENGTH or not member.isprintable():
        raise SignInFailedError("the sign-in provider does not say which member you are",
                                hint="tell the platform's support; nothing was changed")  # fmt: skip
    return Person(MEMBER, member, MemberId(member), name, pseudonym)


def begin(platform: Platform, person: Person, *, replaces: str | None) -> str:
    """They are signed in: the secret of a new session; the one that the browser had before is over.

    Whoever has another role now than before, or none, keeps no session of the old one, in no browser.

    Guarantee: nobody can have known the secret before, so no session is ever planted on somebody.
    """
    now = platform.clock()
    if person.role in STAFF_ROLES:
        remember_staff(platform.desk, person.subject, shown_name=person.shown_name, role=person.role, now=now)
    if replaces is not None:
        end_session(platform.desk, replaces)
    if person.pseudonym:
        end_sessions_of(platform.desk, person.pseudonym, but_as=person.role)
    return begin_session(
        platform.desk,
        role=person.role,
        subject=person.subject,
        member=person.member,
        shown_name=person.shown_name,
        now=now,
        lasts=timedelta(hours=platform.workspace.number("sign_in.hours")),
        entropy=platform.entropy,
    )


def end(platform: Platform, secret: str | None) -> None:
    """The session is over, wherever its cookie is still kept."""
    if secret is not None:
        end_session(platform.desk, secret)


def shown_name(claims: Mapping[str, Any]) -> str:
    """What a page greets them with; empty when the provider states no name."""
    for claim in ("name", "preferred_username", "nickname", "given_name"):
        value = claims.get(claim)
        if isinstance(value, str) and value.strip():
            return "".join(letter for letter in value.strip() if letter.isprintable())[:_NAME_LENGTH]
    return ""


def _role(stated: object) -> str:
    """The role that a claim names: one, or a list of one; none is a member's.

    A role that nobody knows is refused: taken for a member's, a person of the staff would see a stranger's data.
    """
    if isinstance(stated, list) and len(stated) <= 1:
        stated = stated[0] if stated else None
    if stated is None or stated in ("", MEMBER):
        return MEMBER
    if isinstance(stated, str) and stated in STAFF_ROLES:
        return stated
    raise SignInFailedError("the sign-in provider gives you a role that there is not here",
                            hint=f"known roles: {', '.join(sorted(STAFF_ROLES))}")  # fmt: skip


def _derived(use: str, secret: str) -> str:
    digest = hashlib.sha256(f"{use}|{secret}".encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def sign_out_everywhere(platform: Platform, subject: str, *, by: str) -> int:
    """No browser is signed in as this subject any more; how many were. The trail says it, without a member's id."""
    ended = end_sessions_of(platform.desk, subject)
    platform.record_action("session.end", subject if subject.startswith("staff:") else None, by)
    return ended
