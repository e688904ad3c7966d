"""Services that call the API: a test client with a token."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from assent.operations.tokens import make_token
from assent.serving.permissions import SCOPES
from portal_world import Client, Portal

ALL = tuple(each.value for each in SCOPES)


class Service(Client):
    """A client with a token; `write` draws a fresh idempotency key."""

    def write(self, path: str, body: Any, *, key: str | None = None) -> Any:
        return self.post(path, json=body, headers={"idempotency-key": key or uuid4().hex})

    def lines(self, text: str | bytes, *, key: str | None = None) -> Any:
        headers = {"idempotency-key": key or uuid4().hex, "content-type": "application/x-ndjson"}
        return self.post("/v1/events", content=text, headers=headers)


def token_of(portal: Portal, *scopes: str) -> str:
    """The secret of a new token with these scopes; without any, with all there are."""
    return make_token(portal.platform, "test", scopes or ALL, known=ALL, days=30, by="staff:operator").secret


def service_of(portal: Portal, *scopes: str, **given: Any) -> Service:
    client = Service(portal.app, base_url="http://127.0.0.1:8080", follow_redirects=False, **given)
    client.headers["authorization"] = f"Bearer {token_of(portal, *scopes)}"
    return client
