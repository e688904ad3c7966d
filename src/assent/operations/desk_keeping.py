"""What must not wait for somebody to look: steps that broke off go on, and paper goes when its time is over.

| what | goes |
|---|---|
| links that nobody used, with what they would have confirmed | after their 48 hours |
| what a mail said | once it is sent, or never will be; its address a week later (notices stay, as proof) |
| answers kept for repeated API requests | after a day |
| what was written in a case: names, addresses, words, grounds | `portal.cases_kept_months` after it was closed |
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from assent.desk.answers import clear as clear_answers
from assent.desk.links import clear_links
from assent.desk.objections import clear_words
from assent.desk.outbox import clear_mails
from assent.errors import AssentError
from assent.operations.aligning import adopted_everywhere
from assent.operations.casework import heal_all
from assent.operations.objection_clock import add_months
from assent.operations.platform import Platform

MAILS_KEPT: Final = timedelta(days=7)
"""Long enough for a bounce to come back."""
HEAL_SECONDS: Final = 60.0
CLEAR_EACH: Final = 60
"""Of so many rounds one clears."""


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many of each went."""

    links: int
    mails: int
    cases: int


def clear_desk(platform: Platform) -> Cleared:
    """Nothing lies on the desk any longer than it may."""
    now, desk = platform.clock(), platform.desk
    clear_answers(desk, now=now)
    kept = platform.workspace.number("portal.cases_kept_months")
    return Cleared(
        clear_links(desk, now=now), clear_mails(desk, now - MAILS_KEPT), clear_words(desk, add_months(now, -kept))
    )


def desk_loop(platform: Platform, stop: threading.Event) -> None:
    """Until `stop` is set, steps that broke off go on within two minutes, and each hour what is over goes.

    An objection that came in as an event has a case within a minute: its month runs.
    """
    rounds = looked_to = 0
    while not stop.wait(HEAL_SECONDS):
        # A database that is away for a while: the next round looks again.
        with suppress(AssentError):
            heal_all(platform)
            size = platform.ledger.size
            if size > looked_to:
                adopted_everywhere(platform, since=looked_to)
                looked_to = size
            if rounds % CLEAR_EACH == 0:
                clear_desk(platform)
            rounds += 1
