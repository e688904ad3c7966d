"""Group commit: threads that wait are taken along by one of them, then the next one leads.

Nobody waits for a timer. While one thread commits, others gather; when it is done it answers those it took
along and wakes one of those who came meanwhile to commit for all of them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from assent.errors import AssentError
from assent.ledger.stored import Statement

_PUBLISH_SECONDS: Final = 1.0


@dataclass(slots=True)
class Ticket:
    """One writer's events on their way.

    Args:
        woken: held until the thread has an answer, or until it is its turn to lead.
        leads: this thread commits for everyone who waits.
    """

    statements: Sequence[Statement]
    woken: threading.Lock = field(default_factory=threading.Lock)
    leads: bool = False
    seqs: range | None = None
    error: BaseException | None = None


class Group:
    """The threads that append to one open ledger.

    Args:
        commit: records the statements of these tickets but those it gives an error, and says where they begin.
    """

    def __init__(self, commit: Callable[[Sequence[Ticket]], int]) -> None:
        self._commit = commit
        self._waiting: list[Ticket] = []
        self._turn = threading.Lock()
        self._led = False
        self._published_at = 0.0

    def record(self, statements: Sequence[Statement]) -> tuple[range, bool]:
        """Where the statements now stand, and whether this thread is to publish.

        Raises:
            AssentError: they were not recorded, or it is not known; as `commit` raised it or gave it to them.
        """
        ticket = Ticket(statements)
        ticket.woken.acquire()
        with self._turn:
            self._waiting.append(ticket)
            ticket.leads = not self._led
            self._led = True
        try:
            if not ticket.leads:
                ticket.woken.acquire()
        finally:
            # Also when the wait was interrupted: a thread that was given the lead must not keep it.
            if ticket.leads:
                self._lead()
        if ticket.error is not None:
            raise ticket.error
        assert ticket.seqs is not None
        return ticket.seqs, ticket.leads and self._should_publish()

    def _should_publish(self) -> bool:
        """Whether this leader publishes. One who has an heir may leave it to them, for a moment at most."""
        with self._turn:
            due = not self._led or time.monotonic() - self._published_at > _PUBLISH_SECONDS
            if due:
                self._published_at = time.monotonic()
            return due

    def _lead(self) -> None:
        """Everyone who waits has an answer, and the next thread leads."""
        with self._turn:
            tickets, self._waiting = self._waiting, []
        try:
            at = self._commit(tickets)
            for ticket in tickets:
                if ticket.error is None:
                    ticket.seqs = range(at, at + len(ticket.statements))
                    at += len(ticket.statements)
        except BaseException as error:
            for ticket in tickets:
                ticket.error = error
            if not isinstance(error, AssentError):
                raise
        finally:
            # Who leads has been woken already, or never waited.
            asleep = [ticket for ticket in tickets if not ticket.leads]
            with self._turn:
                heir = self._waiting[0] if self._waiting else None
                self._led = heir is not None
                if heir is not None:
                    heir.leads = True
                    asleep.append(heir)
            for ticket in asleep:
                ticket.woken.release()
