"""What is found by its form, kind by kind, and what only looks like it."""

from __future__ import annotations

import pyarrow as pa
import pytest

from assent.curation.redact import structured
from assent.vocabulary.curation import Pii


def found(text: str, *kinds: Pii) -> list[str]:
    hits = structured.find(pa.array([text]))
    columns = (hits[name].to_pylist() for name in ("start", "end", "type"))
    return [text[start:end] for start, end, kind in zip(*columns, strict=True) if not kinds or kind in kinds]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Pii.EMAIL, "write to jane.doe+x@corp.co.uk.", "jane.doe+x@corp.co.uk"),
        (Pii.EMAIL, "jane [at] corp dot com", "jane [at] corp dot com"),
        (Pii.EMAIL, "mail a(at)b.de now", "a(at)b.de"),
        (Pii.EMAIL, "at jane at corp dot com", "jane at corp dot com"),
        (Pii.EMAIL, "j\u0430ne@corp.com", "j\u0430ne@corp.com"),
        (Pii.EMAIL, "to ja\u200bne@co\u202erp.com!", "ja\u200bne@co\u202erp.com"),
        (Pii.EMAIL, "to jane\uff20corp\uff0ecom", "jane\uff20corp\uff0ecom"),
        (Pii.HANDLE, "thanks @jane_doe!", "@jane_doe"),
        (Pii.HANDLE, "toot @jane@mastodon.social", "@jane@mastodon.social"),
        (Pii.PHONE, "it is +44 20 7946 0958.", "+44 20 7946 0958"),
        (Pii.PHONE, "call me: 555 01 99", "555 01 99"),
        (Pii.PHONE, "appelez le 12 34 56 78", "12 34 56 78"),
        (Pii.PHONE, "R\u00fcckruf unter 030 123456", "030 123456"),
        (
            Pii.PHONE,
            "tel \u0660\u0663\u0660 \u0661\u0662\u0663\u0664\u0665\u0666",
            "\u0660\u0663\u0660 \u0661\u0662\u0663\u0664\u0665\u0666",
        ),
        (Pii.PHONE, "(212) 736-5000 is the hotel", "(212) 736-5000"),
        (Pii.IBAN, "to GB33 BUKB 2020 1555 5555 55 please", "GB33 BUKB 2020 1555 5555 55"),
        (Pii.IBAN, "de89370400440532013000", "de89370400440532013000"),
        (Pii.PAYMENT_CARD, "paid 4111-1111-1111-1111 twice", "4111-1111-1111-1111"),
        (Pii.PAYMENT_CARD, "my card 4111 1111 1111 1112", "4111 1111 1111 1112"),
        (Pii.NATIONAL_ID, "ssn 536-90-4399 is mine", "536-90-4399"),
        (Pii.NATIONAL_ID, "AHV 756.9217.0769.85", "756.9217.0769.85"),
        (Pii.NATIONAL_ID, "DNI 54362315K, gracias", "54362315K"),
        (Pii.NATIONAL_ID, "RCCMNL83S18D969H", "RCCMNL83S18D969H"),
        (Pii.NATIONAL_ID, "hetu 131052-308T", "131052-308T"),
        (Pii.NATIONAL_ID, "my PESEL: 44051401359", "44051401359"),
        (Pii.NATIONAL_ID, "HKID A123456(3)", "A123456(3)"),
        (Pii.NATIONAL_ID, "driver's license number is F162-8235-4011", "F162-8235-4011"),
        (Pii.IP_ADDRESS, "from 192.168.1.77 today", "192.168.1.77"),
        (Pii.IP_ADDRESS, "host 2001:db8:0:1::1 up", "2001:db8:0:1::1"),
        (Pii.URL, "see https://github.com/jane/x).", "https://github.com/jane/x"),
        (Pii.URL, "my site jane-doe.dev is up", "jane-doe.dev"),
        (Pii.COORDINATES, "at 52.5200, 13.4050 now", "52.5200, 13.4050"),
        (Pii.COORDINATES, "40\u00b026'46\"N 79\u00b058'56\"W", "40\u00b026'46\"N 79\u00b058'56\"W"),
        (Pii.STREET_ADDRESS, "I live at 12 Baker Street in London", "12 Baker Street"),
        (Pii.STREET_ADDRESS, "wohnt Hauptstra\u00dfe 5a, 10115 Berlin", "Hauptstra\u00dfe 5a"),
        (Pii.STREET_ADDRESS, "au 7 rue de la Paix, Paris", "7 rue de la Paix"),
        (Pii.STREET_ADDRESS, "ul. Mi\u0142a 53 m. 2", "ul. Mi\u0142a 53"),
        (Pii.STREET_ADDRESS, "Kossuth utca 4.", "Kossuth utca 4"),
        (Pii.STREET_ADDRESS, "to PO Box 4711, Dublin", "PO Box 4711"),
        (Pii.POSTCODE, "my zip code is 90210", "90210"),
        (Pii.POSTCODE, "near SW1A 1AA there", "SW1A 1AA"),
        (Pii.DATE_OF_BIRTH, "born on 7/14/1995.", "7/14/1995"),
        (Pii.DATE_OF_BIRTH, "n\u00e9 le 3 mai 1980", "3 mai 1980"),
        (Pii.DATE_OF_BIRTH, "geboren am 03.05.1980", "03.05.1980"),
        (Pii.DATE_TIME, "met on 2012-10-01 00:46:43", "2012-10-01 00:46:43"),
        (Pii.DATE_TIME, "founded in 1988", "1988"),
        (Pii.AGE, "she is 34 years old", "34"),
        (Pii.AGE, "My brother just turned 53", "53"),
        (Pii.TITLE, "ask Dr. Moreau", "Dr."),
        (Pii.CREDENTIAL, "key AKIAIOSFODNN7EXAMPLE leaked", "AKIAIOSFODNN7EXAMPLE"),
        (Pii.CREDENTIAL, "ghp_" + "a1B2" * 9, "ghp_" + "a1B2" * 9),
        (Pii.CREDENTIAL, "password: hunter2!", "hunter2!"),
        (Pii.CREDENTIAL, "postgres://jane:s3cret@db/x", "jane:s3cret"),
    ],
)
def test_a_value_is_found_whole_and_nothing_more(kind: Pii, text: str, value: str) -> None:
    assert found(text, kind) == [value]


