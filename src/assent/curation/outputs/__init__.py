"""What a model writes names nobody who took their data back; for whoever serves a model, here or elsewhere.

In the order data moves:

`listing`    names and identifiers become keyed hashes, in every form in which they are looked for
`matching`   where a text says something of the list
`filtering`  those places, and personal details by their form, are masked in whole texts
`streaming`  the same in a text that comes in pieces: nothing is passed on that the next piece may complete to a name

Nothing here needs torch, a ledger or a working folder: the signed list, its key and the publisher's public key are
enough. `assent model suppress` writes them.

    from assent.curation.outputs import open_filter

    outputs = open_filter(list_file, key, publisher)
    outputs.clean("Ask Anna Müller.")       # "Ask [PERSON]."
    stream = outputs.stream()
    for piece in generated:
        send(stream.feed(piece))
    send(stream.close())
"""

from assent.curation.outputs.filtering import PERSONAL_DETAILS, OutputFilter, open_filter
from assent.curation.outputs.listing import list_identifiers
from assent.curation.outputs.streaming import OutputStream

__all__ = ["PERSONAL_DETAILS", "OutputFilter", "OutputStream", "list_identifiers", "open_filter"]
