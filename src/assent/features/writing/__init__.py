"""Drafts in the member's own voice, every claim traced to a record of theirs.

In the order data moves:

`asking`      what is asked for, and which records may be used
`screening`   private sentences are left out · `facts` what the others state · `voice` how the member writes
`prompting`   what a generator is given · `generators` models, folders, servers · `composer` grammar instead
`claims`      what a text claims · `tracing` which records bear it out · `mending` what nobody bears out leaves
`guard`       messages to many, phishing · `discriminating` searches the law forbids
`marking`     the mark that AI helped · `drafting` all of it in one

Nothing here asks for a verdict or keeps anything: records come permitted, and a draft is the caller's.

    >>> from datetime import UTC, datetime
    >>> mine = [OwnRecord("r1", "profile.position", "Nurse at Larkhill Hospital, Leeds (2015 to today)")]
    >>> draft(Ask(Kind.HEADLINE), mine, now=datetime(2026, 1, 1, tzinfo=UTC), guard=Guard(), seed=1).records
    ('r1',)
"""

from assent.features.writing.asking import Ask, Job, Kind, Length, OwnRecord
from assent.features.writing.discriminating import Found, Ground, discriminating
from assent.features.writing.drafting import Draft, draft
from assent.features.writing.generators import FolderGenerator, Generator, ModelGenerator, ServerGenerator
from assent.features.writing.guard import Guard, Sent, require_honest, signature_of

__all__ = [
    "Ask", "Draft", "FolderGenerator", "Found", "Generator", "Ground", "Guard", "Job", "Kind", "Length",
    "ModelGenerator", "OwnRecord", "Sent", "ServerGenerator", "discriminating", "draft",
    "require_honest", "signature_of",
]  # fmt: skip
