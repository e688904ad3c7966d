# ruff: noqa: RUF001 - letters that look alike are what it is about
"""What a platform knows of its people is found however they are written, and nobody else is taken for them."""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest

from assent.curation.redact.known import KnownPeople
from assent.vocabulary.curation import HIT_SCHEMA
from assent.vocabulary.people import IDENTIFIER_SCHEMA

SUBJECTS = pa.list_(pa.struct([pa.field("role", pa.string()), pa.field("member", pa.string())]))
ROWS = [
    ("m1", "name", "Anna Müller"),
    ("m1", "handle", "anna_mueller87"),
    ("m1", "email", "anna.muller@example.com"),
    ("m1", "phone", "+49 30 23125 017"),
    ("m2", "name", "Mark Young"),
    ("m2", "name", "May King"),
    ("m3", "name", "Sanne van der Linde"),
    ("m4", "name", "张伟"),
    ("m5", "name", "Luca Weiß"),
    ("m5", "phone", "020 7946 0017"),
    ("m6", "name", "Lucía Peñalver Montalvo"),
    ("m7", "name", "Maria-Grazia O'Dell"),
    ("m8", "name", "jlliagre"),
    ("m8", "handle", "jlliagre"),
    ("m9", "name", "İbrahim Yıldırım"),
    ("m9", "name", "Søren Østergård"),
    ("m9", "name", "Оксана Коваленко"),
    ("m10", "name", "Gilles qui nous est cher"),
    ("m10", "name", "The Editor"),
    (None, "name", "Peter Holm"),
    (None, "email", "p.holm@mail.example"),
    (None, "phone", "(202) 555-0123"),
]
KNOWN = KnownPeople(pa.Table.from_pylist([dict(zip(IDENTIFIER_SCHEMA.names, row, strict=True)) for row in ROWS],
                                         schema=IDENTIFIER_SCHEMA))  # fmt: skip


def find(texts, authors, subjects=None, known=KNOWN):
    lists = [[{"role": "mentioned", "member": each} for each in row] for row in subjects or [[]] * len(texts)]
    return known.find(pa.array(texts, pa.string()), pa.array(authors, pa.string()), pa.array(lists, SUBJECTS))


def found(text, author, subjects=(), known=KNOWN):
    return [text[hit["start"] : hit["end"]] for hit in find([text], [author], [subjects], known).to_pylist()]


FOUND = [
    ("m1", "so anna muller wrote", "anna muller"),
    ("m1", "MÜLLER, Anna", "MÜLLER, Anna"),
    ("m1", "by A. Müller today", "A. Müller"),
    ("m1", "by Müller A. today", "Müller A."),
    ("m1", "by Müller, A. today", "Müller, A."),
    ("m1", "as Anna M. wrote", "Anna M."),
    ("m1", "Hi Anna!", "Anna"),
    ("m1", "Frau Müller ist da", "Müller"),
    ("m1", "a A\u200bn\u200dna Mu\u0308ller b", "A\u200bn\u200dna Mu\u0308ller"),
    ("m1", "\u202eAnna\u202c Mül\u00adler", "Anna\u202c Mül\u00adler"),
    ("m1", "Аnnа Müllеr", "Аnnа Müllеr"),
    ("m1", "ANNA MUELLER", "ANNA MUELLER"),
    ("m1", "Anna's plan", "Anna"),
    ("m1", "Annas Buch", "Annas"),
    ("m1", "AnnaMüller rocks", "AnnaMüller"),
    ("m1", "Anna K. Müller", "Anna K. Müller"),
    ("m1", "𝐀𝐧𝐧𝐚 𝐌𝐮𝐥𝐥𝐞𝐫", "𝐀𝐧𝐧𝐚 𝐌𝐮𝐥𝐥𝐞𝐫"),
    ("m1", "I asked Anna I think", "Anna"),
    ("m1", "hey @anna_mueller87 you", "@anna_mueller87"),
    ("m1", "hey @AnnaMueller87 you", "@AnnaMueller87"),
    ("m1", "see x.example/in/anna-mueller87", "anna-mueller87"),
    ("m1", "anna.muller [at] example dot com", "anna.muller [at] example dot com"),
    ("m1", "anna dot muller at example dot com", "anna dot muller at example dot com"),
    ("m1", "ANNA.MULLER@EXAMPLE.COM!", "ANNA.MULLER@EXAMPLE.COM"),
    ("m1", "аnna.muller@ехample.com", "аnna.muller@ехample.com"),
    ("m1", "anna.mul\u200bler@example.com", "anna.mul\u200bler@example.com"),
    ("m1", "anna.muller+news@example.com", "anna.muller+news@example.com"),
    ("m1", "call 030 23125 017 now", "030 23125 017"),
    ("m1", "+49 (0)30-23125017 now", "+49 (0)30-23125017"),
    ("m1", "0049.30.23.125.017", "0049.30.23.125.017"),
    ("m2", "I saw Mark there", "Mark"),
    ("m2", "Mark's idea", "Mark"),
    ("m2", "MARK YOUNG", "MARK YOUNG"),
    ("m2", "then May joined us", "May"),
    ("m3", "Sanne v.d. Linde", "Sanne v.d. Linde"),
    ("m3", "with van der Linde", "van der Linde"),
    ("m3", "S. van der Linde", "S. van der Linde"),
    ("m3", "Linde, Sanne", "Linde, Sanne"),
    ("m4", "我是张伟说", "张伟"),
    ("m5", "LUCA WEISS", "LUCA WEISS"),
    ("m5", "luca weiß", "luca weiß"),
    ("m5", "+44 20 7946 0017", "+44 20 7946 0017"),
    ("m6", "Lucia Penalver said", "Lucia Penalver"),
    ("m7", "Maria Grazia Odell", "Maria Grazia Odell"),
    ("m7", "M. O’Dell", "M. O’Dell"),
    ("m8", "as jlliagre says", "jlliagre"),
    ("m9", "ibrahim yildirim", "ibrahim yildirim"),
    ("m9", "Soeren Oestergaard", "Soeren Oestergaard"),
    ("m9", "ОКСАНА КОВАЛЕНКО", "ОКСАНА КОВАЛЕНКО"),
    ("m10", "@Gilles C'est vrai", "Gilles"),
    ("m10", "by The Editor", "The Editor"),
    (None, "so peter holm came", "peter holm"),
    (None, "by P. Holm", "P. Holm"),
    ("m1", "Holm, Peter", "Holm, Peter"),
    (None, "P.Holm@mail.example", "P.Holm@mail.example"),
    (None, "or +1 202.555.0123", "+1 202.555.0123"),
]


