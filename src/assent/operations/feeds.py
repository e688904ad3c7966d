"""What is handed on: build a recipient's next batch, deliver it, hear that it was applied.

`retract_feeds` is what a sweep or a take-back calls when something is no longer permitted; `purge`, with
`feed_status.holds_of`, is what an erasure calls. Delivering looks for withdrawals first, so nothing that was
withdrawn by then is sent.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from assent.errors import AssentError, EvidenceError, InputError
from assent.evidence.canonical import canonical_json
from assent.evidence.manifest import MANIFEST
from assent.feeds.acknowledging import BY_OPERATOR, BY_RECEIPT, acknowledge_batch, read_receipt, tell_ledger
from assent.feeds.building import Made, Source, build_batches, retract_left_out
from assent.feeds.delivery import Delivered, Means, deliver_feed
from assent.feeds.feed import Feed, Gap, drop_data, no_gap, open_feed
from assent.feeds.state import PENDING, STATE, Batch
from assent.feeds.terms import Deliver, Recipient, require_allowed, secret_of
from assent.feeds.verifying import Chain, current_set, verify_feed
from assent.feeds.webhook import PATIENCE, Patience
from assent.ledger import Ledger
from assent.operations.build import ATTEST_KEY, ATTEST_PUBLIC, secret_key
from assent.operations.ledger import open_ledger
from assent.operations.snapshots import SEALED, list_snapshots, shelf_of
from assent.operations.verify import public_key
from assent.operations.workspace import Workspace
from assent.policy.load import load_pack
from assent.snapshot.reader import open_snapshot
from assent.storage.files import write_durably
from assent.storage.keys import load_or_create_key, publish_key
from assent.vocabulary.identifiers import PurposeName

Clock = Callable[[], datetime]

FEEDS_KEY: Final = "feeds.key"
"""Under which recipients know records and people; each has a key of their own, made from this one."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What operations on feeds take from outside; the defaults are those of a command."""

    clock: Clock
    entropy: Callable[[int], bytes] = os.urandom
    chance: Callable[[], float] = random.random
    environ: Mapping[str, str] | None = None
    patience: Patience = PATIENCE
    gap: Gap = no_gap


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one recipient in one round of deliveries.

    Args:
        cancelled: batches that were built anew or dropped, because something in them was withdrawn.
        problem: one line; None when nothing stands in the way.
        error: the one behind the problem, where something on our side is wrong.
    """

    recipient: str
    sent: tuple[int, ...] = ()
    acknowledged: tuple[int, ...] = ()
    cancelled: tuple[int, ...] = ()
    problem: str | None = None
    next_attempt_at: datetime | None = None
    error: AssentError | None = None


def build_feed(workspace: Workspace, name: str, around: Surroundings) -> Made:
    """What the recipient was not told yet waits as numbered batches.

    Raises:
        InputError: there is no such recipient, or no snapshot for the purpose.
        RefusedError: the pack does not let them be given this.
        EvidenceError: the snapshot is not what was sealed.
        UnavailableError: the disk is full, or the ledger cannot be read.
    """
    recipient = recipient_of(workspace, name)
    require_allowed(recipient, load_pack(workspace.pack))
    with (
        open_ledger(workspace, clock=around.clock) as ledger,
        source_of(workspace, recipient, ledger, around) as source,
        feed_of(workspace, recipient, around) as feed,
        feed.locked(),
    ):
        return build_batches(feed, source, now=around.clock(), gap=around.gap)


def retract_feed(
    workspace: Workspace,
    name: str,
    around: Surroundings,
    *,
    everything: bool = False,
    without: frozenset[str] = frozenset(),
) -> Made:
    """What the recipient holds and may hold no longer waits to be retracted; nothing new is added.

    Args:
        everything: take back all of it, whatever is permitted.
        without: members who are left out whatever the ledger says.

    Raises:
        InputError: there is no such recipient, or no snapshot to compare with.
        RefusedError, EvidenceError, UnavailableError: as `build_feed`.
    """
    recipient = recipient_of(workspace, name)
    if everything:
        with feed_of(workspace, recipient, around) as feed, feed.locked():
            return build_batches(feed, Source(load_pack(workspace.pack), None), now=around.clock(), gap=around.gap)
    with (
        open_ledger(workspace, clock=around.clock) as ledger,
        source_of(workspace, recipient, ledger, around) as source,
        feed_of(workspace, recipient, around) as feed,
        feed.locked(),
    ):
        return retract_left_out(feed, replace(source, without=without), now=around.clock(), gap=around.gap)


def retract_feeds(workspace: Workspace, around: Surroundings) -> dict[str, Made | AssentError]:
    """What no recipient may hold any longer waits to be retracted; one that fails does not keep the others."""
    found: dict[str, Made | AssentError] = {}
    for name in workspace.recipients:
        if not (workspace.feeds_folder / name / STATE).is_file():
            continue
        try:
            found[name] = retract_feed(workspace, name, around)
        except AssentError as error:
            found[name] = error
    return found


def build_anew(workspace: Workspace, name: str, around: Surroundings) -> Made:
    """The recipient is given everything once more: they lost it, or nobody knows what they have.

    Raises:
        InputError, RefusedError, EvidenceError, UnavailableError: as `build_feed`.
    """
    with feed_of(workspace, recipient_of(workspace, name), around) as feed, feed.locked(), feed.state.writing() as page:
        page.forget_digests()
    return build_feed(workspace, name, around)


def deliver(workspace: Workspace, name: str, around: Surroundings, *, at_once: bool = False) -> Round:
    """Everything that waits and is still permitted was sent, as far as the recipient takes it now.

    Raises:
        InputError: there is no such recipient, or their secret is missing.
        UnavailableError: another delivery is at work.
        EvidenceError: a batch on our disk was changed or removed.
    """
    recipient = recipient_of(workspace, name)
    environ = os.environ if around.environ is None else around.environ
    secret = secret_of(recipient, environ) if recipient.deliver is Deliver.WEBHOOK else None
    with (
        open_ledger(workspace, clock=around.clock) as ledger,
        feed_of(workspace, recipient, around) as feed,
    ):
        # What was withdrawn since the batches were built is never sent. Where nobody can say what was,
        # nothing but retractions leaves.
        cancelled: list[int] = []
        error: AssentError | None = None

        def permitted() -> bool:
            nonlocal error
            made, error = _caught_up(workspace, feed, ledger, around)
            cancelled.extend(made.cancelled)
            return error is None

        means = Means(ledger, around.clock, around.chance, secret, around.patience, around.gap)
        done = deliver_feed(feed, means, permitted, at_once=at_once)
    return _round(name, cancelled, done, error)


def deliver_all(workspace: Workspace, around: Surroundings) -> list[Round]:
    """A round for every recipient; one that fails does not keep the others."""
    rounds = []
    for name in workspace.recipients:
        try:
            rounds.append(deliver(workspace, name, around))
        except AssentError as error:
            rounds.append(Round(name, problem=error.message, error=error))
    return rounds


def watch(
    workspace: Workspace,
    around: Surroundings,
    *,
    names: Sequence[str] = (),
    every: timedelta = timedelta(seconds=30),
    sleep: Callable[[float], None] = time.sleep,
    rounds: int | None = None,
) -> Iterator[Round]:
    """Rounds of deliveries without end, or so many; a withdrawal reaches the recipient within `every`."""
    chosen = replace(workspace, recipients={n: recipient_of(workspace, n) for n in names or workspace.recipients})
    done = 0
    while rounds is None or done < rounds:
        if done:
            sleep(every.total_seconds())
        yield from deliver_all(chosen, around)
        done += 1


def acknowledge(
    workspace: Workspace, name: str, number: int, around: Surroundings, *, receipt: bytes | None = None
) -> list[Batch]:
    """The recipient applied this batch and all before it, says their receipt or the person who calls this.

    Raises:
        InputError: there is no such recipient or batch, or the receipt cannot be read.
        RefusedError: the batch was not sent.
        EvidenceError: the receipt names another batch.
    """
    digest = None if receipt is None else read_receipt(receipt)
    by = BY_OPERATOR if receipt is None else BY_RECEIPT
    with (
        open_ledger(workspace, clock=around.clock) as ledger,
        feed_of(workspace, recipient_of(workspace, name), around) as feed,
        feed.locked(),
    ):
        tell_ledger(feed, ledger, clock=around.clock)
        fresh = acknowledge_batch(feed, number, digest=digest, by=by, now=around.clock(), receipt=receipt)
        around.gap("acknowledged")
        tell_ledger(feed, ledger, clock=around.clock, gap=around.gap)
        return fresh


def purge(workspace: Workspace, member: str, around: Surroundings) -> None:
    """Nothing of the member lies in `feeds/`; what recipients hold of them waits to be retracted.

    The ledger must know by now that the member is gone, else the next build brings them back.
    Where nobody can say what else is permitted, what waits is dropped and the next build makes it anew.
    """
    for recipient in everybody(workspace):
        if not (workspace.feeds_folder / recipient.name / STATE).is_file():
            continue
        with open_ledger(workspace, clock=around.clock) as ledger, feed_of(workspace, recipient, around) as feed:
            with feed.locked():
                pass  # which removes what a crash left, also where nothing is known to be held or to wait
            _, error = _caught_up(workspace, feed, ledger, around, without=frozenset({member}))
            if error is not None:
                _drop_waiting(feed, member)


def verify_received(folder: Path, key: Path) -> Chain:
    """A recipient's check of what they were given, without the sender.

    Raises:
        InputError: there is no batch, or the key is none.
        EvidenceError: something does not hold.
    """
    signer = public_key(key, None)
    assert signer is not None, "a key that was given is read or refused"
    return verify_feed(folder, signer)


def write_current(chain: Chain, path: Path | None) -> int:
    """How many records may be used now; they lie in that file, as JSON Lines, where one is given."""
    held = current_set(chain)
    if path is not None:
        write_durably(path, b"".join(canonical_json(held[each]) + b"\n" for each in sorted(held)))
    return len(held)


def recipient_of(workspace: Workspace, name: str) -> Recipient:
    """The recipient of that name.

    Raises:
        InputError: `assent.toml` has none.
    """
    found = workspace.recipients.get(name)
    if found is None:
        known = ", ".join(workspace.recipients) or "none yet"
        raise InputError(
            f"there is no recipient `{name}`", hint=f"known: {known}; add a table [recipients.NAME] to assent.toml"
        )
    return found


@contextmanager
def feed_of(workspace: Workspace, recipient: Recipient, around: Surroundings) -> Iterator[Feed]:
    """The recipient's feed, open."""
    key = load_or_create_key(workspace.keys_folder / ATTEST_KEY, entropy=around.entropy)
    publish_key(workspace.keys_folder / ATTEST_PUBLIC, key)
    folder, master = workspace.feeds_folder / recipient.name, workspace.keys_folder / FEEDS_KEY
    if (folder / STATE).is_file() and not master.is_file():
        raise EvidenceError(
            f"the key `{master}` is missing", hint="bring it back; without it nobody knows who is in what they hold"
        )
    feed = open_feed(folder, recipient, master=secret_key(master, around.entropy), key=key)
    try:
        yield feed
    finally:
        feed.close()


