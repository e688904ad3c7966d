"""What an audit of a model found, as values: of each adapter by itself, of the merge, and what was not tested.

Adapters stand by themselves because a mean over S of them holds a S-th of each: what one remembers can be too faint to
find in the merge, and is no less there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from assent.audit.model.blind import Blind
from assent.audit.model.canaries import ExposureLevel
from assent.audit.model.estimates import NotGiven
from assent.audit.model.extraction import Leaks
from assent.audit.model.membership import AttackResult
from assent.audit.model.one_run import OneRun
from assent.vocabulary.instants import format_instant

FORMAT: Final = "assent-model-audit-v1"


class Kind(StrEnum):
    """What was asked."""

    ADAPTER = "adapter"
    MERGE = "merge"
    FILTERED = "behind the output filter"
    BASE = "base"
    MEMORY = "memory"


class Test(StrEnum):
    """What is looked for."""

    __test__ = False  # not one of pytest's

    MEMBERSHIP = "membership"
    CANARIES = "canaries"
    ONE_RUN = "one-run bound"
    EXTRACTION = "extraction"
    PERSONAL = "personal details"
    REDACTION = "masked values"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A test that was not run, and why; a sentence's end, for a person."""

    test: Test
    reason: str


@dataclass(frozen=True, slots=True)
class TargetAudit:
    """What was found out about one model.

    Args:
        blind: what the same test set tells without a model; None where membership was not tested.
        left_out: texts of members and of others that are too short to say anything.
        not_run: a test stands either here or above, never in neither.
        compared_with: who the others are, in a few words.
    """

    name: str
    kind: Kind
    membership: tuple[AttackResult, ...] = ()
    blind: Blind | None = None
    left_out: tuple[int, int] = (0, 0)
    canaries: tuple[ExposureLevel, ...] = ()
    one_run: OneRun | NotGiven | None = None
    extraction: Leaks | None = None
    personal: Leaks | None = None
    redaction: Leaks | None = None
    not_run: tuple[Skipped, ...] = ()
    compared_with: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """Something about the model that holds or does not, without any statistics.

    Args:
        passed: None when it was not checked; `detail` says why.
    """

    name: str
    passed: bool | None
    detail: str


@dataclass(frozen=True, slots=True)
class ModelAudit:
    """An audit of a model and its parts.

    Args:
        model: its id.
        weights: digest of what was asked, as the model's manifest gives it.
        about: whose texts were looked for, in a few words ("the 40 people who took their texts back").
        seed: from which everything was drawn.
        checks: what its manifest, its data and its certificate say.
        whose: a keyed digest of whom it was about, and `asked` those of their texts, so that a later audit asks the
            same; empty where it was about nobody in particular.
    """

    model: str
    weights: str
    at: datetime
    about: str
    seed: str
    targets: tuple[TargetAudit, ...]
    not_run: tuple[Skipped, ...] = ()
    checks: tuple[Checked, ...] = ()
    whose: str = ""
    asked: tuple[str, ...] = ()

    @property
    def biased(self) -> bool:
        """Whether some test set tells members from others without any model."""
        return any(each.blind is not None and each.blind.biased for each in self.targets)

    def target(self, name: str) -> TargetAudit | None:
        """The part of that name."""
        return next((each for each in self.targets if each.name == name), None)

    def skipped(self) -> Iterator[tuple[str, Skipped]]:
        """What was not tested, with the part it was not tested on."""
        yield from ((self.model, each) for each in self.not_run)
        yield from ((part.name, each) for part in self.targets for each in part.not_run)

    def to_json(self) -> dict[str, Any]:
        """The audit as JSON values; what is no number in JSON (no bound on one side) is null."""
        return {"format": FORMAT, "biased": self.biased, **_plain(self)}


def _plain(value: Any) -> Any:
    if isinstance(value, NotGiven):
        return {"not_given": value.reason}
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
