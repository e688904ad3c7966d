"""The folder of the demonstration: a network nobody lives in, its ledger, and a month of what people did there.

In the order in which it is made; a folder that was begun and not finished is made anew.

1. a working folder, a synthetic network, and its past in the ledger, two months ago;
2. the notice, published; two data sets, sealed;
3. objections: one upheld, one rejected and appealed, one being weighed, one just received; a claim;
4. a hold, as when a regulator says stop; a take-back that waits for the next sweep; a recipient who got a feed;
5. the people to sign in as.

Everything is said by the same operations as anywhere else; only the clock is set back, so that things took time.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from pyarrow.dataset import dataset

from assent.errors import InputError
from assent.ledger import fold_member
from assent.operations import claims, objections
from assent.operations.aligning import adopted_everywhere
from assent.operations.build import build_snapshot
from assent.operations.claims import Seen
from assent.operations.contact import Contact
from assent.operations.feeds import Surroundings, build_feed, deliver
from assent.operations.holds import place_hold
from assent.operations.ledger import create_ledger, import_files
from assent.operations.notices import publish
from assent.operations.platform import Platform, open_platform
from assent.operations.settings import change_setting
from assent.operations.setup import make_workspace
from assent.operations.sources import add_source, synthesize_source
from assent.operations.workspace import Workspace, open_workspace
from assent.policy.evaluate import person_reasons
from assent.vocabulary.identifiers import PurposeName

FOLDER: Final = ".demo-portal"
PEOPLE: Final = "demo.json"
UNFINISHED: Final = ".unfinished"
MEMBERS: Final = 2_000
RECORDS: Final = 20_000
JOBS: Final = 200
SEED: Final = 2025
RULES: Final = "professional-network-2025-11-safeguarded"
PURPOSE: Final = "train_generative"
SHARED: Final = "share_affiliates"
READ_BY_FEATURES: Final = ("recommend_jobs", "search_candidates")
SETTING: Final = "generative_ai_improvement"
NOTICE: Final = "ai-training-2025"
BACK_DAYS: Final = 60
_ADULT: Final = 18
TEXTS: Final = Path(__file__).parent / "demo_texts"

OFFICER, SECOND_OFFICER, AUDITOR, OPERATOR = "staff:officer-1", "staff:officer-2", "staff:auditor", "staff:operator"

_CONFIG = """
[portal]
platform = "Meridian"
balancing_test = "balancing.md"

[receipt]
controller = "Meridian (demonstration), 1 Example Street, Dublin"
contact = "privacy@meridian.example"
authority = "Data Protection Commission, Ireland"
storage = "European Union"
retention = "while the account exists"

[recipients.brightads]
purpose = "share_affiliates"
as = "affiliates"
deliver = "folder"
path = "handed-over/brightads"
pseudonyms = true
"""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to sign in as, and what to look at then."""

    name: str
    role: str
    subject: str
    hint: str
    start: str

    @property
    def is_member(self) -> bool:
        """Whether they are a member, not staff."""
        return self.role == "member"


