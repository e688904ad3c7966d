"""The console without a browser: who sees what, and that what is done there is done."""

from __future__ import annotations

import re
import time
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from assent.desk.jobs import add_job
from assent.operations import packs
from assent.operations.deciding import Asked, Decider
from assent.operations.holds import holds_of, place_hold
from assent.operations.jobs import find_job, start_job
from assent.policy.load import pack_document
from assent.policy.writing import pack_text
from assent.vocabulary.reasons import Reason
from assent.vocabulary.records import Record
from curated_world import something_to_curate
from portal_world import AUDITOR, OFFICER, OPERATOR, Portal, make_portal
from small_world import PACK, PURPOSE, joined, post, write_records

STRICTER = f'extends = "{PACK}"\nname = "stricter"\ntitle = "Stricter"\n[purposes.{PURPOSE}]\nwaiting_days = 3000\n'
PAGES = ["", "/holds", "/packs", "/snapshots", "/takebacks", "/recipients", "/ledger", "/trail"]


def portal(folder: Path) -> Portal:
    return make_portal(folder, [*joined("ann"), *joined("bob", region="US")], [post("p1", "ann"), post("p2", "bob")])


def words_in(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def until_over(given: Portal, ident: str) -> Any:
    for _ in range(400):
        job = find_job(given.platform, ident)
        if job is not None and job.is_over:
            return job
        time.sleep(0.05)
    raise AssertionError("the job goes on and on")


def decided(given: Portal, author: str) -> int:
    made = [post("q", author)][0]
    record = Record(
        id="q", category=made["category"], author=author, created_at=made["created_at"], visibility="public"
    )
    return Decider(given.platform).decide(PURPOSE, [Asked(record)]).judgments[0].mask


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", [OFFICER, AUDITOR, OPERATOR])
def test_every_page_is_there_for_whoever_may_see_it(tmp_path: Path, role: str, page: str) -> None:
    given = portal(tmp_path)
    answer = given.client(staff=role).get(f"/console{page}")
    assert answer.status_code == (403 if (role, page) == (OPERATOR, "/trail") else 200)


def test_a_hold_refuses_the_next_decision_and_says_how_long_it_took(tmp_path: Path) -> None:
    given = portal(tmp_path)
    officer = given.client(staff=OFFICER)
    assert not decided(given, "ann") & Reason.ON_HOLD.bit
    answer = officer.form("/console/holds", purpose=PURPOSE, region="DE", why="the regulator asked")
    assert answer.status_code == 303
    assert decided(given, "ann") & Reason.ON_HOLD.bit
    assert not decided(given, "bob") & Reason.ON_HOLD.bit
    assert re.search(r"refused [\d.]+ ms after you asked", words_in(officer.get(answer.headers["location"]).text))


def test_a_lifted_hold_stops_nothing(tmp_path: Path) -> None:
    given = portal(tmp_path)
    officer = given.client(staff=OFFICER)
    officer.form("/console/holds", purpose=PURPOSE, region="DE", why="asked")
    assert officer.form("/console/holds/lift", purpose=PURPOSE, region="DE", why="settled").status_code == 303
    assert not decided(given, "ann") & Reason.ON_HOLD.bit


def test_a_name_that_nobody_resolves_is_asked_about_first_and_then_stops_everywhere(tmp_path: Path) -> None:
    given = portal(tmp_path)
    officer, size = given.client(staff=OFFICER), given.platform.ledger.size
    first = officer.form("/console/holds", purpose=PURPOSE, region="Germany", why="asked")
    assert (first.status_code, given.platform.ledger.size) == (409, size)
    assert "would stop the use everywhere" in words_in(first.text)
    officer.form("/console/holds", purpose=PURPOSE, region="Germany", why="asked", sure="yes")
    assert decided(given, "bob") & Reason.ON_HOLD.bit


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"purpose": "nothing", "region": "DE", "why": "x"}, 400),
        ({"purpose": PURPOSE, "region": "", "why": "x"}, 400),
        ({"purpose": PURPOSE, "region": "DE", "why": " "}, 400),
    ],
)
def test_a_hold_that_says_too_little_is_not_placed(tmp_path: Path, fields: dict[str, str], status: int) -> None:
    given = portal(tmp_path)
    assert given.client(staff=OFFICER).form("/console/holds", **fields).status_code == status
    assert [each for each in holds_of(given.platform) if not each.by_rules] == []


