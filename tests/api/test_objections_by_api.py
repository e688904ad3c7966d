"""Objections and claims over the API."""

from __future__ import annotations

from collections.abc import Callable

from api_callers import Service
from assent.operations.claims import decide_claim
from portal_world import Portal

PURPOSE = "train_generative"
MakeService = Callable[..., Service]


def test_an_objection_restricts_from_its_receipt(service: MakeService) -> None:
    client = service()
    made = client.write("/v1/objections", {"member": "m0", "purpose": PURPOSE, "words": "I do not want this."})

    after = client.post("/v1/settings/read", json={"member": "m0"}).json()["purposes"]

    assert (made.status_code, made.json()["state"], made.json()["is_open"]) == (201, "received", True)
    assert {each["purpose"]: each["reasons"] for each in after}[PURPOSE] == ["objection_open"]


def test_a_second_objection_to_the_same_is_the_first(service: MakeService, portal: Portal) -> None:
    client = service()
    ids = {client.write("/v1/objections", {"member": "m0", "purpose": PURPOSE}).json()["objection"] for _ in range(2)}

    assert len(ids) == 1
    assert sum(event.type.value == "objection.received" for _, event in portal.platform.ledger.events_of("m0")) == 1


def test_it_can_be_taken_back_by_whose_it_is_only(service: MakeService) -> None:
    client = service()
    ident = client.write("/v1/objections", {"member": "m0", "purpose": PURPOSE}).json()["objection"]

    answers = [
        client.write("/v1/objections/withdraw", {"member": member, "objection": ident}).status_code
        for member in ("m1", "m0")
    ]

    assert answers == [404, 200]
    [listed] = client.post("/v1/objections/read", json={"member": "m0"}).json()["objections"]
    assert listed["state"] == "withdrawn"


def test_an_objection_to_nothing_is_refused(service: MakeService) -> None:
    assert service().write("/v1/objections", {"member": "m0", "purpose": "nothing"}).status_code == 400


def test_a_claim_is_received(service: MakeService) -> None:
    client = service()
    claim = {"member": "m0", "purpose": PURPOSE, "output": "what m0 wrote in p-m0-0", "prompt": "write like m0"}

    made = client.write("/v1/claims", claim)

    assert (made.status_code, made.json()["kind"], made.json()["state"]) == (201, "claim", "received")


def test_a_claim_that_was_not_confirmed_is_said_as_in_the_ledger(service: MakeService, portal: Portal) -> None:
    client = service()
    made = client.write("/v1/claims", {"member": "m0", "purpose": PURPOSE, "output": "what m0 wrote"})
    decide_claim(
        portal.platform, made.json()["objection"], finding="not-confirmed", words="Forty tries showed nothing.", by="s"
    )

    [listed] = client.post("/v1/objections/read", json={"member": "m0"}).json()["objections"]

    assert (listed["state"], listed["is_open"]) == ("not-confirmed", False)


def test_who_may_write_objections_may_not_read_them(service: MakeService) -> None:
    client = service("objections.write")

    assert client.post("/v1/objections/read", json={"member": "m0"}).status_code == 403
