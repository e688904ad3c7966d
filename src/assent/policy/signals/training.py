"""What rights signals on a record say about training on it.

AIPREF speaks of models that generate content only, TDMRep reserves any text and data mining, CAWG separates the
two. Each denies by itself; none allows anything.
"""

from __future__ import annotations

from assent.policy.pack import Kind
from assent.policy.signals import aipref, cawg, tdmrep
from assent.vocabulary.records import Signals

_CAWG_USE = {Kind.GENERATIVE_TRAINING: cawg.GENERATIVE, Kind.TRAINING: cawg.TRAINING}


def denies_training(signals: Signals, kind: Kind) -> bool:
    """Whether a signal on the record denies this kind of training; advertising is not training."""
    return kind.trains and (
        (kind is Kind.GENERATIVE_TRAINING and aipref.preference(signals.aipref) is aipref.Preference.DISALLOW)
        or tdmrep.reserved(signals.tdm_reservation) is True
        or cawg.denies(signals.cawg, _CAWG_USE[kind])
    )
