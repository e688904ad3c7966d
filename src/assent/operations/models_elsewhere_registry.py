"""Models trained elsewhere are registered, and said to be trained again.

    register ─► asked by sweeps (`models_elsewhere_asking`) ─► retrained, which answers all that was asked

What counts is whose rows lay in the files of a snapshot that a model read; that its trainer may have read them after
a take-back, through a reader that left them out, is nothing anybody here can know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from assent.errors import EvidenceError, InputError, RefusedError
from assent.evidence.decisions import verify_member
from assent.evidence.elsewhere import ModelElsewhere, ReadSnapshot, require_digest, require_name
from assent.evidence.manifest import SnapshotManifest
from assent.evidence.tags import member_key
from assent.operations.build import ATTEST_KEY
from assent.operations.chronicle import Chronicle
from assent.operations.hooks import MadeHook, add_hook
from assent.operations.model_chronicle import ModelChronicle
from assent.operations.models_elsewhere import (
    Asked,
    Elsewhere,
    model_elsewhere,
    recorded_of,
)
from assent.operations.models_elsewhere_asking import Asking, Reached, ask_owner, say_model
from assent.operations.opened import Opened, manifest_on
from assent.operations.outward import Outward
from assent.operations.platform import Platform
from assent.operations.snapshots import shelf_of
from assent.operations.sweep import look_over
from assent.snapshot.proving import open_decisions
from assent.snapshot.sealing import held
from assent.snapshot.since import Moment
from assent.snapshot.withdrawn import withdrawn_between
from assent.storage.keys import load_key
from assent.vocabulary.events import EventType
from assent.vocabulary.identifiers import PurposeName, SnapshotId
from assent.vocabulary.reasons import Reason

_LONGEST: Final = 200
_GONE: Final = Reason.TAKEN_BACK.bit


@dataclass(frozen=True, slots=True)
class Registered:
    """A model that is known from now on.

    Args:
        asked: what is asked of its owner at once, because what it read was rewritten before.
        hook: on which its owner hears; None where nobody named an address.
    """

    model: Elsewhere
    asked: tuple[Asked, ...]
    hook: MadeHook | None


def register_model(
    platform: Platform,
    name: str,
    *,
    snapshots: Sequence[str],
    trained_at: datetime,
    by: str,
    serves_at: str,
    weights: str | None = None,
    owner_hook: str | None = None,
    outward: Outward | None = None,
) -> Registered:
    """The ledger knows a model that was trained elsewhere; from now on a take-back reaches its owner.

    A snapshot that was rewritten before may be named: what it lost is asked at once.

    Args:
        by: who trained it; a team or a firm, for the ledger never forgets it.
        owner_hook: an address that hears of what is asked.

    Raises:
        InputError: the name is taken or cannot be one, there is no such snapshot, or the times contradict each other.
        RefusedError: a snapshot was superseded and nothing took its place, so that nobody can say whom it held.
        UnavailableError: a build or a sweep is at work.
    """
    require_name(name)
    with _asking(platform) as asking:
        if name in recorded_of(platform.ledger) or name in ModelChronicle.read(platform.ledger).sealed:
            raise InputError(
                f"there is a model `{name}` already", hint="of a new version of it, say: assent model retrained"
            )
        read = _reads(platform, snapshots)
        for each in read:
            _require_followed(platform, each)
        said = _said(name, read, trained_at, by, serves_at, weights, asking.now.at)
        hook = None
        if owner_hook is not None:
            hook = add_hook(platform, owner_hook, by="model.register", about=name, outward=outward)
        # A crash here leaves a hook about a model that nobody knows; it hears of nothing.
        say_model(asking, said, EventType.MODEL_REGISTERED)
        model = model_elsewhere(platform.workspace, platform.ledger, name)
        asked = [found for each in read if (found := _ask_about_the_past(platform, asking, model, each)) is not None]
        return Registered(model_elsewhere(platform.workspace, platform.ledger, name), tuple(asked), hook)


def record_retraining(
    platform: Platform,
    name: str,
    *,
    snapshots: Sequence[str],
    by: str,
    trained_at: datetime | None = None,
    weights: str | None = None,
    serves_at: str | None = None,
) -> tuple[Elsewhere, int]:
    """A model was trained again, on snapshots that stand and hold nobody who took back; what was asked is answered.

    Args:
        trained_at: now if not given; `serves_at`: where it served before.

    Returns: the model, and how many requests this answers.

    Raises:
        InputError: there is no such model or snapshot, or it was trained before the training it replaces.
        RefusedError: a snapshot was superseded, or still holds what was taken back; or the weights are the same.
    """
    with _asking(platform) as asking:
        before = model_elsewhere(platform.workspace, platform.ledger, name)
        read = _reads(platform, snapshots)
        for each in read:
            _require_clean(platform, each)
        at = trained_at or asking.now.at
        said = _said(name, read, at, by, serves_at or before.said.serves_at, weights, asking.now.at, before)
        if at < before.said.trained_at:
            raise InputError(
                f"`{name}` was trained at {before.said.trained_at:%Y-%m-%d %H:%M} UTC, which is later than this",
                hint="say when it was trained again",
            )
        if said.weights is not None and said.weights == before.said.weights:
            raise RefusedError(f"these are the weights that `{name}` had before", hint="train it, then say so")
        say_model(asking, said, EventType.MODEL_RETRAINED)
        return model_elsewhere(platform.workspace, platform.ledger, name), len(before.open)


@contextmanager
def _asking(platform: Platform) -> Iterator[Asking]:
    """No build or sweep is at work meanwhile, so that what is looked up stays true until it is recorded."""
    path = platform.workspace.keys_folder / ATTEST_KEY
    if not path.is_file():
        raise InputError(f"the key `{path}` is missing", hint="build a snapshot first: `assent build PURPOSE`")
    with held(shelf_of(platform.workspace)):
        now = Moment(platform.present(), platform.ledger.size)
        yield Asking(platform.workspace, platform.ledger, load_key(path), now)


def _reads(platform: Platform, named: Sequence[str]) -> tuple[ReadSnapshot, ...]:
    """The snapshots of these names, or beginnings of names, as the ledger has them."""
    if not named:
        raise InputError("no snapshot was named", hint="which did it read? `assent snapshots` lists them")
    sealed = Chronicle.read(platform.ledger).sealed
    found: dict[SnapshotId, ReadSnapshot] = {}
    for each in named:
        identity = _identity(sealed, each)
        manifest = manifest_on(shelf_of(platform.workspace), identity)
        if manifest is None:
            raise EvidenceError(f"`{identity}` has no manifest any more", hint="restore its folder from a copy")
        found[identity] = ReadSnapshot(identity, sealed[identity], PurposeName(manifest.purpose), manifest.at)
    return tuple(found.values())


def _identity(sealed: Mapping[str, str], named: str) -> SnapshotId:
    found = sorted(each for each in sealed if named and each.startswith(named))
    if not found:
        raise InputError(f"the ledger knows no snapshot `{named}`", hint="`assent snapshots` lists those there are")
    if len(found) > 1 and named not in found:
        raise InputError(f"`{named}` could be any of {len(found)} snapshots", hint=f"for example `{found[0]}`")
    return SnapshotId(named if named in found else found[0])


def _said(  # noqa: PLR0917 - what there is to say of a model
    name: str,
    read: tuple[ReadSnapshot, ...],
    trained_at: datetime,
    by: str,
    serves_at: str,
    weights: str | None,
    now: datetime,
    before: Elsewhere | None = None,
) -> ModelElsewhere:
    if trained_at > now:
        raise InputError("a model cannot have been trained in the future", hint="`--trained-at` says when it was")
    late = next((each for each in read if each.at > trained_at), None)
    if late is not None:
        raise InputError(
            f"`{late.id}` was decided at {late.at:%Y-%m-%d %H:%M} UTC, after the model was trained",
            hint="it cannot have read it; which one did it read?",
        )
    return ModelElsewhere(
        name=name,
        snapshots=read,
        trained_at=trained_at,
        by=_line(by, "who trained it"),
        serves_at=_address(serves_at),
        said_at=now,
        weights=None if weights is None else require_digest(weights),
        replaces=None if before is None else before.digest,
    )


def _line(text: str, what: str) -> str:
    if not text.strip() or len(text) > _LONGEST or not text.isprintable():
        raise InputError(f"say {what} in one line", hint=f"at most {_LONGEST} characters")
    return text.strip()


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None
    except ValueError:
        usable = False
    if not usable or len(text) > _LONGEST * 10 or not text.isascii() or not text.isprintable() or " " in text:
        raise InputError(
            f"`{text[:80]}` is no address that a model serves at", hint="an http or https address, without a password"
        )
    return text


def _require_followed(platform: Platform, read: ReadSnapshot) -> None:
    if Chronicle.read(platform.ledger).standing_for(read.id) is None:
        raise RefusedError(
            f"`{read.id}` was superseded and nothing took its place, so nobody can say any more whom it held",
            hint="train the model again on a snapshot that stands, and register that",
        )


def _require_clean(platform: Platform, read: ReadSnapshot) -> None:
    chronicle = Chronicle.read(platform.ledger)
    if read.id in chronicle.superseded:
        now = chronicle.standing_for(read.id)
        raise RefusedError(
            f"`{read.id}` was superseded",
            hint="no snapshot stands in its place"
            if now is None
            else f"train it on `{now}`, which stands in its place",
        )
    looked = look_over(platform.workspace, {read.id}, clock=platform.clock)
    for error in looked.problems.values():
        raise error
    if looked.swept:
        rows = looked.swept[0].removed + looked.swept[0].masked
        raise RefusedError(
            f"`{read.id}` still holds {rows:,} rows of what was taken back",
            hint="run `assent sweep`, train it on what stands then, and say so",
        )


def _ask_about_the_past(platform: Platform, asking: Asking, model: Elsewhere, read: ReadSnapshot) -> Asked | None:
    """What a snapshot lost by take-backs before its model was registered is asked now."""
    shelf = shelf_of(platform.workspace)
    now = Chronicle.read(platform.ledger).standing_for(read.id)
    if now is None or now == read.id:
        return None
    opened, before = Opened.of(shelf, now, platform.ledger), manifest_on(shelf, read.id)
    if before is None or len(opened.manifest.withdrawals) <= len(before.withdrawals):
        return None
    key = opened.decision_key(shelf)
    people = frozenset(each for each in _withdrew(platform, opened, before) if _lost_rows(platform, opened, key, each))
    lost = before.counts.allowed - opened.manifest.counts.allowed
    reached = Reached(opened.id, opened.purpose, people, lost, 0)
    return ask_owner(asking, model, read, reached, key)


def _withdrew(platform: Platform, opened: Opened, before: SnapshotManifest) -> frozenset[str]:
    """Who withdrew between the version that was read and the one that stands."""
    last = opened.manifest.withdrawals[-1]
    first = before.withdrawals[-1] if before.withdrawals else None
    then = opened.base if first is None else Moment(first.at, first.ledger_size)
    now = Moment(last.at, last.ledger_size)
    return withdrawn_between(platform.ledger, opened.pack, opened.purpose, then, now).members


def _lost_rows(platform: Platform, opened: Opened, key: bytes, member: str) -> bool:
    """Whether a record of the member's went out of the snapshot with a take-back."""
    own = member_key(key, member)
    with open_decisions(shelf_of(platform.workspace).of(opened.id), opened.manifest.decisions) as decisions:
        proof = decisions.prove(own)
    decided = opened.manifest.decisions
    masks = verify_member(proof, root=decided.root, count=decided.count, key=own).values()
    return any(mask & _GONE for mask in masks)
