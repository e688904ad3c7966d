"""Who is let in."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal_world import Portal, make_portal


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    return make_portal(tmp_path)


def test_the_style_sheet_is_for_everybody_and_for_good(portal: Portal) -> None:
    from assent.web.pages import static_address

    answer = portal.client().get(static_address("assent.css"))

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
