"""The console's first page says which models elsewhere are late."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from assent.operations.takeback import take_back
from assent.server.application import make_application
from elsewhere_world import NAME, elsewhere_world
from portal_world import OFFICER, Portal
from small_world import PURPOSE


def test_the_overview_says_who_is_asked_and_who_is_late(tmp_path: Path) -> None:
    here = elsewhere_world(tmp_path)
    portal = Portal(here.world, here.platform, make_application(here.platform))
    here.register()
    before = portal.client(staff=OFFICER).get("/console").text
    take_back(here.world.workspace, ["ben"], purposes=[PURPOSE], clock=here.world.clock)
    asked = portal.client(staff=OFFICER).get("/console").text
    here.world.now += timedelta(days=31)
    late = portal.client(staff=OFFICER).get("/console").text

    told = "Models elsewhere whose owners are asked to train them again: 1"
    overdue = f"Models elsewhere that should have been trained again: {NAME}"
    assert [told in each for each in (before, asked, late)] == [False, True, True]
    assert [overdue in each for each in (before, asked, late)] == [False, False, True]
