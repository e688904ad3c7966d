"""A portal on a real port whose people sign in with a real provider; its clock is the wall's, as the provider's is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from assent.operations.ledger import now
from assent.operations.platform import open_platform
from assent.server.application import make_application
from assent.serving.openid import SECRET_VARIABLE
from portal_world import Portal
from real_provider import SECRET, RealProvider, free_port, provider_for
from small_world import joined, make_world


@contextmanager
def portal_with_provider(root: Path) -> Iterator[tuple[Portal, RealProvider, str]]:
    """The portal, its provider, and the address under which the provider knows it."""
    address = f"http://127.0.0.1:{free_port()}"
    with provider_for(address) as provider:
        yield make_portal_of(root, provider.issuer, address), provider, address


def make_portal_of(root: Path, issuer: str, address: str, **settings: Any) -> Portal:
    world = make_world(root, [*joined("m0"), *joined("m1")], [])
    given = {"sign_in.issuer": issuer, "portal.address": address, **settings}
    workspace = replace(world.workspace, settings={**world.workspace.settings, **given})
    before = os.environ.get(SECRET_VARIABLE)
    os.environ[SECRET_VARIABLE] = SECRET
    try:
        platform = open_platform(workspace, clock=now)
        return Portal(world, platform, make_application(platform))
    finally:
        if before is None:
            del os.environ[SECRET_VARIABLE]
        else:
            os.environ[SECRET_VARIABLE] = before
