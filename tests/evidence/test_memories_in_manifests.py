"""What a model's manifest and a certificate say of a memory is what whoever reads them gets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.errors import EvidenceError
from assent.evidence.attestation import Statement, encode_statement, read_unverified, sign_statement
from assent.evidence.certificate import MemoryReplaced, ReplacedPart
from assent.evidence.model import (
    MODEL_PREDICATE,
    BaseModel,
    MemoryManifest,
    MemoryPart,
    ModelManifest,
    memory_key,
    parse_model,
)
from assent.vocabulary.identifiers import PurposeName, SnapshotId

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PART = MemoryPart(3, 1, "k" * 64, "d" * 64, 4, 2, 90, "memory/03/k.safetensors", "a" * 64, 12_345, "e" * 64)
MODEL = ModelManifest(
    purpose=PurposeName("train"),
    snapshot=SnapshotId("train-1"),
    snapshot_digest="0" * 64,
    at=datetime(2026, 3, 1, tzinfo=UTC),
    ledger_size=7,
    checkpoint="log",
    shards=4,
    slices_per_shard=2,
    partition="id",
    base=BaseModel("tiny", "b" * 64, 10, {}, {"model.safetensors": "c" * 64}),
    config={},
    config_digest="f" * 64,
    aggregation="mean",
    slices=(),
    code="0.1.0",
    environments={},
    route="memory",
    memory=MemoryManifest({"weight": 0.6}, "9" * 64, (PART,)),
)


def stated(model: ModelManifest) -> Statement:
    payload = encode_statement(model.subjects(), MODEL_PREDICATE, model.to_predicate())
    return read_unverified(sign_statement(payload, KEY))


def test_a_manifest_with_a_memory_is_read_as_it_was_written() -> None:
    assert parse_model(stated(MODEL)) == MODEL


def test_its_parts_are_what_it_is_about() -> None:
    assert (PART.path, PART.sha256) in {(each.name, each.sha256) for each in MODEL.subjects()}
    assert (MODEL.tokens, MODEL.rows, MODEL.members) == (90, 4, 2)


@pytest.mark.parametrize("route", ["adapters", "shortcut"])
def test_a_route_that_does_not_go_with_it_is_refused(route: str) -> None:
    with pytest.raises(EvidenceError, match=f"the route `{route}` does not go with what it names"):
        parse_model(stated(replace(MODEL, route=route)))


def test_a_memory_that_is_not_there_is_refused() -> None:
    with pytest.raises(EvidenceError, match="the route `both`"):
        parse_model(stated(replace(MODEL, route="both", memory=None)))


def test_a_part_has_another_key_for_everything_it_is_a_function_of() -> None:
    given = ("base", 256, "partition", "data")
    others = [
        ("other", *given[1:]),
        ("base", 128, "partition", "data"),
        ("base", 256, "other", "data"),
        (*given[:3], "x"),
    ]

    assert len({memory_key(*each) for each in (given, *others)}) == 5


@pytest.mark.parametrize("weightless", [True, False])
def test_what_a_certificate_says_of_a_memory_is_read_as_it_was_written(weightless: bool) -> None:
    replaced = MemoryReplaced("9" * 64, 8, (ReplacedPart(3, 1, "a" * 64, None, 90, 0),), weightless)

    assert MemoryReplaced.of(replaced.to_json()) == replaced


def test_a_certificate_that_claims_more_of_a_memory_is_refused() -> None:
    said = MemoryReplaced("9" * 64, 8, (), weightless=False).to_json()
    said["claims"].append("nobody remembers anything")

    with pytest.raises(EvidenceError, match="claims something else of a memory"):
        MemoryReplaced.of(said)
