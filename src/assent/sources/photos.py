"""Photos of members: a reference and a digest as the record, the assertions in the file as its signals.

    photos.csv     id,member,file,created_at,visibility
    *.jpg …        beside it, or in folders below

A photo's record says which file it is and the SHA-256 of its bytes: that is what a snapshot seals, what a verdict is
about and what a take-back removes. The bytes stay where the platform has them; who reads a snapshot opens only files
whose digests stand in it. What a photo's own C2PA manifest says of training (CAWG) denies like any other signal.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import file_digest, sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from assent.errors import InputError
from assent.sources.staging import RecordWriter, new_folder
from assent.vocabulary.instants import parse_instant
from assent.vocabulary.tables import CANONICAL, Format, Problem, RecordTable, SourceFiles

LISTING: Final = "photos.csv"
CATEGORY: Final = "profile.photo"
_COLUMNS: Final = ("id", "member", "file", "created_at", "visibility")
_TRAINING: Final = frozenset({"cawg.training-mining", "c2pa.training-mining"})
_STRICT: Final = {"notAllowed": 2, "constrained": 1}
_UNREADABLE: Final = "photos whose file is missing or lies outside the folder"
_AGAIN: Final = "take the photo from its source again"
_DENIED: Final = {f"cawg.{use}": {"use": "notAllowed"} for use in ("ai_generative_training", "ai_training")}
_SAYS_NO: Final = json.dumps(_DENIED, sort_keys=True)
_DAMAGED: Final = "photos whose manifest is damaged: taken as saying no"
_NOT_MEDIA: Final = ("ManifestNotFound", "NotSupported", "not supported", "no JUMBF")


def check_photos(folder: Path) -> None:
    """The folder lists photos.

    Raises:
        InputError: there is no list, or a column is missing.
    """
    next(_rows(folder), None)


def read_photos(folder: Path, staging: Path) -> SourceFiles:
    """One record for every photo of the list; converted anew only after something changed.

    Raises:
        InputError: there is no list, it cannot be read, or the extra `photos` is not installed.
    """
    rows = list(_rows(folder))
    known = [(row, _inside(folder, row["file"])) for row in rows]
    there = [(row, path) for row, path in known if path is not None]
    stamp = _stamp(folder / LISTING, [path for _, path in there])
    final = staging / "photos"
    if not (final / stamp).exists():
        with new_folder(final) as partial:
            damaged = 0
            with RecordWriter(partial / "records.parquet") as writer:
                for row, path in there:
                    record = _record(row, path, folder)
                    damaged += record["cawg"] == _SAYS_NO
                    writer.write(record)
            (partial / stamp).write_text(str(damaged))
    counts = {_UNREADABLE: len(rows) - len(there), _DAMAGED: int((final / stamp).read_text())}
    problems = tuple(Problem(LISTING, what, count) for what, count in counts.items() if count)
    table = RecordTable((final / "records.parquet",), Format.PARQUET, CANONICAL)
    return SourceFiles((table,), (), problems)


def read_assertion(path: Path) -> Mapping[str, Any] | None:
    """What the photo's C2PA manifests say of training and mining, in CAWG's words; None where they say nothing.

    Every manifest of the file counts, the strictest of each use: a later edit cannot lift what the photographer said.
    Whether the signer is trusted does not count either: anybody may say no.

    Raises:
        InputError: the file cannot be read, its manifest is damaged, or the extra `photos` is not installed.
    """
    require_library()
    from c2pa import C2paError, Reader

    try:
        with Reader(str(path)) as reader:
            store = json.loads(reader.json())
    except C2paError as error:
        if any(word in str(error) or word in type(error).__name__ for word in _NOT_MEDIA):
            return None
        raise InputError(
            f"the manifest in `{path.name}` cannot be read", hint="take the photo from its source again"
        ) from None
    except (OSError, ValueError):
        raise InputError(f"`{path.name}` cannot be read") from None
    if _is_damaged(store):
        raise InputError(f"the manifest in `{path.name}` was changed after it was signed", hint=_AGAIN)
    found: dict[str, Any] = {}
    for use, entry in _entries(store):
        if use not in found or _strictness(entry) > _strictness(found[use]):
            found[use] = entry
    return found or None


def _is_damaged(store: Mapping[str, Any]) -> bool:
    """Something in it does not hold; that nobody knows the signer is no damage."""
    failures = (each.get("code", "") for each in store.get("validation_status") or ())
    return any(not str(code).startswith("signingCredential.") for code in failures)


def _strictness(entry: Mapping[str, Any]) -> int:
    return _STRICT.get(str(entry.get("use")), 0)


def require_library() -> None:
    """Nothing happens where the extra `photos` is installed.

    Raises:
        InputError: it is not.
    """
    if find_spec("c2pa") is None:
        raise InputError("reading photos needs `c2pa`", hint="pip install 'assent[photos]'")


def _entries(store: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for manifest in store.get("manifests", {}).values():
        for assertion in manifest.get("assertions", ()):
            if str(assertion.get("label", "")).partition("__")[0] in _TRAINING:
                for use, entry in (assertion.get("data", {}).get("entries") or {}).items():
                    if isinstance(entry, Mapping):
                        yield use, entry


def _record(row: Mapping[str, str], path: Path, folder: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return {
        "id": row["id"],
        "category": CATEGORY,
        "author": row["member"] or None,
        "created_at": _instant(row["created_at"]),
        "visibility": row["visibility"] or None,
        "cawg": _said(path),
        "text": f"photo {path.relative_to(folder.resolve()).as_posix()} sha256:{digest}",
    }


def _said(path: Path) -> str | None:
    """The assertion as the canonical column holds it; of a damaged manifest, that nothing is allowed."""
    require_library()
    try:
        assertion = read_assertion(path)
    except InputError:
        return _SAYS_NO
    return None if assertion is None else json.dumps(assertion, sort_keys=True)


def _rows(folder: Path) -> Iterator[dict[str, str]]:
    listing = folder / LISTING
    try:
        with listing.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            missing = [column for column in _COLUMNS if column not in (rows.fieldnames or ())]
            if missing:
                raise InputError(f"`{listing}` has no column `{missing[0]}`", hint=f"its columns: {','.join(_COLUMNS)}")
            for row in rows:
                if row["id"]:
                    yield {column: row[column] or "" for column in _COLUMNS}
    except (OSError, UnicodeDecodeError, csv.Error):
        raise InputError(f"there is no list of photos `{listing}`", hint=f"its columns: {','.join(_COLUMNS)}") from None


def _inside(folder: Path, named: str) -> Path | None:
    path = (folder / named).resolve()
    return path if named and path.is_relative_to(folder.resolve()) and path.is_file() else None


def _instant(text: str) -> datetime | None:
    try:
        return parse_instant(text)
    except InputError:
        return None


def _stamp(listing: Path, files: list[Path]) -> str:
    """Changes whenever the list or a photo does."""
    seen = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in (listing, *files)]
    return f"from-{sha256(repr(seen).encode()).hexdigest()[:24]}"