@contextmanager
def source_of(workspace: Workspace, recipient: Recipient, ledger: Ledger, around: Surroundings) -> Iterator[Source]:
    """The newest standing snapshot of the recipient's purpose, as it may be read now.

    Raises:
        InputError: there is none.
        EvidenceError, UnavailableError: as `open_snapshot`.
    """
    pack = load_pack(workspace.pack)
    listed = list_snapshots(workspace, clock=around.clock)
    newest = next((each.id for each in listed if each.state == SEALED and each.purpose == recipient.purpose), None)
    if newest is None:
        raise InputError(
            f"there is no snapshot for `{recipient.purpose}`", hint=f"make one with: assent build {recipient.purpose}"
        )
    folder = shelf_of(workspace).of(newest)
    staleness = timedelta(seconds=workspace.number("read.max_staleness_seconds"))
    with open_snapshot(folder, ledger=ledger, max_staleness=staleness, clock=around.clock) as reader:
        yield Source(pack, reader, sha256((folder / MANIFEST).read_bytes()).hexdigest())


def _caught_up(
    workspace: Workspace,
    feed: Feed,
    ledger: Ledger,
    around: Surroundings,
    *,
    without: frozenset[str] = frozenset(),
) -> tuple[Made, AssentError | None]:
    """What was withdrawn is in a batch, or the error says why nobody knows."""
    with feed.state.reading() as page:
        untouched = not page.held and not page.batches(*PENDING)
    if untouched:
        return Made(), None
    try:
        with source_of(workspace, feed.recipient, ledger, around) as source, feed.locked():
            require_allowed(feed.recipient, source.pack)
            made = retract_left_out(feed, replace(source, without=without), now=around.clock(), gap=around.gap)
            return made, None
    except AssentError as error:
        return Made(), error


def _drop_waiting(feed: Feed, member: str) -> None:
    """No batch that waits has anything of the member in it: all that wait are dropped."""
    with feed.locked():
        with feed.state.writing() as page:
            if not page.share_of(feed.names.tag(member)).waiting:
                return
            pending = page.batches(*PENDING)
            page.cancel_pending()
            # What was compared is no longer what waits; the next look compares everything.
            page.write_note("compared", None)
        for batch in pending:
            drop_data(feed.batch_folder(batch.number), keep_retractions=False)


def _round(name: str, cancelled: Sequence[int], done: Delivered, error: AssentError | None) -> Round:
    problem = done.problem if error is None else f"nothing but retractions is sent: {error.message}"
    return Round(name, done.sent, done.acknowledged, tuple(cancelled), problem, done.next_attempt_at, error)


def everybody(workspace: Workspace) -> list[Recipient]:
    """Every recipient there is or was: who is no longer configured may still hold data."""
    folder = workspace.feeds_folder
    kept = sorted(each.name for each in folder.iterdir() if (each / STATE).is_file()) if folder.is_dir() else []
    gone = [Recipient(name, PurposeName(""), Deliver.FOLDER, "") for name in kept if name not in workspace.recipients]
    return [*workspace.recipients.values(), *gone]
