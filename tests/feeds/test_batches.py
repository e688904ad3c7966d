"""What is in a batch, what is not, and what stays on our disk."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from assent.errors import EvidenceError, InputError, RefusedError
from assent.evidence.attestation import read_unverified
from assent.feeds import building
from assent.feeds.feed import BUILDING
from assent.feeds.manifest import ADDITIONS, parse_feed_manifest
from assent.operations.feed_status import holds_of
from assent.operations.feeds import acknowledge, build_anew, feed_of, purge, recipient_of, retract_feeds
from feed_world import NAME, FeedWorld, make_feed_world, position, recipient_table, rewrite, some_members

FOLDER = 'deliver = "folder"\npath = "inbox"\n'


@pytest.fixture
def feed(tmp_path: Path) -> FeedWorld:
    return make_feed_world(tmp_path / "w")


def data_on_disk(feed: FeedWorld) -> bytes:
    return b"".join(path.read_bytes() for path in feed.folder.rglob("*") if path.is_file())


def test_a_second_build_gives_what_is_new_or_changed_and_takes_back_what_is_gone(feed: FeedWorld) -> None:
    feed.snapshot()
    feed.build()
    feed.deliver()
    _, records = some_members()
    records[4]["text"] = "edited"
    rewrite(feed.world, [*records[1:], position("p-new", "m5")])
    snapshot = feed.snapshot()
    retractions, additions = feed.build().batches
    feed.deliver()

    assert (retractions.retractions, additions.additions) == (1, 2)
    assert feed.received() == feed.readable(snapshot)


def test_nothing_new_makes_no_batch(feed: FeedWorld) -> None:
    feed.snapshot()
    feed.build()
    feed.deliver()

    assert feed.build().batches == ()


def test_retractions_only_gives_corrections_and_nothing_new(feed: FeedWorld) -> None:
    feed.snapshot()
    feed.build()
    feed.deliver()
    _, records = some_members()
    records[4]["text"] = "edited"
    rewrite(feed.world, [*records[1:], position("p-new", "m5")])
    feed.snapshot()
    retractions, corrections = feed.retract().batches

    assert (retractions.retractions, corrections.additions) == (1, 1)


def test_everything_can_be_taken_back(feed: FeedWorld) -> None:
    feed.snapshot()
    feed.build()
    feed.deliver()
    feed.retract(everything=True)
    feed.deliver()

    assert feed.received() == {}


def test_everything_can_be_given_again(feed: FeedWorld) -> None:
    snapshot = feed.snapshot()
    feed.build()
    feed.deliver()
    shutil.rmtree(feed.inbox / "000001")
    (made,) = build_anew(feed.workspace, NAME, feed.around).batches

    assert made.additions == len(feed.readable(snapshot))


def test_only_the_columns_that_were_asked_for_are_given(tmp_path: Path) -> None:
    config = recipient_table(f'{FOLDER}fields = ["text", "category"]\npseudonyms = false\n')
    feed = make_feed_world(tmp_path / "w", config=config)
    feed.snapshot()
    feed.build()
    feed.deliver()

    assert feed.received()["p-0-0"] == {"id": "p-0-0", "category": "profile.position", "text": "what m0 wrote in p-0-0"}


def test_a_column_nobody_asked_for_changes_nothing(tmp_path: Path) -> None:
    feed = make_feed_world(tmp_path / "w", config=recipient_table(f'{FOLDER}fields = ["category"]\n'))
    feed.snapshot()
    feed.build()
    feed.deliver()
    _, records = some_members()
    records[4]["text"] = "edited"
    rewrite(feed.world, records)
    feed.snapshot()

    assert feed.build().batches == ()


def test_two_recipients_cannot_join_what_they_got_by_any_id(tmp_path: Path) -> None:
    config = recipient_table(FOLDER) + recipient_table('deliver = "folder"\npath = "other"\n', name="other")
    feed = make_feed_world(tmp_path / "w", config=config)
    feed.snapshot()
    for name in (NAME, "other"):
        feed.build(name)
        feed.deliver(name)

    def ids(inbox: str) -> set[str]:
        rows = feed.received(feed.world.root / inbox).values()
        people = {each["member"] for row in rows for each in row["subjects"]}
        return {row["id"] for row in rows} | {row["author"] for row in rows} | people

    assert (len(ids("inbox")), len(ids("other"))) == (18, 18)
    assert ids("inbox") & ids("other") == set()
    assert not any(name.startswith(("m", "p-")) and len(name) < 8 for name in ids("inbox"))


def test_a_persons_pseudonym_is_the_same_wherever_they_appear(tmp_path: Path) -> None:
    feed = make_feed_world(tmp_path / "w", config=recipient_table(FOLDER))
    feed.snapshot()
    feed.build()
    feed.deliver()
    rows = feed.received().values()

    (named,) = {each["member"] for row in rows for each in row["subjects"]}
    assert sum(row["author"] == named for row in rows) == 2


def test_a_change_of_names_takes_everything_back_and_gives_it_again(feed: FeedWorld) -> None:
    feed.snapshot()
    feed.build()
    feed.deliver()
    config = feed.world.root / "assent.toml"
    config.write_text(config.read_text().replace("pseudonyms = false", "pseudonyms = true"))
    made = feed.build().batches

    assert [(each.retractions, each.additions) for each in made] == [(12, 0), (0, 12)]


def test_after_delivery_only_digests_are_left_here(feed: FeedWorld) -> None:
    feed.snapshot()
    feed.build()
    assert b"what m0 wrote" in data_on_disk(feed)
    feed.deliver()

    assert b"what m0 wrote" not in data_on_disk(feed)


def test_what_is_replaced_before_it_was_sent_is_off_our_disk(feed: FeedWorld) -> None:
    feed.snapshot()
    feed.build()
    feed.withdraw("m2")
    feed.retract()

    assert b"what m2 wrote" not in data_on_disk(feed)
    assert b"what m3 wrote" in data_on_disk(feed)


def test_purging_a_member_drops_what_waits_and_takes_back_what_was_sent(feed: FeedWorld) -> None:
    feed.snapshot()
    feed.build()
    feed.deliver()
    purge(feed.workspace, "m2", feed.around)
    feed.deliver()
    (told,) = holds_of(feed.workspace, "m2", feed.around)

    assert set(feed.received()) == {f"p-{n}-{k}" for n in (0, 1, 3, 4, 5) for k in (0, 1)} - {"p-1-0"}
    assert (told.held, told.waiting, told.retracted[0].records) == (0, 0, 3)


def test_purging_works_where_no_snapshot_stands_any_more(feed: FeedWorld) -> None:
    snapshot = feed.snapshot()
    feed.build()
    shutil.rmtree(snapshot)
    purge(feed.workspace, "m2", feed.around)

    assert b"what m2 wrote" not in data_on_disk(feed)
    assert holds_of(feed.workspace, "m2", feed.around) == []


def test_purging_clears_what_a_crash_left_of_the_very_first_batch(feed: FeedWorld) -> None:
    feed.snapshot()
    with feed_of(feed.workspace, recipient_of(feed.workspace, NAME), feed.around) as opened:
        half = opened.folder / BUILDING / ADDITIONS
    half.parent.mkdir()
    half.write_bytes(b"what m2 wrote")
    purge(feed.workspace, "m2", feed.around)

    assert b"what m2 wrote" not in data_on_disk(feed)


def test_a_recipient_who_left_the_configuration_still_shows(feed: FeedWorld) -> None:
    feed.snapshot()
    feed.build()
    feed.deliver()
    config = feed.world.root / "assent.toml"
    config.write_text(config.read_text().partition("[recipients.")[0])

    assert (feed.status().configured, feed.status().held) == (False, 12)
    assert [each.held for each in holds_of(feed.workspace, "m0", feed.around)] == [2]


def test_a_manifest_says_what_it_rests_on_and_what_it_is_for(feed: FeedWorld) -> None:
    snapshot = feed.snapshot()
    (made,) = feed.build().batches
    envelope = (feed.folder / "000001" / "manifest.json").read_bytes()
    manifest = parse_feed_manifest(read_unverified(envelope))

    assert (manifest.snapshot or ("",))[0] == snapshot.name
    assert (manifest.additions, manifest.previous, manifest.purpose) == (made.additions, None, "share_affiliates")
    assert manifest.conditions["recipients"] == ["affiliates", "partners"]


@pytest.mark.parametrize("name", ["additions.jsonl", "manifest.json"])
def test_a_batch_that_was_changed_on_our_disk_is_not_sent(feed: FeedWorld, name: str) -> None:
    feed.snapshot()
    feed.build()
    path = feed.folder / "000001" / name
    path.write_bytes(path.read_bytes().replace(b"a", b"b", 1))

    with pytest.raises(EvidenceError):
        feed.deliver()
    assert feed.status().waiting == (1,)


def test_a_batch_that_was_removed_is_not_passed_over_and_can_be_made_anew(feed: FeedWorld) -> None:
    snapshot = feed.snapshot()
    feed.build()
    shutil.rmtree(feed.folder / "000001")

    with pytest.raises(EvidenceError, match="is missing"):
        feed.deliver()
    feed.build()
    feed.deliver()
    assert feed.received() == feed.readable(snapshot)


def test_without_the_key_of_names_nothing_is_guessed(feed: FeedWorld) -> None:
    feed.snapshot()
    feed.build()
    (feed.world.root / "keys" / "feeds.key").unlink()

    with pytest.raises(EvidenceError, match=r"feeds\.key"):
        feed.build()


def test_without_a_snapshot_there_is_nothing_to_build(feed: FeedWorld) -> None:
    with pytest.raises(InputError, match="no snapshot for `share_affiliates`"):
        feed.build()


def test_where_nobody_knows_what_was_withdrawn_no_data_is_sent(feed: FeedWorld) -> None:
    snapshot = feed.snapshot()
    feed.build()
    shutil.rmtree(snapshot)

    assert feed.deliver().sent == ()
    assert "nothing but retractions" in (feed.deliver().problem or "")


def test_another_batch_in_the_recipients_folder_is_not_replaced(feed: FeedWorld) -> None:
    feed.snapshot()
    feed.build()
    (feed.inbox / "000001").mkdir(parents=True)

    assert isinstance(_refusal(feed), EvidenceError)


def _refusal(feed: FeedWorld) -> Exception:
    with pytest.raises(EvidenceError, match="is another batch") as caught:
        feed.deliver()
    return caught.value


def test_a_receipt_for_another_batch_is_refused(feed: FeedWorld) -> None:
    feed.snapshot()
    feed.build()
    with pytest.raises(RefusedError, match="never sent"):
        acknowledge(feed.workspace, NAME, 1, feed.around)
    feed.deliver()
    with pytest.raises(EvidenceError, match="not for batch `1`"):
        acknowledge(feed.workspace, NAME, 1, feed.around, receipt=json.dumps({"acknowledged": "0" * 64}).encode())
    with pytest.raises(InputError, match="no batch `7`"):
        acknowledge(feed.workspace, NAME, 7, feed.around)


def test_a_receipt_that_names_the_digest_acknowledges(feed: FeedWorld) -> None:
    feed.snapshot()
    feed.build()
    feed.deliver()
    latest = json.loads((feed.inbox / "LATEST").read_text())
    acknowledge(feed.workspace, NAME, 1, feed.around, receipt=json.dumps({"acknowledged": latest["digest"]}).encode())

    assert [by for _, _, by in feed.events("feed.acknowledged")] == ["receipt"]


def test_a_retraction_against_the_snapshot_that_was_fed_reads_no_data(
    feed: FeedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed.snapshot()
    feed.build()
    feed.deliver()
    feed.withdraw("m1")

    def read(*_arguments: object) -> None:
        raise AssertionError("the data was read")

    monkeypatch.setattr(building, "lines_of", read)

    assert [each.retractions for each in feed.retract().batches] == [2]


def test_a_sweep_retracts_from_everybody_and_one_who_fails_does_not_keep_the_others(tmp_path: Path) -> None:
    config = recipient_table(FOLDER) + recipient_table('deliver = "folder"\npath = "other"\n', name="other")
    feed = make_feed_world(tmp_path / "w", config=config)
    feed.snapshot()
    for name in (NAME, "other"):
        feed.build(name)
        feed.deliver(name)
    feed.withdraw("m1")
    path = feed.world.root / "assent.toml"
    path.write_text(path.read_text().replace(f"[recipients.{NAME}]", f'[recipients.{NAME}]\nas = "strangers"'))
    found = retract_feeds(feed.workspace, feed.around)

    assert isinstance(found[NAME], RefusedError)
    assert [each.retractions for each in found["other"].batches] == [2]
