"""The keyed hashes of `evidence.tags`, said in SQL: where a member's rows lie, and what stands for a row."""

from __future__ import annotations

from typing import Final

from sqlglot import exp

from assent.evidence.tags import TAG_BYTES
from assent.gate import sql
from assent.gate.sql import Sql

_BLOCK: Final = 64
"""SHA-256's block. Source: RFC 2104; longer keys would have to be hashed first."""
_HEX_OF_U64 = 16


def hmac_hex(key: bytes, message: Sql) -> Sql:
    """HMAC-SHA256 of a blob, hexadecimal."""
    assert len(key) <= _BLOCK, "a longer key would have to be hashed first"
    padded = key.ljust(_BLOCK, b"\0")
    inner = sql.func("sha256", sql.concat(sql.value(bytes(byte ^ 0x36 for byte in padded)), message))
    return sql.func("sha256", sql.concat(sql.value(bytes(byte ^ 0x5C for byte in padded)), sql.func("unhex", inner)))


def partition_number(digest: Sql, *, shards: int, slices: int) -> Sql:
    """The number shard · slices + slice of a member, from the hexadecimal HMAC of their id under the partition key."""
    shard = _modulo(sql.func("substr", digest, sql.value(1), sql.value(_HEX_OF_U64)), shards)
    part = _modulo(sql.func("substr", digest.copy(), sql.value(1 + _HEX_OF_U64), sql.value(_HEX_OF_U64)), slices)
    number = exp.Add(this=exp.Mul(this=shard, expression=sql.value(slices)), expression=part)
    return sql.cast(exp.paren(number), "INTEGER")


def member_key(decision_key: bytes, member: Sql) -> Sql:
    """The member key as a blob; a record without an author goes under the empty id."""
    return sql.func("unhex", hmac_hex(decision_key, sql.func("encode", member)))


def member_tag(key: Sql) -> Sql:
    """The first bytes of SHA-256(00 ‖ member key)."""
    return _tag(sql.func("sha256", sql.concat(sql.value(b"\x00"), key)))


def prefix(key: Sql) -> Sql:
    """What comes before the record id in what a record tag is the hash of: 01 ‖ member key."""
    return sql.concat(sql.value(b"\x01"), key)


def record_tag(record: Sql) -> Sql:
    """The first bytes of SHA-256(01 ‖ member key ‖ record id), by the `prefix` of a row of `tagged` (`p`)."""
    return _tag(sql.func("sha256", sql.concat(sql.col("prefix", "p"), sql.func("encode", record))))


def _tag(digest: Sql) -> Sql:
    """Sixteen bytes as one number, which is half the length of a blob and sorts as its bytes do."""
    return sql.cast(sql.func("substr", digest, sql.value(1), sql.value(2 * TAG_BYTES)), "UUID")


def _modulo(digits: Sql, divisor: int) -> Sql:
    number = sql.cast(sql.concat(sql.value("0x"), digits), "UBIGINT")
    return exp.paren(exp.Mod(this=number, expression=sql.cast(sql.value(divisor), "UBIGINT")))
