"""In which order to act, what each step changes, and what holds from when."""

from __future__ import annotations

import re
from datetime import date

import pytest
from asking import BEFORE, GENERATIVE, report

GENERATE, OTHERS = "Training AI models that generate content", "Training AI models that do not generate content"


def steps(found):
    return [
        (step.what, {effect.purpose: (effect.before, effect.after) for effect in step.effects}) for step in found.steps
    ]


def test_in_europe_the_toggle_and_the_form_are_needed(small):
    assert steps(report(small)) == [
        ("Data for Generative AI Improvement", {"train_generative": (11, 1)}),
        (OTHERS, {"train_other": (11, 1)}),
    ]


def test_elsewhere_ads_come_after_what_cannot_be_undone(small):
    assert steps(report(small, country="US")) == [
        ("Data for Generative AI Improvement", {"train_generative": (11, 1)}),
        (OTHERS, {"train_other": (11, 1)}),
        ("Ads off LinkedIn", {"ads_off_platform": (7, 0), "share_affiliates": (7, 0)}),
        ("Data from others for ads", {"ads_third_party_data": (7, 0)}),
        ("Measure ad success", {"ads_measurement": (7, 0)}),
    ]


def test_a_step_says_where_to_go(small):
    toggle, form = report(small).steps
    assert toggle.where == (
        "Settings & Privacy",
        "Data privacy",
        "How LinkedIn uses your data",
        "Data for Generative AI Improvement",
    )
    assert form.where == ("Data Processing Objection Form",)


def test_a_step_that_was_taken_is_not_advised_again(small):
    found = report(small, settings=("generative_ai_improvement=off",), objections=("train_other",))
    assert found.steps == ()


def test_before_the_start_the_steps_count_what_is_to_come(small):
    found = report(small, at=BEFORE)
    assert (found.settled_at, steps(found)) == (date(2025, 11, 3), steps(report(small)))


def test_a_minor_can_act_before_the_birthday(small):
    found = report(small, country="DE", born="2009-05-01")
    assert (found.shown_at, found.settled_at, steps(found)) == (
        date(2026, 7, 1),
        date(2027, 5, 1),
        steps(report(small)),
    )
    assert any("under 18 until 1 May 2027" in line for line in found.under_age)


def test_a_birthday_before_the_start_counts_from_the_start(small):
    found = report(small, country="DE", born="2007-10-15", at=BEFORE)
    assert any(
        line.startswith("From 3 November 2025 on 8 of your records are used and 3 more") for line in found.under_age
    )


def test_a_pause_names_the_toggle_for_the_day_it_ends(small):
    found = report(small, pack="professional-network-2025-11-europe-paused")
    assert (found.steps, [reading.pack for reading in found.readings]) == (
        (),
        ["professional-network-2025-11", "professional-network-2025-11-ads-everywhere"],
    )
    assert any("they would take 10 records out of use" in line for line in found.besides)


def test_an_adult_reads_nothing_about_minors(small):
    assert report(small).under_age == ()


@pytest.mark.parametrize(
    ("born", "days"),
    [
        ("1990-05-01", ["2011-09-17", "2024-09-18", "2025-11-03", "2026-07-01"]),
        ("2009-05-01", ["2011-09-17", "2024-09-18", "2025-11-03", "2026-07-01", "2027-05-01"]),
    ],
)
def test_the_timeline_has_every_day_that_matters(small, born, days):
    assert [moment.on.isoformat() for moment in report(small, born=born).timeline] == days


def test_from_the_birthday_on_a_minors_records_are_used(small):
    last = report(small, country="DE", born="2009-05-01").timeline[-1]
    assert (last.by_kind[GENERATIVE].used, last.by_kind[GENERATIVE].may_be_used) == (8, 3)


def test_what_is_past_stays(small):
    (training, reach) = report(small).past
    assert training.startswith(
        f"{GENERATE} and {OTHERS}: allowed for 240 days, since 3 November 2025. Leaving stops future use;"
    )
    assert reach.endswith("reaches back to 1 February 2024.")


def test_leaving_now_does_not_empty_the_past(small):
    found = report(small, settings=("generative_ai_improvement=off",), objections=("train_other",))
    assert ", or until the day you left. Leaving stops future use;" in found.past[0]


def test_before_the_start_there_is_no_past(small):
    assert report(small, at=BEFORE).past == ()


