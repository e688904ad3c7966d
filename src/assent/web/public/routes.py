"""The routes of this part: what anybody may see, without signing in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from assent.errors import InputError
from assent.operations.balancing import balancing_test_of
from assent.operations.employers import Advice, advice_for, newest_region, regions
from assent.operations.figures_public import SMALLEST, STEP, public_figures
from assent.operations.log_shown import log_of
from assent.operations.platform import Platform
from assent.operations.receipt_box import LARGEST, Found, check_receipt, pasted
from assent.serving.door import NotFoundError, ThePlatform, needs
from assent.serving.permissions import Permission
from assent.vocabulary.regions import REGION_CODES
from assent.web.pages import language_of, page
from assent.web.public.employer_texts import mail_text, policy_text, steps, use_line
from assent.web.public.words import PublicWords

router = APIRouter(include_in_schema=False, dependencies=[needs(Permission.ANYBODY)])


@router.get("/")
def show_entrance(request: Request) -> HTMLResponse:
    """What this place is, and where each kind of visitor goes from here."""
    return page(request, "public/entrance.html")


@router.get("/transparency")
def show_figures(request: Request, platform: ThePlatform) -> HTMLResponse:
    """What is done with data, in numbers, and the box for receipts."""
    return page(
        request,
        "public/figures.html",
        figures=public_figures(platform),
        pack=platform.pack,
        words=_words(request, platform),
        smallest=SMALLEST,
        step=STEP,
        longest=LARGEST,
    )


@router.get("/transparency/rules")
def show_rules(request: Request, platform: ThePlatform) -> HTMLResponse:
    """The rules in plain words."""
    return page(request, "public/rules.html", pack=platform.pack, words=_words(request, platform))


@router.get("/transparency/balancing-test")
def show_balancing_test(request: Request, platform: ThePlatform) -> HTMLResponse:
    """The published legitimate-interest assessment."""
    test = balancing_test_of(platform.workspace, language_of(request, platform).code)
    return page(
        request,
        "public/balancing.html",
        test=test,
        html=Markup(test.html) if test else None,  # noqa: S704 - `balancing.render` lets no markup through
    )


@router.get("/transparency/log")
def show_log(request: Request, platform: ThePlatform) -> HTMLResponse:
    """Checkpoint, key, witnesses, and where the log's files lie."""
    return page(request, "public/log.html", log=log_of(platform))


@router.get("/transparency/receipt")
def show_box(request: Request) -> HTMLResponse:
    """The box in which anybody checks a receipt."""
    return page(request, "public/receipt.html", checked=None, longest=LARGEST)


@router.post("/transparency/receipt")
def check(
    request: Request,
    platform: ThePlatform,
    file: Annotated[UploadFile | None, File()] = None,
    text: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """What the receipt proves, and what not; nothing of it is stored."""
    uploaded = file is not None and file.size
    checked = check_receipt(platform, file.file.read(LARGEST + 1) if file and uploaded else pasted(text))
    status = 200 if checked.found is Found.GOOD else 422
    return page(request, "public/receipt.html", status=status, checked=checked, longest=LARGEST)


@router.get("/employers")
def show_employers(request: Request, platform: ThePlatform, region: str = "") -> HTMLResponse:
    """What changes in a region, how each person switches it off, and texts to copy."""
    words, advice = _words(request, platform), _advice(platform, region)
    return page(
        request,
        "public/employers.html",
        advice=advice,
        pack=platform.pack,
        words=words,
        regions=sorted(((code, words.region(code)) for code in regions()), key=lambda each: each[1]),
        stays=[words.named(each.title) for each in advice.stays],
        lines=[use_line(words, each) for each in advice.uses],
        steps=steps(words, platform.pack, advice),
        policy=policy_text(words, platform.pack, advice),
        mail=mail_text(words, platform.pack, advice, address=platform.workspace.text("portal.address")),
    )


@router.get("/employers/{name}")
def download_text(request: Request, platform: ThePlatform, name: str, region: str = "") -> Response:
    """One of the texts as a plain file."""
    words, advice = _words(request, platform), _advice(platform, region)
    if name == "policy.txt":
        text = policy_text(words, platform.pack, advice)
    elif name == "mail.txt":
        text = mail_text(words, platform.pack, advice, address=platform.workspace.text("portal.address"))
    else:
        raise NotFoundError("there is no such text", hint="there are `policy.txt` and `mail.txt`")
    return Response(
        text,
        media_type="text/plain; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"', "content-language": words.lang.code},
    )


def _advice(platform: Platform, region: str) -> Advice:
    chosen = region.upper() or newest_region(platform.pack)
    if chosen not in REGION_CODES:
        raise InputError(f"`{region[:20]}` is no country", hint="give a code of two letters, such as `DE`")
    return advice_for(platform.pack, chosen)


def _words(request: Request, platform: Platform) -> PublicWords:
    return PublicWords(language_of(request, platform), platform.name)
