"""The routes of this part."""

from __future__ import annotations

from fastapi import APIRouter

from assent.web.console.data_sets import router as data_sets
from assent.web.console.holds import router as holds
from assent.web.console.notices import router as notices
from assent.web.console.oversight import router as oversight
from assent.web.console.overview import router as overview
from assent.web.console.packs import router as packs

router = APIRouter(include_in_schema=False)
for part in (overview, holds, notices, packs, data_sets, oversight):
    router.include_router(part)
