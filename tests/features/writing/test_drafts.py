"""A draft says what records say, in the length and language asked for, and carries a mark."""

from __future__ import annotations

import json

import pytest
from writers import NOW, NURSE, drafted

from assent.errors import InputError
from assent.features.writing import Ask, Job, Kind, Length, OwnRecord
from assent.features.writing.asking import LANGUAGES, WORDS

JOB = Job("Charge nurse (m/f/d)\nWe look for wound care and a calm hand.", None, "Hollis Hospital")


def asked(kind: Kind, language: str = "en", length: Length = Length.MEDIUM) -> Ask:
    return Ask(kind, language, length, job=JOB if kind.is_message else None, addressee="Robin Vale")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_every_claim_is_borne_out_and_nothing_had_to_be_taken_out(kind: Kind, language: str) -> None:
    for seed, length in enumerate(Length):
        made = drafted(asked(kind, language, length), seed=seed)
        assert made.dropped == ()
        assert made.text
        assert [each for sentence in made.sentences for each in sentence.untraced] == []


@pytest.mark.parametrize("length", Length)
def test_no_draft_is_longer_than_asked(length: Length) -> None:
    for kind in Kind:
        assert drafted(asked(kind, length=length)).words <= WORDS[kind][length][1]


def test_a_headline_names_title_employer_and_skills() -> None:
    assert drafted(asked(Kind.HEADLINE), seed=1).records[:3] == ("now", "lead", "skills")


def test_the_same_seed_gives_the_same_draft_and_others_give_others() -> None:
    texts = [drafted(asked(Kind.ABOUT), seed=seed).text for seed in (1, 1, *range(2, 12))]
    assert texts[0] == texts[1]
    assert len(set(texts)) > 4


def test_a_message_names_the_job_the_addressee_and_the_skills_both_have() -> None:
    text = drafted(asked(Kind.MESSAGE_TO_HIRER)).text
    assert "Robin Vale" in text
    assert "charge nurse at Hollis Hospital" in text
    assert "wound care" in text
    assert text.endswith("Ada Quill")


def test_nobody_is_greeted_by_a_name_that_was_not_given() -> None:
    assert drafted(Ask(Kind.MESSAGE_TO_HIRER, job=JOB)).text.startswith("Hello,\n")


def test_years_in_a_position_are_reckoned_to_the_moment() -> None:
    texts = " ".join(drafted(asked(Kind.ABOUT), seed=seed).text for seed in range(6))
    assert "more than 10 years" in texts
    assert "since 2015" in texts


def test_what_the_member_typed_in_counts() -> None:
    made = drafted(Ask(Kind.ABOUT, told=("Night sister at Orrin Clinic, since 2021",)), ())
    assert "Orrin Clinic" in made.text
    assert made.records == ("told:1",)


def test_own_words_are_quoted_on_the_topic() -> None:
    made = drafted(Ask(Kind.POST, topic="handover"))
    assert "“Every handover needs a chair for the person who listens.”" in made.text
    assert "post" in made.records


def test_a_voice_with_emoji_keeps_them() -> None:
    posts = tuple(OwnRecord(f"p{at}", "post", f"Shift {at} is done. Time for tea. 🎉", NOW) for at in range(9))
    assert drafted(Ask(Kind.POST, topic="rotas"), (*NURSE[:6], *posts)).text.endswith("🎉")


def test_who_writes_formally_asks_formally() -> None:
    posts = [OwnRecord(f"p{at}", "post", "Was denken Sie darüber? Ich danke Ihnen.", NOW) for at in range(6)]
    made = drafted(Ask(Kind.POST, "de", topic="Dienstpläne"), (*NURSE[:6], *posts))
    assert " ihr " not in made.text


def test_a_draft_says_that_a_machine_wrote_it() -> None:
    made = drafted(asked(Kind.ABOUT, "de"))
    assert made.mark.to_dict()["digital_source_type"].endswith("/algorithmicMedia")
    assert made.mark.kept_with(made.text).endswith("(Mit Hilfe von KI aus meinem eigenen Profil geschrieben.)")


def test_the_json_form_has_every_claim_with_its_records() -> None:
    told = json.loads(json.dumps(drafted(asked(Kind.ABOUT)).to_dict()))
    claims = [claim for sentence in told["sentences"] for claim in sentence["claims"]]
    assert all(claim["supported"] and claim["records"] for claim in claims)
    assert told["text"][claims[0]["start"] : claims[0]["end"]] == claims[0]["text"]


def test_a_language_nobody_knows_is_refused() -> None:
    with pytest.raises(InputError, match="no drafts in `xx`"):
        Ask(Kind.POST, "xx")
