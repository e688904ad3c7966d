"""Who is given what, and how: a recipient as `assent.toml` names it, held against what the pack allows.

[recipients.acme]
purpose = "share_affiliates"
as = "affiliates"                 # the pack's word for them; asked for where a purpose trains models
deliver = "webhook"               # or "folder"
url = "https://acme.example/feed" # for a folder: path = "…"
secret_file = "keys/acme.secret"  # or ASSENT_RECIPIENTS_ACME_SECRET
fields = ["category", "text"]     # default: every column of a snapshot's row
pseudonyms = true
acknowledge_within_days = 7
"""

from __future__ import annotations

import base64
import binascii
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from assent.errors import InputError, RefusedError
from assent.policy.pack import Pack, Purpose
from assent.vocabulary.identifiers import PurposeName
from assent.vocabulary.tables import PERMITTED_SCHEMA

FIELDS: Final = tuple(PERMITTED_SCHEMA.names)
OURSELVES: Final = frozenset({"the platform", "the site"})
"""How packs name the operator among the recipients; nothing is handed on to oneself."""

SECRET_BYTES: Final = range(24, 65)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_KEYS = frozenset(
    {"purpose", "as", "deliver", "path", "url", "secret_file", "fields", "pseudonyms", "acknowledge_within_days"}
)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PREFIX = "whsec_"


class Deliver(StrEnum):
    """The two ways in which a batch reaches somebody."""

    FOLDER = "folder"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody outside who is given data for a purpose.

    Args:
        destination: an absolute folder, or a URL.
        named: the pack's word for them; None where the pack has only one use for them anyway.
        fields: the columns they get, `id` first.
        pseudonyms: ids of records and people are keyed hashes that no other recipient gets.
        acknowledge_within_days: after which a retraction that they have not acknowledged is overdue.
    """

    name: str
    purpose: PurposeName
    deliver: Deliver
    destination: str
    named: str | None = None
    secret_file: Path | None = None
    fields: tuple[str, ...] = FIELDS
    pseudonyms: bool = True
    acknowledge_within_days: int = 7


def parse_recipient(root: Path, name: str, entry: object) -> Recipient:
    """The recipient that a table of `assent.toml` describes.

    Raises:
        InputError: a key is unknown, missing or of another type; a secret stands in the file.
    """
    where = f"recipient `{name}`"
    if not _NAME.fullmatch(name):
        raise InputError(f"{where}: a name is lower-case letters, digits, `-` and `_`")
    if not isinstance(entry, dict):
        raise InputError(f"{where} must be a table like [recipients.{name}]")
    if "secret" in entry:
        raise InputError(f"{where}: a secret has no place in this file", hint="give `secret_file`, or set a variable")
    unknown = sorted(set(entry) - _KEYS)
    if unknown:
        raise InputError(f"{where}: unknown key `{unknown[0]}`", hint=f"known: {', '.join(sorted(_KEYS))}")
    deliver = _deliver(where, entry)
    secret_file = entry.get("secret_file")
    return Recipient(
        name=name,
        purpose=PurposeName(_text(where, entry, "purpose")),
        deliver=deliver,
        destination=_url(where, entry) if deliver is Deliver.WEBHOOK else str(root / _text(where, entry, "path")),
        named=None if "as" not in entry else _text(where, entry, "as"),
        secret_file=None if secret_file is None else root / _text(where, entry, "secret_file"),
        fields=_fields(where, entry.get("fields", list(FIELDS))),
        pseudonyms=_flag(where, entry.get("pseudonyms", True)),
        acknowledge_within_days=_days(where, entry.get("acknowledge_within_days", 7)),
    )


def outside(purpose: Purpose) -> tuple[str, ...]:
    """Those whom the pack lets the purpose hand data on to, besides the operator."""
    return tuple(each for each in purpose.recipients if each.casefold() not in OURSELVES)


def require_allowed(recipient: Recipient, pack: Pack) -> Purpose:
    """The pack lets this recipient be given data for their purpose.

    Raises:
        RefusedError: it has no such purpose, hands nothing on for it, or does not name them.
    """
    purpose = pack.purposes.get(recipient.purpose)
    if purpose is None:
        raise RefusedError(
            f"pack `{pack.name}` has no purpose `{recipient.purpose}`",
            hint=f"`assent feed retract {recipient.name} --everything` takes back what they were given for it",
        )
    allowed = outside(purpose)
    if not allowed:
        raise RefusedError(f"pack `{pack.name}` hands nothing on for `{purpose.name}`")
    if recipient.named is not None and recipient.named.casefold() not in {each.casefold() for each in allowed}:
        raise RefusedError(
            f"pack `{pack.name}` does not name `{recipient.named}` as a recipient of `{purpose.name}`",
            hint=f"it names: {', '.join(allowed)}",
        )
    if purpose.kind.trains and recipient.named is None:
        raise RefusedError(
            f"`{purpose.name}` trains models and is handed on only to those the pack names",
            hint=f"say which of them `{recipient.name}` is, with `as`: {', '.join(allowed)}",
        )
    return purpose


def secret_variable(name: str) -> str:
    """The variable that can hold a recipient's secret."""
    return f"ASSENT_RECIPIENTS_{name.upper().replace('-', '_')}_SECRET"


