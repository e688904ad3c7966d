"""Who is found for a job is found by what they can do: by no name, and by no markup."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assent.errors import InputError
from assent.operations.finding import Finder, Sort, asked_text
from assent.operations.items import Items
from assent.operations.platform import open_platform
from small_world import World, joined, make_world, post, switched

NAMED = [("ruby", "Ruby Rowntree", "Dispensary manager"), ("theo", "Theo Baker", "Ruby developer")]


@pytest.fixture
def world(tmp_path: Path) -> World:
    events = [event for member, *_ in NAMED for event in joined(member, region="IE")]
    records = [
        record
        for member, name, job in NAMED
        for record in (
            post(f"{member}-name", member, name, category="profile.name"),
            post(f"{member}-job", member, job, category="profile.position"),
        )
    ]
    world = make_world(tmp_path / "w", events, records)
    world.build("search_candidates")
    return world


@pytest.fixture
def finder(world: World) -> Iterator[Finder]:
    with open_platform(world.workspace, clock=world.clock, entropy=world.entropy) as platform:
        finder = Finder(platform, Items(platform))
        yield finder
        finder.close()


def test_nobody_is_ranked_by_their_name(finder: Finder) -> None:
    found = finder.people_for("Ruby developer\nRuby on Rails")

    assert [each.ident for each in found] == ["theo"]
    assert [each.ident for each in finder.people_for("Baker\nBread at night")] == []


def test_who_is_searched_by_name_is_found_by_it(finder: Finder) -> None:
    assert finder.search("rowntree ruby", [Sort.PEOPLE])[0].title == "Ruby Rowntree"
    assert [each.ident for each in finder.search("Ruby", [Sort.PEOPLE])] == ["ruby", "theo"]


def test_who_withdrew_is_not_found_by_name_either(world: World, finder: Finder) -> None:
    world.tell(switched("ruby", "off", world.now, setting="search_candidates"))

    assert "ruby" not in [each.ident for each in finder.search("Ruby Rowntree", [Sort.PEOPLE])]


def test_markup_is_read_as_people_see_it() -> None:
    page = "<html><head><title>x</title><style>p {}</style></head><h1>Accountant</h1><p>Tax &amp; audit</p>"

    assert asked_text(page).split() == ["x", "Accountant", "Tax", "&", "audit"]
    assert asked_text("salary < 3 and > 2") == "salary < 3 and > 2"
    with pytest.raises(InputError, match="no text to search with"):
        asked_text("<p></p>")
