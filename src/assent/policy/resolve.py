"""Cross-references of a pack: names become what they name, dates become instants, groups become regions.

Nothing is raised here: each thing that does not add up is noted with its path, and resolving goes on,
so that a person who fixes a pack sees every problem in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from assent.policy.pack import (
    NO_CURATION,
    RETRAIN_WITHIN,
    AgeAt,
    Basis,
    CategoryRule,
    Kind,
    Notice,
    ObjectionRule,
    Pack,
    Purpose,
    Setting,
    Withdrawal,
)
from assent.policy.schema import CoveragePart, Document, PurposePart, QualityPart, Terms
from assent.vocabulary.curation import Curation, Quality
from assent.vocabulary.identifiers import Category, NoticeId, PurposeName, RegionCode, SettingName
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import EVERYWHERE, Hold

Path = tuple[str, ...]

PRIVATE_MESSAGES = Category("message.private")
"""Never used by any purpose of any pack, listed or not."""


_MANY = 50
"""After so many problems nothing is suggested any more: looking for similar names is the slow part."""


class Resolver:
    """Resolves one document; `problems` fills while `pack` works.

    Args:
        removed: tables left out of the document because they are wrong in themselves; to name one is no problem.
    """

    def __init__(self, document: Document, *, removed: frozenset[Path] = frozenset()) -> None:
        self.document = document
        self.removed = removed
        self.problems: list[tuple[Path, str]] = []
        self.zone = self._zone()
        self.groups = {name: self._group(name) for name in document.groups}
        self.coverages = {name: self._coverage(name) for name in document.coverages}
        self.never = frozenset(Category(name) for name in document.categories.never) | {PRIVATE_MESSAGES}
        self.scopes = {name: self._scope(name) for name in document.scopes}

    def pack(self, digest: str, *, lineage: tuple[str, ...]) -> Pack:
        """The pack; only meaningful while `problems` is empty."""
        document = self.document
        for name in self.groups:
            if name in REGION_CODES:
                self._note(("groups", name), "is a region code and cannot name a group")
        settings = {SettingName(name): self._setting(name) for name in document.settings}
        stated = {PurposeName(name): self._purpose(name, part) for name, part in document.purposes.items()}
        purposes = {name: purpose for name, purpose in stated.items() if document.purposes[name].offered}
        if not purposes:
            self._note(("purposes",), "none is offered")
        return Pack(
            name=document.name,
            title=document.title,
            digest=digest,
            purposes=purposes,
            settings=settings,
            notices={
                NoticeId(name): Notice(NoticeId(name), part.title, part.note or "")
                for name, part in document.notices.items()
            },
            groups=self.groups,
            never=self.never,
            holds=tuple(self._holds()),
            lineage=lineage,
            notes=tuple(document.notes),
        )

    def _note(self, path: Path, message: str) -> None:
        self.problems.append((path, message))

    def _zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.document.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._note(("zone",), f"no such zone `{self.document.zone}`; write an IANA name like Europe/Dublin")
            return ZoneInfo("UTC")

    def _instant(self, value: date | datetime | None, path: Path) -> datetime | None:
        """Midnight of a date in the pack's zone, or the instant itself, in UTC."""
        if value is None:
            return None
        if not isinstance(value, datetime):
            value = datetime.combine(value, time())
        if value.tzinfo is None:
            value = value.replace(tzinfo=self.zone)
        try:
            return value.astimezone(UTC)
        except OverflowError:
            self._note(path, "is out of range")
            return None

    def _regions(self, names: Iterable[str], path: Path, *, star: bool = False) -> frozenset[RegionCode]:
        codes: set[RegionCode] = set()
        for name in names:
            if name in REGION_CODES:
                codes.add(RegionCode(name))
            elif name in self.document.groups:
                codes |= self.groups[name]
            elif not (star and name == EVERYWHERE):
                self._unknown("region or group", name, [*self.document.groups, *REGION_CODES], path)
        return frozenset(codes)

    def _group(self, name: str) -> frozenset[RegionCode]:
        """The codes of a group and of every group it leads to."""
        groups = self.document.groups
        reached = _closure(name, lambda one: [other for other in groups[one].regions if other in groups])
        if name in reached:
            self._note(("groups", name, "regions"), "goes in a circle")
        for member in groups[name].regions:
            if member not in groups and member not in REGION_CODES:
                self._unknown("region or group", member, [*groups, *REGION_CODES], ("groups", name, "regions"))
        return frozenset(
            RegionCode(code) for one in (name, *reached) for code in groups[one].regions if code in REGION_CODES
        )

    def _setting(self, name: str) -> Setting:
        part = self.document.settings[name]
        path = ("settings", name, "defaults")
        defaults: dict[RegionCode, str] = dict.fromkeys(map(RegionCode, REGION_CODES), part.default)
        by_group: dict[RegionCode, str] = {}
        for region, value in part.defaults.items():
            for code in self._regions([region], path) if region not in REGION_CODES else ():
                if by_group.setdefault(code, value) != value:
                    self._note((*path, region), f"gives `{code}` another default than an earlier group")
        by_code = {RegionCode(code): value for code, value in part.defaults.items() if code in REGION_CODES}
        settings = self.document.settings
        for other in part.off_with:
            self._known("setting", other, settings, ("settings", name, "off_with"))
        off_with = _closure(name, lambda one: [other for other in settings[one].off_with if other in settings])
        if name in off_with:
            self._note(("settings", name, "off_with"), "goes in a circle")
        return Setting(
            SettingName(name),
            part.title,
            defaults | by_group | by_code,
            tuple(SettingName(other) for other in off_with),
            tuple(part.menu),
            part.note or "",
            part.off_by_gpc,
        )

    def _purpose(self, name: str, part: PurposePart) -> Purpose:
        path = ("purposes", name)
        every = self.document.every_purpose
        terms = _terms(every, part)
        for kind, given, known in (
            ("setting", part.setting, self.document.settings),
            ("notice", terms.notice, self.document.notices),
            ("scope", part.scope, self.document.scopes),
            ("coverage", part.coverage, self.document.coverages),
        ):
            if given is not None:
                self._known(kind, given, known, (*path, kind))
        if terms.basis is None and not {(*path, "basis"), ("every_purpose", "basis")} & self.removed:
            self._note((*path, "basis"), "is missing, here or in every_purpose")
        if terms.waiting_days and terms.notice is None:
            self._note((*path, "waiting_days"), "waits for no notice; name one with `notice`")
        if part.kind is Kind.ADVERTISING and terms.objection is ObjectionRule.WEIGHED:
            self._note((*path, "objection"), "an objection to advertising is absolute (GDPR Art. 21(3))")
        if part.retrain_days is not None and not part.kind.trains:
            self._note((*path, "retrain_days"), "asks nothing; no model comes of this purpose")
        if terms.age_at is AgeAt.CREATION and terms.minimum_age is None:
            self._note((*path, "age_at"), "measures no age; give `minimum_age`")
        return Purpose(
            name=PurposeName(name),
            title=part.title,
            kind=part.kind,
            basis=terms.basis or Basis.CONSENT,
            coverage=self.coverages.get(part.coverage, {}),
            scope=self.scopes.get(part.scope, {}),
            setting=SettingName(part.setting) if part.setting in self.document.settings else None,
            objection=terms.objection or (ObjectionRule.WEIGHED if part.kind.trains else ObjectionRule.ABSOLUTE),
            minimum_age=terms.minimum_age,
            age_at=terms.age_at or AgeAt.USE,
            notice=NoticeId(terms.notice) if terms.notice else None,
            waiting_period=timedelta(days=terms.waiting_days or 0),
            content_from=self._instant(terms.content_from, (*path, "content_from")),
            sensitive_denied=terms.sensitive == "deny",
            unlinked_copies_denied=terms.unlinked_copies == "deny",
            curation=self._curation(terms, part.scope, path),
            withdrawal=terms.withdrawal or Withdrawal.STOP,
            recipients=tuple(terms.recipients or ()),
            retrain_within=timedelta(days=terms.retrain_days) if terms.retrain_days else RETRAIN_WITHIN,
            objection_form=tuple(terms.objection_form or ()),
            note=part.note or "",
            coverage_notes=tuple(
                entry.note for entry in self.document.coverages.get(part.coverage, {}).values() if entry.note
            ),
        )

    def _curation(self, terms: Terms, scope: str, path: Path) -> Curation:
        part = terms.curation
        if part is None:
            return NO_CURATION
        if part.topics and terms.sensitive != "deny":
            self._note((*path, "curation", "topics"), 'has no effect; say sensitive = "deny"')
        quality = part.quality
        if quality is not None:
            listed = self.scopes.get(scope, {})
            for name in quality.categories if listed else ():
                self._known("category in scope", name, listed, (*path, "curation", "quality", "categories"))
            bounds = quality.minimum_words, quality.maximum_words
            if bounds[0] is not None and bounds[1] is not None and bounds[0] > bounds[1]:
                self._note((*path, "curation", "quality", "minimum_words"), "is more than `maximum_words`")
        return Curation(
            mask=dict(part.mask),
            topics=frozenset(part.topics),
            near_duplicates=part.near_duplicates,
            quality=None if quality is None else _quality(quality),
        )

    def _coverage(self, name: str) -> dict[RegionCode, datetime | None]:
        parts = self.document.coverages[name]
        before = len(self.problems)
        covered: dict[RegionCode, datetime | None] = {}
        rest: list[tuple[str, CoveragePart]] = []
        for key, part in parts.items():
            path = ("coverages", name, key)
            codes = self._regions(part.regions, (*path, "regions"), star=True)
            if part.except_ and EVERYWHERE not in part.regions:
                self._note((*path, "except"), 'takes away from "*" only; list the regions instead')
            if EVERYWHERE in part.regions:
                rest.append((key, part))
            since = self._instant(part.from_, (*path, "from"))
            for code in sorted(codes):
                if covered.setdefault(code, since) != since:
                    self._note((*path, "regions"), f"gives `{code}` another start than an earlier part")
        for key, _ in rest[1:]:
            self._note(("coverages", name, key, "regions"), 'only one part can name "*"')
        for key, part in rest[:1]:
            path = ("coverages", name, key)
            since = self._instant(part.from_, (*path, "from"))
            left_out = self._regions(part.except_, (*path, "except")) | set(covered)
            covered |= {RegionCode(code): since for code in REGION_CODES - left_out}
        if not covered and len(self.problems) == before and not self._is_damaged("coverages", name):
            self._note(("coverages", name), "covers no region")
        return covered

    def _scope(self, scope_name: str) -> dict[Category, CategoryRule]:
        scope: dict[Category, CategoryRule] = {}
        for key, part in self.document.scopes[scope_name].items():
            path = ("scopes", scope_name, key, "categories")
            for name in part.categories:
                category = Category(name)
                if category == PRIVATE_MESSAGES:
                    self._note(path, f"`{name}` cannot be in scope: private messages are never used")
                elif category in self.never:
                    self._note(path, f"`{name}` is on the never list")
                if category in scope:
                    self._note(path, f"`{name}` stands in this scope twice")
                scope[category] = CategoryRule(
                    None if part.visibility == "any" else frozenset(part.visibility),
                    part.others,
                    two_person=name in self.document.categories.two_person,
                )
        if not scope and not self._is_damaged("scopes", scope_name):
            self._note(("scopes", scope_name), "lists no category")
        return scope

    def _holds(self) -> Iterable[Hold]:
        for name, part in self.document.holds.items():
            path = ("holds", name)
            since, until = self._instant(part.from_, (*path, "from")), self._instant(part.until, (*path, "until"))
            if since and until and until <= since:
                self._note((*path, "until"), "is not after `from`, so the hold never holds")
            self._regions(part.regions, (*path, "regions"), star=True)
            for purpose in part.purposes:
                self._known("purpose", purpose, self.document.purposes, (*path, "purposes"))
                for region in part.regions:
                    yield Hold(PurposeName(purpose), region, since, until)

    def _is_damaged(self, section: str, name: str) -> bool:
        """Whether something in the table was left out because it is wrong in itself."""
        return any(path[:2] == (section, name) for path in self.removed)

    def _known(self, kind: str, name: str, known: Iterable[str], path: Path) -> None:
        if name not in known:
            self._unknown(kind, name, known, path)

    def _unknown(self, kind: str, name: str, known: Iterable[str], path: Path) -> None:
        if any(one[-1] == name for one in self.removed):
            return
        close = get_close_matches(name, list(known), n=1) if len(self.problems) < _MANY else []
        self._note(path, f"no {kind} `{name}`" + (f"; did you mean `{close[0]}`?" if close else ""))


def _closure(name: str, leads_to: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """Everything that can be reached from `name`, nearest first; `name` itself only when it lies on a circle."""
    reached: dict[str, None] = {}
    front = [name]
    while front:
        found = dict.fromkeys(other for one in front for other in leads_to(one) if other not in reached)
        reached |= found
        front = list(found)
    return tuple(reached)


def _quality(part: QualityPart) -> Quality:
    return Quality(
        frozenset(part.categories),
        frozenset(part.languages),
        part.minimum_words,
        part.maximum_words,
        part.maximum_repetition,
        part.maximum_boilerplate,
        part.maximum_gibberish,
    )


def _terms(every: Terms, own: PurposePart) -> Terms:
    """The purpose's own terms over those of every purpose."""
    merged = {
        field: getattr(own, field) if getattr(own, field) is not None else getattr(every, field)
        for field in Terms.model_fields
    }
    return Terms.model_construct(**merged)
