"""The thirteen rules of the specification that are easy to get wrong, each by its number; expectations by hand."""

from datetime import date

import pytest
from policy_samples import (
    ADS_EVERYWHERE,
    AS_ANNOUNCED,
    AT,
    COMMUNITY,
    CONSENT,
    DAY,
    GEN,
    MEMBER,
    NOTICE,
    PAUSED,
    PERMITTED,
    SAFEGUARDED,
    TICK,
    case,
    masks,
    member,
    pack,
    reasons,
    utc,
    with_others,
)

from assent.policy.load import shipped_packs
from assent.vocabulary.records import Signals, Subject
from assent.vocabulary.state import Hold, Objection

CLOSED = member(closed=True)


@pytest.mark.parametrize("name", [AS_ANNOUNCED, SAFEGUARDED, ADS_EVERYWHERE, CONSENT, COMMUNITY])
def test_the_sample_case_is_permitted(name):
    assert reasons(name, PERMITTED) == []


class Test1UnknownNeverAllows:
    def test_missing_region(self):
        assert reasons(AS_ANNOUNCED, case(region=None)) == ["region_unknown"]

    @pytest.mark.parametrize("code", ["", "XX", "de", "EU", "UK", "Germany", "D"])
    def test_what_is_no_region_code(self, code):
        assert reasons(AS_ANNOUNCED, case(region=code)) == ["region_unknown"]

    def test_missing_birth_date(self):
        assert reasons(AS_ANNOUNCED, case(birth_date=None)) == ["age_unknown"]

    def test_unmapped_category(self):
        assert reasons(AS_ANNOUNCED, case(category="hologram")) == ["category_out_of_scope"]

    def test_missing_category(self):
        assert reasons(AS_ANNOUNCED, case(category=None)) == ["category_out_of_scope"]

    def test_missing_visibility_where_it_is_asked(self):
        assert reasons(AS_ANNOUNCED, case(visibility=None)) == ["not_visible_enough"]

    def test_a_visibility_nobody_knows(self):
        assert reasons(AS_ANNOUNCED, case(visibility="friends")) == ["not_visible_enough"]

    def test_no_author(self):
        assert reasons(AS_ANNOUNCED, case(author=None)) == ["state_missing"]

    def test_an_unreadable_event_of_the_author(self):
        assert reasons(AS_ANNOUNCED, case(author=member(unreadable=True))) == ["state_missing"]

    def test_an_unreadable_row(self):
        assert reasons(AS_ANNOUNCED, case(unreadable=True)) == ["state_missing"]

    def test_a_setting_that_is_neither_on_nor_off(self):
        assert reasons(AS_ANNOUNCED, case(settings={GEN: "perhaps"})) == ["setting_off"]

    def test_an_unknown_parent(self):
        assert reasons(AS_ANNOUNCED, case(parent_allowed=None)) == ["derived_from_excluded"]

    def test_a_hold_whose_region_nobody_can_resolve_holds_everywhere(self):
        assert reasons(AS_ANNOUNCED, case(holds=(Hold("train_generative", "atlantis"),))) == ["on_hold"]

    def test_an_unknown_signal_is_no_signal(self):
        assert reasons(AS_ANNOUNCED, case(signals=Signals(aipref="train-ai=maybe", tdm_reservation="?"))) == []

    def test_an_unknown_purpose_asks_nothing_else(self):
        asked = case(purpose="train_everything", author=None, category="message.private")
        assert reasons(AS_ANNOUNCED, asked) == ["purpose_unknown"]


class Test2ADenialWinsAtEveryLevel:
    def test_a_setting_on_does_not_beat_an_objection(self):
        assert reasons(AS_ANNOUNCED, case(objections={"train_generative": Objection.UPHELD})) == ["objection_upheld"]

    def test_a_setting_on_does_not_beat_a_hold(self):
        assert reasons(PAUSED, PERMITTED) == ["on_hold"]

    def test_public_does_not_beat_an_exclusion(self):
        assert reasons(AS_ANNOUNCED, case(excluded=True)) == ["item_excluded"]

    def test_permission_of_others_does_not_beat_the_authors_no(self):
        asked = with_others("recommendation", ("recommended", MEMBER), settings={GEN: "off"})
        assert reasons(SAFEGUARDED, asked) == ["setting_off"]