@pytest.mark.parametrize("path", ["/console/holds", "/console/holds/lift", "/console/packs"])
def test_an_auditor_writes_nothing(tmp_path: Path, path: str) -> None:
    given = portal(tmp_path)
    size = given.platform.ledger.size
    assert given.client(staff=AUDITOR).form(path, purpose=PURPOSE, region="DE", why="x").status_code == 403
    assert given.platform.ledger.size == size


def test_a_broken_pack_is_refused_with_its_lines(tmp_path: Path) -> None:
    answer = portal(tmp_path).client(staff=OFFICER).form("/console/packs", text=STRICTER + "colour = 1\n", why="x")
    assert answer.status_code == 400
    assert "line 6:" in words_in(answer.text)


def test_a_proposal_cannot_have_other_files_read(tmp_path: Path) -> None:
    answer = portal(tmp_path).client(staff=OFFICER).form("/console/packs", text='extends = "/etc/passwd"', why="x")
    assert (answer.status_code, "root:" in answer.text) == (400, False)


def proposed(given: Portal, by: str = "olga") -> packs.Proposal:
    answer = given.client(staff=OFFICER, name=by).form("/console/packs", text=STRICTER, why="safer")
    assert answer.status_code == 303
    proposal = packs.proposals(given.platform)[0]
    until_over(given, packs.comparisons(given.platform, proposal)[0].id)
    return proposal


def test_the_second_pair_of_eyes_sees_what_turns_and_puts_it_in_force(tmp_path: Path) -> None:
    given = portal(tmp_path)
    proposal = proposed(given)
    other = given.client(staff=OFFICER, name="otto")
    shown = words_in(other.get(f"/console/packs/{proposal.id}").text)
    assert "no longer used 2 records of 2 members" in shown
    assert other.form(f"/console/packs/{proposal.id}/approve", digest=proposal.digest).status_code == 303
    assert given.platform.pack.digest == proposal.digest
    assert decided(given, "ann") & Reason.WAITING_PERIOD.bit
    assert given.world.workspace.pack.endswith(f"{proposal.digest}.toml")


@pytest.mark.parametrize(("name", "digest"), [("olga", None), ("otto", "another")])
def test_one_person_alone_or_another_document_is_not_approved(tmp_path: Path, name: str, digest: str | None) -> None:
    given = portal(tmp_path)
    proposal, before = proposed(given), given.platform.pack.digest
    path = f"/console/packs/{proposal.id}/approve"
    answer = given.client(staff=OFFICER, name=name).form(path, digest=digest or proposal.digest)
    assert (answer.status_code, given.platform.pack.digest) == (409, before)


def test_nothing_is_approved_that_was_not_compared(tmp_path: Path) -> None:
    given = portal(tmp_path)
    proposal = packs.propose(given.platform, text=STRICTER, why="safer", by="olga")
    answer = given.client(staff=OFFICER, name="otto").form(
        f"/console/packs/{proposal.id}/approve", digest=proposal.digest
    )
    assert answer.status_code == 409


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize(("where", "is_in_force"), [("written", False), ("published", True), ("in-force", True)])
def test_an_approval_that_is_cut_off_is_finished_or_never_happened(
    tmp_path: Path, where: str, is_in_force: bool
) -> None:
    given = portal(tmp_path)
    proposal = proposed(given)

    def gap(reached: str) -> None:
        if reached == where:
            raise Killed

    with pytest.raises(Killed):
        packs.approve(given.platform, proposal.id, digest=proposal.digest, by="otto", gap=gap)
    assert (packs.in_force(given.platform).pack.digest == proposal.digest) is is_in_force
    assert packs.find_proposal(given.platform, proposal.id).state == ("approved" if is_in_force else "proposed")


@pytest.mark.parametrize("name", ["professional-network-2025-11", PACK, "consent-first"])
def test_a_pack_written_as_one_file_is_the_same_pack(tmp_path: Path, name: str) -> None:
    path = tmp_path / "one.toml"
    path.write_text(pack_text(pack_document(name)))
    assert pack_document(path) == pack_document(name)


