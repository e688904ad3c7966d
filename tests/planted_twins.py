"""Posts, comments and profiles with twins planted among them, and look-alikes that are none: made from a seed.

A family is what one person wrote once: the original and what became of it in other hands. Look-alikes share a form of
words (`Happy to share that I'm starting …`) and nothing else; each is a family of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import pyarrow as pa

START = datetime(2025, 1, 1, tzinfo=UTC)
FIRST = "Anna Jonas Mei Fatima Luca Priya Tomás Ingrid Kofi Yuki Elena Samir Greta Paulo Nadia Owen Zofia Bram".split()
LAST = "Keller Okafor Lindqvist Moreau Tanaka Rossi Haddad Novak Svensson Pereira Walsh Dubois Kaya Brandt".split()
FIRM = "Northwind Halden Brightwater Corvo Lumen Stellac Ostara Fennel Kestrel Tidemark Quarry Solvo Alder".split()
FORM = "Labs Systems Bank Health Logistics Energy Group Robotics Foods Partners Studio Rail".split()
CITY = "Lisbon Hamburg Nairobi Oslo Lyon Kraków Toronto Pune Seville Ghent Osaka Cork Riga Turin".split()
RANK = "junior senior lead principal associate interim regional deputy founding".split()
JOB = (
    "data engineer, product manager, nurse practitioner, tax adviser, site supervisor, copywriter, actuary, "
    "supply planner, physics teacher, recruiter, network architect, pastry chef, paralegal, crane operator"
).split(", ")
SKILL = (
    "forecasting, welding, contract law, Kubernetes, patient triage, copy editing, cost accounting, Rust, negotiation, "
    "pattern cutting, route planning, statistics, stage lighting, soil testing, public speaking, SQL, bookkeeping"
).split(", ")
WHO = (
    "our team, the board, every customer, my first manager, a supplier, the night shift, the auditors, two interns, "
    "half the office, the whole department, a stubborn colleague, the client, nobody, my mentor, the regulator, "
    "the warehouse crew, an old friend, the new director, most of the volunteers, our competitor"
).split(", ")
DID = (
    "rewrote, ignored, tested, doubled, questioned, postponed, documented, sold, repaired, measured, lost, celebrated, "
    "delivered, cancelled, mapped, simplified, presented, funded, audited, moved, translated, forgot, defended, renamed"
).split(", ")
WHAT = (
    "the budget, a prototype, the rota, three invoices, the roadmap, our oldest server, the training plan, a lease, "
    "the safety report, the pricing page, a spreadsheet, the onboarding, a shipment, the survey, the archive, a pilot, "
    "the backlog, the exhibition, a patent, the canteen menu, the payroll, a workshop, the contract, the dashboard"
).split(", ")
WHEN = (
    "last week, before lunch, in the second quarter, on a Friday, during the move, after months of doubt, overnight, "
    "without being asked, for the third time, ahead of schedule, in spite of the weather, once the numbers were in, "
    "while I was away, at the last minute, under pressure, as soon as the doors opened"
).split(", ")
SO = (
    "which taught me more than any course, and it saved us {n} hours, so we started over, and I would do it again, "
    "because it had to be done, though few noticed, and the figures rose by {n} percent, which is why I stayed, "
    "but the lesson cost {n} thousand euros, and that changed how we hire, so ask before you build, and it shows"
).split(", ")
LINK = "and, but, so, then, meanwhile, because, while, after that, although, until".split(", ")
NEWS = (
    (
        "Happy to share that I'm starting a new position as {rank} {job} at {firm} {form} in {city}! I will work on {skill} "
        "with {who}, and {who2} {did} {what} {when}."
    ),
    (
        "I'm thrilled to announce that I have completed a course in {skill} at {firm} {form}. Thank you {first} {last}; "
        "{who} {did} {what} {when}, {so}."
    ),
    (
        "We are hiring! {firm} {form} is looking for a {rank} {job} in {city} who knows {skill}. You will join {who}. "
        "Write to {first} {last} before the {n}th."
    ),
    "{n} years ago today I joined {firm} {form} as a {rank} {job}. {who} {did} {what} {when}. Grateful to {first} {last}.",
)
ADVERT = (
    (
        "{firm} {form} is an equal opportunity employer and we celebrate what makes each of us different. As a {rank} {job} "
        "in {city} you will report to {who} and take charge of {skill}. In your first year {who2} {did} {what} {when}, and "
        "you will carry on from there. We offer thirty days of leave, a pension, a bicycle, and time to learn. You bring "
        "experience with {skill2}, a calm head, and the wish to see {what2} through, {so}. Send your papers to {first} {last} "
        "by the {n}th; {link} {who3} {did2} {what3}, you will hear from us within a week."
    ),
    (
        "Weekly report of {who} at {firm} {form}, {city}: {did} {what} {when}; {did2} {what2}, {so}. Next: {skill}. Open "
        "questions go to {first} {last} as always, and the numbers are in the usual folder. {who2} {link} {who3}: {what3}."
    ),
)
HASHTAGS = "#growth #hiring #leadership #newjob #data #career #teamwork #learning #friday #innovation".split()
EMOJI = "🎉 🚀 👏 🙌 💡 ❤️ 👍🏽 😀".split()


@dataclass(frozen=True, slots=True)
class Post:
    id: str
    author: str
    created_at: datetime
    text: str
    family: int


def plant(seed: int, families: int) -> list[Post]:
    """About 1.5 posts a family: originals, in one of three cases with one to three twins, and look-alikes in three of ten."""
    random = Random(seed)
    posts: list[Post] = []
    for family in range(families):
        text = _fill(random, random.choice(NEWS + ADVERT)) if random.random() < 0.3 else essay(random)
        at = START + timedelta(minutes=random.randrange(300_000))
        texts = [text]
        if random.random() < 0.33:
            texts += [twin(random, text) for _ in range(random.choice((1, 1, 2, 3)))]
        for each in texts:
            posts.append(Post(f"r{len(posts)}", f"m{random.randrange(families)}", at, each, family))
            at += timedelta(minutes=random.randrange(1, 50_000))
    random.shuffle(posts)
    return posts


def essay(random: Random) -> str:
    """One to thirty sentences about work, with names in some."""
    sentences = []
    for _ in range(max(1, min(30, int(random.lognormvariate(1.5, 0.8))))):
        pattern = random.choice(
            (
                "{who} {did} {what} {when}, {so}.",
                "{when} {who} {did} {what} {link} {who2} {did2} {what2}.",
                "{first} {last} of {firm} {form} {did} {what}, {so}.",
                "In {city} {who} {did} {what} {link} I learned {skill} {when}.",
                "What I know about {skill}: {who} {did} {what} {when}!",
            )
        )
        sentences.append(_fill(random, pattern))
    return " ".join(each[0].upper() + each[1:] for each in sentences)


def twin(random: Random, text: str) -> str:
    """The text as somebody else posts it again: one to three edits."""
    for edit in random.sample(EDITS, random.choice((1, 2, 2, 3))):
        text = edit(random, text)
    return text


def _fill(random: Random, pattern: str) -> str:
    pools = {"first": FIRST, "last": LAST, "firm": FIRM, "form": FORM, "city": CITY, "rank": RANK, "job": JOB}
    pools |= {"skill": SKILL, "who": WHO, "who2": WHO, "did": DID, "did2": DID, "what": WHAT, "what2": WHAT}
    pools |= {"skill2": SKILL, "who3": WHO, "what3": WHAT, "when": WHEN, "so": SO, "link": LINK}
    drawn = {name: random.choice(pool) for name, pool in pools.items()}
    number = str(random.randrange(2, 30))
    return pattern.format(n=number, **drawn | {"so": drawn["so"].replace("{n}", number)})


def _repost(random: Random, text: str) -> str:
    return f"RT @{random.choice(FIRST).lower()}{random.randrange(99)}: {text}"


def _emoji(random: Random, text: str) -> str:
    words = text.split(" ")
    for _ in range(random.randrange(1, 6)):
        words.insert(random.randrange(len(words) + 1), random.choice(EMOJI))
    return " ".join(words)


def _link(random: Random, text: str) -> str:
    return f"{text} https://lnk.example/{random.randrange(1 << 30):x}"


def _hashtags(random: Random, text: str) -> str:
    return f"{text}\n\n{' '.join(random.sample(HASHTAGS, random.randrange(1, 4)))}"


def _typos(random: Random, text: str) -> str:
    letters = list(text)
    for _ in range(1 + len(text) // 250):
        place = random.randrange(1, len(letters) - 1)
        letters[place], letters[place - 1] = letters[place - 1], letters[place]
    return "".join(letters)


def _case(random: Random, text: str) -> str:
    return random.choice((text.upper(), text.lower(), text.title()))


def _punctuation(random: Random, text: str) -> str:
    return text.replace(".", random.choice(("!!!", " …", ";"))).replace(",", " \u2013").replace("'", "\u2019")


def _spacing(random: Random, text: str) -> str:
    return text.replace(". ", ".\n\n").replace(" the ", "  the\u200b ")


def _more(random: Random, text: str) -> str:
    more = random.choice(
        ("So true.", "Worth reading!", "This is what I keep saying.", "Could not agree more with this.")
    )
    return random.choice((f"{more} {text}", f"{text} {more}"))


def _reorder(random: Random, text: str) -> str:
    sentences = text.split(". ")
    place = random.randrange(len(sentences))
    return ". ".join(sentences[place:] + sentences[:place])


def _shorten(_: Random, text: str) -> str:
    sentences = text.split(". ")
    return ". ".join(sentences[: max(1, round(len(sentences) * 0.8))])


def _reword(random: Random, text: str) -> str:
    words = text.split(" ")
    for _ in range(max(1, len(words) // 20)):
        words[random.randrange(len(words))] = random.choice(SKILL).split(" ")[-1]
    return " ".join(words)


def _redact(_: Random, text: str) -> str:
    for name in FIRST:
        text = text.replace(name, "[PERSON]")
    return text


EDITS: tuple[Callable[[Random, str], str], ...] = (
    _repost, _emoji, _link, _hashtags, _typos, _case, _punctuation, _spacing, _more, _reorder, _shorten, _reword, _redact,
)  # fmt: skip


def macro_f1(posts: Sequence[Post], cluster_of: dict[str, str]) -> tuple[float, float, float]:
    """Macro F1 over (duplicate, not), then precision and recall of `duplicate`, a post at a time.

    A post with twins is found when it is in a cluster with one of them and with no look-alike; a post without is
    right when it is in no cluster.
    """
    families: dict[int, set[str]] = {}
    clusters: dict[str, set[str]] = {}
    for post in posts:
        families.setdefault(post.family, set()).add(post.id)
        clusters.setdefault(cluster_of.get(post.id, post.id), set()).add(post.id)
    found = missed = wrong = right = 0
    for post in posts:
        twins = families[post.family] - {post.id}
        with_it = clusters[cluster_of.get(post.id, post.id)] - {post.id}
        found += bool(twins) and bool(with_it) and with_it <= twins
        missed += bool(twins) and not (with_it and with_it <= twins)
        wrong += not twins and bool(with_it)
        right += not twins and not with_it
    duplicate = 2 * found / max(1, 2 * found + wrong + missed)
    single = 2 * right / max(1, 2 * right + wrong + missed)
    return (duplicate + single) / 2, found / max(1, found + wrong), found / max(1, found + missed)


def as_columns(posts: Sequence[Post]) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Ids, moments and texts."""
    moments = pa.array([each.created_at for each in posts], pa.timestamp("us", tz="UTC"))
    return pa.array([each.id for each in posts]), moments, pa.array([each.text for each in posts])
