"""Notices: words that members must have been told before their data is used, and who has been told them.

    publish ──► send ──► a mail server takes it ──► no bounce for `mail.bounce_hours` ──► notice.delivered by email
       └──────► the member opens it in the app ────────────────────────────────────────► notice.delivered by in-app

The first delivery counts. A pack names a notice by its id, so an id stands for its words: once somebody was told, other
words need another id, and a pack that names it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assent.desk.contacts import Contact, addressed_members, all_contacts, end_reminders
from assent.desk.notices import Published, add_notice, all_notices, notice_of, title_of
from assent.desk.outbox import (
    BOUNCED,
    DELIVERED,
    DOUBTED,
    GIVEN_UP,
    READ,
    SENT,
    WAITING,
    Mail,
    add_mails,
    mailed_members,
    mails_about,
    mark_read,
    member_of_mail,
    states_about,
)
from assent.errors import InputError, RefusedError
from assent.evidence.canonical import canonical_digest
from assent.language.catalogue import languages
from assent.ledger import fold_member
from assent.mail.message import MOST_SUBJECT, check_line
from assent.operations.outbox import new_mail
from assent.operations.platform import Platform
from assent.operations.population import read_population
from assent.storage.files import exclusive_lock
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import MemberId, NoticeId

Progress = Callable[[int, int], None]
LARGEST: Final = 50_000
_AT_ONCE: Final = 5000


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice before it is published.

    Args:
        is_known: exactly these words are published under the id already.
    """

    notice: NoticeId
    digest: str
    texts: Mapping[str, str]
    is_known: bool


@dataclass(frozen=True, slots=True)
class Sending:
    """Whom a notice or a reminder goes to, and whom not, by reason; the sum is everybody who was looked at."""

    put: int = 0
    told: int = 0
    mailed: int = 0
    no_address: int = 0
    no_reminders: int = 0


@dataclass(frozen=True, slots=True)
class RegionCoverage:
    """Members of one region by whether they were told; the six parts sum to `members`.

    Args:
        in_app: told in the app, or in another way that the ledger was given.
        doubtful: told by mail as far as was known then; the mail came back later.
        waiting: a mail waits, or was taken and may still bounce.
        not_sent: there is an address, and no mail was put.
    """

    region: str | None
    members: int
    in_app: int = 0
    by_mail: int = 0
    doubtful: int = 0
    waiting: int = 0
    bounced: int = 0
    no_address: int = 0
    not_sent: int = 0

    @property
    def told(self) -> int:
        """How many the ledger says were told."""
        return self.in_app + self.by_mail + self.doubtful


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who was told a notice, by region."""

    notice: str
    regions: tuple[RegionCoverage, ...]

    @property
    def members(self) -> int:
        """Everybody."""
        return sum(each.members for each in self.regions)

    @property
    def told(self) -> int:
        """Whom the ledger says were told."""
        return sum(each.told for each in self.regions)

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON values."""
        return {"notice": self.notice, "members": self.members, "told": self.told,
                "regions": [asdict(each) for each in self.regions]}  # fmt: skip


def draft(platform: Platform, notice: str, texts: Mapping[str, str]) -> Draft:
    """The notice as it would be published.

    Raises:
        InputError: the pack names no such notice, or a text has no heading or another language.
        RefusedError: other words were sent or told under that id.
    """
    if notice not in platform.pack.notices:
        known = ", ".join(sorted(platform.pack.notices)) or "none"
        raise InputError(f"the pack names no notice `{notice}`", hint=f"it names: {known}")
    if not texts:
        raise InputError("a notice needs words", hint="give a text in at least one language")
    clean = {code: _checked(code, text) for code, text in texts.items()}
    digest = canonical_digest(clean)
    before = [
        event.value
        for _, event in platform.ledger.system_events()
        if isinstance(event, Event) and event.type is EventType.NOTICE_PUBLISHED and event.key == notice
    ]
    if any(each != digest for each in before) and _was_sent(platform, notice):
        raise RefusedError(f"other words were sent under `{notice}` already",
                           hint="give the new words a new id, and name it in the pack")  # fmt: skip
    return Draft(NoticeId(notice), digest, clean, bool(before) and before[-1] == digest)


def publish(platform: Platform, notice: str, texts: Mapping[str, str], *, by: str) -> Published:
    """Members see the notice, and the ledger has the digest of its words; published again it changes nothing.

    Raises: as `draft`.
    """
    with _alone(platform):
        made = draft(platform, notice, texts)
        new = Published(made.notice, made.digest, made.texts, platform.present())
        known = notice_of(platform.desk, notice)
        is_shown = known is not None and known.digest == made.digest
        # Who did it comes before members see anything: a crash leaves a trail without an effect, never the reverse.
        if not (made.is_known and is_shown):
            platform.record_action("notice.publish", notice, by)
        # The words before the event: the ledger must not name a digest whose words nobody has.
        if not is_shown:
            add_notice(platform.desk, new)
        if not made.is_known:
            said = Event(EventType.NOTICE_PUBLISHED, new.published_at, key=notice, value=made.digest, by=by)
            platform.ledger.append([said])
    return new


