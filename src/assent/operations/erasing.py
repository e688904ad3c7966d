"""Erasing with everything that this installation has: its snapshots swept, its feeds retracted."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime

from assent.operations.erasure import Clock, Erased, Progress, erase_members
from assent.operations.feeds import Surroundings, purge
from assent.operations.workspace import Workspace


def erase(
    workspace: Workspace,
    members: Sequence[str],
    *,
    clock: Clock,
    at: datetime | None = None,
    entropy: Callable[[int], bytes] = os.urandom,
    progress: Progress = lambda _what, _done, _total: None,
) -> list[Erased]:
    """As `erase_members`, with the workspace's own sweep and feeds."""
    around = Surroundings(clock, entropy)
    return erase_members(
        workspace,
        members,
        clock=clock,
        sweep=lambda _workspace: None,
        purge=lambda inside, member: purge(inside, member, around),
        at=at,
        entropy=entropy,
        progress=progress,
    )
