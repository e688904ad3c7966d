"""Erasing with everything that this installation has: its snapshots swept, its feeds retracted."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime

from assent.ledger.charge import Gap, no_gap
from assent.operations.erasure import Clock, Erased, Progress, erase_members
from assent.operations.feeds import Surroundings, purge
from assent.operations.sweep import sweep
from assent.operations.workspace import Workspace


def erase(
    workspace: Workspace,
    members: Sequence[str],
    *,
    clock: Clock,
    at: datetime | None = None,
    entropy: Callable[[int], bytes] = os.urandom,
    progress: Progress = lambda _what, _done, _total: None,
    gap: Gap = no_gap,
) -> list[Erased]:
    """As `erase_members`, with the workspace's own sweep and feeds."""
    around = Surroundings(clock, entropy)
    return erase_members(
        workspace,
        members,
        clock=clock,
        sweep=lambda inside: tuple(sweep(inside, clock=clock, progress=progress).problems),
        purge=lambda inside, member: purge(inside, member, around),
        at=at,
        entropy=entropy,
        progress=progress,
        gap=gap,
    )
