"""What is the case for one member, in plain words: their settings and items, each use of them, their rights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from assent.evidence.privacy_record import RIGHT_NAMES, RIGHTS
from assent.operations.items import Item, Verdict
from assent.operations.receipt import gdpr_applies
from assent.operations.settings import GPC, MEMBER, MemberSettings, PurposeNow, SettingNow, Why
from assent.policy.pack import Basis, ObjectionRule, Purpose
from assent.vocabulary.reasons import Reason
from assent.web.settings.words import Fact, Words


@dataclass(frozen=True, slots=True)
class Group:
    """Purposes with one answer for an item, and why."""

    allowed: bool
    purposes: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MemberWords(Words):
    """How one member is told about one platform."""

    def verdicts(self, item: Item) -> list[Group]:
        """What may be done with an item, purposes with the same answer together."""
        groups: dict[tuple[object, ...], list[Verdict]] = {}
        for each in item.verdicts:
            groups.setdefault((each.allowed, each.reasons, each.masked), []).append(each)
        return [
            Group(
                each[0].allowed,
                self._capital(self.lang.listed(self.named(one.purpose.title) for one in each)),
                tuple(self._because(item, each[0])),
            )
            for each in groups.values()
        ]

    def _because(self, item: Item, verdict: Verdict) -> Iterator[str]:
        if verdict.masked:
            yield self.lang("Where it names you, you are blacked out.")
        for reason in verdict.reasons:
            if reason is Reason.ITEM_EXCLUDED and item.excluded:
                yield self.lang("You excluded this item.")
            elif reason is Reason.ITEM_EXCLUDED:
                yield self.lang("Somebody else who appears in it left it out, or it was marked so where it lies.")
            else:
                yield self.lang(reason.for_members)

    # --- one setting

    def state(self, settings: MemberSettings, now: SettingNow) -> str:
        """On or off, and why."""
        lang = self.lang
        if now.why is Why.UNKNOWN:
            return lang("You chose nothing, and we do not know your country. So nothing is used.")
        if now.why is Why.IMPLIED and now.off_because:
            other = self.named(settings.pack.settings[now.off_because].title)
            return lang("Off, because “%(other)s” is off.", other=other)
        if now.choice is None:
            if now.value == "on":
                return lang("On by default. You were not asked.")
            return lang("Off by default, until you turn it on.")
        day = lang.day(now.choice.at)
        if now.why is Why.GPC:
            return lang("Off since %(day)s: your browser sent an opt-out signal (Global Privacy Control).", day=day)
        if now.choice.by != MEMBER:
            said = "On since %(day)s, %(by)s." if now.own == "on" else "Off since %(day)s, %(by)s."
            return lang(said, day=day, by=self.said_by(now.choice.by))
        return lang(
            "On. You turned it on on %(day)s." if now.own == "on" else "Off. You turned it off on %(day)s.", day=day
        )

    def said_by(self, by: str | None) -> str:
        """Who or what said something."""
        return self.lang(_SAID_BY.get(by or "", "by %(who)s"), who=by or "")

    def takes_along(self, settings: MemberSettings, now: SettingNow) -> str:
        """What else goes off with it; empty where nothing does."""
        if not now.takes_along:
            return ""
        others = self.lang.listed(self.quoted(settings.pack.settings[name].title) for name in now.takes_along)
        return self.lang("Turning this off also turns off %(others)s.", others=others)

    def follows(self, settings: MemberSettings, now: SettingNow) -> str:
        """What turns this one off as well; empty where nothing does."""
        if not now.setting.off_with:
            return ""
        titles = (self.quoted(settings.pack.settings[name].title) for name in now.setting.off_with)
        others = self.lang.listed(titles, either=True)
        return self.lang("This is also off while %(others)s is off.", others=others)

    # --- one use

    def facts(self, settings: MemberSettings, now: PurposeNow) -> list[Fact]:
        """Everything there is to know about the use, question by question."""
        lang, purpose = self.lang, now.purpose
        told = [
            (lang("What is used"), self._used(purpose)),
            (lang("What is never used"), self._never(settings.pack)),
            (lang("What stays out"), self._stays_out(purpose)),
            (lang("What is masked"), self._masked(purpose)),
            (lang("Who gets it"), self._recipients(purpose)),
            (lang("Since when"), self._since(settings, now)),
            (lang("Legal basis"), [lang((_BASIS if gdpr_applies(settings.region) else _GROUND)[purpose.basis])]),
            (lang("If you choose nothing"), self._default(settings, now)),
            (lang("Who else counts"), self._others(purpose)),
            (lang("Age"), self._age(purpose)),
            (lang("Being told"), self._notice(settings, now)),
            (lang("Objecting"), [lang(_OBJECTING[purpose.objection])]),
        ]
        return [Fact(about, tuple(each for each in sentences if each)) for about, sentences in told if any(sentences)]

    def _since(self, settings: MemberSettings, now: PurposeNow) -> list[str]:
        lang = self.lang
        if settings.region is None:
            return [lang("We do not know your country, so nothing is used.")]
        if not now.covered:
            return [lang("This use does not take place in your region.")]
        if Reason.ON_HOLD in now.reasons:
            told = [lang("It is stopped in your region for now.")]
            if now.starts_at is not None:
                told.append(lang("Without that stop: from %(day)s on.", day=lang.day(now.starts_at)))
            return told
        if now.starts_at is None:
            return [lang("In your region for as long as these rules have existed.")]
        if now.starts_at > settings.at:
            return [lang("In your region from %(day)s on, and not before.", day=lang.day(now.starts_at))]
        return [lang("In your region since %(day)s.", day=lang.day(now.starts_at))]

    def _default(self, settings: MemberSettings, now: PurposeNow) -> list[str]:
        lang, purpose = self.lang, now.purpose
        if settings.region is None:
            return [lang("We do not know your country, so nothing is used.")]
        if not now.covered:
            return [lang("Nothing is used: this use does not take place in your region.")]
        if purpose.setting is None:
            return [lang("It takes place. There is no switch for it; you can object.")]
        default = settings.setting(purpose.setting).default
        if default == "on":
            return [lang("The default is on: it takes place until you turn it off, without anybody asking you.")]
        return [lang("The default is off: it takes place only after you turned it on.")]

    def _notice(self, settings: MemberSettings, now: PurposeNow) -> list[str]:
        lang, purpose = self.lang, now.purpose
        if purpose.notice is None:
            return [lang("These rules ask for no notice before the use begins.")]
        title = self.named(settings.pack.notices[purpose.notice].title)
        if now.told_at is None or now.usable_at is None:
            return [lang("You have not yet been sent “%(title)s”. Nothing is used before that.", title=title)]
        told = [lang("You were sent “%(title)s” on %(day)s.", title=title, day=lang.day(now.told_at))]
        if purpose.waiting_period:
            day = lang.day(now.usable_at)
            over = now.usable_at <= settings.at
            text = "You had until %(day)s to decide: these rules allow no use before that."
            told.append(lang(text if over else "You have until %(day)s to decide: nothing is used before.", day=day))
        return told

    # --- rights

    def rights(self, settings: MemberSettings, purposes: Iterable[Purpose]) -> list[tuple[str, str]]:
        """The articles of the GDPR that give rights here, and the rights; none where it is not the law."""
        if not gdpr_applies(settings.region):
            return []
        articles = rights_under(each.basis for each in purposes)
        return [(self._article(each), self.lang(name)) for each, name in RIGHT_NAMES.items() if each in articles]

    def _article(self, short: str) -> str:
        number, _, part = article_name(short).rstrip(")").partition("(")
        return self.lang("%(number)s(%(part)s)", number=number, part=part) if part else number


_SAID_BY: Final[Mapping[str, str]] = {
    "": "",
    MEMBER: "by you",
    GPC: "by your browser's opt-out signal",
    "guardian": "by your guardian",
    "self-declared": "as you declared",
    "staff": "by our staff",
    "objection": "because of your objection",
    "absolute": "because such an objection always counts",
    "appeal": "with your appeal",
    "claim": "because of your claim",
    "in-app": "shown to you here",
    "email": "sent by e-mail",
}
"""Whatever else says something, such as a service of the platform, is shown by its name."""


def rights_under(bases: Iterable[Basis]) -> frozenset[str]:
    """The articles of the GDPR that give rights under any of these legal bases."""
    return frozenset(article for basis in bases for article in RIGHTS[basis.article])


def article_name(short: str) -> str:
    """`A7-3` is written 7(3)."""
    number, _, part = short.removeprefix("A").partition("-")
    return f"{number}({part})" if part else number


_BASIS: Final[Mapping[Basis, str]] = {
    Basis.LEGITIMATE_INTEREST: "Legitimate interest (GDPR Art. 6(1)(f)): nobody asks you first, and you may object.",
    Basis.CONSENT: "Consent (GDPR Art. 6(1)(a)): only after you said yes.",
    Basis.CONTRACT: "Contract (GDPR Art. 6(1)(b)): part of the service; nothing happens until you ask for it.",
}
_GROUND: Final[Mapping[Basis, str]] = {
    Basis.LEGITIMATE_INTEREST: "Legitimate interest: nobody asks you first, and you may object.",
    Basis.CONSENT: "Consent: only after you said yes.",
    Basis.CONTRACT: "Contract: part of the service; nothing happens until you ask for it.",
}
_OBJECTING: Final[Mapping[ObjectionRule, str]] = {
    ObjectionRule.ABSOLUTE: "If you object, it ends at once and for good, unless you withdraw the objection.",
    ObjectionRule.WEIGHED: "From the day your objection arrives nothing is used while it is weighed.",
}
