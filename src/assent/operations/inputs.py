"""What a build reads: the files of every source, each with its digest, and whether they stayed as they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path

from assent.errors import InputError, UnavailableError
from assent.evidence.manifest import InputFile, InputTable
from assent.operations.flagging import with_flags
from assent.operations.sources import open_entry
from assent.operations.workspace import Workspace
from assent.vocabulary.curation import Topic
from assent.vocabulary.tables import Problem, RecordTable

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is (0: not known)."""

NO_TOPICS: frozenset[Topic] = frozenset()


@dataclass(frozen=True, slots=True)
class Inputs:
    """Every record table of a workspace.

    Args:
        described: the same tables as the manifest names them.
        stamps: size and time of change of each file when its digest was taken.
        identifiers: files of what identifies people.
    """

    tables: tuple[RecordTable, ...]
    described: tuple[InputTable, ...]
    problems: tuple[Problem, ...]
    stamps: tuple[tuple[Path, int, int], ...]
    identifiers: tuple[Path, ...] = ()

    def require_unchanged(self) -> None:
        """Every file is still the one whose digest was taken.

        Raises:
            UnavailableError: one was changed meanwhile, so that nobody knows which of the two was read.
        """
        for path, size, changed in self.stamps:
            found = path.stat() if path.exists() else None
            if found is None or (found.st_size, found.st_mtime_ns) != (size, changed):
                raise UnavailableError(
                    f"`{path}` changed while it was read", hint="build again when nobody is writing to it"
                )


def read_inputs(workspace: Workspace, progress: Progress, topics: frozenset[Topic] = NO_TOPICS) -> Inputs:
    """The tables of all sources the workspace names, in the order of their names. Cost: one pass over the files.

    Args:
        topics: whose records are found by their texts, in files that were not looked through before.

    Raises:
        InputError: there is no source, or one cannot be read.
    """
    if not workspace.sources:
        raise InputError("this workspace has no source", hint="add one with `assent source add`")
    opened = [(name, open_entry(workspace, name)) for name in sorted(workspace.sources)]
    total = sum(len(table.files) for _, files in opened for table in files.tables)
    stamps: list[tuple[Path, int, int]] = []
    described: list[InputTable] = []
    for name, files in opened:
        for table in files.tables:
            listed = []
            for path in table.files:
                progress("reading the sources' digests", len(stamps), total)
                found = path.stat()
                stamps.append((path, found.st_size, found.st_mtime_ns))
                listed.append(_input_file(path, workspace.root))
            kind = workspace.sources[name].kind
            described.append(InputTable(name, kind, table.format, table.columns, table.zone, tuple(listed)))
    if topics:
        progress("looking for sensitive contexts", 0, 0)
    digests = [[file.sha256 for file in table.files] for table in described]
    tables = with_flags(workspace, (table for _, files in opened for table in files.tables), digests, topics)
    return Inputs(
        tables,
        tuple(
            replace(about, flagged=tuple(_input_file(path, workspace.root) for path in table.flagged))
            for about, table in zip(described, tables, strict=True)
        ),
        tuple(problem for _, files in opened for problem in files.problems),
        tuple(stamps),
        tuple(path for _, files in opened for path in files.identifiers),
    )


def _input_file(path: Path, root: Path) -> InputFile:
    return InputFile(_named(path, root), _digest(path), path.stat().st_size)


def _named(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"cannot read `{path}`: {(error.strerror or 'failed').lower()}") from None
