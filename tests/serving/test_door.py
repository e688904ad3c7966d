"""Who is let in, and what every answer says, whatever it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import Depends, FastAPI

from assent.errors import EvidenceError, UnavailableError
from assent.operations.platform import open_platform
from assent.server.application import make_application
from assent.serving.door import FORM_KEY, FORM_KEY_HEADER, Needs
from assent.serving.permissions import Permission
from portal_world import AUDITOR, Client, Portal, make_portal
from small_world import joined

FORM = "/form-for-tests"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    made = make_portal(tmp_path_factory.mktemp("portal"), [*joined("m0"), *joined("m1")], [])
    add_routes(made.app)
    return made


def add_routes(app: FastAPI) -> None:
    """Routes that do as little as a route can, and some that fail."""

    def ends(error: Exception | None) -> Any:
        def endpoint() -> str:
            if error is not None:
                raise error
            return "done"

        return endpoint

    own, anybody = Depends(Needs(Permission.OWN_WRITE)), Depends(Needs(Permission.ANYBODY))
    app.add_api_route(FORM, ends(None), methods=["POST"], dependencies=[own])
    app.add_api_route("/open-form", ends(None), methods=["POST"], dependencies=[anybody])
    for path, error in FAILING.items():
        app.add_api_route(path, ends(error), dependencies=[anybody])
        app.add_api_route(f"/v1{path}", ends(error), dependencies=[anybody])


FAILING = {
    "/crashes": RuntimeError("m4711 has a secret"),
    "/damaged": EvidenceError("row of m4711 does not match"),
    "/away": UnavailableError("the database cannot be reached"),
}
EVERY_KIND = [
    "/sign-in",
    "/signed-out",
    "/settings",
    "/nothing/here",
    "/v1/nothing",
    "/v1/openapi.json",
    "/sign-out",
    *FAILING,
    *(f"/v1{path}" for path in FAILING),
]


# --- headers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", EVERY_KIND)
def test_every_answer_tells_browsers_what_it_may_do(portal: Portal, path: str) -> None:
    headers = portal.client().get(path).headers

    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize("path", ["/signed-out", "/settings", "/nothing/here", "/crashes", "/v1/nothing"])
def test_nothing_but_files_of_ours_is_kept(portal: Portal, path: str) -> None:
    assert portal.client(member="m0").get(path).headers["cache-control"] == "no-store"


def test_the_style_sheet_is_for_everybody_and_for_good(portal: Portal) -> None:
    from assent.web.pages import static_address

    answer = portal.client().get(static_address("assent.css"))

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")


def secure(portal: Portal) -> Client:
    workspace = portal.platform.workspace
    settings = {**workspace.settings, "portal.address": "https://privacy.example.org"}
    platform = replace(portal.platform, workspace=replace(workspace, settings=settings))
    return Client(make_application(platform), base_url="https://privacy.example.org", follow_redirects=False)


def test_behind_tls_browsers_come_by_tls_for_good(portal: Portal) -> None:
    said = secure(portal).get("/signed-out").headers["strict-transport-security"]

    assert said == "max-age=63072000; includeSubDomains"


def test_behind_tls_cookies_are_of_this_host_alone(portal: Portal) -> None:
    cookies = secure(portal).post("/sign-out").headers.get_list("set-cookie")

    assert [each.partition("=")[0] for each in cookies] == ["__Host-assent"]
    assert all(part in cookies[0] for part in ("; HttpOnly", "; Path=/", "; SameSite=lax", "; Secure"))
    assert "omain=" not in cookies[0]


def test_a_session_of_the_plain_cookie_is_none_behind_tls(portal: Portal) -> None:
    client = secure(portal)
    client.cookies.set("assent", portal.session(member="m0"))

    assert client.post(FORM).status_code == 404  # and the settings want a sign-in:
    assert client.get("/settings").headers["location"] == "/sign-in?next=/settings"


# --- forms -----------------------------------------------------------------------------------------------------


def test_a_form_with_its_key_is_taken(portal: Portal) -> None:
    assert portal.client(member="m0").form(FORM).status_code == 200


@pytest.mark.parametrize("key", [None, "", "wrong", "ü\ud800".encode("utf-8", "surrogatepass"), b"\xff"])
def test_a_form_without_the_sessions_key_is_not(portal: Portal, key: Any) -> None:
    client = portal.client(member="m0")
    client.headers.pop(FORM_KEY_HEADER)

    assert client.post(FORM, data={} if key is None else {FORM_KEY: key}).status_code == 403


def test_the_key_of_another_session_is_not_taken(portal: Portal) -> None:
    mine, theirs = portal.client(member="m0"), portal.client(member="m1")
    mine.form_key = theirs.form_key

    assert mine.form(FORM).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://127.0.0.1:8080"}, 200),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8080"}, 403),
    ],
    ids=str,
)
@pytest.mark.parametrize("path", [FORM, "/open-form"])
def test_a_form_on_another_site_is_not_taken_even_with_its_key(
    portal: Portal, path: str, headers: dict[str, str], status: int
) -> None:
    client = portal.client(member="m0")
    client.headers.update(headers)

    assert client.form(path).status_code == status


def test_two_browsers_of_one_member_have_a_key_each(portal: Portal) -> None:
    one, other = portal.client(member="m0"), portal.client(member="m0")
    one.form("/sign-out")

    assert (one.form_key != other.form_key, one.get("/settings").status_code) == (True, 303)
    assert other.form(FORM).status_code == 200


def test_a_session_is_over_when_its_hours_are(tmp_path: Path) -> None:
    portal = make_portal(tmp_path, joined("m0"), [])
    add_routes(portal.app)
    client = portal.client(member="m0")
    portal.world.now += timedelta(hours=8)

    assert client.form(FORM).status_code == 401


# --- language --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("back", "reached"), [("/settings", "/settings"), ("//evil.example", "/"), ("https://evil.example", "/")]
)
def test_the_language_is_chosen_and_the_reader_stays_here(portal: Portal, back: str, reached: str) -> None:
    answer = portal.client().post("/language", data={"lang": "de", "back": back})

    assert (answer.headers["location"], answer.cookies["assent-language"]) == (reached, "de")


def test_a_language_that_there_is_not_changes_nothing(portal: Portal) -> None:
    answer = portal.client().post("/language", data={"lang": "tlh\r\nset-cookie: a=b", "back": "/"})

    assert (answer.status_code, "set-cookie" in answer.headers) == (303, False)


# --- errors ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"), [("/crashes", 500), ("/damaged", 500), ("/away", 503), ("/nothing/here", 404)]
)
@pytest.mark.parametrize("prefix", ["", "/v1"])
def test_an_error_is_told_without_what_it_is_about(portal: Portal, prefix: str, path: str, status: int) -> None:
    answer = portal.client().get(prefix + path)

    kind = "application/problem+json" if prefix else "text/html; charset=utf-8"
    assert (answer.status_code, answer.headers["content-type"], "m4711" in answer.text) == (status, kind, False)


def test_what_goes_to_the_log_of_a_crash_names_places_and_nobody(
    portal: Portal, capfd: pytest.CaptureFixture[str]
) -> None:
    portal.client().get("/crashes")

    said = capfd.readouterr().err
    assert "builtins.RuntimeError" in said
    assert "m4711" not in said


def test_when_records_cannot_be_reached_a_page_says_that_nothing_was_saved(portal: Portal) -> None:
    answer = portal.client().get("/away")

    assert answer.headers["retry-after"] == "10"
    assert "Your choice was not saved" in answer.text
    assert "Nothing you saved earlier is lost" in answer.text


def test_a_method_that_a_page_does_not_have_is_405(portal: Portal) -> None:
    assert portal.client().get("/language").status_code == 405


@pytest.mark.parametrize(
    ("path", "next_"), [("/settings", "/settings"), ("/settings?a=1&b=2", "/settings%3Fa%3D1%26b%3D2")]
)
def test_a_page_for_somebody_leads_to_the_sign_in_and_back(portal: Portal, path: str, next_: str) -> None:
    assert portal.client().get(path).headers["location"] == f"/sign-in?next={next_}"


def test_without_a_provider_the_sign_in_says_what_to_do(portal: Portal) -> None:
    answer = portal.client().get("/sign-in")

    assert (answer.status_code, "[sign_in]" in answer.text) == (503, True)


def test_a_forbidden_page_says_so(portal: Portal) -> None:
    assert portal.client(staff=AUDITOR).form(FORM).status_code == 403


# --- what is turned away at once --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8080", 200),
        ("localhost", 200),
        ("LOCALHOST:1", 200),
        ("[::1]:8080", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("127.0.0.1@evil.example", 421),
        ("", 421),
    ],
)
def test_only_what_is_addressed_to_this_server_is_answered(portal: Portal, host: str, status: int) -> None:
    assert portal.client().get("/signed-out", headers={"host": host}).status_code == status


def test_whoever_watches_over_the_server_asks_by_its_bare_address(portal: Portal) -> None:
    assert portal.client().get("/health", headers={"host": "10.0.0.7"}).status_code != 421


def test_a_body_that_is_too_large_is_not_read(portal: Portal) -> None:
    answer = portal.client().post("/language", content=b"x", headers={"content-length": str(3 << 20)})

    assert answer.status_code == 413


def test_a_body_that_does_not_say_how_large_it_is_is_cut_off(portal: Portal) -> None:
    def long() -> Any:
        for _ in range(64):
            yield b"lang=" + b"x" * 65536

    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert portal.client().post("/language", content=long(), headers=kind).status_code == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "٣", "", "9" * 5000])
def test_a_length_that_is_none_is_no_crash(portal: Portal, length: str) -> None:
    headers = {"content-length": length.encode()}

    assert portal.client().post("/language", content=b"", headers=headers).status_code in (303, 413)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cookie", "assent=" + "x" * 60_000),
        ("cookie", "assent=\xff\xfe\x00; assent=ü; =; ;;; assent-language=\ud800"),
        ("cookie", "assent-language=../../etc/passwd"),
        ("accept-language", ",;q=;q=1e999,*;q=nan," * 50),
        ("accept-language", "\xff"),
        ("authorization", "Bearer \x00"),
        ("content-type", "multipart/form-data; boundary=\xff"),
        ("origin", "\xff"),
        ("sec-fetch-site", "\xff"),
        ("host", "\xff"),
        ("host", "[::1"),
        ("x-forwarded-for", "\xff, not an address"),
        ("if-none-match", "\xff"),
        ("range", "bytes=9-1"),
    ],
    ids=lambda value: repr(value)[:20],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/signed-out"), ("POST", FORM), ("POST", "/language")])
def test_junk_in_headers_crashes_nothing(portal: Portal, method: str, path: str, name: str, value: str) -> None:
    junk = {name: value.encode("utf-8", "surrogatepass") if "\ud800" in value else value.encode("latin-1")}

    assert portal.client().request(method, path, headers=junk).status_code < 500


def test_headers_that_are_too_large_are_refused(portal: Portal) -> None:
    assert portal.client().get("/signed-out", headers={"cookie": "a=" + "x" * 70_000}).status_code == 431


@pytest.mark.parametrize(
    "path", ["/%00", "/%ff%fe", "/..%2f..%2fetc/passwd", "/static/x/..%2fpages.py", "/a%0d%0ab: c"]
)
def test_junk_in_a_path_is_404(portal: Portal, path: str) -> None:
    assert portal.client().get(path).status_code == 404


# --- limits ----------------------------------------------------------------------------------------------------


def test_a_member_who_floods_waits_and_others_do_not(tmp_path: Path) -> None:
    portal = make_portal(tmp_path, [*joined("m0"), *joined("m1")], [])
    add_routes(portal.app)
    flooding = portal.client(member="m0")
    answers = (flooding.form(FORM) for _ in range(2000))
    last = next(each for each in answers if each.status_code == 429)

    assert int(last.headers["retry-after"]) >= 1
    assert "That was too often" in last.text
    assert portal.client(member="m1").form(FORM).status_code == 200


def test_a_sensitive_errand_is_counted_over_all_processes(store: str, tmp_path: Path) -> None:
    from assent.serving.limits import SENSITIVE, TooManyError, require_few

    portal = make_portal(tmp_path, [], [], database=store)
    most = SENSITIVE["objection"].most
    with open_platform(portal.world.workspace, clock=portal.world.clock, entropy=portal.world.entropy) as other:
        for number in range(most):
            require_few((portal.platform, other)[number % 2], "objection", "192.0.2.1")
        with pytest.raises(TooManyError) as refused:
            require_few(other, "objection", "192.0.2.1")
        require_few(other, "objection", "192.0.2.2")
        portal.world.pass_time(seconds=refused.value.wait_seconds)
        require_few(other, "objection", "192.0.2.1")
    portal.platform.close()


def test_the_desk_does_not_keep_addresses(tmp_path: Path) -> None:
    from assent.serving.limits import require_few

    portal = make_portal(tmp_path, [], [])
    require_few(portal.platform, "objection", "192.0.2.77")
    portal.platform.close()

    assert [path for path in (tmp_path / "desk").iterdir() if b"192.0.2.77" in path.read_bytes()] == []


def test_one_household_of_ipv6_counts_as_one() -> None:
    from starlette.requests import Request

    from assent.serving.limits import address_of

    hosts = ["2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:1::1", "192.0.2.1", "testclient"]
    said = [address_of(Request({"type": "http", "client": (host, 1), "headers": []})) for host in hosts]

    assert said == ["2001:db8::", "2001:db8::", "2001:db8:0:1::", "192.0.2.1", "testclient"]
