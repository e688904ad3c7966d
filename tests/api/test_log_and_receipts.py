"""The public log as files, and receipts."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from api_callers import Service
from assent.evidence import merkle
from assent.evidence.checkpoint import open_checkpoint
from assent.evidence.note import VerifierKey
from assent.evidence.tlog_proof import parse_proof, verify_proof
from assent.witness.published import open_published
from portal_world import Portal, make_portal, serve
from small_world import SETTING

MakeService = Callable[..., Service]


def test_the_log_is_read_from_the_server_as_from_its_folder(portal: Portal) -> None:
    folder = portal.world.workspace.ledger_folder / "log"
    with serve(portal) as address, open_published(f"{address}/log") as remote, open_published(str(folder)) as here:
        size = portal.platform.ledger.size
        assert remote.checkpoint() == here.checkpoint()
        assert remote.prove_entry(3, size) == here.prove_entry(3, size)
        assert remote.prove_growth(5, size) == here.prove_growth(5, size)


def test_files_say_what_they_are_and_how_long_they_hold(portal: Portal) -> None:
    client = portal.client()
    size = portal.platform.ledger.size
    found = [client.get(path).headers for path in ("/log/checkpoint", f"/log/tile/0/000.p/{size}")]

    assert [(each["content-type"], each["cache-control"]) for each in found] == [
        ("text/plain; charset=utf-8", "no-cache"),
        ("application/octet-stream", "public, max-age=31536000, immutable"),
    ]


ODD = ["0/000/../../../keys/ledger.key", "..%2f..%2fkeys", "entries/../checkpoint", "0/000.p/256", "0/000.p/0", "64/000",
       "0/1", "0/x001", "0/000/", "entries/x000/x000/x000/x000/x000/x000/x000/000", "0/000%0a", "-1/000", "0/\u0660\u0660\u0660"]  # fmt: skip


@pytest.mark.parametrize("place", ODD)
def test_no_path_leads_out_of_the_log(portal: Portal, place: str) -> None:
    assert portal.client().get(f"/log/tile/{place}").status_code in {404, 422}


def test_what_nobody_cosigned_is_not_there(portal: Portal) -> None:
    answer = portal.client().get("/log/checkpoint.cosigned")

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_proof_verifies_with_the_logs_key_alone(portal: Portal) -> None:
    client = portal.client()
    key = VerifierKey.parse(client.get("/log/vkey").text.strip())
    proof = parse_proof(client.get("/v1/log/proof?index=3").text)

    checkpoint = verify_proof(proof, leaf=portal.platform.ledger.commitment(3), verifiers=[key])

    assert (proof.index, proof.extra, checkpoint.size) == (3, None, portal.platform.ledger.size)


def test_growth_is_proved(portal: Portal) -> None:
    client = portal.client()
    key = VerifierKey.parse(client.get("/log/vkey").text.strip())
    old = open_checkpoint(client.get("/log/checkpoint").content, [key])
    portal.world.tell({"type": "member.joined", "member": "n1", "effective_at": "2026-01-01T00:00:00Z"})
    new = open_checkpoint(client.get("/log/checkpoint").content, [key])

    told = client.get(f"/v1/log/consistency?old={old.size}&size={new.size}").json()

    hashes = [base64.b64decode(each) for each in told["hashes"]]
    merkle.verify_consistency(old.size, new.size, hashes, old.root, new.root)


@pytest.mark.parametrize("query", ["index=99999", "index=9007199254740991"])
def test_a_proof_of_what_is_not_there_is_not_there(portal: Portal, query: str) -> None:
    assert portal.client().get(f"/v1/log/proof?{query}").status_code == 404


@pytest.mark.parametrize("query", ["old=5&size=4", "old=0&size=99999", "old=-1&size=2", "size=2", "old=a&size=2"])
def test_growth_that_makes_no_sense_is_refused(portal: Portal, query: str) -> None:
    assert portal.client().get(f"/v1/log/consistency?{query}").status_code in {404, 422}


# --- receipts


def receipt_of(client: Service, member: str = "m0") -> tuple[bytes, int]:
    seq = client.write("/v1/settings/change", {"member": member, "setting": SETTING, "value": "off"}).json()["seq"]
    return client.post("/v1/receipts", json={"member": member, "seq": seq}).content, seq


def verify(client: Service, receipt: bytes) -> object:
    return client.post("/v1/receipts/verify", content=receipt, headers={"content-type": "application/json"})


def test_anyone_may_show_a_receipt_and_is_told_what_it_proves(service: MakeService, portal: Portal) -> None:
    receipt, seq = receipt_of(service())

    told = verify(portal.client(), receipt).json()

    assert (told["seq"], told["event"]["value"], told["held"], told["newer"]) == (seq, "off", None, None)


def test_a_receipt_shown_after_the_matter_changed_is_told_to_be_overtaken(service: MakeService) -> None:
    client = service()
    receipt, _ = receipt_of(client)
    later = client.write("/v1/settings/change", {"member": "m0", "setting": SETTING, "value": "on"}).json()["seq"]

    told = verify(client, receipt).json()

    assert (told["held"], told["newer"]) == (True, later)


def test_no_byte_of_a_receipt_can_be_changed(service: MakeService, portal: Portal) -> None:
    receipt, _ = receipt_of(service())
    places = range(0, len(receipt), len(receipt) // 40)

    found = {
        verify(portal.client(), receipt[:at] + bytes([receipt[at] ^ 1]) + receipt[at + 1 :]).status_code
        for at in places
    }

    assert found == {422}


def test_another_platforms_receipt_is_refused(service: MakeService, tmp_path: Path) -> None:
    from api_callers import service_of

    stranger = make_portal(tmp_path / "other", seed=b"other")
    receipt, _ = receipt_of(service_of(stranger))

    answer = verify(service(), receipt)

    assert (answer.status_code, "does not verify" in answer.json()["title"]) == (422, True)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"\xff", b"null", b"[" * 100_000, json.dumps({"payload": "x"}).encode()]
)
def test_what_is_no_receipt_is_refused(portal: Portal, body: bytes) -> None:
    answer = verify(portal.client(), body)

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_a_receipt_larger_than_any_is_not_read(portal: Portal) -> None:
    assert verify(portal.client(), b" " * (5 << 20)).status_code == 413


@pytest.mark.parametrize("asked", [{"member": "m0", "seq": 0}, {"member": "nobody"}, {"member": "m1", "seq": 1}])
def test_a_receipt_of_what_is_not_theirs_is_refused(service: MakeService, portal: Portal, asked: dict) -> None:
    wrong = {**asked, "seq": next(seq for seq, event in portal.platform.ledger.events() if event.member == "m5")}

    assert service().post("/v1/receipts", json=wrong).status_code == 400
