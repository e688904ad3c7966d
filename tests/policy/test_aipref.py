"""AI preferences; expectations by hand from the two drafts, RFC 9651's own vectors for the dictionary."""

import base64
import json
from decimal import Decimal

import http_sf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.policy.signals.aipref import Preference, UsageRule, combine, parse_robots, preference, preferences, usage_of

ALLOW, DISALLOW, UNKNOWN = Preference.ALLOW, Preference.DISALLOW, Preference.UNKNOWN

ROBOTS = """\
User-agent: *
Allow: /
Content-Usage: train-ai=n
Content-Usage: /open/ train-ai=y, search=y   # said on purpose
content-usage: /open/draft* train-ai=n
Content-Usage: /a$ train-ai=y

User-agent: ExampleBot
User-agent: OtherBot
Content-Usage: /bots/ train-ai=y
Disallow:

User-agent: SilentBot
Disallow: /x
"""


def test_a_header_says_something_of_each_use():
    assert preferences("train-ai=n, search=y, bots=?1") == {"train-ai": DISALLOW, "search": ALLOW, "bots": UNKNOWN}


@pytest.mark.parametrize(
    ("stated", "together"),
    [
        ([], UNKNOWN),
        ([UNKNOWN, ALLOW], ALLOW),
        ([ALLOW, DISALLOW, UNKNOWN], DISALLOW),
        ([UNKNOWN], UNKNOWN),
    ],
)
def test_one_that_disallows_wins(stated, together):
    assert combine(stated) is together


def test_statements_from_several_places_are_combined_not_merged():
    # In one dictionary the last key wins; between two statements the refusal does.
    assert preference("train-ai=n, train-ai=y") is ALLOW
    assert preference("train-ai=n\ntrain-ai=y") is DISALLOW
    assert preference("broken,,\ntrain-ai=y") is ALLOW


@pytest.mark.parametrize(
    ("path", "agent", "statement"),
    [
        ("/", "*", "train-ai=n"),
        ("/open/x", "*", "train-ai=y, search=y"),
        ("/open/drafts/7", "*", "train-ai=n"),
        ("/a", "*", "train-ai=y"),
        ("/ab", "*", "train-ai=n"),
        ("/bots/1", "ExampleBot", "train-ai=y"),
        ("/bots/1", "otherbot", "train-ai=y"),
        ("/", "ExampleBot", None),
        ("/", "SilentBot", None),
        ("/", "UnheardBot", "train-ai=n"),
    ],
)
def test_the_longest_path_of_the_right_group_counts(path, agent, statement):
    assert usage_of(parse_robots(ROBOTS, agent=agent), path) == statement


def test_rules_of_one_length_all_count():
    rules = parse_robots("User-agent: *\nContent-Usage: /a train-ai=y\nContent-Usage: /a train-ai=n\n")
    assert preference(usage_of(rules, "/a/b")) is DISALLOW


@pytest.mark.parametrize(("pattern", "path"), [("/caf%C3%A9", "/café"), ("/café", "/caf%c3%a9/1"), ("/%61", "/a")])
def test_a_path_may_be_spelled_in_several_ways(pattern, path):
    assert usage_of([UsageRule(pattern, "train-ai=n")], path) == "train-ai=n"


def test_an_escaped_star_is_no_wildcard():
    assert usage_of([UsageRule("/a%2Ab", "train-ai=n")], "/aXb") is None
    assert usage_of([UsageRule("/a%2Ab", "train-ai=n")], "/a%2ab") == "train-ai=n"


@pytest.mark.parametrize("line", ["Content-Usage:", "Content-Usage: /x", "Content-Usage train-ai=n", ": train-ai=n"])
def test_a_rule_that_says_nothing_is_none(line):
    assert parse_robots(f"User-agent: *\n{line}\n") == ()


@pytest.mark.parametrize("between", [" ", "\t", " \t "])
def test_spaces_or_tabs_stand_between_a_path_and_what_is_said_of_it(between):
    assert parse_robots(f"User-agent: *\nContent-Usage: /x{between}train-ai=n\n") == (UsageRule("/x", "train-ai=n"),)


def _said(robots, agent, path="/"):
    return usage_of(parse_robots(robots, agent=agent), path)


def test_several_agents_share_the_rules_that_follow_them():
    robots = (
        "User-agent: A\nUser-agent: B\nDisallow:\nContent-Usage: train-ai=n\nUser-agent: C\nContent-Usage: train-ai=y\n"
    )
    assert [_said(robots, agent) for agent in "ABC"] == ["train-ai=n", "train-ai=n", "train-ai=y"]


