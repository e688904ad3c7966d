"""What became of a member's records as a page to read and to print: one file, no script, nothing fetched."""

from __future__ import annotations

from collections import Counter

from jinja2 import Environment, PackageLoader, StrictUndefined

from assent.audit.subject import SubjectPart, SubjectReport
from assent.vocabulary.reasons import REASONS


def write_subject_page(report: SubjectReport) -> str:
    """The page in HTML."""
    pages = Environment(loader=PackageLoader("assent.operations.pages"), autoescape=True, undefined=StrictUndefined)
    pages.trim_blocks = pages.lstrip_blocks = True
    return pages.get_template("subject.html").render(
        report=report, tally=_tally, sentences=_sentences, place=place_name
    )


def _tally(part: SubjectPart) -> list[tuple[str, int]]:
    """How many records were left out, by the reason that is shown first."""
    counted = Counter(each.reasons[0] for each in part.decided if each.reasons)
    return [(reason.for_members, counted[reason]) for reason in REASONS if reason in counted]


def _sentences(part: SubjectPart) -> list[tuple[str, str, str, str]]:
    """A row for each record: id, verdict, why, where it stands."""
    rows = [
        (
            each.id if each.id is not None else "id not given",
            "may be used" if each.allowed else "left out",
            " ".join(reason.for_members for reason in each.reasons),
            f"row {each.place:,}",
        )
        for each in sorted(part.decided, key=lambda one: (one.allowed, one.id is None, one.id or ""))
    ]
    for one in part.absent:
        low, high = (place_name(part, place) for place in one.between)
        rows.append((one.id, "never came in", "", f"nothing between {low} and {high}"))
    return rows


def place_name(part: SubjectPart, place: int) -> str:
    """A place among the decisions in words; the ends have no row."""
    if place < 0:
        return "the beginning"
    return "the end" if place >= part.manifest.decisions.count else f"row {place:,}"
