"""A portal, and services with tokens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api_callers import Service, service_of
from portal_world import Portal, make_portal


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    return make_portal(tmp_path)


@pytest.fixture
def service(portal: Portal) -> Callable[..., Service]:
    """`service("settings.read", …)` is a client with a token of those scopes; without any, of all there are."""

    def make(*scopes: str, **given: Any) -> Service:
        return service_of(portal, *scopes, **given)

    return make
