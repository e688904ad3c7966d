"""What features keep open from one request to the next, and what is said where something is not installed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from fastapi import Request

from assent.errors import UnavailableError
from assent.operations.deciding import Decider
from assent.operations.items import Items
from assent.operations.platform import Platform
from assent.vocabulary.identifiers import MemberId

if TYPE_CHECKING:
    from assent.operations.drafting import Writers
    from assent.operations.finding import Finder, Found

_NEEDED: Final = ("sklearn", "Stemmer")


def items_of(request: Request, platform: Platform) -> Items:
    """The one that this application keeps."""
    state = request.app.state
    if not hasattr(state, "items"):
        shared = getattr(getattr(state, "deciding", None), "decider", None)
        state.items = Items(platform, shared if isinstance(shared, Decider) else None)
    items: Items = state.items
    return items


def finder_of(request: Request, platform: Platform) -> Finder:
    """The one that this application keeps, with its indexes.

    Raises:
        UnavailableError: what it needs is not installed on this server.
    """
    state = request.app.state
    if not hasattr(state, "finder"):
        require_features()
        from assent.operations.finding import Finder

        state.finder = Finder(platform, items_of(request, platform))
    finder: Finder = state.finder
    return finder


def writers_of(request: Request, platform: Platform) -> Writers:
    """The one that this application keeps, with the writer that the platform set up.

    Raises:
        UnavailableError: what it needs is not installed on this server.
        InputError: what is set up is no writer.
    """
    state = request.app.state
    if not hasattr(state, "writers"):
        require_features()
        from assent.operations.drafting import Writers, generator_of

        state.writers = Writers(platform, items_of(request, platform), generator_of(platform))
    writers: Writers = state.writers
    return writers


def results_shown(request: Request, platform: Platform, found: Sequence[Found]) -> Mapping[MemberId, tuple[str, ...]]:
    """Results of assessments that the people who were found let hirers see at this moment, in words."""
    if not found:
        return {}
    from assent.operations.assessment_results import shown_results

    return shown_results(platform, items_of(request, platform), [each.owner for each in found])


def require_features() -> None:
    """Nothing happens where the extra `features` is installed.

    Raises:
        UnavailableError: it is not.
    """
    if any(find_spec(name) is None for name in _NEEDED):
        raise UnavailableError(
            "this server was set up without its AI features", hint="whoever runs it: pip install 'assent[features]'"
        )
