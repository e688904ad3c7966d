"""What a provider says of somebody is believed only as the specification allows; here the provider lies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from assent.errors import UnavailableError
from assent.operations.sign_in import SignInFailedError, UnderWay
from assent.serving.openid import Provider

ISSUER = "https://login.example"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AT = int(NOW.timestamp())
KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER = RSAKey.generate_key(2048, {"kid": "one"})
ROTATED = RSAKey.generate_key(2048, {"kid": "two"})
SECRET = "the client's secret, which is long enough to sign with"
UNDER_WAY = UnderWay("a browser's secret", "a state")
GOOD = {"iss": ISSUER, "sub": "m0", "aud": "assent", "iat": AT, "exp": AT + 300, "nonce": UNDER_WAY.nonce}


class Liar:
    """A provider that answers what it is told to."""

    def __init__(self, token: str, *, keys: list[RSAKey] | None = None, userinfo: dict[str, Any] | None = None) -> None:
        self.token, self.keys, self.userinfo = token, keys or [KEY], userinfo
        self.asked: list[str] = []

    def __call__(self, _method: str, address: str, **_given: Any) -> httpx.Response:
        self.asked.append(address)
        if address.endswith("openid-configuration"):
            facts = {
                "issuer": ISSUER,
                "jwks_uri": f"{ISSUER}/keys",
                "authorization_endpoint": f"{ISSUER}/auth",
                "token_endpoint": f"{ISSUER}/token",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            }
            return httpx.Response(200, json=facts | ({"userinfo_endpoint": f"{ISSUER}/me"} if self.userinfo else {}))
        if address.endswith("/keys"):
            key = self.keys.pop(0) if len(self.keys) > 1 else self.keys[0]
            return httpx.Response(200, json={"keys": [key.as_dict(private=False)]})
        if address.endswith("/me"):
            return httpx.Response(200, json=self.userinfo)
        return httpx.Response(200, json={"id_token": self.token, "access_token": "access", "token_type": "Bearer"})


@pytest.fixture
def told_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[Liar], dict[str, Any]]:
    def claims(liar: Liar) -> dict[str, Any]:
        monkeypatch.setattr(httpx, "request", liar)
        provider = Provider(
            ISSUER, client_id="assent", client_secret=SECRET, address="https://here.example", clock=lambda: NOW
        )
        return provider.claims_of("code", UNDER_WAY, issuer=None)

    return claims


def signed(claims: dict[str, Any], key: Any = KEY, alg: str = "RS256", kid: str = "one") -> str:
    return jwt.encode({"alg": alg, "kid": kid}, claims, key, algorithms=[alg])


def unsigned(claims: dict[str, Any]) -> str:
    import base64
    import json

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none'})}.{part(claims)}."


def test_a_good_token_is_believed(told_by: Callable[[Liar], dict[str, Any]]) -> None:
    assert told_by(Liar(signed(GOOD)))["sub"] == "m0"


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "another sign-in's"},
        {"nonce": None},
        {"iss": "https://other.example"},
        {"aud": "another client"},
        {"aud": ["another client"]},
        {"aud": ["assent", "another client"], "azp": "another client"},
        {"exp": AT - 61},
        {"exp": None},
        {"exp": "never"},
        {"iat": AT + 3600},
        {"sub": None},
        {"sub": 7},
        {"at_hash": "of another access token"},
    ],
    ids=str,
)
def test_a_token_that_says_anything_else_is_refused(
    told_by: Callable[[Liar], dict[str, Any]], changed: dict[str, Any]
) -> None:
    claims = {name: value for name, value in {**GOOD, **changed}.items() if value is not None}

    with pytest.raises(SignInFailedError):
        told_by(Liar(signed(claims)))


@pytest.mark.parametrize(
    "token",
    [
        signed(GOOD, OTHER),
        signed(GOOD, OctKey.import_key(SECRET), "HS256"),
        unsigned(GOOD),
        "no token",
        "",
        signed(GOOD)[:-4] + "AAAA",
    ],
    ids=["another key", "our own secret", "unsigned", "no token", "empty", "changed signature"],
)
def test_a_token_that_the_issuer_did_not_sign_is_refused(told_by: Callable[[Liar], dict[str, Any]], token: str) -> None:
    with pytest.raises(SignInFailedError):
        told_by(Liar(token))


def test_keys_that_were_changed_meanwhile_are_fetched_anew(told_by: Callable[[Liar], dict[str, Any]]) -> None:
    liar = Liar(signed(GOOD, ROTATED, kid="two"), keys=[KEY, ROTATED])

    assert told_by(liar)["sub"] == "m0"


def test_details_of_another_person_are_refused(told_by: Callable[[Liar], dict[str, Any]]) -> None:
    with pytest.raises(SignInFailedError):
        told_by(Liar(signed(GOOD), userinfo={"sub": "m1", "assent_role": "operator"}))


def test_details_never_replace_what_was_signed(told_by: Callable[[Liar], dict[str, Any]]) -> None:
    said = told_by(Liar(signed(GOOD), userinfo={"sub": "m0", "iss": "https://other.example", "name": "M"}))

    assert (said["iss"], said["name"]) == (ISSUER, "M")


def test_an_issuer_by_another_name_is_not_asked_further(monkeypatch: pytest.MonkeyPatch) -> None:
    liar = Liar(signed(GOOD))
    monkeypatch.setattr(httpx, "request", liar)
    provider = Provider(
        ISSUER + "/other", client_id="assent", client_secret=None, address="https://here.example", clock=lambda: NOW
    )

    with pytest.raises(UnavailableError):
        provider.claims_of("code", UNDER_WAY, issuer=None)
    assert len(liar.asked) == 1


def test_what_the_issuer_publishes_is_asked_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    liar, hour = Liar(signed(GOOD)), [0.0]
    monkeypatch.setattr(httpx, "request", liar)
    provider = Provider(
        ISSUER,
        client_id="assent",
        client_secret=None,
        address="https://here.example",
        clock=lambda: NOW,
        steady=lambda: hour[0],
    )
    for hour[0] in (0.0, 3599.0, 3601.0):
        provider.address_to_ask(UNDER_WAY, language="en")

    assert len(liar.asked) == 4  # its description and its keys, twice