def send(
    platform: Platform,
    notice: str,
    *,
    by: str,
    region: str | None = None,
    is_reminder: bool = False,
    dry_run: bool = False,
    digest: str | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Sending:
    """A mail waits for every member with an address who was not told and has none yet. Again, it goes on.

    Args:
        region: a region, or a group of the pack.
        is_reminder: of those who have not opened it in the app, whoever wants reminders and had none.
        digest: of the words that are meant.

    Raises:
        InputError: it was not published, or there is no such region.
        RefusedError: other words than those that are meant were published meanwhile.
    """
    with _alone(platform):
        known = notice_of(platform.desk, notice)
        if known is None:
            raise InputError(f"the notice `{notice}` was not published", hint="publish it with `assent notice publish`")
        if digest is not None and digest != known.digest:
            raise RefusedError("other words were published meanwhile", hint="look at them, then send")
        people = _people(platform, notice)
        wanted = people.within(_regions(platform, region))
        chosen, counted = _chosen(platform, notice, people, wanted, is_reminder=is_reminder)
        if not dry_run:
            # The trail first: what was begun and broke off was begun by somebody.
            platform.record_action("notice.remind" if is_reminder else "notice.send", notice, by)
            _put_all(platform, notice, chosen, is_reminder=is_reminder, progress=progress)
    return Sending(len(chosen), *(counted[name] for name in ("told", "mailed", "no_address", "no_reminders")))


def unread(platform: Platform, member: str) -> list[Published]:
    """What was published and not told to the member yet."""
    state = fold_member(platform.ledger.events_of(member), at=platform.present(), size=platform.ledger.size)
    told = set() if state is None else set(state.notices)
    return [
        each for each in all_notices(platform.desk) if each.notice in platform.pack.notices and each.notice not in told
    ]


def published(platform: Platform) -> list[Published]:
    """Every notice, the newest first."""
    return all_notices(platform.desk)


def read(platform: Platform, member: str, notice: str) -> Published | None:
    """The member is told the notice now, if they were not before; None where there is none."""
    found = notice_of(platform.desk, notice)
    if found is None:
        return None
    if any(each.notice == notice for each in unread(platform, member)):
        event = Event(EventType.NOTICE_DELIVERED, platform.present(), member=MemberId(member), key=notice, by="in-app")
        platform.ledger.append([event])
    mark_read(platform.desk, notice, member)
    return found


def unsubscribe(platform: Platform, mail: str) -> None:
    """Whoever the mail was for gets no reminders; of a mail nobody knows, nothing happens."""
    member = member_of_mail(platform.desk, mail)
    if member is not None:
        end_reminders(platform.desk, member)


def coverage(platform: Platform, notice: str) -> Coverage:
    """Who was told, by region. Cost: one pass over the ledger's columns, and two over the desk's rows."""
    people = _people(platform, notice)
    standing = _standings(people, addressed_members(platform.desk), states_about(platform.desk, notice))
    found = []
    for region, here in people.regions.items():
        counts = np.bincount(standing[here], minlength=len(PARTS)).tolist()
        found.append(RegionCoverage(region, len(here), **dict(zip(PARTS, counts, strict=True))))
    return Coverage(notice, tuple(found))


def came_back(platform: Platform, notice: str, *, most: int | None = None) -> list[Mail]:
    """Mails about the notice that came back or were given up: these members must be told in another way.

    Args:
        most: of each kind.
    """
    states = (BOUNCED, DOUBTED, GIVEN_UP)
    return [each for state in states for each in mails_about(platform.desk, notice, state=state, most=most)]


PARTS: Final = ("in_app", "by_mail", "doubtful", "waiting", "bounced", "no_address", "not_sent")
_STATES: Final = {WAITING: "waiting", SENT: "waiting", BOUNCED: "bounced", GIVEN_UP: "bounced",
                  DOUBTED: "bounced", DELIVERED: "waiting", READ: "waiting"}  # fmt: skip
"""How a member stands whom the ledger does not call told, by the state of their mail."""
_TOLD: Final = {DELIVERED: "by_mail", DOUBTED: "doubtful"}


def _standings(people: _People, addressed: Sequence[str], mails: Sequence[tuple[str, str]]) -> Any:
    """Of everybody the part of `PARTS` that they are counted in. Shape: (people,)"""
    part = {name: number for number, name in enumerate(PARTS)}
    has_address = pc.is_in(people.names, value_set=pa.array(addressed, pa.string())).to_numpy(zero_copy_only=False)
    untold = np.where(has_address, part["not_sent"], part["no_address"])
    told = np.full(len(untold), part["in_app"])
    owners = pc.index_in(pa.array([member for member, _ in mails], pa.string()), value_set=people.names)
    places = owners.fill_null(-1).to_numpy()
    states = pa.array([state for _, state in mails], pa.string())
    for state, otherwise in _STATES.items():
        here = places[(places >= 0) & pc.equal(states, state).to_numpy(zero_copy_only=False)]
        untold[here] = part[otherwise]
        told[here] = part[_TOLD.get(state, "in_app")]
    return np.where(people.told, told, untold)


@dataclass(frozen=True, slots=True)
class _People:
    """Everybody's place: who was told, and who is where."""

    names: Any
    told: Any
    regions: Mapping[str | None, Any]

    def within(self, wanted: frozenset[str] | None) -> list[int]:
        """The places of whoever is in one of these regions."""
        return [
            int(place)
            for region, here in self.regions.items()
            if wanted is None or region in wanted
            for place in here.tolist()
        ]


def _people(platform: Platform, notice: str) -> _People:
    columns = platform.ledger.columns(size=platform.ledger.size)
    people = read_population(columns, at=platform.present())
    names = pa.chunked_array(
        [each for path in columns.members for each in pq.read_table(path, columns=["member"])["member"].chunks],
        pa.string(),
    ).combine_chunks()
    told = people.noticed.get(notice, np.zeros(people.count, np.bool_))
    return _People(names, told, {region: np.flatnonzero(mask) for region, mask in people.regions().items()})


def _regions(platform: Platform, region: str | None) -> frozenset[str] | None:
    if region is None:
        return None
    group = platform.pack.groups.get(region)
    if group is None and not (len(region) == 2 and region.isupper()):  # noqa: PLR2004 - a region code
        raise InputError(f"there is no region `{region}`", hint="give a code such as DE, or a group of the pack")
    return frozenset(group or {region})


def _chosen(
    platform: Platform, notice: str, people: _People, wanted: Sequence[int], *, is_reminder: bool
) -> tuple[list[Contact], Counter[str]]:
    contacts = all_contacts(platform.desk)
    had = mailed_members(platform.desk, notice, is_reminder=is_reminder)
    by_mail = {name for name, state in states_about(platform.desk, notice) if state == DELIVERED}
    chosen: list[Contact] = []
    counted: Counter[str] = Counter()
    names = people.names.to_pylist()
    for place in wanted:
        name = names[place]
        contact = contacts.get(name)
        # Who was told by mail only has not looked yet.
        if people.told[place] and not (is_reminder and name in by_mail):
            counted["told"] += 1
        elif name in had:
            counted["mailed"] += 1
        elif contact is None:
            counted["no_address"] += 1
        elif is_reminder and not contact.reminders:
            counted["no_reminders"] += 1
        else:
            chosen.append(contact)
    return chosen, counted


def _put_all(
    platform: Platform, notice: str, chosen: Sequence[Contact], *, is_reminder: bool, progress: Progress
) -> None:
    template = "notice-reminder" if is_reminder else "notice"
    for start in range(0, len(chosen), _AT_ONCE):
        some = chosen[start : start + _AT_ONCE]
        add_mails(platform.desk, [
            new_mail(platform, address=each.address, language=each.language, template=template, words={},
                     member=each.member, notice=notice, is_reminder=is_reminder)
            for each in some
        ])  # fmt: skip
        progress(start + len(some), len(chosen))


def _checked(code: str, text: str) -> str:
    if code not in languages():
        raise InputError(f"there is no language `{code}`", hint=f"one of {', '.join(languages())}")
    clean = text.replace("\r\n", "\n").strip()
    title = check_line(title_of(clean), what="the heading")
    if not title or len(title) > MOST_SUBJECT or not clean.partition("\n")[2].strip():
        raise InputError(f"the text in `{code}` cannot be used", hint="begin with `# A heading`, then the words below")
    if len(clean) > LARGEST or "\x00" in clean:
        raise InputError(f"the text in `{code}` is too long or is no text")
    return clean


def _was_sent(platform: Platform, notice: str) -> bool:
    return bool(mails_about(platform.desk, notice, most=1)) or bool(_people(platform, notice).told.any())


@contextmanager
def _alone(platform: Platform) -> Iterator[None]:
    """Nobody else puts mail about notices meanwhile, so that two who send at once write to nobody twice."""
    with (
        exclusive_lock(platform.workspace.root / "desk" / "notices.lock"),
        platform.desk.database.alone("notices"),
    ):
        yield
