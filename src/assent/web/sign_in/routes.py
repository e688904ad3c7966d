"""Signing in with the platform's OpenID provider, signing out here and there, and which language pages are in."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from assent.errors import UnavailableError
from assent.language.catalogue import languages
from assent.operations import sign_in as operations
from assent.operations.sign_in import UNDER_WAY, Person, SignInFailedError, UnderWay
from assent.serving.caller import Caller
from assent.serving.cookies import SIGN_IN, cookie_name, drop_cookie, is_secure, keep_cookie
from assent.serving.door import ThePlatform, needs
from assent.serving.limits import limited
from assent.serving.local_path import local_path
from assent.serving.openid import Provider
from assent.serving.permissions import Permission, Role
from assent.web.pages import LANGUAGE_COOKIE, language_of, page, see_other

router = APIRouter(include_in_schema=False)

AnyCaller = Annotated[Caller, needs(Permission.ANYBODY)]
_YEAR_SECONDS = 365 * 24 * 3600


@router.get("/sign-in", dependencies=[limited("sign-in")])
def sign_in(request: Request, caller: AnyCaller, platform: ThePlatform, next: str = "") -> Response:  # noqa: A002
    """The browser goes to the provider; whoever is signed in already goes where they wanted to."""
    back = local_path(next, otherwise="")
    if caller.form_key:
        return see_other(back or home_of(caller.role))
    provider = _provider(request)
    if provider is None:
        if getattr(request.app.state, "demonstration", False):
            return see_other("/demo")
        return page(request, "sign_in/none.html", status=503)
    under_way = operations.expect_sign_in(platform, back=back)
    language = language_of(request, platform).code
    answer = RedirectResponse(provider.address_to_ask(under_way, language=language), status_code=303)
    keep_cookie(
        answer, platform, under_way.browser_secret, name=SIGN_IN, seconds=int(UNDER_WAY.total_seconds())
    )  # fmt: skip
    return answer


@router.get("/sign-in/callback", dependencies=[limited("sign-in")])
def callback(
    request: Request,
    _caller: AnyCaller,
    platform: ThePlatform,
    *,
    state: str = "",
    code: str = "",
    error: str = "",
    iss: str | None = None,
) -> Response:
    """The provider's answer: whoever it is about is signed in anew, and goes where they wanted to."""
    provider = _provider(request)
    secret = request.cookies.get(cookie_name(platform, SIGN_IN))
    if provider is None or not secret:
        raise SignInFailedError("this sign-in was not begun in this browser", hint="sign in once more")
    back = operations.take_answer(platform, state=state, browser_secret=secret)
    if error or not code:
        raise SignInFailedError("the sign-in provider did not sign you in", hint="sign in once more")
    claims = provider.claims_of(code, UnderWay(secret, state), issuer=iss)
    person = operations.person_of(claims, platform.workspace)
    return let_in(request, platform, person, back=back)


@router.post("/sign-out")
def sign_out(request: Request, caller: AnyCaller, platform: ThePlatform) -> Response:
    """The session is over. Whoever was signed in by the provider is then asked to leave there too."""
    operations.end(platform, request.cookies.get(cookie_name(platform)))
    answer = see_other("/sign-out/provider" if caller.form_key and _leaving_address(request) else "/signed-out")
    drop_cookie(answer, platform)
    return answer


@router.get("/sign-out/provider", dependencies=[needs(Permission.ANYBODY)])
def leave_provider(request: Request) -> Response:
    """A page that leads on to the provider: a form's answer may not, so that no form ever sends anything elsewhere."""
    address, provider = _leaving_address(request), _provider(request)
    if address is None or provider is None:
        return see_other("/signed-out")
    answer = page(request, "sign_in/leaving.html", address=address, provider=provider.host)
    answer.headers["refresh"] = f"0; url={address}"
    return answer


@router.get("/signed-out", dependencies=[needs(Permission.ANYBODY)])
def signed_out(request: Request) -> HTMLResponse:
    """Nobody is signed in here any more."""
    return page(request, "sign_in/signed_out.html")


@router.post("/language", dependencies=[needs(Permission.ANYBODY)])
def choose_language(
    platform: ThePlatform, lang: Annotated[str, Form()] = "", back: Annotated[str, Form()] = "/"
) -> Response:
    """Pages are in that language from now on, in this browser."""
    answer = see_other(local_path(back))
    if lang in languages():
        answer.set_cookie(
            LANGUAGE_COOKIE, lang, max_age=_YEAR_SECONDS, secure=is_secure(platform), httponly=True, samesite="lax"
        )
    return answer


def let_in(request: Request, platform: ThePlatform, person: Person, *, back: str) -> Response:
    """They are signed in in this browser, whoever was before, and go to that path of ours, or home."""
    secret = operations.begin(platform, person, replaces=request.cookies.get(cookie_name(platform)))
    answer = see_other(local_path(back, otherwise=home_of(Role(person.role))))
    hours = platform.workspace.number("sign_in.hours")
    keep_cookie(answer, platform, secret, seconds=hours * 3600)
    drop_cookie(answer, platform, name=SIGN_IN)
    return answer


def home_of(role: Role) -> str:
    """Where somebody begins who wanted nothing in particular."""
    return {Role.MEMBER: "/settings", Role.ANYBODY: "/"}.get(role, "/console")


def sign_in_path(path: str) -> str:
    """Where somebody goes who must sign in before they see that path."""
    return f"/sign-in?next={quote(local_path(path), safe='/')}"


def _provider(request: Request) -> Provider | None:
    found: Provider | None = request.app.state.provider
    return found


def _leaving_address(request: Request) -> str | None:
    provider = _provider(request)
    try:
        return None if provider is None else provider.sign_out_address()
    except (UnavailableError, SignInFailedError):
        return None  # they are signed out here in any case
