"""Rights signals that travel with a record, and what they say about training.

Three vocabularies with different meanings: AIPREF speaks of models that generate content only, TDMRep
reserves any text and data mining, CAWG separates the two. A value nobody can read is no signal.
"""

from __future__ import annotations

from collections.abc import Mapping

import http_sf

from assent.policy.pack import Kind
from assent.vocabulary.records import Signals

_CAWG_KEY = {Kind.GENERATIVE_TRAINING: "ai_generative_training", Kind.TRAINING: "ai_training"}
_CAWG_DENIES = frozenset({"notAllowed", "constrained"})


def denies_training(signals: Signals, kind: Kind) -> bool:
    """Whether a signal on the record denies this kind of training; advertising is not training."""
    return kind.trains and (
        (kind is Kind.GENERATIVE_TRAINING and _aipref_denies(signals.aipref))
        or _tdm_reserved(signals.tdm_reservation)
        or _cawg_denies(signals.cawg, _CAWG_KEY[kind])
    )


def _aipref_denies(header: str | None) -> bool:
    """Source: draft-ietf-aipref-attach; the value is an RFC 9651 dictionary with tokens `y` and `n`."""
    if not isinstance(header, str):
        return False
    try:
        preference = http_sf.parse(header.encode("ascii"), tltype="dictionary").get("train-ai")
    except (ValueError, UnicodeEncodeError):
        return False
    value = preference[0] if isinstance(preference, tuple) else None
    return isinstance(value, http_sf.Token) and str(value) == "n"


def _tdm_reserved(value: int | str | None) -> bool:
    """Source: TDMRep §4; anything but 0 and 1 is unset."""
    return not isinstance(value, bool) and value in (1, "1")


def _cawg_denies(assertion: Mapping[str, object] | None, key: str) -> bool:
    """Source: CAWG training and data mining 1.1; a bare `constrained` counts as not allowed."""
    if not isinstance(assertion, Mapping):
        return False
    entries = assertion.get("entries", assertion)
    if not isinstance(entries, Mapping):
        return False
    found = (entries.get(prefix + key) for prefix in ("cawg.", "c2pa.", ""))
    uses = (entry.get("use") if isinstance(entry, Mapping) else entry for entry in found)
    return any(isinstance(use, str) and use in _CAWG_DENIES for use in uses)
