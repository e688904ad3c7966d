"""Packs: one person proposes, another approves, and every process decides by the new one from its next decision on.

    propose ── the desk keeps the merged document, the ledger that it was proposed
    compare ── a job: what would turn, on the rules and on the working folder's data
    approve ── packs/<digest>.toml ── pack.published ── packs/in-force ── the desk
                                  (1)               (2)              (3)

A crash at (1) leaves a file that nothing names. At (2) the ledger says published and the former pack still decides;
at (3) only the desk is behind: the next one who looks at the packs, or approves one, finishes both (`finish`).
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from assent.desk.jobs import DONE, Job
from assent.desk.proposals import (
    APPROVED,
    PROPOSED,
    REJECTED,
    WITHDRAWN,
    Proposal,
    add_proposal,
    all_proposals,
    proposal_of,
    settle_proposal,
)
from assent.errors import AssentError, EvidenceError, InputError, RefusedError
from assent.operations.jobs import Progress, jobs_of, start_job
from assent.operations.platform import Platform
from assent.operations.policy import Checked, check_pack
from assent.operations.policy_diff import PolicyDifference, diff_on_data, diff_packs
from assent.operations.workspace import IN_FORCE
from assent.policy.difference import PurposeDifference
from assent.policy.difference_words import HEADINGS, conditions_in_words, why
from assent.policy.load import (
    PackError,
    PackProblem,
    digest_of,
    load_pack,
    pack_document,
    pack_from_document,
    shipped_packs,
)
from assent.policy.pack import Pack
from assent.policy.writing import pack_text
from assent.storage.files import exclusive_lock, write_durably
from assent.vocabulary.events import Event, EventType

MAX_WHY: Final = 1000
MAX_TEXT: Final = 256 << 10
COMPARING: Final = "pack.compare"
_NAME: Final = "proposed.toml"
_ID_BYTES: Final = 9
Gap = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Published:
    """When the pack in force was published; `by` is a pseudonym."""

    seq: int
    at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class InForce:
    """The rules in force; `published` is None where nobody approved them here: `assent.toml` names them."""

    pack: Pack
    published: Published | None


def in_force(platform: Platform) -> InForce:
    """What decides now."""
    finish(platform)
    pack = platform.pack
    for seq, event in reversed(platform.ledger.system_events()):
        if isinstance(event, Event) and event.type is EventType.PACK_PUBLISHED and event.value == pack.digest:
            return InForce(pack, Published(seq, event.effective_at, event.by))
    return InForce(pack, None)


def check_text(text: str) -> Checked:
    """Everything that is wrong with the text, by line, or its digest and what in it can never matter.

    Raises:
        InputError: it extends something that is not shipped with Assent.
    """
    with TemporaryDirectory(prefix="assent-pack-") as folder:
        found = check_pack(str(_laid(Path(folder), text)))
        problems, warnings = (tuple(map(_renamed, each)) for each in (found.problems, found.warnings))
    return Checked(_NAME, found.digest, problems, warnings)


def propose(platform: Platform, *, text: str, why: str, by: str) -> Proposal:
    """The pack in the text is proposed to take the place of the one in force; nothing decides by it yet.

    Raises:
        PackError: it cannot be used; all problems are in it.
        InputError: a reason is missing.
        RefusedError: it is the one in force already.
    """
    reason = _words(why)
    checked = check_text(text)
    if checked.problems:
        raise PackError(_NAME, checked.problems)
    with TemporaryDirectory(prefix="assent-pack-") as folder:
        document = pack_document(_laid(Path(folder), text))
    pack = pack_from_document(document)
    if pack.digest == platform.pack.digest:
        raise RefusedError("these are the rules in force already", hint="there is nothing to propose")
    _written(document, pack.digest)  # what could not be written later is refused now
    now = platform.present()
    proposal = Proposal(
        platform.entropy(_ID_BYTES).hex(), pack.name, json.dumps(document), pack.digest, reason, by, now
    )  # fmt: skip
    add_proposal(platform.desk, proposal)
    # A crash here leaves a proposal that the trail does not have; approving it leaves its own mark there.
    platform.record_action("pack.propose", proposal.id, by)
    return proposal


def reject(platform: Platform, ident: str, *, by: str) -> Proposal:
    """It will not be in force. Raises: RefusedError: it was settled before, or is one's own: withdraw that."""
    proposal = find_proposal(platform, ident)
    if proposal.proposed_by == by:
        raise RefusedError("this is your own proposal", hint="withdraw it")
    return _settle(platform, proposal, REJECTED, "pack.reject", by)


