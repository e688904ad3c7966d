"""Receipts: make one for a member after a change, and verify one anywhere, without a working folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from assent.audit.witnesses import Quorum
from assent.errors import EvidenceError, InputError
from assent.evidence.checkpoint import parse_checkpoint
from assent.evidence.cosignature import Cosignature, read_cosignatures
from assent.evidence.note import read_signatures
from assent.evidence.privacy_record import (
    RIGHT_NAMES,
    RIGHTS,
    Around,
    Happened,
    Use,
    write_record,
)
from assent.evidence.receipt import Receipt, open_receipt, write_receipt
from assent.evidence.tlog_proof import TlogProof
from assent.ledger import Ledger, fold_member
from assent.operations.build import ATTEST_KEY, ATTEST_PUBLIC
from assent.operations.ledger import Clock, now, open_ledger
from assent.operations.receipt_effects import (
    Effect,
    effects_of,
    headline_of,
    kind_of,
    outcome_of,
    since_of,
    ways_to_change,
)
from assent.operations.verify import ledger_keys, public_key
from assent.operations.witness import COSIGNED_NAME, trusted_witnesses
from assent.operations.workspace import Workspace, workspace_here
from assent.policy.load import load_pack
from assent.policy.pack import Basis, Pack
from assent.storage.files import explained
from assent.storage.keys import load_or_create_key, publish_key
from assent.storage.schema import LOG_FOLDER, VKEYS_NAME
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import NoticeId
from assent.vocabulary.instants import format_instant
from assent.vocabulary.reasons import Reason
from assent.vocabulary.regions import GDPR_REGIONS
from assent.witness.published import PublishedLog, open_published


@dataclass(frozen=True, slots=True)
class Made:
    """A receipt's bytes, and what they say once verified."""

    data: bytes
    receipt: Receipt


def make_receipt(
    workspace: Workspace,
    member: str,
    *,
    seq: int | None = None,
    clock: Clock = now,
    entropy: Callable[[int], bytes] = os.urandom,
) -> Made:
    """A receipt of one of the member's events.

    Args:
        seq: which; None is the last one recorded.

    Raises:
        InputError: the ledger has no such event of theirs, or it cannot be read.
        RefusedError: it was erased.
    """
    pack = load_pack(workspace.pack)
    key = load_or_create_key(workspace.keys_folder / ATTEST_KEY, entropy=entropy)
    publish_key(workspace.keys_folder / ATTEST_PUBLIC, key)
    with open_ledger(workspace, clock=clock) as ledger:
        at = ledger.present(clock())
        told = _look_up(ledger, pack, member, seq)
        salt, canonical = ledger.revealed(told.seq)
    folder = workspace.ledger_folder / LOG_FOLDER
    with open_published(str(folder)) as log:
        proof = _proof(log, told.seq, salt + canonical)
    origin = parse_checkpoint(read_signatures(proof.checkpoint)[0]).origin
    data = write_receipt(
        created_at=at,
        proof=proof.text,
        log_keys=_log_keys(folder, told.vkey),
        statement=_statement(workspace, pack, told),
        records=_records(workspace, pack, told, origin=origin, at=at),
        key=key,
    )
    return Made(data, open_receipt(data, attest_key=key.public_key()))


def verify_receipt(
    data: bytes,
    *,
    vkey: str | None = None,
    attest_key: Path | None = None,
    witness: str | None = None,
    witness_keys: Sequence[str] = (),
) -> tuple[Receipt, tuple[Cosignature, ...]]:
    """What a receipt proves and states, and which trusted witnesses cosigned its checkpoint; needs no network.

    Args:
        vkey: the log's public key, as a text or a file; None is that of the working folder around here, if any.
        attest_key: the platform's, in PEM form; likewise.
        witness: such as `2-of-3`; None asks none.

    Raises:
        InputError: a key that was given is none, or the number of witnesses makes no sense.
        EvidenceError: the receipt does not verify, or too few witnesses cosigned.
    """
    workspace = workspace_here()
    if witness is None and witness_keys:
        raise InputError("how many witnesses shall agree?", hint="add --witness, such as --witness 2-of-3")
    quorum = None if witness is None else Quorum.parse(witness, trusted_witnesses(workspace, witness_keys))
    known = ledger_keys(workspace.ledger_folder if workspace else None, vkey)
    receipt = open_receipt(data, attest_key=public_key(attest_key, workspace), log_key=known[0] if known else None)
    if quorum is None:
        return receipt, ()
    cosigned = read_cosignatures(receipt.checkpoint, quorum.trusted)
    if len(cosigned) < quorum.needed:
        raise EvidenceError(
            f"{len(cosigned)} of the {quorum.needed} witnesses asked for cosigned this receipt's checkpoint",
            hint="ask for a receipt made after the log was cosigned",
        )
    return receipt, cosigned


@dataclass(frozen=True, slots=True)
class _Told:
    """Everything the ledger says that a receipt needs.

    Args:
        notices: delivered to the member by then, first deliveries: id, and when.
        published_as: positions of the events that published these rules.
    """

    seq: int
    event: Event
    effects: list[Effect]
    region: str | None
    notices: Mapping[NoticeId, datetime]
    published_as: list[int]
    vkey: str


