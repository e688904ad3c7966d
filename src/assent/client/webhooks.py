"""The receiving side of a hook: whether a message is genuine, and what it says.

A message may come twice, under the same id, when our answer to it was lost. Whoever keeps the position up to which
they have heard passes over what they know; a message that was overheard and is sent again is the same.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from assent.errors import EvidenceError, InputError
from assent.evidence.webhook import SECRET_PREFIX, signature_holds
from assent.vocabulary.identifiers import MemberId, SettingName
from assent.vocabulary.instants import parse_instant


@dataclass(frozen=True, slots=True)
class Changed:
    """A member's setting has another value.

    Args:
        id: the message's; the same when it is sent again.
        seq: the change's position in the ledger: larger than that of every message before.
    """

    id: str
    member: MemberId
    setting: SettingName
    value: str
    effective_at: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class AboutModel:
    """Something was recorded about a model that was trained elsewhere.

    Args:
        id: the message's; the same when it is sent again.
        kind: `model.registered`, `model.retraining_asked` or `model.retrained`.
        digest: SHA-256 of the signed statement that the platform keeps of it.
        retrain_by: by when it has to be trained again; None where nothing is asked.
        people: who took back; `removed` rows may not be read any more, `masked` rows name somebody no more.
        seq: its position in the ledger: larger than that of every message before.
    """

    id: str
    kind: str
    model: str
    digest: str
    seq: int
    retrain_by: datetime | None = None
    people: int = 0
    removed: int = 0
    masked: int = 0


class Receiver:
    """Checks messages with the secret that the hook was made with."""

    def __init__(self, secret: str, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        try:
            self._secret = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            raise InputError("this is no secret of a hook", hint="it begins with `whsec_`") from None
        self._clock = clock

    def open(self, headers: Mapping[str, str], body: bytes, *, heard_to: int = -1) -> Changed | None:
        """What a genuine message says; None where it says nothing new.

        Args:
            headers: of the request, whatever the case of their names.
            body: exactly as it came.
            heard_to: the largest `seq` that was taken care of.

        Raises:
            EvidenceError: the signature does not hold, or it is older than five minutes: answer 400 and forget it.
        """
        named = self._genuine(headers, body)
        try:
            data = json.loads(body)["data"]
            changed = Changed(
                named["webhook-id"],
                MemberId(data["member"]),
                SettingName(data["setting"]),
                data["value"],
                parse_instant(data["effective_at"]),
                data["seq"],
            )
        except (ValueError, KeyError, TypeError, InputError):
            raise EvidenceError("this message says something else than a changed setting") from None
        return changed if changed.seq > heard_to else None

    def open_about_model(self, headers: Mapping[str, str], body: bytes, *, heard_to: int = -1) -> AboutModel | None:
        """The same of a hook about a model that was trained elsewhere."""
        named = self._genuine(headers, body)
        try:
            told = json.loads(body)
            data = told["data"]
            due, records = data.get("retrain_by"), data.get("records", {})
            about = AboutModel(
                id=named["webhook-id"],
                kind=str(told["type"]),
                model=str(data["model"]),
                digest=str(data["digest"]),
                seq=int(data["seq"]),
                retrain_by=None if due is None else parse_instant(due),
                people=int(data.get("people", 0)),
                removed=int(records.get("removed", 0)),
                masked=int(records.get("masked", 0)),
            )
        except (ValueError, KeyError, TypeError, AttributeError, InputError):
            raise EvidenceError("this message says nothing about a model") from None
        return about if about.seq > heard_to else None

    def _genuine(self, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        named = {name.lower(): value for name, value in headers.items()}
        if not signature_holds(self._secret, named, body, now=self._clock()):
            raise EvidenceError("this message is not from the platform, or was kept back", hint="answer 400")
        return named
