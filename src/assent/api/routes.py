"""Every route of the API; one module for each thing it is about."""

from __future__ import annotations

from typing import Final

from assent.api.decide import router as decide
from assent.api.events import router as events
from assent.api.features import router as features
from assent.api.health import router as health
from assent.api.holds import router as holds
from assent.api.hooks import router as hooks
from assent.api.log import router as log
from assent.api.metrics import router as metrics
from assent.api.objections import router as objections
from assent.api.packs import router as packs
from assent.api.receipts import router as receipts
from assent.api.settings import router as settings
from assent.api.snapshots import router as snapshots

PARTS: Final = (
    decide, settings, objections, receipts, features, events, snapshots, holds, packs, hooks, log, health, metrics,
)  # fmt: skip
