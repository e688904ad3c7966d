"""Tokens of services: what they open, and that they stop."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from fastapi import Depends

from assent.errors import InputError
from assent.operations.tokens import list_tokens, make_token, revoke_token
from assent.serving.door import Needs
from assent.serving.permissions import SCOPES, Permission
from assent.serving.showing_tokens import REMEMBERED_SECONDS, Tokens
from assent.vocabulary.events import Event, EventType
from portal_world import Client, Portal, make_portal
from small_world import joined

BY = "staff:tests"


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    made = make_portal(tmp_path, joined("m0"), [])
    permission = Depends(Needs(Permission.HOOKS_MANAGE))
    made.app.add_api_route("/v1/for-tests", lambda: "in", dependencies=[permission])
    return made


def made(portal: Portal, *scopes: str, days: int = 90) -> str:
    return make_token(portal.platform, "a service", scopes, known=SCOPES, days=days, by=BY).secret


def asking(portal: Portal, authorization: str | None) -> Client:
    client = portal.client()
    if authorization is not None:
        client.headers["authorization"] = authorization
    return client


def status(portal: Portal, authorization: str | None) -> int:
    """The answer to a route that asks for `hooks.manage`."""
    return int(asking(portal, authorization).get("/v1/for-tests").status_code)


def test_a_token_opens_what_its_scope_says(portal: Portal) -> None:
    assert status(portal, f"Bearer {made(portal, 'hooks.manage')}") == 200


def test_another_scope_does_not_and_the_answer_names_the_one_it_takes(portal: Portal) -> None:
    answer = asking(portal, f"bearer {made(portal, 'decide')}").get("/v1/for-tests")

    said = 'Bearer realm="assent", error="insufficient_scope", scope="hooks.manage"'
    assert (answer.status_code, answer.headers["www-authenticate"]) == (403, said)


@pytest.mark.parametrize(
    "authorization",
    ["Bearer assent_unknown", "Bearer ", "Bearer a b", "Bearer \xff\xfe", "Bearer " + "x" * 9000],
)
def test_a_forged_token_is_401_and_says_how_to_ask(portal: Portal, authorization: str) -> None:
    client = portal.client()

    answer = client.get("/v1/for-tests", headers={"authorization": authorization.encode("latin-1")})

    said = (answer.status_code, answer.headers["www-authenticate"])
    assert said == (401, 'Bearer realm="assent", error="invalid_token"')


@pytest.mark.parametrize("authorization", [None, "Basic dXNlcjpwYXNz", "Bearer", ""])
def test_no_token_is_401(portal: Portal, authorization: str | None) -> None:
    answer = asking(portal, authorization).get("/v1/for-tests")

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="assent"')


def test_a_token_of_one_character_less_opens_nothing(portal: Portal) -> None:
    assert status(portal, f"Bearer {made(portal, 'hooks.manage')[:-1]}") == 401


def test_a_token_is_over_when_its_days_are(portal: Portal) -> None:
    secret = made(portal, "hooks.manage", days=1)
    portal.world.pass_time(days=1)

    assert status(portal, f"Bearer {secret}") == 401


def test_a_revoked_token_opens_nothing_after_at_most_a_second_wherever_it_was_revoked(portal: Portal) -> None:
    secret = made(portal, "hooks.manage")
    good = status(portal, f"Bearer {secret}")
    # Through the database only, as another process does it.
    revoke_token(portal.platform, list_tokens(portal.platform)[0].id, by=BY)
    revoked_at = asked_at = last_opened_at = time.monotonic()

    while status(portal, f"Bearer {secret}") == 200:
        last_opened_at = asked_at
        time.sleep(0.02)
        asked_at = time.monotonic()

    assert good == 200
    # When it was asked, not when it was answered: a busy machine answers late.
    assert last_opened_at - revoked_at < 1


def test_while_it_is_remembered_the_desk_is_not_asked(portal: Portal) -> None:
    seconds = [0.0]
    tokens = Tokens(portal.platform, steady=lambda: seconds[0])
    secret = made(portal, "decide")
    tokens.look_up(secret)

    remembered = []
    for seconds[0] in (0.0, REMEMBERED_SECONDS - 0.01, REMEMBERED_SECONDS):
        remembered.append(tokens.remembered(secret) is not None)

    assert remembered == [True, True, False]


def test_the_desk_has_no_secret(portal: Portal, tmp_path: Path) -> None:
    secret = made(portal, "decide")
    portal.platform.close()

    found = [path for path in (tmp_path / "desk").iterdir() if secret.encode() in path.read_bytes()]

    assert found == []


def test_the_ledgers_trail_says_who_made_and_who_revoked(portal: Portal) -> None:
    token = make_token(portal.platform, "x", ["decide"], known=SCOPES, days=1, by=BY).token
    revoke_token(portal.platform, token.id, by="staff:another")
    revoke_token(portal.platform, token.id, by="staff:again")

    trail = [
        (event.key, event.value, event.by)
        for _, event in portal.platform.ledger.system_events()
        if isinstance(event, Event) and event.type is EventType.STAFF_ACTED
    ]

    assert trail == [("token.make", token.id, BY), ("token.revoke", token.id, "staff:another")]


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [
        ("x", [], 90),
        ("x", ["everything"], 90),
        ("x", [Permission.OWN_WRITE], 90),
        ("x", [Permission.TOKENS_MANAGE], 90),
        ("x", [Permission.PACKS_APPROVE], 90),
        ("", ["decide"], 90),
        ("a\nb", ["decide"], 90),
        ("x" * 81, ["decide"], 90),
        ("x", ["decide"], 0),
        ("x", ["decide"], 3651),
    ],
)
def test_what_makes_no_sense_makes_no_token(portal: Portal, name: str, scopes: list[str], days: int) -> None:
    with pytest.raises(InputError):
        make_token(portal.platform, name, scopes, known=SCOPES, days=days, by=BY)
    assert list_tokens(portal.platform) == []
