import hmac

from hypothesis import given
from hypothesis import strategies as st

from assent.evidence.commitment import SALT_BYTES, commit, commit_all

SALT = st.binary(min_size=SALT_BYTES, max_size=SALT_BYTES)


@given(SALT, st.binary(max_size=300))
def test_a_commitment_is_the_hmac_of_the_event_under_its_salt(salt, event):
    assert commit(salt, event) == hmac.new(salt, event, "sha256").digest()


@given(st.lists(st.tuples(SALT, st.binary(max_size=300)), max_size=20))
def test_many_at_once_are_the_same_as_each_alone(pairs):
    together = commit_all(b"".join(salt for salt, _ in pairs), [event for _, event in pairs])
    assert together == [commit(salt, event) for salt, event in pairs]
