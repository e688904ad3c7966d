"""Who chooses people by what the law protects is found, in four languages; who says the opposite is not."""

from __future__ import annotations

import pytest

from assent.features.writing import Ground, discriminating

CHOOSING = [
    ("young men", Ground.AGE),
    ("We are looking for young men.", Ground.SEX),
    ("a young and dynamic team player", Ground.AGE),
    ("candidates under 35", Ground.AGE),
    ("Aged 25-35 only.", Ground.AGE),
    ("no one over 40", Ground.AGE),
    ("Female candidates preferred.", Ground.SEX),
    ("Waitress wanted, ladies only.", Ground.SEX),
    ("Only native born applicants.", Ground.ORIGIN),
    ("No foreigners.", Ground.ORIGIN),
    ("white candidates", Ground.ORIGIN),
    ("Christian applicants only", Ground.RELIGION),
    ("no headscarves", Ground.RELIGION),
    ("no disabled people", Ground.DISABILITY),
    ("no gays", Ground.ORIENTATION),
    ("women without children", Ground.FAMILY),
    ("Wir suchen junge Männer für das Lager.", Ground.SEX),
    ("Gesucht wird eine junge Dame für den Empfang.", Ground.SEX),
    ("Bewerber, nicht älter als 35 Jahre", Ground.AGE),
    ("Nur Deutsche.", Ground.ORIGIN),
    ("ohne Kopftuch", Ground.RELIGION),
    ("keine Schwangeren", Ground.FAMILY),
    ("Nous cherchons une jeune femme.", Ground.SEX),
    ("moins de 30 ans", Ground.AGE),
    ("pas d'étrangers", Ground.ORIGIN),
    ("Buscamos chicas jóvenes.", Ground.SEX),
    ("menores de 30", Ground.AGE),
    ("sin hijos", Ground.FAMILY),
]


@pytest.mark.parametrize(("text", "ground"), CHOOSING)
def test_who_chooses_by_a_ground_is_found(text: str, ground: Ground) -> None:
    assert ground in {each.ground for each in discriminating(text)}


@pytest.mark.parametrize(
    "text",
    [
        "We welcome all applicants regardless of age, sex or origin.",
        "Nurse (m/f/d), five years of experience, German B2.",
        "Teaches young children to read.",
        "Sells women's shoes and men's coats.",
        "Works with elderly patients.",
        "You know the German tax law.",
        "Wir suchen eine Pflegefachkraft (m/w/d) ab 18 Stunden in der Woche.",
        "Die Stelle ist unabhängig von Alter, Geschlecht und Herkunft.",
        "Vous parlez français et anglais.",
        "Trabaja con personas mayores en su casa.",
        "Young company, 12 people, in Leeds.",
        "Over 20 sites, under one roof.",
        "A woman-owned business.",
        "",
    ],
)
def test_who_does_not_is_not(text: str) -> None:
    assert discriminating(text) == ()


def test_a_find_says_where_and_why_in_one_line() -> None:
    (found, *_) = discriminating("We need a cook. No foreigners. Apply today.")
    assert "We need a cook. No foreigners. Apply today."[found.start : found.end] == found.text
    assert "Title VII" in found.reason
    assert "\n" not in found.reason


@pytest.mark.parametrize(
    "text",
    [
        "We hire. Regardless of religion, only men under 30.",
        "Equal opportunity employer: young men preferred",
        "must be a man",
        "the ideal candidate is a man under 30",
        "a male secretary",
        "recent male graduates",
        "lads in their twenties",
        "young blokes",
        "gentlemen under thirty",
        "whites preferred",
        "young\N{EM DASH}men",
        "young m\N{CYRILLIC SMALL LETTER IE}n",
        "y0ung men",
        "männlich, 20-30",
        "Bewerber sollten unter 30 sein",
        "Deutsche Staatsangehörige bevorzugt",
        "hombre joven",
    ],
)
def test_plain_words_for_it_are_found(text: str) -> None:
    assert discriminating(text)


def test_what_stands_far_down_is_found() -> None:
    assert discriminating("Accountant\n" + "We prepare tax returns. " * 9000 + "\nYoung men only.")


@pytest.mark.parametrize(
    "text",
    [
        "Youth worker\nYou support young people in care.",
        "Altenpfleger\nSie betreuen ältere Menschen in unserem Haus.",
        "You care for older people at home",
        "Help young people find work",
        "looking for men's fashion buyer",
        "We need a women's shelter manager",
        "Obstetrics; no children on site",
        "Welder (m/w/d)",
    ],
)
def test_whom_the_work_is_for_is_no_choice_of_who_does_it(text: str) -> None:
    assert discriminating(text) == ()
