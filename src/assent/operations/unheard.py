"""Names in events that the rules have never heard of: recorded all the same, and told to whoever wrote them.

A misspelt setting turns nothing off and a misspelt purpose holds nothing, without a sign of it anywhere. The
ledger takes them, because rules come and go; a person should hear of it at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from assent.errors import AssentError
from assent.ledger import Ledger
from assent.operations.workspace import Workspace
from assent.policy.load import load_pack
from assent.policy.pack import Pack
from assent.vocabulary.events import FIELDS, Event, EventType
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import EVERYWHERE

MOST = 1_000_000
"""Of more events than these at once only the first are looked at."""


def unheard_of(workspace: Workspace, ledger: Ledger, seqs: range) -> list[str]:
    """A line for each name in these events that the workspace's pack does not know; none where no pack loads."""
    try:
        pack = load_pack(workspace.pack)
    except AssentError:
        return []
    found: Counter[str] = Counter()
    for _, event in ledger.events(seqs.start, min(seqs.stop, seqs.start + MOST)):
        if isinstance(event, Event):
            found.update(_unknown(pack, event))
    return [f"{what} ({count:,} events)" if count > 1 else what for what, count in found.items()]


def _unknown(pack: Pack, event: Event) -> Iterator[str]:
    known: dict[str, Collection[str]] = {
        "setting": pack.settings,
        "purpose": pack.purposes,
        "notice": pack.notices,
    }
    what = FIELDS[event.type].key
    if what in known and event.key not in known[what]:
        yield f"{event.type.value}: {_no(what, event.key, known[what])} in pack `{pack.name}`"
    if event.type is EventType.MEMBER_REGION and event.value is not None and event.value not in REGION_CODES:
        yield f"{event.type.value}: {_no('region', event.value, REGION_CODES)}; two capital letters of ISO 3166-1"
    if event.type in {EventType.HOLD_PLACED, EventType.HOLD_LIFTED}:
        regions = {*REGION_CODES, *pack.groups, EVERYWHERE}
        if event.value not in regions:
            yield f"{event.type.value}: {_no('region or group', event.value, regions)}; such a hold covers everybody"


def _no(what: str, name: str | None, known: Collection[str]) -> str:
    near = get_close_matches(name or "", known, n=1) or get_close_matches((name or "").upper(), known, n=1, cutoff=1.0)
    return f"no {what} `{name}`" + (f", did you mean `{near[0]}`?" if near else "")
