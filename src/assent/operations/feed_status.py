"""What a person can ask about feeds: where each stands, and which recipients have what of a member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from assent.errors import AssentError
from assent.feeds.delivery import NEXT_ATTEMPT
from assent.feeds.feed import Feed
from assent.feeds.state import PENDING, STATE, Stage
from assent.feeds.terms import Recipient, require_allowed
from assent.ledger import Ledger
from assent.operations.feeds import Surroundings, everybody, feed_of, recipient_of, source_of
from assent.operations.ledger import open_ledger
from assent.operations.workspace import Workspace
from assent.vocabulary.instants import parse_instant


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """Where a feed stands.

    Args:
        configured: False when `assent.toml` no longer names the recipient, who may still hold data.
        held: records they hold, or may hold.
        withdrawn: of those, how many may no longer be used and are in no batch yet; None when nobody can say.
        waiting: numbers of batches that are not sent.
        unacknowledged: numbers of batches that were sent and not acknowledged.
        owed_since: when the oldest retraction that is not acknowledged was first built.
        overdue: that is longer ago than the recipient was given.
        stopped: they answered that they want no more.
    """

    recipient: str
    configured: bool
    purpose: str
    deliver: str
    held: int
    withdrawn: int | None
    batches: int
    waiting: tuple[int, ...]
    unacknowledged: tuple[int, ...]
    acknowledged: int
    cancelled: int
    owed_since: datetime | None
    overdue: bool
    stopped: bool
    problem: str | None
    failing_since: datetime | None
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """A retraction batch that named a member's records."""

    number: int
    records: int
    sent_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None


@dataclass(frozen=True, slots=True)
class Holding:
    """What one recipient has of a member.

    Args:
        held: records with the member in them that they hold or may hold.
        waiting: records that wait to be sent.
        retracted: what they were told to delete, by batch.
    """

    recipient: str
    held: int
    waiting: int
    retracted: tuple[Told, ...]


def feed_statuses(workspace: Workspace, around: Surroundings, *, name: str | None = None) -> list[FeedStatus]:
    """Where each feed stands, those of recipients that are no longer configured included.

    Raises:
        InputError: there is no recipient of that name.
    """
    named = {each.name: each for each in everybody(workspace)}
    if name is not None and name not in named:
        recipient_of(workspace, name)
    with open_ledger(workspace, clock=around.clock, read_only=True) as ledger:
        return [_status(workspace, named[each], ledger, around) for each in named if name in {None, each}]


def holds_of(workspace: Workspace, member: str, around: Surroundings) -> list[Holding]:
    """What every recipient has of a member, and what each was told to delete (GDPR Art. 19)."""
    found = []
    for recipient in everybody(workspace):
        if not (workspace.feeds_folder / recipient.name / STATE).is_file():
            continue
        with feed_of(workspace, recipient, around) as feed, feed.state.reading() as page:
            share = page.share_of(feed.names.tag(member))
            told = []
            for number, records in share.retracted:
                batch = page.batch(number)
                assert batch is not None, "batches are never forgotten"
                told.append(Told(number, records, batch.sent_at, batch.acknowledged_at, batch.acknowledged_by))
        if share.held or share.waiting or told:
            found.append(Holding(recipient.name, share.held, share.waiting, tuple(told)))
    return found


def _status(workspace: Workspace, recipient: Recipient, ledger: Ledger, around: Surroundings) -> FeedStatus:
    if not (workspace.feeds_folder / recipient.name / STATE).is_file():
        return _untouched(recipient)
    with feed_of(workspace, recipient, around) as feed:
        with feed.state.reading() as page:
            batches, held = page.batches(), page.held
            notes = {name: page.note(name) for name in ("problem", "stopped", "failing_since", NEXT_ATTEMPT)}
        withdrawn = _withdrawn(workspace, feed, ledger, around) if held else 0
    unanswered = [each for each in batches if each.stage not in {Stage.ACKNOWLEDGED, Stage.CANCELLED}]
    owed = min((each.owed_since for each in unanswered if each.owed_since), default=None)
    limit = timedelta(days=recipient.acknowledge_within_days)
    waiting = tuple(each.number for each in batches if each.stage in PENDING)
    return FeedStatus(
        recipient=recipient.name,
        configured=recipient.name in workspace.recipients,
        purpose=recipient.purpose,
        deliver=recipient.deliver.value,
        held=held,
        withdrawn=withdrawn,
        batches=sum(each.stage is not Stage.CANCELLED for each in batches),
        waiting=waiting,
        unacknowledged=tuple(each.number for each in batches if each.stage is Stage.SENT),
        acknowledged=sum(each.stage is Stage.ACKNOWLEDGED for each in batches),
        cancelled=sum(each.stage is Stage.CANCELLED for each in batches),
        owed_since=owed,
        overdue=owed is not None and around.clock() - owed > limit,
        stopped=notes["stopped"] is not None,
        problem=notes["problem"],
        failing_since=_instant(notes["failing_since"]),
        next_attempt_at=_instant(notes[NEXT_ATTEMPT]) if waiting else None,
    )


def _untouched(recipient: Recipient) -> FeedStatus:
    """Nothing was ever built for them, and asking does not begin a feed."""
    return FeedStatus(
        recipient=recipient.name,
        configured=True,
        purpose=recipient.purpose,
        deliver=recipient.deliver.value,
        held=0,
        withdrawn=0,
        batches=0,
        waiting=(),
        unacknowledged=(),
        acknowledged=0,
        cancelled=0,
        owed_since=None,
        overdue=False,
        stopped=False,
        problem=None,
        failing_since=None,
        next_attempt_at=None,
    )


def _withdrawn(workspace: Workspace, feed: Feed, ledger: Ledger, around: Surroundings) -> int | None:
    """How many records they hold that may no longer be used and that no batch takes back yet."""
    try:
        with source_of(workspace, feed.recipient, ledger, around) as source, feed.state.reading() as page:
            require_allowed(feed.recipient, source.pack)
            assert source.reader is not None, "a source of a snapshot has a reader"
            return len(page.holding(feed.names.record(each) for each in source.reader.left_out_ids))
    except AssentError:
        return None


def _instant(text: str | None) -> datetime | None:
    return None if text is None else parse_instant(text)
