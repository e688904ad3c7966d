"""An open platform: what a process that goes on running keeps open, for many threads at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import TracebackType
from typing import Self

from assent.desk.store import Desk
from assent.ledger import Ledger
from assent.operations.ledger import now, open_ledger
from assent.operations.workspace import Workspace
from assent.policy.load import load_pack
from assent.policy.pack import Pack
from assent.vocabulary.events import Event, EventType

Clock = Callable[[], datetime]
Entropy = Callable[[int], bytes]

_load = lru_cache(maxsize=8)(lambda name, _changed: load_pack(name))


@dataclass(frozen=True, slots=True)
class Platform:
    """A working folder with its ledger and its desk open. Safe to use from many threads."""

    workspace: Workspace
    ledger: Ledger
    desk: Desk
    clock: Clock
    entropy: Entropy

    @property
    def pack(self) -> Pack:
        """The rules in force now. Cost: two looks at the file system."""
        name = self.workspace.pack
        changed = os.stat(name).st_mtime_ns if os.path.isfile(name) else 0  # noqa: PTH116, PTH113 - asked often
        return _load(name, changed)

    @property
    def name(self) -> str:
        """What the platform is called."""
        return self.workspace.text("portal.platform")

    def present(self) -> datetime:
        """The moment it is, never one before the newest event."""
        return self.ledger.present(self.clock())

    def record_action(self, action: str, about: str | None, by: str) -> Event:
        """The ledger's trail says that this person of the staff did that.

        Args:
            action: such as `hold.place`; `about`: what it was done to, never a name or an address.
            by: the pseudonym of who did it.
        """
        event = Event(EventType.STAFF_ACTED, self.present(), key=action, value=about, by=by)
        self.ledger.append([event])
        return event

    def close(self) -> None:
        """Nothing is open any more."""
        self.ledger.close()
        self.desk.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_platform(workspace: Workspace, *, clock: Clock = now, entropy: Entropy = os.urandom) -> Platform:
    """The platform of that working folder, open for reading and writing.

    Raises:
        InputError: there is no ledger, or its key is missing.
        UnavailableError: its database cannot be reached.
    """
    ledger = open_ledger(workspace, clock=clock)
    try:
        desk = Desk.open(workspace.root, ledger_folder=workspace.ledger_folder)
    except BaseException:
        ledger.close()
        raise
    return Platform(workspace, ledger, desk, clock, entropy)
