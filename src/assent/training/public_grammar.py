# ruff: noqa: PLR2004 - the numbers are shares of a draw
"""Sentences of everyday English, put together word by word, so that a base knows more than set phrases.

What it says makes little sense, and that is its use: after a model has read it, no word makes the next one certain
but by grammar. Without it a base of a million parameters learns the templates by heart and knows nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from assent.sources.synthetic.dice import Dice, Weighted

PEOPLE: Final = """
manager colleague friend neighbour teacher student customer client engineer nurse doctor driver cook baker farmer owner
director worker team crew board committee family child parent visitor guest speaker writer reader editor lawyer judge
buyer seller partner supplier inspector planner trainer mentor leader beginner expert apprentice assistant secretary
accountant mechanic builder painter gardener pilot captain clerk officer
""".split()
THINGS: Final = """
report letter form table chart map plan list note book page screen phone computer keyboard printer camera machine tool
engine pump valve pipe wire lamp door window wall roof floor room kitchen office desk chair shelf box bag key lock car
truck train bus bike road bridge station ship boat field garden tree river hill house shop market school hospital
library factory warehouse workshop building site order invoice contract budget bill ticket product sample package
message call email meeting shift visit journey lesson course test exam question answer problem solution mistake error
rule law change step idea story word number date price cost result reason example project system process service
document file folder database server website app update version model design drawing picture sign label coat shoe
breakfast lunch dinner coffee tea bread cake apple fish glass cup plate bottle stone paper water heating stove
battery motor sensor cable switch button handle wheel bolt screw hammer saw ladder bench
""".split()
MATTERS: Final = """
work time money trust patience care safety health quality training experience practice knowledge advice help support
music history weather noise traffic luck progress growth change silence feedback teamwork research software electricity
light energy steel wood cotton information planning maintenance hard_work good_will paperwork sleep kindness humour
""".split()
ADJECTIVES: Final = """
new old good bad big small long short early late quick slow easy hard simple difficult clear strange quiet loud bright
dark warm cold dry wet clean dirty empty full open closed safe dangerous cheap expensive free busy tired happy sad angry
careful careless honest kind proud strong weak heavy light high low deep broken useful useless important certain
different similar common rare public private local foreign young modern famous ordinary special final first second last
next whole wrong right better worse best worst large tiny round flat sharp soft fresh real true serious funny better
""".split()
ADVERBS: Final = """
often always never sometimes usually rarely quickly slowly carefully quietly easily really simply finally still already
soon again together almost only even just mostly hardly gladly clearly suddenly later
""".split()
REGULAR: Final = """
open close check repair clean paint move carry push pull lift start stop finish plan order deliver pack unload count
measure test record print sign mark change replace improve remove test watch visit help thank call ask answer follow
need want like love use share join miss expect accept refuse explain describe discuss mention remember notice learn
train support protect manage organise prepare design develop update install connect cover fill turn touch wash cook
""".split()
IRREGULAR: Final = """
write writes wrote writing/read reads read reading/see sees saw seeing/find finds found finding/make makes made making
/take takes took taking/give gives gave giving/bring brings brought bringing/buy buys bought buying/sell sells sold
selling/build builds built building/keep keeps kept keeping/leave leaves left leaving/lose loses lost losing/meet meets
met meeting/send sends sent sending/show shows showed showing/teach teaches taught teaching/understand understands
understood understanding/hold holds held holding/choose chooses chose choosing/break breaks broke breaking/get gets got
getting/know knows knew knowing/pay pays paid paying/run runs ran running/set sets set setting
"""
SAYING: Final = "think say know believe hope see find feel mean guess understand".split()
SAID: Final = "thought said knew believed hoped saw found felt meant heard understood".split()
PLACES: Final = "in on at under behind near above beside inside outside".split()
LINKS: Final = "with without for about after before during from through against between".split()
JOINTS: Final = "and but because although when while if so until since before after".split()
WHENS: Final = """
today|yesterday|this year|last year|last week|next month|every day|every morning|in the evening|at night|at the weekend
|on Monday|on Tuesday|on Wednesday|on Thursday|on Friday|on Saturday|on Sunday|in January|in February|in March|in April
|in May|in June|in July|in August|in September|in October|in November|in December|in 2019|in 2021|in 2023|for two days
|for three weeks|for four months|for five years|for ten years|a year ago|two weeks ago|at the end|at first|in the end
""".replace("\n", "").split("|")
LEADS: Final = """
I think|I believe|In my opinion|In my experience|To be honest|As you know|For example|In short|On the other hand
|At the same time|First of all|After all|However|Therefore|Of course|By the way|What matters is this
|Here is what I learned
|The good news|The bad news|My advice|One more thing|Let me explain|It turns out|Nobody told me|I am proud to say
""".replace("\n", "").split("|")
REMARKS: Final = """
Thank you for sharing|Great work|Well said|I agree|I disagree|Congratulations|Good luck|Good question
|Thanks to everybody
|Welcome to the team|Please let me know|I am happy to help|Feel free to ask|See you soon|That is true|It depends|Not yet
|Me too|Same here|What do you think|Any ideas|How was it|Who is coming|Where do we start|What would you do|I am hiring
""".replace("\n", "").split("|")
NUMBERS: Final = "two three four five six seven eight nine ten twelve twenty thirty forty fifty hundred".split()
PRONOUNS: Final = (
    ("I", True), ("you", True), ("we", True), ("they", True), ("he", False), ("she", False), ("it", False),
    ("nobody", False), ("everybody", False), ("somebody", False),
)  # fmt: skip
OBJECTS: Final = "me you us them him her it this that everything nothing something".split()

_FORMS: Final = tuple(tuple(each.split()) for each in IRREGULAR.replace("\n", " ").split("/"))
_LENGTHS: Final = Weighted((1, 2, 3, 4, 5, 6, 8, 10), (3, 5, 6, 5, 4, 3, 2, 1))


def everyday_text(dice: Dice) -> str:
    """A paragraph or a few."""
    sentences = [sentence(dice) for _ in range(dice.weighted(_LENGTHS))]
    gap = "\n\n" if dice.chance(0.15) else " "
    return gap.join(sentences)


def sentence(dice: Dice) -> str:
    """A sentence with its capital and its mark."""
    drawn = dice.unit()
    if drawn < 0.1:
        text, mark = dice.pick(REMARKS), dice.pick("..!?")
    elif drawn < 0.2:
        text, mark = _question(dice), "?"
    elif drawn < 0.35:
        text, mark = f"{dice.pick(LEADS)}{dice.pick((', ', ': ', ' '))}{_clause(dice)}", "."
    elif drawn < 0.5:
        text, mark = f"{_clause(dice)} {dice.pick(JOINTS)} {_clause(dice)}", "."
    elif drawn < 0.6:
        text, mark = f"{_bare(dice)} {_object(dice)}{_tail(dice)}", dice.pick(".!")
    else:
        text, mark = _clause(dice), "."
    return text[:1].upper() + text[1:] + mark


def _question(dice: Dice) -> str:
    subject, plural = _subject(dice)
    word = dice.pick(("", "why ", "how ", "when ", "where "))
    do = dice.pick(("did", "can", "will", "should", "do" if plural else "does"))
    return f"{word}{do} {subject} {_bare(dice)} {_object(dice)}"


def _clause(dice: Dice) -> str:
    return dice.pick(_CLAUSES)(dice)


def _acting(dice: Dice) -> str:
    subject, plural = _subject(dice)
    often = f"{dice.pick(ADVERBS)} " if dice.chance(0.2) else ""
    return f"{subject} {often}{_verb(dice, plural=plural)} {_object(dice)}{_tail(dice)}"


def _being(dice: Dice) -> str:
    subject, plural = _subject(dice)
    verb = dice.pick(("were" if plural else "was", "will be", "am" if subject == "I" else "are" if plural else "is"))
    what = dice.pick(ADJECTIVES) if dice.chance(0.7) else f"{dice.pick(ADJECTIVES)} and {dice.pick(ADJECTIVES)}"
    negated = "not " if dice.chance(0.15) else ""
    return f"{subject} {verb} {negated}{what}{_tail(dice)}"


def _owning(dice: Dice) -> str:
    subject, plural = _subject(dice)
    verb = dice.pick(("had", "have" if plural else "has", "will have", "wanted", "needed"))
    return f"{subject} {verb} {_thing(dice)}{_tail(dice)}"


def _telling(dice: Dice) -> str:
    subject, plural = _subject(dice)
    verb = dice.pick(SAYING if plural else SAID)
    return f"{subject} {verb} that {_acting(dice)}"


def _there(dice: Dice) -> str:
    many = dice.chance(0.5)
    what = f"{dice.pick(NUMBERS)} {_many(dice.pick(THINGS))}" if many else _one(dice)
    return f"there {dice.pick(('were', 'are') if many else ('was', 'is'))} {what} {_place(dice)}"


def _going(dice: Dice) -> str:
    subject, plural = _subject(dice)
    start = dice.pick(
        ("wanted to", "had to", "tried to", "can", "could", "should", "must", "want to" if plural else "may")
    )
    return f"{subject} {start} {_bare(dice)} {_object(dice)}{_tail(dice)}"


_CLAUSES: Final[tuple[Callable[[Dice], str], ...]] = (_acting, _acting, _being, _owning, _telling, _there, _going)


def _subject(dice: Dice) -> tuple[str, bool]:
    """What acts, and whether its verb takes no s."""
    drawn = dice.unit()
    if drawn < 0.45:
        return dice.pick(PRONOUNS)
    if drawn < 0.6:
        return f"{dice.pick(('the', 'our', 'my', 'your', 'many', 'some', 'most'))} {_many(dice.pick(PEOPLE))}", True
    if drawn < 0.7:
        return dice.pick(MATTERS).replace("_", " "), False
    return (f"{dice.pick(('the', 'our', 'my'))} {dice.pick(PEOPLE)}", False) if drawn < 0.85 else (_one(dice), False)


def _verb(dice: Dice, *, plural: bool) -> str:
    past = dice.chance(0.55)
    if dice.chance(0.3):
        base, third, before, _ = dice.pick(_FORMS)
        return before if past else base if plural else third
    base = dice.pick(REGULAR)
    if past:
        return _past(base)
    return base if plural else _many(base)


def _bare(dice: Dice) -> str:
    return dice.pick(_FORMS)[0] if dice.chance(0.3) else dice.pick(REGULAR)


def _object(dice: Dice) -> str:
    drawn = dice.unit()
    if drawn < 0.15:
        return dice.pick(OBJECTS)
    if drawn < 0.25:
        return dice.pick(MATTERS).replace("_", " ")
    if drawn < 0.35:
        return f"the {dice.pick(PEOPLE)}"
    return _thing(dice)


def _thing(dice: Dice) -> str:
    return f"{dice.pick(NUMBERS)} {_many(dice.pick(THINGS))}" if dice.chance(0.2) else _one(dice)


def _one(dice: Dice) -> str:
    noun = dice.pick(THINGS)
    if dice.chance(0.4):
        noun = f"{dice.pick(ADJECTIVES)} {noun}"
    which = dice.pick(("a", "the", "the", "this", "our", "my", "your", "every", "no", "another"))
    return f"an {noun}" if which == "a" and noun[0] in "aeiou" else f"{which} {noun}"


def _place(dice: Dice) -> str:
    return f"{dice.pick(PLACES)} the {dice.pick(THINGS)}"


def _tail(dice: Dice) -> str:
    drawn = dice.unit()
    if drawn < 0.2:
        return f" {dice.pick(WHENS)}"
    if drawn < 0.35:
        return f" {_place(dice)}"
    if drawn < 0.5:
        return f" {dice.pick(LINKS)} {_object(dice)}"
    return f", {dice.pick(JOINTS)} {_acting(dice)}" if drawn < 0.55 else ""


def _many(word: str) -> str:
    """The word with an s, as nouns of many and verbs of one take it."""
    if word.endswith(("s", "x", "ch", "sh")):
        return f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2] not in "aeiou" else f"{word}s"


def _past(word: str) -> str:
    if word.endswith("e"):
        return f"{word}d"
    if word in {"stop", "plan"}:
        return f"{word}{word[-1]}ed"
    return f"{word[:-1]}ied" if word.endswith("y") and word[-2] not in "aeiou" else f"{word}ed"
