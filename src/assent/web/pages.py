"""A page: a template, the language its reader asked for, and who they are.

Templates get `_` (the texts of the language), `lang` (how it writes dates, numbers and lists), `caller`, `platform`
(its name), `css` (the one style sheet, named by its digest) and whatever the route gives. A form that changes something
carries `{{ form_key() }}`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from assent.language.catalogue import Language, language, languages, preferred
from assent.operations.platform import Platform
from assent.serving.caller import ANYBODY, Caller
from assent.serving.door import FORM_KEY, platform_of

STATIC: Final = Path(__file__).parent / "static"
LANGUAGE_COOKIE: Final = "assent-language"
PARTS: Final = ("settings", "features", "objections", "notices", "public", "console", "sign_in")


def page(request: Request, template: str, *, status: int = 200, **given: Any) -> HTMLResponse:
    """The page that the template makes of what is given.

    Args:
        template: `settings/centre.html`: a file in the `templates` folder of that part; `base.html` is everybody's.
    """
    platform = platform_of(request)
    chosen = language_of(request, platform)
    caller: Caller = getattr(request.state, "caller", ANYBODY)
    text = (
        _environment(chosen.code)
        .get_template(template)
        .render(
            caller=caller,
            css=static_address("assent.css"),
            demonstration=getattr(request.app.state, "demonstration", False),
            form_key=lambda: Markup('<input type="hidden" name="{}" value="{}">').format(FORM_KEY, caller.form_key),
            lang=chosen,
            languages=languages(),
            path=request.url.path,
            platform=platform.name,
            **given,
        )
    )
    return HTMLResponse(text, status, headers={"content-language": chosen.code, "vary": "Cookie, Accept-Language"})


def see_other(path: str) -> RedirectResponse:
    """After a form was taken: the browser asks for that path of ours. Reloading repeats nothing."""
    return RedirectResponse(path, status_code=303)


def language_of(request: Request, platform: Platform) -> Language:
    """The language that the reader chose, else the best that their browser asks for."""
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    if chosen in languages():
        return language(str(chosen))
    default = platform.workspace.text("portal.language")
    return language(preferred(request.headers.get("accept-language"), default=default))


@cache
def static_address(name: str) -> str:
    """The address of a file of ours; it changes with its content, so that browsers keep it for good."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{digest}/{name}"


@cache
def _environment(code: str) -> Environment:
    chosen = language(code)
    parts = {part: PackageLoader(f"assent.web.{part}", "templates") for part in PARTS if _has_templates(part)}
    environment = Environment(
        loader=ChoiceLoader([PrefixLoader(parts), PackageLoader("assent.web", "templates")]),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(chosen.translations, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["_"] = _texts_of(chosen)
    environment.filters |= {"day": chosen.day, "moment": chosen.moment, "number": chosen.number,
                            "percent": chosen.percent, "listed": chosen.listed}  # fmt: skip
    return environment


def _texts_of(chosen: Language) -> Callable[..., str]:
    """Texts in the language, which are text: what they are made from may be a pack's title or what somebody typed.

    Jinja's own takes every text for markup, and for a pattern with percent signs.
    """

    def text(key: str, /, **values: object) -> str:
        found = chosen(key)
        return escape(found) % values if values else found

    return text


def _has_templates(part: str) -> bool:
    return (Path(__file__).parent / part / "templates").is_dir()
