"""Signing in with a real OpenID provider, without a browser: what is taken, and everything that is not."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sign_in_world import portal_with_provider

import real_provider
from assent.desk.sessions import session_of
from portal_world import Client, Portal
from real_provider import RealProvider

pytestmark = pytest.mark.skipif(not real_provider.is_there(), reason=real_provider.NOT_FOUND)


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Portal, RealProvider, str]]:
    with portal_with_provider(tmp_path_factory.mktemp("portal")) as made:
        yield made


class Browser:
    """A browser at the portal, in this process; at the provider, over the wire."""

    def __init__(self, signing: tuple[Portal, RealProvider, str]) -> None:
        self.portal, self.provider, self.address = signing
        self.client = Client(self.portal.app, base_url=self.address, follow_redirects=False)

    def begin(self, path: str = "/sign-in") -> str:
        return str(self.client.get(path).headers["location"])

    def answer_for(self, name: str, path: str = "/sign-in") -> str:
        """What the provider sends the browser back with: a path of the portal."""
        back = urlsplit(self.provider.sign_in(self.begin(path), name))
        return f"{back.path}?{back.query}"

    def sign_in(self, name: str, path: str = "/sign-in") -> object:
        return self.client.get(self.answer_for(name, path))

    def who(self) -> tuple[str, str, str | None, str] | None:
        secret = self.client.cookies.get("assent")
        found = session_of(self.portal.platform.desk, secret, now=self.portal.platform.clock()) if secret else None
        return None if found is None else (found.role, found.subject, found.member, found.shown_name)


@pytest.fixture
def browser(signing: tuple[Portal, RealProvider, str]) -> Browser:
    return Browser(signing)


def changed(path: str, **given: str) -> str:
    """The answer with some of its parameters replaced."""
    parts = urlsplit(path)
    fields = {name: values[0] for name, values in parse_qs(parts.query).items()} | given
    return f"{parts.path}?{urlencode(fields)}"


def test_a_member_signs_in_as_the_member_that_the_claim_names(browser: Browser) -> None:
    browser.sign_in("m0")

    assert browser.who() == ("member", "m0", "m0", "Member m0")


def test_a_member_whom_the_ledger_does_not_know_signs_in_and_sees_nobody_elses(browser: Browser) -> None:
    browser.sign_in("new-here")

    assert browser.who() == ("member", "new-here", "new-here", "Member new-here")


@pytest.mark.parametrize(("name", "role"), [("olga", "privacy_officer"), ("axel", "auditor"), ("omar", "operator")])
def test_staff_sign_in_under_a_pseudonym_and_the_desk_knows_who_it_is(browser: Browser, name: str, role: str) -> None:
    from hashlib import sha256

    from assent.desk.staff import staff_names

    browser.sign_in(name)

    subject = "staff:" + sha256(f"{browser.provider.issuer}|{name}".encode()).hexdigest()[:16]
    assert browser.who() == (role, subject, None, f"{name} of the staff")
    assert staff_names(browser.portal.platform.desk)[subject] == f"{name} of the staff"


def test_a_role_that_there_is_not_is_refused(browser: Browser) -> None:
    answer = browser.sign_in("eve")

    assert (answer.status_code, browser.who()) == (403, None)


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/my-data?page=2", "/my-data?page=2"),
        ("", "/settings"),
        ("//evil.example", "/settings"),
        ("/\\evil.example", "/settings"),
        ("https://evil.example", "/settings"),
        ("/\t/evil.example", "/settings"),
        ("javascript:alert(1)", "/settings"),
        ("/a\r\nset-cookie: x=y", "/settings"),
    ],
)
def test_afterwards_they_are_where_they_wanted_to_be_if_that_is_here(
    browser: Browser, wanted: str, reached: str
) -> None:
    answer = browser.sign_in("m0", "/sign-in?" + urlencode({"next": wanted}))

    assert (answer.status_code, answer.headers["location"]) == (303, reached)


def test_the_session_before_ends_and_the_new_one_is_a_new_one(browser: Browser) -> None:
    planted = browser.portal.session(member="m1")
    path = browser.answer_for("m0")
    browser.client.cookies.set("assent", planted, domain="127.0.0.1")

    answer = browser.client.get(path)

    secret = answer.cookies["assent"]
    assert secret != planted
    now = browser.portal.platform.clock()
    assert session_of(browser.portal.platform.desk, planted, now=now) is None


def test_an_answer_works_once(browser: Browser) -> None:
    path = browser.answer_for("m0")
    cookie = browser.client.cookies["assent-sign-in"]
    browser.client.get(path)
    browser.client.cookies.set("assent-sign-in", cookie, domain="127.0.0.1")

    assert browser.client.get(path).status_code == 403


def test_an_answer_works_in_the_browser_that_asked_only(signing: tuple[Portal, RealProvider, str]) -> None:
    path = Browser(signing).answer_for("m0")
    victim = Browser(signing)
    victim.begin()

    assert (victim.client.get(path).status_code, victim.who()) == (403, None)


def test_an_answer_without_the_browsers_cookie_is_refused(signing: tuple[Portal, RealProvider, str]) -> None:
    path = Browser(signing).answer_for("m0")

    assert Browser(signing).client.get(path).status_code == 403


@pytest.mark.parametrize(
    "given",
    [
        {"state": "another"},
        {"code": "another"},
        {"code": ""},
        {"iss": "https://other.example"},
        {"error": "access_denied"},
    ],
)
def test_an_answer_that_was_changed_is_refused(browser: Browser, given: dict[str, str]) -> None:
    path = changed(browser.answer_for("m0"), **given)

    assert (browser.client.get(path).status_code, browser.who()) == (403, None)


def test_the_code_of_one_sign_in_does_not_finish_another(browser: Browser) -> None:
    stolen = parse_qs(urlsplit(browser.answer_for("m1")).query)["code"][0]
    path = changed(browser.answer_for("m0"), code=stolen)

    # PKCE: the code was given for another verifier.
    assert (browser.client.get(path).status_code, browser.who()) == (403, None)


def test_signing_out_ends_the_session_and_leads_on_to_the_provider(browser: Browser) -> None:
    browser.sign_in("m0")
    secret = browser.client.cookies["assent"]
    session = session_of(browser.portal.platform.desk, secret, now=browser.portal.platform.clock())
    assert session is not None

    answer = browser.client.post("/sign-out", data={"form_key": session.form_key})
    leaving = browser.client.get(answer.headers["location"])

    assert session_of(browser.portal.platform.desk, secret, now=browser.portal.platform.clock()) is None
    assert leaving.headers["refresh"].startswith(f"0; url={browser.provider.issuer}/session/end?client_id=assent&")


def test_nothing_that_lies_at_the_desk_finishes_a_sign_in(browser: Browser) -> None:
    import sqlalchemy as sa

    from assent.desk.tables import LINKS

    state = parse_qs(urlsplit(browser.begin()).query)["state"][0]
    with browser.portal.platform.desk.reading() as connection:
        rows = str(connection.execute(sa.select(LINKS)).all())

    assert state not in rows
    assert browser.client.cookies["assent-sign-in"] not in rows
