"""What anybody may see, without signing in."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from assent.operations.pages.receipt import write_receipt_page
from assent.operations.platform import open_platform
from assent.operations.receipt import make_receipt
from assent.operations.workspace import open_workspace
from assent.server.application import make_application
from portal_world import Portal, make_portal
from small_world import PURPOSE, entropy_from, joined, make_world, switched

BALANCING = """# Why

<script>alert(1)</script> <b>bold</b>

[good](https://example.org) [bad](javascript:alert(1)) ![picture](https://example.org/x.png)

| interest | weight |
|---|:-:|
| ours | some |
"""
PAGES = ["/", "/transparency", "/transparency/rules", "/transparency/balancing-test", "/transparency/log",
         "/transparency/receipt", "/employers"]  # fmt: skip


def members(count, region="DE", start=0):
    return [event for n in range(start, start + count) for event in joined(f"m{n}", region=region)]


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    root = tmp_path_factory.mktemp("public")
    events = members(60) + members(25, "FR", 100) + members(3, "LU", 200)
    events += [switched(f"m{n}", "off", "2026-02-01T00:00:00Z") for n in range(30)]
    hold = {"type": "hold.placed", "purpose": PURPOSE, "region": "FR", "effective_at": "2026-02-02T00:00:00Z"}
    made = make_portal(root, [*events, hold], [])
    (root / "balancing.md").write_text(BALANCING)
    with (root / "assent.toml").open("a") as config:
        config.write('[portal]\nplatform = "Example"\nbalancing_test = "balancing.md"\n')
    made.platform.close()
    again = reopened(made.world)
    yield again
    again.platform.close()


def reopened(world):
    platform = open_platform(open_workspace(world.root), clock=world.clock, entropy=world.entropy)
    return Portal(world, platform, make_application(platform))


@pytest.fixture(scope="module")
def receipt(portal):
    return make_receipt(portal.platform.workspace, "m1", clock=portal.world.clock, entropy=entropy_from(b"receipt"))


def get(portal, path, language="en"):
    return portal.client().get(path, headers={"accept-language": language})


def check(portal, given, language="en"):
    files = {"file": ("receipt.json", given, "application/json")}
    return portal.client().post("/transparency/receipt", files=files, headers={"accept-language": language})


@pytest.mark.parametrize("path", PAGES)
def test_anybody_may_see_it_and_it_is_small(portal, path):
    answer = get(portal, path)
    css = portal.client().get(answer.text.split('stylesheet" href="')[1].split('"')[0])
    assert (answer.status_code, len(answer.content) + len(css.content) <= 60_000) == (200, True)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_left_in_english(portal, path):
    def texts(language):
        return {line.strip() for line in strip(get(portal, path, language).text).splitlines() if len(line.split()) > 3}

    assert texts("en") & texts("de") == set()


def strip(html):
    html = re.sub(r"<(article|pre|code|footer|option).*?</\1>", "", html, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", "\n", html)


def test_numbers_are_shown_where_they_are_of_twenty(portal):
    page = " ".join(get(portal, "/transparency").text.split())
    assert '<th scope="row">Germany</th><td class="number">60</td>' in page


def test_small_countries_are_not_named(portal):
    assert "Luxembourg" not in get(portal, "/transparency").text


def test_a_hold_is_shown_with_its_place_and_moment(portal):
    page = get(portal, "/transparency").text
    assert "<td>France</td><td>2 February 2026, 00:00 UTC</td>" in page


def test_a_balancing_test_brings_no_markup_of_its_own(portal):
    page = get(portal, "/transparency/balancing-test").text
    assert ("<script" in page, "javascript:" in page.replace("](javascript:", ""), "<img" in page, "style=" in page) == (
        False, False, False, False,
    )  # fmt: skip


def test_headings_of_a_balancing_test_come_below_the_page_s_own(portal):
    assert "<h2>Why</h2>" in get(portal, "/transparency/balancing-test").text


def test_a_genuine_receipt_is_said_to_be_one(portal, receipt):
    answer = check(portal, receipt.data)
    assert (answer.status_code, "This receipt is genuine." in answer.text) == (200, True)


def test_a_receipt_says_that_it_is_about_then(portal, receipt):
    assert "It is about then, not about now." in check(portal, receipt.data).text


def test_pasted_text_is_checked_like_a_file(portal, receipt):
    answer = portal.client().post("/transparency/receipt", data={"text": receipt.data.decode()})
    assert "This receipt is genuine." in answer.text


def test_what_a_form_does_to_the_ends_of_lines_does_no_harm(portal, receipt):
    for given in (receipt.data.decode(), write_receipt_page(receipt.receipt, receipt.data)):
        text = given.replace("\n", "\r\n").strip()
        assert "This receipt is genuine." in portal.client().post("/transparency/receipt", data={"text": text}).text


def test_a_printed_page_is_checked_too(portal, receipt):
    assert "This receipt is genuine." in check(portal, write_receipt_page(receipt.receipt, receipt.data)).text


def test_an_altered_page_around_a_genuine_receipt_is_found(portal, receipt):
    page = write_receipt_page(receipt.receipt, receipt.data).replace("not permitted", "permitted")
    answer = check(portal, page)
    assert (answer.status_code, "the page around it was altered" in answer.text) == (422, True)


def test_a_forged_receipt_does_not_verify(portal, receipt):
    envelope = json.loads(receipt.data)
    envelope["payload"] = envelope["payload"][:-8] + "AAAA" + envelope["payload"][-4:]
    answer = check(portal, json.dumps(envelope))
    assert ("genuine" in answer.text.split("<main")[1].split("</form>")[0].replace("whether one is genuine", ""),
            answer.status_code) == (False, 422)  # fmt: skip


def test_every_changed_byte_is_refused(portal, receipt):
    for place in range(0, len(receipt.data), 97):
        forged = receipt.data[:place] + bytes([receipt.data[place] ^ 1]) + receipt.data[place + 1 :]
        assert check(portal, forged).status_code == 422, place


def test_a_truncated_receipt_is_said_to_be_no_whole_one(portal, receipt):
    assert (
        "This is no receipt, not the whole of one, or one that was changed." in check(portal, receipt.data[:-20]).text
    )


def test_a_receipt_of_another_platform_is_said_to_be_foreign(portal, tmp_path):
    world = make_world(tmp_path, joined("m1"), [], seed=b"other")
    foreign = make_receipt(world.workspace, "m1", clock=world.clock, entropy=entropy_from(b"foreign"))
    assert "This receipt is not from this platform." in check(portal, foreign.data).text


def test_nothing_given_is_said_so(portal):
    assert "You gave nothing to check." in check(portal, b"").text


def test_what_is_too_large_is_not_read(portal):
    assert "This is larger than any receipt." in check(portal, b"x" * ((1 << 20) + 1)).text


def test_nothing_of_a_receipt_is_stored(portal, receipt):
    def everything():
        return {path: path.stat().st_size for path in Path(portal.world.root).rglob("*") if path.is_file()}

    before = everything()
    check(portal, receipt.data)
    assert everything() == before


def test_witnesses_that_nobody_named_are_said_to_be_missing(portal):
    assert "No witness is named." in get(portal, "/transparency/log").text


def test_the_log_s_checkpoint_is_shown_as_it_is_signed(portal):
    note = portal.platform.ledger.checkpoint().decode()
    assert note.splitlines()[2] in get(portal, "/transparency/log").text


def test_an_unknown_text_for_employers_is_not_there(portal):
    assert get(portal, "/employers/../assent.toml").status_code == 404


@pytest.mark.parametrize("region", ["XX", "<b>", "d" * 500])
def test_a_country_that_there_is_not_is_said_so(portal, region):
    answer = portal.client().get("/employers", params={"region": region})
    assert (answer.status_code, "is no country" in answer.text) == (400, True)


def test_employers_get_the_menu_of_the_pack(portal):
    page = get(portal, "/employers?region=DE").text
    assert "Settings &amp; Privacy → Data privacy → How Example uses your data" in page


def test_employers_elsewhere_get_other_dates(portal):
    assert "since 18 September 2024" in get(portal, "/employers?region=US").text


def test_the_mail_to_staff_is_a_text_to_download(portal):
    answer = get(portal, "/employers/mail.txt?region=DE", "de")
    assert (answer.headers["content-type"], answer.headers["content-disposition"], "<" in answer.text) == (
        "text/plain; charset=utf-8",
        'attachment; filename="mail.txt"',
        False,
    )
