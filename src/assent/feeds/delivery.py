"""Batches reach the recipient, in order, as often as it takes, and never one that was withdrawn meanwhile.

An attempt is noted before it begins and its outcome afterwards. A crash between the two means: nobody knows whether
they have the batch. It is sent again under the same id, or, where it was cancelled meanwhile, the batch that
took its place says so and covers both cases.

| answer | what it means | next attempt |
|---|---|---|
| 2xx | they have it | a reminder after a day while nothing is acknowledged |
| 5xx, 408, 425, 429, none | not now | after 10 s, doubling to 6 h, with jitter; after `Retry-After`, a day at most |
| other 4xx, 3xx | not like this | after 6 h, with jitter |
| 410 | never again | none until a person asks for it |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from assent.errors import AssentError, InputError, UnavailableError
from assent.evidence.webhook import Signer
from assent.feeds.acknowledging import BY_RECIPIENT, acknowledge_batch, tell_ledger
from assent.feeds.feed import Feed, Gap, checked_batch, drop_data, no_gap
from assent.feeds.folder import drop_batch
from assent.feeds.manifest import FeedManifest
from assent.feeds.state import PENDING, Batch, Page, Stage
from assent.feeds.terms import Deliver
from assent.feeds.webhook import PATIENCE, Answer, Patience, post_batch, post_reminder
from assent.ledger import Ledger
from assent.vocabulary.instants import format_instant, parse_instant

Clock = Callable[[], datetime]
Chance = Callable[[], float]
"""Gives a number in [0, 1)."""
Permitted = Callable[[], bool]
"""Builds anew what was withdrawn meanwhile; whether additions may be sent, else retractions only."""

FIRST_WAIT: Final = timedelta(seconds=10)
LONGEST_WAIT: Final = timedelta(hours=6)
LONGEST_ASKED: Final = timedelta(days=1)
REMINDER_WAIT: Final = timedelta(days=1)
NEXT_ATTEMPT, NEXT_REMINDER = "next_attempt_at", "next_reminder_at"
"""Notes of the state."""

_DOUBLINGS = 20


@dataclass(frozen=True, slots=True)
class Means:
    """What deliveries need from outside.

    Args:
        secret: shared with the recipient; None where batches are copied to a folder.
    """

    ledger: Ledger
    clock: Clock
    chance: Chance
    secret: bytes | None = None
    patience: Patience = PATIENCE
    gap: Gap = no_gap


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of one round.

    Args:
        problem: why it stopped, in words; None when nothing is left to send.
        next_attempt_at: None when there is nothing to wait for.
    """

    sent: tuple[int, ...] = ()
    acknowledged: tuple[int, ...] = ()
    problem: str | None = None
    next_attempt_at: datetime | None = None


def deliver_feed(feed: Feed, means: Means, permitted: Permitted, *, at_once: bool = False) -> Delivered:
    """Everything that waits was sent, as far as the recipient takes it now.

    Args:
        at_once: do not wait for the moment of the next attempt, nor for a person after a 410.
        permitted: asked before each batch, as much may be withdrawn while the one before it is on its way.

    Raises:
        UnavailableError: another delivery is at work.
        EvidenceError: a batch on our disk is not what was built.
    """
    if feed.recipient.deliver is Deliver.WEBHOOK and means.secret is None:
        raise InputError(f"recipient `{feed.recipient.name}` has no secret")
    sent: list[int] = []
    acknowledged: list[int] = []
    with feed.delivering():
        data = permitted()
        while (batch := _next(feed, means, at_once=at_once, data=data)) is not None:
            answer = _attempt(feed, batch, means)
            acknowledged += _note(feed, batch, answer, means)
            if not answer.delivered:
                break
            if batch.stage is Stage.SENT:  # it was a reminder
                break
            sent.append(batch.number)
            with feed.state.reading() as page:
                waits = bool(page.batches(*PENDING))
            data = permitted() if waits else data
        with feed.locked(), feed.state.reading() as page:
            waits = bool(page.batches(*PENDING))
            problem, due = page.note("problem"), _instant(page, NEXT_ATTEMPT)
    return Delivered(tuple(sent), tuple(acknowledged), problem, due if waits else None)


def _next(feed: Feed, means: Means, *, at_once: bool, data: bool) -> Batch | None:
    """The first batch that waits, noted as tried; or one to remind of; None when there is nothing to do now."""
    with feed.locked():
        tell_ledger(feed, means.ledger, clock=means.clock, gap=means.gap)
        with feed.state.writing() as page:
            if at_once:
                for name in ("stopped", NEXT_ATTEMPT, "asked_to_wait"):
                    page.write_note(name, None)
            waiting = page.batches(*PENDING)
            if not waiting:
                return _to_remind(feed, page, means.clock(), at_once=at_once)
            batch = waiting[0]
            if page.note("stopped") is not None or not _is_due(page, NEXT_ATTEMPT, means.clock()):
                return None
            if batch.additions and not data:
                return None
            checked_batch(feed, batch)
            page.mark_tried(batch.number)
    means.gap("tried")
    # A crash here means: a batch that counts as possibly held and was not sent; it is sent next time.
    return batch


