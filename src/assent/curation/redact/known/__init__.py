"""What the platform knows of its people, found in what they write: no general recogniser reaches this.

In the order data moves:

`folding`     every way to write a letter is one letter
`named`       a name taken apart: given, family, initials, what else can stand for it
`addresses`   handles, e-mail addresses and numbers, read and checked however they are written
`streams`     the words of many texts at once, as numbers
`index`       where to look: sorted numbers; `candidates` what of a stream may be somebody's
`naming`      whether a word is a name here (`words`, `place`), and how far it goes
`apart`       of hits that overlap, one
`people`      everybody, ready to be looked for

    known = KnownPeople(pa.Table.from_pylist([{"member": "m1", "kind": "name", "value": "Anna Müller"}], schema))
    known.find(texts, authors, subjects)
"""

from assent.curation.redact.known.people import KnownPeople

__all__ = ["KnownPeople"]
