import base64
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.errors import EvidenceError
from assent.evidence.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_path,
    in_memory,
    inclusion_proof,
    leaf_hash,
    leaf_hashes,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(str(number).encode()) for number in range(300)]


def recursive_root(leaves):
    """RFC 6962 §2.1 word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(recursive_root(leaves[:split]), recursive_root(leaves[split:]))


@given(st.lists(st.integers(0, 40), max_size=6))
def test_growth_in_any_portions_gives_the_root_of_the_definition(portions):
    frontier, at = Frontier(), 0
    for portion in portions:
        frontier = frontier.extend(LEAVES[at : at + portion])
        at += portion
    assert frontier.root == recursive_root(LEAVES[:at])


@given(st.integers(0, 300))
def test_a_frontier_survives_being_written_and_read(size):
    frontier = Frontier().extend(LEAVES[:size])
    assert Frontier.from_bytes(size, frontier.to_bytes()) == frontier


def test_a_frontier_of_the_wrong_length_is_refused():
    with pytest.raises(EvidenceError):
        Frontier.from_bytes(3, b"\x00" * 32)


def test_the_empty_root_is_that_of_the_rfc():
    assert (
        root_of([]) == EMPTY_ROOT == bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    )


@given(st.integers(1, 300).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_every_entry_has_a_proof_that_verifies(place):
    size, index = place
    proof = inclusion_proof(LEAVES[:size], index)
    verify_inclusion(LEAVES[index], index, size, proof, root_of(LEAVES[:size]))


@given(st.data())
def test_a_changed_inclusion_proof_does_not_verify(data):
    size = data.draw(st.integers(2, 300))
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(LEAVES[:size], index)
    at = data.draw(st.integers(0, len(proof) - 1))
    proof[at] = bytes([proof[at][0] ^ 1]) + proof[at][1:]
    with pytest.raises(EvidenceError):
        verify_inclusion(LEAVES[index], index, size, proof, root_of(LEAVES[:size]))


@given(st.integers(1, 300).flatmap(lambda size: st.tuples(st.integers(1, size), st.just(size))))
def test_every_prefix_has_a_consistency_proof_that_verifies(sizes):
    old, size = sizes
    path = consistency_path(old, size, in_memory(LEAVES[:size]))
    verify_consistency(old, size, path, root_of(LEAVES[:old]), root_of(LEAVES[:size]))


@given(st.integers(2, 300).flatmap(lambda size: st.tuples(st.integers(1, size - 1), st.just(size))))
def test_no_consistency_proof_leads_from_another_history(sizes):
    old, size = sizes
    path = consistency_path(old, size, in_memory(LEAVES[:size]))
    other = root_of([leaf_hash(b"other"), *LEAVES[1:old]])
    with pytest.raises(EvidenceError):
        verify_consistency(old, size, path, other, root_of(LEAVES[:size]))


def bytes_of(text):
    return base64.b64decode(text or "")


@pytest.mark.external_data
def test_all_vectors_give_the_expected_outcome(external_data):
    files = sorted((external_data / "merkle").rglob("*.json"))
    wrong = []
    for file in files:
        vector = json.loads(file.read_text())
        proof = [bytes_of(each) for each in vector["proof"] or []]
        try:
            if "leafIdx" in vector:
                verify_inclusion(
                    bytes_of(vector["leafHash"]), vector["leafIdx"], vector["treeSize"], proof, bytes_of(vector["root"])
                )
            else:
                roots = bytes_of(vector["root1"]), bytes_of(vector["root2"])
                verify_consistency(vector["size1"], vector["size2"], proof, *roots)
            refused = False
        except EvidenceError:
            refused = True
        if refused != vector["wantErr"]:
            wrong.append(file.name)
    assert (len(files), wrong) == (196, [])


@pytest.mark.parametrize("size", [0, 256, 512, 768, 65_536])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_a_tree_grown_by_subtrees_is_the_tree_grown_by_their_leaves(size, count):
    leaves = leaf_hashes([b"%d" % number for number in range(256 * count)])
    roots = [root_of(leaves[at : at + 256]) for at in range(0, len(leaves), 256)]
    tree = Frontier().extend(leaf_hashes([b"before"] * size))
    assert tree.extend(roots, height=8) == tree.extend(leaves)
