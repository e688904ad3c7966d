"""What people read about a case: the use as the form names it, where it stands, what happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assent.desk.objections import CLAIM, Case, Step
from assent.language.catalogue import Language
from assent.operations.objection_mail import reaches_past
from assent.policy.pack import Basis, ObjectionRule, Pack, Purpose

STATES: Final[Mapping[str, tuple[str, str]]] = {
    "received": ("Received", "warn"),
    "weighed": ("Being weighed", "warn"),
    "appealed": ("On appeal", "warn"),
    "upheld": ("Upheld", "good"),
    "rejected": ("Rejected", "bad"),
    "withdrawn": ("Withdrawn", ""),
    "confirmed": ("Confirmed", "good"),
    "not-confirmed": ("Not confirmed", "bad"),
}
"""The name of each state, and which mark it has beside its words."""

STEPS: Final[Mapping[str, str]] = {
    "received": "It arrived with us.",
    "received_elsewhere": "It was recorded in another way than by this form.",
    "upheld_at_once": "It arrived with us and was upheld at once.",
    "weighed": "We began to weigh it.",
    "assessed": "We began to look into it.",
    "extended": "We need two more months.",
    "matched": "We found records that are about you.",
    "unmatched": "Records turned out not to be about you.",
    "upheld": "We upheld it.",
    "upheld_elsewhere": "It was upheld.",
    "rejected": "We rejected it.",
    "rejected_elsewhere": "It was rejected.",
    "appealed": "You appealed.",
    "withdrawn": "You took it back.",
    "withdrawn_elsewhere": "It was taken back.",
    "confirmed": "We confirmed it.",
    "not-confirmed": "We could not confirm it.",
    "take_back": "You asked for past use to be taken back.",
}
"""What each step is called in the history that the person reads."""

_PLATFORM: Final = "<platform>"


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of the form.

    Args:
        absolute: an objection to it holds at once and is not weighed.
    """

    purpose: str
    label: str
    absolute: bool


@dataclass(frozen=True, slots=True)
class CaseWords:
    """How one reader is told about cases of one platform."""

    lang: Language
    platform: str
    pack: Pack

    def form_title(self) -> str:
        """What the pack calls the form."""
        titles = [use.objection_form[0] for use in self.pack.purposes.values() if use.objection_form]
        return self.named(titles[0]) if titles else self.lang("Objection form")

    def choices(self) -> list[Choice]:
        """What can be objected to: each use that rests on legitimate interest."""
        uses = (use for use in self.pack.purposes.values() if use.basis is Basis.LEGITIMATE_INTEREST)
        return [Choice(use.name, self.entry(use), use.objection is ObjectionRule.ABSOLUTE) for use in uses]

    def uses(self) -> list[Choice]:
        """What a claim can be about: each use that trains a model."""
        uses = (use for use in self.pack.purposes.values() if use.kind.trains)
        return [Choice(use.name, self.named(use.title), False) for use in uses]

    def entry(self, use: Purpose) -> str:
        """The use as the form names it, else by its title."""
        return self.named(use.objection_form[1] if len(use.objection_form) > 1 else use.title)

    def about(self, case: Case) -> str:
        """The use that the case is about."""
        use = self.pack.purposes.get(case.purpose)
        return str(case.purpose) if use is None else self.named(use.title)

    def reaches_past(self, case: Case) -> bool:
        """Whether past use goes with its end."""
        return reaches_past(self.pack, case)

    def title(self, case: Case) -> str:
        """What the case is called."""
        said = "Claim about: %(use)s" if case.kind == CLAIM else "Objection to: %(use)s"
        return self.lang(said, use=self.about(case))

    def state(self, case: Case) -> str:
        """Where it stands."""
        return self.lang(STATES[case.state][0]) if case.state in STATES else case.state

    def mark(self, case: Case) -> str:
        """Which colour goes with that."""
        return STATES[case.state][1] if case.state in STATES else ""

    def step(self, step: Step) -> str:
        """What happened."""
        return self.lang(STEPS[step.step]) if step.step in STEPS else step.step

    def named(self, text: str) -> str:
        """A text of the pack in the reader's language, with the platform's name in it."""
        return self.lang(text).replace(_PLATFORM, self.platform)
