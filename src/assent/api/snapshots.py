"""Snapshots that stand, and what each says about itself."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from fastapi import Path as InPath
from pydantic import Field
from starlette.responses import Response

from assent.api.problems import plain, problems
from assent.api.values import Instant, Told
from assent.evidence.manifest import MANIFEST
from assent.operations.platform import Platform
from assent.operations.snapshots import Listed, list_snapshots, shelf_of
from assent.serving.door import NotFoundError, ThePlatform, needs
from assent.serving.permissions import Permission
from assent.vocabulary.identifiers import SnapshotId

router = APIRouter(tags=["snapshots"], dependencies=[needs(Permission.SNAPSHOTS_READ)])

_ENVELOPE = plain("application/json", {"type": "object"})


class SnapshotTold(Told):
    """A sealed data set; counts are null where its manifest cannot be read."""

    snapshot: str
    state: Literal["sealed", "superseded", "removed", "not in the ledger", "unreadable"]
    purpose: str | None
    at: Instant | None = Field(description="The moment as of which was decided.")
    ledger_size: int | None
    records: int | None
    allowed: int | None
    bytes: int | None


class SnapshotsTold(Told):
    """All of them, the newest first."""

    snapshots: list[SnapshotTold]


@router.get("/v1/snapshots", summary="Every snapshot and whether it stands", responses=problems())
def read_snapshots(platform: ThePlatform) -> SnapshotsTold:
    """The newest first."""
    found = list_snapshots(platform.workspace, clock=platform.clock)
    return SnapshotsTold(snapshots=[_snapshot(each) for each in found])


@router.get("/v1/snapshots/{snapshot}/manifest", summary="A snapshot's manifest", responses=problems(404) | _ENVELOPE)
def read_manifest(
    platform: ThePlatform, snapshot: Annotated[str, InPath(min_length=1, max_length=200, pattern=r"^[\w.-]+$")]
) -> Response:
    """The signed envelope, byte for byte as it was sealed (in-toto Statement in DSSE): what was decided, by which
    rules, from which sources, with the digest of every file.
    """
    return Response(_manifest(platform, snapshot), media_type="application/json")


def _manifest(platform: Platform, snapshot: str) -> bytes:
    shelf = shelf_of(platform.workspace)
    # Looked for among those there are: what is asked for never becomes a path by itself.
    if snapshot not in shelf.snapshots():
        raise NotFoundError("there is no such snapshot", hint="`GET /v1/snapshots` lists those there are")
    try:
        return (shelf.of(SnapshotId(snapshot)) / MANIFEST).read_bytes()
    except OSError:
        raise NotFoundError("this snapshot's manifest cannot be read") from None


def _snapshot(listed: Listed) -> SnapshotTold:
    return SnapshotTold.model_validate(
        {
            "snapshot": listed.id,
            "state": listed.state,
            "purpose": listed.purpose,
            "at": listed.at,
            "ledger_size": listed.ledger_size,
            "records": listed.records,
            "allowed": listed.allowed,
            "bytes": listed.bytes,
        }
    )