class Test4Age:
    ON_THE_DAY = utc(2026, 6, 1)

    @pytest.mark.parametrize(
        ("born", "expected"),
        [
            (date(2008, 5, 31), []),
            (date(2008, 6, 1), []),
            (date(2008, 6, 2), ["under_age"]),
            (date(2009, 1, 1), ["under_age"]),
            (date(2026, 6, 2), ["under_age"]),
            (date(2030, 1, 1), ["under_age"]),
        ],
    )
    def test_eighteen_is_reached_on_the_birthday(self, born, expected):
        assert reasons(AS_ANNOUNCED, case(at=self.ON_THE_DAY, birth_date=born)) == expected

    def test_the_last_moment_before_the_birthday(self):
        assert reasons(AS_ANNOUNCED, case(at=self.ON_THE_DAY - TICK, birth_date=date(2008, 6, 1))) == ["under_age"]

    @pytest.mark.parametrize(
        ("at", "expected"),
        [(utc(2026, 2, 28, 23, 59), ["under_age"]), (utc(2026, 3, 1), [])],
    )
    def test_born_on_29_february_of_age_on_1_march(self, at, expected):
        assert reasons(AS_ANNOUNCED, case(at=at, birth_date=date(2008, 2, 29))) == expected

    @pytest.mark.parametrize(
        ("born", "expected"),
        [(date(2010, 2, 28), []), (date(2010, 3, 1), ["under_age"])],
    )
    def test_asked_on_29_february(self, born, expected):
        assert reasons(AS_ANNOUNCED, case(at=utc(2028, 2, 29, 12), birth_date=born)) == expected

    def test_nobody_is_eighteen_in_the_year_ten(self):
        asked = case(at=utc(10, 1, 1), birth_date=date.min)
        assert "under_age" in reasons(AS_ANNOUNCED, asked)

    def test_the_year_in_which_somebody_could_be_eighteen_for_the_first_time(self):
        assert "under_age" not in reasons(AS_ANNOUNCED, case(at=utc(19, 1, 1), birth_date=date.min))
        assert "under_age" in reasons(AS_ANNOUNCED, case(at=utc(18, 1, 1), birth_date=date.min))


class Test5And12StartsAndHolds:
    @pytest.mark.parametrize(
        ("region", "at", "expected"),
        [
            ("DE", utc(2025, 11, 3) - TICK, ["not_yet_in_force"]),
            ("DE", utc(2025, 11, 3), []),
            ("US", utc(2024, 9, 18) - TICK, ["not_yet_in_force"]),
            ("US", utc(2024, 9, 18), []),
        ],
    )
    def test_a_start_counts_from_its_first_instant(self, region, at, expected):
        assert reasons(AS_ANNOUNCED, case(region=region, at=at)) == expected

    @pytest.mark.parametrize(
        ("since", "until", "expected"),
        [
            (None, None, ["on_hold"]),
            (AT, None, ["on_hold"]),
            (AT + TICK, None, []),
            (None, AT, []),
            (None, AT + TICK, ["on_hold"]),
            (AT - DAY, AT + DAY, ["on_hold"]),
        ],
    )
    def test_holds_are_half_open(self, since, until, expected):
        assert reasons(AS_ANNOUNCED, case(holds=(Hold("train_generative", "DE", since, until),))) == expected

    @pytest.mark.parametrize(
        ("region", "expected"),
        [("DE", ["on_hold"]), ("EU", ["on_hold"]), ("EEA", ["on_hold"]), ("*", ["on_hold"]), ("FR", []), ("US", [])],
    )
    def test_a_hold_names_a_region_a_group_or_everywhere(self, region, expected):
        assert reasons(AS_ANNOUNCED, case(holds=(Hold("train_generative", region),))) == expected

    def test_norway_is_in_the_eea_and_not_in_the_eu(self):
        assert reasons(AS_ANNOUNCED, case(region="NO", holds=(Hold("train_generative", "EU"),))) == []
        assert reasons(AS_ANNOUNCED, case(region="NO", holds=(Hold("train_generative", "EEA"),))) == ["on_hold"]

    def test_a_hold_for_another_purpose(self):
        assert reasons(AS_ANNOUNCED, case(holds=(Hold("train_other", "DE"),))) == []

    def test_a_hold_everywhere_reaches_people_without_a_region(self):
        asked = case(region=None, holds=(Hold("train_generative", "*"),))
        assert reasons(AS_ANNOUNCED, asked) == ["on_hold", "region_unknown"]

    def test_a_hold_in_one_region_does_not_reach_people_without_one(self):
        assert reasons(AS_ANNOUNCED, case(region=None, holds=(Hold("train_generative", "DE"),))) == ["region_unknown"]

    def test_another_persons_hold_goes_by_their_region(self):
        asked = with_others(
            "recommendation", ("recommended", member(region="FR")), holds=(Hold("train_generative", "FR"),)
        )
        assert reasons(SAFEGUARDED, asked) == ["other_subject"]