def withdraw(platform: Platform, ident: str, *, by: str) -> Proposal:
    """Whoever proposed it takes it back. Raises: RefusedError: it is another's, or was settled before."""
    proposal = find_proposal(platform, ident)
    if proposal.proposed_by != by:
        raise RefusedError("only whoever proposed it can withdraw it", hint="reject it")
    return _settle(platform, proposal, WITHDRAWN, "pack.withdraw", by)


def approve(platform: Platform, ident: str, *, digest: str, by: str, gap: Gap = lambda _where: None) -> Proposal:
    """The pack is in force: whoever decides next, in whichever process, decides by it.

    Args:
        digest: of the document that whoever approves has seen.

    Raises:
        RefusedError: it is their own proposal, it was settled before, it is another document, or nobody compared
            it with the rules that are in force now.
        EvidenceError: the file would not be what was approved.
    """
    with exclusive_lock(platform.workspace.packs_folder / ".lock"):
        _finish(platform)
        proposal = find_proposal(platform, ident)
        _require_open(proposal)
        if proposal.proposed_by == by:
            raise RefusedError("you proposed this yourself", hint="somebody else must approve it")
        if digest != proposal.digest:
            raise RefusedError("this is not the document you have seen", hint="open the proposal again")
        if comparison_of(platform, proposal) is None:
            raise RefusedError(
                "nobody has seen yet what it changes of the rules in force now", hint="compare the two first"
            )
        write_durably(_place(platform, digest), _written(json.loads(proposal.document), digest))
        gap("written")
        at = platform.present()
        platform.ledger.append(
            [
                Event(EventType.PACK_PUBLISHED, at, key=proposal.pack, value=digest, by=by),
                Event(EventType.STAFF_ACTED, at, key="pack.approve", value=proposal.id, by=by),
            ]
        )
        gap("published")
        _point_at(platform, digest)
        gap("in-force")
        settle_proposal(platform.desk, ident, state=APPROVED, by=by, now=at)
    return replace(proposal, state=APPROVED, settled_by=by, settled_at=at)


def finish(platform: Platform) -> None:
    """An approval that was cut off after it was recorded is complete."""
    if all_proposals(platform.desk, state=PROPOSED):
        with exclusive_lock(platform.workspace.packs_folder / ".lock"):
            _finish(platform)


def _finish(platform: Platform) -> None:
    waiting = {each.id: each for each in all_proposals(platform.desk, state=PROPOSED)}
    if not waiting:
        return
    for _, event in platform.ledger.system_events():
        if isinstance(event, Event) and (event.type, event.key) == (EventType.STAFF_ACTED, "pack.approve"):
            proposal = waiting.get(event.value or "")
            if proposal is not None:
                # Nothing was approved after it: whoever approves comes by here first.
                _point_at(platform, proposal.digest)
                settle_proposal(
                    platform.desk, proposal.id, state=APPROVED, by=event.by or "", now=event.effective_at
                )  # fmt: skip


def find_proposal(platform: Platform, ident: str) -> Proposal:
    """That one. Raises: InputError: there is none."""
    found = proposal_of(platform.desk, ident)
    if found is None:
        raise InputError("there is no such proposal")
    return found


def proposals(platform: Platform) -> list[Proposal]:
    """Every one there ever was, the newest first."""
    finish(platform)
    return all_proposals(platform.desk)


# --- what it changes


def start_comparison(platform: Platform, ident: str, *, by: str) -> Job:
    """A job finds out what the proposal changes of the rules in force now.

    Raises:
        RefusedError: that is under way already.
    """
    proposal, current = find_proposal(platform, ident), platform.workspace.pack
    about = _pair(platform, proposal)
    return start_job(
        platform, kind=COMPARING, about=about, by=by,
        work=lambda progress: _compared(platform, current, proposal, progress),
    )  # fmt: skip


def comparison_of(platform: Platform, proposal: Proposal) -> Job | None:
    """The newest comparison of the proposal with the rules in force now that came to an end."""
    done = (each for each in comparisons(platform, proposal) if each.state == DONE)
    return next(done, None)


def comparisons(platform: Platform, proposal: Proposal) -> list[Job]:
    """Every comparison with the rules in force now, the newest first."""
    return jobs_of(platform, kind=COMPARING, about=_pair(platform, proposal))


def _pair(platform: Platform, proposal: Proposal) -> str:
    return f"{platform.pack.digest}..{proposal.digest}"


