"""Whoever has another role now keeps no session of the old one."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.desk.sessions import session_of
from assent.operations.sign_in import begin, person_of, sign_out_everywhere
from assent.serving.shield import LARGEST_BODY
from portal_world import Portal, make_portal


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    return make_portal(tmp_path)


def signed_in(portal: Portal, role: str | None) -> str:
    claims = {"iss": "https://login.example.org", "sub": "u1", "name": "U"} | ({"assent_role": role} if role else {})
    return begin(portal.platform, person_of(claims, portal.world.workspace), replaces=None)


def is_open(portal: Portal, secret: str) -> bool:
    return session_of(portal.platform.desk, secret, now=portal.world.now) is not None


@pytest.mark.parametrize("later", ["auditor", None])
def test_an_officer_who_is_none_any_more_has_no_officers_session(portal: Portal, later: str | None) -> None:
    before = signed_in(portal, "privacy_officer")
    after = signed_in(portal, later)

    assert (is_open(portal, before), is_open(portal, after)) == (False, True)


def test_a_second_browser_in_the_same_role_leaves_the_first_signed_in(portal: Portal) -> None:
    first, second = signed_in(portal, "auditor"), signed_in(portal, "auditor")

    assert (is_open(portal, first), is_open(portal, second)) == (True, True)


def test_somebody_can_be_signed_out_everywhere_and_the_trail_says_so(portal: Portal) -> None:
    secrets = [portal.session(member="m1"), portal.session(member="m1")]

    assert sign_out_everywhere(portal.platform, "m1", by="command-line") == 2
    assert [is_open(portal, each) for each in secrets] == [False, False]
    assert [event.value for _, event in portal.platform.ledger.system_events() if event.key == "session.end"] == [None]


def test_what_is_read_before_it_is_known_who_asks_is_small(portal: Portal) -> None:
    body = b'{"member": "' + b"x" * LARGEST_BODY["/v1/"] + b'"}'

    assert portal.client().post("/v1/settings/change", content=body).status_code == 413
