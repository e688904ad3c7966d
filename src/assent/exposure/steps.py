"""What to switch off and which form to send, in the order that takes most away, each step's effect computed.

A step is tried by applying it and weighing everything again. First comes what cannot be undone later (training
whose past use stays in the models), then what takes away most; between equals a toggle before a form, since
nobody has to decide about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from assent.exposure.inventory import Inventory
from assent.exposure.judging import Judge, Person
from assent.exposure.report import Effect, Step
from assent.exposure.weighing import count, weigh
from assent.exposure.words import joined
from assent.policy.pack import Pack, Withdrawal
from assent.vocabulary.identifiers import PurposeName, RegionCode, SettingName

Exposed = Mapping[PurposeName, int]


@dataclass(frozen=True, slots=True)
class Possible:
    """Something the person can do, not done yet."""

    action: str
    what: str
    where: tuple[str, ...]
    apply: Callable[[Person], Person]
    setting: SettingName | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """The steps in order; what would change nothing after them; and the person who took them all."""

    steps: tuple[Step, ...]
    idle: tuple[Possible, ...]
    afterwards: Person
    remaining: Exposed


def advise(inventory: Inventory, judge: Judge, at: datetime, *, platform: str) -> Advice:
    """Steps until no further one changes anything."""
    left = list(possible_steps(judge.pack, judge.person, platform=platform))
    person, before = judge.person, exposed(inventory, judge, at)
    steps: list[Step] = []
    while left:
        tried = [(one, exposed(inventory, judge.of(one.apply(person)), at)) for one in left]
        best, after = max(tried, key=lambda each: _gain(judge.pack, before, each[1]))
        if _gain(judge.pack, before, after) == (0, 0):
            break
        steps.append(_step(judge, len(steps) + 1, best, before, after))
        person, before = best.apply(person), after
        left.remove(best)
    return Advice(tuple(steps), tuple(left), person, before)


def exposed(inventory: Inventory, judge: Judge, at: datetime) -> Exposed:
    """For each purpose, how many records are used or may be."""
    weighed = weigh(inventory, judge, at)
    return {name: count(weighed, [name]).exposed for name in judge.pack.purposes}


def possible_steps(pack: Pack, person: Person, *, platform: str) -> Iterator[Possible]:
    """Every toggle that is not off yet, then an objection to every use without one."""
    used = {purpose.setting for purpose in pack.purposes.values()}
    for name, setting in pack.settings.items():
        if name in used and person.settings.get(name, setting.defaults[person.region]) == "on":
            title = setting.title.replace("<platform>", platform)
            where = tuple(part.replace("<platform>", platform) for part in setting.menu)
            yield Possible("setting", title, where, _off(name), name)
    for purpose in pack.purposes.values():
        if purpose.setting is None and purpose.name not in person.objections:
            yield Possible("objection", purpose.title, purpose.objection_form, _objecting(purpose.name))


def has_right_to_object(pack: Pack, person: Person) -> bool:
    """Whether the law that the objection form rests on holds where the person is: the EU's, the EEA's or the UK's."""
    return person.region in pack.groups.get("EEA", frozenset()) | {RegionCode("GB")}


def _off(name: SettingName) -> Callable[[Person], Person]:
    return lambda person: person.switched_off(name)


def _objecting(name: PurposeName) -> Callable[[Person], Person]:
    return lambda person: person.objecting(name)


def _gain(pack: Pack, before: Exposed, after: Exposed) -> tuple[int, int]:
    """What a step takes away for good, and in all."""
    taken = {name: before[name] - after[name] for name in before}
    lasting = sum(
        records
        for name, records in taken.items()
        if pack.purposes[name].kind.trains and pack.purposes[name].withdrawal is Withdrawal.STOP
    )
    return lasting, sum(taken.values())


def _step(judge: Judge, number: int, chosen: Possible, before: Exposed, after: Exposed) -> Step:
    pack = judge.pack
    effects = tuple(
        Effect(name, pack.purposes[name].title, before[name], after[name])
        for name in before
        if before[name] != after[name]
    )
    implied = [
        setting.title for setting in pack.settings.values() if chosen.setting and chosen.setting in setting.off_with
    ]
    note = f"This also turns off {joined(f'“{title}”' for title in implied)}." if implied else ""
    if chosen.action == "objection":
        note = "Send it while you are logged in, and keep the confirmation." if chosen.where else ""
        if not has_right_to_object(pack, judge.person):
            note = f"{note} Whether it is heeded where you are is not said.".strip()
    return Step(number, chosen.action, chosen.what, chosen.where, effects, note)
