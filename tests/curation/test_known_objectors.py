"""Who objected without an account is looked for while their objection is in force."""

from __future__ import annotations

import pytest

from assent.operations import objections
from assent.operations.contact import Contact
from assent.operations.objectors import objectors
from assent.vocabulary.identifiers import PurposeName
from assent.vocabulary.people import IDENTIFIER_SCHEMA
from portal_world import Portal, make_portal
from small_world import joined, post

USE, OTHER = PurposeName("train_other"), PurposeName("train_generative")
JANE, BO = Contact("jane@example.org", "Jane Roe"), Contact("bo@example.org")


@pytest.fixture
def portal(tmp_path) -> Portal:
    return make_portal(tmp_path, joined("m1"), [post("r1", "m1", "what Jane Roe said")])


def values(portal, purpose=USE):
    return [(row["kind"], row["value"]) for row in objectors(portal.platform.desk, purpose).to_pylist()]


def test_names_and_addresses_of_those_who_are_no_members(portal):
    for contact in (JANE, BO):
        objections.receive(portal.platform, purpose=USE, contact=contact, words="not me")
    objections.receive(portal.platform, purpose=USE, person="m1", words="not mine")
    table = objectors(portal.platform.desk, USE)
    assert table.schema == IDENTIFIER_SCHEMA
    assert table["member"].null_count == 3
    assert values(portal) == [("email", "bo@example.org"), ("email", "jane@example.org"), ("name", "Jane Roe")]


def test_of_the_purpose_that_is_asked_about(portal):
    objections.receive(portal.platform, purpose=USE, contact=JANE, words="not me")
    assert values(portal, OTHER) == []
    assert values(portal, None) == values(portal)


def test_upheld_stays_and_rejected_goes(portal):
    kept = objections.receive(portal.platform, purpose=USE, contact=JANE, words="not me")
    gone = objections.receive(portal.platform, purpose=USE, contact=BO, words="not me")
    objections.decide(portal.platform, kept.id, outcome="upheld", grounds="", by="staff:1")
    grounds = "We are bound by law to keep using this."
    objections.decide(portal.platform, gone.id, outcome="rejected", grounds=grounds, by="staff:1")
    assert values(portal) == [("email", "jane@example.org"), ("name", "Jane Roe")]


def test_nobody_gives_an_empty_table(portal):
    assert objectors(portal.platform.desk, USE) == IDENTIFIER_SCHEMA.empty_table()
