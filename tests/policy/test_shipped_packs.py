"""What ships: every rule says which article it states, the identity is stable, and the table of the design holds."""

import hashlib
import re
import tomllib
from importlib import resources

import jsonschema
import pytest
from policy_samples import (
    ADS_EVERYWHERE,
    AS_ANNOUNCED,
    COMMUNITY,
    CONSENT,
    PAUSED,
    SAFEGUARDED,
    case,
    pack,
    reasons,
    utc,
)

from assent.policy.load import digest_of, load_pack, pack_document, pack_from_document, shipped_packs
from assent.policy.pack import Basis, Kind, Withdrawal
from assent.policy.review import review
from assent.policy.schema import editor_schema

SOURCE = re.compile(r"\bR\d+b?\b|\b00[0-4]\b|Art\. \d+|EDPB|DPC|[Hh]elp pages")
TRAINING = ["train_generative", "train_other"]
ADS = ["ads_off_platform", "ads_third_party_data", "ads_measurement", "share_affiliates"]
FEATURES = [
    "help_writing", "improve_profile", "recommend_jobs", "search_candidates", "learning", "show_assessments",
    "fairness_audit",
]  # fmt: skip
ASKED_FIRST = ["show_assessments", "fairness_audit"]


def text_of(name):
    return (resources.files("assent.policy") / "packs" / f"{name}.toml").read_text(encoding="utf-8")


def rules(document):
    for section in ("groups", "settings", "notices", "purposes", "holds"):
        for name, part in document.get(section, {}).items():
            yield f"{section}.{name}", part
    for section in ("coverages", "scopes"):
        for name, parts in document[section].items():
            for key, part in parts.items():
                yield f"{section}.{name}.{key}", part
    yield "categories", document["categories"]


def test_there_are_six():
    assert set(shipped_packs()) == {AS_ANNOUNCED, SAFEGUARDED, PAUSED, ADS_EVERYWHERE, CONSENT, COMMUNITY}


@pytest.mark.parametrize("name", shipped_packs())
def test_every_rule_names_what_it_states(name):
    assert [key for key, part in rules(pack_document(name)) if not SOURCE.search(part.get("note", ""))] == []


@pytest.mark.parametrize("name", shipped_packs())
def test_nothing_in_it_is_dead_or_contradicts_itself(name):
    assert review(load_pack(name), pack_document(name)) == ()


@pytest.mark.parametrize("name", shipped_packs())
def test_the_document_makes_the_same_pack_again(name):
    again = pack_from_document(pack_document(name))
    assert (again.digest, again.purposes, again.holds) == (pack(name).digest, pack(name).purposes, pack(name).holds)


def test_comments_and_order_do_not_change_the_identity(tmp_path):
    blocks = re.split(r"\n(?=\[)", text_of(COMMUNITY))
    path = tmp_path / "turned.toml"
    path.write_text("\n# another comment\n".join([blocks[0], *reversed(blocks[1:])]), encoding="utf-8")
    assert load_pack(path).digest == load_pack(COMMUNITY).digest


def test_a_rule_does(tmp_path):
    path = tmp_path / "changed.toml"
    path.write_text(text_of(COMMUNITY).replace('default = "on"', 'default = "off"'), encoding="utf-8")
    assert load_pack(path).digest != load_pack(COMMUNITY).digest


def test_the_identity_is_the_sha_256_of_the_canonical_document():
    assert digest_of({"b": 1, "a": ["x"]}) == hashlib.sha256(b'{"a":["x"],"b":1}').hexdigest()


@pytest.mark.parametrize("name", shipped_packs())
def test_the_json_schema_takes_its_file_and_its_merged_document(name):
    validator = jsonschema.Draft202012Validator(editor_schema())
    file = tomllib.loads(text_of(name))
    for document in (pack_document(name), {key: plain(value) for key, value in file.items()}):
        assert [error.message for error in validator.iter_errors(document)] == []


def plain(value):
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return (
        [plain(inner) for inner in value] if isinstance(value, list) else getattr(value, "isoformat", lambda: value)()
    )


@pytest.mark.parametrize(
    "wrong", [{"name": "x"}, {"name": "x", "title": "x", "purposes": {"p": {"kindd": "training"}}}]
)
def test_the_json_schema_refuses_what_the_loader_refuses(wrong):
    assert not jsonschema.Draft202012Validator(editor_schema()).is_valid(wrong)


