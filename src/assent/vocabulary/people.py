"""Who can be recognised by what: the names, handles, addresses and numbers that a platform knows."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import pyarrow as pa


class IdentifierKind(StrEnum):
    """What an identifier is; the value is its name in tables and mapping files."""

    NAME = "name"
    HANDLE = "handle"
    EMAIL = "email"
    PHONE = "phone"


IDENTIFIER_SCHEMA: Final = pa.schema(
    [
        pa.field("member", pa.string()),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("value", pa.string(), nullable=False),
    ]
)
"""A row for each identifier, any number for one person. `member` null: somebody who is no member and objected.
`kind`: an `IdentifierKind`. `value`: as the person writes it."""
