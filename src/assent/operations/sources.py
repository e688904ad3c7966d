"""What a person can ask of sources: name one in the workspace, look at one first, make one up."""

from __future__ import annotations

import difflib
import json
import os
import re
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path

from assent.errors import InputError
from assent.operations.workspace import SourceEntry, Workspace
from assent.sources import STACKEXCHANGE, Survey, check_source, open_source, survey
from assent.sources.synthetic import SyntheticSummary, generate
from assent.vocabulary.tables import SourceFiles

_NAME = re.compile(r"[A-Za-z0-9_-]+")


def add_source(workspace: Workspace, name: str, kind: str, path: Path) -> SourceEntry:
    """`assent.toml` names the source, at its end; the rest of the file is as it was, to the byte.

    Raises:
        InputError: the name is taken or no name, or the path holds no source of that kind; nothing was written.
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"`{name}` cannot name a source", hint="use letters, digits, `-` and `_`")
    if name in workspace.sources:
        raise InputError(f"there is a source `{name}` already", hint="choose another name")
    target = path.resolve()
    check_source(kind, target)
    _append(workspace.config_path, _section(workspace.root, name, kind, target))
    return SourceEntry(name, kind, target)


def open_entry(workspace: Workspace, name: str) -> SourceFiles:
    """The files of a source that the workspace names; conversions lie in the workspace's staging folder.

    Raises:
        InputError: there is no such source, or it cannot be read.
    """
    entry = workspace.sources.get(name)
    if entry is None:
        close = difflib.get_close_matches(name, workspace.sources, n=1)
        meant = f", did you mean `{close[0]}`?" if close else ""
        raise InputError(f"no source `{name}`{meant}", hint="`assent source list` shows those there are")
    return open_source(entry.kind, entry.path, workspace.staging_folder / name)


def preview_source(kind: str, path: Path) -> Survey:
    """The source's counts; whatever had to be converted for them is gone again.

    Raises:
        InputError: there is no such kind, or the source cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="assent-preview-") as staging:
        files = open_source(kind, path, Path(staging))
        # A dump lists its users; whoever else signs a post there has no account any more.
        return survey(files, authors_are_members=kind != STACKEXCHANGE)


def synthesize_source(
    folder: Path,
    *,
    members: int,
    records: int,
    seed: int,
    mentions: bool = False,
    jobs: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> SyntheticSummary:
    """The folder holds a made-up network that is a source of kind `synthetic`; with `mentions`, of known people too.

    Raises:
        InputError: the folder exists, or a number makes no sense; nothing was written.
    """
    return generate(
        folder, members=members, records=records, seed=seed, mentions=mentions, jobs=jobs, progress=progress
    )


def _section(root: Path, name: str, kind: str, target: Path) -> str:
    written = target.relative_to(root) if target.is_relative_to(root) else target
    # A JSON string is a TOML basic string too.
    return f"[sources.{name}]\nkind = {json.dumps(kind)}\npath = {json.dumps(str(written), ensure_ascii=False)}\n"


def _append(config: Path, section: str) -> None:
    before = config.read_bytes()
    gap = b"" if not before else b"\n" if before.endswith(b"\n") else b"\n\n"
    after = before + gap + section.encode()
    try:
        tomllib.loads(after.decode())
    except tomllib.TOMLDecodeError:
        raise InputError(
            f"a source cannot be added at the end of `{config}`",
            hint="write sources there as tables, [sources.name], not in one line",
        ) from None
    handle, draft = tempfile.mkstemp(dir=config.parent, prefix=f".{config.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(after)
            stream.flush()
            os.fsync(stream.fileno())
        Path(draft).chmod(config.stat().st_mode & 0o777)
        # A crash before this line leaves the old file, after it the new one.
        Path(draft).replace(config)
    finally:
        Path(draft).unlink(missing_ok=True)
