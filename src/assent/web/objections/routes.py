"""Objections and claims: of members, and of people who have no account."""

from __future__ import annotations

from fastapi import APIRouter

from assent.web.objections.claim import router as claim
from assent.web.objections.member import router as member
from assent.web.objections.outside import router as outside

router = APIRouter(include_in_schema=False)
for part in (member, outside, claim):
    router.include_router(part)
