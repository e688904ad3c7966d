"""What becomes of each record of a small export, by hand: two packs, three people, before and after the start.

The export (`small_export.SMALL`): a name, a headline and a summary; two skills; a public post, one for all members, one
for connections, one of unknown visibility; a comment; a recommendation received and one given; a private message;
four ad segments; a registration.
"""

from __future__ import annotations

import pytest
from asking import ADS, ANNOUNCED, BEFORE, GENERATIVE, OTHER, SAFEGUARDED, outcomes, report

from assent.exposure.weighing import Count

PROFILE = ("profile.name", "profile.position", "profile.summary")

ADULT_IN_FORCE = {
    "profile.name": (1, 0, 0),
    "profile.position": (1, 0, 0),
    "profile.summary": (1, 0, 0),
    "profile.skill": (2, 0, 0),
    "post": (2, 1, 1),
    "comment": (0, 1, 0),
    "recommendation": (1, 1, 0),
    "message.private": (0, 0, 1),
    "activity.ads": (0, 0, 4),
    "credential": (0, 0, 1),
}
NEVER = {category: (0, 0, sum(counts)) for category, counts in ADULT_IN_FORCE.items()}
ONLY_WHAT_OTHERS_WROTE = NEVER | {"recommendation": (0, 1, 1)}
ADS_IN_FORCE = NEVER | {"profile.position": (1, 0, 0), "profile.skill": (2, 0, 0), "activity.ads": (4, 0, 0)}
TOLD = {  # nothing is sure before the person was told
    "profile.name": (0, 1, 0),
    "profile.position": (0, 1, 0),
    "profile.summary": (0, 1, 0),
    "profile.skill": (0, 2, 0),
    "post": (0, 3, 1),
    "comment": (0, 1, 0),
    "recommendation": (0, 2, 0),
    "message.private": (0, 0, 1),
    "activity.ads": (0, 0, 4),
    "credential": (0, 0, 1),
}
ADS_TOLD = NEVER | {"profile.position": (0, 1, 0), "profile.skill": (0, 2, 0), "activity.ads": (0, 4, 0)}
TURNED_18_IN_2026 = TOLD | {
    "post": (0, 1, 3),  # only the one of June 2026 was made at 18
    "comment": (0, 0, 1),
    "recommendation": (0, 0, 2),
}

CASES = [
    # pack, country, born, at, kind, expected
    (ANNOUNCED, "NL", "1990-05-01", "2026-07-01", GENERATIVE, ADULT_IN_FORCE),
    (ANNOUNCED, "NL", "1990-05-01", "2026-07-01", OTHER, ADULT_IN_FORCE),
    (ANNOUNCED, "NL", "1990-05-01", "2026-07-01", ADS, NEVER),
    (ANNOUNCED, "US", "1990-05-01", "2026-07-01", GENERATIVE, ADULT_IN_FORCE),
    (ANNOUNCED, "US", "1990-05-01", "2026-07-01", OTHER, ADULT_IN_FORCE),
    (ANNOUNCED, "US", "1990-05-01", "2026-07-01", ADS, ADS_IN_FORCE),
    (ANNOUNCED, "DE", "2009-05-01", "2026-07-01", GENERATIVE, ONLY_WHAT_OTHERS_WROTE),
    (ANNOUNCED, "DE", "2009-05-01", "2026-07-01", ADS, NEVER),
    (ANNOUNCED, "US", "2009-05-01", "2026-07-01", ADS, ADS_IN_FORCE),
    (SAFEGUARDED, "NL", "1990-05-01", "2026-07-01", GENERATIVE, TOLD),
    (SAFEGUARDED, "NL", "1990-05-01", "2026-07-01", ADS, NEVER),
    (SAFEGUARDED, "US", "1990-05-01", "2026-07-01", OTHER, TOLD),
    (SAFEGUARDED, "US", "1990-05-01", "2026-07-01", ADS, ADS_TOLD),
    (SAFEGUARDED, "DE", "2009-05-01", "2026-07-01", GENERATIVE, NEVER),
    (SAFEGUARDED, "US", "2009-05-01", "2026-07-01", ADS, NEVER),
    (SAFEGUARDED, "DE", "2008-05-01", "2026-07-01", GENERATIVE, TURNED_18_IN_2026),
]


