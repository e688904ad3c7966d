"""The settings centre without a browser: everything on it comes from the pack and the ledger."""

from __future__ import annotations

import csv
import re
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest

from assent.evidence.privacy_record import RIGHT_NAMES
from assent.language.catalogue import language
from assent.policy.load import load_pack, shipped_packs
from assent.web.settings.member_words import article_name
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
        "Only what people made at 18 or over.",
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


def test_an_off_switch_by_default_can_be_turned_on_or_kept_off_for_good(tmp_path: Path) -> None:
    html = portal(tmp_path, pack="consent-first").client(member="ann").get(f"/settings/{SETTING}").text
    assert "Off by default, until you turn it on." in html
    assert html.index("Keep it off") < html.index("Turn it on")
    assert 'value="take_back"' not in html


def test_a_receipt_of_each_part_is_offered_after_a_stop_with_take_back(tmp_path: Path) -> None:
    given = portal(tmp_path)
    client = given.client(member="ann")
    html = client.get(client.form(f"/settings/{ADS}", action="take_back").headers["location"]).text
    size = given.platform.ledger.size
    offered = re.findall(r'href="(/my-data/receipts/\d+)"', html)
    assert offered == [f"/my-data/receipts/{seq}" for seq in range(size - 3, size)]
    assert {client.get(f"{each}/receipt.json").status_code for each in offered} == {200}


def test_whoever_allowed_it_again_and_stopped_again_can_take_back_again(tmp_path: Path) -> None:
    given = portal(tmp_path)
    client, address = given.client(member="ann"), f"/settings/{SETTING}"
    client.form(address, action="take_back")
    assert 'value="take_back"' not in client.get(address).text
    client.form(address, action="on", sure="yes")
    assert "Afterwards you allowed it again" in words_in(client.get(address).text)
    client.form(address, action="stop")
    assert 'value="take_back"' in client.get(address).text
    size = given.platform.ledger.size
    client.form(address, action="take_back")
    assert given.platform.ledger.size == size + 1


def test_a_use_that_does_not_take_place_is_not_said_to(tmp_path: Path) -> None:
    given = portal(tmp_path, region="DE")
    assert "All the same nothing of yours may be used right now. This use does not take place in" in text_of(
        given, "/settings"
    )
    shown = text_of(given, f"/settings/{ADS}")
    assert "Nothing is used: this use does not take place in your region." in shown
    assert "The default is on" not in shown


def test_a_use_that_is_stopped_or_has_not_begun_is_not_said_to_go_on(tmp_path: Path) -> None:
    held = portal(tmp_path / "held", pack=f"{PLAIN}-europe-paused", region="DE")
    shown = text_of(held, f"/settings/{SETTING}")
    assert "It is stopped in your region for now. Without that stop: from 3 November 2025 on." in shown
    (tmp_path / "later.toml").write_text(
        f'name = "later"\ntitle = "Later"\nextends = "{PLAIN}"\n'
        '[coverages.training.newly-covered]\nnote = "R1: later."\nfrom = 2027-11-03\n'
    )
    later = portal(tmp_path / "later", pack=str(tmp_path / "later.toml"), region="DE")
    shown = text_of(later, f"/settings/{SETTING}")
    assert "In your region from 3 November 2027 on, and not before." in shown
    assert "In your region since" not in shown


def test_where_only_some_stops_take_back_the_page_says_which(tmp_path: Path) -> None:
    (tmp_path / "some.toml").write_text(
        f'name = "some"\ntitle = "Some"\nextends = "{PLAIN}"\n'
        '[purposes.share_affiliates]\nnote = "R11, answered for sharing."\nwithdrawal = "take_back"\n'
    )
    shown = text_of(portal(tmp_path / "world", pack=str(tmp_path / "some.toml")), f"/settings/{ADS}")
    assert "What lies in those data sets and in models stays there." in shown
    assert "“Sharing data with affiliates and partners”: Under these rules every stop takes back as well" in shown


def test_a_use_without_a_switch_comes_with_the_rights_of_its_basis(tmp_path: Path) -> None:
    assert "object to the use (Art. 21)" in text_of(portal(tmp_path, region="GB"), "/settings")


def test_a_platforms_name_is_text_and_nothing_else(tmp_path: Path) -> None:
    given = portal(tmp_path)
    given.platform.workspace.settings["portal.platform"] = "100% <b>Work"
    html = given.client(member="ann").get("/settings").text
    assert "What 100% &lt;b&gt;Work may do with what you share." in html


def test_german_knows_every_text_of_these_pages() -> None:
    texts = language("de").translations
    folder = Path("src/assent/web/settings")
    asked = [
        unescape(found)
        for path in (*folder.glob("templates/*.html"), *folder.glob("*.py"))
        for found in re.findall(r'(?:\b_|\blang)\("((?:[^"\\]|\\.)+)"[,)]', path.read_text(encoding="utf-8"))
    ]
    assert len(asked) > 100
    assert [each for each in asked if texts.gettext(each) == each and each != "Art. %(number)s"] == []
