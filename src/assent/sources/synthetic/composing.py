# ruff: noqa: PLR2004 - the numbers are shares of a draw
"""How a text of each kind is put together from templates: which parts, how many, in what mood."""

from __future__ import annotations

from collections.abc import Callable

from assent.sources.synthetic.dice import Dice, Weighted
from assent.sources.synthetic.drafts import Draft
from assent.sources.synthetic.vocabulary import TEMPLATES
from assent.sources.synthetic.words.reading import Template

Sections = dict[str, tuple[Template, ...]]

_MOODS = Weighted(
    ("win", "lesson", "question", "thanks", "job", "hiring", "event", "rant", "short"),
    (17, 19, 13, 9, 11, 6, 7, 8, 12),
)
_BODIES = Weighted((0, 1, 2, 3, 4), (8, 28, 34, 22, 8))
_GAPS = Weighted((" ", "\n\n", "\n"), (5, 4, 2))


def write_text(category: str, draft: Draft, dice: Dice, language: str) -> None:
    """The draft holds a text of that category, in the language where it has templates for it."""
    if language != "en" and _abroad(category, draft, dice, TEMPLATES[language]):
        return
    compose = _LONGER.get(category)
    if compose:
        compose(draft, dice, TEMPLATES["en"])
        return
    draft.write(dice.pick(TEMPLATES["en"][category]))


def _abroad(category: str, draft: Draft, dice: Dice, sections: Sections) -> bool:
    if category == "post":
        _parts(draft, dice, sections, opening="post.open", body="post.body", close="post.close")
    elif category in sections:
        draft.write(dice.pick(sections[category]))
    else:
        return False
    return True


def _post(draft: Draft, dice: Dice, sections: Sections) -> None:
    mood = dice.weighted(_MOODS)
    if mood == "short":
        draft.write(dice.pick(sections["short"]))
        return
    _parts(draft, dice, sections, opening=f"{mood}.open", body=f"{mood}.body", close="close")
    if dice.chance(0.2):
        draft.add("\n\n")
        draft.write(dice.pick(sections["tags"]))


def _parts(draft: Draft, dice: Dice, sections: Sections, *, opening: str, body: str, close: str) -> None:
    gap = dice.weighted(_GAPS)
    draft.write(dice.pick(sections[opening]))
    for template in _some(sections[body], dice.weighted(_BODIES), dice):
        draft.add(gap)
        draft.write(template)
    if dice.chance(0.4):
        draft.add(gap)
        draft.write(dice.pick(sections[close]))


def _article(draft: Draft, dice: Dice, sections: Sections) -> None:
    draft.write(dice.pick(sections["article.title"]))
    draft.add("\n\n")
    draft.write(dice.pick(sections["article.opening"]))
    for template in _some(sections["article.paragraph"], dice.between(1, 5), dice):
        draft.add("\n\n")
        draft.write(template)
    draft.add("\n\n")
    draft.write(dice.pick(sections["article.ending"]))


def _comment(draft: Draft, dice: Dice, sections: Sections) -> None:
    draft.write(dice.pick(sections["comment"]))
    drawn = dice.unit()
    if drawn < 0.25:
        _more(draft, dice, sections[dice.pick(("lesson.body", "win.body", "rant.body"))])
    elif drawn < 0.6:
        _more(draft, dice, sections["tail"])


def _group_message(draft: Draft, dice: Dice, sections: Sections) -> None:
    draft.write(dice.pick(sections["group.message"]))
    if dice.chance(0.5):
        _more(draft, dice, sections[dice.pick(("question.body", "tail"))])


def _endorsement(draft: Draft, dice: Dice, sections: Sections) -> None:
    draft.write(dice.pick(sections["endorsement"]))
    if dice.chance(0.5):
        _more(draft, dice, sections["endorsement.tail"])


def _more(draft: Draft, dice: Dice, templates: tuple[Template, ...]) -> None:
    draft.add(" ")
    draft.write(dice.pick(templates))


def _message(draft: Draft, dice: Dice, sections: Sections) -> None:
    draft.write(dice.pick(sections["message.private"]))
    if dice.chance(0.3):
        draft.add("\n")
        draft.write(dice.pick(sections["rant.body"]))


def _some(templates: tuple[Template, ...], count: int, dice: Dice) -> list[Template]:
    """Up to that many different templates, in drawn order."""
    chosen: list[Template] = []
    for _ in range(count):
        template = dice.pick(templates)
        if template not in chosen:
            chosen.append(template)
    return chosen


_LONGER: dict[str, Callable[[Draft, Dice, Sections], None]] = {
    "post": _post,
    "article": _article,
    "comment": _comment,
    "group.message": _group_message,
    "endorsement": _endorsement,
    "message.private": _message,
}
