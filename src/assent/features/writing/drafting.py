"""A draft from what a member may be helped with: screened, written, checked, marked.

records ─ screen ─ facts, voice ─ a generator, or the composer ─ mask ─ trace, mend ─ bounds of messages ─ draft

The same checks stand around every writer. A generator that fails, or of whose two proposals too little is left, writes
nothing: the composer does, and the draft says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from assent.curation.outputs import OutputFilter
from assent.errors import InputError, UnavailableError
from assent.features.writing import composer
from assent.features.writing.affirming import affirmed
from assent.features.writing.asking import Ask, Kind, OwnRecord
from assent.features.writing.facts import Facts, read_facts
from assent.features.writing.generators import LONGEST_ANSWER, Generator
from assent.features.writing.guard import Guard
from assent.features.writing.marking import Mark, mark_for
from assent.features.writing.mending import Dropped, mend
from assent.features.writing.prompting import make_prompt
from assent.features.writing.screening import gives_orders, own_name, private, readable, screen
from assent.features.writing.sentences import Stretch, split, without
from assent.features.writing.tracing import Evidence, TracedSentence
from assent.features.writing.voice import Voice, measure_voice
from assent.features.writing.wording import length_of

COMPOSER: Final = "composer"
ATTEMPTS: Final = 2
"""Proposals that a generator may make."""
_LEAST_LEFT: Final = 0.5
"""Share of a proposal's words that must be left after the checks."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that may be shown to its member, and all that was found out about it.

    Args:
        text: empty where nothing is known to write about; `missing` says what to add.
        sentences: of the text, each claim with the records that bear it out.
        dropped: what was left out of what was written, and why.
        to_confirm: what stands in the text as `[confirm: …]`.
        written_by: `composer`, or the generator's name.
        fell_back: why the composer wrote although a generator was asked; empty otherwise.
        missing: what the member could add so that more can be said.
        withheld: sentences of records that no draft may draw on, counted by reason.
    """

    kind: Kind
    language: str
    text: str
    sentences: tuple[TracedSentence, ...]
    dropped: tuple[Dropped, ...]
    to_confirm: tuple[str, ...]
    written_by: str
    fell_back: str
    missing: tuple[str, ...]
    withheld: tuple[tuple[str, int], ...]
    voice: Voice
    mark: Mark

    @property
    def records(self) -> tuple[str, ...]:
        """Every record that bears anything out, in the order in which it does."""
        traced = (each for sentence in self.sentences for each in sentence.claims)
        return tuple(dict.fromkeys(record for each in traced for record in each.records))

    @property
    def words(self) -> int:
        """How long it is."""
        return length_of(self.text)

    def to_dict(self) -> dict[str, Any]:
        """The draft in its JSON form. Format: docs/spec/writing.md."""
        return {
            "kind": self.kind.value,
            "language": self.language,
            "text": self.text,
            "text_with_mark": self.mark.kept_with(self.text),
            "words": self.words,
            "sentences": [_sentence(self.text, each) for each in self.sentences],
            "dropped": [{"text": each.text, "why": each.why} for each in self.dropped],
            "to_confirm": list(self.to_confirm),
            "written_by": self.written_by,
            "fell_back": self.fell_back or None,
            "missing": list(self.missing),
            "withheld": dict(self.withheld),
            "records": list(self.records),
            "voice": {
                name: getattr(self.voice, name)
                for name in (
                    "sentences", "words_per_sentence", "first_person", "exclaimed", "emoji_per_text", "emoji",
                    "greeting", "informal",
                )
            },
            "ai": self.mark.to_dict(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Checked:
    text: str
    dropped: tuple[Dropped, ...]
    to_confirm: tuple[str, ...]


def draft(
    ask: Ask,
    records: Sequence[OwnRecord],
    *,
    now: datetime,
    guard: Guard,
    generator: Generator | None = None,
    outputs: OutputFilter | None = None,
    seed: int = 0,
    to: str | None = None,
) -> Draft:
    """A draft in which every claim is borne out by one of the records, or marked to be confirmed.

    Args:
        records: permitted at this moment, masks applied; whatever else a member has is not known here.
        now: the moment durations are reckoned to.
        guard: the sender's bounds.
        generator: None writes by grammar from the facts.
        outputs: masks whoever is on the suppression list; None masks personal details alone.
        to: of a message, its recipient as the caller keeps them.

    Guarantee: the same arguments give the same draft, as far as the generator does.

    Raises:
        RefusedError: of a message: too many in a day, too alike to others', phishing, or a discriminating search.
    """
    guard.admit(ask, now=now)
    screened = screen((*ask.told_records(), *records))
    name = own_name(records)
    facts, voice = read_facts(affirmed(screened.profile), this_year=now.year), measure_voice(screened.activity)
    evidence = Evidence((*affirmed(screened.records), *([name] if name else [])), facts, ask, now)
    filtered = (outputs or OutputFilter(None)).sparing(*(name.text for name in [name] if name), ask.addressee or "")
    checked, written_by, fell_back = None, COMPOSER, ""
    if generator is not None:
        checked, fell_back = _proposed(generator, ask, (facts, voice), evidence, filtered, seed=seed)
        written_by = COMPOSER if checked is None else generator.name
    if checked is None:
        material = composer.Material(ask, facts, voice, screened.activity, name.text if name else None, now.year)
        checked = _check(composer.Composer(material, seed).write(), ask, evidence, filtered)
    if checked.text:
        guard.release(checked.text, ask, now=now, to=to)
    return Draft(
        ask.kind, ask.language, checked.text, evidence.trace(checked.text), checked.dropped, checked.to_confirm,
        written_by, fell_back, facts.missing, tuple(screened.withheld.items()), voice,
        mark_for(ask.language, written_by if written_by != COMPOSER else None),
    )  # fmt: skip


def _proposed(
    generator: Generator, ask: Ask, known: tuple[Facts, Voice], evidence: Evidence, outputs: OutputFilter, *, seed: int
) -> tuple[_Checked | None, str]:
    """What is left of a generator's proposal, or None and why."""
    why = ""
    for attempt in range(ATTEMPTS):
        try:
            text = generator.propose(make_prompt(ask, *known, seed=seed), seed=seed + attempt)
        except (UnavailableError, InputError) as error:
            return None, error.message
        if len(text) > LONGEST_ANSWER:
            why = "the generator wrote more than a draft can be"
            continue
        said = _within(readable(text), ask.words[1])
        checked = _check(said, ask, evidence, outputs)
        if length_of(checked.text) >= max(1.0, _LEAST_LEFT * length_of(said)):
            return checked, ""
        why = "too little of what the generator wrote is borne out by records"
    return None, why


