"""What the ledger says became of snapshots."""

from __future__ import annotations

from dataclasses import dataclass, field

from assent.ledger import Ledger
from assent.snapshot.removing import Place
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import SnapshotId


@dataclass(slots=True)
class Chronicle:
    """What the ledger says became of snapshots: their manifests' digests, and those of removal statements."""

    sealed: dict[str, str] = field(default_factory=dict)
    superseded: dict[str, str] = field(default_factory=dict)
    removed: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, ledger: Ledger) -> Chronicle:
        """All of it, as of now."""
        found = cls()
        for _, event in ledger.system_events():
            if not isinstance(event, Event) or event.key is None or event.value is None:
                continue
            if event.type is EventType.SNAPSHOT_SEALED:
                found.sealed[event.key] = event.value
            elif event.type is EventType.SNAPSHOT_SUPERSEDED:
                found.superseded[event.key] = event.value
            elif event.type is EventType.SNAPSHOT_REMOVED:
                found.removed.setdefault(event.key, set()).add(event.value)
        return found

    def place_of(self, snapshot: str) -> Place:
        """What took the place of a superseded snapshot."""
        digest = self.superseded[snapshot]
        taken = next((name for name, each in self.sealed.items() if each == digest and name != snapshot), None)
        return Place(None if taken is None else SnapshotId(taken), digest)

    def standing_for(self, snapshot: str) -> SnapshotId | None:
        """What stands now where that snapshot stood, itself where it does; None where nothing took its place."""
        here: str | None = snapshot
        seen: set[str] = set()
        while here is not None and here in self.superseded and here not in seen:
            seen.add(here)
            here = self.place_of(here).id
        return None if here is None or here in self.superseded or here not in self.sealed else SnapshotId(here)

    def standing(self) -> list[SnapshotId]:
        """Those that nothing superseded."""
        return sorted(SnapshotId(name) for name in self.sealed if name not in self.superseded)
