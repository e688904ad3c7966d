"""The taxonomy of a working folder: imported once, then what titles and skills are linked to."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from assent.features.matching.background import Background, background_in
from assent.features.matching.describing import Describer
from assent.features.taxonomy import Taxonomy
from assent.features.taxonomy.linking import Linker
from assent.features.taxonomy.reading import read_esco, with_onet
from assent.features.taxonomy.storing import read_taxonomy, write_taxonomy
from assent.operations.results_table import prepare_results
from assent.operations.workspace import Workspace

FILE: Final = "occupations-and-skills"


def import_taxonomy(workspace: Workspace, classification: Path, relations: Path, onet: Path | None) -> Taxonomy:
    """The workspace links to this taxonomy from now on; what was there before is replaced whole.

    Raises:
        InputError: a file is not a download of ESCO or of O*NET.
    """
    taxonomy = read_esco(classification, relations)
    if onet is not None:
        taxonomy = with_onet(taxonomy, onet)
    folder = _folder(workspace)
    folder.mkdir(parents=True, exist_ok=True)
    written = write_taxonomy(taxonomy, folder / FILE)
    background_in(folder, written)
    prepare_results(workspace)
    return written


def taxonomy_of(workspace: Workspace) -> Taxonomy:
    """The workspace's taxonomy; an empty one where none was imported."""
    path = _folder(workspace) / FILE
    changed = path.stat().st_mtime_ns if path.exists() else 0
    return _read(path, changed)


def linker_of(workspace: Workspace) -> Linker:
    """Links to the workspace's taxonomy; made once for each."""
    return _linker(taxonomy_of(workspace).digest, _folder(workspace) / FILE)


def describer_of(workspace: Workspace) -> Describer:
    """Describes texts for matching; made once for each taxonomy. Cost: about ten seconds the very first time."""
    linker = linker_of(workspace)
    return Describer(_background(linker.taxonomy.digest, _folder(workspace)), linker)


def _folder(workspace: Workspace) -> Path:
    return workspace.root / "taxonomy"


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int) -> Taxonomy:
    return read_taxonomy(path)


@lru_cache(maxsize=2)
def _linker(_digest: str, path: Path) -> Linker:
    return Linker(read_taxonomy(path))


@lru_cache(maxsize=2)
def _background(_digest: str, folder: Path) -> Background:
    return background_in(folder, read_taxonomy(folder / FILE))
