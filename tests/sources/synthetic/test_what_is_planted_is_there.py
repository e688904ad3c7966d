"""The truth beside a network says exactly what its texts hold."""

from __future__ import annotations

from collections import Counter


def test_personal_data_lies_where_the_truth_says(network):
    wrong = [p for p in network.truth("personal_data") if network.text(p) != p["value"]]
    assert wrong == []
    assert {p["kind"] for p in network.truth("personal_data")} == {
        "email",
        "phone",
        "iban",
        "street_address",
        "birth_date",
    }


def test_canaries_are_planted_as_often_as_they_say(network):
    rows = network.truth("canaries")
    assert [c for c in rows if network.text(c) != c["secret"]] == []
    said = {c["canary"]: c["repetitions"] for c in rows}
    assert Counter(c["canary"] for c in rows) == said
    assert set(said.values()) == {1, 2, 4, 8, 16}


def test_a_canary_stands_nowhere_else(network):
    secrets = {c["secret"] for c in network.truth("canaries")}
    carrying = Counter(secret for row in network.records for secret in secrets if secret in row["text"])
    assert carrying == Counter(c["secret"] for c in network.truth("canaries"))


def test_personal_data_is_of_ranges_that_belong_to_nobody(network):
    mails = [p["value"] for p in network.truth("personal_data") if p["kind"] == "email"]
    ends = ("@example.com", "@example.org", "@example.net", ".example")
    assert [mail for mail in mails if not mail.endswith(ends)] == []


def test_account_numbers_have_right_check_digits(network):
    ibans = [p["value"].replace(" ", "") for p in network.truth("personal_data") if p["kind"] == "iban"]
    remainders = {int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97 for iban in ibans}
    assert remainders == {1}


def test_birth_dates_in_texts_are_the_authors_own_when_not_carried_over(network):
    born = {m["member"]: m["birth_date"] for m in network.truth("members")}
    carried = {r["record"] for r in network.truth("reposts")}
    for planted in network.truth("personal_data"):
        author = network.by_id[planted["record"]]["author"]
        iso = planted["kind"] == "birth_date" and planted["value"][4:5] == "-"
        if iso and author and planted["record"] not in carried:
            assert planted["value"] == born[author]


def test_reposts_carry_the_text_of_whom_they_repost(network):
    for repost in network.truth("reposts"):
        row, original = network.by_id[repost["record"]], network.by_id[repost["original"]]
        assert original["text"] in row["text"]
        assert row["parent"] == (repost["original"] if repost["linked"] else None)
    assert {r["linked"] for r in network.truth("reposts")} == {True, False}


def test_every_parent_is_a_repost_the_truth_knows(network):
    known = {r["record"] for r in network.truth("reposts") if r["linked"]}
    assert {row["id"] for row in network.records if row["parent"]} == known


def test_near_duplicates_differ_a_little_and_are_not_linked(network):
    pairs = network.truth("near_duplicates")
    for pair in pairs:
        copy, original = network.by_id[pair["record"]], network.by_id[pair["original"]]
        shared = set(copy["text"].split()) & set(original["text"].split())
        assert copy["text"] != original["text"]
        assert copy["parent"] is None
        assert len(shared) >= len(set(original["text"].split())) / 2
    assert {pair["same_author"] for pair in pairs} == {True, False}
