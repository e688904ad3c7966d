"""Every page, and the files they need."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from assent.serving.door import NotFoundError, needs
from assent.serving.permissions import Permission
from assent.web.console.objections import router as console_objections
from assent.web.console.routes import router as console
from assent.web.features.help import router as feature_help
from assent.web.features.jobs import router as feature_jobs
from assent.web.notices.routes import router as notices
from assent.web.objections.routes import router as objections
from assent.web.pages import STATIC, static_address
from assent.web.public.routes import router as public
from assent.web.settings.centre import router as settings
from assent.web.settings.my_data import router as my_data
from assent.web.sign_in.routes import router as sign_in

files = APIRouter()
PARTS: Final = (
    settings,
    my_data,
    feature_jobs,
    feature_help,
    objections,
    notices,
    public,
    console_objections,
    console,
    sign_in,
    files,
)


@files.get("/static/{digest}/{name}", dependencies=[needs(Permission.ANYBODY)])
def static(digest: str, name: str) -> Response:
    """A file of ours; under the address that has its digest, browsers keep it for good."""
    if name not in {each.name for each in STATIC.iterdir()}:
        raise NotFoundError("there is no such file")
    current = static_address(name) == f"/static/{digest}/{name}"
    return FileResponse(
        STATIC / name, headers={"cache-control": "public, max-age=31536000, immutable" if current else "no-cache"}
    )
