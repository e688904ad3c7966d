"""What a use of data means, in plain words and in the reader's language; all of it taken from the pack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from assent.evidence.privacy_record import CONSENT, INTEREST, RIGHT_NAMES, RIGHTS
from assent.language.catalogue import Language
from assent.operations.items import Item, Verdict
from assent.operations.receipt import gdpr_applies
from assent.operations.settings import MEMBER, MemberSettings, PurposeNow, SettingNow, Why
from assent.policy.pack import AgeAt, Basis, Kind, ObjectionRule, Others, Pack, Purpose, Withdrawal
from assent.policy.sentences import category_words
from assent.vocabulary.identifiers import Category
from assent.vocabulary.reasons import Reason
from assent.web.settings.categories import CATEGORIES

_PLATFORM: Final = "<platform>"


@dataclass(frozen=True, slots=True)
class Fact:
    """A question about a use, in a few words, and its answer in sentences."""

    about: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Purposes with one answer for an item, and why."""

    allowed: bool
    purposes: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """How one reader is told about one platform."""

    lang: Language
    platform: str

    def named(self, text: str) -> str:
        """A text of the pack in the reader's language, with the platform's name in it."""
        return self.lang(text).replace(_PLATFORM, self.lang(self.platform))

    def quoted(self, text: str) -> str:
        """The same, in the quotation marks of the language."""
        return self.lang("“%(title)s”", title=self.named(text))

    def categories(self, names: Iterable[Category]) -> str:
        """Kinds of content as a list."""
        told = []
        for name in names:
            known = CATEGORIES.get(name)
            told += [self.lang(known)] if known else category_words([name])
        return self.lang.listed(dict.fromkeys(told))

    def kind(self, category: Category | None) -> str:
        """One kind of content, as a heading."""
        return self._capital(self.categories([category])) if category else self.lang("Something of no known kind")

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
            if reason is Reason.ITEM_EXCLUDED and not item.excluded:
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
            text = (
                "On since %(day)s. Who said so: %(by)s."
                if now.own == "on"
                else "Off since %(day)s. Who said so: %(by)s."
            )
            return lang(text, day=day, by=now.choice.by)
        return lang(
            "On. You turned it on on %(day)s." if now.own == "on" else "Off. You turned it off on %(day)s.", day=day
        )

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
            (lang("Who gets it"), [self._capital(lang.listed(map(self.named, purpose.recipients)) + ".")]),
            (lang("Since when"), self._since(settings, now)),
            (lang("Legal basis"), [lang((_BASIS if gdpr_applies(settings.region) else _GROUND)[purpose.basis])]),
            (lang("If you choose nothing"), self._default(settings, purpose)),
            (lang("Who else counts"), self._others(purpose)),
            (lang("Age"), self._age(purpose)),
            (lang("Being told"), self._notice(settings, now)),
            (lang("Objecting"), [lang(_OBJECTING[purpose.objection])]),
        ]
        return [Fact(about, tuple(each for each in sentences if each)) for about, sentences in told if any(sentences)]

    def _used(self, purpose: Purpose) -> list[str]:
        by_visibility: dict[frozenset[str] | None, list[Category]] = {}
        for category, rule in purpose.scope.items():
            by_visibility.setdefault(rule.visibility, []).append(category)
        told = []
        for visibility, names in by_visibility.items():
            what = self._capital(self.categories(names))
            if visibility is None:
                told.append(self.lang("%(what)s, whoever can see it.", what=what))
            else:
                kinds = [self.lang(_VISIBILITY[each]) for each in _VISIBILITY if each in visibility]
                told.append(
                    self.lang(
                        "%(what)s, if shared with %(whom)s.", what=what, whom=self.lang.listed(kinds, either=True)
                    )
                )
        if purpose.content_from:
            told.append(self.lang("Nothing from before %(day)s.", day=self.lang.day(purpose.content_from)))
        return told

    def _never(self, pack: Pack) -> list[str]:
        what = self._capital(self.categories(sorted(pack.never)))
        return [self.lang("%(what)s. Whatever you choose here.", what=what)]

    def _stays_out(self, purpose: Purpose) -> list[str]:
        lang = self.lang
        told = [lang("Items that you exclude under “My data”, and what was copied from them.")]
        if purpose.kind is Kind.GENERATIVE_TRAINING:
            told.append(lang("Content that says itself that it must not train AI."))
        if purpose.sensitive_denied:
            told.append(lang("Groups and pages about health, unions, politics or religion."))
        return told

    def _since(self, settings: MemberSettings, now: PurposeNow) -> list[str]:
        lang = self.lang
        if settings.region is None:
            return [lang("We do not know your country, so nothing is used.")]
        if not now.covered:
            return [lang("This use does not take place in your region.")]
        if now.starts_at is None:
            return [lang("In your region for as long as these rules have existed.")]
        return [lang("In your region since %(day)s.", day=lang.day(now.starts_at))]

    def _default(self, settings: MemberSettings, purpose: Purpose) -> list[str]:
        lang = self.lang
        if purpose.setting is None:
            return [lang("It takes place. There is no switch for it; you can object.")]
        default = settings.setting(purpose.setting).default
        if default is None:
            return [lang("We do not know your country, so nothing is used.")]
        if default == "on":
            return [lang("The default is on: it takes place until you turn it off, without anybody asking you.")]
        return [lang("The default is off: it takes place only after you turned it on.")]

    def _others(self, purpose: Purpose) -> list[str]:
        by_rule: dict[Others, list[Category]] = {}
        for category, rule in purpose.scope.items():
            by_rule.setdefault(rule.others, []).append(category)
        if not by_rule:
            return []
        most = max(by_rule, key=lambda each: len(by_rule[each]))
        told = []
        for others, text in _OTHERS.items():
            if others == most:
                what = self.lang("everything used" if len(by_rule) == 1 else "everything else that is used")
            elif others in by_rule:
                what = self.categories(by_rule[others])
            else:
                continue
            told.append(self._capital(self.lang(text, what=what)))
        return told

    def _age(self, purpose: Purpose) -> list[str]:
        years = purpose.minimum_age
        if years is None:
            return [self.lang("No age is asked.")]
        text = "Only people of %(years)s or over. Whose age is unknown is left out."
        if purpose.age_at is AgeAt.CREATION:
            text = (
                "Only what you made at %(years)s or over, also after that birthday. Whose age is unknown is left out."
            )
        return [self.lang(text, years=years)]

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
            text = "You had until %(day)s to decide: nothing was used before."
            told.append(lang(text if over else "You have until %(day)s to decide: nothing is used before.", day=day))
        return told

    # --- the past

    def form(self, purpose: Purpose) -> str:
        """Where the form to object is found."""
        return " → ".join(map(self.named, purpose.objection_form))

    def past(self, purposes: Iterable[Purpose]) -> list[str]:
        """What turning it off does and does not do to what was used before."""
        lang = self.lang
        if any(each.withdrawal is Withdrawal.TAKE_BACK for each in purposes):
            return [
                lang("Under these rules every stop takes back as well: "
                     "data sets made before are rewritten without you, and models follow."),
                lang("Not undone: copies that somebody made outside, what others wrote, and answers already given."),
            ]  # fmt: skip
        return [
            lang("Stop: from that moment on nothing more of yours is read, also not out of data sets made before. "
                 "What lies in those data sets and in models stays there."),
            lang("Stop and take back: the same, and data sets made before are rewritten without you, "
                 "and models follow."),
            lang("Not undone: copies that somebody made outside, what others wrote, and answers already given."),
        ]  # fmt: skip

    # --- rights

    def rights(self, settings: MemberSettings, purposes: Iterable[Purpose]) -> list[tuple[str, str]]:
        """The articles of the GDPR that give rights here, and the rights; none where it is not the law."""
        if not gdpr_applies(settings.region):
            return []
        articles = rights_under(each.basis for each in purposes)
        return [(article_name(each), self.lang(name)) for each, name in RIGHT_NAMES.items() if each in articles]

    def _capital(self, text: str) -> str:
        return text[:1].upper() + text[1:]


