"""What a member's public pages tell other people's crawlers, so that a choice made here is not undone elsewhere.

A page carries a reservation when the member permits less than everything, and none otherwise. It never carries an
allowance: who lets this platform train has said nothing about anybody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from assent.errors import InputError
from assent.policy.evaluate import person_reasons
from assent.policy.pack import Kind, Pack
from assent.policy.signals.aipref import TRAIN_AI
from assent.policy.signals.tdmrep import POLICY, RESERVATION
from assent.vocabulary.state import Hold, MemberState

_DISALLOWED = f"{TRAIN_AI}=n"


@dataclass(frozen=True, slots=True)
class PageSignals:
    """What goes with the pages of one member.

    Args:
        headers: for every response that shows them.
        meta: names and contents of `meta` elements.
        robots: lines for the group `User-agent: *` of robots.txt.
        tdmrep: entries for `/.well-known/tdmrep.json`; the first that matches counts, so they go first.
    """

    headers: Mapping[str, str]
    meta: tuple[tuple[str, str], ...] = ()
    robots: tuple[str, ...] = ()
    tdmrep: tuple[Mapping[str, str | int], ...] = ()


def page_signals(
    pack: Pack,
    state: MemberState | None,
    paths: Iterable[str],
    *,
    at: datetime,
    holds: tuple[Hold, ...] = (),
    policy: str | None = None,
) -> PageSignals:
    """The signals for the pages at these paths, each with everything below it.

    Args:
        state: None for somebody of whom nothing is known: then everything is reserved.
        policy: the address at which a licence can be asked for.

    Raises:
        InputError: a path does not begin with `/`, or the address cannot stand in a header.
    """
    if policy is not None and not (policy.isascii() and policy.isprintable() and policy == policy.strip() != ""):
        raise InputError(f"`{policy}` cannot stand in a header", hint="give an address such as https://example.org/ai")
    denied = {
        purpose.kind
        for purpose in pack.purposes.values()
        if purpose.kind.trains and person_reasons(pack, purpose, state, at, at, holds)
    }
    if not denied:
        return PageSignals({})
    places = [place for path in paths for place in _places(path)]
    headers, robots = {RESERVATION: "1"}, list[str]()
    if Kind.GENERATIVE_TRAINING in denied:
        headers["Content-Usage"] = _DISALLOWED
        robots = [f"Content-Usage: {place} {_DISALLOWED}" for place in places]
    if policy is not None:
        headers[POLICY] = policy
    entry: dict[str, str | int] = {RESERVATION: 1} | ({POLICY: policy} if policy else {})
    return PageSignals(
        headers,
        tuple((name, value) for name, value in headers.items() if name != "Content-Usage"),
        tuple(robots),
        tuple({"location": place, **entry} for place in places),
    )


def _places(path: str) -> tuple[str, str]:
    """The page itself and what lies below it: a bare `/in/ann` would speak for `/in/anna` as well."""
    if not path.startswith("/") or path != path.strip():
        raise InputError(f"`{path}` is no path of a page", hint="it begins with `/` and has no spaces around it")
    escaped = quote(path.rstrip("/"), safe="/%!&'()+,;=:@-._~?")
    return f"{escaped or '/'}$", f"{escaped}/"
