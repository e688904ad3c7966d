"""Which models learned from a member, here and elsewhere, and which certificates concern them; and what a certificate
says of models elsewhere.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from assent.evidence.attestation import read_unverified
from assent.evidence.certificate import AskedElsewhere, parse_certificate
from assent.operations.models_elsewhere_registry import register_model
from assent.operations.platform import open_platform
from assent.operations.subject_models import Learned, learned_from
from assent.operations.takeback import take_back
from assent.operations.unlearn_certificate import certificates_folder
from model_world import model_in, model_world, small_base, standing, trained, unlearned
from small_world import PURPOSE, World

MEMBERS = [f"m{number}" for number in range(6)]
GONE, STAYS, NEVER = "m4", "m2", "m5"


class After:
    """A model here and a model elsewhere learned from everybody but one; then another of them took back."""

    def __init__(self, root: Path, base: Path) -> None:
        self.world: World = model_world(root, MEMBERS, shards=2)
        self.world.tell(
            {
                "type": "setting.changed",
                "setting": "generative_ai_improvement",
                "value": "off",
                "member": NEVER,
                "effective_at": "2025-10-01T00:00:00Z",
            }
        )
        snapshot = self.world.build().id
        trained(self.world, snapshot, base)
        self.first = standing(self.world)
        self._manifest = model_in(self.world)
        self.before = self.learned(GONE)
        self.world.pass_time(days=1)
        self.platform = open_platform(self.world.workspace, clock=self.world.clock, entropy=self.world.entropy)
        register_model(
            self.platform,
            "chat-7b",
            snapshots=[snapshot],
            trained_at=self.world.now,
            by="search team",
            serves_at="https://chat.example.org/v1",
        )
        self.asked_at = self.world.now
        take_back(self.world.workspace, [GONE], purposes=[PURPOSE], clock=self.world.clock)
        (done,) = unlearned(self.world, replay=False).unlearned
        assert done.certificate is not None
        self.certificate = done.certificate

    def adapter_of(self, shard: int | None) -> str | None:
        last = None if shard is None else self._manifest.last(shard)
        return None if last is None else last.path

    def learned(self, member: str) -> Learned:
        with self.world.ledger() as ledger:
            return learned_from(self.world.workspace, ledger, member)


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> After:
    base = small_base(tmp_path_factory.mktemp("base"))
    return After(tmp_path_factory.mktemp("learned"), base)


def test_before_it_names_the_model_and_the_slice_that_learned(after: After) -> None:
    [model] = after.before.here

    assert (model.id, model.stands, model.records, model.removed) == (after.first, True, 2, 0)
    assert (model.adapter, model.remembered) == (after.adapter_of(model.shard), False)
    assert after.before.certificates == ()


def test_afterwards_only_models_that_are_gone_had_learned_from_them(after: After) -> None:
    found = after.learned(GONE)

    assert [(each.id, each.stands, each.adapter, each.removed) for each in found.here] == [
        (after.first, False, None, 2)
    ]
    assert [each.id for each in found.certificates] == [after.certificate]


def test_a_model_elsewhere_has_the_day_by_which_it_learns_again(after: After) -> None:
    [elsewhere] = after.learned(GONE).elsewhere
    [others] = after.learned(STAYS).elsewhere

    assert (elsewhere.records, elsewhere.retrain_by) == (2, after.asked_at + timedelta(days=30))
    assert (others.records, others.retrain_by) == (2, None)


def test_whoever_stays_is_in_the_model_that_stands(after: After) -> None:
    found = after.learned(STAYS)

    [stands] = [each for each in found.here if each.stands]
    last = model_in(after.world).last(stands.shard or 0)
    assert last is not None
    assert (stands.id, stands.adapter) == (standing(after.world), last.path)
    assert found.certificates == ()


def test_whoever_never_permitted_is_in_nothing(after: After) -> None:
    assert after.learned(NEVER) == Learned((), (), ())


def test_the_certificate_says_what_was_asked_elsewhere(after: After) -> None:
    path = certificates_folder(after.world.workspace) / f"{after.certificate}.json"
    certificate = parse_certificate(read_unverified(path.read_bytes()))

    [asked] = certificate.elsewhere
    assert asked == AskedElsewhere("chat-7b", asked.request, after.asked_at + timedelta(days=30))
    assert (after.world.workspace.elsewhere_folder / "chat-7b" / f"{asked.request}.json").is_file()


def test_a_changed_certificate_is_not_believed(after: After) -> None:
    path = certificates_folder(after.world.workspace) / f"{after.certificate}.json"
    kept = path.read_bytes()
    path.write_bytes(kept + b" ")
    try:
        found = after.learned(GONE)
    finally:
        path.write_bytes(kept)

    assert (found.certificates, found.unread) == ((), (after.certificate,))
