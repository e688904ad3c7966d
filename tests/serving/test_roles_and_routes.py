"""Every role against every route, with real requests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from routes_table import OTHERWISE, READ_BY_POST, ROUTES, UNGUARDED

from assent.operations.tokens import make_token
from assent.serving.door import Needs
from assent.serving.permissions import GRANTS, SCOPES, Permission, Role
from assent.vocabulary.events import Event
from portal_world import AUDITOR, OFFICER, OPERATOR, Client, Portal, make_portal
from small_world import SETTING, joined, post

WRITING = ("POST", "PUT", "PATCH", "DELETE")
PEOPLE = {"nobody": Role.ANYBODY, "member": Role.MEMBER, OFFICER: Role.PRIVACY_OFFICER} | {
    AUDITOR: Role.AUDITOR,
    OPERATOR: Role.OPERATOR,
}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    root = tmp_path_factory.mktemp("portal")
    made = make_portal(root, [*joined("m0"), *joined("m1")], [post("p-0", "m0"), post("p-1", "m1")])
    yield made
    made.platform.close()


def asked_by(portal: Portal) -> dict[str, list[Permission]]:
    """What each route of the application asks for, as it stands in the application."""

    def asked(dependant: Dependant) -> Iterator[Permission]:
        for each in dependant.dependencies:
            if isinstance(each.call, Needs):
                yield each.call.permission
            yield from asked(each)

    found: dict[str, list[Permission]] = {}
    for route in iter_route_contexts(portal.app.routes):
        dependant = getattr(route, "dependant", None)
        for method in sorted(set(route.methods or ()) - {"HEAD"}):
            found[f"{method} {route.path}"] = [] if dependant is None else list(asked(dependant))
    return found


def test_every_route_asks_for_exactly_one_permission(portal: Portal) -> None:
    wrong = {route: asked for route, asked in asked_by(portal).items() if len(asked) != 1 and route not in UNGUARDED}

    assert wrong == {}


def test_the_table_says_what_the_routes_ask_for(portal: Portal) -> None:
    stands = {route: str(asked[0]) for route, asked in asked_by(portal).items() if asked}

    assert stands == ROUTES


def client_of(portal: Portal, who: str) -> Client:
    if who == "nobody":
        return portal.client()
    return portal.client(member="m1") if who == "member" else portal.client(staff=who)


def send(client: Client, route: str) -> Any:
    """A request that is let in where it may, and then makes no sense: nothing is found, nothing is complete."""
    method, path = route.split(" ", 1)
    path = re.sub(r"\{[^}]*\}", "0", path)
    if method == "GET":
        return client.get(path)
    if method == "DELETE":
        return client.delete(path)
    return client.post(path, json={}) if path.startswith("/v1/") else client.form(path)


def is_refused(answer: Any) -> bool:
    led_away = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?")
    return answer.status_code in (401, 403) or led_away


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_is_let_in_and_who_may_not_is_not(portal: Portal, who: str) -> None:
    wrong, client = {}, client_of(portal, who)
    for route, permission in ROUTES.items():
        answer = send(client_of(portal, who), route) if route == "POST /sign-out" else send(client, route)
        if route in OTHERWISE:
            as_it_should = answer.status_code in OTHERWISE[route]
        else:
            may = Permission(permission) in GRANTS[PEOPLE[who]]
            as_it_should = is_refused(answer) != may and answer.status_code < 500
        if not as_it_should:
            wrong[route] = answer.status_code

    assert wrong == {}


def test_a_token_opens_what_its_scope_says_and_nothing_else(portal: Portal) -> None:
    wrong: dict[tuple[str, str], int] = {}
    for scope in SCOPES:
        client = portal.client()
        secret = make_token(portal.platform, "x", [scope], known=SCOPES, days=1, by="staff:tests").secret
        client.headers["authorization"] = f"Bearer {secret}"
        for route, permission in ROUTES.items():
            if permission == "anybody" or (permission != scope and scope not in (SCOPES[0], SCOPES[-1])):
                continue  # against all that they do not open, two tokens are enough
            answer = send(client, route)
            if is_refused(answer) == (permission == scope) or answer.status_code >= 500:
                wrong[scope, route] = answer.status_code

    assert wrong == {}


def test_an_auditor_never_writes(portal: Portal) -> None:
    """By the table of grants, whatever a route is called: what they may post changes nothing or is everybody's."""
    may = {
        route
        for route, permission in ROUTES.items()
        if route.startswith(WRITING) and Permission(permission) in GRANTS[Role.AUDITOR] and permission != "anybody"
    }

    assert may == READ_BY_POST & may


def test_what_an_auditor_posts_adds_nothing_but_that_they_checked(portal: Portal) -> None:
    """The trail keeps who asked for a check; nothing that decides about anybody is added."""
    client, before = portal.client(staff=AUDITOR), portal.platform.ledger.size
    for route in ROUTES:
        if route.startswith(WRITING) and route != "POST /sign-out":
            send(client, route)
    added = [each for seq, each in portal.platform.ledger.system_events() if seq >= before and isinstance(each, Event)]

    assert [(each.type.value, each.key, each.by) for each in added] == [
        ("staff.acted", "sweep.look", f"staff:{AUDITOR}")
    ]
    assert portal.platform.ledger.size == before + len(added)


def links_of(client: Client, *starts: str) -> tuple[set[str], set[str]]:
    """Every page of ours that somebody reaches from there, and every address their forms go to."""
    seen: set[str] = set()
    forms: set[str] = set()
    waiting = list(starts)
    while waiting and len(seen) < 80:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path)
        if answer.status_code != 200 or "html" not in answer.headers["content-type"]:
            continue
        forms |= {unescape(each) for each in re.findall(r'<form[^>]*method="post"[^>]*action="(/[^"]*)"', answer.text)}
        waiting += [unescape(each) for each in re.findall(r'href="(/[^"#?]*)', answer.text)]
    return seen, forms


def test_a_member_never_reaches_anothers_data(portal: Portal) -> None:
    own, other = portal.client(member="m0"), portal.client(member="m1")
    own.form(f"/settings/{SETTING}", action="stop")
    own.form("/objections/new", purpose="train_generative", words="mine alone", name="", address="a@example.org")
    starts = ("/settings", "/my-data", "/my-data/receipts", "/my-data/data-sets", "/objections", "/notices")
    pages, forms = links_of(own, *starts)
    theirs, their_forms = links_of(other, *starts)
    leave = {"/sign-out", "/language"}

    reached = {path for path in pages - theirs if other.get(path).status_code != 404}
    sent = {path for path in forms - their_forms - leave if other.form(path).status_code not in (400, 403, 404)}

    assert any("receipts/" in path for path in pages - theirs), "nothing of m0's was found to try"
    assert (reached, sent) == (set(), set())


def test_a_member_is_never_shown_anothers_id(portal: Portal) -> None:
    other = portal.client(member="m1")
    pages, _ = links_of(other, "/settings", "/my-data", "/my-data/receipts", "/objections", "/notices")

    assert [path for path in pages if re.search(r"\bm0\b|p-0", other.get(path).text)] == []