@pytest.mark.parametrize(("author", "text", "expected"), FOUND)
def test_found_however_it_is_written(author, text, expected):
    assert found(text, author) == [expected]


NOT_FOUND = [
    ("m1", "Anna Schmidt said"),
    ("m1", "Peter Müller said"),
    ("m1", "P. Müller said"),
    ("m1", "the Anna-Lena said"),
    ("m1", "anna is a word here"),
    ("m1", "hannah and annabel"),
    ("m1", "joanna.muller@example.com"),
    ("m1", "anna.muller@example.org"),
    ("m1", "x_anna_mueller87"),
    ("m1", "030 23125 018 or 1030 23125 017"),
    ("m2", "Mark my words, young people"),
    ("m2", "will you mark young trees"),
    ("m2", "A young king in May 2020"),
    ("m3", "Peter van der Linde"),
    ("m4", "张三和李伟"),
    ("m8", "as JLLIA says"),
    ("m10", "Est-ce que nous avons the text? Nous avons."),
    ("m10", "So. The end. Qui?"),
    (None, "Peter met Holm"),
    (None, "Anna Müller is nobody here"),
    (None, "Peter or Anna"),
]


@pytest.mark.parametrize(("author", "text"), NOT_FOUND)
def test_not_found_where_it_is_somebody_else_or_a_word(author, text):
    assert found(text, author) == []


def test_subjects_are_looked_for_and_only_in_their_texts():
    hits = find(["Anna Müller", "Anna Müller", None, ""], ["m2", "m2", "m1", None], [["m1"], ["m3", None], [], []])
    assert hits.to_pylist() == [{"row": 0, "start": 0, "end": 11, "type": "person", "rule": "known.name.exact"}]


def test_texts_do_not_flow_into_each_other():
    assert find(["Anna", "Müller"], [None, None]).num_rows == 0
    texts = ["call 030 23125 017", "5 and so on", "030 2312", "5 017"]
    assert [hit["row"] for hit in find(texts, ["m1"] * 4).to_pylist()] == [0]


def test_each_kind_has_its_type_and_rule():
    text = "Anna Müller, Müller Anna, A. Müller, @anna_mueller87, anna.muller@example.com, 030 23125017"
    hits = [(hit["type"], hit["rule"]) for hit in find([text], ["m1"]).to_pylist()]
    assert hits == [
        ("person", "known.name.exact"), ("person", "known.name.order"), ("person", "known.name.initial"),
        ("handle", "known.handle"), ("email", "known.email"), ("phone", "known.phone"),
    ]  # fmt: skip


