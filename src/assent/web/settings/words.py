"""What a use of data means, in plain words and in the reader's language; all of it taken from the pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from assent.language.catalogue import Language
from assent.policy.curation_words import PII
from assent.policy.pack import AgeAt, Kind, Others, Pack, Purpose, Withdrawal
from assent.policy.sentences import category_words
from assent.vocabulary.identifiers import Category
from assent.web.settings.categories import CATEGORIES

_PLATFORM: Final = "<platform>"


@dataclass(frozen=True, slots=True)
class Fact:
    """A question about a use, in a few words, and its answer in sentences."""

    about: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """How one reader is told about one platform."""

    lang: Language
    platform: str

    def named(self, text: str) -> str:
        """A text of the pack in the reader's language, with the platform's name in it."""
        # A catalogue may have the text with the name in it, where the name is inflected: “außerhalb der Plattform”.
        whole = text.replace(_PLATFORM, self.platform)
        told = self.lang(whole)
        return told if told != whole else self.lang(text).replace(_PLATFORM, self.lang(self.platform))

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

    def _recipients(self, purpose: Purpose) -> list[str]:
        return (
            [self._capital(self.lang.listed(map(self.named, purpose.recipients)) + ".")] if purpose.recipients else []
        )

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
        if not pack.never:
            return []
        what = self._capital(self.categories(sorted(pack.never)))
        return [self.lang("%(what)s. Whatever you choose here.", what=what)]

    def _stays_out(self, purpose: Purpose) -> list[str]:
        lang = self.lang
        told = [lang("Items that you leave out under “My data”, and reposts of them.")]
        if purpose.unlinked_copies_denied:
            told.append(lang("Copies of what may not be used, also those that do not name their original."))
        if purpose.kind is Kind.GENERATIVE_TRAINING:
            told.append(lang("Content that says itself that it must not train AI."))
        if purpose.sensitive_denied:
            told.append(lang("Groups and pages about health, unions, politics or religion."))
        return told

    def _masked(self, purpose: Purpose) -> list[str]:
        kinds = [self.lang(PII[each]) for each in purpose.curation.mask]
        if not kinds:
            return []
        return [
            self.lang("Before use these are masked wherever they are found: %(what)s.", what=self.lang.listed(kinds))
        ]

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
        text = "Only what people of %(years)s or over made."
        if purpose.age_at is AgeAt.CREATION:
            text = (
                "Only what people made at %(years)s or over. What they made before stays out after that birthday too."
            )
        return [self.lang(text, years=years), self.lang("Where the age is unknown, nothing is used.")]

    # --- the past

    def form(self, purpose: Purpose) -> str:
        """Where the form to object is found."""
        return " → ".join(map(self.named, purpose.objection_form))

    def past(self, purposes: Iterable[Purpose]) -> list[str]:
        """What turning it off does and does not do to what was used before."""
        lang, given = self.lang, list(purposes)
        undone = lang("Not undone: copies that somebody made outside, what others wrote, and answers already given.")
        takes_back = lang(
            "Under these rules every stop takes back as well: data sets made before are rewritten without you, "
            "and for models your request waits until they are trained anew."
        )
        stops = [
            lang("Stop: from that moment on nothing more of yours is read, also not out of data sets made before. "
                 "What lies in those data sets and in models stays there."),
            lang("Stop and take back: the same, and data sets made before are rewritten without you; "
                 "for models your request waits until they are trained anew."),
        ]  # fmt: skip
        also = [each for each in given if each.withdrawal is Withdrawal.TAKE_BACK]
        if also and len(also) == len(given):
            return [takes_back, undone]
        names = lang.listed(self.quoted(each.title) for each in also)
        return [*stops, *([f"{names}: {takes_back}"] if also else []), undone]

    def _capital(self, text: str) -> str:
        return text[:1].upper() + text[1:]


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
