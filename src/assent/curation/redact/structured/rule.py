"""What a rule is: a cheap question to a whole column, then a careful look at the few texts that answered yes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from assent.vocabulary.curation import Pii

Stretch = tuple[int, int, Pii, str]
"""Start, end, type, and the name of the rule that found it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A look for one kind of thing.

    Args:
        trigger: a Rust regular expression without look-around that matches in every text where `find` can find
            anything; linear by construction.
        also: a second trigger, slower to ask and asked only where the first one matches.
        find: takes about as long as the text is long, whatever the text.
    """

    trigger: str
    find: Callable[[str], Iterable[Stretch]]
    also: str | None = None
