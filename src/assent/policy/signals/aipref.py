"""AI preferences (AIPREF): which uses a piece of content allows, as a header or a rule of robots.txt says.

Sources: draft-ietf-aipref-vocab, draft-ietf-aipref-attach (as of August 2026, without consensus), RFC 9651 for
the dictionary, RFC 9309 for groups and paths of robots.txt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import quote, unquote_to_bytes

import http_sf

TRAIN_AI: Final = "train-ai"
"""A model that synthesises content."""
EVERYBODY: Final = "*"
_RULE: Final = "content-usage"
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_GROUP_RULES: Final = frozenset({"allow", "disallow", _RULE})
_UNRESERVED: Final = "/!$&'()*+,;=:@-._~?"


class Preference(Enum):
    """What a statement says of one use."""

    ALLOW = "y"
    DISALLOW = "n"
    UNKNOWN = None


def preferences(header: str) -> Mapping[str, Preference]:
    """What one `Content-Usage` value says of each use; a use it does not name, or says oddly, is unknown.

    Guarantee: nothing at all when the value is no RFC 9651 dictionary.
    """
    try:
        dictionary = http_sf.parse(header.strip().encode("ascii"), tltype="dictionary")
    except (ValueError, UnicodeEncodeError):
        return {}
    return {use: _preference(value) for use, (value, _parameters) in dictionary.items()}


def combine(stated: Iterable[Preference]) -> Preference:
    """One preference of many: one that disallows wins, then one that allows."""
    found = set(stated)
    if Preference.DISALLOW in found:
        return Preference.DISALLOW
    return Preference.ALLOW if Preference.ALLOW in found else Preference.UNKNOWN


def preference(statements: object, use: str = TRAIN_AI) -> Preference:
    """What several statements on the same content say together of one use.

    Args:
        statements: `Content-Usage` values, one a line: of the header, of robots.txt, of wherever else one is found.
    """
    if not isinstance(statements, str):
        return Preference.UNKNOWN
    return combine(preferences(line).get(use, Preference.UNKNOWN) for line in statements.split("\n"))


@dataclass(frozen=True, slots=True)
class UsageRule:
    """A `Content-Usage` rule: what is said of the paths that a pattern matches."""

    pattern: str
    statement: str


def parse_robots(text: str, *, agent: str = EVERYBODY) -> tuple[UsageRule, ...]:
    """The usage rules that a robots.txt has for a crawler: its own groups', or else those for everybody."""
    own: list[UsageRule] = []
    everybody: list[UsageRule] = []
    own_group = False
    agents: set[str] = set()
    in_rules = False
    for line in _LINE_END.split(text.lstrip("\ufeff")):
        name, separator, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if separator and name == "user-agent":
            agents = {value.lower()} if in_rules else agents | {value.lower()}
            in_rules = False
            own_group |= agent != EVERYBODY and agent.lower() in agents
        elif separator and name in _GROUP_RULES:
            in_rules = True
            rule = _usage_rule(value) if name == _RULE else None
            if rule is not None and agent.lower() in agents:
                own.append(rule)
            if rule is not None and EVERYBODY in agents:
                everybody.append(rule)
    # A crawler that has a group of its own does not listen to the one for everybody. Source: RFC 9309 §2.2.1.
    return tuple(own if own_group or agent == EVERYBODY else everybody)


def usage_of(rules: Iterable[UsageRule], path: str) -> str | None:
    """What the rules say of a path: the statements of the longest pattern that matches, one a line."""
    wanted = _octets(path)
    matching = [rule for rule in rules if _regex(rule.pattern).match(wanted)]
    if not matching:
        return None
    longest = max(len(_octets(rule.pattern)) for rule in matching)
    return "\n".join(rule.statement for rule in matching if len(_octets(rule.pattern)) == longest)


def _preference(value: object) -> Preference:
    if not isinstance(value, http_sf.Token):
        return Preference.UNKNOWN
    return {"y": Preference.ALLOW, "n": Preference.DISALLOW}.get(str(value), Preference.UNKNOWN)


def _usage_rule(value: str) -> UsageRule | None:
    if not value:
        return None
    if not value.startswith("/"):
        return UsageRule("/", value)
    path, *statement = re.split(r"[ \t]+", value, maxsplit=1)
    return UsageRule(path, statement[0]) if statement else None


def _octets(path: str) -> str:
    """The path in one spelling: what needs no escape unescaped, the rest escaped in capitals."""
    return re.sub(r"(?:%[0-9A-Fa-f]{2})+|[^%]+|%", lambda part: _one_spelling(part[0]), path)


def _one_spelling(part: str) -> str:
    if re.fullmatch(r"(?:%[0-9A-Fa-f]{2})+", part):
        # An escaped `*` or `$` is a letter of the path, not a wildcard.
        return quote(unquote_to_bytes(part), safe="-._~")
    return quote(part, safe=_UNRESERVED)


def _regex(pattern: str) -> re.Pattern[str]:
    """Source: RFC 9309 §2.2.3: `*` is any run of characters, `$` at the end is the end."""
    whole = pattern.endswith("$")
    parts = _octets(pattern.removesuffix("$") if whole else pattern).split("*")
    return re.compile(".*".join(map(re.escape, parts)) + (r"\Z" if whole else ""), re.DOTALL)
