"""The rules for anybody, in plain words and in the reader's language; all of it taken from the pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from babel import Locale

from assent.operations.figures import StandingHold
from assent.operations.figures_public import OTHER
from assent.policy.pack import Basis, ObjectionRule, Pack, Purpose, Setting
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import EVERYWHERE
from assent.web.settings.words import Fact, Words

_MERGED: Final = OTHER
_BASIS: Final[Mapping[Basis, str]] = {
    Basis.LEGITIMATE_INTEREST: "Legitimate interest (GDPR Art. 6(1)(f)): nobody asks you first, and you may object.",
    Basis.CONSENT: "Consent (GDPR Art. 6(1)(a)): only after you said yes.",
    Basis.CONTRACT: "Contract (GDPR Art. 6(1)(b)): part of the service; nothing happens until you ask for it.",
}
_OBJECTING: Final[Mapping[ObjectionRule, str]] = {
    ObjectionRule.ABSOLUTE: "If you object, it ends at once and for good, unless you withdraw the objection.",
    ObjectionRule.WEIGHED: "From the day your objection arrives nothing is used while it is weighed.",
}


@dataclass(frozen=True, slots=True)
class PublicWords(Words):
    """How a reader who may be anybody is told about one platform."""

    def rules(self, pack: Pack, purpose: Purpose) -> list[Fact]:
        """Everything there is to know about the use, question by question."""
        lang = self.lang
        told = [
            (lang("Where and since when"), self._where(pack, purpose)),
            (lang("What is used"), self._used(purpose)),
            (lang("What is never used"), self._never(pack)),
            (lang("What stays out"), self._stays_out(purpose)),
            (lang("What is masked"), self._masked(purpose)),
            (lang("Who gets it"), [self._capital(lang.listed(map(self.named, purpose.recipients)) + ".")]),
            (lang("Legal basis"), [lang(_BASIS[purpose.basis])]),
            (lang("If you choose nothing"), self._unless(pack, purpose)),
            (lang("How to leave"), self._leave(pack, purpose)),
            (lang("Objecting"), [lang(_OBJECTING[purpose.objection])]),
            (lang("What is past"), self.past([purpose])),
            (lang("Being told"), self._told(pack, purpose)),
            (lang("Age"), self._age(purpose)),
            (lang("Who else counts"), self._others(purpose)),
        ]
        return [Fact(about, tuple(each for each in sentences if each)) for about, sentences in told if any(sentences)]

    def region(self, code: str | None) -> str:
        """The country's name in the reader's language."""
        if code in {None, _MERGED}:
            return self.lang("Other and unknown countries")
        return str(Locale(self.lang.code).territories.get(str(code), code))

    def regions(self, pack: Pack, codes: Iterable[str]) -> str:
        """The regions in words: the pack's groups where they are complete, else countries; or all but a few."""
        wanted = set(codes)
        rest = set(REGION_CODES) - wanted
        if not rest:
            return self.lang("everywhere")
        if len(rest) < len(wanted):
            return self.lang("everywhere except: %(places)s", places=self._listed(pack, rest))
        return self._listed(pack, wanted)

    def hold_place(self, pack: Pack, hold: StandingHold) -> str:
        """Where a use is stopped."""
        if hold.region == EVERYWHERE:
            return self.lang("everywhere")
        return self.lang(hold.region) if hold.region in pack.groups else self.region(hold.region)

    def way(self, menu: Iterable[str]) -> str:
        """A menu as a way to go."""
        return " → ".join(self.named(each) for each in menu)

    def way_of(self, setting: Setting) -> str:
        """Where the setting is found."""
        return self.way(setting.menu or (setting.title,))

    def since(self, since: datetime | None) -> str:
        """From when on a use takes place."""
        if since is None:
            return self.lang("for as long as these rules have existed")
        return self.lang("since %(day)s", day=self.lang.day(since))

    def _listed(self, pack: Pack, wanted: set[str]) -> str:
        named, left = [], set(wanted)
        for group, codes in sorted(pack.groups.items(), key=lambda item: -len(item[1])):
            if codes <= wanted and codes & left:
                named.append(self.lang(group))
                left -= codes
        return self.lang.listed([*named, *sorted(self.region(code) for code in left)])

    def _where(self, pack: Pack, purpose: Purpose) -> list[str]:
        by_start: dict[datetime | None, set[str]] = {}
        for code, since in purpose.coverage.items():
            by_start.setdefault(since, set()).add(code)
        ordered = sorted(by_start.items(), key=lambda item: len(item[1]))
        whole = len(ordered) > 1 and len(purpose.coverage) == len(REGION_CODES)
        told = []
        for place, (since, codes) in enumerate(ordered):
            last = whole and place == len(ordered) - 1
            where = self.lang("everywhere else") if last else self.regions(pack, codes)
            told.append(self._capital(f"{where}: {self.since(since)}."))
        return [*told, self.lang("Who has no known country is left out.")]

    def _unless(self, pack: Pack, purpose: Purpose) -> list[str]:
        lang = self.lang
        if purpose.setting is None:
            return [lang("It takes place. There is no switch for it; you can object.")]
        defaults = pack.settings[purpose.setting].defaults
        on = {code for code in purpose.coverage if defaults[code] == "on"}
        if not on:
            return [lang("The default is off: it takes place only after you turned it on.")]
        if len(on) == len(purpose.coverage):
            return [lang("The default is on: it takes place until you turn it off, without anybody asking you.")]
        return [lang("The default is on here: %(places)s. Elsewhere it is off.", places=self.regions(pack, on))]

    def _leave(self, pack: Pack, purpose: Purpose) -> list[str]:
        if purpose.setting is None:
            return [self.lang("There is no switch. Object to it: %(way)s.", way=self.way(purpose.objection_form))]
        setting = pack.settings[purpose.setting]
        told = [self.lang("%(way)s: off.", way=self.way_of(setting))]
        if setting.off_with:
            titles = (f"“{self.named(pack.settings[name].title)}”" for name in setting.off_with)
            others = self.lang.listed(titles, either=True)
            told.append(self.lang("This is also off while %(others)s is off.", others=others))
        return told

    def _told(self, pack: Pack, purpose: Purpose) -> list[str]:
        lang = self.lang
        if purpose.notice is None:
            return [lang("These rules ask for no notice before the use begins.")]
        title = self.named(pack.notices[purpose.notice].title)
        told = [lang("Nothing is used before you were sent “%(title)s”.", title=title)]
        if purpose.waiting_period:
            told.append(
                lang("And then not for %(days)s days, so that you can decide.", days=purpose.waiting_period.days)
            )
        return told
