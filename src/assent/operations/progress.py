"""How far a take-back is: what a member wants undone, and which snapshots still hold something of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from assent.errors import AssentError
from assent.evidence.attestation import read_unverified
from assent.evidence.manifest import MANIFEST, SnapshotManifest, parse_manifest
from assent.ledger import Positioned
from assent.operations.chronicle import Chronicle
from assent.operations.platform import Platform
from assent.operations.snapshots import shelf_of
from assent.operations.takeback import standing_request
from assent.policy.pack import Others, Pack, Purpose
from assent.snapshot.holding import rows_of
from assent.snapshot.proving import open_decisions
from assent.snapshot.since import Moment
from assent.snapshot.withdrawn import reasons_to_remove
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import SnapshotId
from assent.vocabulary.reasons import Reason
from assent.vocabulary.state import MemberState, Objection


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of a wish that past use be undone.

    Args:
        since: when it was said; `seq`: where that stands in the ledger.
        asked: they asked for it; else the rules do it with a stop, or an upheld objection does.
        stands: they asked for it, and have not permitted the use again since.
        holding: snapshots made before that still hold something of theirs: what a sweep has yet to rewrite.
        unread: snapshots that cannot be looked into just now.
        also_named: what names them goes too, and not only what they wrote.
    """

    since: datetime
    seq: int
    asked: bool
    stands: bool
    holding: tuple[SnapshotId, ...]
    unread: tuple[SnapshotId, ...]
    also_named: bool

    @property
    def done(self) -> bool:
        """Whether nothing of theirs is left in any snapshot made before."""
        return not self.holding and not self.unread


def progress_of(  # noqa: PLR0917 - what the answer rests on
    platform: Platform,
    pack: Pack,
    purpose: Purpose,
    said: Sequence[Positioned],
    state: MemberState | None,
    reasons: frozenset[Reason],
    at: datetime,
) -> Progress | None:
    """How far the member's past use for the purpose is undone; None where nobody wants that.

    Args:
        reasons: why nothing of theirs may be used for the purpose at that moment.

    Cost: nothing where nobody wants it; else one look at each snapshot made before, which is kept.
    """
    found = _wish(pack, purpose, said, state, reasons, at)
    if found is None:
        return None
    seq, event, asked = found
    # Where only the author's choice counts, what others wrote stays as it is, and no sweep would touch it.
    asks_others = any(rule.others is not Others.ANYONE for rule in purpose.scope.values())
    holding, unread = [], []
    for identity, folder in standing_of(platform, purpose):
        try:
            manifest = manifest_of(folder)
            if Moment(manifest.at, manifest.ledger_size).counts(seq, event.effective_at):
                continue
            own, named = held_in(folder, str(event.member))
            if own or (named and asks_others):
                holding.append(identity)
        except (AssentError, OSError):
            unread.append(identity)
    stands = standing_request(pack, purpose, said, at) is not None
    return Progress(event.effective_at, seq, asked, stands, tuple(holding), tuple(unread), asks_others)


def standing_of(platform: Platform, purpose: Purpose) -> list[tuple[SnapshotId, Path]]:
    """The snapshots of the purpose that nothing superseded, and where they lie."""
    shelf = shelf_of(platform.workspace)
    of_purpose = shelf.of_purpose(purpose.name)
    if not of_purpose:
        return []
    standing = set(Chronicle.read(platform.ledger).standing())
    return [(each, shelf.of(each)) for each in of_purpose if each in standing]


@lru_cache(maxsize=256)
def manifest_of(folder: Path) -> SnapshotManifest:
    """The manifest of a sealed snapshot, which never changes."""
    return parse_manifest(read_unverified((folder / MANIFEST).read_bytes()))


@lru_cache(maxsize=4096)
def held_in(folder: Path, member: str) -> tuple[int, int]:
    """How many rows of the member's own a standing snapshot holds, and how many of others that name them."""
    held = rows_of(folder, manifest_of(folder), [member])
    return held.own[member], held.named[member]


@lru_cache(maxsize=4096)
def used_in(folder: Path, key_file: Path, member: str, records: tuple[str, ...]) -> frozenset[str]:
    """Those of the member's records that were decided to be used when a standing snapshot was made.

    Raises:
        OSError: the key that opens its decisions is gone.
        EvidenceError: its decisions cannot be read.
    """
    key = key_file.read_bytes()
    with open_decisions(folder, manifest_of(folder).decisions) as files:
        return frozenset(each for each in records if files.mask(key, member, each) == 0)


def _wish(  # noqa: PLR0917 - what the answer rests on
    pack: Pack,
    purpose: Purpose,
    said: Sequence[Positioned],
    state: MemberState | None,
    reasons: frozenset[Reason],
    at: datetime,
) -> tuple[int, Event, bool] | None:
    """The event that says that past use goes, and whether it asks for just that; such a request stands for good."""
    counted = [(seq, event) for seq, event in said if isinstance(event, Event) and event.effective_at <= at]
    asked = [each for each in counted if _is(each[1], EventType.TAKEBACK_REQUESTED, purpose.name)]
    if asked:
        return (*asked[-1], True)
    if state is None or not reasons & reasons_to_remove(purpose):
        return None
    named = (purpose.setting, *pack.settings[purpose.setting].off_with) if purpose.setting else ()
    for seq, event in reversed(counted):
        stopped = event.type is EventType.SETTING_CHANGED and event.key in named and event.value == "off"
        upheld = _is(event, EventType.OBJECTION_DECIDED, purpose.name) and event.value == Objection.UPHELD
        if stopped or upheld or event.type in {EventType.ACCOUNT_CLOSED, EventType.ERASURE_REQUESTED}:
            return seq, event, False
    return None


def _is(event: Event, kind: EventType, key: str) -> bool:
    return event.type is kind and event.key == key
