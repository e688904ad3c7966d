"""The files of an export, out of zips and folders nobody vouches for; nothing is ever unpacked to disk.

What could do harm is left out and said: bombs (by ratio and by size), names that lead elsewhere, links,
encrypted members, archives in archives. Since members are only read as streams, a hostile name can at
worst be shown, and it is shown without its control characters.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from assent.errors import InputError
from assent.vocabulary.tables import Problem

MEMBER_BYTES_LIMIT = 4 << 30
TOTAL_BYTES_LIMIT = 16 << 30
MEMBERS_LIMIT = 20_000
RATIO_LIMIT = 200
RATIO_FROM_BYTES = 8 << 20
"""Below this size a member may shrink by any ratio: a short table of equal rows does."""
DIRECTORY_BYTES_LIMIT = 32 << 20
"""A zip's table of contents is read whole, so it may not be large."""

_END = b"PK\x05\x06"
_END_BYTES, _COMMENT_BYTES = 22, 1 << 16
_IGNORED = frozenset({".ds_store", "thumbs.db", "desktop.ini", "__macosx"})
_SHOWN = 120

DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
"""Whatever reading a member of a bad zip can raise."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an export.

    Args:
        path: inside its zip or folder, with `/`, without control characters.
        source: which of the given zips or folders it is from.
        open: gives its bytes as a stream; may be called again.
    """

    path: PurePosixPath
    source: str
    size_bytes: int
    open: Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True, slots=True)
class Export:
    """The readable files of all instalments, and what was left out."""

    members: tuple[Member, ...]
    problems: tuple[Problem, ...]


def open_export(paths: Sequence[Path], held: ExitStack) -> Export:
    """The files of all given zips and folders; zips stay open until `held` is closed.

    Raises:
        InputError: a path does not exist, cannot be read, or is neither a zip, a folder nor a table.
    """
    members: list[Member] = []
    problems: list[Problem] = []
    total = 0
    for path in dict.fromkeys(paths):
        for found in _found_in(path, held):
            if isinstance(found, Problem):
                problems.append(found)
                continue
            total += found.size_bytes
            if total > TOTAL_BYTES_LIMIT or len(members) >= MEMBERS_LIMIT:
                problems.append(Problem(shown(path.name), "has more than is read; the rest is left out"))
                break
            members.append(found)
    return Export(tuple(members), tuple(problems))


def _found_in(path: Path, held: ExitStack) -> Iterator[Member | Problem]:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else "cannot be read"
        raise InputError(f"`{shown(path)}` {reason}", hint="give the zip that was downloaded, or its folder") from None
    if stat.S_ISDIR(mode):
        return _in_folder(path)
    if stat.S_ISREG(mode) and path.suffix.lower() in {".csv", ".html"}:
        return iter((_on_disk(path, path.name, path.name),))
    if not stat.S_ISREG(mode):
        raise InputError(f"`{shown(path)}` is neither a zip nor a folder", hint="give the zip that was downloaded")
    return _in_zip(path, held)


def _in_folder(folder: Path) -> Iterator[Member | Problem]:
    """Every plain file below, in a fixed order; links are not followed, out of the folder least of all."""
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if name.lower() not in _IGNORED)
        for name in folders:
            if (Path(parent) / name).is_symlink():
                yield Problem(shown(name), "is a link; left out")
        for name in sorted(names):
            path = Path(parent) / name
            if name.lower() in _IGNORED:
                continue
            if path.is_symlink():
                yield Problem(shown(name), "is a link; left out")
            elif not path.is_file():
                yield Problem(shown(name), "is no plain file; left out")
            else:
                yield _on_disk(path, path.relative_to(folder).as_posix(), folder.name)


def _on_disk(path: Path, name: str, source: str) -> Member:
    return Member(PurePosixPath(shown(name)), shown(source), path.stat().st_size, lambda: path.open("rb"))


def _in_zip(path: Path, held: ExitStack) -> Iterator[Member | Problem]:
    archive = _opened(path, held)
    seen: set[str] = set()
    for info in archive.infolist():
        name = info.filename.replace("\\", "/")
        parts = PurePosixPath(name).parts
        if info.is_dir() or any(part.lower() in _IGNORED for part in parts):
            continue
        refused = _refusal(info, name)
        if refused:
            yield Problem(shown(name), f"{refused}; left out")
            continue
        if name in seen:
            yield Problem(shown(name), "is in the zip twice; both were read, equal rows counted once")
        seen.add(name)
        yield Member(PurePosixPath(shown(name)), shown(path.name), info.file_size, _opener(archive, info))


def _opened(path: Path, held: ExitStack) -> zipfile.ZipFile:
    try:
        _check_directory(path)
        return held.enter_context(zipfile.ZipFile(path))
    except InputError:
        raise
    except DAMAGE as error:
        if isinstance(error, PermissionError):
            raise InputError(f"`{shown(path)}` cannot be read", hint="check who may read the file") from None
        raise InputError(
            f"`{shown(path)}` is no zip, or was cut off while it was downloaded",
            hint="download it again; the link in the e-mail works for about three days",
        ) from None


def _check_directory(path: Path) -> None:
    """A table of contents of hundreds of megabytes is refused before anything reads it."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _END_BYTES - _COMMENT_BYTES))
        tail = file.read()
    place = tail.rfind(_END)
    if place >= 0 and len(tail) - place >= _END_BYTES:
        (directory_bytes,) = struct.unpack_from("<I", tail, place + 12)
        if directory_bytes > DIRECTORY_BYTES_LIMIT:
            raise InputError(f"`{shown(path)}` lists too many files to be an export", hint="give the export itself")


def _refusal(info: zipfile.ZipInfo, name: str) -> str | None:
    """Why a member is not read, or None."""
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or ":" in parts[0] or "\0" in name:
        return "has a name that leads out of the zip"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link"
    if info.flag_bits & 0x1:
        return "is encrypted"
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return "is compressed in a way exports are not"
    if info.file_size > MEMBER_BYTES_LIMIT:
        return f"would unpack to {info.file_size >> 30} GiB"
    if info.file_size > RATIO_FROM_BYTES and info.file_size > RATIO_LIMIT * max(1, info.compress_size):
        return f"would unpack to {info.file_size // max(1, info.compress_size)} times its size, as a zip bomb does"
    return None


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], AbstractContextManager[BinaryIO]]:
    return lambda: cast("AbstractContextManager[BinaryIO]", archive.open(info))


def shown(text: object) -> str:
    """A text from an export as it may be shown in a terminal: no control or direction characters, not long."""
    plain = "".join(c if c.isprintable() else " " for c in str(text)[: 4 * _SHOWN])
    words = " ".join(plain.split())
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"
