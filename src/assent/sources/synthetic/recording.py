# ruff: noqa: PLR2004 - the numbers are shares of a draw
"""The records of one chunk: who wrote what, about whom, when, and what was hidden in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assent.sources.synthetic import activity
from assent.sources.synthetic.composing import write_text
from assent.sources.synthetic.dice import Dice
from assent.sources.synthetic.drafts import Draft, Mention, Named, Planted
from assent.sources.synthetic.layout import Rows
from assent.sources.synthetic.mentioning import Mentioning, known_places
from assent.sources.synthetic.people import Directory, Person
from assent.sources.synthetic.plan import DAY, RECORDS_END, SECOND, Plan, record_id
from assent.sources.synthetic.planting import Canary, edited_copy, plant_personal_data
from assent.sources.synthetic.vocabulary import TEMPLATES
from assent.sources.synthetic.words.small_words import SENSITIVE_GROUPS

_REMEMBERED = 2_000
_LEAST_FOR_EVERY_KIND = 60


@dataclass(frozen=True, slots=True)
class Published:
    """A text that others can repost, answer or copy."""

    record: str
    author: Person
    text: str
    people: list[Named]
    planted: list[Planted]
    at: int | None
    copied: bool
    mentions: Sequence[Mention] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A record but for its text and the people in it."""

    record: str
    category: str
    author: Person
    at: int | None
    parent: str | None
    context: list[str] | None


