"""The settings centre and *my data*: what a member sees of their choices and of what became of their records."""

from __future__ import annotations

from fastapi import APIRouter

from assent.web.settings.centre import router as centre
from assent.web.settings.my_data import router as my_data

router = APIRouter(include_in_schema=False)
router.include_router(centre)
router.include_router(my_data)
