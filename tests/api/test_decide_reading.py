"""The API's description and what reads requests agree on what a record is."""

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from assent.api.asked import OneModel, read_question, read_record
from assent.errors import InputError

junk = (
    st.none() | st.booleans() | st.integers(-2, 2**33) | st.sampled_from(["", "m1", "a\0b", "x" * 1025]) | st.just([])
)
instants = st.sampled_from(["2024-05-01T09:00:00Z", "2024-05-01T09:00:00+02:00", "2024-05-01", "yesterday"]) | junk
spans = st.lists(st.fixed_dictionaries({"start": st.integers(-1, 3)}, optional={"end": junk, "more": junk}), max_size=2)
subjects = st.lists(
    st.fixed_dictionaries({}, optional={"role": st.just("mentioned") | junk, "member": junk, "spans": spans | junk}),
    max_size=2,
)
signals = st.fixed_dictionaries(
    {}, optional={"aipref": junk, "tdm_reservation": junk, "cawg": junk | st.just({"a": 1})}
)
records = st.fixed_dictionaries(
    {"id": st.just("r1")},
    optional={
        "category": junk,
        "author": junk,
        "subjects": subjects | junk,
        "created_at": instants,
        "visibility": junk,
        "excluded": junk,
        "signals": signals | junk,
        "context": st.lists(junk, max_size=2) | junk,
        "parent": st.fixed_dictionaries({}, optional={"allowed": junk, "id": junk}) | junk,
        "sujects": junk,
    },
)
requests = st.fixed_dictionaries(
    {"purpose": st.just("train"), "record": records | junk}, optional={"at": instants, "who": junk}
)


def by_model(document):
    try:
        OneModel.model_validate(document)
    except ValidationError:
        return False
    return True


def by_reading(document):
    try:
        _, record, _ = read_question(document, "record")
        read_record(record)
    except InputError:
        return False
    return True


@settings(max_examples=1500, deadline=None)
@given(requests)
def test_they_agree(document):
    assert by_reading(document) is by_model(document)


def test_what_is_left_out_is_not_known():
    asked = read_record({"id": "r1", "subjects": [{"role": "mentioned"}]})
    assert (asked.record.subjects[0].spans, asked.record.author, asked.parent_allowed) == (None, None, True)