class Chronicle:
    """Writes a chunk's records and their truth into its rows."""

    def __init__(self, plan: Plan, chunk: int, directory: Directory, places: Mapping[int, Canary], rows: Rows) -> None:
        self._plan = plan
        self._chunk = chunk
        self._directory = directory
        self._places = places
        self._rows = rows
        self._dice = Dice(plan.seed, "records", chunk)
        self._recent: list[Published] = []
        self._mentioning = Mentioning(plan, chunk, directory) if plan.mentions else None

    def write(self) -> None:
        """Every record of the chunk is in the rows."""
        if not self._plan.members:
            return
        tasks = self._tasks()
        for ordinal in self._plan.record_range(self._chunk):
            category, author = next(tasks)
            self._record(ordinal, category, author)

    def _tasks(self) -> Iterator[tuple[str, Person]]:
        count = len(self._plan.record_range(self._chunk))
        every = list(activity.ACTIVITIES) if count >= _LEAST_FOR_EVERY_KIND else []
        profile = list(self._profile_parts(int(count * activity.PROFILE_SHARE)))
        yield from profile
        for _ in range(count - len(profile) - len(every)):
            yield self._dice.weighted(activity.ACTIVITIES), self._active()
        for category in every:
            yield category, self._active()

    def _profile_parts(self, budget: int) -> Iterator[tuple[str, Person]]:
        """A name for everybody as far as the budget goes, then other parts, spread evenly; each kind once at least."""
        owners = self._plan.member_range(self._chunk)
        every = list(activity.PROFILE_PARTS)
        kept = len(every) if budget >= 2 * len(every) else 0
        named = owners[: min(budget - kept, len(owners))]
        for ordinal in named:
            yield "profile.name", self._directory.person(ordinal)
        left = budget - len(named) if owners else 0
        for number in range(left):
            category = every[number] if number < len(every) else self._dice.weighted(activity.PROFILE_PARTS)
            yield category, self._directory.person(owners[number * len(owners) // left])

    def _active(self) -> Person:
        # A few write a lot: the power leans the draw towards low numbers.
        return self._directory.person(int(self._plan.members * self._dice.unit() ** 1.7))

    def _record(self, ordinal: int, category: str, author: Person) -> None:
        record, dice = record_id(ordinal), self._dice
        canary = self._places.get(ordinal)
        source = dice.pick(self._recent) if self._recent else None
        if category == "repost" and source is None:
            category = "post"
        parent, at, copied = None, self._moment(author), False
        if category == "repost" and source is not None:
            draft, parent, at = self._repost(record, author, source)
        elif category == "post" and source is not None and dice.chance(0.08) and _plain(source):
            draft, author, at = self._copy(record, author, source)
            copied = True
        else:
            draft, category = self._compose(category, author, source)
        context = self._context(draft, category)
        if dice.chance(activity.PERSONAL_DATA_SHARES.get(category, 0)):
            plant_personal_data(draft, author, dice)
        if canary:
            draft.add(" ")
            draft.plant("canary", canary.template, canary.secret)
        if self._mentioning:
            self._mentioning.plant(draft, author)
        self._keep(Entry(record, category, author, at, parent, context), draft, canary)
        if category in {"post", "article", "repost"} and canary is None:
            self._remember(
                Published(record, author, draft.text, draft.people, draft.planted, at, copied, draft.mentions)
            )

    def _compose(self, category: str, author: Person, source: Published | None) -> tuple[Draft, str]:
        dice = self._dice
        other = source.author if source and category in {"comment", "poll.response"} and dice.chance(0.8) else None
        who = self._somebody(category, other)
        language = author.language if author.language != "en" and dice.chance(0.6) else "en"
        lower = category in {"post", "comment", "group.message", "message.private"} and dice.chance(0.06)
        draft = Draft(author, dice, language=language, who=who, lower=lower)
        if category in {"post", "comment"} and dice.chance(0.04):
            draft.add(dice.pick(("🙂 ", "🚀 ", "Update: ", "👉 ", "😅 ")))
        write_text(category, draft, dice, language)
        if category in {"post", "comment", "group.message"} and dice.chance(0.06):
            self._also(draft)
        if who and not who.spans and category not in activity.TWO_ENDED:
            draft.people.remove(who)
        return draft, category

    def _also(self, draft: Draft) -> None:
        dice = self._dice
        draft.add(dice.pick(("\ncc ", " Over to you, ", " More on this from ", "\nWith ", " @")))
        another = self._named("mentioned", self._active())
        draft.name(another)
        draft.people.append(another)

    def _somebody(self, category: str, other: Person | None) -> Named | None:
        role = activity.ROLES.get(category)
        return self._named(role, other or self._active()) if role else None

    def _named(self, role: str, person: Person) -> Named:
        stranger = self._dice.chance(0.06)
        return Named(role, None if stranger else person.id, person.name, person.given)

    def _repost(self, record: str, author: Person, source: Published) -> tuple[Draft, str | None, int | None]:
        dice = self._dice
        original = Named("original_author", source.author.id, source.author.name, source.author.given)
        draft = Draft(author, dice, who=original)
        if dice.chance(0.85):
            language = author.language if dice.chance(0.6) else "en"
            draft.write(dice.pick(TEMPLATES[language]["repost.remark"]))
            draft.add("\n\n")
        draft.graft(source.text, source.people, source.planted, source.mentions)
        linked = dice.chance(0.87)
        self._rows.add("truth/reposts", (record, source.record, source.author.id, linked))
        return draft, source.record if linked else None, self._after(source.at)

    def _copy(self, record: str, author: Person, source: Published) -> tuple[Draft, Person, int | None]:
        dice = self._dice
        writer = source.author if dice.chance(0.4) else author
        draft = Draft(writer, dice)
        draft.add(edited_copy(source.text, dice))
        self._rows.add("truth/near_duplicates", (record, source.record, writer.id == source.author.id))
        return draft, writer, self._after(source.at)

    def _context(self, draft: Draft, category: str) -> list[str] | None:
        if not category.startswith("group."):
            return ["sensitive", "health"] if category == "post" and self._dice.chance(0.002) else None
        if not self._dice.chance(0.22):
            return []
        kind, group = self._dice.pick(SENSITIVE_GROUPS)
        draft.add(" ")
        if category == "group.message":
            draft.write(self._dice.pick(TEMPLATES["en"]["group.sensitive"]))
            if draft.who and draft.who.spans and draft.who not in draft.people:
                draft.people.append(draft.who)
        else:
            draft.add(f"({group})")
        return ["sensitive", kind]

    def _moment(self, author: Person) -> int | None:
        unit = self._dice.unit()
        if unit < 0.006:
            return None
        span = RECORDS_END - author.joined_at
        # Most was written lately.
        return author.joined_at + int(span * (1 - self._dice.unit() ** 1.8)) // SECOND * SECOND

    def _after(self, at: int | None) -> int | None:
        if at is None:
            return None
        return min(RECORDS_END, at + int(self._dice.unit() ** 3 * 200 * DAY) // SECOND * SECOND)

    def _remember(self, published: Published) -> None:
        if len(self._recent) < _REMEMBERED:
            self._recent.append(published)
        else:
            self._recent[int(self._dice.unit() * _REMEMBERED)] = published

    def _keep(self, entry: Entry, draft: Draft, canary: Canary | None) -> None:
        dice = self._dice
        subjects = [self._subject(entry.record, named) for named in draft.people]
        self._note_planted(entry.record, draft.planted, canary)
        if self._mentioning:
            for place in known_places(draft, entry.author):
                self._rows.add("truth/known_people", (entry.record, *place))
        author = None if dice.chance(0.001) else entry.author.id
        flag, signal = dice.unit(), dice.unit()
        row = (
            entry.record, entry.category, author, subjects, entry.at,
            dice.weighted(activity.VISIBILITIES.get(entry.category, activity.OPEN)), entry.parent,
            True if flag < 0.007 else None if flag < 0.012 else False,
            dice.pick(activity.AIPREF) if signal < 0.01 else None,
            dice.pick(activity.TDM) if 0.008 < signal < 0.016 else None,
            dice.pick(activity.CAWG) if 0.015 < signal < 0.021 else None,
            entry.context, draft.text,
        )  # fmt: skip
        self._rows.add("records", row)
        if entry.at is not None and author is not None and dice.chance(0.003):
            self._exclude(entry.record, author, entry.at)

    def _note_planted(self, record: str, planted: list[Planted], canary: Canary | None) -> None:
        for p in planted:
            if p.kind != "canary":
                self._rows.add("truth/personal_data", (record, p.kind, p.value, p.start, p.end))
            elif canary:
                place = (canary.id, canary.secret, canary.repetitions, record, p.start, p.end)
                self._rows.add("truth/canaries", place)

    def _subject(self, record: str, named: Named) -> dict[str, Any]:
        hidden = bool(named.spans) and self._dice.chance(0.03)
        for start, end in named.spans:
            called = named.name if end - start == len(named.name) else named.given
            self._rows.add("truth/named_people", (record, named.role, named.member, called, start, end, not hidden))
        spans = None if hidden else [{"start": start, "end": end} for start, end in named.spans]
        return {"role": named.role, "member": named.member, "spans": spans}

    def _exclude(self, record: str, member: str, at: int) -> None:
        moment = self._after(at) or at
        event = ("record.excluded", moment, member, *(None,) * 7, record, "member")
        self._rows.add("events", event)
        if self._dice.chance(0.3):
            later = moment + self._dice.between(1, 30) * DAY
            self._rows.add("events", ("record.included", later, *event[2:]))


def _plain(source: Published) -> bool:
    # A copy is edited freely; one with names or planted values would need its places found again.
    # A copy of a copy would pile up edits.
    return not (source.people or source.planted or source.mentions or source.copied)
