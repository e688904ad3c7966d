"""The TOML document of a pack, as pydantic models: types, ranges and words, before any cross-reference.

Everything is keyed by a name, so that an overlay is a deep merge of tables and nothing needs a list
semantics of its own. `Document.model_json_schema()` is what editors use.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from assent.policy.pack import AgeAt, Basis, Kind, ObjectionRule, Others, Withdrawal
from assent.vocabulary.curation import Pii, Replacement, Topic

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80)]
Region = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
OnOff = Literal["on", "off"]
Visibility = Literal["public", "group", "connections", "private"]
_MANY = 1000
Day = Annotated[date | datetime, Field(description="a date in the pack's zone, or an instant with an offset")]


class Part(BaseModel):
    """A table of a pack: unknown keys are refused, types are not bent."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_enum_values=False)

    note: Line | None = Field(default=None, description="which article or fact this rule states")


class Group(Part):
    """A named set of regions."""

    regions: list[Region] = Field(min_length=1, description="ISO 3166-1 alpha-2 codes or other groups")


class CategoriesPart(Part):
    """What holds for categories in every purpose."""

    never: list[Name] = Field(default=[], description="never used, for any purpose")
    two_person: list[Name] = Field(default=[], description="by nature these have a second person")


class CoveragePart(Part):
    """Regions in which a purpose takes place, and since when."""

    regions: list[Region] = Field(min_length=1, description='codes, groups, or "*" for all that no other part names')
    except_: list[Region] = Field(default=[], alias="except", description='taken out of "*"')
    from_: Day | None = Field(default=None, alias="from", description="absent: has always been in force")


class ScopePart(Part):
    """Categories that a purpose uses under the same conditions."""

    categories: list[Name] = Field(min_length=1)
    visibility: Literal["any"] | Annotated[list[Visibility], Field(min_length=1)] = "any"
    others: Annotated[Others, Field(strict=False)] = Others.ANYONE


class SettingPart(Part):
    """A toggle members have."""

    title: Line
    menu: list[Line] = []
    default: OnOff
    defaults: dict[Region, OnOff] = Field(default={}, description="per region or group, where it differs")
    off_with: list[Name] = Field(default=[], description="settings whose being off turns this one off")
    off_by_gpc: bool = Field(default=False, description="a browser's Global Privacy Control turns this one off")


class NoticePart(Part):
    """One version of what members are told."""

    title: Line


Share = Annotated[float, Field(strict=False, ge=0, le=1)]
Words = Annotated[int, Field(ge=0, le=10_000_000)]


class QualityPart(Part):
    """What a text must be to be worth training on; of another category nothing is asked."""

    categories: list[Name] = Field(min_length=1)
    languages: list[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]] = Field(
        default=[], description="ISO 639-1 codes; none takes every language"
    )
    minimum_words: Words | None = None
    maximum_words: Words | None = None
    maximum_repetition: Share | None = Field(default=None, description="share of the text that it has had before")
    maximum_boilerplate: Share | None = Field(default=None, description="share of the text that is stock phrases")
    maximum_gibberish: Share | None = Field(default=None, description="share of the words that cannot be words")


class CurationPart(Part):
    """What becomes of permitted texts before anything is trained on them."""

    mask: dict[Annotated[Pii, Field(strict=False)], Annotated[Replacement, Field(strict=False)]] = Field(
        default={}, description="types of personal data that are masked, by a tag or by a surrogate"
    )
    topics: list[Annotated[Topic, Field(strict=False)]] = Field(
        default=[], description="special categories whose words make a context sensitive (GDPR Art. 9)"
    )
    near_duplicates: Annotated[float, Field(strict=False, ge=0.5, le=1)] | None = Field(
        default=None, description="texts at least this alike count once; unit: Jaccard similarity"
    )
    quality: QualityPart | None = None


class Terms(Part):
    """What may be said of one purpose, or of every purpose at once."""

    basis: Annotated[Basis, Field(strict=False)] | None = None
    objection: Annotated[ObjectionRule, Field(strict=False)] | None = None
    minimum_age: Annotated[int, Field(ge=1, le=120)] | None = Field(default=None, description="unit: years")
    age_at: Annotated[AgeAt, Field(strict=False)] | None = None
    notice: Name | None = None
    waiting_days: Annotated[int, Field(ge=0, le=3650)] | None = Field(default=None, description="unit: 24 hours")
    content_from: Day | None = None
    sensitive: Literal["allow", "deny"] | None = None
    unlinked_copies: Literal["allow", "deny"] | None = None
    curation: CurationPart | None = None
    withdrawal: Annotated[Withdrawal, Field(strict=False)] | None = None
    recipients: list[Line] | None = None
    retrain_days: Annotated[int, Field(ge=1, le=3650)] | None = Field(
        default=None, description="after a take-back, for models trained elsewhere; 30 where nothing is said"
    )
    objection_form: list[Line] | None = Field(default=None, description="where members object, as they find it")


class PurposePart(Terms):
    """One use of members' data."""

    title: Line
    kind: Annotated[Kind, Field(strict=False)]
    scope: Name
    coverage: Name
    setting: Name | None = None
    offered: bool = Field(default=True, description="false takes the purpose out of the pack")


class HoldPart(Part):
    """A stop for purposes and regions, half-open in time."""

    purposes: list[Name] = Field(min_length=1)
    regions: list[Region] = Field(min_length=1)
    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None


class Document(BaseModel):
    """A whole pack after its overlays were merged."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, title="Assent policy pack")

    name: Name
    title: Line
    extends: str | None = Field(default=None, description="a shipped pack or a file beside this one")
    zone: str = Field(default="UTC", description="IANA zone of dates without an offset")
    notes: list[Line] = []
    groups: dict[Name, Group] = Field(default={}, max_length=_MANY)
    categories: CategoriesPart = CategoriesPart()
    coverages: dict[Name, dict[Name, CoveragePart]] = {}
    scopes: dict[Name, dict[Name, ScopePart]] = {}
    settings: dict[Name, SettingPart] = Field(default={}, max_length=_MANY)
    notices: dict[Name, NoticePart] = {}
    every_purpose: Terms = Terms()
    purposes: dict[Name, PurposePart] = Field(min_length=1, max_length=_MANY)
    holds: dict[Name, HoldPart] = {}


def editor_schema() -> dict[str, Any]:
    """JSON Schema of one file of a pack: like `Document`, but a file that extends another may leave out any key.

    What must be there after the overlays were merged is checked when the pack is loaded.
    """
    schema = Document.model_json_schema()
    for part in schema["$defs"].values():
        part.pop("required", None)
    schema["required"] = ["name", "title"]
    schema["anyOf"] = [{"required": ["extends"]}, {"required": ["purposes"]}]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