def test_nothing_known_finds_nothing():
    empty = KnownPeople(IDENTIFIER_SCHEMA.empty_table())
    assert find(["Anna Müller"], ["m1"], known=empty).schema == HIT_SCHEMA
    assert found("Anna Müller", "m1", known=empty) == []


@pytest.mark.parametrize("rows", [0, 2])
def test_no_texts_and_no_people_find_nothing(rows):
    nobody = pa.nulls(rows)
    assert KNOWN.find(pa.nulls(rows, pa.string()), nobody, nobody).num_rows == 0
    assert KNOWN.find(pa.chunked_array([], pa.string()), pa.chunked_array([], pa.string()), pa.nulls(0)).num_rows == 0


def test_a_text_about_very_many_people(monkeypatch):
    texts, subjects = ["Anna Müller met Luca Weiß. " * 50], [[f"m{number}" for number in range(400)]]
    whole = find(texts, [None], subjects)
    monkeypatch.setattr("assent.curation.redact.known.candidates._MOST_AT_ONCE", 1_000)
    assert find(texts, [None], subjects) == whole
    assert whole.num_rows == 100


def test_identifiers_that_cannot_be_read_are_passed_over():
    odd = [
        ("m1", "name", "…"),
        ("m1", "email", "none"),
        ("m1", "phone", "12"),
        ("m1", "handle", "@"),
        ("m1", "x", "Anna"),
    ]
    table = pa.Table.from_pylist([dict(zip(IDENTIFIER_SCHEMA.names, row, strict=True)) for row in odd])
    assert found("Anna … none 12 @", "m1", known=KnownPeople(table.cast(IDENTIFIER_SCHEMA))) == []


def test_the_same_after_it_was_sent_elsewhere():
    elsewhere = pickle.loads(pickle.dumps(KNOWN))
    text = "Anna Müller, anna.muller@example.com"
    assert find([text], ["m1"], known=elsewhere) == find([text], ["m1"])


def test_the_order_of_the_table_changes_nothing():
    table = pa.Table.from_pylist([dict(zip(IDENTIFIER_SCHEMA.names, row, strict=True)) for row in reversed(ROWS)],
                                 schema=IDENTIFIER_SCHEMA)  # fmt: skip
    texts, authors = [text for _, text, _ in FOUND], [author for author, _, _ in FOUND]
    assert find(texts, authors, known=KnownPeople(table)) == find(texts, authors)


def test_a_batch_finds_what_single_texts_find():
    texts, authors = [text for _, text, _ in FOUND] * 3, [author for author, _, _ in FOUND] * 3
    together = [(hit["row"], hit["start"], hit["end"]) for hit in find(texts, authors).to_pylist()]
    alone = [
        (row, hit["start"], hit["end"])
        for row, (text, author) in enumerate(zip(texts, authors, strict=True))
        for hit in find([text], [author]).to_pylist()
    ]
    assert together == alone


def test_slices_and_chunks_are_read_from_where_they_begin():
    texts = pa.array(["x", "Anna Müller", "Müller, Anna"], pa.string()).slice(1)
    nobody = pa.array([[], []], SUBJECTS)
    whole = KNOWN.find(texts, pa.array(["m2", "m1", "m1"]).slice(1), nobody)
    chunked = KNOWN.find(
        pa.chunked_array([texts.slice(0, 1), texts.slice(1)]),
        pa.chunked_array([["m1"], ["m1"]]),
        pa.chunked_array([nobody]),
    )
    assert whole == chunked
    assert whole["row"].to_pylist() == [0, 1]


@pytest.mark.parametrize("filler", ["Anna ", "a. ", "030 ", "\u200b", "ü-", "@", "Müller, ", "Anna A. "])
def test_what_repeats_takes_time_that_grows_with_it(filler):
    # A quarter of a megabyte takes a second or two where the work is linear, and an hour where it is not.
    text = filler * (250_000 // len(filler.encode())) + "\nwrite anna.muller@example.com"
    assert found(text, "m1")[-1] == "anna.muller@example.com"


def test_ten_megabytes_are_read_to_the_end():
    text = "These are ordinary words of a text. " * 280_000 + "\nAnna Müller"
    assert find([text], ["m1"]).to_pylist() == [
        {"row": 0, "start": len(text) - 11, "end": len(text), "type": "person", "rule": "known.name.exact"}
    ]