def _look_up(ledger: Ledger, pack: Pack, member: str, seq: int | None) -> _Told:
    said = ledger.events_of(member)
    if not said:
        raise InputError(f"the ledger knows no member `{member}`")
    if seq is None:
        seq = said[-1][0]
    event = dict(said).get(seq)
    if event is None:
        ledger.revealed(seq)  # says so if it was erased or never was
        raise InputError(f"event `{seq}` is not about `{member}`", hint="give one of theirs with --event")
    if not isinstance(event, Event):
        raise InputError(f"event `{seq}` cannot be read: {event.why}", hint="use the release that wrote it, or later")
    system = ledger.system_events()
    state = fold_member(said, at=since_of(event), size=seq + 1)
    return _Told(
        seq,
        event,
        effects_of(pack, seq, event, said, system),
        state.region if state else None,
        state.notices if state else {},
        [
            number
            for number, each in system
            if isinstance(each, Event) and each.type is EventType.PACK_PUBLISHED and each.value == pack.digest
        ],
        ledger.vkey,
    )


def _proof(log: PublishedLog, seq: int, revealed: bytes) -> TlogProof:
    """The proof under the newest checkpoint that witnesses cosigned, else under the log's own."""
    note = log.checkpoint()
    try:
        cosigned = log.read(COSIGNED_NAME)
        if parse_checkpoint(read_signatures(cosigned)[0]).size > seq:
            note = cosigned
    except EvidenceError:
        pass  # nobody cosigned yet
    size = parse_checkpoint(read_signatures(note)[0]).size
    return TlogProof(seq, log.prove_entry(seq, size), note, revealed)


def _log_keys(folder: Path, vkey: str) -> str:
    path = folder / VKEYS_NAME
    with explained(path):
        return path.read_text(encoding="utf-8") if path.is_file() else f"0 {vkey}\n"


def _statement(workspace: Workspace, pack: Pack, told: _Told) -> dict[str, Any]:
    asked = {str(each.purpose.notice) for each in told.effects if each.purpose.notice is not None}
    applies = gdpr_applies(told.region)
    return {
        "platform": {"controller": workspace.text("receipt.controller"), "contact": workspace.text("receipt.contact")},
        "headline": headline_of(pack, told.event),
        "since": format_instant(since_of(told.event)),
        "rules": {
            "pack": pack.name,
            "title": pack.title,
            "digest": pack.digest,
            "published_as": told.published_as[-1] if told.published_as else None,
        },
        "notices": [
            {
                "notice": each.id,
                "title": each.title,
                "first_delivered_at": format_instant(told.notices[each.id]) if each.id in told.notices else None,
            }
            for each in pack.notices.values()
            if each.id in asked
        ],
        "purposes": [each.to_json(pack, told.event) for each in told.effects],
        "rights": _rights(told.effects) if applies else [],
        "complain_to": workspace.text("receipt.authority"),
    }


def gdpr_applies(region: str | None) -> bool:
    """Whether the GDPR, or its British twin, is this person's law; where the country is unknown, it is taken to be."""
    return region is None or region in GDPR_REGIONS


def _rights(effects: Sequence[Effect]) -> list[dict[str, str]]:
    bases = {each.purpose.basis.article for each in effects}
    articles = {article for basis in bases for article in RIGHTS[basis]}
    return [{"article": article, "name": name} for article, name in RIGHT_NAMES.items() if article in articles]


def _records(workspace: Workspace, pack: Pack, told: _Told, *, origin: str, at: datetime) -> list[dict[str, Any]]:
    """A record for each legal basis of the purposes concerned; none where no choice was made and no right exercised."""
    place = f"{origin}/{told.seq}"
    records = []
    for basis in (Basis.CONSENT, Basis.CONTRACT, Basis.LEGITIMATE_INTEREST):
        uses = [each for each in told.effects if each.purpose.basis is basis]
        outcome = outcome_of(told.event, basis)
        if not uses or outcome is None:
            continue
        status, right = outcome
        if status == "dpv:ConsentWithdrawn" and all(Reason.SETTING_OFF in each.before for each in uses):
            status, right = "dpv:ConsentRefused", None  # there was none to withdraw
        around = Around(
            record_id=str(uuid5(NAMESPACE_URL, f"{place}/{basis.value}")),
            receipt_id=str(uuid5(NAMESPACE_URL, f"{place}/{basis.value}/{format_instant(at)}")),
            created=format_instant(at),
            person=str(told.event.member),
            notice=next((pack.notices[each.purpose.notice].title for each in uses if each.purpose.notice), None),
            controller=workspace.text("receipt.controller"),
            storage=workspace.text("receipt.storage"),
            retention=workspace.text("receipt.retention"),
            jurisdiction=told.region or "unknown",
            applies=gdpr_applies(told.region),
        )
        happened = Happened(
            told.event.type.value, status, right, format_instant(told.event.effective_at), told.event.by or "member"
        )
        records.append(write_record(basis.article, tuple(_use(pack, each) for each in uses), happened, around))
    return records


def _use(pack: Pack, effect: Effect) -> Use:
    purpose = effect.purpose
    kind, operation = kind_of(purpose)
    steps = tuple(f"{way['what']}: {' > '.join(way['menu'])}" for way in ways_to_change(pack, purpose))
    return Use(purpose.name, purpose.title, kind, operation, tuple(purpose.scope), purpose.recipients, steps)
