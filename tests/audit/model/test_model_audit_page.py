import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from assent.audit.model.blind import Blind
from assent.audit.model.canaries import Exposure, by_repetitions
from assent.audit.model.estimates import Estimate, NotGiven, share
from assent.audit.model.extraction import Leaks
from assent.audit.model.membership import Attack, AttackResult
from assent.audit.model.one_run import OneRun
from assent.audit.model.page import write_page
from assent.audit.model.report import Kind, ModelAudit, Skipped, TargetAudit, Test
from assent.audit.model.roc import Found

CURVE = ((0.0, 0.0), (0.01, 0.3), (0.1, 0.7), (1.0, 1.0))


def part(name="adapter 0", *, remembers=True, kind=Kind.ADAPTER):
    auc = Estimate(0.83, 0.76, 0.88, 80, "DeLong") if remembers else Estimate(0.52, 0.44, 0.6, 80, "DeLong")
    found = (
        Found(0.01, share(24, 80)),
        Found(0.001, NotGiven("400 texts of others are too few; it takes at least 3,000")),
    )
    levels = by_repetitions(
        [Exposure(level, (level or 1) * (0.7 if remembers else 0.1), 12.0, False, 9.0) for level in (0, 8, 8, 8, 8)]
    )
    leaks = Leaks(
        share(20 if remembers else 0, 40), 40, 20 if remembers else 0, (("passage", 40, 20 if remembers else 0),)
    )
    return TargetAudit(
        name, kind, (AttackResult(Attack.LOSS, auc, 1e-9 if remembers else 0.4, found, (80, 400), CURVE),),
        Blind(Estimate(0.5, 0.4, 0.6, 80, "deals")), (0, 3), levels,
        OneRun(100, 20, 18 if remembers else 10, 0.93 if remembers else 0.0, 1e-5, 0.95),
        extraction=leaks, not_run=(Skipped(Test.REDACTION, "no masked values were given"),),
    )  # fmt: skip


def audit(*parts, **changes):
    made = ModelAudit(
        "model-7", "ab" * 32, datetime(2026, 3, 1, 9, tzinfo=UTC), "40 people", "seed", parts or (part(),)
    )
    return replace(made, **changes)


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.ids, self.links, self.open = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value for name, value in attrs if name in {"href", "src", "xlink:href", "srcset", "action"}]
        self.links += [value for name, value in attrs if name.startswith("on")]


def parsed(page):
    reader = Reader()
    reader.feed(page)
    return reader


def said(page):
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<(style|svg).*?</\1>", " ", page, flags=re.DOTALL)).split())


def test_page_has_no_script_and_fetches_nothing():
    read = parsed(write_page(audit(part(remembers=False)), audit()))
    assert not {"script", "link", "img", "iframe", "object"} & set(read.tags)
    assert [each for each in read.links if not each.startswith("#")] == []


def test_ids_are_all_different_with_several_pictures():
    read = parsed(write_page(audit(part(remembers=False)), audit()))
    assert read.tags.count("svg") == 3
    assert len(read.ids) == len(set(read.ids))


def test_pictures_point_to_ids_that_are_there():
    page = write_page(audit(part(remembers=False)), audit())
    ids = set(parsed(page).ids)
    pointed = re.findall(r'"#([^"]+)"', page) + re.findall(r"url\(#([^)]+)\)", page)
    assert pointed
    assert set(pointed) <= ids


def test_headline_of_a_take_back_that_worked():
    page = write_page(audit(part(remembers=False)), audit())
    assert "The take-back is seen: 4 figures that gave the texts away before now show no more than chance." in said(
        page
    )


def test_headline_of_a_take_back_that_did_nothing():
    page = write_page(audit(), audit())
    assert "What was taken back is still there, in adapter 0. Stop serving this model." in said(page)


def test_headline_where_nothing_was_found_before():
    quiet = audit(part(remembers=False))
    assert "These tests cannot show whether anything is gone" in said(write_page(quiet, quiet))


def test_headline_of_one_audit_says_where_it_remembers():
    found = audit(part(), part("adapter 1", remembers=False))
    assert "more than chance gives was found in adapter 0." in said(write_page(found))


def test_headline_of_one_quiet_audit():
    assert "No test found that the model remembers" in said(write_page(audit(part(remembers=False))))


def test_headline_where_nothing_could_be_tested():
    assert "No test could be run" in said(write_page(audit(TargetAudit("adapter 0", Kind.ADAPTER))))


def test_figures_stand_with_their_ranges_and_missing_ones_with_their_reason():
    text = said(write_page(audit()))
    assert "0.83 (0.76 to 0.88)" in text
    assert "not given: 400 texts of others are too few; it takes at least 3,000" in text


def test_what_was_not_tested_is_on_the_page():
    text = said(write_page(audit(not_run=(Skipped(Test.PERSONAL, "nobody agreed to it"),))))
    assert "masked values (no masked values were given)" in text
    assert "Not tested at all: personal details (nobody agreed to it)." in text


def test_biased_test_set_is_said_first():
    biased = replace(part(), blind=Blind(Estimate(0.8, 0.7, 0.9, 80, "deals")))
    assert "The test set is biased in adapter 0" in said(write_page(audit(biased)))


def test_names_are_escaped_everywhere():
    page = write_page(audit(part('<script>alert("1")</script>&'), about="<b>x</b>"))
    assert "<script" not in page
    assert "<b>x" not in page


@pytest.mark.parametrize("before", [None, audit()])
def test_the_same_audits_give_the_same_page(before):
    assert write_page(audit(), before) == write_page(audit(), before)


def test_pictures_say_what_they_show():
    assert "LOSS: 30% found at 1% false alarms, 70% found at 10% false alarms" in write_page(audit())
