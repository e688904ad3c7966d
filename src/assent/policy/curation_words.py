"""What is masked in texts and why a text is passed over, as people are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from assent.vocabulary.curation import Drop, Pii

PII: Final[Mapping[Pii, str]] = {
    Pii.PERSON: "names of people",
    Pii.EMAIL: "e-mail addresses",
    Pii.PHONE: "phone numbers",
    Pii.HANDLE: "handles",
    Pii.IBAN: "bank accounts",
    Pii.PAYMENT_CARD: "payment cards",
    Pii.NATIONAL_ID: "national identity numbers",
    Pii.IP_ADDRESS: "IP addresses",
    Pii.URL: "addresses of personal pages",
    Pii.COORDINATES: "coordinates",
    Pii.STREET_ADDRESS: "street addresses",
    Pii.POSTCODE: "postcodes",
    Pii.DATE_OF_BIRTH: "dates of birth",
    Pii.CREDENTIAL: "passwords and keys",
    Pii.LOCATION: "places",
    Pii.ORGANIZATION: "organisations",
    Pii.DATE_TIME: "dates and times",
    Pii.AGE: "ages",
    Pii.TITLE: "titles",
    Pii.GROUP: "groups of people",
}

DROPPED: Final[Mapping[Drop, str]] = {
    Drop.EMPTY: "Nothing is left to read.",
    Drop.TOO_SHORT: "It has too few words.",
    Drop.TOO_LONG: "It has too many words.",
    Drop.LANGUAGE: "It is in another language.",
    Drop.REPETITION: "It repeats itself.",
    Drop.BOILERPLATE: "It is mostly stock phrases.",
    Drop.GIBBERISH: "It is mostly no words.",
    Drop.NEAR_DUPLICATE: "A text much like it counts in its place.",
}
