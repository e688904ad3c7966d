# ruff: noqa: E501 - lists of alternatives read better unbroken
"""What is not sent with the help of AI: the same to many, too much in a day, phishing, and discriminating searches.

The caller keeps what each sender sent lately as signatures, never as texts, and hands it in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import pyarrow as pa

from assent.curation.duplicates.likeness import as_matrix, similarity
from assent.curation.duplicates.signatures import sign
from assent.errors import RefusedError
from assent.features.writing.asking import Ask, Kind
from assent.features.writing.discriminating import discriminating

ALIKE: Final = 0.6
"""Messages of this much likeness are one message: a name and a job exchanged in it leave more than that."""
_DAY: Final = timedelta(days=1)
_CREDENTIALS: Final = re.compile(
    r"\b(?:(?:your|the) (?:password|passcode|pin|login|log-?in details|credentials|security code|one[- ]time code|otp|"
    r"verification code|account details|bank details|card number|social security number|ssn)|verify your (?:account|"
    r"identity)|log in (?:here|at|via|to confirm)|copy of your (?:passport|id)|ihr(?:e|en)? (?:passwort|kennwort|zugangsdaten|"
    r"pin|tan|bankverbindung|kontodaten|kreditkarte\w*|personalausweis)|dein(?:e|en)? (?:passwort|kennwort|zugangsdaten|pin|tan|"
    r"bankverbindung|kontodaten)|votre (?:mot de passe|code|identifiant\w*|rib|carte bancaire|numéro de carte)|ton mot de passe|"
    r"(?:su|tu) (?:contraseña|clave|pin|tarjeta|número de cuenta)|sus datos bancarios)\b",
    re.IGNORECASE,
)
_PAYMENT: Final = re.compile(
    r"\b(?:(?:pay|send|transfer|wire|deposit|buy) (?:a |an |the |us |me )?(?:\w+ ){0,3}(?:fee|deposit|money|gift cards?|"
    r"bitcoin|crypto|usdt|payment|\d+)|processing fee|training fee|registration fee|upfront payment|western union|gift cards?|"
    r"bearbeitungsgebühr|vorkasse|überweisen sie|überweise|anzahlung|frais de dossier|virement|versez|payez|tasa de gestión|"
    r"transfiera|haga un (?:pago|ingreso)|tarjetas? de regalo)\b",
    re.IGNORECASE,
)
_URGENT: Final = re.compile(
    r"\b(?:urgent\w*|immediately|right now|within (?:\w+ )?(?:hours?|minutes?)|today only|asap|expires?|last chance|dringend|sofort|"
    r"umgehend|innerhalb von|nur heute|d'urgence|immédiatement|tout de suite|urgente|inmediatamente|ahora mismo)\b",
    re.IGNORECASE,
)
_ELSEWHERE: Final = re.compile(
    r"\b(?:whats ?app|telegram|signal|wechat|discord|skype|text me (?:at|on)|click (?:here|the link|on)|bit\.ly|tinyurl|"
    r"t\.me|wa\.me|klicken sie|cliquez|haga clic|pulse aquí)\b|https?://",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was sent. Args: to: the recipient as a key of the caller's; signature: of `signature_of`."""

    at: datetime
    to: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Guard:
    """The bounds of one sender.

    Args:
        recent: what they sent in the last days; texts are not kept.
        most_a_day: messages within 24 hours.
        most_alike: people who may get what reads as one message.
    """

    recent: Sequence[Sent] = ()
    most_a_day: int = 20
    most_alike: int = 2

    def admit(self, ask: Ask, *, now: datetime) -> None:
        """What is asked for may be written at all.

        Raises:
            RefusedError: too many messages within a day, or a hirer asks for people by what the law protects.
        """
        if not ask.kind.is_message:
            return
        today = sum(1 for each in self.recent if now - _DAY < each.at <= now)
        if today >= self.most_a_day:
            raise RefusedError(
                f"`{today}` messages were sent within a day, and `{self.most_a_day}` are the most",
                hint="write to fewer people; the count falls with every hour",
            )
        if ask.kind is Kind.MESSAGE_TO_CANDIDATE:
            asked = "\n".join([ask.topic, *ask.told, *([ask.job.title or "", ask.job.text] if ask.job else [])])
            found = discriminating(asked)
            if found:
                reasons = {each.ground: f"`{each.text}` {each.reason}" for each in found}
                raise RefusedError("; ".join(reasons.values()), hint="say what the work needs, not who")

    def release(self, text: str, ask: Ask, *, now: datetime, to: str | None = None) -> None:
        """The message may be sent.

        Args:
            to: the recipient as the caller keeps them; None where nobody is known yet.

        Raises:
            RefusedError: it reads as phishing, or as what several others were sent.
        """
        if not ask.kind.is_message:
            return
        require_honest(text)
        mine = signature_of(text)
        others = {
            each.to for each in self.recent if each.to != to and alike(mine, each.signature) >= ALIKE and each.at <= now
        }
        if len(others) >= self.most_alike:
            raise RefusedError(
                f"the same message went to `{len(others)}` others",
                hint="messages to many are not written here; write to one person about that person",
            )


def require_honest(text: str) -> None:
    """The text asks for no credentials and no payment, and hurries nobody away.

    Raises:
        RefusedError: it does.
    """
    for pattern, what in ((_CREDENTIALS, "credentials or documents"), (_PAYMENT, "a payment")):
        if found := pattern.search(text):
            raise RefusedError(f"`{found[0]}` asks for {what}", hint="no honest offer asks for that in a message")
    if (found := _URGENT.search(text)) and _ELSEWHERE.search(text):
        raise RefusedError(f"`{found[0]}` hurries people off the platform", hint="leave out the link or the hurry")


def signature_of(text: str) -> bytes:
    """What stands for a sent message: likeness can be told from it, words cannot."""
    signature: bytes | None = sign(pa.array([text], pa.large_string()))[0].as_py()
    return signature or b""


def alike(left: bytes, right: bytes) -> float:
    """The estimated likeness of two messages, 0 to 1."""
    if not left or not right:
        return float(left == right)
    column = as_matrix(pa.array([left, right], pa.binary()))
    return float(similarity(column, np.array([0]), column, np.array([1]))[0])
