"""`assent explain`: it finds the record, says what the build would say, and names the events it rests on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assent.cli import build_app
from assent.errors import InputError
from assent.operations.explain import explain_record
from assent.vocabulary.reasons import Reason
from small_world import PURPOSE, World, make_world, someone_of_everything, switched


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = make_world(tmp_path / "w")
    monkeypatch.chdir(made.root)
    return made


def explained(world: World, ident: str):
    return explain_record(world.workspace, ident, purpose=PURPOSE, clock=world.clock)


def test_it_says_of_every_record_what_the_build_says(world):
    permitted = world.ids(world.build())
    _, records = someone_of_everything()
    said = {record["id"] for record in records if explained(world, record["id"]).verdict.allowed}
    assert said == permitted


def test_it_names_the_event_and_its_day(world):
    (seq,) = world.tell(switched("m5", "off", "2026-02-03T00:00:00Z"))
    told = explained(world, "p-m5-0").explanation
    (cause,) = told.causes
    assert (cause.reason, cause.events) == (Reason.SETTING_OFF, (seq,))
    assert "off on 3 February 2026" in cause.sentence


def test_of_others_it_tells_the_role_and_nothing_they_chose(world):
    told = explained(world, "e-2").explanation
    (cause,) = told.causes
    assert cause.reason is Reason.OTHER_SUBJECT
    assert "endorsed" in cause.sentence
    assert "Generative" not in json.dumps([cause.sentence, cause.rule])
    assert cause.events == ()


def test_it_follows_reposts_to_the_original(world):
    assert explained(world, "r-2").verdict.allowed
    assert explained(world, "r-4").verdict.reasons == (Reason.DERIVED_FROM_EXCLUDED,)
    assert explained(world, "r-5").verdict.reasons == (Reason.DERIVED_FROM_EXCLUDED,)


def test_an_item_excluded_by_an_event_is_told_with_the_event(world):
    told = explained(world, "p-m1-1").explanation
    (cause,) = told.causes
    assert cause.reason is Reason.ITEM_EXCLUDED
    assert len(cause.events) == 1


def test_a_record_nobody_holds_is_an_error_with_a_hint(world):
    with pytest.raises(InputError, match="no source holds a record `nope`"):
        explained(world, "nope")


def test_the_answer_for_machines_names_pack_and_position(world):
    result = CliRunner().invoke(build_app(), ["explain", "p-off", "--json"])
    payload = json.loads(result.stdout)
    assert payload["reasons"] == ["setting_off"]
    assert payload["ledger_size"] > 0
    assert len(payload["pack_digest"]) == 64


@pytest.mark.parametrize(
    ("record", "missing"), [("p-nobody", "names no author"), ("p-stranger", "assent ledger state stranger")]
)
def test_it_says_what_is_missing(world, record, missing):
    assert missing in CliRunner().invoke(build_app(), ["explain", record]).stdout
