"""Which models elsewhere learned from what was taken back: what is asked of their owners, and what will be.

What is asked stands in the ledger. What the next sweep will ask is looked up in the snapshots themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from assent.desk.store import Desk
from assent.errors import AssentError, EvidenceError
from assent.operations.chronicle import Chronicle
from assent.operations.hooks import list_hooks, tell_hooks
from assent.operations.ledger import Clock
from assent.operations.models_elsewhere import Asked, Elsewhere, models_elsewhere
from assent.operations.platform import Platform, open_platform
from assent.operations.sweep import Swept, look_over
from assent.operations.workspace import Workspace
from assent.vocabulary.identifiers import SnapshotId


@dataclass(frozen=True, slots=True)
class Affected:
    """A model elsewhere of which something is asked, or will be by the next sweep.

    Args:
        asked: and not answered, what is due first.
        waiting: what the next sweep takes out of snapshots that it read.
        heard: whether its owner's hooks have heard of all that is asked; None where it has none.
    """

    model: Elsewhere
    asked: tuple[Asked, ...]
    waiting: tuple[Swept, ...]
    heard: bool | None
    overdue: bool

    @property
    def people(self) -> int:
        """Whose take-backs are asked about or wait; somebody may count once for each snapshot."""
        return sum(len(each.request.people) for each in self.asked) + sum(each.people for each in self.waiting)

    @property
    def removed(self) -> int:
        """Rows of what it read that nobody may read any more."""
        return sum(each.request.removed for each in self.asked) + sum(each.removed for each in self.waiting)


@dataclass(frozen=True, slots=True)
class AffectedModels:
    """What a look at all models elsewhere found.

    Args:
        registered: how many there are; `problems` has those of which nobody can say anything, and why.
    """

    registered: int
    affected: tuple[Affected, ...]
    problems: Mapping[str, AssentError] = field(default_factory=dict)

    @property
    def overdue(self) -> tuple[Affected, ...]:
        """Those that should have been trained again by now."""
        return tuple(each for each in self.affected if each.overdue)


def find_affected(platform: Platform, *, since: datetime | None = None) -> AffectedModels:
    """Which models elsewhere learned from what was taken back, and by when they are to be trained again.

    Args:
        since: only what was asked since then, and what waits to be.
    """
    known = models_elsewhere(platform.workspace, platform.ledger)
    chronicle, now = Chronicle.read(platform.ledger), platform.present()
    problems = dict(known.problems)
    stands: dict[str, list[SnapshotId]] = {}
    for name, model in known.models.items():
        found = [chronicle.standing_for(each.id) for each in model.said.snapshots]
        if None in found and not model.open:
            gone = model.said.snapshots[found.index(None)].id
            problems[name] = EvidenceError(
                f"`{name}` read `{gone}`, in whose place nothing stands: nobody can say who took back of it",
                hint="train it again on a snapshot that stands, then: assent model retrained",
            )
        stands[name] = [each for each in found if each is not None]
    wanted = {each for some in stands.values() for each in some}
    looked = look_over(platform.workspace, wanted, clock=platform.clock) if wanted else None
    swept = {each.id: each for each in looked.swept} if looked else {}
    for place, error in looked.problems.items() if looked else ():
        problems |= {name: error for name, some in stands.items() if place in some}
    affected = []
    for name, model in known.models.items():
        asked = tuple(each for each in model.open if since is None or each.request.made_at >= since)
        waiting = tuple(swept[each] for each in dict.fromkeys(stands[name]) if each in swept)
        if asked or waiting:
            heard = has_heard(platform, model)
            affected.append(Affected(model, asked, waiting, heard, model.is_overdue(now)))
    return AffectedModels(len(known.models) + len(known.problems), tuple(affected), problems)


def has_heard(platform: Platform, model: Elsewhere) -> bool | None:
    """Whether its owner's hooks have heard of all that was recorded of it; None where it has none."""
    hooks = [each for each in list_hooks(platform) if each.about == model.name]
    return all(each.told_to > model.last for each in hooks) if hooks else None


def tell_owners(workspace: Workspace, *, clock: Clock) -> int:
    """Owners' hooks have heard what they had not, as far as they take it; how many messages arrived."""
    if not Desk.may_hold(workspace.root, ledger_folder=workspace.ledger_folder):
        return 0  # nobody has a hook
    with open_platform(workspace, clock=clock) as platform:
        return tell_hooks(platform, owners_only=True)