@dataclass(slots=True)
class _Clock:
    """Set back, and moved on from step to step; never later than now."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0) - timedelta(days=BACK_DAYS))

    def __call__(self) -> datetime:
        return self.now

    def days(self, number: float) -> None:
        """So many days pass."""
        self.now += timedelta(days=number)


def prepare_demo(root: Path, say: Say) -> list[DemoPerson]:
    """The folder holds the demonstration; made now if it does not. Cost: some 20 seconds the first time.

    Raises:
        InputError: something else lies there.
    """
    if (root / PEOPLE).is_file():
        say(f"going on with {root}; delete it to begin anew")
        return [DemoPerson(**each) for each in json.loads((root / PEOPLE).read_text(encoding="utf-8"))]
    if root.exists() and any(root.iterdir()) and not (root / UNFINISHED).is_file():
        raise InputError(f"`{root}` holds something else", hint="choose or make an empty folder")
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    (root / UNFINISHED).touch()
    people = _make(root, say)
    (root / PEOPLE).write_text(json.dumps([asdict(each) for each in people], indent=1), encoding="utf-8")
    (root / UNFINISHED).unlink()
    return people


def _make(root: Path, say: Say) -> list[DemoPerson]:
    clock = _Clock()
    say(f"making up a network: {MEMBERS:,} members, {RECORDS:,} records")
    workspace = _workspace(root)
    synthesize_source(root / "network", members=MEMBERS, records=RECORDS, seed=SEED, jobs=JOBS)
    add_source(workspace, "network", "synthetic", root / "network")
    workspace = open_workspace(root)
    say("writing down what its members said over the years")
    with create_ledger(workspace, clock=clock):
        pass
    with open_platform(workspace, clock=clock) as platform:
        _publish_notice(platform)  # before anybody was told: what was sent cannot be given other words
        ledger = platform.ledger
        import_files(ledger, sorted((root / "network" / "events").glob("*.parquet")))
    with open_platform(workspace, clock=clock) as platform:
        cast = _cast(platform)
        clock.days(5)
        say("sealing data sets of everything that may be used, and nothing else")
        build_snapshot(workspace, PURPOSE, clock=clock)
        build_snapshot(workspace, SHARED, clock=clock)
        for purpose in READ_BY_FEATURES:
            if purpose in platform.pack.purposes:
                build_snapshot(workspace, purpose, clock=clock)
        clock.days(5)
        say("letting people object, claim, take back; placing a hold; handing a feed over")
        _object(platform, clock, cast)
        place_hold(platform, purpose=PURPOSE, region="NL", by=OFFICER, why="The authority asked for a pause.")
        around = Surroundings(clock=clock)
        build_feed(workspace, "brightads", around)
        deliver(workspace, "brightads", around)
        change_setting(platform, cast.leaving, SETTING, "off", take_back=True)
    return _people(cast)


def _workspace(root: Path) -> Workspace:
    make_workspace(root, pack=RULES, origin="meridian.example/log")
    with (root / "assent.toml").open("a", encoding="utf-8") as file:
        file.write(_CONFIG)
    for path in TEXTS.glob("balancing*.md"):
        shutil.copy(path, root / path.name)
    return open_workspace(root)


def _publish_notice(platform: Platform) -> None:
    texts = {path.suffixes[0][1:]: path.read_text(encoding="utf-8") for path in TEXTS.glob("notice.*.md")}
    publish(platform, NOTICE, texts, by=OFFICER)


# --- who is who


@dataclass(frozen=True, slots=True)
class _Cast:
    """Members of the made-up network, each for one part."""

    german: str
    american: str
    minor: str
    leaving: str
    objecting: tuple[str, ...]


def _cast(platform: Platform) -> _Cast:
    found: dict[str, list[str]] = {"DE": [], "US": [], "minor": []}
    for member in _writers(platform.workspace.root):
        state = fold_member(platform.ledger.events_of(member), at=platform.present(), size=platform.ledger.size)
        if state is None or state.closed or state.birth_date is None or state.region is None:
            continue
        purpose = platform.pack.purposes[PurposeName(PURPOSE)]
        may = not person_reasons(platform.pack, purpose, state, platform.present(), platform.present())
        if _is_minor(state.birth_date, platform.present().date()):
            found["minor"].append(member)
        elif may and state.region in {"DE", "US"}:
            found[state.region].append(member)
        if len(found["DE"]) > _LEAD and found["US"] and found["minor"]:
            break
    german = found["DE"]
    return _Cast(german[0], found["US"][0], found["minor"][0], german[1], tuple(german[2 : _LEAD + 1]))


_LEAD: Final = 6
"""So many members in Germany have a part besides the first."""


def _writers(root: Path) -> Iterator[str]:
    """Who wrote something in public, those who wrote most first."""
    records = dataset(str(root / "network" / "records")).to_table(columns=["author", "category", "visibility"])
    counted: dict[str, int] = {}
    for row in records.to_pylist():
        if row["author"] and (row["category"], row["visibility"]) == ("post", "public"):
            counted[row["author"]] = counted.get(row["author"], 0) + 1
    yield from sorted(counted, key=lambda member: (-counted[member], member))


def _is_minor(born: date, today: date) -> bool:
    return (today.year - born.year - ((today.month, today.day) < (born.month, born.day))) < _ADULT


def _people(cast: _Cast) -> list[DemoPerson]:
    return [
        DemoPerson("Member in Germany", "member", cast.german,
                   "everything is on by default, and nothing was asked", "/settings"),
        DemoPerson("Member in the United States", "member", cast.american,
                   "other dates, and other rights", "/settings"),
        DemoPerson("Member under 18", "member", cast.minor, "nothing of theirs is used", "/settings"),
        DemoPerson("Member who took back", "member", cast.leaving, "the request waits for the next sweep", "/my-data"),
        DemoPerson("Member who appealed", "member", cast.objecting[1], "their objection was rejected", "/objections"),
        DemoPerson("Privacy officer", "privacy_officer", OFFICER, "objections wait, and a hold stands", "/console"),
        DemoPerson("Second privacy officer", "privacy_officer", SECOND_OFFICER,
                   "approves what the first one proposes, and decides appeals", "/console"),
        DemoPerson("Auditor", "auditor", AUDITOR, "sees everything and changes nothing", "/console"),
        DemoPerson("Operator", "operator", OPERATOR, "runs it: tokens, hooks, snapshots", "/console"),
    ]  # fmt: skip


# --- what they did


def _object(platform: Platform, clock: _Clock, cast: _Cast) -> None:
    """Objections in every state, and a claim."""
    upheld, appealed, weighed, received, claimed = cast.objecting
    first = objections.receive(platform, purpose=PURPOSE, person=upheld, language="de",
                               words="Ich schreibe über meine Krankheit. Das soll kein Modell lernen.")  # fmt: skip
    second = objections.receive(platform, purpose=PURPOSE, person=appealed, words="I never agreed to this.")
    clock.days(4)
    objections.weigh(platform, first.id, by=OFFICER)
    objections.weigh(platform, second.id, by=OFFICER)
    clock.days(3)
    objections.decide(platform, first.id, outcome="upheld", grounds="Health: their interest weighs more.", by=OFFICER)
    objections.decide(platform, second.id, outcome="rejected", by=OFFICER,
                      grounds="Only public posts are used, and anybody can leave by one switch.")  # fmt: skip
    clock.days(22)
    objections.appeal(platform, second.id, words="My posts name my colleagues, who were never asked.")
    third = objections.receive(platform, purpose="train_other", person=weighed, words="Not for other models either.")
    clock.days(6)
    objections.weigh(platform, third.id, by=OFFICER)
    objections.receive(platform, purpose=PURPOSE, person=received, words="Please stop.")
    objections.receive(platform, purpose=PURPOSE, contact=Contact("jo@neighbour.example", "Jo"),
                       about="posts that name me at the summer fair", words="I am no member.")  # fmt: skip
    clock.days(8)
    seen = Seen("the writing assistant", "Who restored the mill?", "It gave a sentence of mine, word for word.")
    claims.receive_claim(platform, purpose=PURPOSE, person=claimed, seen=seen)
    # What members said over the years has cases too, and is decided: nobody in here waits longer than a month.
    for case in adopted_everywhere(platform):
        objections.decide(platform, case.id, outcome="upheld", grounds="Their interest weighs more.", by=OFFICER)