def rights_under(bases: Iterable[Basis]) -> frozenset[str]:
    """The articles of the GDPR that give rights under any of these legal bases."""
    return frozenset(article for basis in bases for article in RIGHTS[CONSENT if basis is Basis.CONSENT else INTEREST])


def article_name(short: str) -> str:
    """`A7-3` is written 7(3)."""
    number, _, part = short.removeprefix("A").partition("-")
    return f"{number}({part})" if part else number


_BASIS: Final[Mapping[Basis, str]] = {
    Basis.LEGITIMATE_INTEREST: "Legitimate interest (GDPR Art. 6(1)(f)): nobody asks you first, and you may object.",
    Basis.CONSENT: "Consent (GDPR Art. 6(1)(a)): only after you said yes.",
}
_GROUND: Final[Mapping[Basis, str]] = {
    Basis.LEGITIMATE_INTEREST: "Legitimate interest: nobody asks you first, and you may object.",
    Basis.CONSENT: "Consent: only after you said yes.",
}
_VISIBILITY: Final[Mapping[str, str]] = {
    "public": "everybody",
    "group": "a group",
    "connections": "your contacts",
    "private": "nobody else",
}
_OTHERS: Final[Mapping[Others, str]] = {
    Others.ALL_MUST_PERMIT: "%(what)s: everybody who appears in it must permit it.",
    Others.MASK_OTHERS: "%(what)s: other people who do not permit it are blacked out.",
    Others.ANYONE: "%(what)s: only the author's choice counts.",
}
_OBJECTING: Final[Mapping[ObjectionRule, str]] = {
    ObjectionRule.ABSOLUTE: "If you object, it ends at once and for good, unless you withdraw the objection.",
    ObjectionRule.WEIGHED: "From the day your objection arrives nothing is used while it is weighed.",
}
