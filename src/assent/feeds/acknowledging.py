"""What a recipient says they have applied, and that the ledger hears of every batch once.

A 2xx or a copied folder means *sent*. *Acknowledged* takes more: a signed answer that names the batch's digest, a
receipt file that does, or the word of a person here who was told. As each batch names the one before it, an
acknowledgement of one is an acknowledgement of all that were sent before it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from assent.errors import EvidenceError, InputError, RefusedError
from assent.feeds.feed import Feed, Gap, drop_data, no_gap
from assent.feeds.state import DELIVERED, Batch, Stage
from assent.ledger import Ledger
from assent.storage.files import write_durably
from assent.vocabulary.events import Event, EventType

RECEIPT = "receipt.json"

BY_RECIPIENT, BY_RECEIPT, BY_OPERATOR = "recipient", "receipt", "operator"
"""Who said so: a signed answer, a file they gave, or a person here."""


def acknowledge_batch(
    feed: Feed, number: int, *, digest: str | None, by: str, now: datetime, receipt: bytes | None = None
) -> list[Batch]:
    """The batch and those sent before it are acknowledged; gives those that were not yet. The feed must be locked.

    Args:
        digest: the digest that was acknowledged; None takes somebody's word for it.

    Raises:
        InputError: there is no such batch.
        RefusedError: it has not been sent.
        EvidenceError: another digest was acknowledged.
    """
    with feed.state.writing() as page:
        batch = page.batch(number)
        if batch is None:
            raise InputError(f"`{feed.recipient.name}` has no batch `{number}`")
        if batch.stage not in DELIVERED:
            raise RefusedError(f"batch `{number}` was never sent to `{feed.recipient.name}`")
        if digest is not None and digest != batch.digest:
            raise EvidenceError(
                f"the receipt is not for batch `{number}`: it names `{digest[:64]}`",
                hint=f"the batch is `{batch.digest}`",
            )
        fresh = [each for each in page.batches(Stage.SENT) if each.number <= number]
        if receipt is not None and fresh:
            write_durably(feed.batch_folder(number) / RECEIPT, receipt)
        for each in fresh:
            page.mark_acknowledged(each.number, now, by)
    # A crash here means: retractions that are no longer needed lie on our disk until the feed is locked again.
    for each in fresh:
        drop_data(feed.batch_folder(each.number), keep_retractions=False)
    return fresh


def read_receipt(data: bytes) -> str:
    """The digest that a receipt file acknowledges.

    Raises:
        InputError: it is no object with `acknowledged`.
    """
    try:
        digest = json.loads(data)["acknowledged"]
    except (ValueError, KeyError, TypeError, RecursionError):
        digest = None
    if not isinstance(digest, str):
        raise InputError("the receipt is no JSON object with `acknowledged`, a batch's digest")
    return digest


def tell_ledger(feed: Feed, ledger: Ledger, *, clock: Callable[[], datetime], gap: Gap = no_gap) -> int:
    """The ledger says of every batch that it was sent, and acknowledged, once each; gives how many events that took.

    The feed must be locked.
    """
    with feed.state.reading() as page:
        untold = [each for each in page.batches(*DELIVERED) if not each.sent_logged or _owed(each)]
    if not untold:
        return 0
    # The process may have died between the ledger's answer and our note of it: so the ledger is asked first.
    told = {(event.type, event.key) for _, event in ledger.system_events() if isinstance(event, Event)}
    appended = 0
    for each in untold:
        key = f"{feed.recipient.name}/{each.number}"
        for kind, wanted, moment in (
            (EventType.FEED_SENT, not each.sent_logged, each.sent_at),
            (EventType.FEED_ACKNOWLEDGED, _owed(each), each.acknowledged_at),
        ):
            if wanted and (kind, key) not in told:
                by = each.acknowledged_by if kind is EventType.FEED_ACKNOWLEDGED else "feed"
                ledger.append([Event(kind, effective_at=moment or clock(), key=key, value=each.digest, by=by)])
                appended += 1
            gap(f"{kind.value}-told")
            # A crash here means: the ledger knows and our note does not say so; the next one finds it there.
        with feed.state.writing() as page:
            page.mark_logged(each.number, sent=True, acknowledged=_owed(each))
    return appended


def _owed(batch: Batch) -> bool:
    return batch.stage is Stage.ACKNOWLEDGED and not batch.acknowledged_logged
