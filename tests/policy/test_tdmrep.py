"""Reservations of text and data mining; expectations by hand from the specification."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.policy.signals.tdmrep import (
    NOTHING,
    Reservation,
    of_headers,
    of_html,
    of_path,
    parse_file,
    reserved,
    resolve,
)

FILE = json.dumps(
    [
        {"location": "/open/", "tdm-reservation": 0},
        {"location": "/*.jpg$", "tdm-reservation": 1, "tdm-policy": "https://example.org/licence"},
        {"location": "/open/closed/", "tdm-reservation": 1},
        {"location": "/odd", "tdm-reservation": "perhaps"},
        "not an entry",
        {"tdm-reservation": 1},
        {"location": "/", "tdm-reservation": 1},
    ]
)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/open/x", Reservation(reserved=False)),
        ("/open/closed/x", Reservation(reserved=False)),
        ("/p/photo.jpg", Reservation(reserved=True, policy="https://example.org/licence")),
        ("/p/photo.jpg?w=2", Reservation(reserved=True)),
        ("/odd", NOTHING),
        ("/else", Reservation(reserved=True)),
    ],
)
def test_the_first_entry_that_matches_counts(path, found):
    assert of_path(parse_file(FILE), path) == found


@pytest.mark.parametrize("data", ["", "null", "{}", "[", b"\xff", "[" * 100_000])
def test_a_file_that_cannot_be_read_says_nothing(data):
    assert of_path(parse_file(data), "/") == NOTHING


def test_headers_are_read_whatever_their_case():
    found = of_headers([("TDM-Reservation", " 1 "), ("tdm-policy", "https://example.org/p"), ("tdm-reservation", "0")])
    assert found == Reservation(reserved=True, policy="https://example.org/p")


def test_of_repeated_headers_one_that_reserves_is_enough():
    assert of_headers([("tdm-reservation", "0"), ("tdm-reservation", "1")]).reserved is True
    assert of_headers([("tdm-reservation", "x"), ("tdm-reservation", "0")]).reserved is False


def test_metadata_of_a_page_is_read():
    page = '<html><META NAME="tdm-reservation" content="1"><meta name=tdm-policy content="https://example.org/p">'
    assert of_html(page) == Reservation(reserved=True, policy="https://example.org/p")
    assert of_html('<p name="tdm-reservation" content="1">') == NOTHING
    assert of_html('<meta name="robots" content="1">') == NOTHING
    assert of_html('<meta name="tdm-policy" content="">') == NOTHING
    assert of_html('<p>tdm-reservation</p><meta name="tdm-reservation">') == NOTHING


def test_what_is_closest_to_the_content_counts():
    yes, no = Reservation(reserved=True), Reservation(reserved=False)
    assert resolve(file=yes, header=no) == no
    assert resolve(file=no, header=no, inside=yes) == yes
    assert resolve(file=yes, header=NOTHING, inside=Reservation(policy="https://example.org/p")) == yes
    assert resolve() == NOTHING


@pytest.mark.parametrize(
    ("values", "is_reserved"),
    [("1\n0", True), ("0\n1", False), ("perhaps\n1", True), ("\n", None), (True, None), (1.0, None), (0, False)],
)
def test_of_several_values_the_first_that_says_something_decides(values, is_reserved):
    assert reserved(values) is is_reserved


def test_a_policy_is_a_text():
    rules = parse_file('[{"location": "/", "tdm-reservation": 1, "tdm-policy": 7}]')
    assert of_path(rules, "/") == Reservation(reserved=True)


@given(st.text(), st.text())
def test_any_text_is_read(data, path):
    of_path(parse_file(data), path)
    of_html(data)
