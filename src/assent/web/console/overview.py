"""The console's first page: what waits, what is stopped, and who is covered, as plots with their numbers beneath."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from assent.desk.objections import CLAIM, OBJECTION, OPEN_STATES
from assent.errors import AssentError
from assent.operations import objections
from assent.operations.figures import figures_of
from assent.operations.holds import holds_of
from assent.operations.models_elsewhere import models_elsewhere
from assent.operations.plots import chart_of, charts_of, draw
from assent.serving.caller import Caller
from assent.serving.door import NotFoundError, ThePlatform, needs
from assent.serving.permissions import Permission
from assent.web.pages import language_of, page

router = APIRouter(include_in_schema=False)

Reads = Annotated[Caller, needs(Permission.FIGURES_READ)]


@router.get("/console")
def overview(request: Request, caller: Reads, platform: ThePlatform, use: str = "") -> Response:
    """What is the case now, for one use of the pack in force."""
    pack = platform.pack
    use = use if use in pack.purposes else next(iter(pack.purposes))
    queues = {}
    if caller.may(Permission.OBJECTIONS_READ):
        queues = {kind: _queue(platform, kind) for kind in (OBJECTION, CLAIM)}
    return page(
        request,
        "console/overview.html",
        use=use,
        pack=pack,
        figures=figures_of(platform),
        charts=charts_of(platform, use),
        holds=holds_of(platform),
        queues=queues,
        elsewhere=_elsewhere(platform),
        size=platform.ledger.size,
    )


@router.get("/console/plots/{use}/{name}.svg")
def plot(request: Request, use: str, name: str, caller: Reads, platform: ThePlatform) -> Response:  # noqa: ARG001
    """A chart as a picture."""
    pack = platform.pack
    chart = chart_of(platform, use, name) if use in pack.purposes else None
    if chart is None:
        raise NotFoundError("there is no such plot")
    lang = language_of(request, platform)
    # Of one size of the ledger the numbers may still move, with the clock or the data sets: they are part of the key.
    kept_as = (use, lang.code, pack.digest, repr(chart.rows))
    return Response(draw(chart, say=lang, kept_as=kept_as), media_type="image/svg+xml")


def _elsewhere(platform: ThePlatform) -> tuple[int, tuple[str, ...], int]:
    """How many owners of models elsewhere are asked to train again; which are late; of how many nobody can say."""
    found, now = models_elsewhere(platform.workspace, platform.ledger), platform.present()
    asked = [each for each in found.models.values() if each.open]
    return len(asked), tuple(each.name for each in asked if each.is_overdue(now)), len(found.problems)


def _queue(platform: ThePlatform, kind: str) -> tuple[int, int] | None:
    """How many are open, and how many of them overdue."""
    try:
        found = objections.queue(
            platform, kind=kind, states=OPEN_STATES, purpose=None, overdue=False, page=1, per_page=1
        )
    except AssentError:
        return None
    return found.total, found.overdue
