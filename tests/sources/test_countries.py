from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.sources.countries import country_of
from assent.vocabulary.regions import REGION_CODES


@pytest.mark.parametrize(
    ("location", "country"),
    [
        ("France", "FR"),
        ("Paris, France", "FR"),
        ("Straßburg, Frankreich", "FR"),
        ("GENÈVE, suisse", "CH"),
        ("Geneve, Zwitserland", "CH"),
        ("Tokyo, 日本", "JP"),
        ("São Paulo - Brazil", "BR"),
        ("Contae Átha Cliath, Éire.", "IE"),
        ("The Netherlands", "NL"),
        ("Kent, England", "GB"),
        ("Edinburgh, Scotland, UK", "GB"),
        ("U.S.A.", "US"),
        ("Winston-Salem, NC", "US"),
        ("New York, NY 10001", "US"),
        ("Washington, D.C.", "US"),
        ("Omaha, Nebraska", "US"),
        ("Grand Rapids, MI (United States)", "US"),
        ("Atlanta, GA, USA", "US"),
        ("Tbilisi, Georgia, USA", "US"),
        ("Kingston, ON", "CA"),
        ("Québec", "CA"),
        ("Lyon, FR", "FR"),
        ("Warsaw, POL", "PL"),
        ("Port of Spain, Trinidad and Tobago", "TT"),
        ("Hamburg/Berlin, Germany", "DE"),
        ("Norway, Europe", "NO"),
    ],
)
def test_a_location_that_names_one_country_is_in_it(location, country):
    assert country_of(location) == country


@pytest.mark.parametrize(
    "location",
    [
        None,
        "",
        "   ",
        "Paris",
        "somewhere",
        "https://example.org/",
        "Europe",
        "Atlanta, GA",
        "Wilmington, DE",
        "San Francisco, CA",
        "Perth, WA",
        "CA",
        "fr",
        "Lyon, fr",
        "Tbilisi, Georgia",
        "Boston, EST",
        "Peru, Indiana",
        "UK, France and others!",
        "Washington DC, USA; Annecy, France",
        "Belgique/Luxembourg",
        "L A, CA, United States and BGC, Philippines",
        "Mars (No not in Germany)",
    ],
)
def test_a_location_that_may_be_anywhere_stays_unknown(location):
    assert country_of(location) is None


@pytest.mark.parametrize(
    ("location", "territory"),
    [("Saint-Denis, La Réunion, France", "RE"), ("Hong Kong, China", "HK"), ("San Juan, Puerto Rico, USA", "PR")],
)
def test_a_territory_wins_over_its_sovereign(location, territory):
    assert country_of(location) == territory


@given(st.text())
def test_any_text_gives_a_region_code_or_nothing(location):
    assert country_of(location) in REGION_CODES | {None}


@given(st.text(alphabet="ACDEGMNX, .()/-&0", max_size=20))
def test_texts_made_of_codes_and_marks_give_a_region_code_or_nothing(location):
    assert country_of(location) in REGION_CODES | {None}
