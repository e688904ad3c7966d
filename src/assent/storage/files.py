"""Files that are whole or absent, also after a power cut, and locks that end with the process that holds them."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from assent.errors import AssentError, InputError, UnavailableError

_TEMPORARY = ".partial"
_RETRY_SECONDS = 0.005
_MANY = 16
_WRITERS = 4


def write_durably(path: Path, data: bytes) -> None:
    """The file holds exactly these bytes, and still does after a power cut.

    Raises:
        InputError: the folder may not be written to.
        UnavailableError: the disk is full or fails.
    """
    write_all_durably([(path, data)])


def write_all_durably(files: Iterable[tuple[Path, bytes]]) -> None:
    """Each file holds its bytes; all of them are durable on return, in no promised order before that."""
    todo = list(files)
    folders = {path.parent for path, _ in todo}
    for folder in folders:
        with explained(folder):
            make_folder(folder)
    if len(todo) < _MANY:
        for path, data in todo:
            _replace(path, data)
    else:
        # The disk makes several files durable in the time of one.
        with ThreadPoolExecutor(_WRITERS) as writers:
            list(writers.map(lambda each: _replace(*each), todo))
    for folder in folders:
        # A crash before this line may undo renames, never leave half a file: callers write what refers to
        # these files only after this function returned.
        with explained(folder):
            sync_folder(folder)


def write_whole(path: Path, data: bytes) -> None:
    """The file is whole for every reader, but a power cut may lose or empty it: only for what can be derived."""
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, data, durably=False)


def _replace(path: Path, data: bytes, *, durably: bool = True) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}{_TEMPORARY}")
    with explained(path), temporary.open("wb") as file:
        file.write(data)
        if durably:
            file.flush()
            os.fsync(file.fileno())
    # A crash here leaves a file whose name says that it is partial; the next writer of that name replaces it.
    with explained(path):
        temporary.replace(path)


def make_private_folder(folder: Path) -> None:
    """As `make_folder`; one that is new is closed to whoever is neither its owner nor in its group."""
    make_folder(folder.parent)
    if not folder.exists():
        with suppress(FileExistsError):
            folder.mkdir(mode=0o750)
        sync_folder(folder.parent)


def make_folder(folder: Path) -> None:
    """The folder exists, and so durably do the new folders above it."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        with suppress(FileExistsError):
            each.mkdir()
        sync_folder(each.parent)


def sync_folder(folder: Path) -> None:
    """Names that were added to or removed from the folder stay so."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def exclusive_lock(path: Path, *, wait_seconds: float = 30.0) -> Iterator[None]:
    """Nobody else holds this lock meanwhile; it ends with the block or with the process, whichever is first.

    Raises:
        UnavailableError: another holder kept it for longer than `wait_seconds`.
    """
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _wait_for_lock(handle, path, time.monotonic() + wait_seconds)
        yield
    finally:
        os.close(handle)


def _wait_for_lock(handle: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise UnavailableError(
                    f"another process holds `{path}`", hint="wait until it is done, then try again"
                ) from None
            time.sleep(_RETRY_SECONDS)
        else:
            return


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """A failure of the operating system on that path leaves as an Assent error of one line."""
    try:
        yield
    except OSError as error:
        raise _as_assent_error(error, path) from error


def _as_assent_error(error: OSError, path: Path) -> AssentError:
    reason = (os.strerror(error.errno) if error.errno else error.strerror or "failed").lower()
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.ENOENT}:
        return InputError(f"cannot use `{path}`: {reason}")
    return UnavailableError(f"cannot use `{path}`: {reason}", hint="nothing half-written was kept; try again")
