"""What is stopped, by which rules, and what was built."""

from __future__ import annotations

from collections.abc import Callable

from api_callers import Service
from assent.evidence.attestation import read_unverified
from portal_world import Portal

HOLD = {"purpose": "train_generative", "region": "DE", "why": "the regulator asked for it"}
MakeService = Callable[..., Service]


def reasons(client: Service) -> list[str]:
    told = client.post("/v1/settings/read", json={"member": "m0"}).json()["purposes"]
    return next(each["reasons"] for each in told if each["purpose"] == HOLD["purpose"])


def test_a_hold_is_in_force_at_the_next_question_and_lifted_again(service: MakeService) -> None:
    client = service()
    placed = client.write("/v1/holds", HOLD)
    while_held = reasons(client)
    lifted = client.write("/v1/holds/lift", HOLD)

    assert (placed.status_code, lifted.status_code) == (201, 200)
    assert placed.json()["took_ms"] > 0
    assert (while_held, reasons(client)) == (["on_hold"], [])


def test_the_holds_that_stand_are_listed(service: MakeService) -> None:
    client = service()
    client.write("/v1/holds", HOLD)

    placed = [each for each in client.get("/v1/holds").json()["holds"] if each["seq"] is not None]
    assert [(each["region"], each["why"]) for each in placed] == [("DE", HOLD["why"])]


def test_who_may_read_holds_may_not_place_one(service: MakeService) -> None:
    client = service("holds.read")

    assert [client.get("/v1/holds").status_code, client.write("/v1/holds", HOLD).status_code] == [200, 403]


def test_the_rules_in_force_are_told_with_their_digest(service: MakeService, portal: Portal) -> None:
    told = service("packs.read").get("/v1/packs/in-force").json()

    assert told["digest"] == portal.platform.pack.digest
    assert {each["purpose"] for each in told["purposes"]} == set(portal.platform.pack.purposes)


def test_a_snapshot_is_listed_and_its_manifest_is_the_sealed_one(service: MakeService, portal: Portal) -> None:
    built = portal.world.build()
    client = service("snapshots.read")

    [listed] = client.get("/v1/snapshots").json()["snapshots"]
    manifest = client.get(f"/v1/snapshots/{listed['snapshot']}/manifest").content

    assert (listed["snapshot"], listed["state"]) == (built.path.name, "sealed")
    assert read_unverified(manifest).predicate["purpose"] == "train_generative"


def test_no_path_leads_out_of_the_snapshots(service: MakeService) -> None:
    client = service()
    named = ["..", "%2e%2e", "..%2f..%2fkeys", "nothing", "a" * 300, "%00"]

    assert {client.get(f"/v1/snapshots/{name}/manifest").status_code for name in named} <= {404, 422}
