"""The ledger: events go in, get a position, and stay; one signature covers all of them.

How an append becomes durable:

1. the caller's thread gives the events their `recorded_at`, canonical bytes, salts and commitments;
2. one thread takes everything that waits (group commit) and opens a transaction with the write lock;
3. in it: rows, the tree's frontier, and the signed checkpoint, from the size found under the lock;
4. commit: from here on the events are recorded, whatever happens;
5. answer every writer that was taken along, and let the next thread begin at step 2;
6. publish tiles and checkpoint from the database (`publication`).

A writer that got no answer does not know whether step 4 was reached, and looks before it repeats itself; where the
database is a server that lost its answer, the ledger looks for it (`lost_answer`).
What a writer was answered about is published moments later; `prove` waits for it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.errors import EvidenceError, InputError, RefusedError, UnavailableError
from assent.evidence import merkle, tiles
from assent.evidence.checkpoint import Checkpoint, sign_checkpoint
from assent.evidence.commitment import SALT_BYTES, commit_all
from assent.evidence.handover import HeldKey
from assent.evidence.note import SignerKey
from assent.evidence.tlog_proof import TlogProof
from assent.ledger.charge import Gap, head_to_extend, make_database, no_gap, open_database
from assent.ledger.columns import ColumnarEvents, Mirror, Shredded
from assent.ledger.group_commit import Group, Ticket
from assent.ledger.lost_answer import Last, looking
from assent.ledger.publication import Publication
from assent.ledger.recorded import RecordedEvents
from assent.ledger.rotation import chain_of
from assent.ledger.shredding import shredded_since
from assent.ledger.statements import statement_of
from assent.ledger.stored import Statement
from assent.ledger.suppression import Suppression, SuppressionKey, no_key
from assent.storage.database import Database, closed_on_error
from assent.storage.files import explained, make_folder
from assent.storage.place import EMBEDDED, Place
from assent.storage.schema import EVENTS, HEAD, LEAVES, MEMBER_INDEX
from assent.vocabulary.events import Event

Clock = Callable[[], datetime]
Entropy = Callable[[int], bytes]

_INDEX_ANEW = 50_000

Draw = Callable[[sa.Connection, int], Iterable[Sequence[Statement]]]
"""Gives the statements to record, from the open transaction and the ledger's size in it."""


class NotPublishedError(UnavailableError):
    """What was to be recorded is, and the published files do not show it yet."""


