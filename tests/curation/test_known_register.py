"""However many people are known: a batch finds what it would if everybody else were looked for too."""

from __future__ import annotations

import pickle

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.curation.redact.known import KnownPeople, register, settling
from assent.curation.redact.known.folding import pieces
from assent.curation.redact.known.givens import given_names
from assent.curation.redact.known.identifiers import Phone, keys_of_members, read
from assent.curation.redact.known.named import Part, take_apart
from assent.curation.redact.known.settling import KINDS, settled
from assent.curation.redact.known.streams import number_of
from assent.errors import UnavailableError
from assent.sources.synthetic import generate
from assent.vocabulary.people import IDENTIFIER_SCHEMA

WORDS = (
    "Anna Müller Thomas Jessica Matthias Gross Groß van der de Dr. Prof Jr The Aa ffi affe 张伟 สม O'Dell Jean-Luc A. "
    "(Bo) x, İbrahim 7even Ohm ae Josef ij \u200b @ _ . + - , ( ) 99"
).split(" ")
TEXTS = st.lists(st.sampled_from([*WORDS, " ", " ", " "]), max_size=8).map("".join) | st.text(max_size=12)
NUMBERS = st.text("0123456789+-() ./", max_size=22)
ADDRESSES = st.from_regex(r"[a-zA-Z_.+@ -]{0,9}@[a-z.@-]{0,6}", fullmatch=True)
VALUES = {"name": TEXTS, "handle": TEXTS, "email": ADDRESSES | TEXTS, "phone": NUMBERS | TEXTS}


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    folder = tmp_path_factory.mktemp("register") / "network"
    generate(folder, members=800, records=2_000, seed=99, mentions=True)
    records, identifiers = (
        ds.dataset(sorted((folder / name).glob("*.parquet"))).to_table() for name in ("records", "identifiers")
    )
    return records, identifiers


def hits(known, records, first=0, count=None):
    some = records.slice(first, count)
    return [
        hit | {"row": hit["row"] + first}
        for hit in known.find(some["text"], some["author"], some["subjects"]).to_pylist()
    ]


def test_batches_find_what_all_together_find(network):
    records, identifiers = network
    known = KnownPeople(identifiers)
    # A text about everybody: everything is compiled at once.
    everybody = pa.table({"text": ["x"], "author": [None], "subjects": [[{"role": None, "member": member} for member in
        pc.unique(identifiers["member"].drop_null()).to_pylist()]]}).cast(
            records.select(["text", "author", "subjects"]).schema)  # fmt: skip
    whole = hits(known, pa.concat_tables([records.select(["text", "author", "subjects"]), everybody]))
    assert [hit for first in range(0, len(records), 150) for hit in hits(known, records, first, 150)] == whole
    assert len(whole) > 1_000


def test_a_batch_finds_the_same_among_more_people(network):
    records, identifiers = network
    others = identifiers.filter(pc.is_valid(identifiers["member"]))
    names = pc.binary_join_element_wise(others["member"], "too", "-")
    more = others.set_column(0, IDENTIFIER_SCHEMA.field("member"), names)
    both = pa.concat_tables([identifiers, more])
    assert hits(KnownPeople(both), records) == hits(KnownPeople(identifiers), records)


def test_ids_of_one_number_are_told_apart(network, monkeypatch):
    records, identifiers = network
    expected = hits(KnownPeople(identifiers), records)
    one_for_all = np.uint64(1 << 60)
    monkeypatch.setattr(settling, "numbers", lambda _, starts, __: np.full(len(starts), one_for_all))
    assert hits(KnownPeople(identifiers), records) == expected


@given(st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(st.just(kind), VALUES[kind])))
def test_many_at_once_are_looked_for_as_each_by_itself(row):
    kind, value = row
    words, phones = keys_of_members(np.array([KINDS.index(kind)], dtype=np.uint8), pa.array([value]))
    what = read(kind, value)
    if kind == "phone":
        assert (len(phones.numbers) == 1) >= isinstance(what, Phone)
        return
    anchors = {number_of(word) for word in what.anchors()} if what else set()
    assert set(words.numbers.tolist()) == anchors


@given(st.lists(TEXTS, max_size=6))
def test_given_names_are_those_of_each_name(names):
    found = set()
    for name in names:
        parts = take_apart(name).parts if len(pieces(name)) > 1 else {}
        found.update(word for word, part in parts.items() if part & Part.GIVEN and not part & Part.GENITIVE)
    assert given_names(pa.array(names, pa.string())) == found


@given(st.lists(st.tuples(st.sampled_from(["a", "b", None, ""]), st.sampled_from([*KINDS, "x"]),
                          st.sampled_from(["1", "2", ""]))), st.randoms())  # fmt: skip
def test_rows_in_any_order_settle_alike(rows, draw):
    def table(rows):
        return pa.Table.from_pylist([dict(zip(IDENTIFIER_SCHEMA.names, row, strict=True)) for row in rows],
                                    schema=IDENTIFIER_SCHEMA)  # fmt: skip

    one = settled(table(rows))
    found = list(zip(one.members.to_pylist(), (KINDS[code] for code in one.codes), one.values.to_pylist(), strict=True))
    wanted = {row for row in rows if row[1] != "x"}
    assert sorted(found, key=repr) == sorted(wanted, key=repr)
    assert len(one.starts) == len({member for member, _, _ in wanted}) + 1
    draw.shuffle(rows)
    assert settled(table(rows)).values == one.values


def test_of_what_is_large_only_the_path_travels(network, monkeypatch):
    records, identifiers = network
    monkeypatch.setattr(register, "TRAVELS_BYTES", 0)
    known = KnownPeople(identifiers)
    data = pickle.dumps(known)
    assert len(data) < 1_000
    assert hits(pickle.loads(data), records) == hits(known, records)


def test_the_file_is_gone_with_whoever_made_it(network, monkeypatch, tmp_path):
    monkeypatch.setattr(register, "TRAVELS_BYTES", 0)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    known = KnownPeople(network[1])
    data = pickle.dumps(known)
    (folder,) = tmp_path.iterdir()
    assert folder.stat().st_mode & 0o077 == 0
    assert pickle.dumps(known) == data
    del known
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UnavailableError, match="what is known of people is not at"):
        pickle.loads(data)