class Test6Objections:
    @pytest.mark.parametrize(
        ("stands", "expected"),
        [
            (Objection.OPEN, ["objection_open"]),
            (Objection.UPHELD, ["objection_upheld"]),
            (Objection.REJECTED, []),
        ],
    )
    def test_weighed(self, stands, expected):
        assert reasons(AS_ANNOUNCED, case(objections={"train_generative": stands})) == expected

    @pytest.mark.parametrize("stands", list(Objection))
    def test_absolute_for_advertising(self, stands):
        asked = case(
            purpose="ads_measurement", region="US", category="activity.ads", objections={"ads_measurement": stands}
        )
        assert reasons(AS_ANNOUNCED, asked) == ["objection_upheld"]

    def test_in_every_region(self):
        asked = case(region="US", objections={"train_generative": Objection.OPEN})
        assert reasons(AS_ANNOUNCED, asked) == ["objection_open"]

    def test_to_another_purpose(self):
        assert reasons(AS_ANNOUNCED, case(objections={"train_other": Objection.UPHELD})) == []

    def test_one_that_stands_nobody_knows_how_restricts(self):
        assert reasons(AS_ANNOUNCED, case(objections={"train_generative": "lost"})) == ["objection_open"]


class Test7UseDecidesNotCreation:
    def test_old_data_is_used_from_the_start_on(self):
        assert reasons(AS_ANNOUNCED, case(created_at=utc(2003, 5, 5))) == []

    def test_a_creation_date_is_not_asked_where_nothing_depends_on_it(self):
        assert reasons(AS_ANNOUNCED, case(created_at=None)) == []

    @pytest.mark.parametrize(
        ("created_at", "expected"),
        [
            (utc(2023, 12, 31, 23, 59), ["under_age"]),
            (utc(2024, 1, 1), []),
            (None, ["age_unknown"]),
        ],
    )
    def test_what_was_written_as_a_child_stays_out(self, created_at, expected):
        asked = case(birth_date=date(2006, 1, 1), created_at=created_at)
        assert reasons(SAFEGUARDED, asked) == expected

    def test_as_announced_it_is_used_after_the_birthday(self):
        assert reasons(AS_ANNOUNCED, case(birth_date=date(2006, 1, 1), created_at=utc(2020, 1, 1))) == []

    def test_a_creation_date_in_the_future_makes_nobody_older(self):
        asked = case(birth_date=date(2009, 1, 1), created_at=utc(2030, 1, 1))
        assert reasons(SAFEGUARDED, asked) == ["under_age"]

    def test_advertising_measures_the_age_at_use(self):
        asked = case(
            purpose="ads_measurement",
            region="US",
            category="activity.ads",
            birth_date=date(2006, 1, 1),
            created_at=None,
        )
        assert reasons(SAFEGUARDED, asked) == []


