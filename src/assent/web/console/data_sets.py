"""Data sets: those that stand, one with its counts, verification when somebody asks, and what a sweep has yet to do."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from assent.errors import AssentError, RefusedError
from assent.evidence.manifest import CARD
from assent.operations.figures import figures_of
from assent.operations.jobs import Progress, jobs_of, start_job
from assent.operations.platform import Platform
from assent.operations.progress import manifest_of
from assent.operations.replay import replay_snapshot
from assent.operations.snapshots import Listed, list_snapshots, shelf_of
from assent.operations.sweep import sweep
from assent.operations.verify import verify_folder
from assent.policy.curation_words import DROPPED, PII
from assent.serving.caller import Caller
from assent.serving.door import NotFoundError, ThePlatform, needs
from assent.serving.permissions import Permission
from assent.web.pages import page, see_other

router = APIRouter(include_in_schema=False)

VERIFYING, REPLAYING, LOOKING = "snapshot.verify", "snapshot.replay", "sweep.look"
Reads = Annotated[Caller, needs(Permission.SNAPSHOTS_READ)]
Verifies = Annotated[Caller, needs(Permission.SNAPSHOTS_VERIFY)]


@router.get("/console/snapshots")
def listed(request: Request, caller: Reads, platform: ThePlatform) -> Response:  # noqa: ARG001
    """Every data set, the newest first."""
    found = list_snapshots(platform.workspace, clock=platform.clock)
    return page(request, "console/snapshots.html", snapshots=found)


@router.get("/console/snapshots/{ident}")
def shown(request: Request, ident: str, caller: Reads, platform: ThePlatform) -> Response:
    """One of them: what is in it, what stayed out and why, and what its verifications found."""
    return _show(request, platform, caller, ident)


@router.post("/console/snapshots/{ident}/verify")
def verify(request: Request, ident: str, caller: Verifies, platform: ThePlatform) -> Response:
    """A verification has begun: every decision is derived again."""
    found = _listed(platform, ident)
    folder = shelf_of(platform.workspace).of(found.id)

    def work(progress: Progress) -> object:
        return verify_folder(folder, workspace=platform.workspace, progress=progress).to_json()

    try:
        start_job(platform, kind=VERIFYING, about=found.id, by=caller.subject, work=work)
    except RefusedError as error:
        return _show(request, platform, caller, ident, error=error)
    platform.record_action(VERIFYING, found.id, caller.subject)
    return see_other(f"/console/snapshots/{ident}")


@router.post("/console/snapshots/{ident}/replay")
def replay(request: Request, ident: str, caller: Verifies, platform: ThePlatform) -> Response:
    """A replay has begun: the build runs again, curation included, and nothing of it is kept."""
    found = _listed(platform, ident)

    def work(progress: Progress) -> object:
        return replay_snapshot(platform.workspace, found.id, clock=platform.clock, progress=progress).to_json()

    try:
        start_job(platform, kind=REPLAYING, about=found.id, by=caller.subject, work=work)
    except RefusedError as error:
        return _show(request, platform, caller, ident, error=error)
    platform.record_action(REPLAYING, found.id, caller.subject)
    return see_other(f"/console/snapshots/{ident}")


@router.get("/console/takebacks")
def takebacks(request: Request, caller: Reads, platform: ThePlatform) -> Response:
    """What members took back and is still in data sets."""
    return _waiting(request, platform, caller)


@router.post("/console/takebacks")
def look(request: Request, caller: Verifies, platform: ThePlatform) -> Response:
    """A job looks what a sweep would do; nothing is changed."""

    def work(progress: Progress) -> object:
        found = sweep(platform.workspace, clock=platform.clock, dry_run=True, progress=progress)
        return {
            "looked_at": found.looked_at,
            "swept": [str(each.id) for each in found.swept],
            "problems": [f"{ident}: {error.message}" for ident, error in found.problems.items()],
        }

    try:
        start_job(platform, kind=LOOKING, about="all", by=caller.subject, work=work)
    except RefusedError as error:
        return _waiting(request, platform, caller, error=error)
    platform.record_action(LOOKING, None, caller.subject)
    return see_other("/console/takebacks")


def _waiting(request: Request, platform: Platform, caller: Caller, error: RefusedError | None = None) -> Response:
    jobs = jobs_of(platform, kind=LOOKING, most=1)
    answer = page(
        request,
        "console/takebacks.html",
        status=409 if error else 200,
        figures=figures_of(platform),
        job=jobs[0] if jobs else None,
        may_look=caller.may(Permission.SNAPSHOTS_VERIFY),
        error=error,
    )
    if jobs and not jobs[0].is_over:
        answer.headers["refresh"] = "3"
    return answer


def _listed(platform: Platform, ident: str) -> Listed:
    """The snapshot of exactly that id: what came with an address is no path."""
    found = (each for each in list_snapshots(platform.workspace, clock=platform.clock) if each.id == ident)
    one = next(found, None)
    if one is None:
        raise NotFoundError("there is no such data set")
    return one


def _show(
    request: Request, platform: Platform, caller: Caller, ident: str, error: RefusedError | None = None
) -> Response:
    one = _listed(platform, ident)
    folder = shelf_of(platform.workspace).of(one.id)
    try:
        manifest = manifest_of(folder)
        counts, curated = manifest.counts, manifest.curation
        card = (folder / CARD).read_text(encoding="utf-8", errors="replace")
    except (AssentError, OSError):
        counts, curated, card = None, None, ""
    jobs = jobs_of(platform, kind=VERIFYING, about=one.id)
    replays = jobs_of(platform, kind=REPLAYING, about=one.id)
    running, replaying = (any(not each.is_over for each in some) for some in (jobs, replays))
    answer = page(
        request,
        "console/snapshot.html",
        status=409 if error else 200,
        one=one,
        counts=counts,
        curated=curated,
        masked_words=PII,
        dropped_words=DROPPED,
        card=card,
        jobs=jobs,
        running=running,
        replays=replays,
        replaying=replaying,
        may_verify=caller.may(Permission.SNAPSHOTS_VERIFY),
        error=error,
    )
    if running or replaying:
        answer.headers["refresh"] = "3"
    return answer
