"""Tags: known answers, so that every implementation of them (SQL included) can be held against these."""

from __future__ import annotations

import hashlib
import hmac

from assent.evidence.tags import key_id, member_key, member_tag, partition_of, record_tag

KEY = bytes(range(32))


def test_the_partition_is_two_halves_of_one_keyed_hash() -> None:
    digest = hmac.new(KEY, b"m1", hashlib.sha256).digest()

    assert partition_of(KEY, "m1", shards=16, slices=4) == (
        int.from_bytes(digest[:8], "big") % 16,
        int.from_bytes(digest[8:16], "big") % 4,
    )


def test_partitions_are_balanced() -> None:
    counts = [0] * 8
    for n in range(4000):
        counts[partition_of(KEY, f"m{n}", shards=8, slices=4)[0]] += 1

    assert max(counts) - min(counts) < 150


def test_a_member_tag_follows_from_the_member_key_alone() -> None:
    key = hmac.new(KEY, b"m1", hashlib.sha256).digest()

    assert member_tag(member_key(KEY, "m1")) == hashlib.sha256(b"\0" + key).digest()[:16]


def test_a_record_tag_binds_the_record_to_the_member_key() -> None:
    key = hmac.new(KEY, b"m1", hashlib.sha256).digest()

    assert record_tag(member_key(KEY, "m1"), "r1") == hashlib.sha256(b"\1" + key + b"r1").digest()[:16]


def test_records_without_an_author_are_filed_under_the_empty_id() -> None:
    assert member_key(KEY, None) == hmac.new(KEY, b"", hashlib.sha256).digest()


def test_a_key_id_differs_between_keys_and_is_not_part_of_the_key() -> None:
    assert key_id(KEY) != key_id(KEY[::-1])
    assert bytes.fromhex(key_id(KEY)) not in KEY
