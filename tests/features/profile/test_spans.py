"""Dates are read as people write them; what is no date is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.features.profile.spans import Span, gaps, span_in


def months(year: int, month: int) -> int:
    return year * 12 + month - 1


def said(text: str) -> tuple[str, str] | None:
    span = span_in(text, latest=2026)
    if span is None:
        return None
    since, until = (None if each is None else f"{each // 12}-{each % 12 + 1:02}" for each in (span.since, span.until))
    return str(since), until or "on"


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("Baker at Crumb, Bonn (2014 to today)", ("2014-01", "on")),
        ("Baker at Crumb, 2009 to 2014. In that time we baked.", ("2009-01", "2014-12")),
        ("Evening classes in Baking at Ulm, 2003\N{EN DASH}2005", ("2003-01", "2005-12")),
        ("Jan 2014 \N{EN DASH} present", ("2014-01", "on")),
        ("May 2012 to date", ("2012-05", "on")),
        ("Sept. 2011 - Oct. 2012", ("2011-09", "2012-10")),
        ("03/2014 — 12/2018", ("2014-03", "2018-12")),
        ("2014-03 to 2016-05", ("2014-03", "2016-05")),
        ("01.03.2014 - 31.12.2015", ("2014-03", "2015-12")),
        ("seit März 2019", ("2019-03", "on")),
        ("1. März 2012 bis 3. Mai 2014", ("2012-03", "2014-05")),
        ("de février 2012 à aujourd'hui", ("2012-02", "on")),
        ("mayo de 2010 a junio de 2011", ("2010-05", "2011-06")),
        ("mei 2010 tot heden", ("2010-05", "on")),
        ("Baker (since 2019)", ("2019-01", "on")),
        ("Baker 2014 -", ("2014-01", "on")),
        ("Baking, Ulm, 2012", ("2012-01", "2012-12")),
        ("2003/2004", ("2003-01", "2004-12")),
    ],
)
def test_a_span_is_read_as_people_write_it(text: str, span: tuple[str, str]) -> None:
    assert said(text) == span


@pytest.mark.parametrize("text", ["", "Baker", "13/2014", "1888", "2099 - 2100", "20145", "part 20140301"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert said(text) is None


def test_dates_the_wrong_way_round_are_seen() -> None:
    span = span_in("2019 to 2014", latest=2026)
    assert span is not None and span.backwards


def test_gaps_are_as_short_as_the_dates_allow() -> None:
    spans = [
        Span(months(2010, 1), months(2011, 12)),
        Span(months(2014, 1), None),
        Span(months(2009, 1), months(2010, 6)),
    ]
    assert gaps(spans, least_months=12) == [(months(2012, 1), months(2013, 12))]


@pytest.mark.parametrize("spans", [[], [Span(1, None)], [Span(1, 5), Span(6, 9)], [Span(1, None), Span(99, None)]])
def test_where_nothing_lies_between_there_is_no_gap(spans: list[Span]) -> None:
    assert gaps(spans, least_months=12) == []


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    span = span_in(text + " 2014", latest=2026)
    assert span is None or 1940 <= span.since // 12 <= 2026


def test_of_a_megabyte_of_digits_the_beginning_is_read() -> None:
    assert said("2014 to " + "1/" * 500_000) == ("2014-01", "2014-12")
