"""Erasing with everything that this installation has: its snapshots swept, its feeds retracted, its desk cleared."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime

from assent.desk.forgetting import forget_people
from assent.desk.store import Desk
from assent.ledger.charge import Gap, no_gap
from assent.operations.erasure import Clock, Erased, Progress, erase_members
from assent.operations.feeds import Surroundings, purge
from assent.operations.results_table import forget_results
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
    erased = erase_members(
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
    # A crash here leaves results that they kept, and their words on the desk; erasing them again, which the ledger
    # takes for done, clears both.
    forget_results(workspace, members)
    with closing(Desk.open(workspace.root, ledger_folder=workspace.ledger_folder)) as desk:
        forget_people(desk, members)
    return erased
