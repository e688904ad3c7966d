"""Real posts are mostly kept: the half that nothing was tuned on."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pyarrow as pa
import pytest
from defusedxml import ElementTree

from assent.curation.quality import judge
from assent.vocabulary.curation import Quality

RULES = Quality(
    frozenset({"post"}), frozenset({"en", "fr"}), None, 20_000, maximum_repetition=0.6, maximum_boilerplate=0.8,
    maximum_gibberish=0.5,
)  # fmt: skip


@pytest.mark.external_data
def test_at_most_one_in_a_hundred_real_posts_is_left_out(external_data: Path) -> None:
    texts = [
        html.unescape(re.sub(r"<[^>]+>", "", row.get(field, "")))
        for name, field in (("Posts", "Body"), ("Comments", "Text"), ("Users", "AboutMe"))
        for row in ElementTree.parse(external_data / "stackexchange" / f"{name}.xml").getroot()
        if int(row.get("Id")) % 2
    ]
    said = [text for text in texts if text.strip()]

    judged = judge(pa.array(["post"] * len(said)), pa.array(said), RULES)

    assert len(said) > 1000
    assert judged.num_rows / len(said) < 0.01
