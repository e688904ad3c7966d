"""A snapshot as other people's tools read it: Croissant 1.1, with the conditions of use in ODRL.

Source: Croissant Format Specification 1.1; Croissant RAI 1.0; ODRL 2.2; PROV-O.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

from assent.evidence.manifest import PACK, SnapshotManifest
from assent.policy.curation_words import PII
from assent.policy.pack import Kind, Pack, Purpose
from assent.vocabulary.instants import format_instant
from assent.vocabulary.tables import SNAPSHOT_SCHEMA

PARQUET: Final = "application/vnd.apache.parquet"
_CROISSANT = "http://mlcommons.org/croissant/"

_CONTEXT: Final[Mapping[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": _CROISSANT,
    "rai": f"{_CROISSANT}RAI/",
    "dct": "http://purl.org/dc/terms/",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "prov": "http://www.w3.org/ns/prov#",
    "conformsTo": "dct:conformsTo",
    "column": "cr:column",
    "containedIn": "cr:containedIn",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileSet": "cr:fileSet",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "key": "cr:key",
    "recordSet": "cr:recordSet",
    "repeated": "cr:repeated",
    "source": "cr:source",
    "subField": "cr:subField",
}

_DESCRIBED: Final[Mapping[tuple[str, ...], str]] = {
    ("text",): "as permitted, with a tag or a surrogate in place of each stretch that was masked",
    ("redactions",): "what was masked, in order; start and end count code points of the text as permitted",
    ("redactions", "type"): "what kind of personal data it was",
    ("redactions", "rule"): "what found it",
}

_USES: Final[Mapping[Kind, str]] = {
    Kind.GENERATIVE_TRAINING: "training models that generate content",
    Kind.TRAINING: "training models that do not generate content",
    Kind.ADVERTISING: "advertising",
    Kind.FEATURE: "a feature of the platform; no model learns from them",
}


def describe_snapshot(manifest: SnapshotManifest, pack: Pack) -> bytes:
    """The Croissant document, as JSON-LD; it follows from the manifest and the pack alone."""
    purpose = pack.purposes[manifest.purpose]
    document = {
        "@context": dict(_CONTEXT),
        "@type": "sc:Dataset",
        "conformsTo": [f"{_CROISSANT}1.1", f"{_CROISSANT}RAI/1.0"],
        "name": f"{manifest.purpose}-{manifest.at:%Y%m%dT%H%M%SZ}",
        "description": f"Records that may be used for {purpose.title}, decided one by one by the rules of"
        f" {manifest.pack_name} as of {format_instant(manifest.at)}.",
        "datePublished": format_instant(manifest.at),
        "version": "1.0.0",
        "isLiveDataset": False,
        "sc:usageInfo": _offer(manifest, purpose),
        "prov:wasDerivedFrom": [
            {
                "@type": "prov:Entity",
                "@id": f"urn:sha256:{file.sha256}",
                "name": f"{table.source}: {file.path.rsplit('/', 1)[-1]}",
            }
            for table in manifest.sources
            for file in table.files
        ],
        "prov:wasGeneratedBy": {
            "@type": "prov:Activity",
            "name": f"gate, {', '.join(f'{name} {value}' for name, value in manifest.engine.items())}",
            "prov:used": [{"@id": f"urn:sha256:{manifest.pack_digest}", "name": f"rules {manifest.pack_name}"}],
        },
        "rai:personalSensitiveInformation": [
            f"Written by members of a platform; ids of members, and their texts {_texts(purpose)}.",
            "Other people in a record who do not permit this use are masked or the record is left out.",
        ],
        "rai:dataLimitations": f"True as of its moment; later withdrawals are left out by the reader, not by"
        f" the files. {_unseen(manifest, purpose)}",
        "rai:dataBiases": "Only people whom the rules cover and who did not object; regions, ages and"
        " categories are unevenly represented, see card.md.",
        "rai:dataUseCases": _USES[purpose.kind],
        "distribution": _distribution(manifest),
        "recordSet": [_record_set()],
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def _texts(purpose: Purpose) -> str:
    """How texts stand in the files."""
    mask = purpose.curation.mask
    if not mask:
        return "as they wrote them"
    return f"in which these were masked where they were found: {', '.join(PII[each] for each in mask)}"


def _unseen(manifest: SnapshotManifest, purpose: Purpose) -> str:
    """What the files hold that is not meant to be there or to count."""
    told = "People named in a text without being listed as its subjects are not recognised."
    if purpose.curation.mask:
        told = "Masking does not find everything."
    passed_over = manifest.curation.dropped if manifest.curation else {}
    if passed_over:
        told += (
            f" Rows named in curation/*.parquet ({sum(passed_over.values())}) are passed over by the reader:"
            f" {', '.join(passed_over)}."
        )
    return told


def _offer(manifest: SnapshotManifest, purpose: Purpose) -> dict[str, Any]:
    """Use for the one purpose is permitted while everybody's permission stands; every other use is not."""
    target = {"odrl:target": {"@id": "#records"}}
    return {
        "@type": "odrl:Offer",
        "@id": f"urn:assent:offer:{manifest.pack_digest}:{manifest.purpose}",
        "odrl:permission": [
            {
                **target,
                "odrl:action": {"@id": "odrl:use"},
                "odrl:constraint": [_constraint("odrl:purpose", "odrl:eq", manifest.purpose)],
                "odrl:duty": [
                    {
                        "odrl:action": {"@id": "odrl:obtainConsent"}
                        if purpose.basis.value == "consent"
                        else {"@id": "odrl:reviewPolicy"},
                        "description": "before each read, leave out what was withdrawn since",
                    }
                ],
                "odrl:assignee": [{"name": name} for name in purpose.recipients],
            }
        ],
        "odrl:prohibition": [
            {
                **target,
                "odrl:action": {"@id": "odrl:use"},
                "odrl:constraint": [_constraint("odrl:purpose", "odrl:neq", manifest.purpose)],
            },
            {**target, "odrl:action": {"@id": "odrl:distribute"}},
        ],
    }


