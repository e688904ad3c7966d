"""With one file, the publisher's public key and nothing else, a member shows what became of each of their records."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from assent.audit.subject import SubjectReport, verify_subject_proof
from assent.errors import EvidenceError, InputError, RefusedError
from assent.evidence.note import VerifierKey
from assent.evidence.subject_proof import Part, SubjectProof, open_subject_proof, sign_subject_proof
from assent.operations.build import ATTEST_KEY, BuildResult
from assent.operations.explain import explain_record
from assent.operations.subject import MadeProof, prove_subject
from assent.storage.keys import create_key, load_key
from assent.vocabulary.events import Event, EventType
from small_world import World, joined, make_world, post, switched


class Sealed:
    """A world with one snapshot in it, built once and only looked at."""

    def __init__(self, root: Path) -> None:
        self.world = make_world(root)
        self.result = self.world.build()
        self.key = load_key(self.world.workspace.keys_folder / ATTEST_KEY)

    def prove(self, member: str, **given: Any) -> MadeProof:
        return prove_subject(self.world.workspace, member, [self.result.id], clock=self.world.clock, **given)

    def check(self, data: bytes, **given: Any) -> SubjectReport:
        return verify_subject_proof(data, key=self.key.public_key(), **given)

    def vkeys(self) -> list[VerifierKey]:
        with self.world.ledger() as ledger:
            return [VerifierKey.parse(ledger.vkey)]


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    return Sealed(tmp_path_factory.mktemp("world"))


def verdicts(report: SubjectReport) -> dict[str | None, list[str] | None]:
    """The labels of the reasons of each record; None for one that never came in."""
    part = report.parts[0]
    found: dict[str | None, list[str] | None] = {each.id: [one.label for one in each.reasons] for each in part.decided}
    return found | {each.id: None for each in part.absent}


@pytest.mark.parametrize("member", ["m0", "m4", "m8", "m9", "off", "young", "nowhere", "stranger"])
def test_every_verdict_in_the_file_is_the_one_that_is_explained(sealed: Sealed, member: str) -> None:
    shown = verdicts(sealed.check(sealed.prove(member).data))

    assert shown == {
        ident: [
            reason.label
            for reason in explain_record(
                sealed.world.workspace,
                ident,
                purpose="train_generative",
                at=sealed.result.manifest.at,
                clock=sealed.world.clock,
            ).verdict.reasons
        ]
        for ident in (f"p-{member}", *(row for row in shown if row != f"p-{member}"))
        if ident in shown
    }
    assert shown


def test_all_of_a_members_records_are_in_it(sealed: Sealed) -> None:
    expected = {f"p-m9-{n}" for n in range(3)} | {"r-4", "r-5"} | {f"x-{n}" for n in range(1, 10)}

    assert set(verdicts(sealed.check(sealed.prove("m9").data))) == expected


def test_a_record_that_never_came_in_stands_between_two_neighbours(sealed: Sealed) -> None:
    report = sealed.check(sealed.prove("m9", records=["never seen"]).data)
    places = [each.place for each in report.parts[0].decided]
    low, high = report.parts[0].absent[0].between

    assert high == low + 1
    assert min(places) - 1 <= low <= max(places)


def test_another_members_record_is_none_of_this_one(sealed: Sealed) -> None:
    assert verdicts(sealed.check(sealed.prove("m9", records=["p-m1-0"]).data))["p-m1-0"] is None


def test_a_member_without_records_is_shown_the_neighbours(sealed: Sealed) -> None:
    part = sealed.check(sealed.prove("nobody at all").data).parts[0]

    assert (part.decided, part.between[1] - part.between[0]) == ((), 1)


def test_an_empty_snapshot_proves_that_nothing_of_theirs_is_in_it(tmp_path: Path) -> None:
    world = make_world(tmp_path, joined("a"), [])
    made = prove_subject(world.workspace, "a", [world.build().id], records=["r"], clock=world.clock)

    assert verdicts(made.report) == {"r": None}


def test_a_single_record_is_proved(tmp_path: Path) -> None:
    world = make_world(tmp_path, joined("a"), [post("r", "a")])

    assert verdicts(prove_subject(world.workspace, "a", [world.build().id], clock=world.clock).report) == {"r": []}


def test_the_log_says_that_this_snapshot_was_sealed(sealed: Sealed) -> None:
    report = sealed.check(sealed.prove("m9").data, vkeys=sealed.vkeys())
    logged = report.parts[0].sealed

    assert logged is not None
    assert (logged.event.key, logged.event.value) == (sealed.result.id, sealed.result.digest)


def test_a_row_whose_id_nobody_gives_is_shown_all_the_same(sealed: Sealed) -> None:
    _, part = parts_of(sealed, "m9")
    report = sealed.check(signed(sealed, replace(part, records=())))

    assert [each.id for each in report.parts[0].decided] == [None] * 14


def test_one_changed_byte_anywhere_is_refused(sealed: Sealed) -> None:
    data = sealed.prove("m9").data
    chance = random.Random(5)
    places = {*range(60), *range(len(data) - 300, len(data)), *chance.sample(range(len(data)), 250)}

    for place in places:
        forged = bytearray(data)
        forged[place] ^= chance.randrange(1, 256)
        with pytest.raises(EvidenceError):
            sealed.check(bytes(forged))


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data + b"\n",
        lambda data: data.replace(b"\n ", b"\n  ", 1),
        lambda data: json.dumps(json.loads(data)).encode(),
        lambda data: data.replace(b'{\n "payload"', b'{\n "more": 1,\n "payload"'),
        lambda data: b"",
        lambda data: b"{}",
    ],
)
def test_the_same_content_in_another_form_is_refused(sealed: Sealed, change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(EvidenceError):
        sealed.check(change(sealed.prove("m9").data))


def test_a_file_signed_by_somebody_else_is_refused(sealed: Sealed, tmp_path: Path) -> None:
    proof, _ = parts_of(sealed, "m9")

    with pytest.raises(EvidenceError, match="signature does not hold"):
        sealed.check(sign_subject_proof(proof, create_key(tmp_path / "other.pem")))


# --- a publisher who lies: the file is signed as it must be, and what it says does not follow


def parts_of(sealed: Sealed, member: str) -> tuple[SubjectProof, Part]:
    proof = open_subject_proof(sealed.prove(member).data, sealed.key.public_key())
    return proof, proof.parts[0]


def signed(sealed: Sealed, part: Part) -> bytes:
    proof, _ = parts_of(sealed, "m9")
    return sign_subject_proof(replace(proof, parts=(part,)), sealed.key)


def test_rows_that_were_left_out_are_missed(sealed: Sealed) -> None:
    _, part = parts_of(sealed, "m9")
    shorter = replace(part.proof, rows=part.proof.rows[16 * 36 :], first=part.proof.first + 1)

    with pytest.raises(EvidenceError):
        sealed.check(signed(sealed, replace(part, proof=shorter)))


def test_a_denial_that_was_turned_into_a_permission_is_refused(sealed: Sealed) -> None:
    _, part = parts_of(sealed, "m9")
    rows = bytearray(part.proof.rows)
    rows[-4:] = bytes(4) if any(rows[-4:]) else b"\0\0\0\1"

    with pytest.raises(EvidenceError, match="another root"):
        sealed.check(signed(sealed, replace(part, proof=replace(part.proof, rows=bytes(rows)))))


def test_the_rows_of_another_member_do_not_enclose_this_one(sealed: Sealed) -> None:
    parts = {member: parts_of(sealed, member)[1] for member in ("m9", "m0", "off", "young", "m3", "m7", "stranger")}
    refused = 0
    for member, part in parts.items():
        for given in parts.values():
            try:
                shown = verdicts(sealed.check(signed(sealed, replace(part, proof=given.proof))))
            except EvidenceError:
                refused += 1
            else:  # a stretch that happens to hold both shows the same of both
                assert shown == verdicts(sealed.prove(member).report)

    assert refused


def test_the_manifest_of_another_snapshot_is_refused(tmp_path: Path) -> None:
    one = Sealed(tmp_path)
    one.world.tell(switched("m9", "off", "2026-02-20T00:00:00Z"))
    later = one.world.build()
    _, part = parts_of(one, "m9")

    with pytest.raises(EvidenceError):
        one.check(signed(one, replace(part, manifest=(later.path / "manifest.json").read_bytes())))


def test_an_entry_of_the_log_about_something_else_is_refused(sealed: Sealed) -> None:
    _, part = parts_of(sealed, "m9")
    with sealed.world.ledger() as ledger:
        other = ledger.prove(0, reveal=True)

    with pytest.raises(EvidenceError, match="does not say"):
        sealed.check(signed(sealed, replace(part, sealed=other)), vkeys=sealed.vkeys())


def test_an_entry_under_another_logs_key_is_refused(sealed: Sealed, tmp_path: Path) -> None:
    stranger = make_world(tmp_path, joined("a"), [], seed=b"elsewhere")
    with stranger.ledger() as ledger:
        vkeys = [VerifierKey.parse(ledger.vkey)]

    with pytest.raises(EvidenceError):
        sealed.check(sealed.prove("m9").data, vkeys=vkeys)


def test_a_file_shows_nothing_of_others_but_pseudonyms(sealed: Sealed) -> None:
    data = sealed.prove("m9", mentions=True).data
    payload = base64.b64decode(json.loads(data)["payload"])

    assert not [member for member in ("young", "stranger", "nowhere", "m1-0", "m2") if member.encode() in payload]


# --- snapshots that do not stand any more


def superseded(world: World, old: BuildResult, value: str) -> None:
    world.pass_time(minutes=1)
    world.tell(Event(EventType.SNAPSHOT_SUPERSEDED, effective_at=world.now, key=old.id, value=value, by="test"))


@pytest.mark.parametrize("named_by", ["id", "digest"])
def test_the_version_that_took_its_place_answers(tmp_path: Path, named_by: str) -> None:
    one = Sealed(tmp_path)
    one.world.pass_time(days=1)
    one.world.tell(switched("m9", "off", "2026-03-01T13:00:00Z"))
    later = one.world.build()
    superseded(one.world, one.result, later.id if named_by == "id" else later.digest)

    part = one.check(one.prove("m9").data, vkeys=one.vkeys()).parts[0]

    assert (part.asked, part.snapshot, part.allowed) == (one.result.id, later.id, 0)
    assert [each.event.key for each in part.superseded] == [one.result.id]


def test_a_claim_that_a_snapshot_was_superseded_needs_the_logs_word(tmp_path: Path) -> None:
    one = Sealed(tmp_path)
    _, part = parts_of(one, "m9")

    with pytest.raises(EvidenceError, match="not about"):
        one.check(signed(one, replace(part, asked="train_generative-000000000000")), vkeys=one.vkeys())


def test_a_snapshot_that_did_not_take_the_place_is_refused(tmp_path: Path) -> None:
    one = Sealed(tmp_path)
    one.world.pass_time(days=1)
    later = one.world.build()
    superseded(one.world, one.result, later.digest)
    _, part = parts_of(one, "m9")
    one.world.pass_time(days=1)
    one.world.tell(switched("m9", "on", "2026-03-02T14:00:00Z"))
    last = prove_subject(one.world.workspace, "m9", [one.world.build().id], clock=one.world.clock)
    other = open_subject_proof(last.data, one.key.public_key()).parts[0]

    with pytest.raises(EvidenceError, match="took the place"):
        one.check(signed(one, replace(other, asked=part.asked, superseded=part.superseded)), vkeys=one.vkeys())


def three_versions(tmp_path: Path) -> tuple[Sealed, Part]:
    """What the last of three versions says when the first is asked about, each superseded by the next."""
    one = Sealed(tmp_path)
    builds = [one.result]
    for _ in range(2):
        one.world.pass_time(days=1)
        builds.append(one.world.build())
    for old, new in pairwise(builds):
        superseded(one.world, old, new.digest)
    return one, parts_of(one, "m9")[1]


def test_every_step_between_two_versions_is_in_the_file(tmp_path: Path) -> None:
    one, part = three_versions(tmp_path)

    shown = one.check(signed(one, part), vkeys=one.vkeys()).parts[0]

    assert part.asked == one.result.id
    assert [each.event.type.value for each in shown.superseded] == [
        "snapshot.superseded",
        "snapshot.sealed",
        "snapshot.superseded",
    ]


@pytest.mark.parametrize("kept", [(0, 2), (0, 1), (0,), (0, 1, 0), (0, 2, 2), (0, 1, 1), (2,), (0, 1, 2, 1)])
def test_a_step_that_is_missing_or_leads_elsewhere_is_refused(tmp_path: Path, kept: tuple[int, ...]) -> None:
    one, part = three_versions(tmp_path)

    with pytest.raises(EvidenceError):
        one.check(signed(one, replace(part, superseded=tuple(part.superseded[at] for at in kept))), vkeys=one.vkeys())


def test_a_snapshot_that_took_the_place_of_another_one_is_refused(tmp_path: Path) -> None:
    one = Sealed(tmp_path)
    builds = [one.result]
    for _ in range(3):
        one.world.pass_time(days=1)
        builds.append(one.world.build())
    superseded(one.world, builds[0], builds[1].digest)
    superseded(one.world, builds[2], builds[3].digest)
    asked, unrelated = (
        open_subject_proof(
            prove_subject(one.world.workspace, "m9", [builds[at].id], clock=one.world.clock).data, one.key.public_key()
        ).parts[0]
        for at in (0, 2)
    )
    forged = replace(unrelated, asked=asked.asked, superseded=(*asked.superseded, *unrelated.superseded))

    with pytest.raises(EvidenceError, match="superseded"):
        one.check(signed(one, forged), vkeys=one.vkeys())


def test_a_snapshot_that_nothing_took_the_place_of_is_refused(tmp_path: Path) -> None:
    one = Sealed(tmp_path)
    superseded(one.world, one.result, one.result.digest)

    with pytest.raises(RefusedError, match="no snapshot took its place"):
        one.prove("m9")


def test_without_its_decision_key_nobody_can_say_which_rows_are_whose(tmp_path: Path) -> None:
    one = Sealed(tmp_path)
    (one.world.workspace.keys_folder / "snapshots" / f"{one.result.id}.key").unlink()

    with pytest.raises(RefusedError, match="gone"):
        one.prove("m9")


def test_a_snapshot_that_is_none_is_refused(sealed: Sealed) -> None:
    with pytest.raises(InputError, match="no snapshot"):
        prove_subject(sealed.world.workspace, "m9", ["other"], clock=sealed.world.clock)
