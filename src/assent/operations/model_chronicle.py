"""What the ledger says became of models and of the certificates that speak of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from assent.evidence.audited import is_audit
from assent.ledger import Ledger
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import ModelId


@dataclass(slots=True)
class ModelChronicle:
    """The digests of manifests and certificates, by name; `superseded` has the digest of what took a model's place.

    Args:
        added: of audits that were added to certificates.
    """

    sealed: dict[str, str] = field(default_factory=dict)
    superseded: dict[str, str] = field(default_factory=dict)
    certificates: dict[str, str] = field(default_factory=dict)
    added: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, ledger: Ledger) -> ModelChronicle:
        """All of it, as of now."""
        found = cls()
        places = {
            EventType.MODEL_SEALED: found.sealed,
            EventType.MODEL_SUPERSEDED: found.superseded,
            EventType.CERTIFICATE_ISSUED: found.certificates,
        }
        for _, event in ledger.system_events():
            if isinstance(event, Event) and event.type in places and event.key and event.value:
                added = event.type is EventType.CERTIFICATE_ISSUED and is_audit(event.key)
                (found.added if added else places[event.type])[event.key] = event.value
        return found

    def standing(self) -> list[ModelId]:
        """Those in whose place nothing stands."""
        return sorted(ModelId(name) for name in self.sealed if name not in self.superseded)
