"""Credentials: keys of known makes, and whatever stands after a word that announces a secret."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from assent.curation.redact.structured.rule import Rule, Stretch
from assent.vocabulary.curation import Pii

_MADE: Final = {
    "aws": r"\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b",
    "github": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})\b",
    "gitlab": r"\bglpat-[\w-]{20,64}",
    "slack": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,255}|hooks\.slack\.com/services/[\w/]{20,128}",
    "google": r"\bAIza[\w-]{35}|\bya29\.[\w-]{20,512}",
    "stripe": r"\b[srp]k_(?:live|test)_[A-Za-z0-9]{16,255}",
    "openai": r"\bsk-(?:[a-z]{2,10}-)*[\w-]{20,255}",
    "npm": r"\b(?:npm_[A-Za-z0-9]{36}|pypi-[\w-]{50,255}|hf_[A-Za-z0-9]{30,40})\b",
    "sendgrid": r"\bSG\.[\w-]{16,32}\.[\w-]{16,64}",
    "jwt": r"\beyJ[\w-]{8,4096}\.[\w-]{8,16384}(?:\.[\w-]{0,1024})?",
}
_KNOWN: Final = [(re.compile(pattern), f"structured.credential.{name}") for name, pattern in _MADE.items()]
_BEGIN: Final = re.compile(r"-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----")
_REST: Final = re.compile(r"[A-Za-z0-9+/=\s:,.\\-]*+")
_END: Final = re.compile(r"-----END [A-Z0-9 ]{0,40}-----")
_USERINFO: Final = re.compile(r"://([^\s/:@]{1,128}:[^\s/@]{1,256})@")
_ANNOUNCING: Final = (
    "pass ?word|passwd|passphrase|pwd|pass ?code|passwort|kennwort|mot de passe|contraseña|senha|wachtwoord|hasło|"
    "heslo|"
    "jelszó|lösenord|passord|adgangskode|salasana|api[ _-]?(?:key|token|secret)|secret(?:[ _-]?key)?|access[ _-]?"
    "(?:key|token)(?:[ _-]?id)?|auth[ _-]?token|client[ _-]?secret|private[ _-]?key|token|bearer"
)
_SAID: Final = re.compile(
    rf"(?:{_ANNOUNCING})[\"']?(\s{{0,2}}[:=]{{1,2}}\s{{0,2}}|\s(?:is|was|ist|est|es|is:|lautet|è)\s{{1,2}}"
    rf"|\s)[\"'`]?([^\s\"'`<>]{{4,256}})",
    re.IGNORECASE,
)  # fmt: skip
_CALL: Final = re.compile(r"[A-Za-z_.]+[(\[]|[${%]|\*+$|\[")
_HIGH_BITS: Final = 3.0
_LONG: Final = 16


def _secrets(text: str) -> Iterator[Stretch]:
    for pattern, rule in _KNOWN:
        for found in pattern.finditer(text):
            yield found.start(), found.end(), Pii.CREDENTIAL, rule
    for begin in _BEGIN.finditer(text):
        rest = _REST.match(text, begin.end())
        stop = rest.end() if rest else begin.end()
        end = _END.search(text, begin.end(), stop + 64)
        yield begin.start(), end.end() if end else stop, Pii.CREDENTIAL, "structured.credential.private_key"
    for found in _USERINFO.finditer(text):
        yield found.start(1), found.end(1), Pii.CREDENTIAL, "structured.credential.url"
    for found in _SAID.finditer(text):
        value = found[2].rstrip(".,;)")
        if _is_secret(value, found[1].strip()):
            yield found.start(2), found.start(2) + len(value), Pii.CREDENTIAL, "structured.credential.said"


def _is_secret(value: str, sign: str) -> bool:
    """Whether this is the secret itself rather than what is said about it."""
    if len(value) < 4 or _CALL.match(value) or "://" in value:  # noqa: PLR2004
        return False
    kinds = sum(any(test(each) for each in value) for test in (str.isalpha, str.isdecimal, _is_mark))
    if sign[:1] in {":", "="}:
        return kinds > 1 or value.isdecimal() or len(value) >= _LONG or not value[0].isupper()
    if sign:
        return kinds > 1 and not value.isalpha() and "-" not in value.strip("-")
    return len(value) >= _LONG and any(map(str.isdecimal, value)) and _bits(value) >= _HIGH_BITS


def _is_mark(character: str) -> bool:
    return not character.isalnum() and character not in "-.,'\u2019"


def _bits(value: str) -> float:
    """Shannon entropy. Unit: bits per character."""
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values())


CREDENTIAL: Final = Rule(
    r"AKIA|ASIA|ABIA|ACCA|gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|hooks\.slack\.com|AIza|ya29\.|k_live_|k_test_"
    r"|sk-|"
    rf"npm_|pypi-|hf_|SG\.|eyJ|PRIVATE KEY|://[^\s/@]{{1,128}}@|(?i:{_ANNOUNCING})",
    _secrets,
)
