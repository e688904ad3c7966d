"""Labelled texts from sentences of ours: names of many origins, half of them invented."""

# ruff: noqa: E501, PLR2004, RUF001 - lists of words and shares of chance

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib import resources
from typing import Final

Marked = tuple[str, list[tuple[int, int, int]]]
"""A text, and start, end and label number of each name in it."""

_PACKAGE: Final = __package__.rpartition(".")[0]
_SLOT: Final = re.compile(r"\{(\w+)\}")
_PERSON, _PLACE, _ORGANISATION, _GROUP = 1, 2, 3, 4
_MONTHS: Final = "January February March April May June July August September October November December".split()
_DAYS: Final = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_TITLES: Final = "Mr. Mrs. Ms. Miss Dr. Prof. Professor Mr Mrs Ms Dr Sir Herr Frau Mme Sr.".split()
_FORMS: Final = "Inc Inc. LLC Ltd Ltd. Limited Corp Corp. GmbH AG SA S.A. BV AB Oy PLC Co. Incorporated Group Partners Holdings".split()
_STARTS: Final = (
    "Cloud Data Open Health Smart Green Blue Red Bright Clear Map Net Info Geo Bio Med Edu Fin Pay Shop Trip Home Car Job Legal Wind Solar Power "
    "Quick Sky Star Sun Moon Iron Gold Silver Stone River North West Urban City Civic Social Simple True Pure First Prime Next Core Zen Pixel Code "
    "Byte Logic Quant Meta Hyper Inter Trans Omni Uni Poly Aero Agri Eco Opti Vita Nova Lumi Tele Micro Nano".split()
)
_ENDS: Final = (
    "ly ify io ia ix ex ora era ity ware soft tech works labs base hub point path wise link line board book box cast craft desk dex flow force gate "
    "grid group house lab lens lock loop mark metrics mind monitor nest net pad port rank scope scout sense share shift sight signal source space "
    "spark sphere stack storm stream sync track trust view watt wave way well wire works yard zone data".split()
)
_WORDS: Final = (
    "Clean Power Finance Health Insights Walk Score Credit Lending Club Golden Global Impulse Research Dynamics Capital Energy Urban Weather "
    "Risk Travel Water Food Street Open Knowledge Public Policy Data Maps Market Logic Metro Transit Union Pacific Atlantic National First "
    "General American Royal United Eastern Western Northern Southern Digital Advanced Applied Standard Modern Creative Human Life Home Motors "
    "Insurance Electric Steel Chemical Foods Airlines Telecom Media Pictures Records Press Times Review Weekly Daily Tribune Herald".split()
)
_WELL_KNOWN: Final = (
    "Google;Microsoft;Apple;Amazon;Facebook;IBM;Intel;Samsung;Sony;Siemens;Bosch;BMW;Volkswagen;Toyota;Honda;Nestlé;Unilever;Shell;BP;Walmart;"
    "Target;Tesco;IKEA;Nike;Adidas;Boeing;Airbus;NASA;UNESCO;UNICEF;WHO;NATO;FBI;CIA;BBC;CNN;Reuters;The New York Times;The Guardian;Le Monde;"
    "Harvard University;MIT;Stanford;Red Cross;Greenpeace;Goldman Sachs;Deutsche Bank;HSBC;Barclays;PayPal;Netflix;Uber;Twitter;LinkedIn;Stack "
    "Overflow;Wikipedia;Mozilla;General Electric;Ford;Pfizer;Novartis;Roche;Philips;Nokia;Ericsson;Volvo;SAP;Lufthansa;Ryanair;Air France;UN;"
    "U.N.;EU;European Commission;World Bank;Supreme Court;Congress;Rolling Stone;Vogue;Forbes;Time Magazine;Financial Times;Der Spiegel;"
    "ThyssenKrupp;Accenture;Deloitte;KPMG;PwC;McKinsey;Oracle;Cisco;Dell;HP;Xerox;Adobe;eBay;Yahoo;Verizon;AT&T;Vodafone;Telefónica;Orange".split(
        ";"
    )
)
_STREETS: Final = (
    "Street Road Avenue Lane Drive Court Place Square Straße straat gatan utca Way Hill Close vej vägen".split()
)
_STREETS_BEFORE: Final = "Rue Avenue Via Calle Rua Avenida ul. Piazza Boulevard Rue de".split()
_TOWNS: Final = "ville ton bury ford ham stad sted by dorf berg burg hausen kirchen heim bach au vik ö torp lund holm wijk beek dam veen ac ec ic ov any falva vár háza nes fjord dal järvi la niemi".split()
_TWO_WORDS: Final = "San Santa St. Saint New Mount Fort Port Lake Bad Villa Castel La Los El Le Velké Nová Dolní Alto Mill East West".split()
_ENDINGS: Final = {
    "noun": ["", "", "s", "s", "tion", "ment", "ness", "er", "ing", "men", "ity", "age", "ance"],
    "adj": ["", "al", "ive", "ous", "ed", "ing", "able", "ic", "y", "ful", "less"],
    "verb": ["", "", "ate", "ize", "e", "ify"], "did": ["ed"],
    "opening": ["ly", "ing", "s"], "skill": ["", "JS", "SQL", "metry", "logy", "Lab"],
}  # fmt: skip


