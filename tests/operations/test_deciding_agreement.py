"""What `decide` says is what the specification says of a fold of the whole ledger, whatever happened meanwhile."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from assent.ledger import Ledger, fold_exclusions, fold_holds, fold_member
from assent.ledger.shredding import Shredding
from assent.operations.build import LEDGER_KEY
from assent.operations.deciding import Asked, Decider
from assent.operations.platform import open_platform
from assent.policy.evaluate import judge
from assent.storage.keys import load_key
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.records import NO_SIGNALS, Case, Record, Signals, Span, Subject
from small_world import NOTICE, PURPOSE, SETTING, WRITTEN_AT, joined, make_world

MEMBERS = ("m0", "m1", "m2", "m3")
RECORDS = ("r0", "r1", "r2")
PURPOSES = (PURPOSE, "share_affiliates", "no_such_purpose")
KEY = b"s" * 32

offsets = st.sampled_from([timedelta(days=days) for days in (-200, -40, -1, 0, 1, 2, 40)])
members = st.sampled_from(MEMBERS)
changes = st.one_of(
    st.tuples(st.just(EventType.SETTING_CHANGED), st.sampled_from([SETTING, "share_data"]), st.sampled_from(["on", "off"])),
    st.tuples(st.just(EventType.MEMBER_REGION), st.none(), st.sampled_from(["DE", "US", "XX", None])),
    st.tuples(st.just(EventType.MEMBER_BIRTH_DATE), st.none(), st.sampled_from(["1990-05-01", "2012-01-01", None])),
    st.tuples(st.just(EventType.NOTICE_DELIVERED), st.just(NOTICE), st.none()),
    st.tuples(st.just(EventType.OBJECTION_RECEIVED), st.sampled_from(PURPOSES[:2]), st.none()),
    st.tuples(st.just(EventType.OBJECTION_DECIDED), st.sampled_from(PURPOSES[:2]), st.sampled_from(["upheld", "rejected"])),
    st.tuples(st.just(EventType.OBJECTION_WITHDRAWN), st.sampled_from(PURPOSES[:2]), st.none()),
    st.tuples(st.just(EventType.RECORD_EXCLUDED), st.sampled_from(RECORDS), st.none()),
    st.tuples(st.just(EventType.RECORD_INCLUDED), st.sampled_from(RECORDS), st.none()),
    st.tuples(st.just(EventType.ACCOUNT_CLOSED), st.none(), st.none()),
)  # fmt: skip
holds = st.tuples(
    st.sampled_from([EventType.HOLD_PLACED, EventType.HOLD_LIFTED]),
    st.sampled_from(PURPOSES),
    st.sampled_from(["*", "DE", "EU"]),
)
subjects = st.builds(
    Subject,
    role=st.sampled_from(["mentioned", "quoted"]),
    member=st.none() | members,
    spans=st.sampled_from([(), (Span(0, 2),), None]),
)
asked = st.builds(
    Asked,
    st.builds(
        Record,
        id=st.sampled_from(RECORDS),
        category=st.sampled_from(["post", "comment", "endorsement", "message.private", None]),
        author=st.none() | members | st.just("stranger"),
        subjects=st.lists(subjects, max_size=2).map(tuple),
        created_at=st.sampled_from([WRITTEN_AT, None]),
        visibility=st.sampled_from(["public", "connections", None]),
        excluded=st.booleans(),
        signals=st.sampled_from([NO_SIGNALS, Signals(aipref="train-ai=n")]),
        context=st.sampled_from([frozenset(), frozenset({"sensitive"})]),
    ),
    parent_allowed=st.sampled_from([True, True, False, None]),
)
EVERYBODY = [
    Asked(Record(record, "post", member, created_at=WRITTEN_AT, visibility="public"))
    for record, member in zip((*RECORDS, "r3"), MEMBERS, strict=True)
]
questions = st.lists(asked, min_size=1, max_size=4)


class Platforms(RuleBasedStateMachine):
    """One process decides, another records."""

    def __init__(self):
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="assent-deciding-"))
        self.world = make_world(self.root / "world", [event for each in MEMBERS[:2] for event in joined(each)], [])
        self.platform = open_platform(self.world.workspace, clock=self.world.clock, entropy=self.world.entropy)
        self.decider = Decider(self.platform)
        key = load_key(self.world.workspace.keys_folder / LEDGER_KEY)
        self.other = Ledger.open(
            self.world.workspace.ledger_folder, clock=self.world.clock, key=key, suppression_key=lambda: KEY
        )
        self.erased = set()

    @rule(member=members, change=changes, offset=offsets)
    def somebody_says_something(self, member, change, offset):
        kind, key, value = change
        if member not in self.erased:
            self.other.append([Event(kind, self.world.now + offset, member, key, value)])

    @rule(hold=holds, offset=offsets)
    def a_hold_is_placed_or_lifted(self, hold, offset):
        kind, key, value = hold
        self.other.append([Event(kind, self.world.now + offset, None, key, value)])

    @rule(days=st.sampled_from([0, 1, 3, 50]))
    def time_passes(self, days):
        self.world.pass_time(days=days)

    @rule(member=members)
    def somebody_is_erased(self, member):
        self.erased.add(member)
        self.other.transact(Shredding([member], lambda: KEY, self.world.now, {}).draw)

    @rule(purpose=st.sampled_from(PURPOSES), question=questions, back=st.none() | st.integers(0, 60))
    def it_agrees_about_anything(self, purpose, question, back):
        at = None if back is None else self.world.now - timedelta(days=back)
        self.compare(purpose, question, at)

    @invariant()
    def it_agrees_about_everybody(self):
        self.compare(PURPOSE, EVERYBODY, None)

    def compare(self, purpose, question, at):
        decided = self.decider.decide(purpose, question, at=at)
        assert (decided.as_of, decided.ledger_size) == (at or self.world.now, self.other.size)
        assert list(decided.judgments) == [judge(self.platform.pack, self.case(purpose, each, at)) for each in question]

    def case(self, purpose, each, at):
        moment = {"at": at or self.world.now, "size": self.other.size}
        everything = list(self.other.events())
        record = each.record
        if record.id in fold_exclusions(everything, **moment):
            record = Record(**{name: getattr(record, name) for name in Record.__slots__} | {"excluded": True})

        def state(member):
            return fold_member([entry for entry in everything if entry[1].member == member], **moment)

        return Case(
            purpose,
            moment["at"],
            None if record.author is None else state(record.author),
            record,
            tuple(None if subject.member is None else state(subject.member) for subject in record.subjects),
            fold_holds([entry for entry in everything if entry[1].member is None], **moment),
            each.parent_allowed,
        )

    def teardown(self):
        self.other.close()
        self.platform.close()
        shutil.rmtree(self.root)


def test_over_random_histories():
    run_state_machine_as_test(
        Platforms,
        settings=settings(
            max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
