"""A log that shows one history to one person and another to the next is found out.

The platform here is as bad as it can be: it has the key, and it can copy, cut and rewrite its own database.
What it cannot do is make a witness forget.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assent.audit.witnesses import Quorum, Witnessed
from assent.errors import AssentError, EvidenceError, InputError
from assent.evidence.cosignature import Cosigner, WitnessKey
from assent.operations.witness import (
    COSIGNED_NAME,
    add_cosignatures,
    cosign_published,
    hear,
    make_witness,
    snapshot_ledger_size,
    watch_log,
)
from assent.operations.workspace import open_workspace
from assent.storage.keys import create_key
from small_world import World, joined, make_world, switched

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = ("a.example/w", "b.example/w", "c.example/w")


class Watched:
    """A world whose log is watched by three witnesses without a server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.world = make_world(folder / "world", joined("m1") + joined("m2"), [])
        self.keys = []
        for name in NAMES:
            witness = make_witness(self.at(name), name, clock=lambda: NOW)
            watch_log(self.at(name), str(self.log / "vkey"))
            self.keys.append(witness.signer.key.text)
        with (folder / "world" / "assent.toml").open("a") as config:
            for name, key in zip("abc", self.keys, strict=True):
                config.write(f'[witnesses.{name}]\nvkey = "{key}"\n')
        self.world.workspace = open_workspace(folder / "world")

    def at(self, name: str) -> Path:
        return self.folder / name.partition(".")[0]

    @property
    def log(self) -> Path:
        return self.world.workspace.ledger_folder / "log"

    def cosign(self, *names: str, world: World | None = None) -> None:
        world = world or self.world
        for name in names:
            note = cosign_published(self.at(name), str(world.workspace.ledger_folder), clock=lambda: NOW)
            path = self.folder / "note"
            path.write_bytes(note)
            add_cosignatures(world.workspace, [path])

    def grow(self, *values: str) -> None:
        for number, value in enumerate(values):
            self.world.tell(switched("m1", value, f"2025-12-{number + 1:02}T00:00:00Z"))

    def hear(self, asked: str, *, size: int | None = None, world: World | None = None, **given: object) -> Witnessed:
        world = world or self.world
        with world.ledger() as ledger:
            whole = ledger.size
        return hear(
            world.workspace.ledger_folder,
            asked,
            workspace=world.workspace,
            size=whole if size is None else size,
            **given,  # type: ignore[arg-type]
        )

    def forked(self) -> World:
        """The same log as it was now, to be told something else from here on."""
        shutil.copytree(self.folder / "world", self.folder / "fork")
        return World(self.folder / "fork", open_workspace(self.folder / "fork"))


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_enough_witnesses_vouch(watched: Watched) -> None:
    watched.cosign(*NAMES[:2])
    heard = watched.hear("2-of-3")
    heard.require()
    assert [(each.cosignature.witness.name, each.cosignature.at, each.size) for each in heard.counted] == [
        ("a.example/w", NOW, 8),
        ("b.example/w", NOW, 8),
    ]


def test_too_few_witnesses_are_too_few(watched: Watched) -> None:
    watched.cosign(*NAMES[:1])
    with pytest.raises(EvidenceError, match="1 of the 2 witnesses"):
        watched.hear("2-of-3").require()


def test_nobody_asked_is_too_few(watched: Watched) -> None:
    with pytest.raises(EvidenceError, match="0 of the 1 witnesses"):
        watched.hear("1-of-3").require()


def test_what_was_said_since_is_not_vouched_for(watched: Watched) -> None:
    watched.cosign(*NAMES)
    watched.grow("off")
    with pytest.raises(EvidenceError, match="the newest cosigned size is 8"):
        watched.hear("1-of-3").require()
    watched.hear("3-of-3", size=8).require()
    watched.cosign(*NAMES)
    watched.hear("3-of-3").require()


