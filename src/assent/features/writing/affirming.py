"""What a member's records affirm of the member: not what they deny, wish for, or say of somebody else.

Words decide, in four languages. A line that was wrongly taken for a denial is a fact that goes unsaid; one that was
wrongly taken for a fact would be an invention.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from assent.features.writing.asking import OwnRecord

_WORDS: Final = (
    # no, never
    "not no never without nor neither cannot nicht kein keine keinen keiner keinem nie niemals ohne pas jamais "
    "sans aucun aucune ni nunca jamás sin ningún ninguna "
    # did not come of it
    "rejected refused declined denied failed dropped dismissed abandoned unsuccessful applying abgelehnt "
    "abgebrochen durchgefallen beworben refusé refusée refusés abandonné abandonnée recalé rechazado rechazada "
    "abandonado suspendido "
    # not yet, or only wished for
    "aspiring wannabe wish wishing hope hoping hopeful want wants wanted wanting dream dreaming interested "
    "would could will almost nearly möchte möchten wollte angehend angehende angehender hoffe plane veux "
    "voudrais souhaite espère quiero quisiera espero sueño aspirante "
    # of somebody else
    "my mine his her hers their theirs our ours your yours he she they we mein meine meiner meines meinem "
    "meinen ihr ihre unser unsere er wir mon mes leur leurs notre votre il elle nous mi mis nuestro nuestra su "
    "sus él ella "
)
_LOWER: Final = "|".join(_WORDS.split())
_BEGINS: Final = "|".join(each.capitalize() for each in _WORDS.split())
_OTHERWISE: Final = re.compile(
    rf"(?<![\w-])(?:{_LOWER})(?![\w-])|^\W*(?:{_BEGINS})(?![\w-])|n['\u2019]t\b"
    r"|^\s*(?:[Ll]earning|[Ss]tudying|[Ll]erne|[Aa]prendiendo|[Aa]pprends)\s"
    r"(?!and\b|&|design|develop|manage|tech|platform|support)"
    r"|\b(?:[Tt]rying|[Pp]lanning|[Aa]bout) to\b|\b[Aa]pplied (?:to|for)\b"
)
_LISTED: Final = re.compile(r"([,;•|\n])")
_SENTENCES: Final = re.compile(r"((?<=[.!?])\s+|\n)")


def affirmed(records: Iterable[OwnRecord]) -> tuple[OwnRecord, ...]:
    """The records; of the profile's and of what was told just now, without the parts that affirm nothing.

    Of a list of skills an entry is such a part, of a name nothing is, of any other text a sentence or line.
    """
    return tuple(_affirmed(each) for each in records)


def affirms(text: str) -> bool:
    """Whether a part says something of the member, and says that it is so."""
    return _OTHERWISE.search(text) is None


def _affirmed(record: OwnRecord) -> OwnRecord:
    if record.category == "profile.name" or not record.category.startswith("profile."):
        return record
    parts = (_LISTED if record.category == "profile.skill" else _SENTENCES).split(record.text)
    kept = [
        parts[at] + (parts[at + 1] if at + 1 < len(parts) else "")
        for at in range(0, len(parts), 2)
        if affirms(parts[at])
    ]
    return record if len(kept) == len(parts[::2]) else replace(record, text="".join(kept).strip(" ,;•|\n"))
