"""`docs/spec/reasons.md` is written from `vocabulary/reasons.py`: `python tests/policy/test_reasons_page.py` rewrites it."""

from pathlib import Path

from assent.vocabulary.reasons import REASONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "spec" / "reasons.md"
HEAD = """\
# Reasons

Why a record may not be used. A verdict carries every reason that applies; it allows exactly when there is none.
They are stored as a bit mask and shown in the order of their bits. Names and bits never change once released;
new ones are added at the end. This page is generated; `tests/policy/test_reasons_page.py` keeps it true.

| bit | name | to members | to engineers |
|---|---|---|---|
"""


def page():
    rows = (
        f"| {number} | `{reason.label}` | {reason.for_members} | {reason.for_engineers} |\n"
        for number, reason in enumerate(REASONS)
    )
    return HEAD + "".join(rows)


def test_the_page_says_what_the_code_says():
    assert PAGE.read_text(encoding="utf-8") == page()


def test_bits_are_in_the_order_of_the_page():
    assert [reason.bit for reason in REASONS] == [1 << number for number in range(len(REASONS))]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
