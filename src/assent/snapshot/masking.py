"""A text in which nobody is left who is gone, made row by row, for rows that are masked anew after a build."""

from __future__ import annotations

from collections.abc import Iterable

from assent.vocabulary.records import Subject


def without_people(text: str | None, gone: Iterable[Subject]) -> str | None:
    """The text with `[role]` in place of every span that names somebody who is gone; docs/spec/snapshot.md.

    Overlapping spans are one, under the role that begins first. If a span does not fit, nothing is shown but the
    role of the first.
    """
    named = sorted((span.start, span.end, subject.role) for subject in gone for span in subject.spans or ())
    if text is None or not named:
        return text
    if named[0][0] < 0 or any(end < start or end > len(text) for start, end, _ in named):
        return f"[{named[0][2]}]"
    shown, after = "", 0
    for start, end, role in named:
        # A span of no letters names nobody's letters; one inside what is masked already is masked already.
        if end > after and start >= after:
            shown += f"{text[after:start]}[{role}]"
        after = max(after, end)
    return shown + text[after:]
