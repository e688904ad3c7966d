"""The page about a snapshot: small regions are not told apart, and nothing is said of nothing."""

from __future__ import annotations

import json
from pathlib import Path

from curated_world import something_to_curate
from small_world import joined, make_world, post


def card_over(root: Path, posts: dict[str, int]) -> list[str]:
    """The card's lines over so many posts by one member of each region."""
    events = [event for region in posts for event in joined(region, region=region)]
    records = [post(f"{region}{number}", region) for region, count in posts.items() for number in range(count)]
    built = make_world(root, events or joined("nobody"), records).build()
    return (built.path / "card.md").read_text(encoding="utf-8").splitlines()


def test_regions_with_few_records_are_told_together_and_last(tmp_path: Path) -> None:
    lines = card_over(tmp_path, {"DE": 20, "FR": 19, "LI": 2})
    table = lines.index("| region of the author | records |")

    assert lines[table + 2 : table + 5] == ["| DE | 20 |", "| other regions | 21 |", ""]


def test_the_title_is_the_packs_as_it_is_written(tmp_path: Path) -> None:
    assert card_over(tmp_path, {"DE": 1})[0] == "# Snapshot for “Training AI models that generate content”"


def test_nothing_is_shown_in_an_empty_table(tmp_path: Path) -> None:
    lines = card_over(tmp_path, {})

    assert [line for line in lines if line.startswith("Nothing")] == ["Nothing.", "Nothing: no record may be used."]


def test_what_became_of_the_texts_is_told(tmp_path: Path) -> None:
    built = make_world(tmp_path, *something_to_curate()).build()
    card = (built.path / "card.md").read_text(encoding="utf-8")
    told = card[card.index("## What became of the texts") : card.index("## What is in it")]

    assert told.splitlines() == [
        "## What became of the texts",
        "",
        "Records that count: 3. Records in which personal data is masked: 1.",
        "Groups of near-duplicates, of each of which one record counts: 1.",
        "Refused because they copy a refused record without naming it: 1.",
        "",
        "| masked | times | in words |",
        "|---|---:|---|",
        "| `email` | 2 | e-mail addresses |",
        "| `phone` | 1 | phone numbers |",
        "",
        "| passed over | records | in words |",
        "|---|---:|---|",
        "| `repetition` | 1 | It repeats itself. |",
        "| `near_duplicate` | 1 | A text much like it counts in its place. |",
        "",
    ]


def test_croissant_says_what_is_masked_and_of_what_types_redactions_are(tmp_path: Path) -> None:
    built = make_world(tmp_path, *something_to_curate()).build()
    document = json.loads((built.path / "croissant.json").read_bytes())
    (redactions,) = [each for each in document["recordSet"][0]["field"] if each["name"] == "redactions"]

    assert "were masked where they were found: " in document["rai:personalSensitiveInformation"][0]
    assert [each["dataType"] for each in redactions["subField"]] == ["sc:Integer", "sc:Integer", "sc:Text", "sc:Text"]