class Writer:
    """Writes texts by chance from the same seed alike."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - invents names, keeps no secret
        self.given = _lines(_read("words/given.txt"), " ")
        self.surnames = _lines(_read("words/surnames.txt"), " ")
        self.places = [_capital(each) for line in _lines(_read("words/places.txt"), ";") for each in line]
        self.groups = [_capital(each) for line in _lines(_read("words/groups.txt"), " ") for each in line]
        fillers = [each.partition(": ") for each in _read("training/fillers.txt").splitlines()]
        self.fillers = {name: words.split() for name, _, words in fillers}
        self.fillers["job"] = _jobs()
        self.sentences = [
            each.replace("\\n", "\n")
            for each in _read("training/sentences.txt").splitlines()
            if each and not each.startswith("# ")
        ]

    @cached_property
    def _invented(self) -> dict[str, _Chain]:
        return {
            "given": _Chain([each for line in self.given for each in line]),
            "surname": _Chain([each for line in self.surnames for each in line]),
            "common": _Chain(
                [each.lower() for kind in ("noun", "adj", "verb") for each in self.fillers[kind] if len(each) > 3]
            ),
            "place": _Chain([each.lower() for each in self.places if " " not in each]),
        }

    def text(self) -> Marked:
        """One to four sentences, sometimes in one case throughout."""
        chance = self._random
        parts = [self._sentence() for _ in range(chance.choices((1, 2, 3, 4), (6, 3, 2, 1))[0])]
        whole, marks = "", []
        for part, found in parts:
            whole += chance.choice((" ", " ", " ", "\n", "\n\n")) if whole else ""
            marks += [(start + len(whole), end + len(whole), label) for start, end, label in found]
            whole += part
        style = chance.random()
        changed = whole.lower() if style < 0.17 else whole.upper() if style < 0.2 else whole
        if chance.random() < 0.1 and changed.endswith((".", "?")):
            changed = changed[:-1]
        return (changed if len(changed) in (len(whole), len(whole) - 1) else whole), marks

    def _sentence(self) -> Marked:
        sentence = self._random.choice(self.sentences)
        whole, marks, at = "", [], 0
        last: dict[str, str] = {}
        for slot in _SLOT.finditer(sentence):
            whole += sentence[at : slot.start()]
            at = slot.end()
            value, label = self._filled(slot[1])
            if slot[1] == "given" and "person" in last and self._random.random() < 0.3:
                value = last["person"].split(" ")[0]
            last[slot[1]] = value
            if label:
                marks.append((len(whole), len(whole) + len(value), label))
            whole += value
        return whole + sentence[at:], marks

    def _filled(self, slot: str) -> tuple[str, int]:
        names: dict[str, tuple[Callable[[], str], int]] = {
            "person": (self.person, _PERSON), "given": (self._given, _PERSON), "surname": (self._surname, _PERSON),
            "place": (self.place, _PLACE), "city": (self.place, _PLACE), "country": (self.place, _PLACE),
            "org": (self.organisation, _ORGANISATION), "group": (self.group, _GROUP),
        }  # fmt: skip
        if slot in names:
            write, label = names[slot]
            value = write()
            return (value.lower() if self._random.random() < 0.04 else value), label
        return self._filler(slot), 0

    def _filler(self, slot: str) -> str:
        chance = self._random
        made: dict[str, Callable[[], str]] = {
            "number": lambda: "".join(chance.choices("0123456789", k=chance.randint(1, 6))),
            "year": lambda: str(chance.randint(1930, 2024)),
            "date": lambda: chance.choice((f"{chance.randint(1, 28)}/{chance.randint(1, 12)}/19{chance.randint(40, 99)}", f"{chance.randint(1, 28)} {chance.choice(_MONTHS)}")),
            "month": lambda: chance.choice(_MONTHS), "day": lambda: chance.choice(_DAYS), "title": lambda: chance.choice(_TITLES),
            "mail": lambda: f"{self._given().lower()}@{chance.choice(_STARTS).lower()}.com",
            "url": lambda: f"https://www.{chance.choice(_STARTS)}{chance.choice(_ENDS)}.com/",
            "street": self._street, "quote": lambda: " ".join(chance.choice(self.fillers[each]) for each in ("verb", "adj", "noun")).capitalize(),
            "the": lambda: "The",
        }  # fmt: skip
        word = made[slot.lower()]() if slot.lower() in made else self._word(slot.lower())
        if slot[0].isupper() or (slot == "job" and chance.random() < 0.4):
            word = word[0].upper() + word[1:]
        return word

    def _word(self, slot: str) -> str:
        """A word for the slot, or one that only looks like it: what nobody has heard of is seldom a name."""
        if slot in _ENDINGS and self._random.random() < 0.35:
            word = self._invented["common"].word(self._random) + self._random.choice(_ENDINGS[slot])
            return f"{self._word('adj')} {word}" if slot == "noun" and self._random.random() < 0.2 else word
        return self._random.choice(self.fillers[slot])

    def _street(self) -> str:
        number = f"{self._random.randint(1, 999)}"
        if self._random.random() < 0.4:
            return f"{self._random.choice(_STREETS_BEFORE)} {self._surname()} {number}"
        return f"{number} {self._surname()} {self._random.choice(_STREETS)}"

    def _name(self, lines: Sequence[Sequence[str]], kind: str, line: int | None = None) -> str:
        if self._random.random() < 0.45:
            return _capital(self._invented[kind].word(self._random))
        return _capital(self._random.choice(self._random.choice(lines) if line is None else lines[line]))

    def _given(self) -> str:
        return self._name(self.given, "given")

    def _surname(self) -> str:
        return self._name(self.surnames, "surname")

    def person(self) -> str:
        """A name of a person as people write them."""
        chance = self._random
        given, surname = self._given(), self._surname()
        form = chance.random()
        if form < 0.14:
            return given
        if form < 0.28:
            return f"{given} {chance.choice('ABCDEFGHIJKLMNOPRSTVWZ')}{chance.choice(('.', '.', ''))} {surname}"
        if form < 0.33:
            return f"{given} {surname}{chance.choice('- ')}{self._surname()}"
        if form < 0.36:
            return f"{given} {chance.choice(('van', 'van der', 'de', 'von', 'da', 'al', 'bin', 'di'))} {surname}"
        if form < 0.39:
            return f"{given} {chance.choice(('O’', 'Mc', 'Mac', 'O' + chr(39)))}{surname}"
        if form < 0.42:
            return f"{given}{chance.choice('- ')}{self._given()} {surname}"
        return f"{given} {surname}"

    def place(self) -> str:
        """A place there is, or one there might be."""
        chance = self._random
        form = chance.random()
        if form < 0.55:
            name = chance.choice(self.places)
        elif form < 0.75:
            name = _capital(self._invented["place"].word(chance))
        elif form < 0.92:
            name = _capital(self._invented["surname"].word(chance)[:6] + chance.choice(_TOWNS))
        else:
            name = f"{chance.choice(_TWO_WORDS)} {_capital(self._invented['place'].word(chance))}"
        return name.upper() if chance.random() < 0.15 else name

    def group(self) -> str:
        """People of a country, a belief or a party, or of a place nobody knows."""
        if self._random.random() < 0.8:
            return self._random.choice(self.groups)
        stem = self._invented["place"].word(self._random).rstrip("aeiou")
        name = stem + self._random.choice(("ian", "ian", "ean", "ese", "i", "an", "ish"))
        return name if self._random.random() < 0.3 else _capital(name)

    def organisation(self) -> str:
        """A name a company, a school or an authority could have."""
        chance = self._random
        one, two = self._surname(), self._surname()
        compound = chance.choice(_STARTS) + chance.choice(_ENDS)
        words = " ".join(chance.sample(_WORDS, chance.randint(2, 3)))
        made = [
            f"{one}{chance.choice((' ', ', ', ' '))}{chance.choice(_FORMS)}", f"{one}-{two}", f"{one}, {two} and {self._surname()}", f"{one} & {two}",
            f"{one} {chance.choice(('& Sons', 'Brothers', '& Co', 'Group', 'Investments', 'Partners', 'Bank', 'Foundation'))}",
            compound, compound, compound, f"{compound} {chance.choice(_FORMS)}", words, words, f"{words} {chance.choice(_FORMS)}",
            f"University of {self.place()}", f"{self.place()} University", f"Bank of {self.place()}", f"{self.place()} {chance.choice(_WORDS)}",
            "".join(chance.choices("ABCDEFGHIKLMNOPRSTUVW", k=chance.randint(2, 4))), chance.choice(_WELL_KNOWN), chance.choice(_WELL_KNOWN),
            _capital(self._invented["place"].word(chance)), f"{chance.choice(_WORDS)} {_capital(self._invented['surname'].word(chance))}", chance.choice(_STARTS),
        ]  # fmt: skip
        return chance.choice(made)


class _Chain:
    """Words like those it read: each letter follows the three before it as letters did there."""

    def __init__(self, words: Sequence[str]) -> None:
        self._next: dict[str, list[str]] = defaultdict(list)
        for word in words:
            said = f"^^^{word}$"
            for at in range(3, len(said)):
                self._next[said[at - 3 : at]].append(said[at])

    def word(self, chance: random.Random) -> str:
        while True:
            said = "^^^"
            while said[-1] != "$" and len(said) < 16:
                said += chance.choice(self._next[said[-3:]])
            if said[-1] == "$" and len(said) > 6:
                return said[3:-1]


def _read(path: str) -> str:
    return (resources.files(_PACKAGE) / path).read_text(encoding="utf-8")


def _lines(text: str, between: str) -> list[list[str]]:
    return [each.split(between) for each in text.splitlines() if each]


def _capital(name: str) -> str:
    small = {"of", "the", "au", "es", "de", "del"}
    return " ".join(
        word
        if word in small and at
        else word.upper()
        if word in ("usa", "uk", "dc")
        else "-".join(each[:1].upper() + each[1:] for each in word.split("-"))
        for at, word in enumerate(name.split(" "))
    )


def _jobs() -> list[str]:
    return (
        "engineer;software engineer;nurse;teacher;accountant;consultant;sales manager;product designer;data scientist;lawyer;doctor;bus driver;pilot;chef;"
        "electrician;plumber;carpenter;mechanic;librarian;journalist;project manager;marketing director;chief executive officer;receptionist;cashier;physician;"
        "surgeon;pharmacist;farmer;soldier;police officer;social worker;research assistant;network administrator;payroll clerk;tax inspector;machine operator;"
        "leasing agent;dental hygienist;museum curator;human resources manager;web developer;business analyst;quality controller;truck driver;film director"
    ).split(";")
