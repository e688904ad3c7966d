"""Cookies: no script reads them, no other site sends them along with a form, none travels in the clear behind TLS."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from assent.operations.platform import Platform

SIGN_IN: Final = "assent-sign-in"


def is_secure(platform: Platform) -> bool:
    """Whether members come by https."""
    return platform.workspace.text("portal.address").startswith("https:")


def cookie_name(platform: Platform, name: str = "assent") -> str:
    """The session's cookie, or another; behind TLS its name keeps other hosts of the domain from setting it."""
    return f"__Host-{name}" if is_secure(platform) else name


def keep_cookie(response: Response, platform: Platform, value: str, *, name: str = "assent", seconds: int) -> None:
    """The browser keeps it for that long."""
    response.set_cookie(
        cookie_name(platform, name),
        value,
        max_age=seconds,
        path="/",
        secure=is_secure(platform),
        httponly=True,
        samesite="lax",
    )


def drop_cookie(response: Response, platform: Platform, *, name: str = "assent") -> None:
    """The browser keeps it no longer."""
    keep_cookie(response, platform, "", name=name, seconds=0)
