"""What a page shows is text, whoever wrote it: a pack's author, whoever made up a link, an error that repeats it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.web.pages import _environment
from portal_world import make_portal

TAG = "<b>100% off</b>"
SHOWN = "&lt;b&gt;100% off&lt;/b&gt;"


@pytest.mark.parametrize("code", ["en", "de"])
@pytest.mark.parametrize("template", ["{{ _(given) }}", '{{ _("%(given)s", given=given) }}',
                                      '{{ _(given)|replace("<platform>", "us") }}',
                                      "{% trans %}{{ given }}{% endtrans %}"])  # fmt: skip
def test_no_text_is_taken_for_markup_or_for_a_pattern(template: str, code: str) -> None:
    assert _environment(code).from_string(template).render(given=TAG) == SHOWN


def test_a_problem_repeats_what_stood_in_a_link_as_text(tmp_path: Path) -> None:
    answer = make_portal(tmp_path).client().get("/employers", params={"region": "<s>100%</s>"})

    assert "<s>" not in answer.text
    assert "&lt;s&gt;100%&lt;/s&gt;" in answer.text
