"""What the forms ask, read into values; each mistake is named beside its field, and nothing that was typed is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import Form

from assent.errors import InputError
from assent.language.catalogue import Language
from assent.operations.claims import Seen
from assent.operations.contact import MAX_NAME, MAX_WORDS, Contact, clean_words

Text = Annotated[str, Form()]
Texts = Annotated[tuple[str, ...], Form()]

_TEXT_ERROR: Final = "This text cannot be used. Write at most %(most)s characters, without control characters."


@dataclass(slots=True)
class Filled:
    """A form as it was sent.

    Args:
        given: what stood in each field; `errors`: what is wrong with it, by field.
    """

    lang: Language
    given: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def purpose(self, name: str, known: set[str]) -> None:
        """A use was chosen."""
        self.given["purpose"] = name
        if name not in known:
            self.errors["purpose"] = self.lang("Choose one of these.")

    def text(self, name: str, words: str) -> str:
        """The text of a field, clean."""
        self.given[name] = words[:MAX_WORDS]
        try:
            return clean_words(words)
        except InputError:
            self.errors[name] = self.lang(_TEXT_ERROR, most=self.lang.number(MAX_WORDS))
            return ""

    def contact(self, address: str, name: str) -> Contact | None:
        """Who sends it."""
        self.given |= {"address": address[:MAX_NAME], "name": name[:MAX_NAME]}
        try:
            return Contact.parse(address, name)
        except InputError:
            self._name_the_culprit(address)
            return None

    def seen(self, feature: str, prompt: str, output: str, when: str) -> Seen | None:
        """What a model was seen to do."""
        texts = {"feature": feature, "prompt": prompt, "output": output, "when": when}
        clean = {name: self.text(name, words) for name, words in texts.items()}
        if not clean["output"] and "output" not in self.errors:
            self.errors["output"] = self.lang("Write what the AI wrote. Without it nobody can check the claim.")
        try:
            return None if self.errors else Seen.parse(**clean)
        except InputError:
            self.errors["feature"] = self.lang("Write the feature and the time on one short line each.")
            return None

    def _name_the_culprit(self, address: str) -> None:
        try:
            Contact.parse(address)
        except InputError:
            self.errors["address"] = self.lang("Write one e-mail address, such as name@example.org.")
        else:
            self.errors["name"] = self.lang("Write your name on one line, or leave it out.")
