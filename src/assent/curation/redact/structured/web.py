"""Addresses of machines and of pages: URLs, those with a user's name in them, bare domains, IP addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from assent.curation.redact.structured.rule import Rule, Stretch
from assent.vocabulary.curation import Pii

_TLDS: Final = (
    "com|org|net|edu|gov|info|biz|eu|io|co|me|app|dev|ai|uk|de|fr|es|it|nl|be|ch|at|pl|cz|sk|hu|ro|bg|gr|hr|si|se|no|"
    "fi|dk|ee|lv|lt|lu|pt|ie|mt|cy|is|li|hk|ca|us|au|nz|br|mx|ru|ua|in|jp|cn|kr|za|tv|blog|online|site|tech|xyz|cloud"
)
_URL: Final = re.compile(
    r"\b(?:https?|ftp|ssh|git)://[^\s<>\"\\^`{|}\]]+|\bwww\.[^\W_][\w-]*\.[^\s<>\"\\^`{|}\]]+", re.IGNORECASE
)
_ENDING: Final = re.compile(
    rf"\.(?:{_TLDS})(?![\w-]|\.\w|\()(?:(?::\d{{1,5}})?[/?#][^\s<>\"\\^`{{|}}\]]*)?", re.IGNORECASE
)
# Read backwards from the last dot.
_LABELS: Final = re.compile(r"[a-z0-9-]++(?:\.[a-z0-9-]++)*+(?![\w@.])", re.IGNORECASE)
_LONGEST_NAME: Final = 253
_HOST: Final = re.compile(
    r"(?:https?://)?(?:www\.|m\.|[a-z]{2}\.|[\w-]+(?=\.stackexchange))?\.?(?:(?:github|gitlab|bitbucket|twitter|x"
    r"|instagram|facebook|fb|medium|t|tiktok|keybase|"
    r"behance|dribbble|vk|patreon|soundcloud|flickr|pinterest|about|kaggle|huggingface|threads|snapchat"
    r"|paypal)\.(?:com|org|me|net|co)/+[^/\s?#]"
    r"|linkedin\.com/(?:in|pub)/|xing\.com/profile/|orcid\.org/\d|researchgate\.net/profile/|reddit\.com/u(?:ser)?/"
    r"|youtube\.com/(?:@|user/|c/))",
    re.IGNORECASE,
)
_PATH: Final = re.compile(r"/(?:@[\w.-]|~\w|(?:users?|profiles?|people|members?|author)/[\w.%-])", re.IGNORECASE)
# Names of programs and files that look like domains.
_NO_DOMAIN: Final = re.compile(r"(?:asp|vb|ado|ml|f|c)\.net|(?:socket|draw)\.io|node\.js", re.IGNORECASE)
_TRAILING: Final = ".,;:!?'*_"


def _urls(text: str) -> Iterator[Stretch]:
    for found in _URL.finditer(text):
        yield _page(text, found.start(), found.end(), "structured.url")
    for found in _ENDING.finditer(text):
        begin = max(0, found.start() - _LONGEST_NAME)
        before = _LABELS.match(text[begin : found.start()][::-1])
        if before is None:
            continue
        begin = found.start() - before.end()
        name = text[begin : found.start()] + found[0].split("/")[0]
        if _NO_DOMAIN.fullmatch(name) or (name[-1].isupper() and not name.isupper()) or _is_sentence(name):
            continue
        yield _page(text, begin, found.end(), "structured.url.domain")


def _is_sentence(name: str) -> bool:
    """Whether it is the end of one sentence and the beginning of the next, with the space forgotten."""
    last = name.rsplit(".", 1)[-1]
    return last[0].isupper() and last[1:].islower()


def _page(text: str, start: int, end: int, rule: str) -> Stretch:
    end = start + len(text[start:end].rstrip(_TRAILING))
    if text[end - 1] == ")" and text.count("(", start, end) < text.count(")", start, end):
        end = start + len(text[start:end].rstrip(_TRAILING + ")"))
    told = "/" in text[start + 8 : end] and (_HOST.match(text, start, end) or _PATH.search(text, start, end))
    return start, end, Pii.URL, "structured.url.user" if told else rule


_V4: Final = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)")
_V6: Final = re.compile(
    r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4})(?![\w:])", re.IGNORECASE
)
_VERSION: Final = re.compile(
    r"(?:\bv|\bver(?:sion)?|\brelease|\bbuild|\bfirmware|\bdriver|\bupgrad\w+ to|\bupdate)[.:]?\s*\Z", re.IGNORECASE
)
_LEAST_GROUPS: Final = 3


def _machines(text: str) -> Iterator[Stretch]:
    for pattern, rule in ((_V4, "structured.ip.v4"), (_V6, "structured.ip.v6")):
        for found in pattern.finditer(text):
            if _is_address(found[0]) and not _VERSION.search(text[max(0, found.start() - 16) : found.start()]):
                yield found.start(), found.end(), Pii.IP_ADDRESS, rule


def _is_address(said: str) -> bool:
    try:
        ipaddress.ip_address(said)
    except ValueError:
        return False
    # Two words with :: between are a name in a program.
    return ":" not in said or sum(map(bool, said.split(":"))) >= _LEAST_GROUPS or "::" not in said


URL: Final = Rule(rf"://|(?i-u:\bwww\.)|(?i-u:[a-z0-9]\.(?:{_TLDS})\b)", _urls)
IP_ADDRESS: Final = Rule(
    "[0-9]", _machines, also=r"(?-u)[0-9]\.[0-9]+\.[0-9]+\.[0-9]|[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F]"
)
