"""The settings centre without a browser: everything on it comes from the pack and the ledger."""

from __future__ import annotations

import csv
import re
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest

from assent.evidence.privacy_record import RIGHT_NAMES
from assent.policy.load import load_pack, shipped_packs
from assent.web.settings.words import article_name
from portal_world import Portal, make_portal
from small_world import SETTING, joined

PLAIN, SAFE = "professional-network-2025-11", "professional-network-2025-11-safeguarded"
ADS, SHARE = "ads_off_platform", "share_affiliates"


def portal(folder: Path, *, pack: str = PLAIN, region: str | None = "US", events: tuple = ()) -> Portal:
    return make_portal(folder, [*joined("ann", region=region), *events], [], pack=pack)


def text_of(given: Portal, path: str, **headers: str) -> str:
    answer = given.client(member="ann").get(path, headers=headers)
    assert answer.status_code == 200
    return words_in(answer.text)


def words_in(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


@pytest.mark.parametrize("name", shipped_packs())
def test_the_menu_is_the_packs_own(tmp_path: Path, name: str) -> None:
    given = portal(tmp_path, pack=name)
    shown = text_of(given, "/settings")
    for setting in load_pack(name).settings.values():
        for heading in setting.menu:
            assert heading.replace("<platform>", "the platform") in shown


def test_headings_go_down_one_level_at_a_time(tmp_path: Path) -> None:
    html = portal(tmp_path).client(member="ann").get("/settings").text
    levels = [int(each) for each in re.findall(r"<h(\d)", html)]
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_a_page_says_where_it_is_in_the_menu(tmp_path: Path) -> None:
    html = portal(tmp_path).client(member="ann").get(f"/settings/{SETTING}").text
    crumbs = re.findall(r"<li[^>]*>(.*?)</li>", html[html.index("crumbs") : html.index("<h1>")])
    assert [words_in(each).strip() for each in crumbs] == [
        "Settings & Privacy", "Data privacy", "How the platform uses your data", "Data for Generative AI Improvement",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sentence",
    [
        "On by default. You were not asked.",
        "Your name, photos, current and past positions",
        "Posts, articles, comments, polls, answers to polls, reposts",
        "private messages, payment data and a salary you told us. Whatever you choose here.",
        "The platform and its affiliates.",
        "In your region since 3 November 2025.",
        "Legitimate interest (GDPR Art. 6(1)(f))",
        "The default is on: it takes place until you turn it off, without anybody asking you.",
        "Endorsements, recommendations, job applications and contacts with recruiters: everybody who appears in it",
        "Only what you made at 18 or over",
        "You were sent “Your data and AI: what changes, and how to say no” on 18 September 2025.",
        "Under these rules every stop takes back as well",
        "object to the use (Art. 21)",
        "Data Processing Objection Form",
    ],
)
def test_a_setting_says_what_it_is_about(tmp_path: Path, sentence: str) -> None:
    assert sentence in text_of(portal(tmp_path, pack=SAFE, region="DE"), f"/settings/{SETTING}")


@pytest.mark.parametrize(("pack", "basis"), [(SAFE, "A6-1-f"), ("consent-first", "A6-1-a")])
def test_rights_are_those_the_dpv_derives_from_the_legal_basis(
    tmp_path: Path, external_data: Path, pack: str, basis: str
) -> None:
    with (external_data / "dpv" / "legal_basis_rights_mapping.csv").open(newline="") as file:
        rows = [
            (row["legal_basis"].rpartition("#")[2], row["right"].rpartition("#")[2]) for row in csv.DictReader(file)
        ]
    html = portal(tmp_path, pack=pack, region="FR").client(member="ann").get(f"/settings/{SETTING}").text
    shown = set(re.findall(r"\(Art\. ([\d()]+)\)", html[html.index('class="rights"') :]))
    assert shown == {article_name(right) for given, right in rows if given == basis and right in RIGHT_NAMES}
    assert {right for given, right in rows if given == basis} <= set(RIGHT_NAMES)


@pytest.mark.parametrize("region", ["US", "CH", "CA", "HK", "BR"])
def test_outside_the_gdpr_no_right_of_it_is_claimed(tmp_path: Path, region: str) -> None:
    shown = text_of(portal(tmp_path, region=region), f"/settings/{SETTING}")
    assert "Where you live the GDPR is not the law." in shown
    assert "Art." not in shown


def test_the_dependency_is_shown_before_it_bites(tmp_path: Path) -> None:
    given = portal(tmp_path)
    sentence = "Turning this off also turns off “Share data with affiliates and partners”."
    assert sentence in text_of(given, "/settings")
    page = text_of(given, f"/settings/{ADS}")
    assert page.index(sentence) < page.index("Stop and take back")


def test_a_stop_leads_to_a_page_that_says_so_and_offers_the_receipt(tmp_path: Path) -> None:
    given = portal(tmp_path)
    client = given.client(member="ann")
    answer = client.form(f"/settings/{SETTING}", action="stop")
    assert answer.status_code == 303
    page = client.get(answer.headers["location"]).text
    assert "Recorded: you stopped this." in page
    seq = given.platform.ledger.size - 1
    assert f'href="/my-data/receipts/{seq}"' in page


def test_turning_on_takes_a_tick_and_turning_off_takes_none(tmp_path: Path) -> None:
    given = portal(tmp_path)
    client = given.client(member="ann")
    client.form(f"/settings/{SETTING}", action="stop")
    size = given.platform.ledger.size
    refused = client.form(f"/settings/{SETTING}", action="on")
    assert (refused.status_code, given.platform.ledger.size) == (400, size)
    assert "Tick the box first" in refused.text
    assert client.form(f"/settings/{SETTING}", action="on", sure="yes").status_code == 303
    assert given.platform.ledger.size == size + 1


@pytest.mark.parametrize(("path", "action", "status"), [("no_such", "stop", 404), (SETTING, "burn", 400)])
def test_what_makes_no_sense_changes_nothing(tmp_path: Path, path: str, action: str, status: int) -> None:
    given = portal(tmp_path)
    size = given.platform.ledger.size
    assert given.client(member="ann").form(f"/settings/{path}", action=action).status_code == status
    assert given.platform.ledger.size == size


def test_an_outcome_of_somebody_else_is_not_shown(tmp_path: Path) -> None:
    given = portal(tmp_path, events=tuple(joined("bob")))
    given.client(member="bob").form(f"/settings/{SETTING}", action="stop")
    seq = given.platform.ledger.size - 1
    assert "Recorded" not in given.client(member="ann").get(f"/settings/{SETTING}?done={seq}").text


def test_a_use_without_a_switch_is_shown_with_the_way_to_object(tmp_path: Path) -> None:
    html = portal(tmp_path).client(member="ann").get("/settings").text
    assert "Training AI models that do not generate content" in html
    assert '<a class="button second" href="/objections">' in html


def test_a_browsers_signal_turns_off_what_the_pack_says_and_the_page_says_so(tmp_path: Path) -> None:
    (tmp_path / "gpc.toml").write_text(
        f'name = "with-gpc"\ntitle = "With the signal"\nextends = "{PLAIN}"\n'
        '[settings.share_affiliates]\nnote = "Help pages: the signal opts members out."\noff_by_gpc = true\n'
    )
    given = portal(tmp_path / "world", pack=str(tmp_path / "gpc.toml"))
    size = given.platform.ledger.size
    assert "Your browser sends an opt-out signal" in text_of(given, "/settings", **{"Sec-GPC": "1"})
    again = text_of(given, "/settings", **{"Sec-GPC": "1"})
    assert "We have recorded it" not in again
    assert "your browser sent an opt-out signal" in again
    assert given.platform.ledger.size == size + 1


def test_a_signal_changes_nothing_where_the_pack_does_not_heed_it(tmp_path: Path) -> None:
    given = portal(tmp_path)
    size = given.platform.ledger.size
    assert "opt-out signal" not in text_of(given, "/settings", **{"Sec-GPC": "1"})
    assert given.platform.ledger.size == size


def test_nothing_of_the_menu_stands_in_a_template() -> None:
    templates = Path("src/assent/web/settings/templates")
    told = "".join(path.read_text(encoding="utf-8") for path in templates.glob("*.html"))
    for name in shipped_packs():
        for setting in load_pack(name).settings.values():
            assert all(each not in told for each in (setting.name, setting.title))


@pytest.mark.parametrize("region", ["DE", "US", None])
@pytest.mark.parametrize("name", shipped_packs())
def test_every_page_of_every_pack_is_there_in_both_languages(tmp_path: Path, name: str, region: str | None) -> None:
    client = portal(tmp_path, pack=name, region=region).client(member="ann")
    for path in ("/settings", *(f"/settings/{setting}" for setting in load_pack(name).settings)):
        for code in ("en", "de"):
            answer = client.get(f"{path}?lang={code}")
            assert (answer.status_code, answer.headers["content-language"]) == (200, code)


def test_somebody_the_ledger_does_not_know_is_told_so(tmp_path: Path) -> None:
    answer = portal(tmp_path).client(member="stranger").get("/settings")
    assert "We know nothing about you yet, so nothing of yours is used." in answer.text


def test_without_a_country_the_page_says_that_nothing_is_used(tmp_path: Path) -> None:
    shown = text_of(portal(tmp_path, region=None), f"/settings/{SETTING}")
    assert "You chose nothing, and we do not know your country. So nothing is used." in shown
    assert "we act as if the GDPR applied" in shown


def test_an_off_switch_by_default_offers_only_to_turn_it_on(tmp_path: Path) -> None:
    html = portal(tmp_path, pack="consent-first").client(member="ann").get(f"/settings/{SETTING}").text
    assert "Off by default, until you turn it on." in html
    assert 'value="stop"' not in html
    assert 'value="on"' in html
