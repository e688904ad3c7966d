"""How a platform's columns lie in its lake: the few kinds of column that a view must tell apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assent.vocabulary.tables import Column


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a canonical column comes from.

    Args:
        zone: of instants that are written without one; None where none may be.
    """

    column: Column
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class LakeTable:
    """A table of the lake with the columns that the mapping names.

    Args:
        name: as its views are called after it.
        path: what it is called in the lake: catalogue, schema and name, as many of them as there are.
    """

    name: str
    path: tuple[str, ...]
    columns: Mapping[str, Column]
    zone: str | None = None
