"""A taxonomy as one file, and back: JSON, packed, named by its digest."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from assent.errors import EvidenceError, InputError
from assent.features.taxonomy.model import EMPTY, Occupation, OccupationId, Reuse, Skill, SkillId, SkillKind, Taxonomy
from assent.storage.files import write_whole

FORMAT: Final = "assent-taxonomy/1"
_MOST_BYTES: Final = 1 << 30


def write_taxonomy(taxonomy: Taxonomy, path: Path) -> Taxonomy:
    """`path` holds `taxonomy`, replaced whole; returns it with its digest."""
    stored = _stored(taxonomy)
    write_whole(path, zlib.compress(stored, 6))
    return replace(taxonomy, digest=sha256(stored).hexdigest())


def read_taxonomy(path: Path) -> Taxonomy:
    """What `write_taxonomy` wrote; nothing at all where there is no such file.

    Raises:
        EvidenceError: the file is not what was written.
    """
    try:
        packed = path.read_bytes()
    except FileNotFoundError:
        return EMPTY
    except OSError as error:
        raise InputError(f"cannot read `{path}`: {error.strerror}") from error
    try:
        stored = zlib.decompressobj().decompress(packed, _MOST_BYTES)
        document = json.loads(stored)
        if document["format"] != FORMAT:
            raise ValueError(document["format"])
        return Taxonomy(
            {each.id: each for each in map(_occupation, document["occupations"])},
            {each.id: each for each in map(_skill, document["skills"])},
            document["version"],
            sha256(stored).hexdigest(),
        )
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise EvidenceError(f"`{path}` is no taxonomy", hint="import it again: assent taxonomy import") from error


def _stored(taxonomy: Taxonomy) -> bytes:
    document = {
        "format": FORMAT,
        "version": taxonomy.version,
        "occupations": [asdict(each) for _, each in sorted(taxonomy.occupations.items())],
        "skills": [asdict(each) for _, each in sorted(taxonomy.skills.items())],
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _occupation(each: Mapping[str, Any]) -> Occupation:
    return Occupation(
        OccupationId(each["id"]),
        each["label"],
        tuple(each["alternatives"]),
        each["description"],
        each["isco"],
        tuple(map(SkillId, each["essential"])),
        tuple(map(SkillId, each["optional"])),
        tuple(each["tasks"]),
        tuple(each["technologies"]),
    )


def _skill(each: Mapping[str, Any]) -> Skill:
    return Skill(
        SkillId(each["id"]),
        each["label"],
        tuple(each["alternatives"]),
        each["description"],
        SkillKind(each["kind"]),
        Reuse(each["reuse"]),
        tuple(map(SkillId, each["needs"])),
        tuple(map(SkillId, each["helped_by"])),
    )
