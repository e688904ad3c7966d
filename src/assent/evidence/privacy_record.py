"""What a change means in law, as JSON-LD in the words of the Data Privacy Vocabulary (DPV 2.3).

Two records that must not be mixed up:

    consent record          the basis is consent (GDPR Art. 6(1)(a)): given or withdrawn, ISO/IEC TS 27560
    record of a right       the basis is legitimate interest (Art. 6(1)(f)): nobody consented, somebody exercised
                            a right, such as the objection of Art. 21

Both have the fields of ISO/IEC TS 27560 in its order: header, notice, processing, event, receipt. The context
stands in the record itself, so that nothing has to be fetched to read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

CONTEXT: Final[Mapping[str, Any]] = {
    "@version": 1.1,
    "dpv": "https://w3id.org/dpv#",
    "ai": "https://w3id.org/dpv/ai#",
    "gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "schema_version": {"@id": "dct:conformsTo", "@type": "@id"},
    "record_id": "dct:identifier",
    "receipt_id": "dct:identifier",
    "pii_principal_id": "dpv:hasDataSubject",
    "identifier": "dct:identifier",
    "title": "dct:title",
    "status": {"@id": "dpv:hasStatus", "@type": "@id"},
    "notice": "dpv:hasNotice",
    "privacy_notice": "dct:title",
    "language": "dct:language",
    "processing": "dpv:hasProcess",
    "operation": {"@id": "dpv:hasProcessing", "@type": "@id"},
    "purpose": "dpv:hasPurpose",
    "lawful_basis": {"@id": "dpv:hasLegalBasis", "@type": "@id"},
    "pii_information": {"@id": "dpv:hasPersonalData", "@container": "@set"},
    "pii_controllers": {"@id": "dpv:hasDataController", "@container": "@set"},
    "storage_locations": "dpv:hasLocation",
    "retention_period": "dpv:hasDuration",
    "jurisdiction": "dpv:hasJurisdiction",
    "recipient_third_parties": {"@id": "dpv:hasRecipient", "@container": "@set"},
    "withdrawal_method": {"@id": "dpv:isExercisedAt", "@container": "@list"},
    "privacy_rights": {"@id": "dpv:hasRight", "@type": "@id", "@container": "@set"},
    "exercised_right": {"@id": "dpv:hasRight", "@type": "@id"},
    "event": "dpv:isIndicatedBy",
    "event_type": {"@id": "dct:type", "@type": "@id"},
    "event_state": {"@id": "dpv:hasStatus", "@type": "@id"},
    "event_time": {"@id": "dct:date", "@type": "xsd:dateTime"},
    "validity_duration": "dpv:hasDuration",
    "entity_id": "dpv:hasActiveEntity",
    "receipt": "dct:isReferencedBy",
    "associated_record": {"@id": "dct:references", "@type": "@id"},
    "created": {"@id": "dct:created", "@type": "xsd:dateTime"},
}

_CONSENT_SCHEMA: Final = "https://w3id.org/dpv/schema/dpv-27560#"
_RIGHT_SCHEMA: Final = "urn:assent:schema:right-exercise:v1#"
"""The same fields; but what is no consent must not pass for a consent record."""

CONSENT, CONTRACT, INTEREST = "A6-1-a", "A6-1-b", "A6-1-f"
RIGHTS: Final[Mapping[str, tuple[str, ...]]] = {
    CONSENT: ("A13", "A14", "A15", "A16", "A17", "A18", "A20", "A22", "A7-3", "A77"),
    CONTRACT: ("A13", "A14", "A15", "A16", "A17", "A18", "A20", "A22", "A77"),
    INTEREST: ("A13", "A14", "A15", "A16", "A17", "A18", "A21", "A22", "A77"),
}
"""Which articles of the GDPR give rights under which legal basis, as the DPV lists them."""

RIGHT_NAMES: Final[Mapping[str, str]] = {
    "A13": "be informed when data is collected from you",
    "A14": "be informed when data comes from others",
    "A15": "get access to your data and a copy of it",
    "A16": "have wrong data corrected",
    "A17": "have data erased",
    "A18": "have its use restricted",
    "A20": "take your data elsewhere",
    "A21": "object to the use",
    "A22": "not be subject to decisions by machines alone",
    "A7-3": "withdraw consent at any time",
    "A77": "complain to a supervisory authority",
}


@dataclass(frozen=True, slots=True)
class Use:
    """One use of data that a record speaks about.

    Args:
        kind: an IRI of the DPV in its short form, such as `dpv:ServiceOptimisation`.
        operation: what is done, in the same form; None when the purpose says it all.
        how_to_change: the steps to take, in order.
    """

    name: str
    title: str
    kind: str
    operation: str | None
    data: tuple[str, ...]
    recipients: tuple[str, ...]
    how_to_change: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """The event that a record documents.

    Args:
        kind: such as `setting.changed`.
        status: an IRI of the DPV in its short form, such as `dpv:ConsentWithdrawn`.
        right: the article whose right was exercised; None for a consent.
        at: an instant as text.
        by: who said it.
    """

    kind: str
    status: str
    right: str | None
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class Around:
    """What holds for every record of one receipt.

    Args:
        record_id: a UUID; so is `receipt_id`.
        applies: whether the GDPR's rights are the person's, as far as their country is known.
    """

    record_id: str
    receipt_id: str
    created: str
    person: str
    notice: str | None
    controller: str
    storage: str
    retention: str
    jurisdiction: str
    applies: bool


def write_record(basis: str, uses: tuple[Use, ...], happened: Happened, around: Around) -> dict[str, Any]:
    """The record in JSON-LD: of a consent, or of a right that was exercised.

    Args:
        basis: `CONSENT`, `CONTRACT` or `INTEREST`.
    """
    consents = happened.status.startswith("dpv:Consent")
    schema = _CONSENT_SCHEMA if consents else _RIGHT_SCHEMA
    law = "-eu-gdpr" if around.applies else ""
    event: dict[str, Any] = {
        "@type": "dpv:ConsentStatus" if consents else "dpv:RightExerciseActivity",
        "event_type": f"urn:assent:event:{happened.kind}",
        "event_state": happened.status,
        "event_time": happened.at,
        "validity_duration": "until changed",
        "entity_id": happened.by,
    }
    if happened.right is not None and around.applies:
        event["exercised_right"] = f"gdpr:{happened.right}"
    record: dict[str, Any] = {
        "@context": dict(CONTEXT),
        "@id": f"urn:uuid:{around.record_id}",
        "@type": "dpv:ConsentRecord" if consents else "dpv:RightExerciseRecord",
        "schema_version": f"{schema}record{law}",
        "record_id": around.record_id,
        "pii_principal_id": {"@type": "dpv:DataSubject", "identifier": around.person},
        "processing": [_process(basis, use, around) for use in uses],
        "event": event,
        "receipt": {
            "schema_version": f"{schema}receipt{law}",
            "receipt_id": around.receipt_id,
            "associated_record": f"urn:uuid:{around.record_id}",
            "created": around.created,
        },
    }
    if around.notice is not None:
        record["notice"] = {"@type": "dpv:PrivacyNotice", "privacy_notice": around.notice, "language": "en"}
    return record


def _process(basis: str, use: Use, around: Around) -> dict[str, Any]:
    process: dict[str, Any] = {
        "@type": "dpv:Process",
        "identifier": use.name,
        "title": use.title,
        "purpose": {"@type": use.kind, "title": use.title},
        "lawful_basis": f"gdpr:{basis}",
        "pii_information": list(use.data),
        "pii_controllers": [around.controller],
        "storage_locations": around.storage,
        "retention_period": around.retention,
        "jurisdiction": around.jurisdiction,
        "recipient_third_parties": list(use.recipients),
        "withdrawal_method": list(use.how_to_change),
    }
    if use.operation is not None:
        process["operation"] = use.operation
    if around.applies:
        process["privacy_rights"] = [f"gdpr:{article}" for article in RIGHTS[basis]]
    return process
