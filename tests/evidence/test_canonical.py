import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from assent.errors import InputError
from assent.evidence.canonical import canonical_digest, canonical_json, flat_object

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NAMES = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)


@given(st.dictionaries(NAMES, TEXTS | st.none()))
def test_the_fast_path_equals_the_library_byte_for_byte(fields):
    assert flat_object(fields) == rfc8785.dumps(fields)


@given(st.dictionaries(TEXTS, TEXTS | st.none() | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans()))
def test_any_object_equals_the_library_byte_for_byte(value):
    assert canonical_json(value) == rfc8785.dumps(value)


@given(st.dictionaries(NAMES, TEXTS | st.none()))
def test_canonical_bytes_state_the_same_value(fields):
    assert json.loads(canonical_json(fields)) == fields


def test_key_order_does_not_change_the_digest():
    assert canonical_digest({"b": "1", "a": "2"}) == canonical_digest({"a": "2", "b": "1"})


@pytest.mark.parametrize("value", [{"a": "\ud800"}, {"a": 2**60}, {"a": float("nan")}])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(InputError):
        canonical_json(value)