def test_a_private_key_is_found_to_its_end() -> None:
    block = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC==\n-----END RSA PRIVATE KEY-----"

    assert found(f"here {block} oops") == [block]


@pytest.mark.parametrize(
    "text",
    [
        "nothing to see here, only words and more words.",
        "version 1.2.3.4 fixes it",
        "use std::vector or Foo::Bar::baz",
        "we sold 1.234.567 units at 99.95 each",
        "the ratio is 16:9 and 3 people came",
        "written in ASP.NET and node.js",
        "@Override and @param are annotations",
        "order 4111111111111112 has shipped",
        "ISBN 9783161484100",
        "the password is wrong",
        "Windows 10 runs well on this road",
        "I have been on 3 long walks this way",
        "GB00 is no account",
        "256.300.1.2 cannot be",
    ],
)
def test_what_only_looks_like_it_is_left(text: str) -> None:
    assert found(text) == []


def test_street_postcode_town_and_country_are_told_apart() -> None:
    text = "Send it to\n12 Baker Street\nApt. 4\nLondon\nUnited Kingdom NW1 6XE"

    assert found(text, Pii.STREET_ADDRESS) == ["12 Baker Street\nApt. 4"]
    assert found(text, Pii.LOCATION) == ["London", "United Kingdom"]
    assert found(text, Pii.POSTCODE) == ["NW1 6XE"]