def _compared(platform: Platform, current: str, proposal: Proposal, progress: Progress) -> dict[str, Any]:
    with TemporaryDirectory(prefix="assent-pack-") as folder:
        path = Path(folder) / _NAME
        path.write_bytes(_written(json.loads(proposal.document), proposal.digest))
        progress("comparing the rules", 0, 0)
        found = diff_packs(current, str(path))
        without_data = None
        try:
            found = diff_on_data(
                platform.workspace, found, clock=platform.clock, entropy=platform.entropy, progress=progress
            )
        except AssentError as error:
            without_data = error.message
    return _said(found) | {"without_data": without_data}


def _said(found: PolicyDifference) -> dict[str, Any]:
    """The comparison as JSON values, in words where there are some."""
    return {
        "purposes": [
            {
                "purpose": each.name,
                "title": _title(each),
                "newly_offered": each.before is None,
                "no_longer_offered": each.after is None,
                "enlarges": each.enlarges,
                "changes": [
                    {
                        "turn": HEADINGS[change.turn],
                        "in_words": conditions_in_words((found.one, found.two), each, change),
                        "why": why(change),
                    }
                    for change in each.changes
                ],
            }
            for each in found.purposes
        ],
        "fields": [{"where": each.where, "before": each.before, "after": each.after} for each in found.fields],
        "warnings": [_renamed(each).message for each in found.remarks],
        "data": [
            {
                "purpose": each.purpose,
                "records": each.comparison.records,
                "allowed": list(each.comparison.allowed),
                "turned": [
                    {
                        "way": way,
                        "records": tally.records,
                        "members": tally.members,
                        "by_region": [
                            [region, reason.label, count, tally.members_by_region[region, reason]]
                            for (region, reason), count in tally.by_region.most_common()
                        ],
                    }
                    for way, tally in (
                        ("newly used", each.comparison.newly_allowed),
                        ("no longer used", each.comparison.newly_denied),
                    )
                ],
            }
            for each in found.data or ()
        ],
    }


def _title(each: PurposeDifference) -> str:
    offered = each.after or each.before
    return offered.title if offered else each.name


# --- the file


def _written(document: dict[str, Any], digest: str) -> bytes:
    """The file's bytes, after they were read back: they are the pack of that digest.

    Raises:
        EvidenceError: they are not.
    """
    data = pack_text(document).encode("utf-8")
    with TemporaryDirectory(prefix="assent-pack-") as folder:
        path = Path(folder) / f"{digest}.toml"
        path.write_bytes(data)
        if digest_of(document) != digest or load_pack(path).digest != digest:
            raise EvidenceError("the file of the pack would not be what was proposed", hint="tell a person")
    return data


def _point_at(platform: Platform, digest: str) -> None:
    """The next decision of every process is made by that pack."""
    write_durably(platform.workspace.packs_folder / IN_FORCE, f"{_place(platform, digest).name}\n".encode())


def _place(platform: Platform, digest: str) -> Path:
    return platform.workspace.packs_folder / f"{digest}.toml"


def _laid(folder: Path, text: str) -> Path:
    """The text as a file that `load_pack` reads, in a folder where nothing else lies."""
    if len(text) > MAX_TEXT:
        raise InputError("this is too large to be a pack", hint=f"at most {MAX_TEXT} characters")
    try:
        extends = tomllib.loads(text).get("extends")
    except (ValueError, RecursionError):  # which `load_pack` says better, with the line
        extends = None
    if isinstance(extends, str) and extends not in shipped_packs():
        # A file's name would be a way to have any file of this machine read.
        raise InputError(
            f"`extends` names `{extends[:80]}`, which does not come with Assent",
            hint=f"one of: {', '.join(shipped_packs())}",
        )
    path = folder / _NAME
    path.write_bytes(text.replace("\r\n", "\n").encode("utf-8", "replace"))
    return path


def _renamed(problem: PackProblem) -> PackProblem:
    return replace(problem, file=Path(problem.file).name)


def _settle(platform: Platform, proposal: Proposal, state: str, action: str, by: str) -> Proposal:
    with exclusive_lock(platform.workspace.packs_folder / ".lock"):
        _finish(platform)
        now = platform.present()
        if not settle_proposal(platform.desk, proposal.id, state=state, by=by, now=now):
            _require_open(find_proposal(platform, proposal.id))
        platform.record_action(action, proposal.id, by)
    return replace(proposal, state=state, settled_by=by, settled_at=now)


def _require_open(proposal: Proposal) -> None:
    if proposal.state != PROPOSED:
        raise RefusedError(f"this proposal was {proposal.state} before", hint="propose it anew")


def _words(why: str) -> str:
    why = why.strip()
    if not why or len(why) > MAX_WHY:
        raise InputError(f"say why, in at most {MAX_WHY} characters")
    return why