def test_a_data_set_is_verified_when_an_auditor_asks(tmp_path: Path) -> None:
    given = portal(tmp_path)
    built = given.world.build()
    auditor = given.client(staff=AUDITOR)
    path = f"/console/snapshots/{built.path.name}"
    assert auditor.form(f"{path}/verify").status_code == 303
    for _ in range(200):
        html = auditor.get(path)
        if "refresh" not in html.headers:
            break
        time.sleep(0.1)
    shown = words_in(html.text)
    assert "verifies 2 of 2 decisions derived again, 0 differ" in shown
    assert "snapshot.verify" in auditor.get("/console/trail").text


def test_a_data_set_shows_what_became_of_its_texts(tmp_path: Path) -> None:
    given = make_portal(tmp_path, *something_to_curate())
    built = given.world.build()
    html = given.client(staff=AUDITOR).get(f"/console/snapshots/{built.path.name}").text
    table = re.findall(r"<table>(.*?)</table>", html, re.DOTALL)[1]
    assert [words_in(row) for row in table.split("</tr>")[1:-1]] == [
        " masked: e-mail addresses 2 ",
        " masked: phone numbers 1 ",
        " passed over: It repeats itself. 1 ",
        " passed over: A text much like it counts in its place. 1 ",
        " groups of near-duplicates, one of each counts 1 ",
        " refused: copies of refused records that do not name them 1 ",
    ]


@pytest.mark.parametrize(("changed", "told"), [(False, "the same bytes"), (True, "cannot be replayed")])
def test_a_data_set_is_replayed_when_an_auditor_asks(tmp_path: Path, changed: bool, told: str) -> None:
    given = make_portal(tmp_path, *something_to_curate())
    built = given.world.build()
    if changed:
        write_records(given.world.root / "records.parquet", [post("p1", "ann")])
    auditor = given.client(staff=AUDITOR)
    path = f"/console/snapshots/{built.path.name}"
    assert auditor.form(f"{path}/replay").status_code == 303
    for _ in range(200):
        html = auditor.get(path)
        if "refresh" not in html.headers:
            break
        time.sleep(0.1)
    shown = words_in(html.text).partition("Nothing of it is kept.")[2]
    assert told in shown
    assert "snapshot.replay" in auditor.get("/console/trail").text


def test_a_member_replays_nothing(tmp_path: Path) -> None:
    given = portal(tmp_path)
    path = f"/console/snapshots/{given.world.build().path.name}/replay"
    assert given.client(member="ann").form(path).status_code == 403


def test_an_address_is_no_path(tmp_path: Path) -> None:
    assert portal(tmp_path).client(staff=AUDITOR).get("/console/snapshots/..%2F..%2Fetc").status_code == 404


def test_the_trail_says_who_did_what_and_why_once(tmp_path: Path) -> None:
    given = portal(tmp_path)
    place_hold(given.platform, purpose=PURPOSE, region="DE", why="the regulator asked", by="staff:x")
    shown = words_in(given.client(staff=AUDITOR).get("/console/trail").text)
    assert shown.count(f"{PURPOSE} in DE") == 1
    assert "the regulator asked" in shown


def test_a_job_whose_process_died_is_known_to_be_lost(tmp_path: Path) -> None:
    given = portal(tmp_path)
    add_job(given.platform.desk, "dead", kind="k", about="a", by="x", now=given.world.now)
    given.world.pass_time(minutes=1)
    job = find_job(given.platform, "dead")
    assert job is not None
    assert job.state == "lost"
    assert until_over(given, start_job(given.platform, kind="k", about="a", by="x", work=lambda _: 7).id).result == 7


def test_a_plot_names_itself_and_has_no_fonts(tmp_path: Path) -> None:
    given = portal(tmp_path)
    svg = given.client(staff=AUDITOR).get(f"/console/plots/{PURPOSE}/members.svg").text
    assert '<title id="chart-title">Members by region</title>' in svg
    assert "DE: 1, 0, 1" in svg
    assert "font-face" not in svg
