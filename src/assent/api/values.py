"""What requests and answers are made of: the same names, shapes and limits in every route."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from assent.vocabulary.instants import format_instant

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
"""Of a setting, a purpose, a region: no rule is longer, and no database holds a zero byte."""

Member = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        pattern=r"^[^\x00]+$",
        description="The member's id, as the ledger names them.",
        examples=["m1"],
    ),
]

Position = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""Of an event in the ledger; no larger than a JSON number is exact."""

Instant = Annotated[
    datetime, PlainSerializer(format_instant, return_type=str), Field(examples=["2026-03-01T12:00:00Z"])
]


class Asked(BaseModel):
    """The body of a request; a field that nobody knows is an error, since it would be done without."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class OfMember(Asked):
    """About one member. Their id travels in the body, so that it is in no log of addresses."""

    member: Member


class Told(BaseModel):
    """The body of an answer."""

    model_config = ConfigDict(frozen=True)
