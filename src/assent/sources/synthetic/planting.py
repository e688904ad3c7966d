"""What is hidden in texts on purpose: personal data in reserved ranges, canaries, edited copies."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from assent.sources.synthetic.dice import Dice, Weighted
from assent.sources.synthetic.drafts import Draft
from assent.sources.synthetic.people import Person
from assent.sources.synthetic.plan import Plan
from assent.sources.synthetic.words import small_words
from assent.sources.synthetic.words.names import STREETS, STREETS_ABROAD, TOWNS, TOWNS_ABROAD
from assent.sources.synthetic.words.reading import Template, read_sections

REPETITIONS = (1, 2, 4, 8, 16)
KINDS = ("email", "phone", "iban", "street_address", "birth_date")

_SENTENCES = read_sections(small_words.PERSONAL_DATA)
_CANARY_SENTENCES = read_sections(small_words.CANARIES)["canary"]
_DOMAINS = ("example.com", "example.org", "example.net", "mail.example", "post.example")
_KIND_MIX = Weighted(KINDS, (40, 28, 8, 12, 12))
_MONTHS = "January February March April May June July August September October November December".split()


@dataclass(frozen=True, slots=True)
class Canary:
    """A secret nobody could guess, planted `repetitions` times."""

    id: str
    secret: str
    repetitions: int
    template: Template


def plant_personal_data(draft: Draft, author: Person, dice: Dice) -> None:
    """The text ends with a sentence that gives away something about its author."""
    kind = dice.weighted(_KIND_MIX)
    if kind == "birth_date" and author.birth_date is None:
        kind = "email"
    draft.add(" " if dice.chance(0.7) else "\n")
    draft.plant(kind, dice.pick(_SENTENCES[kind]), personal_value(kind, author, dice))


def personal_value(kind: str, author: Person, dice: Dice) -> str:
    """A value of that kind that belongs to nobody: example domains, numbers kept for fiction, no real bank."""
    if kind == "email":
        box = f"{_ascii(author.given)}{dice.pick(('.', '_', ''))}{_ascii(author.family)}"
        return f"{box}{dice.pick(('', '', str(author.ordinal % 97)))}@{dice.pick(_DOMAINS)}"
    if kind == "phone":
        return _phone(author.region, dice)
    if kind == "iban":
        return _iban(dice)
    if kind == "street_address":
        return _address(author.language, dice)
    birth = author.birth_date
    if birth is None:
        raise ValueError("no birth date to write")
    return dice.pick(
        (
            f"{birth.day} {_MONTHS[birth.month - 1]} {birth.year}",
            birth.isoformat(),
            f"{birth:%d.%m.%Y}",
            f"{birth:%d/%m/%Y}",
        )
    )


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in plain if letter.isalnum()) or "me"


def _phone(region: str | None, dice: Dice) -> str:
    # Ranges that the numbering authorities keep for drama and examples.
    digits = dice.between(0, 99)
    if region == "GB":
        return dice.pick((f"07700 900{digits:03d}", f"020 7946 0{digits:03d}", f"+44 7700 900{digits:03d}"))
    if region == "DE":
        return dice.pick((f"030 23125 {digits:03d}", f"+49 171 39200{digits:02d}"))
    if region == "FR":
        return f"01 99 00 {dice.between(10, 99)} {digits:02d}"
    if region == "AU":
        return f"0491 570 {156 + digits % 3:03d}"
    area = dice.pick(("202", "303", "415", "512", "617", "808"))
    return dice.pick((f"({area}) 555-01{digits:02d}", f"+1 {area}-555-01{digits:02d}", f"{area}.555.01{digits:02d}"))


def _iban(dice: Dice) -> str:
    # Right check digits, but a bank that cannot be: German bank codes start with 1 to 8, and TEST is none.
    if dice.chance(0.6):
        country, body = "DE", f"00000000{dice.between(0, 10**10 - 1):010d}"
    else:
        country, body = "NL", f"TEST{dice.between(0, 10**10 - 1):010d}"
    number = "".join(str(int(letter, 36)) for letter in body + country + "00")
    plain = f"{country}{98 - int(number) % 97:02d}{body}"
    return " ".join(plain[i : i + 4] for i in range(0, len(plain), 4)) if dice.chance(0.5) else plain


def _address(language: str, dice: Dice) -> str:
    number = dice.between(1, 148)
    if language == "en":
        return f"{number} {dice.pick(STREETS)}, {dice.pick(TOWNS)}"
    street, town = dice.pick(STREETS_ABROAD[language]), dice.pick(TOWNS_ABROAD[language])
    return f"{number} {street}, {town}" if language == "fr" else f"{street} {number}, {town}"


def canary_places(plan: Plan) -> Mapping[int, Canary]:
    """Which record, by ordinal, carries which canary; the same in every process."""
    rounds = min(200, max(1, plan.records // 5_000))
    dice = Dice(plan.seed, "canaries")
    places: dict[int, Canary] = {}
    for number in range(rounds):
        for repetitions in REPETITIONS:
            # Few records hold few canaries: at most one in four carries one.
            if len(places) + repetitions > plan.records // 4:
                return places
            canary = _canary(f"canary-{number:03d}-{repetitions:02d}", repetitions, dice)
            left = repetitions
            while left:
                place = dice.between(0, plan.records - 1)
                if place not in places:
                    places[place] = canary
                    left -= 1
    return places


def _canary(name: str, repetitions: int, dice: Dice) -> Canary:
    secret = "-".join(f"{dice.between(0, 9999):04d}" for _ in range(3))
    sentence = dice.pick(_CANARY_SENTENCES)
    noun, adjective = dice.pick(small_words.CANARY_NOUNS), dice.pick(small_words.CANARY_ADJECTIVES)
    known = {"a": adjective, "b": noun, "secret": "{value}"}
    words = "".join(before + known[slot] for before, slot in sentence.pieces) + sentence.rest
    before, after = words.split("{value}")
    return Canary(name, secret, repetitions, Template(((before, "value"),), after))


_SWAPS = (
    ("because", "since"), ("nobody", "no one"), ("Nobody", "No one"), ("everybody", "everyone"),
    ("started", "began"), ("still", "even now"), ("small", "little"), ("hard", "tough"), ("I am", "I'm"),
    ("do not", "don't"), ("it is", "it's"), ("did not", "didn't"), ("have not", "haven't"), ("We ", "we "),
    ("people", "folks"), ("quiet", "silent"), ("and", "&"),
)  # fmt: skip
_ENDINGS = ("!", " …", " Still true.", " (again, for the late shift)", " 🙂", "\n\nEdit: typo.", " #throwback")
_OPENINGS = ("Reposting this: ", "As I said before: ", "So true. ", "PS. ", "This! ")


def edited_copy(text: str, dice: Dice) -> str:
    """Nearly the same text, as somebody would write who copies it and makes it theirs; never the very same."""
    copy = text
    for _ in range(dice.between(1, 3)):
        old, new = dice.pick(_SWAPS)
        copy = copy.replace(old, new, 1)
    if copy == text or dice.chance(0.35):
        copy = copy.rstrip(".") + dice.pick(_ENDINGS)
    if dice.chance(0.15):
        copy = dice.pick(_OPENINGS) + copy
    return copy
