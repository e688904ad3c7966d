"""Drafts by grammar: phrases of the language around the member's facts, chosen by their voice and a seed.

Needs no model. Says nothing that is no fact: a phrase whose facts are missing is not said, and a text that would need
more is shorter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from assent.features.writing.asking import Ask, Kind, Length, OwnRecord
from assent.features.writing.facts import Education, Facts, Position
from assent.features.writing.jobs import job_title, skills_named
from assent.features.writing.phrases import phrases
from assent.features.writing.quoting import quotable
from assent.features.writing.voice import Voice
from assent.features.writing.wording import length_of, numbers_in

_SKILLS: Final = {Length.SHORT: 2, Length.MEDIUM: 3, Length.LONG: 5}
_SLOT: Final = re.compile(r"\{(\w+)\}")
_VOWEL: Final = re.compile(r"[aeiouAEIOU]|hour|honest|heir|[FHLMNRSX](?=[A-Z])")
_CONSONANT: Final = re.compile(r"[Uu]ni|[Uu]s[ae]|[Ee]u|one\b|U[A-Z]|uX")
_NAMED_LIKE: Final = re.compile(
    r"^\w*[A-Z]\w*[A-Z]|^[A-Z]\b|^(?:Python|Java|Postgr|Excel|Linux|English|German|French|Spanish)"
)

Slots = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Material:
    """All that the composer may use."""

    ask: Ask
    facts: Facts
    voice: Voice
    posts: Sequence[OwnRecord]
    name: str | None
    year: int


class Composer:
    """Writes one text; the same for the same seed."""

    def __init__(self, material: Material, seed: int) -> None:
        self._of = material
        self._ask = material.ask
        self._facts = material.facts
        whose = material.name, *(each.employer for each in material.facts.positions[:1])
        self._random = Random(f"{seed}|{material.ask.kind}|{whose}")  # noqa: S311 - chooses phrases
        self._phrases = phrases(material.ask.language)
        self._begun: set[str] = set()

    def write(self) -> str:
        """The text; empty where nothing is known that it could say."""
        writing: dict[Kind, Callable[[], str]] = {
            Kind.HEADLINE: self._headline,
            Kind.ABOUT: self._about,
            Kind.POST: self._post,
            Kind.COMMENT: self._comment,
            Kind.MESSAGE_TO_HIRER: self._to_hirer,
            Kind.MESSAGE_TO_CANDIDATE: self._to_candidate,
        }
        return writing[self._ask.kind]()

    def _headline(self) -> str:
        current = self._facts.current
        said = self._say("headline", self._position(current)) if current else None
        parts = [said] if said else []
        skills = self._some_skills(_SKILLS[self._ask.length])
        if skills:
            parts.append(", ".join((_opened(skills[0]), *skills[1:])))
        return " | ".join(self._fitting(parts, counted=" "))

    def _about(self) -> str:
        current = self._facts.current
        skills = self._some_skills(_SKILLS[self._ask.length])
        said: list[str | None] = []
        if current:
            said += [self._say("position", self._position(current)), self._since(current)]
        said.append(self._say("skills", {"skills": self._joined(skills)}) if skills else None)
        learned = {each.subject.casefold(): each for each in reversed(self._facts.education)}
        said += [self._learned(each) for each in list(learned.values())[::-1][:2]]
        past = [each for each in self._facts.positions if each.until is not None][:2]
        said += [self._say("past", self._position(each)) for each in past]
        if current and current.people:
            said.insert(2, self._say("people", {"people": _in_digits(current.people)}))
        if self._facts.languages:
            said.append(self._say("languages", {"languages": self._joined([x.text for x in self._facts.languages])}))
        quoted = quotable(self._of.posts, self._ask, self._random) if self._ask.length is Length.LONG else None
        said.append(self._say("quote", {"quote": quoted}) if quoted else None)
        kept = self._fitting([each for each in said if each])
        if not kept:
            return ""
        other = [each for each in self._some_skills(len(self._facts.skills)) if each not in skills]
        close = self._say("about.close", {"skill": other[0]}) if other else self._say("about.plain", {})
        room = self._ask.words[1] - length_of(" ".join(kept))
        return " ".join([*kept, *([close] if close and room >= length_of(close) else [])])

    def _post(self) -> str:
        quoted = quotable(self._of.posts, self._ask, self._random)
        skills = self._some_skills(1)
        topic = self._ask.topic.strip() or ("" if quoted else skills[0] if skills else "")
        current = self._facts.current
        body: list[str | None] = []
        if quoted:
            body += [self._say("quote", {"quote": quoted}), self._say("quote.ask", {})]
        elif topic:
            body += [self._say("topic.open", {"topic": topic}), self._say("post.ask", {})]
        if not body:
            return ""
        about = [self._say("post.self", self._position(current)) if current else None]
        if self._ask.length is not Length.SHORT:
            about.append(self._say("post.skill", {"skill": skills[0]}) if skills and skills[0] != topic else None)
            about.append(self._say("post.close", {}))
        text = " ".join(self._fitting([each for each in (*body, *about) if each]))
        return f"{text} {self._of.voice.emoji}" if self._of.voice.likes_emoji and self._of.voice.emoji else text

    def _comment(self) -> str:
        current = self._facts.current
        shared = skills_named(self._ask.answers_to, self._facts.skills)
        thanks = self._say("comment.thanks", self._named_slot())
        if thanks and self._of.voice.exclaims:
            thanks = thanks[:-1] + "!"
        said = [thanks, self._say("comment.self", self._position(current)) if current else None]
        if shared:
            said.append(self._say("comment.skill", {"skill": self._in_sentence(shared[0])}))
        said.append(self._say("comment.ask", {}))
        return " ".join(self._fitting([each for each in said if each]))

    def _to_hirer(self) -> str:
        current = self._facts.current
        body = [self._opening("hirer.open")]
        if current:
            body += [self._say("hirer.self", self._position(current)), self._since(current)]
        shared = [self._in_sentence(each) for each in skills_named(self._job_text(), self._facts.skills)[:4]]
        skills = self._some_skills(_SKILLS[self._ask.length])
        if shared:
            body.append(self._say("hirer.overlap", {"overlap": self._joined(shared)}))
        elif skills:
            body.append(self._say("hirer.skills", {"skills": self._joined(skills)}))
        body += [self._learned(each) for each in self._facts.education[:1]]
        return self._letter(body, [self._say("hirer.ask", {})])

    def _to_candidate(self) -> str:
        current = self._facts.current
        body = [self._opening("candidate.open")]
        body.append(self._say("candidate.self", self._position(current)) if current else None)
        return self._letter(body, [self._say("candidate.ask", {}), self._say("candidate.free", {})])

    def _letter(self, body: Sequence[str | None], end: Sequence[str | None]) -> str:
        greeting = self._say("greet", {"name": self._ask.addressee}) if self._ask.addressee else None
        greeting = greeting or self._phrases["greet.nobody"][0]
        ending = [each for each in end if each]
        close = self._random.choice(self._phrases["close"])
        last = f"{close}\n{self._of.name}" if self._of.name else close
        most = self._ask.words[1] - length_of(f"{greeting} {' '.join(ending)} {last}")
        kept = self._fitting([each for each in body if each], most=most)
        if self._ask.language == "de" and kept and not re.match(r"(?:Ihre?n?|Sie)\b", kept[0]):
            # After a comma German goes on with a small letter.
            kept[0] = kept[0][0].lower() + kept[0][1:]
        return f"{greeting}\n\n{' '.join(kept)}\n\n{' '.join(ending)}\n\n{last}"

    def _opening(self, key: str) -> str | None:
        job = self._ask.job
        slots = {"at_job_employer": ""}
        if job and job.employer:
            slots["at_job_employer"] = " " + self._phrases["at_employer"][0].format(employer=job.employer)
        title = job_title(job) if job else None
        if title:
            return self._say(key, slots | {"job_title": self._in_sentence(title)})
        return self._say(f"{key}.untitled", slots)

    def _job_text(self) -> str:
        return self._ask.job.text if self._ask.job else self._ask.answers_to

    def _since(self, position: Position) -> str | None:
        if position.since is None:
            return None
        slots = {"since": str(position.since)}
        years = self._of.year - position.since - 1
        return self._say("since", slots | ({"years": str(years)} if years > 1 else {}))

    def _learned(self, education: Education) -> str | None:
        key = education.kind
        return self._say(key, {"subject": education.subject, "institution": education.institution})

    def _position(self, position: Position) -> Slots:
        title = self._in_sentence(position.title)
        slots = {
            "title": title, "Title": _opened(title), "a_title": _with_article(title), "employer": position.employer,
            "in_place": "", "comma_place": "",
        }  # fmt: skip
        if position.place:
            slots["in_place"] = " " + self._phrases["in_place"][0].format(place=position.place)
            slots["comma_place"] = f", {position.place}"
        years = {"since": position.since, "until": position.until}
        return slots | {name: str(year) for name, year in years.items() if year is not None}

    def _named_slot(self) -> Slots:
        return {"comma_name": f", {self._ask.addressee}" if self._ask.addressee else ""}

    def _some_skills(self, count: int) -> list[str]:
        named = [self._in_sentence(each.text) for each in self._facts.skills]
        return self._random.sample(named, min(count, len(named)))

    def _in_sentence(self, name: str) -> str:
        if self._ask.language == "de":
            return _opened(name)
        if _NAMED_LIKE.match(name):
            return name
        return name[:1].lower() + name[1:]

    def _joined(self, items: Sequence[str]) -> str:
        last = f" {self._phrases['and'][0]} "
        return last.join((", ".join(items[:-1]), items[-1])) if len(items) > 1 else items[0]

    def _say(self, key: str, slots: Slots) -> str | None:
        """One of the phrases whose slots are all known, rather one that begins like none before it."""
        informal = self._phrases.get(f"{key}.informal", ()) if self._is_informal else ()
        known = [
            each for each in informal or self._phrases.get(key, ()) if _slots(each) <= slots.keys() | {"Topic", "Skill"}
        ]
        if not known:
            return None
        fresh = [each for each in known if _begins(each) not in self._begun] or known
        chosen = self._random.choice(fresh)
        self._begun.add(_begins(chosen))
        opened = {name.capitalize(): _opened(text) for name, text in slots.items() if name in {"topic", "skill"}}
        return _SLOT.sub(lambda found: {**slots, **opened}[found[1]], chosen)

    @property
    def _is_informal(self) -> bool:
        if self._ask.kind.is_message:
            return False
        # Among colleagues a network says du; who is formal in their posts stays so.
        return self._of.voice.informal is not False

    def _fitting(self, sentences: Sequence[str], *, most: int | None = None, counted: str = " ") -> list[str]:
        """As many of them, from the first on, as the length allows; at least one."""
        limit = self._ask.words[1] if most is None else most
        kept: list[str] = []
        for sentence in sentences:
            if kept and length_of(counted.join((*kept, sentence))) > limit:
                continue
            kept.append(sentence)
        return kept


def _in_digits(number: str) -> str:
    """A number as every language writes it."""
    found = next(numbers_in(f"{number} people"), None)
    return f"{found.value:g}" if found else number


def _slots(phrase: str) -> set[str]:
    return set(_SLOT.findall(phrase))


def _begins(phrase: str) -> str:
    return " ".join(phrase.split()[:2])


def _opened(text: str) -> str:
    return text[:1].upper() + text[1:]


def _with_article(title: str) -> str:
    an = _VOWEL.match(title) and not _CONSONANT.match(title)
    return f"{'an' if an else 'a'} {title}"
