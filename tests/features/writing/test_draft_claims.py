"""What no record says leaves a text, or stays marked; what records say stays."""

from __future__ import annotations

import pytest
from writers import NOW, NURSE

from assent.features.writing import Ask, Job, Kind, OwnRecord
from assent.features.writing.claims import claims_in
from assent.features.writing.facts import read_facts
from assent.features.writing.mending import mend
from assent.features.writing.screening import screen
from assent.features.writing.tracing import Evidence

JOB = Job("Theatre nurse\nYou bring robotics.", None, "Hollis Hospital")


def evidence(ask: Ask | None = None) -> Evidence:
    records = screen(NURSE).records
    return Evidence((*records, NURSE[0]), read_facts(screen(NURSE).profile), ask or Ask(Kind.ABOUT), NOW)


def mended(text: str, *, mark: bool = False, ask: Ask | None = None) -> str:
    return mend(text, evidence(ask), mark=mark).text


TRUE = (
    "I am a ward nurse at Larkhill Hospital in Leeds.",
    "I have been at Larkhill Hospital since 2015.",
    "I have been there for 10 years.",
    "I am responsible for 6 people there.",
    "I studied Nursing at Ellery College.",
    "From 2009 to 2014 I was a care assistant at Brook House.",
    "Ask me about wound care and shift planning.",
)
INVENTED = (
    "I am a ward nurse at Kestrel Clinic.",
    "I have been at Larkhill Hospital since 2011.",
    "I have been there for 14 years.",
    "I am responsible for 12 people there.",
    "I hold a PhD in Nursing.",
    "I studied Nursing at Oxford.",
    "I was head of nursing at Larkhill Hospital.",
    "I was a ward nurse at Brook House.",
    "I was a care assistant at Brook House since 2015.",
    "I led a merger of two wards.",
    "I won the award for colleague of the year.",
    "I am a passionate professional.",
    "My friend Marta Olsen says so.",
    "I cut falls by 40 %.",
    "I cut falls by a third.",
    "I am fluent in Portuguese.",
    "Ask me about robotics.",
    "My expertise: kubernetes.",
    "I moved to Rotterdam.",
    "Top-rated nurse of the year.",
    "Ich habe ein Team von zwölf Personen geleitet.",
    "Mein Abschluss: Medizin, Universität Heidelberg.",
    "J'ai dirigé une équipe de vingt personnes.",
    "Soy directora en el Hospital del Mar.",
    "I use kubernetes every day.",
    "My startup sold for millions.",
    "Over the last decade I have transformed care.",
    "As a mother of two, I know wound care.",
    "Author of three books.",
    "Larkhill Hospital, 2009 to 2014.",
    "I lead more than six hundred people.",
    "I studied Nursing at Larkhill Hospital.",
    "Ich leite ein Team von 12 Leuten.",
    "J'adore la soudure.",
    "Tengo veinte años de experiencia.",
    "“I won the lottery at work,” I once wrote.",
)


@pytest.mark.parametrize("sentence", TRUE)
def test_what_records_say_stays(sentence: str) -> None:
    assert mended(sentence) == sentence


@pytest.mark.parametrize("sentence", INVENTED)
def test_what_no_record_says_goes(sentence: str) -> None:
    assert mended(f"I am a ward nurse at Larkhill Hospital. {sentence}") == "I am a ward nurse at Larkhill Hospital."


@pytest.mark.parametrize("sentence", INVENTED)
def test_or_it_is_marked(sentence: str) -> None:
    assert "[confirm: " in mended(sentence, mark=True)


def test_a_list_loses_the_item_alone() -> None:
    assert (
        mended("Ask me about wound care, robotics, and shift planning.")
        == "Ask me about wound care, and shift planning."
    )


def test_a_sentence_loses_its_last_clause_alone() -> None:
    said = "I am a ward nurse at Larkhill Hospital, where I led a merger."
    assert mended(said) == "I am a ward nurse at Larkhill Hospital."


def test_a_sentence_loses_its_aside_alone() -> None:
    assert mended("I am a ward nurse (and Nobel laureate) at Larkhill Hospital.") == (
        "I am a ward nurse at Larkhill Hospital."
    )


def test_what_points_back_to_a_lost_sentence_goes_with_it() -> None:
    assert mended("I worked at Kestrel Clinic. That was a good time.") == ""


def test_a_job_bears_out_what_is_said_of_the_job() -> None:
    ask = Ask(Kind.MESSAGE_TO_HIRER, job=JOB)
    said = "Your position as theatre nurse at Hollis Hospital caught my eye."
    assert mended(said, ask=ask) == said


@pytest.mark.parametrize(
    "said",
    ["I am a theatre nurse at Hollis Hospital.", "I know robotics.", "As you ask, I have worked at Hollis Hospital."],
)
def test_a_job_bears_out_nothing_of_the_member(said: str) -> None:
    assert mended(said, ask=Ask(Kind.MESSAGE_TO_HIRER, job=JOB)) == ""


def test_case_accents_and_endings_do_not_matter() -> None:
    assert mended("I AM A WARD NURSE AT LARKHILL HOSPITAL.") != ""


def test_numbers_are_the_same_in_words_and_digits() -> None:
    said = "I am responsible for six people."
    assert mended(said) == said


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I work at Larkhill Hospital.", "employer"),
        ("I studied at Ellery College.", "institution"),
        ("I am a welder.", "title"),
        ("I hold a master's degree.", "degree"),
        ("I have done this for seven years.", "number"),
        ("It began in 2012.", "date"),
        ("I have experience in deep drawing.", "skill"),
        ("We won the Grand Prix.", "award"),
        ("I am highly motivated.", "quality"),
    ],
)
def test_claims_are_told_by_kind(text: str, kind: str) -> None:
    assert kind in {each.kind.value for each in claims_in(text)}


def test_what_a_post_says_of_others_makes_nobody_that() -> None:
    posts = (OwnRecord("p", "post", "We are hiring an architect at Umbra Studio. My cousin is a pilot.", NOW),)
    found = Evidence((*NURSE, *posts), read_facts(NURSE), Ask(Kind.ABOUT), NOW)
    for said in ("I am an architect.", "I work at Umbra Studio.", "I am a pilot."):
        assert mend(said, found, mark=False).text == ""


def test_who_studied_nursing_is_no_nurse() -> None:
    school = tuple(each for each in NURSE if each.category == "profile.education")
    found = Evidence(school, read_facts(school), Ask(Kind.ABOUT), NOW)
    assert mend("I am a nurse.", found, mark=False).text == ""
