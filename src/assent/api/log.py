"""The public log as files: what witnesses, auditors and anyone else read to see that nothing was rewritten.

The paths below `/log` are those of C2SP tlog-tiles and lie there as the ledger published them. Tiles never change, so
they are kept for good by whoever fetches them; the checkpoint is asked for anew each time.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from pydantic import Field
from starlette.responses import PlainTextResponse, Response

from assent.api.problems import plain, problems
from assent.api.values import Told
from assent.errors import EvidenceError, InputError
from assent.evidence.checkpoint import parse_checkpoint
from assent.evidence.note import encode64, read_signatures
from assent.operations.platform import Platform
from assent.operations.witness import COSIGNED_NAME
from assent.serving.door import NotFoundError, ThePlatform, needs
from assent.serving.permissions import Permission
from assent.storage.schema import CHECKPOINT_NAME, LOG_FOLDER, VKEY_NAME, VKEYS_NAME
from assent.witness.published import open_published

router = APIRouter(tags=["log"], dependencies=[needs(Permission.ANYBODY)])

_TILE: Final = re.compile(
    r"(?:entries|\d|[1-5]\d|6[0-3])/(?:x\d{3}/){0,6}\d{3}(?:\.p/(?:[1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-5]))?"
)
_FOR_GOOD: Final = {"cache-control": "public, max-age=31536000, immutable"}
_ANEW: Final = {"cache-control": "no-cache"}
_TEXT: Final = plain("text/plain", {"type": "string"})
_BYTES: Final = plain("application/octet-stream", {"type": "string", "format": "binary"})

Seq = Annotated[int, Query(ge=0, le=2**53 - 1)]


class Grown(Told):
    """That one checkpoint's tree begins another's."""

    old: int
    size: int
    hashes: list[str] = Field(description="Base64; RFC 6962 §2.1.2. Empty from size 0, from where everything grows.")


@router.get("/log/checkpoint", summary="The newest signed checkpoint", responses=problems(404) | _TEXT)
def checkpoint(platform: ThePlatform) -> Response:
    """A signed note: origin, size, root (C2SP tlog-checkpoint)."""
    return _text(_read(platform, CHECKPOINT_NAME))


@router.get(
    "/log/checkpoint.cosigned", summary="The newest checkpoint that witnesses cosigned", responses=problems(404) | _TEXT
)
def cosigned(platform: ThePlatform) -> Response:
    """The same note with their lines (C2SP cosignature/v1); 404 while nobody has cosigned."""
    return _text(_read(platform, COSIGNED_NAME))


@router.get("/log/vkey", summary="The log's public key", responses=problems(404) | _TEXT)
def vkey(platform: ThePlatform) -> Response:
    """In the one-line form that verifiers take."""
    return _text(_read(platform, VKEY_NAME))


@router.get("/log/vkeys", summary="Every key the log ever had", responses=problems(404) | _TEXT)
def vkeys(platform: ThePlatform) -> Response:
    """Each vouched for by the one before."""
    return _text(_read(platform, VKEYS_NAME))


@router.get("/log/tile/{place:path}", summary="A tile, or a bundle of entries", responses=problems(404) | _BYTES)
def tile(
    platform: ThePlatform, place: Annotated[str, InPath(max_length=80, examples=["0/000", "entries/x001/234.p/17"])]
) -> Response:
    """`<level>/<index>[.p/<width>]` or `entries/<index>[.p/<width>]`, as C2SP tlog-tiles says. A partial tile is gone
    once the full one is there: take that one.
    """
    if not _TILE.fullmatch(place):
        raise NotFoundError("that is no tile's place", hint="such as `0/000` or `entries/x001/234.p/17`")
    return Response(_read(platform, f"tile/{place}"), media_type="application/octet-stream", headers=_FOR_GOOD)


@router.get("/v1/log/proof", summary="That the log holds an entry", responses=problems(404) | _TEXT)
def proof(platform: ThePlatform, index: Seq) -> Response:
    """A proof that verifies offline with the log's key alone (C2SP tlog-proof). It shows that something was recorded at
    that position, and not what.
    """
    try:
        return _text(platform.ledger.prove(index).encode())
    except InputError as error:
        raise NotFoundError(error.message) from None


@router.get("/v1/log/consistency", summary="That the log only grew", responses=problems(404))
def consistency(platform: ThePlatform, old: Seq, size: Seq) -> Grown:
    """The hashes that lead from the tree of size `old` to that of `size`."""
    folder = platform.workspace.ledger_folder / LOG_FOLDER
    with open_published(str(folder)) as log:
        newest = parse_checkpoint(read_signatures(log.checkpoint())[0]).size
        if not old <= size <= newest:
            raise NotFoundError(
                f"the log has grown to `{newest}`", hint="`old` comes first, and neither is beyond that"
            )
        return Grown(old=old, size=size, hashes=[encode64(each) for each in log.prove_growth(old, size)])


def _read(platform: Platform, name: str) -> bytes:
    # INVARIANT: `name` is one of ours or matched `_TILE`, in which no path can leave the folder.
    path: Path = platform.workspace.ledger_folder / LOG_FOLDER / name
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise NotFoundError("the log has no such file") from None
    except OSError:
        raise EvidenceError("a file of the log cannot be read", hint="run `assent ledger verify`") from None


def _text(data: bytes) -> Response:
    return PlainTextResponse(data, headers=_ANEW)
