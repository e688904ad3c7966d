"""What a witness signs, what it refuses with which status, and what is left when it dies between two steps."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.errors import EvidenceError, InputError
from assent.evidence.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from assent.evidence.cosignature import add_lines, read_cosignatures
from assent.evidence.merkle import EMPTY_ROOT, consistency_path, in_memory, leaf_hash, root_of
from assent.evidence.note import SignerKey, read_signatures
from assent.evidence.witness_request import SIZE_TYPE, AddCheckpoint
from assent.witness.witness import Answer, Witness

ORIGIN = "log.example/one"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def signer(name: str = ORIGIN, seed: str = "log") -> SignerKey:
    return SignerKey(name, Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest()))


class Log:
    """A log in memory, which can be forked."""

    def __init__(self, label: str = "a", *, key: SignerKey | None = None, common: int = 0) -> None:
        self.label = label
        self.key = key or signer()
        self.common = common

    def leaves(self, size: int) -> list[bytes]:
        return [leaf_hash(f"{'a' if n < self.common else self.label} {n}".encode()) for n in range(size)]

    def note(self, size: int) -> bytes:
        root = root_of(self.leaves(size)) if size else EMPTY_ROOT
        return sign_checkpoint(Checkpoint(self.key.name, size, root), self.key)

    def request(self, old: int, size: int) -> bytes:
        proof = consistency_path(old, size, in_memory(self.leaves(size))) if 0 < old < size else []
        return AddCheckpoint(old, tuple(proof), self.note(size)).encode()


class Died(BaseException):
    """The process ends here."""


def dying_at(gap: str) -> Callable[[str], None]:
    def die(name: str) -> None:
        if name == gap:
            raise Died

    return die


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    made = Witness.create(tmp_path / "w", "witness.example/w", clock=lambda: NOW)
    made.trust(signer().verifier)
    return made


def verified(witness: Witness, answer: Answer, note: bytes) -> datetime:
    assert (answer.status, answer.content_type) == (200, "text/plain; charset=utf-8")
    [found] = read_cosignatures(add_lines(note, [answer.body.decode()]), [witness.signer.key])
    return found.at


@pytest.mark.parametrize(
    "sizes", [(0,), (1,), (0, 0), (0, 1), (1, 1), (1, 2), (0, 300), (255, 257), (256, 512), (7, 8, 9), (1, 3_000)]
)
def test_growth_is_signed(witness: Witness, sizes: tuple[int, ...]) -> None:
    log, old = Log(), 0
    for size in sizes:
        assert verified(witness, witness.add_checkpoint(log.request(old, size)), log.note(size)) == NOW
        old = size
    assert witness.logs()[0].size == sizes[-1]


def test_an_old_size_that_is_not_the_known_one_is_told_the_known_one(witness: Witness) -> None:
    log = Log()
    witness.add_checkpoint(log.request(0, 5))
    assert witness.add_checkpoint(log.request(0, 9)) == Answer(409, b"5\n", SIZE_TYPE)
    assert witness.add_checkpoint(log.request(3, 9)) == Answer(409, b"5\n", SIZE_TYPE)


def test_a_log_that_went_back_is_refused(witness: Witness) -> None:
    log = Log()
    witness.add_checkpoint(log.request(0, 9))
    assert witness.add_checkpoint(log.request(0, 5)) == Answer(409, b"9\n", SIZE_TYPE)
    assert witness.add_checkpoint(AddCheckpoint(9, (), log.note(5)).encode()).status == 400


def test_another_tree_of_the_same_size_is_refused_and_kept(witness: Witness) -> None:
    witness.add_checkpoint(Log().request(0, 5))
    other = Log("b")
    answer = witness.add_checkpoint(other.request(5, 5))
    assert (answer.status, answer.content_type) == (409, "text/plain; charset=utf-8")
    assert "two histories" in answer.text
    [kept] = (witness.folder / "logs").glob("*/refused/*")
    assert kept.read_bytes() == other.note(5)


def test_another_history_is_refused(witness: Witness) -> None:
    witness.add_checkpoint(Log().request(0, 300))
    for common in (0, 1, 256, 299):
        assert witness.add_checkpoint(Log("b", common=common).request(300, 400)).status == 422
    assert witness.last_of(ORIGIN) == Checkpoint(ORIGIN, 300, root_of(Log().leaves(300)))


def test_a_proof_where_none_belongs_is_refused(witness: Witness) -> None:
    log = Log()
    assert witness.add_checkpoint(AddCheckpoint(0, (b"x" * 32,), log.note(4)).encode()).status == 422
    witness.add_checkpoint(log.request(0, 4))
    assert witness.add_checkpoint(AddCheckpoint(4, (b"x" * 32,), log.note(4)).encode()).status == 422


def test_an_empty_tree_with_a_root_of_its_own_is_refused(witness: Witness) -> None:
    note = sign_checkpoint(Checkpoint(ORIGIN, 0, b"r" * 32), signer())
    assert witness.add_checkpoint(AddCheckpoint(0, (), note).encode()).status == 422


def test_a_log_it_does_not_watch_is_not_found(witness: Witness) -> None:
    assert witness.add_checkpoint(Log(key=signer("other.example/log")).request(0, 1)).status == 404


def test_a_signature_of_another_key_is_forbidden(witness: Witness) -> None:
    assert witness.add_checkpoint(Log(key=signer(seed="mallory")).request(0, 1)).status == 403


def test_one_changed_byte_is_never_signed(witness: Witness) -> None:
    body = Log().request(0, 3)
    for at in range(len(body)):
        changed = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
        answer = witness.add_checkpoint(changed)
        if answer.cosigned:  # only another name for the same signature line could be, and it is none of ours
            pytest.fail(f"byte {at} was changed and signed")


@pytest.mark.parametrize("body", [b"", b"old 0\n\n", b"old 0\n\nno checkpoint\n", b"\xff" * 50])
def test_what_is_no_request_is_a_bad_request(witness: Witness, body: bytes) -> None:
    assert witness.add_checkpoint(body).status == 400


def test_signatures_of_others_are_not_kept(witness: Witness) -> None:
    log = Log()
    crowded = log.note(2) + "".join(f"\u2014 x{n} AAAAAAA=\n" for n in range(60)).encode()
    assert witness.add_checkpoint(AddCheckpoint(0, (), crowded).encode()).cosigned
    kept = witness.latest(hashlib.sha256(ORIGIN.encode()).hexdigest())
    assert kept is not None
    assert [line[0] for line in read_signatures(kept)[1]] == [ORIGIN, "witness.example/w"]


def test_after_a_new_key_of_the_log_both_are_accepted(witness: Witness) -> None:
    new = signer(seed="new key")
    witness.trust(new.verifier)
    assert witness.add_checkpoint(Log().request(0, 2)).cosigned
    assert witness.add_checkpoint(Log(key=new).request(2, 3)).cosigned


def test_a_clock_set_back_never_makes_a_later_statement_look_earlier(tmp_path: Path) -> None:
    times = iter([NOW, NOW - timedelta(days=1)])
    witness = Witness.create(tmp_path / "w", "w", clock=lambda: next(times))
    witness.trust(signer().verifier)
    log = Log()
    assert verified(witness, witness.add_checkpoint(log.request(0, 1)), log.note(1)) == NOW
    assert verified(witness, witness.add_checkpoint(log.request(1, 2)), log.note(2)) == NOW


def test_dying_before_persisting_leaves_what_was(witness: Witness) -> None:
    log = Log()
    witness.add_checkpoint(log.request(0, 2))
    with pytest.raises(Died):
        Witness.open(witness.folder, clock=lambda: NOW, gap=dying_at("signed")).add_checkpoint(log.request(2, 3))
    again = Witness.open(witness.folder, clock=lambda: NOW)
    assert again.add_checkpoint(Log("b", common=2).request(2, 3)).cosigned


def test_dying_between_persisting_and_answering_still_binds(witness: Witness) -> None:
    log = Log()
    with pytest.raises(Died):
        Witness.open(witness.folder, clock=lambda: NOW, gap=dying_at("persisted")).add_checkpoint(log.request(0, 3))
    again = Witness.open(witness.folder, clock=lambda: NOW)
    assert again.add_checkpoint(log.request(0, 3)) == Answer(409, b"3\n", SIZE_TYPE)
    assert again.add_checkpoint(Log("b").request(3, 3)).status == 409
    assert verified(again, again.add_checkpoint(log.request(3, 3)), log.note(3)) == NOW


def test_of_many_at_once_exactly_one_history_is_signed(witness: Witness) -> None:
    logs = [Log(chr(ord("b") + n)) for n in range(8)]
    answers: list[Answer] = []

    def send(log: Log) -> None:
        answers.append(witness.add_checkpoint(log.request(0, 3)))

    threads = [threading.Thread(target=send, args=(log,)) for log in logs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [200] + [409] * 7


def test_a_damaged_memory_signs_nothing(witness: Witness) -> None:
    log = Log()
    witness.add_checkpoint(log.request(0, 2))
    [path] = (witness.folder / "logs").glob("*/checkpoint")
    path.write_bytes(log.note(1))
    with pytest.raises(EvidenceError, match="not what this witness wrote"):
        witness.add_checkpoint(log.request(1, 3))


def test_logs_do_not_stand_in_each_others_way(witness: Witness) -> None:
    other = signer("other.example/log", "other")
    witness.trust(other.verifier)
    witness.add_checkpoint(Log().request(0, 9))
    witness.add_checkpoint(Log(key=other).request(0, 2))
    assert [(log.origin, log.size) for log in witness.logs()] == [(ORIGIN, 9), ("other.example/log", 2)]


def test_only_a_logs_id_is_looked_up(witness: Witness) -> None:
    witness.add_checkpoint(Log().request(0, 2))
    kept = witness.latest(hashlib.sha256(ORIGIN.encode()).hexdigest())
    assert kept is not None
    assert parse_checkpoint(read_signatures(kept)[0]).size == 2
    assert witness.latest("../../key.pem") is None
    assert witness.latest("0" * 64) is None


def test_a_folder_holds_one_witness_for_good(witness: Witness) -> None:
    with pytest.raises(InputError, match="already"):
        Witness.create(witness.folder, "w2", clock=lambda: NOW)
    with pytest.raises(InputError, match="no witness"):
        Witness.open(witness.folder / "elsewhere", clock=lambda: NOW)


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_name_that_cannot_name_a_key_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        Witness.create(tmp_path / "w", name, clock=lambda: NOW)
    assert not (tmp_path / "w").exists()
