"""A receipt verifies offline, and nothing in it can be changed, moved or left out."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from assent.errors import EvidenceError
from assent.evidence.attestation import encode_statement, read_unverified, sign_statement
from assent.evidence.canonical import canonical_json
from assent.evidence.checkpoint import Checkpoint, sign_checkpoint
from assent.evidence.commitment import commit
from assent.evidence.handover import sign_handover, write_vkeys
from assent.evidence.merkle import inclusion_proof, leaf_hash, root_of
from assent.evidence.note import SignerKey
from assent.evidence.privacy_record import (
    CONSENT,
    CONTRACT,
    INTEREST,
    RIGHT_NAMES,
    RIGHTS,
    Around,
    Happened,
    Use,
    write_record,
)
from assent.evidence.receipt import RECEIPT_PREDICATE, Receipt, open_receipt, write_receipt
from assent.evidence.tlog_proof import TlogProof

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENT = {
    "type": "setting.changed",
    "member": "m1",
    "setting": "ai",
    "value": "off",
    "effective_at": "2026-03-01T10:00:00Z",
    "recorded_at": "2026-03-01T10:00:01Z",
}
SALT = bytes(range(32))


def private(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())


LOG = SignerKey("log.example/one", private("log"))
PLATFORM = private("platform")


def proof(event: dict[str, str] = EVENT, *, signer: SignerKey = LOG, reveal: bool = True, size: int = 9) -> str:
    canonical = canonical_json(event)
    leaves = [leaf_hash(b"%d" % n) for n in range(size)]
    leaves[4] = leaf_hash(commit(SALT, canonical))
    note = sign_checkpoint(Checkpoint(signer.name, size, root_of(leaves)), signer)
    return TlogProof(4, tuple(inclusion_proof(leaves, 4)), note, SALT + canonical if reveal else None).text


def record(**changed: str) -> dict[str, Any]:
    happened = Happened(
        changed.get("type", EVENT["type"]),
        "dpv:RequestFulfilled",
        "A21",
        changed.get("effective_at", EVENT["effective_at"]),
        "member",
    )
    around = Around(
        "r", "s", "2026-03-01T12:00:00Z", changed.get("member", "m1"), "a notice", "c", "s", "r", "DE", applies=True
    )
    use = Use("train", "Training", "dpv:ServiceOptimisation", "ai:ModelTraining", ("post",), ("x",), ("a > b",))
    return write_record(INTEREST, (use,), happened, around)


STATED = {
    "platform": {"controller": "c", "contact": "d"},
    "headline": "said",
    "since": "2026-03-01T10:00:01Z",
    "rules": {"pack": "p", "title": "t", "digest": "0" * 64},
    "notices": [],
    "purposes": [],
    "rights": [],
    "complain_to": "e",
}


def made(**given: Any) -> bytes:
    fields: dict[str, Any] = {
        "created_at": AT,
        "proof": proof(),
        "log_keys": write_vkeys(LOG.verifier, []),
        "statement": STATED,
        "records": [record()],
        "key": PLATFORM,
    }
    return write_receipt(**(fields | given))


def opened(data: bytes, **given: Any) -> Receipt:
    return open_receipt(data, **({"attest_key": PLATFORM.public_key(), "log_key": LOG.verifier} | given))


def test_what_goes_in_comes_out() -> None:
    receipt = opened(made())
    assert (receipt.seq, receipt.log.size, receipt.event.to_json(), receipt.statement) == (
        4,
        9,
        EVENT,
        STATED,
    )
    assert receipt.records == (record(),)
    assert receipt.trusted


def test_equal_receipts_have_equal_bytes() -> None:
    assert made() == made()


def test_without_keys_from_elsewhere_it_agrees_only_with_itself() -> None:
    receipt = open_receipt(made())
    assert (receipt.trusted, receipt.key_given, receipt.log_given) == (False, False, False)


def test_every_changed_byte_is_found() -> None:
    data = made()
    for at in range(len(data)):
        for flip in (1, 0x20):
            changed = data[:at] + bytes([data[at] ^ flip]) + data[at + 1 :]
            with pytest.raises(EvidenceError, match="does not verify"):
                open_receipt(changed)


@given(st.data())
def test_no_piece_can_be_cut_out_or_added(data: st.DataObject) -> None:
    whole = made()
    at = data.draw(st.integers(0, len(whole)))
    to = data.draw(st.integers(at, len(whole)))
    added = data.draw(st.binary(max_size=8))
    changed = whole[:at] + added + whole[to:]
    if changed != whole:
        with pytest.raises(EvidenceError, match="does not verify"):
            open_receipt(changed)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with pytest.raises(EvidenceError):
        open_receipt(data)


def test_a_second_signature_is_not_taken_along() -> None:
    document = json.loads(made())
    document["signatures"] *= 2
    with pytest.raises(EvidenceError):
        opened(json.dumps(document, indent=1, sort_keys=True).encode() + b"\n")


def test_a_platform_key_of_somebody_else_is_refused() -> None:
    with pytest.raises(EvidenceError, match="another key"):
        opened(made(), attest_key=private("mallory").public_key())


def test_a_receipt_of_another_log_is_refused() -> None:
    other = SignerKey("log.example/one", private("other log"))
    data = made(proof=proof(signer=other), log_keys=write_vkeys(other.verifier, []))
    assert open_receipt(data).log.origin == "log.example/one"
    with pytest.raises(EvidenceError, match="is not signed by"):
        opened(data)


def test_a_receipt_signed_by_an_insider_without_the_log_is_refused() -> None:
    """Whoever has the platform's key and not the log's cannot invent an event."""
    forged = proof(signer=SignerKey("log.example/one", private("insider")))
    with pytest.raises(EvidenceError):
        opened(made(proof=forged))


def test_a_proof_that_hides_the_event_is_no_receipt() -> None:
    with pytest.raises(EvidenceError, match="does not reveal"):
        made(proof=proof(reveal=False))


@pytest.mark.parametrize(
    "changed", [{"member": "m2"}, {"effective_at": "2026-03-01T10:00:02Z"}, {"type": "account.closed"}]
)
def test_a_record_about_something_else_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(EvidenceError, match="another event"):
        opened(made(records=[record(**changed)]))


def resigned(**changed: Any) -> bytes:
    """What the platform itself could sign."""
    statement = read_unverified(made())
    fields = dict(statement.predicate) | {name: value for name, value in changed.items() if name != "kind"}
    payload = encode_statement(statement.subjects, changed.get("kind", RECEIPT_PREDICATE), fields)
    return sign_statement(payload, PLATFORM)


def test_a_field_of_a_later_release_is_named() -> None:
    assert opened(resigned(mood="good")).unknown == ("mood",)


def test_another_version_is_refused() -> None:
    with pytest.raises(EvidenceError, match="no receipt this release knows"):
        opened(resigned(kind="urn:assent:predicate:receipt:v2"))


def test_the_proof_of_another_entry_is_refused() -> None:
    other = dict(EVENT, value="on")
    with pytest.raises(EvidenceError, match="subject is another entry"):
        opened(resigned(proof=proof(other)))


@pytest.mark.parametrize("field", ["proof", "log_keys", "statement", "records", "created_at", "attest_key"])
@pytest.mark.parametrize("value", [None, 3, "", ["x"], {"a": 1}, [[]]])
def test_a_field_of_another_shape_is_refused_in_one_line(field: str, value: object) -> None:
    with pytest.raises(EvidenceError) as caught:
        opened(resigned(**{field: value}))
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("field", STATED)
def test_a_statement_that_lacks_something_is_refused(field: str) -> None:
    with pytest.raises(EvidenceError, match="lacks something"):
        opened(resigned(statement={name: value for name, value in STATED.items() if name != field}))


def test_a_log_that_changed_its_key_is_followed_from_either_key() -> None:
    new = SignerKey("log.example/one", private("log, later"))
    handover = sign_handover("log.example/one", 2, LOG.verifier, LOG, new)
    data = made(proof=proof(signer=new), log_keys=write_vkeys(LOG.verifier, [handover]))
    assert opened(data, log_key=LOG.verifier).log_key == new.verifier
    assert opened(data, log_key=new.verifier).log_key == new.verifier
    with pytest.raises(EvidenceError):
        opened(data, log_key=SignerKey("log.example/one", private("mallory")).verifier)


def test_the_payload_is_the_canonical_statement() -> None:
    payload = base64.b64decode(json.loads(made())["payload"])
    assert rfc8785.dumps(json.loads(payload)) == payload


def test_a_consent_is_a_consent_record_and_an_objection_is_not() -> None:
    given_consent = write_record(
        CONSENT,
        (),
        Happened("setting.changed", "dpv:ConsentGiven", None, "2026-03-01T10:00:00Z", "member"),
        Around("r", "s", "c", "m1", None, "c", "s", "r", "DE", applies=True),
    )
    assert (given_consent["@type"], given_consent["schema_version"]) == (
        "dpv:ConsentRecord",
        "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr",
    )
    assert (record()["@type"], record()["event"]["exercised_right"]) == ("dpv:RightExerciseRecord", "gdpr:A21")


def expanded(value: Any, terms: dict[str, Any]) -> Any:
    """A little of JSON-LD's expansion: every name and every IRI in full; a name without a meaning is an error."""

    def full(name: str) -> str:
        prefix, colon, rest = name.partition(":")
        base = terms.get(prefix)
        return base + rest if colon and isinstance(base, str) and base.endswith(("#", "/")) else name

    if isinstance(value, list):
        return [expanded(each, terms) for each in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for name, inner in value.items():
        if name == "@context":
            continue
        if name.startswith("@"):
            found[name] = full(inner) if isinstance(inner, str) else inner
            continue
        term = terms[name]
        iri = full(term if isinstance(term, str) else term["@id"])
        assert iri.startswith("http"), name
        if isinstance(term, dict) and term.get("@type") == "@id":
            listed = inner if isinstance(inner, list) else [inner]
            found[iri] = [full(each) for each in listed]
            assert all(each.startswith(("http", "urn:")) for each in found[iri]), name
        else:
            found[iri] = expanded(inner, terms)
    return found


def test_the_record_expands_to_the_vocabulary_without_fetching_anything() -> None:
    whole = json.loads(json.dumps(record()))
    found = expanded(whole, whole["@context"])
    assert found["@type"] == "https://w3id.org/dpv#RightExerciseRecord"
    process = found["https://w3id.org/dpv#hasProcess"][0]
    assert process["https://w3id.org/dpv#hasLegalBasis"] == ["https://w3id.org/dpv/legal/eu/gdpr#A6-1-f"]
    assert "https://w3id.org/dpv/legal/eu/gdpr#A21" in process["https://w3id.org/dpv#hasRight"]
    assert process["https://w3id.org/dpv#hasProcessing"] == ["https://w3id.org/dpv/ai#ModelTraining"]


def test_every_right_has_a_name() -> None:
    assert set(RIGHT_NAMES) == {article for articles in RIGHTS.values() for article in articles}


@pytest.mark.external_data
def test_the_rights_are_those_of_the_vocabulary(external_data: Path) -> None:
    gdpr = "https://w3id.org/dpv/legal/eu/gdpr#"
    listed: dict[str, list[str]] = {CONSENT: [], CONTRACT: [], INTEREST: []}
    with (external_data / "dpv" / "legal_basis_rights_mapping.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            basis = row["legal_basis"].removeprefix(gdpr)
            if basis in listed:
                listed[basis].append(row["right"].removeprefix(gdpr))
    assert {basis: sorted(articles) for basis, articles in RIGHTS.items()} == {
        basis: sorted(articles) for basis, articles in listed.items()
    }