def test_a_member_who_is_shown_another_history_finds_out(watched: Watched) -> None:
    """The platform tells everybody that m1 said off, and m1's auditor that they said nothing."""
    other = watched.forked()
    watched.grow("off")
    other.tell(switched("m2", "on", "2025-12-01T00:00:00Z"))
    watched.cosign(*NAMES)
    # To the other world it gives the cosigned checkpoint of the first, for it has no other.
    shutil.copy(watched.log / COSIGNED_NAME, other.workspace.ledger_folder / "log" / COSIGNED_NAME)
    heard = watched.hear("2-of-3", world=other)
    with pytest.raises(EvidenceError, match="showed another history to witness `a"):
        heard.require()
    [found] = heard.contradictions
    assert found.notes[0].split("\n")[:2] == found.notes[1].split("\n")[:2] == ["assent.test/log", "9"]
    assert found.notes[0] != found.notes[1]


def test_a_witness_does_not_sign_both_histories(watched: Watched) -> None:
    other = watched.forked()
    watched.grow("off")
    other.tell(switched("m2", "on", "2025-12-01T00:00:00Z"))
    watched.cosign("a.example/w")
    with pytest.raises(EvidenceError, match="two histories"):
        watched.cosign("a.example/w", world=other)


def test_a_ledger_set_back_to_a_backup_is_found_out(watched: Watched) -> None:
    backup = watched.forked()
    watched.grow("off")
    watched.cosign(*NAMES)
    shutil.copy(watched.log / COSIGNED_NAME, watched.folder / "kept")
    with pytest.raises(EvidenceError, match="holds only 8 entries"):
        watched.hear("1-of-3", world=backup, cosigned=[str(watched.folder / "kept")]).require()
    with pytest.raises(EvidenceError, match="ends at size `8`"):
        watched.cosign("a.example/w", world=backup)


def test_a_signature_of_a_stranger_does_not_count(watched: Watched) -> None:
    watched.cosign("a.example/w")
    stranger = Cosigner("d.example/w", create_key(watched.folder / "stranger.pem")).key.text
    with pytest.raises(EvidenceError, match="0 of the 1"):
        watched.hear("1-of-1", keys=[stranger]).require()
    watched.hear("1-of-1", keys=[watched.keys[0]]).require()


def test_one_changed_byte_and_nobody_vouches(watched: Watched) -> None:
    watched.cosign("a.example/w")
    path = watched.log / COSIGNED_NAME
    note = path.read_bytes()
    for at in range(0, len(note), 3):
        path.write_bytes(note[:at] + bytes([note[at] ^ 1]) + note[at + 1 :])
        with pytest.raises(AssentError):
            watched.hear("1-of-3").require()


@pytest.mark.parametrize(("before", "after"), [(0, 1), (1, 1), (247, 249), (1, 3_000)])
def test_growth_of_any_size_is_vouched_for(watched: Watched, before: int, after: int) -> None:
    for count in (before, after):
        watched.world.tell(*(switched("m1", "off", NOW) for _ in range(count)))
        watched.cosign("a.example/w")
        watched.hear("1-of-3").require()


def test_a_snapshot_is_vouched_for_by_what_covers_its_events(watched: Watched) -> None:
    result = watched.world.build()
    size = snapshot_ledger_size(result.path)
    watched.cosign("a.example/w")
    watched.grow("off")
    watched.hear("1-of-3", size=size).require()


@pytest.mark.parametrize("asked", ["", "2", "0-of-3", "4-of-3", "2-of-2", "2-of-4", "a-of-b", "2-of-3 "])
def test_a_number_that_makes_no_sense_is_refused(watched: Watched, asked: str) -> None:
    with pytest.raises(InputError):
        watched.hear(asked)


def test_one_key_under_two_names_is_one_witness(watched: Watched) -> None:
    key = WitnessKey.parse(watched.keys[0])
    with pytest.raises(InputError, match="twice"):
        Quorum.parse("1-of-2", [key, WitnessKey("other", key.public)])
