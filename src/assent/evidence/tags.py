"""Keyed hashes that stand for people and records: where a member's data lies, and who may open a row.

Two keys, two jobs. The partition key places a member's rows in a shard and a slice; it is the operator's
and lives as long as the snapshots do. The decision key is one snapshot's own; from it every member has a
member key that opens their own rows in `decisions/` and nobody else's.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final

TAG_BYTES: Final = 16
_NOBODY = ""


def partition_of(key: bytes, member: str, *, shards: int, slices: int) -> tuple[int, int]:
    """The (shard, slice) that holds this member's rows; says nothing about them to whoever lacks the key."""
    digest = hmac.digest(key, member.encode(), "sha256")
    return int.from_bytes(digest[:8]) % shards, int.from_bytes(digest[8:16]) % slices


def member_key(decision_key: bytes, member: str | None) -> bytes:
    """What opens one member's rows of one snapshot; records without an author go under the empty id."""
    return hmac.digest(decision_key, (member or _NOBODY).encode(), "sha256")


def member_tag(key: bytes) -> bytes:
    """What all rows of the owner of this member key begin with."""
    return sha256(b"\x00" + key).digest()[:TAG_BYTES]


def record_tag(key: bytes, record: str) -> bytes:
    """What stands for one record of the owner of this member key."""
    return sha256(b"\x01" + key + record.encode()).digest()[:TAG_BYTES]


def key_id(key: bytes) -> str:
    """A name for a secret key that does not help to find it, hexadecimal."""
    return hmac.digest(key, b"assent key id", "sha256")[:8].hex()
