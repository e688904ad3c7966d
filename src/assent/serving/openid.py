"""OpenID Connect: where a provider says somebody is, and what of it is believed.

Authorization code with PKCE; the ID token's signature by the keys the issuer publishes, its issuer, audience, times and
nonce. Nothing the provider hands over is kept: not the code, not a token. Source: OpenID Connect Core 1.0 §3.1,
Discovery 1.0 §4, RP-Initiated Logout 1.0 §2, RFC 7636 (PKCE), RFC 9207 (issuer in the answer).
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from assent.errors import InputError, UnavailableError
from assent.operations.platform import Platform
from assent.operations.sign_in import SignInFailedError, UnderWay
from assent.operations.workspace import NOT_STATED, Workspace

SECRET_VARIABLE: Final = "ASSENT_SIGN_IN_CLIENT_SECRET"  # noqa: S105 - the variable's name
CALLBACK: Final = "/sign-in/callback"
SIGNED_OUT: Final = "/signed-out"
_KEPT_SECONDS: Final = 3600
_LEEWAY_SECONDS: Final = 60
# Signatures that only the issuer can make: with HS256 whoever knows our secret could, with `none` anybody.
_ALGORITHMS: Final = tuple("RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split())
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class _Issuer:
    """What an issuer publishes of itself."""

    facts: Mapping[str, Any]
    keys: KeySet
    asked_at: float

    def endpoint(self, name: str) -> str | None:
        found = self.facts.get(f"{name}_endpoint")
        return found if isinstance(found, str) else None


class Provider:
    """The issuer that the platform's people sign in with; safe to use from many threads.

    Args:
        address: ours, without a slash at its end.
        clock: by which the tokens' times are judged.
    """

    def __init__(
        self,
        issuer: str,
        *,
        client_id: str,
        client_secret: str | None,
        address: str,
        clock: Callable[[], datetime],
        steady: Callable[[], float] = monotonic,
    ) -> None:
        self.issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._address = address
        self._clock = clock
        self._steady = steady
        self._known: _Issuer | None = None
        self._lock = Lock()

    @property
    def host(self) -> str:
        """What to call it."""
        return urlsplit(self.issuer).netloc

    def address_to_ask(self, under_way: UnderWay, *, language: str) -> str:
        """Where the browser goes to sign in.

        Raises:
            UnavailableError: the provider cannot be reached.
        """
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._address + CALLBACK,
            "scope": "openid profile",
            "state": under_way.state,
            "nonce": under_way.nonce,
            "code_challenge": create_s256_code_challenge(under_way.verifier),
            "code_challenge_method": "S256",
            "ui_locales": language,
        }
        return _with_query(self._required("authorization"), asked)

    def claims_of(self, code: str, under_way: UnderWay, *, issuer: str | None) -> dict[str, Any]:
        """What the provider states of whoever it gave the code to, verified.

        Args:
            issuer: as the answer names it, where it does.

        Raises:
            SignInFailedError: the code or what it was exchanged for is not what was asked for.
            UnavailableError: the provider cannot be reached.
        """
        if issuer is not None and issuer != self.issuer:
            raise SignInFailedError("the answer is from another sign-in provider", hint="sign in once more")
        given = self._exchange(code, under_way.verifier)
        token, access = given.get("id_token"), given.get("access_token")
        if not isinstance(token, str):
            raise SignInFailedError("the sign-in provider did not say who you are", hint="sign in once more")
        claims = self._verified(token, nonce=under_way.nonce, access_token=access)
        return self._with_details(claims, access)

    def sign_out_address(self) -> str | None:
        """Where the browser goes to be signed out at the provider too; None where it offers no such thing."""
        found = self._issuer().endpoint("end_session")
        asked = {"client_id": self._client_id, "post_logout_redirect_uri": self._address + SIGNED_OUT}
        return None if found is None else _with_query(found, asked)

    def _exchange(self, code: str, verifier: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._address + CALLBACK,
            "code_verifier": verifier,
        }
        basic = None
        ways = self._issuer().facts.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if self._client_secret is None:
            form["client_id"] = self._client_id
        elif "client_secret_basic" in ways:
            # Source: RFC 6749 §2.3.1: both are form-encoded before they are joined.
            basic = httpx.BasicAuth(quote(self._client_id, safe=""), quote(self._client_secret, safe=""))
        else:
            form |= {"client_id": self._client_id, "client_secret": self._client_secret}
        return self._fetch("POST", self._required("token"), data=form, auth=basic)

    def _verified(self, token: str, *, nonce: str, access_token: object) -> dict[str, Any]:
        issuer = self._issuer()
        offered = issuer.facts.get("id_token_signing_alg_values_supported", ["RS256"])
        registry = JWSRegistry(algorithms=[each for each in _ALGORITHMS if each in offered], strict_check_header=False)
        try:
            try:
                decoded = jwt.decode(token, issuer.keys, registry=registry)
            except InvalidKeyIdError:
                # The issuer changed its keys since it was asked.
                decoded = jwt.decode(token, self._issuer(anew=True).keys, registry=registry)
            options = {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self._client_id},
            }
            params = {"nonce": nonce, "client_id": self._client_id, "access_token": access_token}
            claims = CodeIDToken(decoded.claims, decoded.header, options, params)
            claims.validate(now=int(self._clock().timestamp()), leeway=_LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError):
            raise _not_believed() from None
        if not isinstance(claims["sub"], str) or not hmac.compare_digest(str(claims.get("nonce")), nonce):
            raise _not_believed()
        return dict(claims)

    def _with_details(self, claims: dict[str, Any], access_token: object) -> dict[str, Any]:
        # Many providers put names and roles here and not into the token. Were an answer that fails taken for an empty
        # one, a person of the staff would be let in as a member: so it must succeed where the provider offers it.
        where = self._issuer().endpoint("userinfo")
        if where is None or not isinstance(access_token, str):
            return claims
        details = self._fetch("GET", where, headers={"authorization": f"Bearer {access_token}"})
        if details.get("sub") != claims["sub"]:
            raise SignInFailedError("the sign-in provider speaks of two people", hint="sign in once more")
        return details | claims

    def _required(self, name: str) -> str:
        found = self._issuer().endpoint(name)
        if found is None:
            raise UnavailableError(f"the sign-in provider names no {name} endpoint")
        return found

    def _issuer(self, *, anew: bool = False) -> _Issuer:
        with self._lock:
            now = self._steady()
            known = self._known
            if known is not None and not anew and now - known.asked_at < _KEPT_SECONDS:
                return known
            facts = self._fetch("GET", self.issuer.rstrip("/") + "/.well-known/openid-configuration")
            if facts.get("issuer") != self.issuer or not isinstance(facts.get("jwks_uri"), str):
                raise UnavailableError(
                    "the sign-in provider calls itself by another name",
                    hint="`issuer` under [sign_in] must be what it publishes, letter by letter",
                )
            try:
                keys = KeySet.import_key_set(self._fetch("GET", facts["jwks_uri"]))  # type: ignore[arg-type]
            except (JoseError, ValueError, TypeError, KeyError):
                raise UnavailableError("the sign-in provider's keys cannot be read") from None
            self._known = _Issuer(facts, keys, now)
            return self._known

    def _fetch(self, method: str, address: str, **given: Any) -> dict[str, Any]:
        try:
            answer = httpx.request(method, address, timeout=10, follow_redirects=False, **given)
            read = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL, json.JSONDecodeError, UnicodeDecodeError):
            raise UnavailableError("the sign-in provider cannot be reached", hint="try again in a minute") from None
        if answer.status_code in (400, 401, 403):
            raise SignInFailedError("the sign-in provider does not accept this sign-in", hint="sign in once more")
        if answer.status_code != httpx.codes.OK or not isinstance(read, dict):
            raise UnavailableError("the sign-in provider does not answer as it should", hint="try again in a minute")
        return read


def provider_of(platform: Platform, *, environ: Mapping[str, str] = os.environ) -> Provider | None:
    """The provider that `[sign_in]` names; None where it names none. Nothing is asked of it yet.

    Raises:
        InputError: it would be spoken to in the clear, or the file of the secret cannot be read.
    """
    workspace = platform.workspace
    issuer = workspace.text("sign_in.issuer")
    if issuer == NOT_STATED:
        return None
    parts = urlsplit(issuer)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise InputError(f"the issuer `{issuer}` must be an https address", hint="`issuer` under [sign_in]")
    return Provider(
        issuer,
        client_id=workspace.text("sign_in.client_id"),
        client_secret=_secret(workspace, environ),
        address=workspace.text("portal.address").rstrip("/"),
        clock=platform.clock,
    )


def _secret(workspace: Workspace, environ: Mapping[str, str]) -> str | None:
    if SECRET_VARIABLE in environ:
        return environ[SECRET_VARIABLE]
    name = workspace.text("sign_in.client_secret_file")
    if name == NOT_STATED:
        return None
    path = Path(workspace.root / name)
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise InputError(f"`{path}` cannot be read", hint="`client_secret_file` under [sign_in]") from None


def _not_believed() -> SignInFailedError:
    return SignInFailedError(
        "what the sign-in provider says of you cannot be believed",
        hint="sign in once more; if it happens again, tell the platform's support",
    )


def _with_query(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"
