"""The log's side: ask a witness for its signature under a checkpoint, and read what it says.

A witness that knows more than this log, or another history, is not an answer like others: it is evidence
that the log was set back or shows two faces, and it comes back with the notes that prove it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

import httpx

from assent.errors import AssentError, EvidenceError, RefusedError, UnavailableError
from assent.evidence.checkpoint import Checkpoint, parse_checkpoint
from assent.evidence.cosignature import Cosignature, WitnessKey, add_lines, lines_of, read_cosignatures
from assent.evidence.note import read_signatures
from assent.evidence.witness_request import SIZE_TYPE, AddCheckpoint, parse_size
from assent.witness.published import PublishedLog

_TRIES = 3
_PATIENCE_SECONDS = 20.0
_MAX_ANSWER_BYTES = 1 << 16
_OK, _FORBIDDEN, _NOT_FOUND, _CONFLICT, _NO_GROWTH = 200, 403, 404, 409, 422


@dataclass(frozen=True, slots=True)
class Asked:
    """What one witness said.

    Args:
        line: its signature line, verified; None when it did not sign.
        problem: why it did not.
        notes: the log's checkpoint and the one the witness cosigned, when the two contradict each other.
    """

    witness: WitnessKey
    line: str | None = None
    cosignature: Cosignature | None = None
    problem: AssentError | None = None
    notes: tuple[str, ...] = field(default=())


def ask_witness(url: str, witness: WitnessKey, log: PublishedLog, note: bytes, *, old: int = 0) -> Asked:
    """What the witness at that address says of the checkpoint; failing is an answer too.

    Args:
        old: the size it was last known to have cosigned; a wrong guess costs one more request.
    """
    with httpx.Client(base_url=url, timeout=_PATIENCE_SECONDS) as client:
        try:
            line = _line(client, witness, log, note, old)
            [cosignature] = read_cosignatures(add_lines(note, [line]), [witness])
            return Asked(witness, line, cosignature)
        except EvidenceError as error:
            return Asked(witness, problem=error, notes=_both(client, witness, note))
        except AssentError as error:
            return Asked(witness, problem=error)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            why = str(error) or type(error).__name__
            return Asked(witness, problem=UnavailableError(f"witness `{witness.name}` at {url}: {why}"))


def _line(client: httpx.Client, witness: WitnessKey, log: PublishedLog, note: bytes, old: int) -> str:
    new = parse_checkpoint(read_signatures(note)[0])
    for _ in range(_TRIES):
        request = AddCheckpoint(old, log.prove_growth(old, new.size), note)
        answer, body = _post(client, request.encode())
        if answer.status_code == _OK:
            return _signed(witness, note, body)
        if answer.status_code != _CONFLICT or answer.headers.get("content-type") != SIZE_TYPE:
            raise _refused(witness, answer.status_code, body.decode("utf-8", errors="replace").strip(), new)
        known = parse_size(body)
        if known is None:
            raise UnavailableError(f"witness `{witness.name}` answers with a size that cannot be read")
        if known > new.size:
            raise EvidenceError(
                f"witness `{witness.name}` has cosigned size `{known}`, and this log ends at `{new.size}`",
                hint="the ledger was set back: restore its newest copy, and tell a person",
            )
        # Somebody else may have had the log cosigned between two requests, so more than one answer is no surprise.
        old = known
    raise UnavailableError(f"witness `{witness.name}` changes its mind about the size it knows")


def _post(client: httpx.Client, content: bytes) -> tuple[httpx.Response, bytes]:
    """The answer and the beginning of its body; of one that does not end no more is read."""
    body = b""
    with client.stream("POST", "/add-checkpoint", content=content) as answer:
        for part in answer.iter_bytes():
            body += part
            if len(body) >= _MAX_ANSWER_BYTES:
                break
    return answer, body[:_MAX_ANSWER_BYTES]


def _signed(witness: WitnessKey, note: bytes, body: bytes) -> str:
    text, _ = read_signatures(note)
    try:
        line = lines_of(f"{text}\n".encode() + body, [witness])
    except EvidenceError:
        # A proxy's page of apology is no evidence against anybody.
        raise UnavailableError(
            f"who answers for `{witness.name}` sends no signature lines", hint="is its address that of a witness?"
        ) from None
    if not line:
        raise RefusedError(
            f"who answers for `{witness.name}` has another key", hint="is its vkey in assent.toml right?"
        )
    return line


def _refused(witness: WitnessKey, status: int, said: str, new: Checkpoint) -> AssentError:
    if status == _NOT_FOUND:
        hint = "its operator has to run `assent witness trust` with this log's verifier key"
        return RefusedError(f"witness `{witness.name}` does not watch `{new.origin}`", hint=hint)
    if status == _FORBIDDEN:
        return RefusedError(f"witness `{witness.name}` trusts another key for `{new.origin}`: {said}")
    if status in {_CONFLICT, _NO_GROWTH}:
        return EvidenceError(
            f"witness `{witness.name}` was shown another history of `{new.origin}`: {said}",
            hint="this log has shown two histories, or its database was set back; tell a person",
        )
    return UnavailableError(f"witness `{witness.name}` answers with {status}: {said[:200]}")


def _both(client: httpx.Client, witness: WitnessKey, note: bytes) -> tuple[str, ...]:
    """The checkpoint of this log and the one the witness holds, as far as it publishes that."""
    ident = sha256(parse_checkpoint(read_signatures(note)[0]).origin.encode()).hexdigest()
    try:
        answer = client.get(f"/{ident}/checkpoint")
        held = answer.content[:_MAX_ANSWER_BYTES]
        read_cosignatures(held, [witness])
    except (httpx.HTTPError, AssentError):
        return (note.decode(),)
    return (note.decode(), held.decode())
