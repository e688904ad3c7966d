"""Every route of the API; one module for each thing it is about."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
