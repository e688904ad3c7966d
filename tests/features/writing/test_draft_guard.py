"""Messages to many, phishing and too many in a day are refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from writers import NOW, drafted

from assent.errors import RefusedError
from assent.features.writing import Ask, Guard, Job, Kind, Sent, require_honest, signature_of
from assent.features.writing.guard import ALIKE, alike

HONEST = "Hello Anna, I read your post about triage and would like to ask how you began. Kind regards, Ada"
TO_MANY = (
    "Dear {}, I came across your profile and believe that you would be a fine match for a role with our client in {}. "
    "The team is small, the work is varied, and you could begin in spring. May I tell you more in a short call?"
)


def sent(text: str, to: str, *, hours: float = 2) -> Sent:
    return Sent(NOW - timedelta(hours=hours), to, signature_of(text))


def test_the_same_to_a_third_person_is_refused() -> None:
    guard = Guard([sent(TO_MANY.format("Bea", "Leeds"), "b"), sent(TO_MANY.format("Cem", "York"), "c")])
    with pytest.raises(RefusedError, match="the same message went to `2` others"):
        guard.release(TO_MANY.format("Dan", "Hull"), Ask(Kind.MESSAGE_TO_CANDIDATE), now=NOW, to="d")


def test_the_same_to_the_same_person_is_no_bulk() -> None:
    guard = Guard([sent(TO_MANY.format("Bea", "Leeds"), "b"), sent(TO_MANY.format("Bea", "York"), "b")])
    guard.release(TO_MANY.format("Bea", "Hull"), Ask(Kind.MESSAGE_TO_CANDIDATE), now=NOW, to="b")


def test_another_message_to_a_third_person_is_none() -> None:
    guard = Guard([sent(TO_MANY.format("Bea", "Leeds"), "b"), sent(TO_MANY.format("Cem", "York"), "c")])
    guard.release(HONEST, Ask(Kind.MESSAGE_TO_CANDIDATE), now=NOW, to="d")


def test_a_name_and_a_place_exchanged_make_no_other_message() -> None:
    one, other = (signature_of(TO_MANY.format(*each)) for each in (("Bea", "Leeds"), ("Dan Ortega", "Newcastle")))
    assert alike(one, other) >= ALIKE > alike(one, signature_of(HONEST))


def test_more_than_the_day_allows_are_refused_before_anything_is_written() -> None:
    guard = Guard([sent(f"message {at}", str(at)) for at in range(20)])
    with pytest.raises(RefusedError, match="`20` messages were sent within a day"):
        drafted(Ask(Kind.MESSAGE_TO_HIRER), guard=guard)


def test_yesterdays_do_not_count() -> None:
    guard = Guard([sent(f"message {at}", str(at), hours=30) for at in range(20)])
    assert drafted(Ask(Kind.MESSAGE_TO_HIRER), guard=guard).text


def test_a_post_is_no_message() -> None:
    assert drafted(Ask(Kind.POST), guard=Guard([sent("x", str(at)) for at in range(40)])).text


@pytest.mark.parametrize(
    "text",
    [
        "Please reply with your password and we will set up the account.",
        "Please send a copy of your passport today.",
        "You need to pay a processing fee first.",
        "Buy gift cards and send me the codes.",
        "This is urgent, message me on WhatsApp.",
        "Respond within 24 hours at https://jobs.example/now",
        "Bitte schicken Sie mir Ihre Zugangsdaten.",
        "Überweisen Sie vorab die Bearbeitungsgebühr.",
        "Envoyez-moi votre mot de passe.",
        "Necesito su contraseña.",
    ],
)
def test_phishing_is_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        require_honest(text)


@pytest.mark.parametrize(
    "text",
    [
        HONEST,
        "We pay fairly and say so in the first call.",
        "The work is about password managers and payment systems.",
        "Wir zahlen nach Tarif. Gern erzähle ich Ihnen mehr.",
    ],
)
def test_an_honest_message_is_not(text: str) -> None:
    require_honest(text)


def test_a_hirer_who_asks_for_young_men_is_refused_and_told_the_law() -> None:
    with pytest.raises(RefusedError, match="Directive 2000/78/EC"):
        drafted(Ask(Kind.MESSAGE_TO_CANDIDATE, job=Job("Waiter\nWe want young men for the bar.", None, "Umbra")))
