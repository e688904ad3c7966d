"""Notices in the console: who was told, whose mail came back, and publishing and sending in two steps each."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from markupsafe import Markup
from starlette.responses import Response

from assent.desk.notices import Published, notice_of
from assent.errors import AssentError, InputError, RefusedError
from assent.language.catalogue import languages
from assent.operations import notices
from assent.operations.balancing import render
from assent.operations.platform import Platform
from assent.serving.caller import Caller
from assent.serving.door import NotFoundError, ThePlatform, needs
from assent.serving.permissions import Permission
from assent.web.console.forms import Text
from assent.web.pages import language_of, page, see_other

router = APIRouter(prefix="/console/notices", include_in_schema=False)

Reads = Annotated[Caller, needs(Permission.NOTICES_READ)]
# The ids of members are for those who look at members' cases; who runs the machines sees numbers.
Names = Annotated[Caller, needs(Permission.OBJECTIONS_READ)]
Publishes = Annotated[Caller, needs(Permission.NOTICES_PUBLISH)]
Texts = Annotated[list[str], Form()]

MOST_SHOWN: Final = 200


@router.get("")
def listed(request: Request, caller: Reads, platform: ThePlatform) -> Response:  # noqa: ARG001
    """Every notice that the rules name or that was published."""
    return page(request, "console/notices.html", code=language_of(request, platform).code,
                notices=[(each, notice_of(platform.desk, each)) for each in _idents(platform)])  # fmt: skip


@router.get("/{notice}")
def shown(request: Request, notice: str, caller: Reads, platform: ThePlatform, put: int = -1) -> Response:
    """Who was told the notice, and what can be done about it."""
    return _show(request, platform, caller, notice, put=put)


@router.get("/{notice}/came-back.csv")
def came_back(notice: str, caller: Names, platform: ThePlatform) -> Response:  # noqa: ARG001
    """Everybody whose mail came back, for telling them in another way."""
    _require(platform, notice)
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(["member", "state"])
    rows.writerows([each.member, each.state] for each in notices.came_back(platform, notice))
    return Response(written.getvalue(), media_type="text/csv", headers={"cache-control": "no-store"})


@router.post("/{notice}/publish")
def publish(  # noqa: PLR0917 - who asks, and what the form says
    request: Request,
    notice: str,
    caller: Publishes,
    platform: ThePlatform,
    code: Texts = [],  # noqa: B006 - never written to
    text: Texts = [],  # noqa: B006
    digest: Text = "",
) -> Response:
    """First what it would be, with its digest; with that digest it is published."""
    _require(platform, notice)
    typed = {each: words for each, words in zip(code, text, strict=False) if words.strip()}
    try:
        draft = notices.draft(platform, notice, typed)
        if digest != draft.digest:
            bodies = [(each, words, Markup(render(words))) for each, words in draft.texts.items()]  # noqa: S704 - safe
            return page(request, "console/notices_preview.html", draft=draft, bodies=bodies, changed=bool(digest))
        notices.publish(platform, notice, typed, by=caller.subject)
    except (InputError, RefusedError) as error:
        return _show(request, platform, caller, notice, error=error, typed=typed)
    return see_other(f"/console/notices/{notice}")


@router.post("/{notice}/send")
def send(  # noqa: PLR0917 - who asks, and what the form says
    request: Request,
    notice: str,
    caller: Publishes,
    platform: ThePlatform,
    region: Text = "",
    kind: Text = "notice",
    digest: Text = "",
) -> Response:
    """First how many it would be; with the digest of the words that were looked at, the mail is put."""
    _require(platform, notice)
    try:
        sending = notices.send(
            platform, notice, by=caller.subject, region=region.strip() or None, is_reminder=kind == "reminder",
            dry_run=not digest, digest=digest or None,
        )  # fmt: skip
    except (InputError, RefusedError) as error:
        return _show(request, platform, caller, notice, send_error=error, region=region)
    if digest:
        return see_other(f"/console/notices/{notice}?put={sending.put}")
    code = language_of(request, platform).code
    return page(request, "console/notices_send.html", notice=notice, sending=sending, region=region.strip(), kind=kind,
                published=notice_of(platform.desk, notice), code=code)  # fmt: skip


def _idents(platform: Platform) -> Sequence[str]:
    return sorted({*platform.pack.notices, *(str(each.notice) for each in notices.published(platform))})


def _require(platform: Platform, notice: str) -> None:
    if notice not in _idents(platform):
        raise NotFoundError("there is no such notice")


def _show(
    request: Request,
    platform: Platform,
    caller: Caller,
    notice: str,
    *,
    put: int = -1,
    error: AssentError | None = None,
    send_error: AssentError | None = None,
    typed: Mapping[str, str] | None = None,
    region: str = "",
) -> Response:
    _require(platform, notice)
    wrong = error or send_error
    published = notice_of(platform.desk, notice)
    covered = notices.coverage(platform, notice)
    may_name = caller.may(Permission.OBJECTIONS_READ)
    back = notices.came_back(platform, notice, most=MOST_SHOWN) if may_name else []
    return page(
        request,
        "console/notices_notice.html",
        status=200 if wrong is None else 400 if isinstance(wrong, InputError) else 409,
        notice=notice,
        published=published,
        named=notice in platform.pack.notices,
        covered=covered,
        sums=_sums(covered),
        back=back[:MOST_SHOWN],
        may_name=may_name,
        may_publish=caller.may(Permission.NOTICES_PUBLISH),
        fields=_fields(published, typed),
        groups=sorted(platform.pack.groups),
        region=region,
        put=put,
        error=error,
        send_error=send_error,
    )


def _sums(covered: notices.Coverage) -> dict[str, Any]:
    return {part: sum(getattr(each, part) for each in covered.regions) for part in notices.PARTS}


def _fields(published: Published | None, typed: Mapping[str, str] | None) -> list[tuple[str, str]]:
    """A text in every language there is: as it was typed, else as it was published."""
    known = typed if typed is not None else {} if published is None else published.texts
    return [(each, known.get(each, "")) for each in languages()]
