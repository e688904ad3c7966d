"""*My data*: every item with its verdicts, where it lies, what can be shown for it."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from assent.errors import InputError
from assent.operations.items import PER_PAGE
from assent.operations.my_data import proof_of, receipt_of, said_by, where_it_went
from assent.operations.pages.receipt import write_receipt_page
from assent.operations.platform import Platform
from assent.operations.receipt import Made
from assent.operations.settings import settings_of
from assent.policy.pack import Withdrawal
from assent.serving.caller import Caller
from assent.serving.door import NotFoundError, ThePlatform, needs
from assent.serving.permissions import Permission
from assent.serving.shared_features import items_of
from assent.vocabulary.events import Event, EventType
from assent.web.pages import language_of, page, see_other
from assent.web.settings import happened
from assent.web.settings.member_words import MemberWords

router = APIRouter()

EXCLUDE, INCLUDE = "exclude", "include"
_RECEIPTS: Final = 25
_FURTHEST: Final = 1_000_000

Reader = Annotated[Caller, needs(Permission.OWN_READ)]
Writer = Annotated[Caller, needs(Permission.OWN_WRITE)]


@router.get("/my-data")
def show_items(
    request: Request,
    caller: Reader,
    platform: ThePlatform,
    number: Annotated[int, Query(ge=1, le=_FURTHEST, alias="page")] = 1,
    done: int | None = None,
) -> Response:
    """The member's items, a page of them, with the verdict on each for every purpose."""
    shown = items_of(request, platform).page(caller.own, number)
    pack = platform.pack
    event = None if done is None else dict(platform.ledger.events_of(caller.own)).get(done)
    known = isinstance(event, Event) and event.type in {EventType.RECORD_EXCLUDED, EventType.RECORD_INCLUDED}
    return page(
        request,
        "settings/my_data.html",
        shown=shown,
        first=(shown.number - 1) * PER_PAGE + 1,
        words=_words(request, platform),
        takes_back=any(each.withdrawal is Withdrawal.TAKE_BACK for each in pack.purposes.values()),
        done=event if known else None,
        seq=done,
    )


@router.post("/my-data/items")
def mark(  # noqa: PLR0917 - the parts of a request
    request: Request,
    caller: Writer,
    platform: ThePlatform,
    record: Annotated[str, Form(max_length=500)],
    action: Annotated[str, Form()],
    number: Annotated[int, Form(ge=1, le=_FURTHEST, alias="page")] = 1,
) -> Response:
    """One item is left out, or let in again."""
    items = items_of(request, platform)
    if action not in {EXCLUDE, INCLUDE}:
        raise InputError(f"`{action}` is nothing to do with an item", hint="it is `exclude` or `include`")
    try:
        seq = items.exclude(caller.own, record) if action == EXCLUDE else items.include(caller.own, record)
    except InputError as error:
        raise NotFoundError(error.message, hint=error.hint) from None
    return see_other(f"/my-data?page={number}&done={seq}")


@router.get("/my-data/data-sets")
def show_data_sets(request: Request, caller: Reader, platform: ThePlatform) -> Response:
    """Which data sets and models hold or held something of the member's."""
    return page(
        request,
        "settings/data_sets.html",
        went=where_it_went(platform, caller.own),
        settings=settings_of(platform, caller.own),
        words=_words(request, platform),
    )


@router.get("/my-data/data-sets/{snapshot}/proof")
def download_proof(caller: Reader, platform: ThePlatform, snapshot: str) -> Response:
    """A file that proves what became of each of the member's items in that data set."""
    try:
        data = proof_of(platform, caller.own, snapshot)
    except InputError as error:
        raise NotFoundError(error.message, hint=error.hint) from None
    return _download(data, f"proof-{snapshot}.json", "application/json")


@router.get("/my-data/receipts")
def show_receipts(
    request: Request,
    caller: Reader,
    platform: ThePlatform,
    number: Annotated[int, Query(ge=1, le=_FURTHEST, alias="page")] = 1,
) -> Response:
    """Everything that was recorded about the member, with a receipt of each."""
    said = said_by(platform, caller.own)
    pages = max(1, -(-len(said) // _RECEIPTS))
    number = min(number, pages)
    return page(
        request,
        "settings/receipts.html",
        said=said[(number - 1) * _RECEIPTS : number * _RECEIPTS],
        number=number,
        pages=pages,
        pack=platform.pack,
        words=_words(request, platform),
        happened=happened,
    )


@router.get("/my-data/receipts/{seq}")
def show_receipt(request: Request, caller: Reader, platform: ThePlatform, seq: int) -> Response:
    """What one receipt says, to download and to print."""
    said = [each for each in said_by(platform, caller.own) if each[0] == seq]
    if not said:
        raise NotFoundError("there is no such receipt of yours", hint="look under My data for those there are")
    return page(
        request,
        "settings/receipt.html",
        seq=seq,
        event=said[0][1],
        pack=platform.pack,
        words=_words(request, platform),
        happened=happened,
    )


@router.get("/my-data/receipts/{seq}/receipt.json")
def download_receipt(caller: Reader, platform: ThePlatform, seq: int) -> Response:
    """The receipt, which verifies without this platform."""
    made = _receipt(platform, caller, seq)
    return _download(made.data, f"receipt-{seq}.json", "application/json")


@router.get("/my-data/receipts/{seq}/receipt.html")
def download_receipt_page(caller: Reader, platform: ThePlatform, seq: int) -> Response:
    """The receipt as a page to print, with the receipt itself in it."""
    made = _receipt(platform, caller, seq)
    return _download(write_receipt_page(made.receipt, made.data).encode(), f"receipt-{seq}.html", "text/html")


def _receipt(platform: Platform, caller: Caller, seq: int) -> Made:
    try:
        return receipt_of(platform, caller.own, seq)
    except InputError as error:
        raise NotFoundError(error.message, hint=error.hint) from None


def _download(data: bytes, name: str, kind: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(data, media_type=kind, headers=headers)


def _words(request: Request, platform: Platform) -> MemberWords:
    return MemberWords(language_of(request, platform), platform.name)