def _to_remind(feed: Feed, page: Page, now: datetime, *, at_once: bool) -> Batch | None:
    """The last batch they have and did not acknowledge; a folder cannot be reminded."""
    if feed.recipient.deliver is Deliver.FOLDER or not (at_once or _is_due(page, NEXT_REMINDER, now)):
        return None
    unacknowledged = page.batches(Stage.SENT)
    return unacknowledged[-1] if unacknowledged else None


def _is_due(page: Page, name: str, now: datetime) -> bool:
    due = _instant(page, name)
    return due is None or due <= now


def _attempt(feed: Feed, batch: Batch, means: Means) -> Answer:
    """What the recipient makes of it. The feed is not locked meanwhile: builds must not wait for a slow recipient."""
    if batch.stage is Stage.SENT:
        assert means.secret is not None
        return post_reminder(feed, batch, signer=Signer(means.secret, means.clock), patience=means.patience)
    try:
        envelope, manifest = checked_batch(feed, batch)
        return _hand_over(feed, batch, envelope, manifest, means)
    except AssentError as error:
        with feed.state.reading() as page:
            found = page.batch(batch.number)
        if found is not None and found.stage is Stage.CANCELLED:
            # A build cancelled it and removed its files under our hands; what took its place is sent next.
            return Answer(delivered=False, detail="was built anew meanwhile")
        if isinstance(error, (UnavailableError, InputError)):
            return Answer(delivered=False, detail=error.message)
        raise


def _hand_over(feed: Feed, batch: Batch, envelope: bytes, manifest: FeedManifest, means: Means) -> Answer:
    if feed.recipient.deliver is Deliver.FOLDER:
        drop_batch(feed, batch, envelope, manifest, gap=means.gap)
        return Answer(delivered=True, detail="lies in their folder")
    assert means.secret is not None
    return post_batch(
        feed, batch, envelope, manifest, signer=Signer(means.secret, means.clock), patience=means.patience
    )


def _note(feed: Feed, batch: Batch, answer: Answer, means: Means) -> list[int]:
    """The outcome is kept, and the ledger knows of it; gives the numbers that were acknowledged."""
    means.gap("answered")
    # A crash here means: they have it and we do not know; it is sent again under the same id.
    acknowledged: list[int] = []
    with feed.locked():
        now = means.clock()
        with feed.state.writing() as page:
            found = page.batch(batch.number)
            assert found is not None, "batches are never forgotten"
            if answer.delivered:
                if found.stage in PENDING:
                    page.mark_sent(batch.number, now)
                page.write_note(NEXT_REMINDER, format_instant(now + REMINDER_WAIT))
                for name in (NEXT_ATTEMPT, "problem", "attempts", "failing_since", "asked_to_wait", "stopped"):
                    page.write_note(name, None)
            elif found.stage is not Stage.CANCELLED:
                _put_off(page, answer, now, means.chance, NEXT_ATTEMPT if found.stage in PENDING else NEXT_REMINDER)
        means.gap("noted")
        # A crash here means: data of a sent batch on our disk, and a ledger that does not know; both are made good.
        if answer.delivered and found.stage in PENDING:
            drop_data(feed.batch_folder(batch.number), keep_retractions=True)
        tell_ledger(feed, means.ledger, clock=means.clock, gap=means.gap)
        if answer.acknowledged is not None and found.stage is not Stage.CANCELLED:
            acknowledged = _acknowledge(feed, answer, means, now)
    return acknowledged


def _acknowledge(feed: Feed, answer: Answer, means: Means, now: datetime) -> list[int]:
    """A signed answer counts for the batch it names, which may be an earlier one than was asked about."""
    with feed.state.reading() as page:
        named = [each.number for each in page.batches(Stage.SENT) if each.digest == answer.acknowledged]
    if not named:
        return []
    fresh = acknowledge_batch(
        feed, named[0], digest=answer.acknowledged, by=BY_RECIPIENT, now=now, receipt=answer.receipt
    )
    means.gap("acknowledged")
    tell_ledger(feed, means.ledger, clock=means.clock, gap=means.gap)
    return [each.number for each in fresh]


def _put_off(page: Page, answer: Answer, now: datetime, chance: Chance, what: str) -> None:
    attempts = int(page.note("attempts") or 0) + 1
    wait = LONGEST_WAIT if answer.refused else min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, _DOUBLINGS))
    wait *= 0.5 + chance() / 2
    if answer.wait is not None:
        wait = max(wait, min(answer.wait, LONGEST_ASKED))
        page.write_note("asked_to_wait", "yes")
    page.write_note(what, format_instant(now + wait))
    page.write_note("problem", answer.detail)
    page.write_note("attempts", str(attempts))
    page.write_note("failing_since", page.note("failing_since") or format_instant(now))
    if answer.gone:
        page.write_note("stopped", answer.detail)


def _instant(page: Page, name: str) -> datetime | None:
    text = page.note(name)
    return None if text is None else parse_instant(text)