class Ledger(RecordedEvents):
    """A folder with a ledger in it. Many threads and several processes may append at once.

    Guarantee: `append` returns only when its events survive a power cut.
    """

    def __init__(
        self,
        *,
        folder: Path,
        database: Database,
        signer: SignerKey | None,
        clock: Clock,
        entropy: Entropy,
        gap: Gap,
        suppression_key: SuppressionKey = no_key,
    ) -> None:
        self.folder = folder
        super().__init__(database)
        self._signer = signer
        self._clock = clock
        self._entropy = entropy
        self._gap = gap
        self._suppression_key = suppression_key
        self._publication = Publication(folder, database, gap)
        self._group = Group(self._commit)
        self._sequencing = threading.Lock()

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        origin: str,
        key: Ed25519PrivateKey,
        clock: Clock,
        database: str = EMBEDDED,
        entropy: Entropy = os.urandom,
        gap: Gap = no_gap,
    ) -> Self:
        """An empty ledger lies in the folder, with its first checkpoint published.

        Args:
            database: `sqlite`, a file in the folder; or the URL of a PostgreSQL database, without a password.

        Raises:
            InputError: there is one already, or the origin cannot name a log.
        """
        signer = SignerKey(origin, key)
        with explained(folder):
            make_folder(folder)
        note = sign_checkpoint(Checkpoint(origin, 0, merkle.EMPTY_ROOT), signer)
        opened = make_database(
            Place.parse(folder, database), origin=origin, vkey=signer.verifier.text, checkpoint=note, gap=gap
        )
        with closed_on_error(opened):
            # A crash here leaves a ledger without published files; opening it publishes them.
            gap("created")
            ledger = cls(folder=folder, database=opened, signer=signer, clock=clock, entropy=entropy, gap=gap)
            ledger._publication.bring_up_to_date()
        return ledger

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        clock: Clock,
        key: Ed25519PrivateKey | None = None,
        entropy: Entropy = os.urandom,
        gap: Gap = no_gap,
        suppression_key: SuppressionKey = no_key,
        key_is_lost: bool = False,
    ) -> Self:
        """The ledger in the folder; without a key it can be read only.

        With the key, whatever was committed and not yet published before a crash is published now.

        Args:
            suppression_key: asked for once members were erased, to know whose events may not be recorded.
            key_is_lost: open it without a key for one thing only, to give it a new one.

        Raises:
            InputError: there is none, it has another version, or the key is not its own.
            EvidenceError: the database is damaged, or behind what was published.
        """
        database = open_database(folder, read_only=key is None and not key_is_lost)
        with closed_on_error(database):
            with database.reading() as connection:
                head = connection.execute(sa.select(HEAD.c.origin, HEAD.c.vkey)).one()
            signer = None if key is None else SignerKey(head.origin, key)
            if signer is not None and signer.verifier.text != head.vkey:
                raise _foreign(folder, signer, chain_of(database))
            ledger = cls(
                folder=folder,
                database=database,
                signer=signer,
                clock=clock,
                entropy=entropy,
                gap=gap,
                suppression_key=suppression_key,
            )
            if signer is not None:
                ledger._publication.bring_up_to_date(thorough=True)
        return ledger

    def close(self) -> None:
        """Its files are closed; it must not be used any more."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def origin(self) -> str:
        """The log's name, which is also its key's."""
        return str(self._head().origin)

    @property
    def vkey(self) -> str:
        """The public key in its one-line form, for whoever verifies."""
        return str(self._head().vkey)

    @property
    def keys(self) -> tuple[HeldKey, ...]:
        """Every key the log ever had, the oldest first, and which checkpoints are its to sign."""
        return chain_of(self._database)

    @property
    def signer(self) -> SignerKey | None:
        """The key it was opened with."""
        return self._signer

    def checkpoint(self) -> bytes:
        """The signed note over everything recorded so far."""
        return bytes(self._head().checkpoint)

    # --- writing

    def append(self, events: Iterable[Event]) -> range:
        """The positions at which the events now stand; they are consecutive.

        Raises:
            InputError: an event is not one the ledger takes; none of this call's events was recorded.
            RefusedError: it is about somebody who was erased, or of a kind that only the ledger itself records.
            UnavailableError: the database or the published files cannot be written; the message says which.
        """
        recorded_at = self._clock()
        statements = [self._storable(statement_of(event, recorded_at)) for event in events]
        seqs, publishes = self._group.record(statements)
        if publishes:
            self._publish(seqs)
        return seqs

    def append_statements(
        self, batches: Iterable[Sequence[Statement]], *, left_out: Callable[[int], None] = lambda _events: None
    ) -> range:
        """All batches are recorded, or none: an error while they are drawn leaves the ledger as it was.

        Nobody else can append meanwhile. Cost: about 15 µs an event.

        Args:
            left_out: told how many events were not recorded because their member was erased.
        """

        def admitted(connection: sa.Connection, _size: int) -> Iterable[Sequence[Statement]]:
            return Suppression(connection, self._suppression_key).without(batches, left_out)

        return self.transact(admitted)

    def transact(self, draw: Draw, *, successor: SignerKey | None = None) -> range:
        """What `draw` changes and the statements it gives are recorded together, or nothing of either.

        Args:
            draw: looks itself at who was erased.
            successor: signs from here on; the checkpoint of this transaction is signed by both.
        """
        seqs = self._record(draw, successor)
        self._publish(seqs, thorough=successor is not None)
        return seqs

    def suppressed(self, members: Iterable[str]) -> frozenset[str]:
        """Those of the members who were erased and not let back in.

        Raises:
            InputError: the key of the suppression list is missing.
        """
        with self._database.reading() as connection:
            return Suppression(connection, self._suppression_key).among(members)

    @property
    def has_suppressed(self) -> bool:
        """Whether somebody was ever erased."""
        with self._database.reading() as connection:
            return not Suppression(connection, no_key).is_empty()

    def overwrite_deleted(self) -> None:
        """What was deleted is in no byte of the database or the mirror any more. Cost: O(size)."""
        self._mirror().forget_shredded()
        self._database.overwrite_deleted(EVENTS)

    def recorded_now(self) -> datetime:
        """The moment that events recorded now carry."""
        return self._clock()

    def _commit(self, tickets: Sequence[Ticket]) -> int:
        """Where the statements of these tickets begin; they are recorded, but those that were refused."""
        return self._record(lambda connection, _size: [self._admit(connection, tickets)]).start

    def _admit(self, connection: sa.Connection, tickets: Sequence[Ticket]) -> list[Statement]:
        """The statements of all tickets but those about somebody erased, which are refused one by one."""
        suppression = Suppression(connection, self._suppression_key)
        admitted: list[Statement] = []
        with suppress(InputError):  # which is for the tickets that name a member, below
            suppression.among(member for ticket in tickets for member, _ in ticket.statements)
        for ticket in tickets:
            try:
                suppression.require_none(member for member, _ in ticket.statements)
            except (InputError, RefusedError) as error:
                ticket.error = error
            else:
                admitted += ticket.statements
        return admitted

    def _record(self, draw: Draw, successor: SignerKey | None = None) -> range:
        if self._signer is None and successor is None:
            raise RefusedError("this ledger was opened without its key and can only be read")
        last: list[Last] = []
        with self._sequencing, looking(self._database, last), self._database.writing() as connection:
            head = head_to_extend(connection)
            if self._signer is not None and head.vkey != self._signer.verifier.text:
                raise RefusedError("the ledger's key was replaced meanwhile", hint="open it again, with the new key")
            signers = [each for each in (self._signer, successor) if each is not None]
            frontier = merkle.Frontier.from_bytes(head.size, head.frontier)
            indexed = True
            for batch in draw(connection, head.size):
                hashes = self._insert(connection, frontier.size, batch)
                frontier = frontier.extend(hashes)
                last[:] = [(frontier.size - 1, each) for each in hashes[-1:]] or last
                if indexed and frontier.size - head.size > max(head.size, _INDEX_ANEW):
                    # An index over this many new rows is built faster at the end than kept meanwhile.
                    MEMBER_INDEX.drop(connection)
                    indexed = False
            if not indexed:
                MEMBER_INDEX.create(connection)
                self._database.after_many(connection, LEAVES, EVENTS)
            seqs = range(head.size, frontier.size)
            if seqs:
                checkpoint = Checkpoint(head.origin, frontier.size, frontier.root)
                connection.execute(
                    sa.update(HEAD).values(
                        size=frontier.size,
                        frontier=frontier.to_bytes(),
                        checkpoint=sign_checkpoint(checkpoint, *signers),
                        vkey=signers[-1].verifier.text,
                    )
                )
            # A crash here leaves nothing: the transaction was never committed.
            self._gap("written")
        # A crash here has recorded the events and told nobody, neither the writer nor the public.
        # The next one to open or append publishes them.
        self._gap("committed")
        self._signer = signers[-1]
        return seqs

    def _insert(self, connection: sa.Connection, start: int, batch: Sequence[Statement]) -> list[bytes]:
        drawn = self._entropy(SALT_BYTES * len(batch))
        salts = [drawn[at : at + SALT_BYTES] for at in range(0, len(drawn), SALT_BYTES)]
        commitments = commit_all(drawn, [event for _, event in batch])
        seqs = range(start, start + len(batch))
        if batch:
            self._database.insert_rows(connection, LEAVES, list(zip(seqs, commitments, strict=True)))
            self._database.insert_rows(
                connection,
                EVENTS,
                [(seq, member, salt, event) for seq, salt, (member, event) in zip(seqs, salts, batch, strict=True)],
            )
        return merkle.leaf_hashes(commitments)

    def _storable(self, statement: Statement) -> Statement:
        """The same statement; refused here, where it cannot fail the others of its group."""
        if not self._database.holds_text(statement[0]):
            raise InputError("`member` holds a character that the database cannot store")
        return statement

    def _publish(self, seqs: range, *, thorough: bool = False) -> None:
        try:
            self._publication.bring_up_to_date(thorough=thorough)
        except (InputError, UnavailableError) as error:
            raise NotPublishedError(
                f"recorded as {seqs.start} to {seqs.stop - 1}, but not published: {error.message}",
                hint="do not append again; the next append or opening publishes it",
            ) from error

    # --- proving and mirroring

    def prove(self, seq: int, *, reveal: bool = False) -> str:
        """A text that proves offline that the log holds the entry at `seq`.

        Args:
            reveal: put salt and event into the proof, so that it shows what was recorded and not only that
                something was. The reader then knows the event.

        Raises:
            InputError: nothing is published at that position.
        """
        published = self._published(seq + 1)
        if published is None or seq < 0:
            raise InputError(f"the published log has no event `{seq}`")
        note, checkpoint = published
        node = tiles.nodes_from(self._publication.read, checkpoint.size)
        path = merkle.inclusion_path(seq, checkpoint.size, node)
        return TlogProof(seq, tuple(path), note, b"".join(self.revealed(seq)) if reveal else None).text

    def root_at(self, size: int) -> bytes:
        """The root over the first `size` entries, derived from what is published; others may append meanwhile.

        Raises:
            EvidenceError: fewer are published, or a file of the log is missing or damaged.
        """
        if not size:
            return merkle.EMPTY_ROOT
        published = self._published(size)
        if published is None:
            raise EvidenceError(f"less than `{size}` events are published", hint="run `assent ledger verify`")
        return merkle.subtree_root(0, size, tiles.nodes_from(self._publication.read, published[1].size))

    def _published(self, size: int) -> tuple[bytes, Checkpoint] | None:
        """The published checkpoint over at least `size` entries; None where there is none."""
        published = self._publication.checkpoint()
        if self._signer is not None and (published is None or published[1].size < size):
            self._publication.bring_up_to_date()
            published = self._publication.checkpoint()
        return None if published is None or published[1].size < size else published

    def columns(self, *, size: int | None = None) -> ColumnarEvents:
        """The first `size` events as Parquet, brought up to date; see `columns`."""
        return self._mirror().covering(self.size if size is None else size)

    def _mirror(self) -> Mirror:
        return Mirror(self.folder / "columns", self.rows, self._shredded)

    def _shredded(self, seen: int) -> Shredded:
        with self._database.reading() as connection:
            return shredded_since(connection, seen)


def _foreign(folder: Path, signer: SignerKey, keys: Sequence[HeldKey]) -> InputError:
    for each in keys:
        if each.key == signer.verifier:
            return InputError(
                f"this key of the ledger in `{folder}` was replaced at size `{each.until}`", hint="use the new key"
            )
    return InputError(f"this key is not the key of the ledger in `{folder}`")
