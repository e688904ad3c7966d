"""Records that copy a denied one without naming it: pairs of tags, under the decision key as decisions are."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from assent.evidence.tags import TAG_BYTES

COPY_SCHEMA: Final = pa.schema(
    [
        pa.field(name, pa.binary(TAG_BYTES), nullable=False)
        for name in ("member_tag", "record_tag", "original_member_tag", "original_record_tag")
    ]
)
"""A record that copies, and the denied record that it copies; sorted by the first two."""