def test_other_readings_are_computed(small):
    changes = {
        reading.pack.removeprefix("professional-network-2025-11-"): reading.changes
        for reading in report(small).readings
    }
    assert changes == {
        "europe-paused": (
            "AI that writes: 11 → 1 used or possibly used",
            "other AI: 11 → 1 used or possibly used",
        ),
        "ads-everywhere": ("ads: 0 → 7 used or possibly used",),
    }


def test_the_headline_says_it_in_a_sentence(small):
    assert report(small).headline == (
        (
            "Since 3 November 2025, 8 records of yours are used, and 3 more may be, to train AI that generates content "
            "and to train other AI models."
        ),
        "Nothing is used for the announced advertising: this use does not reach your country.",
    )


def test_a_headline_speaks_of_a_day_to_come_as_one_to_come(small):
    assert report(small, at=BEFORE).headline[0].startswith("From 3 November 2025 on, 8 records of yours are used")


def test_each_use_has_been_allowed_since_its_own_day(small):
    days = [re.findall(r"allowed for [0-9]+ days, since ([^.]*)\.", line) for line in report(small, country="US").past]
    assert days == [["18 September 2024"], ["3 November 2025"], []]


def test_a_form_that_may_not_be_heeded_says_so(small):
    notes = {
        country: [step.note for step in report(small, country=country).steps if step.action == "objection"]
        for country in ("NL", "US")
    }
    sent = "Send it while you are logged in, and keep the confirmation."
    assert notes == {"NL": [sent], "US": [f"{sent} Whether it is heeded where you are is not said."]}


def test_no_answer_is_promised_where_objecting_is_no_right(small):
    promised = {
        country: any("has to be answered" in line for line in report(small, country=country).besides)
        for country in ("NL", "US")
    }
    assert promised == {"NL": True, "US": False}


def test_an_export_without_what_was_written_does_not_reassure(zip_of):
    found = report(zip_of({"Skills.csv": "Name\nRust\n"}))
    assert found.headline[-1].startswith("No posts, comments or reactions are in what you gave")


def test_a_file_that_could_not_be_read_is_named_at_the_top(zip_of):
    found = report(zip_of({"Comments.csv": "what,ever\n1,2\n", "Shares.csv": "Date,ShareCommentary\n2024-01-01,a\n"}))
    assert found.headline[-1] == "Not all of your export could be read, so there may be more: Comments."


@pytest.mark.parametrize(("born", "said"), [("2009-03-03", False), ("1990-05-01", True), (None, False)])
def test_a_birth_date_that_the_platform_has_otherwise_is_told(zip_of, born, said):
    profile = 'First Name,Last Name,Birth Date\nMira,Vermeer,"Mar 3, 2009"\n'
    found = report(zip_of({"Profile.csv": profile}), born=born)
    assert any("Your export says that you were born on 3 March 2009" in line for line in found.headline) is said


def test_a_table_no_rule_waits_for_is_not_called_open(zip_of):
    learning = "Content Title,Content Type\nKnots,COURSE\n"
    found = report(zip_of({"Learning.csv": learning, "Skills.csv": "Name\nRust\n"}))
    assert [line for line in found.not_known if "does not name" in line] == []


def test_ads_show_what_is_inferred(small):
    assert report(small).advertising.inferred == (
        ("Member Age", ("35-54",), 1),
        ("Job Titles", ("Inspector", "Engineer"), 2),
        ("Job Titles", ("Climber",), 1),
    )


def test_examples_can_be_left_out(small):
    found = report(small, examples=False)
    assert {line.examples for line in found.categories} == {()}
    assert [values for _, values, _ in found.advertising.inferred] == [(), (), ()]


def test_what_one_use_does_not_ask_another_may(small):
    assert any(
        line.startswith("Who could see it: ") and "comments (1)" in line
        for line in report(small, country="US").not_known
    )


@pytest.mark.parametrize(("country", "said"), [("NL", False), ("NO", False), ("GB", False), ("US", True), ("CH", True)])
def test_where_objecting_is_no_right_it_is_said(small, country, said):
    assert any("The right to object" in line for line in report(small, country=country).not_known) is said


def test_nobody_elses_words_are_shown(small):
    text = str(report(small).to_json())
    assert [word for word in ("secret", "never slips", "Bakker", "192.0.2.1") if word in text] == []
