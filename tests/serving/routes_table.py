"""Every route, and the permission it asks for: written by hand, so that a route that asks for less is noticed.

A new route is added here, with what it should ask for; `test_roles_and_routes.py` then drives every role against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ROUTES: Final[Mapping[str, str]] = {
    "POST /v1/decide": "decide",
    "POST /v1/decide/batch": "decide",
    "POST /v1/settings/read": "settings.read",
    "POST /v1/settings/change": "settings.write",
    "POST /v1/signals/gpc": "settings.write",
    "POST /v1/objections": "objections.write",
    "POST /v1/objections/read": "objections.read",
    "POST /v1/objections/withdraw": "objections.write",
    "POST /v1/claims": "objections.write",
    "POST /v1/receipts": "receipts.read",
    "POST /v1/receipts/verify": "anybody",
    "POST /v1/events": "events.write",
    "GET /v1/snapshots": "snapshots.read",
    "GET /v1/snapshots/{snapshot}/manifest": "snapshots.read",
    "GET /v1/holds": "holds.read",
    "POST /v1/holds": "holds.place",
    "POST /v1/holds/lift": "holds.place",
    "GET /v1/packs/in-force": "packs.read",
    "GET /v1/hooks": "hooks.manage",
    "POST /v1/hooks": "hooks.manage",
    "DELETE /v1/hooks/{hook}": "hooks.manage",
    "POST /v1/hooks/{hook}/start": "hooks.manage",
    "GET /log/checkpoint": "anybody",
    "GET /log/checkpoint.cosigned": "anybody",
    "GET /log/vkey": "anybody",
    "GET /log/vkeys": "anybody",
    "GET /log/tile/{place:path}": "anybody",
    "GET /v1/log/proof": "anybody",
    "GET /v1/log/consistency": "anybody",
    "GET /health": "anybody",
    "GET /ready": "anybody",
    "GET /.well-known/gpc.json": "anybody",
    "GET /metrics": "metrics.read",
    "GET /settings": "own.read",
    "GET /settings/{name}": "own.read",
    "POST /settings/{name}": "own.write",
    "GET /my-data": "own.read",
    "POST /my-data/items": "own.write",
    "GET /my-data/data-sets": "own.read",
    "GET /my-data/data-sets/{snapshot}/proof": "own.read",
    "GET /my-data/receipts": "own.read",
    "GET /my-data/receipts/{seq}": "own.read",
    "GET /my-data/receipts/{seq}/receipt.json": "own.read",
    "GET /my-data/receipts/{seq}/receipt.html": "own.read",
    "GET /objections": "own.read",
    "GET /objections/new": "own.read",
    "POST /objections/new": "own.write",
    "GET /objections/{ident}": "own.read",
    "POST /objections/{ident}/appeal": "own.write",
    "POST /objections/{ident}/withdraw": "own.write",
    "POST /objections/{ident}/take-back": "own.write",
    "GET /object": "anybody",
    "POST /object": "anybody",
    "GET /object/sent": "anybody",
    "GET /object/confirm/{secret}": "anybody",
    "POST /object/confirm/{secret}": "anybody",
    "GET /object/case/{secret}": "anybody",
    "POST /object/case/{secret}/appeal": "anybody",
    "POST /object/case/{secret}/withdraw": "anybody",
    "GET /claim": "anybody",
    "POST /claim": "anybody",
    "GET /notices": "own.read",
    "GET /notices/unsubscribe/{mail}": "anybody",
    "POST /notices/unsubscribe/{mail}": "anybody",
    "GET /notices/{notice}": "own.read",
    "POST /notices/{notice}": "own.write",
    "GET /": "anybody",
    "GET /transparency": "anybody",
    "GET /transparency/rules": "anybody",
    "GET /transparency/balancing-test": "anybody",
    "GET /transparency/log": "anybody",
    "GET /transparency/receipt": "anybody",
    "POST /transparency/receipt": "anybody",
    "GET /employers": "anybody",
    "GET /employers/{name}": "anybody",
    "GET /console/objections": "objections.read",
    "GET /console/objections/{ident}": "objections.read",
    "GET /console/objections/{ident}/use": "objections.read",
    "POST /console/objections/{ident}/weigh": "objections.decide",
    "POST /console/objections/{ident}/decide": "objections.decide",
    "POST /console/objections/{ident}/extend": "objections.decide",
    "POST /console/objections/{ident}/find": "objections.decide",
    "POST /console/objections/{ident}/records": "objections.decide",
    "GET /console": "figures.read",
    "GET /console/plots/{use}/{name}.svg": "figures.read",
    "GET /console/holds": "holds.read",
    "POST /console/holds": "holds.place",
    "POST /console/holds/lift": "holds.place",
    "GET /console/packs": "packs.read",
    "POST /console/packs": "packs.propose",
    "GET /console/packs/{ident}": "packs.read",
    "POST /console/packs/{ident}/compare": "packs.propose",
    "POST /console/packs/{ident}/approve": "packs.approve",
    "POST /console/packs/{ident}/reject": "packs.approve",
    "POST /console/packs/{ident}/withdraw": "packs.propose",
    "GET /console/snapshots": "snapshots.read",
    "GET /console/snapshots/{ident}": "snapshots.read",
    "POST /console/snapshots/{ident}/verify": "snapshots.verify",
    "GET /console/takebacks": "snapshots.read",
    "POST /console/takebacks": "snapshots.verify",
    "GET /console/recipients": "recipients.read",
    "GET /console/ledger": "figures.read",
    "GET /console/trail": "trail.read",
    "GET /sign-in": "anybody",
    "GET /sign-in/callback": "anybody",
    "POST /sign-out": "anybody",
    "GET /sign-out/provider": "anybody",
    "GET /signed-out": "anybody",
    "POST /language": "anybody",
    "GET /static/{digest}/{name}": "anybody",
}

UNGUARDED: Final = frozenset({"GET /v1/openapi.json"})
"""What the framework answers itself, to anybody: the description of the API."""

READ_BY_POST: Final = frozenset(
    {
        # Members are named in bodies, never in addresses; these change nothing.
        "POST /v1/objections/read",
        # A verification derives again what is there, and a look at a sweep rewrites nothing.
        "POST /console/snapshots/{ident}/verify",
        "POST /console/takebacks",
    }
)
"""What is posted and changes nothing, or checks something on demand."""

OTHERWISE: Final[Mapping[str, frozenset[int]]] = {
    # Open to everybody, and yet an answer that nobody waits for, at a portal that has no provider, is refused.
    "GET /sign-in": frozenset({303, 503}),
    "GET /sign-in/callback": frozenset({403}),
}
"""How a route ends that refuses for another reason than who asks."""