def _within(text: str, most_words: int) -> str:
    """The sentences from the beginning that the length allows."""
    end = 0
    for place in split(text):
        if end and len(text[: place.end].split()) > most_words:
            break
        end = place.end
    return text[:end]


def _check(text: str, ask: Ask, evidence: Evidence, outputs: OutputFilter) -> _Checked:
    """The text masked, without what is private or meant for a model, every claim borne out or marked."""
    places = list(split(text))
    cleaned = outputs.clean(text)
    if cleaned != text:
        text, places = cleaned, list(split(cleaned))
    said = [text[each.start : each.end] for each in places]
    gone: list[Stretch] = []
    dropped: list[Dropped] = []
    for place, sentence, reason in zip(places, said, private(said), strict=True):
        if reason or gives_orders(sentence):
            gone.append(place)
            # Its words are what must not be shown.
            dropped.append(Dropped("", reason or "orders to a model"))
    mended = mend(without(text, gone), evidence, mark=ask.mark_untraced)
    return _Checked(mended.text, (*dropped, *mended.dropped), mended.to_confirm)


def _sentence(text: str, sentence: TracedSentence) -> dict[str, Any]:
    return {
        "text": text[sentence.place.start : sentence.place.end],
        "start": sentence.place.start,
        "end": sentence.place.end,
        "claims": [
            {
                "kind": each.claim.kind.value,
                "text": each.claim.text,
                "start": each.claim.start,
                "end": each.claim.end,
                "supported": each.supported,
                "records": list(each.records),
                "why": each.why or None,
            }
            for each in sentence.claims
        ],
    }
