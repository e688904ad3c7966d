"""Every file of an export is read, whatever its headers, names and encoding."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from datetime import date

import pytest
from exports import Variant, files, table, write_export

from assent.exposure.catalogue import table_named, tables
from assent.exposure.container import open_export
from assent.exposure.reading import take_inventory

VARIANTS = [
    Variant(),
    Variant(old=True, suffix=False),
    Variant(spaces=True, bom=True),
    Variant(crlf=True, suffix=False, bom=True),
    Variant(old=True, spaces=True, crlf=True),
]


def inventory_of(*paths):
    with ExitStack() as held:
        return take_inventory(open_export(paths, held))


def categories(inventory) -> Counter:
    counts = Counter()
    for bundle in inventory.bundles.values():
        counts[bundle.traits.category] += bundle.records
    return counts


def read_one(zip_of, name, text):
    return inventory_of(zip_of({name: text}))


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    return inventory_of(write_export(tmp_path_factory.mktemp("full") / "export.zip"))


def test_the_generator_writes_every_table_of_the_catalogue():
    named = {
        found.name
        for name, _ in files()
        if name.endswith(".csv") and (found := table_named(name.rpartition("/")[2][:-4]))
    }
    assert named == set(tables())


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_nothing_in_a_whole_export_is_unknown(tmp_path, variant):
    found = inventory_of(write_export(tmp_path / "export.zip", variant=variant))
    odd = {read.name: dict(read.unknown_columns) for read in found.files.values() if read.unknown_columns}
    assert (found.unknown_files, odd, found.problems) == ([], {}, [])
    assert {read.name: read.unreadable_dates for read in found.files.values() if read.unreadable_dates} == {}


@pytest.mark.parametrize("variant", VARIANTS[1:], ids=str)
def test_every_variant_gives_the_same_records(tmp_path, full, variant):
    found = inventory_of(write_export(tmp_path / "export.zip", variant=variant))
    assert categories(found) == categories(full)


def test_every_row_is_counted_under_its_category(full):
    assert dict(categories(full)) == {
        "profile.name": 1, "profile.summary": 1, "profile.position": 3, "profile.other": 12, "profile.education": 1,
        "profile.skill": 3, "profile.publication": 1, "profile.patent": 1, "profile.photo": 1,
        "credential": 10, "contact": 12, "payment": 3, "salary": 3,
        "message.private": 64, "endorsement": 13, "recommendation": 5,
        "post": 13, "article": 2, "comment": 17, "poll.response": 1, "repost": 7, "activity.feed": 57,
        "activity.ads": 20, "job.application": 4, "resume": 1, "recruiter.interaction": 1,
    }  # fmt: skip


def test_the_owner_is_learned_from_it(full):
    assert (full.birth_date, full.joined_at.date()) == (date(1990, 5, 1), date(2011, 9, 17))


def test_learning_coach_messages_are_not_messages():
    assert (table_named("learning_coach_messages").name, table_named("messages").name) == (
        "learning_coach_messages",
        "messages",
    )


@pytest.mark.parametrize("name", ["Shares.csv", "shares_987654321.CSV", "SHARES (1).csv", "deep/er/Shares_1.csv"])
def test_a_name_is_recognised(zip_of, name):
    assert categories(read_one(zip_of, name, table(["Date", "ShareCommentary"], [["2024-01-01", "a"]]))) == {"post": 1}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("PUBLIC", "public"), ("MEMBER_NETWORK", "public"), ("member network", "public"), ("CONNECTIONS", "connections"),
        ("CONTAINER", "group"), ("", None), ("MOON", None),
    ],
)  # fmt: skip
def test_visibility_maps_to_the_vocabulary(zip_of, written, expected):
    found = read_one(
        zip_of, "Shares.csv", table(["Date", "ShareCommentary", "Visibility"], [["2024-01-01", "a", written]])
    )
    ((bundle),) = found.bundles.values()
    assert bundle.traits.visibility == expected


@pytest.mark.parametrize(
    ("visibility", "category"), [("CONTAINER", "group.activity"), ("PUBLIC", "post"), ("CONNECTIONS", "post")]
)
def test_a_post_in_a_group_is_activity_in_a_group(zip_of, visibility, category):
    text = table(["Date", "ShareCommentary", "Visibility"], [["2024-01-01", "a", visibility]])
    assert categories(read_one(zip_of, "Shares.csv", text)) == {category: 1}


def test_a_header_is_found_below_notes(zip_of):
    text = 'Notes:\n"A paragraph, with ""quotes"",\nover two lines"\n\n' + table(
        ["Date", "Status", "FullName"], [["2024-01-01", "Active", "Tom"]]
    )
    assert categories(read_one(zip_of, "Member_Follows.csv", text)) == {"activity.feed": 1}


def test_duplicated_columns_are_read_by_place(zip_of):
    found = read_one(zip_of, "Ad_Targeting.csv", table(["Job Titles", "Job Titles", "Job Titles"], [["A; B", "", "C"]]))
    assert [(each.about, each.values) for each in found.inferred] == [
        ("Job Titles", ("A", "B")),
        ("Job Titles", ("C",)),
    ]


def test_unknown_columns_are_listed_and_missing_ones_missed(zip_of):
    found = read_one(zip_of, "Comments.csv", table(["Message", "Mood", "Link"], [["a", "glad", "l"], ["b", "", "l"]]))
    assert (dict(found.files["Comments"].unknown_columns), categories(found)) == ({"Mood": 1}, {"comment": 2})


def test_unknown_files_are_listed(zip_of):
    found = inventory_of(zip_of({"Skills.csv": "Name\nRust\n", "Moods.csv": "a,b\n1,2\n", "photo.jpg": b"\xff\xd8"}))
    assert found.unknown_files == [("Moods.csv", 8), ("photo.jpg", 2)]


def test_a_file_without_any_known_header_is_listed_not_counted(zip_of):
    found = read_one(zip_of, "Connections.csv", "a,b,c\n1,2,3\n4,5,6\n")
    assert (found.records, dict(found.files["Connections"].unknown_columns)) == (0, {"(no header that is known)": 3})


@pytest.mark.parametrize("text", ["", "\n\n", "Date,Link,Message\n", "No conversations found"])
def test_an_empty_table_is_no_problem(zip_of, text):
    name = "LearningCoachMessages.csv" if text.startswith("No") else "Comments.csv"
    found = read_one(zip_of, name, text)
    assert (found.records, found.problems, [read.unknown_columns for read in found.files.values()]) == (
        0,
        [],
        [Counter()],
    )


def test_a_question_about_pay_is_a_salary(zip_of):
    name = "Jobs/Job Applicant Saved Answers.csv"
    rows = [["Expected compensation?", "9"], ["Gehaltsvorstellung?", "9"], ["Can you climb?", "Yes"]]
    assert categories(read_one(zip_of, name, table(["Question", "Answer"], rows))) == {
        "salary": 2,
        "job.application": 1,
    }


def test_the_same_summary_in_two_files_is_one(zip_of):
    both = {
        "Profile.csv": table(["First Name", "Summary"], [["M", "I  climb"]]),
        "Profile Summary.csv": "Profile Summary\nI climb\n",
    }
    assert categories(inventory_of(zip_of(both))) == {"profile.name": 1, "profile.summary": 1}


def test_instalments_are_one_export(zip_of):
    header, rows = (
        ["Date", "Link", "Message"],
        [["2024-01-01", "l", "ok"], ["2024-01-01", "l", "ok"], ["2024-01-02", "l", "b"]],
    )
    one = zip_of({"Comments_1.csv": table(header, rows), "Skills.csv": "Name\nRust\n"}, "Basic.zip")
    two = zip_of({"Comments_1.csv": "\ufeff" + table(header, [*rows, ["2024-01-03", "l", "c"]])}, "Complete.zip")
    found = inventory_of(one, two)
    assert (categories(found), found.files["Comments"].repeated) == ({"comment": 4, "profile.skill": 1}, 3)


def test_an_article_tells_its_title_and_day(zip_of):
    page = "<title>Été &amp; rust</title><p>Created on 2021-03-04 10:11</p><script>x</script>"
    found = inventory_of(zip_of({"Articles/Articles/Été.html": page}))
    ((bundle),) = found.bundles.values()
    assert (bundle.traits.category, bundle.examples, list(bundle.days)) == (
        "article",
        ["Été & rust"],
        [date(2021, 3, 4)],
    )


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_what_a_spreadsheet_saved_is_read(zip_of, delimiter):
    text = f"Date{delimiter}Link{delimiter}Message\n2024-01-01{delimiter}l{delimiter}a, b\n"
    assert categories(read_one(zip_of, "Comments.csv", text)) == {"comment": 1}


def test_a_folder_is_read_like_a_zip(tmp_path):
    for name, data in files():
        path = tmp_path / "export" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    found = inventory_of(tmp_path / "export")
    assert (categories(found)["message.private"], found.unknown_files) == (64, [])


def test_a_single_table_is_read(tmp_path):
    (tmp_path / "Skills.csv").write_text("Name\nRust\n")
    assert categories(inventory_of(tmp_path / "Skills.csv")) == {"profile.skill": 1}
