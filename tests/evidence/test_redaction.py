"""Redactions: known answers for surrogates, and what a forged list of them runs into."""

from __future__ import annotations

import re
from base64 import b32encode
from hashlib import sha256
from hmac import new

import pytest

from assent.errors import EvidenceError
from assent.evidence.redaction import STANDS_IN, Redaction, cleaned, folded, surrogate, surrogate_key
from assent.evidence.tags import member_key
from assent.vocabulary.curation import Pii, Replacement

KEY = bytes(range(32))
MASK = {Pii.EMAIL: Replacement.TAG, Pii.PHONE: Replacement.SURROGATE}


def test_a_surrogate_is_the_base32_of_five_bytes_of_a_keyed_hash() -> None:
    name = b32encode(new(KEY, b"person\0jane doe", sha256).digest()[:5]).decode()

    assert surrogate(KEY, Pii.PERSON, "Jane DOE") == f"[PERSON {name}]"


def test_a_known_answer_stays_what_it_is() -> None:
    assert surrogate(KEY, Pii.EMAIL, "Jane@Corp.com") == "[EMAIL YFCVV2R4]"


def test_another_type_has_another_surrogate() -> None:
    assert surrogate(KEY, Pii.PERSON, "jane")[-10:] != surrogate(KEY, Pii.HANDLE, "jane")[-10:]


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (Pii.PERSON, "JANE  DOE", "jane\u200b doe"),
        (Pii.PERSON, "\uff2a\uff41ne", "jane"),
        (Pii.PERSON, "STRASSE", "straße"),
        (Pii.PHONE, "+44 20 7946 0958", "(+44) 20-7946-0958"),
        (Pii.PHONE, "٠٣٠ ١٢٣", "030123"),
        (Pii.PAYMENT_CARD, "4111-1111-1111-1111", "4111111111111111"),
        (Pii.IBAN, "GB33 BUKB 2020 1555 5555 55", "gb33bukb20201555555555"),
        (Pii.HANDLE, "@Jane", "jane"),
    ],
)
def test_two_spellings_of_one_value_fold_to_one(kind: Pii, one: str, other: str) -> None:
    assert folded(kind, one) == folded(kind, other)


def test_a_phone_without_digits_keeps_its_letters() -> None:
    assert folded(Pii.PHONE, "one two") != folded(Pii.PHONE, "three")


@pytest.mark.parametrize("kind", list(Pii))
def test_tags_and_surrogates_have_one_form(kind: Pii) -> None:
    assert re.fullmatch(STANDS_IN, kind.tag)
    assert re.fullmatch(STANDS_IN, surrogate(KEY, kind, "x"))


def test_redactions_are_replaced_as_the_mask_says() -> None:
    redactions = [Redaction(0, 3, "email", "r"), Redaction(3, 6, "phone", "r")]

    assert cleaned("a@b123!", redactions, MASK, KEY) == f"[EMAIL]{surrogate(KEY, Pii.PHONE, '123')}!"


@pytest.mark.parametrize(
    "redactions",
    [
        [Redaction(2, 9, "email", "r")],
        [Redaction(-2, 1, "email", "r")],
        [Redaction(2, 2, "email", "r")],
        [Redaction(0, 3, "email", "r"), Redaction(2, 4, "email", "r")],
        [Redaction(3, 4, "email", "r"), Redaction(0, 1, "email", "r")],
    ],
)
def test_a_redaction_that_does_not_fit_is_refused(redactions: list[Redaction]) -> None:
    with pytest.raises(EvidenceError, match="does not fit its text"):
        cleaned("a@b123", redactions, MASK, KEY)


@pytest.mark.parametrize("kind", ["person", "anything"])
def test_a_redaction_of_a_type_that_is_not_masked_is_refused(kind: str) -> None:
    with pytest.raises(EvidenceError, match=f"of type `{kind}`, which is not masked"):
        cleaned("a@b123", [Redaction(0, 1, kind, "r")], MASK, KEY)


def test_the_key_of_surrogates_is_no_member_s_key() -> None:
    assert surrogate_key(KEY) != member_key(KEY, "assent surrogates")
