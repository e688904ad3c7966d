"""The report as values: what the terminal, the page and the JSON show, and nothing else.

Counts are of records. Keys of `by_kind` and `why` are kinds of purposes: `generative_training`, `training`,
`advertising`. The JSON form is documented in docs/spec/exposure.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from assent.exposure.judging import Outcome
from assent.exposure.weighing import Count

FORMAT = "assent-exposure-1"


@dataclass(frozen=True, slots=True)
class Why:
    """Records of one outcome that share an explanation."""

    outcome: Outcome
    records: int
    sentence: str
    reasons: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One kind of data, under the rules asked about and under those Assent recommends."""

    category: str
    title: str
    records: int
    first: date | None
    last: date | None
    undated: int
    examples: tuple[str, ...]
    by_kind: Mapping[str, Count]
    why: Mapping[str, tuple[Why, ...]]
    recommended: Count | None
    recommended_why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class KindTotal:
    """All uses of one kind.

    Args:
        since: the first start of such a use where the person is; None where there is none.
        now: at the moment asked about.
        then: once everything announced has started there.
        recommended: like `then`, under the recommended rules.
    """

    kind: str
    title: str
    since: date | None
    now: Count
    then: Count
    recommended: Count | None


@dataclass(frozen=True, slots=True)
class PurposeLine:
    """One use.

    Args:
        status: `in_force`, `later`, `not_covered`, `on_hold`.
        past: what leaving does to what was used before.
    """

    name: str
    title: str
    kind: str
    status: str
    status_sentence: str
    since: date | None
    count: Count
    setting: str | None
    objection_form: tuple[str, ...]
    objecting: str
    past: str
    recipients: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A day on which something changes.

    Args:
        yours: it changes something for this person.
        by_kind: what holds from then on; empty for days before the one asked about.
    """

    on: date
    what: tuple[str, ...]
    yours: bool
    by_kind: Mapping[str, Count]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a step does to one use: records used or possibly used, before and after."""

    purpose: str
    title: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, and what it changes after all the steps before it."""

    number: int
    action: str
    what: str
    where: tuple[str, ...]
    effects: tuple[Effect, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class TwoSided:
    """Records with somebody else in them, and whose choice counts: `yours`, `theirs`, `both`, `nobodys`."""

    title: str
    table: str
    records: int
    whose: str
    sentence: str
    recommended: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The same export under another reading of the announcement."""

    pack: str
    title: str
    why: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advertising:
    """What the advertising side concludes, and which of its uses reach the person."""

    records: int
    clicks: int
    inferred: tuple[tuple[str, tuple[str, ...], int], ...]
    covered: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class TableLine:
    """One table of the export and the files it came in."""

    name: str
    files: tuple[str, ...]
    rows: int
    repeated: int
    unreadable_dates: int
    unknown_columns: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the person gets.

    Args:
        at: the moment asked about, a UTC day.
        shown_at: the moment of the tables: `at`, or the day on which the last announced use starts there.
        settled_at: the moment of the steps: when nothing is going to change any more, birthdays included.
    """

    format: str
    platform: str
    pack: str
    pack_title: str
    pack_digest: str
    recommended_pack: str | None
    at: date
    shown_at: date
    settled_at: date
    region: str
    country: str
    birth_date: date | None
    age: int | None
    joined_on: date | None
    choices: tuple[str, ...]
    records: int
    rows: int
    headline: tuple[str, ...]
    kinds: tuple[KindTotal, ...]
    timeline: tuple[Moment, ...]
    categories: tuple[CategoryLine, ...]
    purposes: tuple[PurposeLine, ...]
    under_age: tuple[str, ...]
    past: tuple[str, ...]
    steps: tuple[Step, ...]
    besides: tuple[str, ...]
    remaining: tuple[str, ...]
    advertising: Advertising
    two_sided: tuple[TwoSided, ...]
    readings: tuple[Reading, ...]
    not_known: tuple[str, ...]
    tables: tuple[TableLine, ...]
    unknown_files: tuple[tuple[str, int], ...]
    problems: tuple[tuple[str, str, int], ...]
    sources: tuple[str, ...]
    disclaimer: str

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values; dates as text."""
        plain = _plain(asdict(self))
        return dict(plain)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
