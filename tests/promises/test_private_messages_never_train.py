"""Promise: a private message is never used, by no purpose of any pack, whoever agrees to it."""

from __future__ import annotations

import json

import pytest

from assent.gate.cases import answer_lines
from assent.policy.load import PackError, load_pack, shipped_packs

PURPOSES = [(pack, purpose) for pack in shipped_packs() for purpose in load_pack(pack).purposes]


@pytest.mark.parametrize(("pack", "purpose"), PURPOSES)
def test_a_private_message_is_denied_for_every_purpose_of_every_shipped_pack(pack, purpose):
    case = {
        "id": 1,
        "purpose": purpose,
        "at": "2030-01-01T00:00:00Z",
        "member": {"id": "m", "region": "US", "birth_date": "1980-01-01"},
        "record": {"category": "message.private", "created_at": "2020-01-01T00:00:00Z", "visibility": "public"},
    }
    (answer,) = answer_lines(load_pack(pack), [json.dumps(case).encode()])
    assert "category_never" in answer.to_json()["reasons"]


def test_a_pack_that_lists_private_messages_does_not_load(tmp_path):
    path = tmp_path / "sly.toml"
    path.write_text(
        'name = "sly"\ntitle = "Sly"\nextends = "community-qa"\n'
        '[scopes.public-text.messages]\ncategories = ["message.private"]\n'
    )
    with pytest.raises(PackError) as caught:
        load_pack(path)
    (problem,) = caught.value.problems
    assert (problem.line, problem.key) == (5, "scopes.public-text.messages.categories")
