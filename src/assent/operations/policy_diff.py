"""What changes when one pack takes the place of another: on the rules, and on the working folder's data."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from assent.errors import InputError
from assent.gate.comparing import Comparison, compare
from assent.gate.request import GateRequest
from assent.ledger import Ledger
from assent.operations.inputs import read_inputs
from assent.operations.ledger import Clock, now, open_ledger
from assent.operations.workspace import Workspace
from assent.policy.changed_fields import FieldChange, changed_fields
from assent.policy.difference import PurposeDifference, differing_purposes
from assent.policy.load import PackProblem, load_pack, pack_document, places
from assent.policy.pack import Pack
from assent.policy.review import review
from assent.vocabulary.identifiers import PurposeName

Entropy = Callable[[int], bytes]
Watch = Callable[[str, int, int], None]

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class DataDifference:
    """One purpose on the data, as of (T, N)."""

    purpose: PurposeName
    at: datetime
    ledger_size: int
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class PolicyDifference:
    """Two packs held against each other.

    Args:
        remarks: dead rules and conflicts that the second pack has and the first has not.
        data: None where it was not asked for.
    """

    one: Pack
    two: Pack
    purposes: tuple[PurposeDifference, ...]
    fields: tuple[FieldChange, ...]
    remarks: tuple[PackProblem, ...] = ()
    data: tuple[DataDifference, ...] | None = None


def diff_packs(one: str, two: str, *, purpose: str | None = None, at: datetime | None = None) -> PolicyDifference:
    """What the second pack decides and states otherwise than the first.

    Args:
        at: verdicts as they are at that moment; None at every one.

    Raises:
        InputError: a pack cannot be used, or neither offers the purpose.
    """
    first, second = load_pack(one), load_pack(two)
    if purpose is not None and purpose not in {*first.purposes, *second.purposes}:
        offered = dict.fromkeys([*first.purposes, *second.purposes])
        raise InputError(f"neither pack offers a purpose `{purpose}`", hint=f"they offer: {', '.join(offered)}")
    asked = None if purpose is None else PurposeName(purpose)
    fields = changed_fields(first, second)
    if asked is not None:
        others = {*first.purposes, *second.purposes} - {asked}
        fields = tuple(each for each in fields if not _about(each, others))
    purposes = differing_purposes(first, second, purpose=asked, at=at)
    return PolicyDifference(first, second, purposes, fields, _new_remarks(first, one, second, two))


def _new_remarks(first: Pack, one: str, second: Pack, two: str) -> tuple[PackProblem, ...]:
    known = set(review(first, pack_document(one)))
    place = places(two)
    found = review(second, pack_document(two))
    return tuple(place(remark.path, remark.message) for remark in found if remark not in known)


def diff_on_data(
    workspace: Workspace,
    difference: PolicyDifference,
    *,
    at: datetime | None = None,
    clock: Clock = now,
    entropy: Entropy = os.urandom,
    progress: Watch = lambda _what, _done, _total: None,
) -> PolicyDifference:
    """The same with what it means for the records and members of the working folder; nothing is written.

    Args:
        at: T; None is now. N is the ledger's size.

    Raises:
        InputError: there is no source or no ledger.
        UnavailableError: a source changed meanwhile.
    """
    with open_ledger(workspace, clock=clock, read_only=True) as ledger:
        moment = at or ledger.present(clock())
        request = _request(workspace, ledger, difference, moment, entropy, progress)
        found = []
        for each in difference.purposes:

            def watch(what: str, name: str = each.name) -> None:
                progress(f"{name}: {what}", 0, 0)

            sides = tuple(
                None if offered is None else replace(request, pack=pack, purpose=each.name)
                for pack, offered in ((difference.one, each.before), (difference.two, each.after))
            )
            comparison = compare(sides[0], sides[1], progress=watch)
            found.append(DataDifference(each.name, moment, request.events.size, comparison))
    return replace(difference, data=tuple(sorted(found, key=lambda each: -each.comparison.newly_allowed.records)))


def _request(  # noqa: PLR0917 - what the gate is asked
    workspace: Workspace,
    ledger: Ledger,
    difference: PolicyDifference,
    at: datetime,
    entropy: Entropy,
    progress: Watch,
) -> GateRequest:
    """The question without pack and purpose. The keys are drawn for this comparison and kept nowhere."""
    return GateRequest(
        pack=difference.one,
        purpose=PurposeName(""),
        at=at,
        tables=read_inputs(workspace, progress).tables,
        events=ledger.columns(size=ledger.size),
        shards=1,
        slices=1,
        partition_key=entropy(_KEY_BYTES),
        decision_key=entropy(_KEY_BYTES),
        memory_mib=workspace.number("build.memory_mib"),
        threads=workspace.number("build.threads"),
    )


def _about(change: FieldChange, others: set[PurposeName]) -> bool:
    """Whether the change is about one of these purposes alone."""
    section, _, rest = change.where.partition(".")
    return section == "purposes" and rest.partition(".")[0] in others


def enlarging(difference: PolicyDifference) -> Iterator[DataDifference]:
    """The purposes for which records would newly be used."""
    yield from (each for each in difference.data or () if each.comparison.newly_allowed.records)