class Test8EveryoneInARecordCounts:
    def test_anyone_asks_nobody_else(self):
        asked = with_others("recommendation", ("recommended", CLOSED), ("colleague", None, None))
        assert (reasons(AS_ANNOUNCED, asked), masks(AS_ANNOUNCED, asked)) == ([], [])

    def test_all_must_permit(self):
        assert reasons(SAFEGUARDED, with_others("recommendation", ("recommended", MEMBER))) == []
        assert reasons(SAFEGUARDED, with_others("recommendation", ("recommended", CLOSED))) == ["other_subject"]

    def test_one_of_two_is_enough_to_deny(self):
        asked = with_others("recommendation", ("recommended", MEMBER), ("colleague", CLOSED))
        assert reasons(SAFEGUARDED, asked) == ["other_subject"]

    @pytest.mark.parametrize("category", ["endorsement", "recommendation", "job.application", "recruiter.interaction"])
    def test_a_category_for_two_that_names_none(self, category):
        assert reasons(SAFEGUARDED, case(category=category)) == ["other_subject"]
        assert reasons(AS_ANNOUNCED, case(category=category)) == []

    def test_a_category_for_two_that_masks_may_name_none(self):
        told = member(region="IE", settings={}, notices={"told": utc(2025, 1, 1)})
        assert reasons("every-rule", case(purpose="train", author=told, category="chat")) == []

    def test_somebody_who_is_no_member_permitted_nothing(self):
        assert reasons(SAFEGUARDED, with_others("recommendation", ("recommended", None))) == ["other_subject"]

    def test_others_are_masked(self):
        asked = with_others("comment", ("quoted", CLOSED))
        assert (reasons(SAFEGUARDED, asked), masks(SAFEGUARDED, asked)) == ([], ["quoted"])

    def test_who_permits_is_not_masked(self):
        assert masks(SAFEGUARDED, with_others("comment", ("quoted", MEMBER))) == []

    def test_roles_once_each_in_order_of_first_appearance(self):
        asked = with_others(
            "comment",
            ("quoted", CLOSED),
            ("mentioned", MEMBER),
            ("thanked", None),
            ("quoted", CLOSED),
            ("mentioned", CLOSED),
        )
        assert masks(SAFEGUARDED, asked) == ["quoted", "thanked", "mentioned"]

    def test_somebody_who_cannot_be_found_in_the_text_cannot_be_masked(self):
        asked = with_others("comment", ("quoted", CLOSED, None))
        assert (reasons(SAFEGUARDED, asked), masks(SAFEGUARDED, asked)) == (["other_subject"], [])

    def test_nor_need_they_be_when_they_permit(self):
        assert reasons(SAFEGUARDED, with_others("comment", ("quoted", MEMBER, None))) == []

    def test_somebody_the_text_does_not_show_is_masked_by_leaving_them_out(self):
        asked = with_others("comment", ("quoted", CLOSED, ()))
        assert (reasons(SAFEGUARDED, asked), masks(SAFEGUARDED, asked)) == ([], ["quoted"])

    def test_a_denied_record_masks_nobody(self):
        assert masks(SAFEGUARDED, with_others("comment", ("quoted", CLOSED), excluded=True)) == []

    def test_later_people_are_still_asked_after_one_who_permits(self):
        asked = with_others("comment", ("quoted", MEMBER), ("mentioned", CLOSED))
        assert masks(SAFEGUARDED, asked) == ["mentioned"]

    @pytest.mark.parametrize(
        ("other", "why"),
        [
            (member(region=None), "region"),
            (member(birth_date=None), "age unknown"),
            (member(birth_date=date(2012, 1, 1)), "age"),
            (member(notices={}), "notice"),
            (member(notices={NOTICE: AT - DAY}), "waiting period"),
            (member(settings={GEN: "off"}), "setting"),
            (member(objections={"train_generative": Objection.OPEN}), "objection"),
            (member(erased=True), "erasure"),
            (member(unreadable=True), "state"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_each_step_about_persons_is_asked_of_the_other(self, other, why):
        assert reasons(SAFEGUARDED, with_others("recommendation", ("recommended", other))) == ["other_subject"]

    def test_what_the_other_was_when_it_was_written(self):
        child_then = member(birth_date=date(2007, 1, 1))
        assert reasons(SAFEGUARDED, with_others("recommendation", ("recommended", child_then))) == ["other_subject"]

    @pytest.mark.parametrize("name", shipped_packs())
    def test_a_denied_parent_denies_under_every_pack(self, name):
        assert "derived_from_excluded" in reasons(name, case(category="post", parent_allowed=False))

    def test_the_state_of_each_other_must_be_given(self):
        asked = case(category="comment", subjects=(Subject("quoted", "m2"),), others=())
        with pytest.raises(ValueError, match="shorter"):
            reasons(SAFEGUARDED, asked)


class Test9DefaultsArePerRegion:
    """`every-rule`: top is off by default in the Nordic group, on in Sweden; bottom is off in France."""

    TOLD = member(settings={}, notices={"told": utc(2025, 1, 1)})

    @pytest.mark.parametrize(
        ("region", "expected"),
        [("IE", []), ("FR", ["setting_off"]), ("NO", ["setting_off"]), ("SE", []), ("EE", [])],
    )
    def test_without_a_choice_the_regions_default_holds(self, region, expected):
        assert reasons("every-rule", case(purpose="train", author=self.TOLD, region=region)) == expected

    def test_a_choice_survives_the_move(self):
        asked = case(purpose="train", author=self.TOLD, region="FR", settings={"bottom": "on"})
        assert reasons("every-rule", asked) == []
        asked = case(purpose="train", author=self.TOLD, region="IE", settings={"bottom": "off"})
        assert reasons("every-rule", asked) == ["setting_off"]

    def test_opt_in_everywhere(self):
        assert reasons(CONSENT, case(settings={})) == ["setting_off"]

    def test_no_default_where_the_use_does_not_take_place(self):
        asked = case(purpose="train", author=self.TOLD, region="US", settings={})
        assert reasons("every-rule", asked) == ["region_not_covered"]

    def test_a_choice_counts_there_all_the_same(self):
        asked = case(purpose="train", author=self.TOLD, region="US", settings={"bottom": "off"})
        assert reasons("every-rule", asked) == ["region_not_covered", "setting_off"]

    def test_no_default_without_a_region(self):
        assert reasons(CONSENT, case(region=None, settings={})) == ["region_unknown"]


class Test10SettingsImplySettings:
    ADS = case(purpose="share_affiliates", region="US", category="activity.ads")

    @pytest.mark.parametrize(
        ("settings", "expected"),
        [
            ({}, []),
            ({"ads_off_platform": "off"}, ["setting_off"]),
            ({"ads_off_platform": "off", "share_affiliates": "on"}, ["setting_off"]),
            ({"ads_off_platform": "on", "share_affiliates": "off"}, ["setting_off"]),
            ({"ads_off_platform": "on", "share_affiliates": "on"}, []),
            ({"ads_measurement": "off"}, []),
        ],
    )
    def test_ads_off_turns_sharing_off(self, settings, expected):
        asked = case(purpose="share_affiliates", region="US", category="activity.ads", settings=settings)
        assert reasons(AS_ANNOUNCED, asked) == expected

    def test_sharing_off_leaves_ads_alone(self):
        asked = case(
            purpose="ads_off_platform", region="US", category="activity.ads", settings={"share_affiliates": "off"}
        )
        assert reasons(AS_ANNOUNCED, asked) == []

    def test_through_two_steps(self):
        told = member(
            region="IE", settings={"top": "off", "middle": "on", "bottom": "on"}, notices={"told": utc(2025, 1, 1)}
        )
        assert reasons("every-rule", case(purpose="train", author=told)) == ["setting_off"]

    def test_an_unreadable_value_above_counts_as_off(self):
        told = member(region="IE", settings={"top": "?"}, notices={"told": utc(2025, 1, 1)})
        assert reasons("every-rule", case(purpose="train", author=told)) == ["setting_off"]


class Test11Signals:
    @pytest.mark.parametrize(
        ("signals", "purpose", "expected"),
        [
            (Signals(aipref="train-ai=n"), "train_generative", ["signal_no_train"]),
            (Signals(aipref="train-ai=n"), "train_other", []),
            (Signals(tdm_reservation=1), "train_generative", ["signal_no_train"]),
            (Signals(tdm_reservation=1), "train_other", ["signal_no_train"]),
            (
                Signals(cawg={"cawg.ai_generative_training": {"use": "notAllowed"}}),
                "train_generative",
                ["signal_no_train"],
            ),
            (Signals(cawg={"cawg.ai_generative_training": {"use": "notAllowed"}}), "train_other", []),
            (Signals(cawg={"cawg.ai_training": {"use": "constrained"}}), "train_other", ["signal_no_train"]),
            (Signals(cawg={"cawg.ai_training": {"use": "constrained"}}), "train_generative", []),
        ],
    )
    def test_each_speaks_about_its_own_kind_of_training(self, signals, purpose, expected):
        assert reasons(AS_ANNOUNCED, case(purpose=purpose, signals=signals)) == expected

    @pytest.mark.parametrize("name", shipped_packs())
    def test_under_every_pack(self, name):
        assert "signal_no_train" in reasons(name, case(signals=Signals(tdm_reservation="1")))

    def test_they_say_nothing_about_advertising(self):
        asked = case(purpose="ads_measurement", region="US", category="activity.ads", signals=Signals("train-ai=n", 1))
        assert reasons(AS_ANNOUNCED, asked) == []

    @pytest.mark.parametrize("name", shipped_packs())
    def test_a_members_own_exclusion_counts_under_every_pack(self, name):
        assert "item_excluded" in reasons(name, case(excluded=True))


class Test13PrivateMessages:
    @pytest.mark.parametrize("name", shipped_packs())
    def test_are_never_used_by_any_purpose(self, name):
        for purpose in pack(name).purposes:
            assert "category_never" in reasons(name, case(purpose=purpose, category="message.private"))

    def test_whatever_their_visibility(self):
        asked = case(category="message.private", visibility="public")
        assert reasons(AS_ANNOUNCED, asked) == ["category_never"]