def _constraint(left: str, operator: str, right: str) -> dict[str, Any]:
    return {
        "odrl:leftOperand": {"@id": left},
        "odrl:operator": {"@id": operator},
        "odrl:rightOperand": right,
    }


def _distribution(manifest: SnapshotManifest) -> list[dict[str, Any]]:
    files = [
        {
            "@type": "cr:FileObject",
            "@id": each.path,
            "name": each.path,
            "contentUrl": each.path,
            "contentSize": f"{each.bytes} B",
            "encodingFormat": PARQUET if each.path.endswith(".parquet") else "application/octet-stream",
            "sha256": each.sha256,
        }
        for each in manifest.stored
    ]
    rules = {
        "@type": "cr:FileObject",
        "@id": PACK,
        "name": PACK,
        "contentUrl": PACK,
        "encodingFormat": "application/json",
        "sha256": manifest.pack_digest,
    }
    records = {
        "@type": "cr:FileSet",
        "@id": "#data",
        "name": "data",
        "encodingFormat": PARQUET,
        "includes": "data/*.parquet",
    }
    return [rules, *files, records]


def _record_set() -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": "#records",
        "name": "records",
        "key": {"@id": "#records/id"},
        "field": [_field("#records", field, ()) for field in SNAPSHOT_SCHEMA],
    }


def _field(parent: str, field: pa.Field, path: tuple[str, ...]) -> dict[str, Any]:
    name = f"{parent}/{field.name}"
    here = (*path, field.name)
    described: dict[str, Any] = {"@type": "cr:Field", "@id": name, "name": field.name}
    if here in _DESCRIBED:
        described["description"] = _DESCRIBED[here]
    if pa.types.is_list(field.type):
        described["repeated"] = True
        described["subField"] = [_field(name, inner, here) for inner in field.type.value_type]
    else:
        described["dataType"] = _data_type(field.type)
        described["source"] = {"fileSet": {"@id": "#data"}, "extract": {"column": ".".join(here)}}
    return described


def _data_type(given: pa.DataType) -> str:
    if pa.types.is_timestamp(given):
        return "sc:DateTime"
    return "sc:Integer" if pa.types.is_integer(given) else "sc:Text"
