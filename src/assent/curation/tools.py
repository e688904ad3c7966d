"""What curates: the releases and the learned and written files on which it depends what becomes of a text."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from assent.vocabulary.curation import Curation, Pii

RELEASES: Final = ("assent", "numpy", "phonenumbers", "polars", "python-stdnum")
LEARNED: Final = frozenset({Pii.PERSON, Pii.LOCATION, Pii.ORGANIZATION, Pii.GROUP})
"""The types that the tagger finds."""


def tools_of(rules: Curation) -> dict[str, str]:
    """Versions, and SHA-256 of files, of whatever these rules use; where all are equal, so are the clean texts."""
    tools = {name: version(name) for name in RELEASES}
    if LEARNED & frozenset(rules.mask):
        tools["tagger"] = digest_of("assent.curation.redact.tagger")
    if rules.topics:
        tools["lexicon"] = digest_of("assent.curation.sensitive")
    if rules.quality is not None:
        tools["quality"] = digest_of("assent.curation.quality")
    return tools


@cache
def digest_of(package: str) -> str:
    """SHA-256 over the names and bytes of every file of the package, hexadecimal: its rules and what it learned."""
    found = sha256()
    for path, each in sorted(_below(files(package), "")):
        data = each.read_bytes()
        found.update(f"{path}\0{len(data)}\0".encode() + data)
    return found.hexdigest()


def _below(folder: Traversable, path: str) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for each in folder.iterdir():
        if each.is_dir() and each.name not in {"__pycache__", "training"}:
            found += _below(each, f"{path}{each.name}/")
        elif each.is_file():
            found.append((path + each.name, each))
    return found
