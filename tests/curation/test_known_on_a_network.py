"""On a made-up network whose mentions are known to the letter, nearly all are found and nearly nothing else.

The finder was developed on a network of another seed.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import pyarrow.dataset as ds
import pytest

from assent.curation.redact.known import KnownPeople
from assent.sources import open_source
from assent.sources.synthetic import generate

LEAST_RECALL, LEAST_PRECISION = 0.995, 0.98
KINDS = {"person": "name", "handle": "handle", "email": "email", "phone": "phone"}


class Network:
    def __init__(self, folder):
        generate(folder, members=2_000, records=5_000, seed=4_242, mentions=True)
        self.folder = folder
        files = open_source("synthetic", folder, folder / "none")
        self.records = self.table("records")
        self.identifiers = ds.dataset([str(path) for path in files.identifiers]).to_table()
        self.places = self.places_by_row()
        known = KnownPeople(self.identifiers)
        self.hits = known.find(self.records["text"], self.records["author"], self.records["subjects"]).to_pylist()
        self.hits_by_row = defaultdict(list)
        for hit in self.hits:
            self.hits_by_row[hit["row"]].append(hit)

    def table(self, name):
        return ds.dataset(sorted((self.folder / name).glob("*.parquet"))).to_table()

    def places_by_row(self):
        """What can be looked for: of a record without an author nobody says whose it is."""
        rows = {ident: row for row, ident in enumerate(self.records["id"].to_pylist())}
        people = [
            {author, None} | {each["member"] for each in subjects}
            for author, subjects in zip(
                self.records["author"].to_pylist(), self.records["subjects"].to_pylist(), strict=True
            )
        ]
        places = defaultdict(list)
        for place in self.table("truth/known_people").to_pylist():
            if place["member"] in people[rows[place["record"]]]:
                places[rows[place["record"]]].append(place)
        return places


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return Network(tmp_path_factory.mktemp("known") / "network")


def missed(network, kind):
    """Places that no hit of their kind covers, and how many places there are."""
    wanted = [(row, place) for row, places in network.places.items() for place in places if place["kind"] == kind]
    return [
        place
        for row, place in wanted
        if not any(
            KINDS[hit["type"]] == kind and hit["start"] <= place["start"] and place["end"] <= hit["end"]
            for hit in network.hits_by_row[row]
        )
    ], len(wanted)


@pytest.mark.parametrize("kind", KINDS.values())
def test_nearly_every_place_is_found(network, kind):
    gone, wanted = missed(network, kind)
    assert wanted > 100
    assert 1 - len(gone) / wanted >= LEAST_RECALL


def test_nearly_nothing_else_is_found(network):
    wrong = [
        hit
        for hit in network.hits
        if not any(hit["start"] < p["end"] and p["start"] < hit["end"] for p in network.places[hit["row"]])
    ]
    assert 1 - len(wrong) / len(network.hits) >= LEAST_PRECISION


def test_hits_are_in_order_and_apart(network):
    for hits in network.hits_by_row.values():
        assert all(one["end"] <= other["start"] for one, other in pairwise(hits))
    assert [hit["row"] for hit in network.hits] == sorted(hit["row"] for hit in network.hits)


def test_the_truth_stands_where_it_says(network):
    texts = dict(zip(network.records["id"].to_pylist(), network.records["text"].to_pylist(), strict=True))
    truth = network.table("truth/known_people").to_pylist()
    exact = [p for p in truth if texts[p["record"]][p["start"] : p["end"]] == p["value"]]
    assert len(exact) > len(truth) / 2
    assert all(0 <= p["start"] < p["end"] <= len(texts[p["record"]]) for p in truth)


def test_every_member_has_one_identifier_of_each_kind(network):
    members = [row for row in network.identifiers.to_pylist() if row["member"] is not None]
    assert len(members) == 4 * 2_000
    assert len({(row["member"], row["kind"]) for row in members}) == len(members)


def test_people_who_objected_have_no_handle(network):
    kinds = {row["kind"] for row in network.identifiers.to_pylist() if row["member"] is None}
    assert kinds == {"name", "email", "phone"}
