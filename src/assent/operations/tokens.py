"""Making, listing and revoking tokens: how a service of the platform is let in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from assent.desk import tokens as desk
from assent.desk.sessions import draw_secret
from assent.desk.tokens import Token
from assent.errors import InputError
from assent.operations.platform import Platform

PREFIX: Final = "assent_"
"""What every token begins with, so that one that leaked is found by whoever searches for such texts."""
MOST_DAYS: Final = 3650
_NAME_LENGTH = 80
_ID_BYTES = 6


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A new token, and its secret, which nobody can be shown again."""

    token: Token
    secret: str


def make_token(
    platform: Platform, name: str, scopes: Sequence[str], *, known: Collection[str], days: int, by: str
) -> MadeToken:
    """The token opens what its scopes say, and the ledger's trail says who made it.

    Args:
        known: the scopes there are.
        days: how long it holds, 1 to 3650.
        by: the pseudonym of who makes it.

    Raises:
        InputError: no or an unknown scope, no name, or a time that is out of range.
    """
    unknown = [scope for scope in scopes if scope not in known]
    if unknown or not scopes:
        said = f"there is no scope `{unknown[0]}`" if unknown else "a token needs a scope"
        raise InputError(said, hint=f"one or more of {', '.join(known)}")
    if not name.strip() or len(name) > _NAME_LENGTH or not name.isprintable():
        raise InputError(f"a token's name is a text of up to {_NAME_LENGTH} characters, not `{name[:_NAME_LENGTH]}`")
    if not 1 <= days <= MOST_DAYS:
        raise InputError(f"a token holds for 1 to {MOST_DAYS} days, not `{days}`")
    now = platform.present()
    token = Token(
        id=f"t{platform.entropy(_ID_BYTES).hex()}",
        name=name.strip(),
        scopes=tuple(dict.fromkeys(scopes)),
        made_by=by,
        made_at=now,
        ends_at=now + timedelta(days=days),
        revoked_at=None,
    )
    secret = PREFIX + draw_secret(platform.entropy)
    # The trail first: a token that nobody recorded must not open anything; a recorded one that is missing harms nobody.
    platform.record_action("token.make", token.id, by)
    desk.add_token(platform.desk, token, secret=secret)
    return MadeToken(token, secret)


def list_tokens(platform: Platform) -> list[Token]:
    """Every token there ever was, the newest first."""
    return desk.all_tokens(platform.desk)


def revoke_token(platform: Platform, ident: str, *, by: str) -> Token:
    """The token opens nothing any more, in any process within a second. Revoking twice changes nothing.

    Raises:
        InputError: there is no such token.
    """
    before = next((token for token in list_tokens(platform) if token.id == ident), None)
    if before is None:
        raise InputError(f"there is no token `{ident}`", hint="`assent token list` names them")
    if before.revoked_at is not None:
        return before
    # The other way round than making one: it must open nothing even if the ledger cannot be reached now.
    after = desk.end_token(platform.desk, ident, now=platform.present())
    platform.record_action("token.revoke", ident, by)
    return after or before


def token_of(platform: Platform, secret: str) -> Token | None:
    """The token that this is, if it opens anything now."""
    if not secret.startswith(PREFIX):
        return None
    token = desk.token_of(platform.desk, secret)
    return token if token is not None and token.holds_at(platform.clock()) else None
