"""What a job or a text answered says that a draft may name: a title that reads as one, skills the member has too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from assent.features.writing.asking import LONGEST_TEXT, Job
from assent.features.writing.facts import Named
from assent.features.writing.screening import private_by_words, readable
from assent.features.writing.wording import keys_of

_MOST_TITLE_WORDS, _MOST_TITLE_CHARACTERS = 7, 80
_NO_TITLE: Final = re.compile(
    r"[!?:;@<>{}\[\]=\\]|https?|www\.|\d{3,}|\.\s|\b(?:I|you|please|we|wir|nous)\b", re.IGNORECASE
)
_FOR_ALL: Final = re.compile(r"\s*\((?:[mfwdhx]\W?){2,}\)|\s*\([^()]*\)\s*$", re.IGNORECASE)


def job_title(job: Job) -> str | None:
    """The title of a job, if what stands there is one and nothing else; None otherwise."""
    given = readable(job.title if job.title is not None else job.text[:2000])
    given = next((line for line in (line.strip() for line in given.split("\n")) if line), "")
    title = " ".join(_FOR_ALL.sub("", given).split()).strip(" .,-–|")  # noqa: RUF001 - dashes people type
    if job.employer:
        title = re.sub(rf"\s+(?:at|bei|chez|en|@)\s+{re.escape(job.employer)}$", "", title, flags=re.IGNORECASE)
    if (
        not title
        or len(title) > _MOST_TITLE_CHARACTERS
        or len(title.split()) > _MOST_TITLE_WORDS
        or _NO_TITLE.search(title)
    ):
        return None
    return None if private_by_words(title) else title


def skills_named(text: str, skills: Sequence[Named]) -> list[str]:
    """The member's skills that a text names as well, in the member's words. Cost: linear in the text."""
    said = f" {' '.join(keys_of(readable(text[:LONGEST_TEXT])))} "
    return [each.text for each in skills if (keys := keys_of(each.text)) and f" {' '.join(keys)} " in said]