def test_other_lines_do_not_end_a_list_of_agents_and_rules_do():
    robots = "User-agent: A\nSitemap: /s\nUser-agent: B\nAllow: /\nUser-agent: C\nContent-Usage: train-ai=n\n"
    assert [_said(robots, agent) for agent in "ABC"] == [None, None, "train-ai=n"]


def test_a_line_without_a_colon_is_no_line():
    robots = "User-agent: A\nuser-agent\nallow\nUser-agent: B\nContent-Usage: train-ai=n\n"
    assert [_said(robots, agent) for agent in ("A", "B", "")] == ["train-ai=n", "train-ai=n", None]


def test_groups_of_one_agent_are_one_group():
    robots = "User-agent: A\nContent-Usage: /a train-ai=n\nUser-agent: *\nAllow: /\nUser-agent: A\nContent-Usage: /b train-ai=y\n"
    assert [_said(robots, "A", path) for path in ("/a", "/b")] == ["train-ai=n", "train-ai=y"]


def test_everybody_is_not_given_the_rules_of_somebody():
    assert _said("User-agent: A\nContent-Usage: train-ai=n\n", "*") is None
    assert _said("User-agent: A\nContent-Usage: train-ai=n\n", "B") is None


def test_a_mark_before_the_first_line_is_no_part_of_it():
    assert _said("\ufeffUser-agent: *\nContent-Usage: train-ai=n\n", "*") == "train-ai=n"


def test_only_carriage_returns_and_line_feeds_end_a_line():
    assert _said("User-agent: *\rContent-Usage: train-ai=n\r\n", "*") == "train-ai=n"
    assert _said("User-agent: *\n# \u2028Content-Usage: train-ai=n\n", "*") is None


def test_a_stray_percent_is_a_letter():
    assert usage_of([UsageRule("/100%", "train-ai=n")], "/100%25") == "train-ai=n"
    assert usage_of([UsageRule("/a$b", "train-ai=n")], "/a$bc") == "train-ai=n"


def test_only_the_tokens_mean_anything():
    assert preferences("a=x, b=(y), c=1") == {"a": UNKNOWN, "b": UNKNOWN, "c": UNKNOWN}


def test_rules_before_any_group_speak_to_nobody():
    assert parse_robots("Content-Usage: train-ai=n\n") == ()


@given(st.text(), st.text(), st.text())
def test_any_text_is_read(robots, agent, path):
    usage_of(parse_robots(robots, agent=agent), path)
    preference(robots)


@pytest.mark.external_data
@pytest.mark.parametrize("name", ["dictionary", "param-dict", "examples", "item", "string", "token"])
def test_the_library_reads_structured_fields_as_the_vectors_say(external_data, name):
    cases = json.loads((external_data / "structured-fields" / f"{name}.json").read_text(encoding="utf-8"))
    assert len(cases) >= 5
    for case in cases:
        raw = ", ".join(case["raw"]).encode()
        if case.get("must_fail"):
            with pytest.raises(ValueError):
                http_sf.parse(raw, tltype=case["header_type"])
        else:
            found = http_sf.parse(raw, tltype=case["header_type"])
            assert _plain(found, case["header_type"]) == _expected(case["expected"], case["header_type"]), case["name"]


def _plain(found, kind):
    if kind == "dictionary":
        return [(key, _member(value)) for key, value in found.items()]
    return [_member(each) for each in found] if kind == "list" else _member(found)


def _member(found):
    value, parameters = found
    value = [_member(each) for each in value] if isinstance(value, list) else _bare(value)
    return value, [(key, _bare(each)) for key, each in parameters.items()]


def _bare(value):
    if isinstance(value, http_sf.Token):
        return "token", str(value)
    if isinstance(value, Decimal):
        return "float", float(value)
    return (
        ("binary", bytes(value)) if isinstance(value, bytes | bytearray | memoryview) else (type(value).__name__, value)
    )


def _expected(stated, kind):
    if kind == "dictionary":
        return [(key, _expected_member(value)) for key, value in stated]
    return [_expected_member(each) for each in stated] if kind == "list" else _expected_member(stated)


def _expected_member(stated):
    value, parameters = stated
    value = [_expected_member(each) for each in value] if isinstance(value, list) else _expected_bare(value)
    return value, [(key, _expected_bare(each)) for key, each in parameters]


def _expected_bare(value):
    if isinstance(value, dict) and value["__type"] == "token":
        return "token", value["value"]
    if isinstance(value, dict) and value["__type"] == "binary":
        return "binary", base64.b32decode(value["value"])
    return type(value).__name__, value
