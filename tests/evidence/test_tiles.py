from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.errors import EvidenceError
from assent.evidence import merkle, tiles
from assent.evidence.tiles import Tile, decode_bundle, encode_bundle, nodes_from, tiles_between


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0, 256), "tile/0/000"),
        (Tile(1, 273, 256), "tile/1/273"),
        (Tile(0, 1234067, 256), "tile/0/x001/x234/067"),
        (Tile(2, 5, 17), "tile/2/005.p/17"),
        (Tile(-1, 1000, 1), "tile/entries/x001/000.p/1"),
    ],
)
def test_paths_are_those_of_the_format(tile, path):
    assert tile.path == path


@given(st.lists(st.binary(max_size=80), max_size=256))
def test_a_bundle_gives_back_its_entries(entries):
    assert decode_bundle(encode_bundle(entries)) == entries


@given(st.binary(max_size=600))
def test_any_bytes_are_a_bundle_or_refused(data):
    with suppress(EvidenceError):
        assert encode_bundle(decode_bundle(data)) == data


def published(leaves):
    """The tiles of a tree, written down independently of `nodes_from`."""
    files, level = {}, 0
    row = leaves
    while row:
        for at in range(0, len(row), 256):
            part = row[at : at + 256]
            files[Tile(level, at // 256, len(part)).path] = b"".join(part)
        row = [merkle.root_of(row[at : at + 256]) for at in range(0, len(row) // 256 * 256, 256)]
        level += 1
    return files


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 66_000])
def test_proofs_from_tiles_verify(size):
    leaves = [merkle.leaf_hash(number.to_bytes(4)) for number in range(size)]
    files, root = published(leaves), merkle.root_of(leaves)
    for index in {0, size // 2, size - 1}:
        path = merkle.inclusion_path(index, size, nodes_from(files.__getitem__, size))
        merkle.verify_inclusion(leaves[index], index, size, path, root)


def test_a_partial_tile_that_the_full_one_replaced_is_read_from_it():
    leaves = [merkle.leaf_hash(number.to_bytes(4)) for number in range(512)]
    files, root = published(leaves[:300]) | published(leaves), merkle.root_of(leaves[:300])
    del files["tile/0/001.p/44"]

    def read(path):
        if path not in files:
            raise EvidenceError(f"no `{path}`")
        return files[path]

    assert merkle.subtree_root(0, 300, nodes_from(read, 300)) == root
    del files["tile/0/001"]
    with pytest.raises(EvidenceError, match=r"no `tile/0/001\.p/44`"):
        merkle.subtree_root(0, 300, nodes_from(read, 300))


@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_growth_names_exactly_the_tiles_that_are_new(a, b):
    old, size = sorted((a, b))
    new = {tile.path for tile in tiles_between(old, size)}
    every = {tile.path for tile in tiles_between(0, size)}
    before = {tile.path for tile in tiles_between(0, old)}
    assert new == every - before


def test_a_tile_of_the_wrong_length_is_refused():
    with pytest.raises(EvidenceError):
        tiles.split_hashes(b"\x00" * 33, 1)