def secret_of(recipient: Recipient, environ: Mapping[str, str]) -> bytes:
    """The secret that both sides share, from the variable or the file.

    Raises:
        InputError: there is none, others can read it, or it is no Standard Webhooks secret.
    """
    variable = secret_variable(recipient.name)
    text = environ.get(variable)
    where = variable
    if text is None and recipient.secret_file is not None:
        where = str(recipient.secret_file)
        text = _read_secret(recipient.secret_file)
    if text is None:
        raise InputError(
            f"recipient `{recipient.name}` has no secret", hint=f"give `secret_file`, or set the variable {variable}"
        )
    try:
        secret = base64.b64decode(text.strip().removeprefix(_PREFIX) + "==", validate=False)
    except (binascii.Error, ValueError):
        secret = b""
    if not text.strip().startswith(_PREFIX) or len(secret) not in SECRET_BYTES:
        raise InputError(f"`{where}` holds no secret like whsec_…", hint="24 to 64 random bytes in base64")
    return secret


def _read_secret(path: Path) -> str:
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise InputError(f"the secret `{path}` can be read by others", hint=f"run: chmod 600 {path}")
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        reason = (getattr(error, "strerror", None) or "no text").lower()
        raise InputError(f"the secret `{path}` cannot be read: {reason}") from None


def _deliver(where: str, entry: Mapping[str, Any]) -> Deliver:
    try:
        return Deliver(_text(where, entry, "deliver"))
    except ValueError:
        raise InputError(f"{where}: `deliver` is `folder` or `webhook`, not `{entry['deliver']}`") from None


def _url(where: str, entry: Mapping[str, Any]) -> str:
    url = _text(where, entry, "url")
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        raise InputError(f"{where}: `{url}` is no URL") from None
    if not host or parts.scheme not in {"http", "https"} or parts.username or parts.query or parts.fragment:
        raise InputError(f"{where}: `url` must be like https://host/path, without a user, query or fragment")
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise InputError(f"{where}: `{url}` is not encrypted", hint="use https; http is for this machine only")
    return url


def _fields(where: str, given: object) -> tuple[str, ...]:
    if not isinstance(given, list) or not given:
        raise InputError(f"{where}: `fields` is a list of columns", hint=f"known: {', '.join(FIELDS)}")
    for field in given:
        if field not in FIELDS:
            raise InputError(f"{where}: a row has no field `{field}`", hint=f"known: {', '.join(FIELDS)}")
    return tuple(name for name in FIELDS if name == "id" or name in given)


def _text(where: str, entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value:
        raise InputError(f"{where}: `{key}` is missing or no text")
    return value


def _flag(where: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"{where}: `pseudonyms` is true or false, not `{value}`")
    return value


def _days(where: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InputError(f"{where}: `acknowledge_within_days` is a whole number above zero, not `{value}`")
    return value