class TestTheTable:
    @pytest.mark.parametrize("region", "AT HR CY IE SE GP GF MQ RE YT MF AX NO IS LI GB CH CA HK".split())
    def test_newly_covered(self, region):
        for purpose in TRAINING:
            assert pack(AS_ANNOUNCED).purposes[purpose].coverage[region] == utc(2025, 11, 3)

    @pytest.mark.parametrize("region", "US BR IN JP AU GG JE GI GL PM NC TR UA".split())
    def test_elsewhere_it_goes_on(self, region):
        for purpose in TRAINING:
            assert pack(AS_ANNOUNCED).purposes[purpose].coverage[region] == utc(2024, 9, 18)

    def test_scope_of_training(self):
        profile = "name photo position education skill publication patent summary other".split()
        public = ["post", "article", "comment", "poll", "poll.response", "repost", "activity.feed"]
        expected = {
            **{f"profile.{part}": None for part in profile},
            **dict.fromkeys(["resume", "endorsement", "recommendation", "job.application", "recruiter.interaction"]),
            **{name: {"public"} for name in public},
            **{name: {"public", "group"} for name in ("group.activity", "group.message")},
        }
        for name in (AS_ANNOUNCED, SAFEGUARDED):
            for purpose in TRAINING:
                scope = pack(name).purposes[purpose].scope
                assert {category: rule.visibility for category, rule in scope.items()} == expected

    def test_scope_of_advertising(self):
        for purpose in ADS:
            scope = pack(AS_ANNOUNCED).purposes[purpose].scope
            assert {category: rule.visibility for category, rule in scope.items()} == dict.fromkeys(
                ["profile.position", "profile.education", "profile.skill", "activity.feed", "activity.ads"]
            )

    @pytest.mark.parametrize("region", ["DE", "GB", "CH"])
    def test_the_two_readings_of_where_advertising_changes(self, region):
        asked = case(purpose="ads_measurement", category="activity.ads", region=region)
        assert reasons(AS_ANNOUNCED, asked) == ["region_not_covered"]
        assert reasons(ADS_EVERYWHERE, asked) == []

    @pytest.mark.parametrize(
        ("region", "held"), [("DE", True), ("NO", True), ("GB", True), ("CH", False), ("US", False)]
    )
    def test_paused_in_europe(self, region, held):
        for purpose in TRAINING:
            assert reasons(PAUSED, case(purpose=purpose, region=region)) == (["on_hold"] if held else [])

    def test_never(self):
        assert pack(AS_ANNOUNCED).never == {"message.private", "credential", "payment", "salary", "contact"}
        assert pack(COMMUNITY).never == {"message.private"}

    def test_defaults(self):
        for name, value in ((AS_ANNOUNCED, "on"), (SAFEGUARDED, "on"), (CONSENT, "off"), (COMMUNITY, "on")):
            settings = [each for each in pack(name).settings.values() if each.name not in ASKED_FIRST]
            assert {set_ for setting in settings for set_ in setting.defaults.values()} == {value}

    def test_what_is_sensitive_is_off_until_chosen(self):
        for name in (SAFEGUARDED, CONSENT):
            assert {pack(name).settings[each].defaults["US"] for each in ASKED_FIRST} == {"off"}

    def test_what_each_pack_offers(self):
        assert list(pack(AS_ANNOUNCED).purposes) == TRAINING + ADS
        assert list(pack(SAFEGUARDED).purposes) == TRAINING + ADS + FEATURES
        assert list(pack(CONSENT).purposes) == ["train_generative", *ADS, *FEATURES]
        assert list(pack(COMMUNITY).purposes) == ["train_generative"]

    def test_only_generative_training_has_a_toggle_of_the_two(self):
        assert reasons(AS_ANNOUNCED, case(purpose="train_other", settings={"generative_ai_improvement": "off"})) == []

    def test_who_else_counts_under_safeguards(self):
        both = {"endorsement", "recommendation", "job.application", "recruiter.interaction"}
        for purpose in pack(SAFEGUARDED).purposes.values():
            for category, rule in purpose.scope.items():
                assert rule.others.value == ("all_must_permit" if category in both else "mask_others")

    def test_the_notice_is_asked_for_every_purpose_and_age_at_creation_for_training_only(self):
        for name in (SAFEGUARDED, CONSENT):
            for purpose in pack(name).purposes.values():
                assert purpose.notice == "ai-training-2025"
                assert purpose.age_at.value == ("creation" if purpose.kind.trains else "use")
                if purpose.kind is not Kind.FEATURE or purpose.name == "search_candidates":
                    assert (purpose.waiting_period.days, purpose.minimum_age) == (30, 18)

    def test_what_strangers_see_of_a_member_asks_for_an_adult(self):
        shown = ("search_candidates", "show_assessments", "fairness_audit")
        assert {pack(SAFEGUARDED).purposes[each].minimum_age for each in shown} == {18}

    def test_no_feature_trains_anything_or_reads_a_private_message(self):
        for name in (SAFEGUARDED, CONSENT):
            for each in FEATURES:
                purpose = pack(name).purposes[each]
                assert (purpose.kind.trains, "message.private" in purpose.scope) == (False, False)

    def test_what_is_declared_serves_audits_and_nothing_else(self):
        reading = [each for each, one in pack(SAFEGUARDED).purposes.items() if "declared.attribute" in one.scope]
        assert reading == ["fairness_audit"]

    def test_each_feature_has_a_switch_of_its_own(self):
        assert [pack(SAFEGUARDED).purposes[each].setting for each in FEATURES] == FEATURES

    def test_stop_as_announced_take_back_under_safeguards(self):
        assert {one.withdrawal for one in pack(AS_ANNOUNCED).purposes.values()} == {Withdrawal.STOP}
        assert {one.withdrawal for one in pack(SAFEGUARDED).purposes.values()} == {Withdrawal.TAKE_BACK}

    def test_bases(self):
        assert {one.basis for one in pack(CONSENT).purposes.values()} == {Basis.CONSENT}
        bases = {name: one.basis for name, one in pack(SAFEGUARDED).purposes.items()}
        assert {bases[each] for each in TRAINING + ADS} == {Basis.LEGITIMATE_INTEREST}
        assert bases["search_candidates"] is Basis.LEGITIMATE_INTEREST
        assert {bases[each] for each in ASKED_FIRST} == {Basis.CONSENT}
        assert {bases[each] for each in FEATURES[:3]} == {Basis.CONTRACT}

    def test_no_age_rule_for_ads_as_announced(self):
        assert (
            reasons(
                AS_ANNOUNCED, case(purpose="ads_measurement", region="US", category="activity.ads", birth_date=None)
            )
            == []
        )

    def test_votes_are_out_of_the_community(self):
        assert reasons(COMMUNITY, case(category="vote")) == ["category_out_of_scope"]
        assert reasons(COMMUNITY, case(category="profile.summary", at=utc(2009, 1, 1))) == []