@pytest.mark.parametrize(("pack", "country", "born", "at", "kind", "expected"), CASES)
def test_every_category_comes_out_as_the_rules_say(  # noqa: PLR0917 - a row of the table
    small, pack, country, born, at, kind, expected
):
    assert outcomes(report(small, pack=pack, country=country, born=born, at=at), kind) == expected


@pytest.mark.parametrize(
    ("country", "kind", "now", "then"),
    [
        # Somebody in a country where training goes on since 2024 may have written the recommendation.
        ("NL", GENERATIVE, Count(0, 1, 17), Count(8, 3, 7)),
        ("NL", ADS, Count(0, 0, 18), Count(0, 0, 18)),
        ("US", GENERATIVE, Count(8, 3, 7), Count(8, 3, 7)),
        ("US", ADS, Count(0, 0, 18), Count(7, 0, 11)),
    ],
)
def test_before_the_start_the_tables_show_what_is_to_come(small, country, kind, now, then):
    (total,) = [each for each in report(small, country=country, at=BEFORE).kinds if each.kind == kind]
    assert (total.now, total.then) == (now, then)


def test_the_day_of_the_start_is_the_first_day(small):
    before, after = (report(small, at=at).kinds[0].now.used for at in ("2025-11-02T23:59:59Z", "2025-11-03"))
    assert (before, after) == (0, 8)


def test_a_recommendation_about_me_hangs_on_its_writer(small):
    found = report(small)
    whose = {line.table: (line.whose, line.recommended) for line in found.two_sided}
    assert whose == {
        "Recommendations_Received": ("theirs", "both"),
        "Recommendations_Given": ("yours", "both"),
        "messages": ("nobodys", "never used"),
    }


def test_what_is_not_known_is_named(small):
    found = report(small)
    why = {
        (line.category, why.facts): why.records
        for line in found.categories
        for why in line.why[GENERATIVE]
        if why.facts
    }
    assert why == {
        ("post", ("visibility",)): 1,
        ("comment", ("visibility",)): 1,
        ("recommendation", ("writer",)): 1,
    }


def test_never_says_why(small):
    reasons = {
        line.category: line.why[GENERATIVE][-1].reasons
        for line in report(small).categories
        if line.by_kind[GENERATIVE].never
    }
    assert reasons == {
        "post": ("not_visible_enough",),
        "activity.ads": ("category_out_of_scope",),
        "message.private": ("category_never",),
        "credential": ("category_never",),
    }


def test_an_unknown_birth_date_may_be_an_adults(small):
    found = report(small, born=None)
    assert outcomes(found, GENERATIVE)["profile.name"] == (0, 1, 0)
    assert found.categories[0].why[GENERATIVE][0].facts == ("birth_date",)


def test_a_setting_that_is_off_leaves_what_others_wrote(small):
    found = report(small, settings=("generative_ai_improvement=off",))
    assert outcomes(found, GENERATIVE) == ONLY_WHAT_OTHERS_WROTE
    assert outcomes(found, OTHER) == ADULT_IN_FORCE


def test_an_objection_covers_what_has_no_toggle(small):
    found = report(small, objections=("train_other",))
    assert outcomes(found, OTHER) == ONLY_WHAT_OTHERS_WROTE


def test_no_pack_is_special(small):
    found = report(small, pack="community-qa")
    assert outcomes(found, GENERATIVE)["profile.summary"] == (0, 1, 0)
    assert (found.recommended_pack, found.readings) == (None, ())
