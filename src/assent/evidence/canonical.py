"""JSON in its one canonical form (RFC 8785), so that equal values have equal bytes and equal digests."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Any

import rfc8785

from assent.errors import InputError


def canonical_json(value: Any) -> bytes:
    """The canonical bytes of a JSON value.

    Source: RFC 8785.

    Raises:
        InputError: the value has no canonical form: a lone surrogate, a number out of range,
            a key that is no text.
    """
    try:
        if isinstance(value, Mapping) and _is_flat(value):
            return flat_object(value)
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise InputError(f"this has no canonical JSON form: {error}") from None


def canonical_digest(value: Any) -> str:
    """The SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def flat_object(fields: Mapping[str, str | None]) -> bytes:
    """The canonical bytes of an object of texts and nulls with ASCII keys.

    Raises:
        UnicodeEncodeError: a text holds a lone surrogate.
    """
    # The standard encoder without ASCII escapes writes texts exactly as ECMAScript's JSON.stringify does,
    # and for ASCII keys the order of code points is the order of UTF-16 code units. Tests hold both.
    pairs = [
        f'"{key}":null' if (text := fields[key]) is None else f'"{key}":{encode_basestring(text)}'
        for key in sorted(fields)
    ]
    return f"{{{','.join(pairs)}}}".encode()


def _is_flat(value: Mapping[Any, Any]) -> bool:
    return all(
        type(key) is str and key.isascii() and key.isidentifier() and (text is None or type(text) is str)
        for key, text in value.items()
    )
