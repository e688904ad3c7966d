"""Jobs that members offer, and what members declare about themselves for audits of fairness."""

from __future__ import annotations

from typing import Final

from assent.sources.synthetic.dice import Dice, Weighted
from assent.sources.synthetic.layout import Rows
from assent.sources.synthetic.people import Directory, Person
from assent.sources.synthetic.plan import DAY, EVENTS_END, RECORDS_END, Plan
from assent.sources.synthetic.vocabulary import ENGLISH_TRADES, TRADE_NAMES, vocabulary

DECLARES: Final = 0.6
_OPENED_DAYS: Final = 60
_OPENINGS: Final = (
    "{firm} is looking for a {title}.",
    "We are hiring: {title}, {place}.",
    "{firm} needs a {title} to join a team of {size}.",
    "{title} wanted at {firm}.",
)
_WORK: Final = (
    "You will spend your days {task}.",
    "The work: {task}.",
    "Most of it is {task}, and some of it is {task2}.",
)
_ASKS: Final = (
    "You bring {skill}, {skill2} and {skill3}.",
    "We ask for {skill} and {skill2}; {skill3} is a plus.",
    "Skills: {skill}, {skill2}, {skill3}.",
)
_STUDY: Final = ("A background in {study} helps.", "{study} or the same learned at work.", "No degree asked.")
_CLOSINGS: Final = ("Start: at once.", "Part time is fine.", "{place}, or from home two days a week.", "Permanent.")
_GENDERS: Final = Weighted(("woman", "man", "non-binary"), (48, 50, 2))
_AGES: Final = Weighted(("under 30", "30 to 44", "45 to 59", "60 or over"), (26, 40, 27, 7))


def write_offers(plan: Plan, directory: Directory, rows: Rows) -> None:
    """`plan.jobs` postings by members, and the declarations of those who made one, are in the rows.

    Rows of the network itself are as without: their numbers go on after the last record.
    """
    if not (plan.jobs and plan.members):
        return
    dice = Dice(plan.seed, "offers")
    for number in range(plan.jobs):
        hirer = directory.person(dice.between(0, plan.members - 1))
        made = RECORDS_END - dice.between(0, _OPENED_DAYS) * DAY
        rows.add("records", _row(f"j{number:06d}", "job.posting", hirer.id, made, "public", _posting(hirer, dice)))
    for ordinal in range(plan.members):
        if dice.chance(DECLARES):
            _declare(directory.person(ordinal), dice, rows)


def _declare(person: Person, dice: Dice, rows: Rows) -> None:
    said = {"gender": dice.weighted(_GENDERS), "age": dice.weighted(_AGES)}
    for attribute, value in said.items():
        ident = f"d{person.ordinal:06d}-{attribute}"
        text = f"{attribute}: {value}"
        rows.add("records", _row(ident, "declared.attribute", person.id, RECORDS_END, "private", text))
    chosen = EVENTS_END - dice.between(1, 20) * DAY
    row = ("setting.changed", chosen, person.id, "fairness_audit", "on", *(None,) * 6, "member")
    rows.add("events", row[:12])


def _posting(hirer: Person, dice: Dice) -> str:
    trade = dice.pick(TRADE_NAMES)
    words, skills = vocabulary("en", trade), list(ENGLISH_TRADES[trade]["skill"])
    chosen = [skills.pop(dice.between(0, len(skills) - 1)) for _ in range(min(3, len(skills)))]
    slots = {
        "firm": f"{hirer.firm_root} {dice.pick(words['firm'])}",
        "title": dice.pick(words["title"]),
        "place": hirer.city,
        "size": str(dice.between(3, 40)),
        "task": dice.pick(words["task"]),
        "task2": dice.pick(words["task"]),
        "study": dice.pick(words["study"]),
        "skill": chosen[0],
        "skill2": chosen[len(chosen) // 2],
        "skill3": chosen[-1],
    }
    said = [dice.pick(each) for each in (_OPENINGS, _WORK, _ASKS, _STUDY, _CLOSINGS)]
    title = slots["title"][:1].upper() + slots["title"][1:]
    return "\n".join([title, *(each.format_map(slots) for each in said)])


def _row(  # noqa: PLR0917 - the columns
    record: str, category: str, author: str, at: int, visibility: str, text: str
) -> tuple[object, ...]:
    return record, category, author, [], at, visibility, None, False, None, None, None, [], text
