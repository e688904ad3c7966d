"""Dates in every format exports have; what is none is unknown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.exposure.dates import read_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-01 12:30:05", (2024, 2, 1, 12, 30, 5)),
        ("2024-02-01 12:30:05 UTC", (2024, 2, 1, 12, 30, 5)),
        ("2024-02-01T12:30:05Z", (2024, 2, 1, 12, 30, 5)),
        ("2024-02-01", (2024, 2, 1)),
        ("2024/02/01 12:30:05 UTC", (2024, 2, 1, 12, 30, 5)),
        ("01 Feb 2024", (2024, 2, 1)),
        ("1 februari 2024", (2024, 2, 1)),
        ("5 févr. 2020", (2020, 2, 5)),
        ("3 de marzo de 2020", (2020, 3, 3)),
        ("Feb 2024", (2024, 2, 1)),
        ("März 2020", (2020, 3, 1)),
        ("2024", (2024, 1, 1)),
        ("Thu Feb 01 12:30:05 UTC 2024", (2024, 2, 1, 12, 30, 5)),
        ("2/1/24, 12:30 PM", (2024, 2, 1, 12, 30)),
        ("2/1/24, 12:30 AM", (2024, 2, 1, 0, 30)),
        ("2/1/24, 1:05\u202fPM", (2024, 2, 1, 13, 5)),
        ("12/31/1999, 11:59 PM", (1999, 12, 31, 23, 59)),
        ("1/2/65", (1965, 1, 2)),
        ("20 Jul 1969", (1969, 7, 20)),
        ("May 1, 1950", (1950, 5, 1)),
        ("You uploaded a feed photo on April 12, 2026 at 8:03 AM (GMT)", (2026, 4, 12, 8, 3)),
    ],
)
def test_it_is_read(text, expected):
    assert read_date(text) == datetime(*expected, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2025-02-30",
        "31 Feb 2020",
        "13/13/24, 1:00 PM",
        "2024-01-01 25:00:00",
        "0001-01-01",
        "May 1",
        "9999",
        "1" * 5000,
    ],
)
def test_it_is_unknown(text):
    assert read_date(text) is None


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_none(text):
    found = read_date(text)
    assert found is None or found.tzinfo is UTC
