"""The people of one batch of texts, and where to look for them: worked out for them alone, and kept for the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from assent.curation.redact.known.candidates import Where
from assent.curation.redact.known.identifiers import Entry, Keys, keys_of_members, read
from assent.curation.redact.known.index import NOBODY, Index, build_index, salt_of, salts_of
from assent.curation.redact.known.register import Register
from assent.curation.redact.known.settling import KINDS
from assent.curation.redact.known.streams import Places, Words
from assent.vocabulary.people import IdentifierKind

_NAME: Final = KINDS.index(IdentifierKind.NAME)
_MOST_REMEMBERED: Final = 50_000


@dataclass(frozen=True, slots=True)
class Company:
    """Some members and everybody who is none, ready to be looked for.

    Entries are numbered by member, kind and value, and those of who is no member come last: who is looked at first
    where several may be meant does not depend on who else is known.

    Args:
        numbers: of the members in the register, in its order; `ranks`: of each the place by their ids.
        codes, values: of each entry.
        givens: given names of everybody known.
    """

    numbers: Places
    ranks: NDArray[np.int32]
    where: Where
    codes: NDArray[np.uint8]
    values: pa.Array
    givens: frozenset[str]
    remembered: dict[int, Entry | None] = field(default_factory=dict)

    def places(self, numbers: Places) -> NDArray[np.int32] | None:
        """The rank of each member; `NOBODY` stays. None where somebody is not of the company."""
        at = np.minimum(np.searchsorted(self.numbers, numbers), max(len(self.numbers) - 1, 0))
        nobody = numbers == NOBODY
        if not len(self.numbers):
            return np.full(len(numbers), NOBODY, dtype=np.int32) if nobody.all() else None
        if not (nobody | (self.numbers[at] == numbers)).all():
            return None
        return np.where(nobody, np.int32(NOBODY), self.ranks[at])

    def are_names(self, entries: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Whether each entry is a name."""
        return np.equal(self.codes[entries], _NAME)

    def entry(self, number: int) -> Entry | None:
        """What is looked for under that number."""
        if number not in self.remembered:
            if len(self.remembered) >= _MOST_REMEMBERED:
                self.remembered.clear()
            self.remembered[number] = read(KINDS[self.codes[number]], self.values[number].as_py())
        return self.remembered[number]


class Companies:
    """Makes companies of a register; the last one serves again where nobody else comes."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._last: Company | None = None

    def of(self, ids: pa.Array) -> tuple[Company, NDArray[np.int32]]:
        """A company in which these members are, and the rank of each in it; of who is no member `NOBODY`."""
        encoded = ids.dictionary_encode()
        numbers = self._register.people(encoded.dictionary)
        company = self._last
        ranks = None if company is None else company.places(numbers)
        if company is None or ranks is None:
            company = self._last = self._made(encoded.dictionary, numbers)
            ranks = company.places(numbers)
            assert ranks is not None
        table = np.append(ranks, np.int32(NOBODY))
        return company, table[encoded.indices.fill_null(len(ranks)).to_numpy()]

    def _made(self, ids: pa.Array, numbers: Places) -> Company:
        register, last = self._register, self._last
        known = np.flatnonzero(numbers != NOBODY)
        people = numbers[known[np.asarray(pc.sort_indices(ids.take(pa.array(known))))]]
        rows, whose = register.rows(people)
        others = np.arange(register.others, len(register))
        entries = pa.array(np.concatenate([rows, others]))
        values, codes = register.array("values").take(entries), register.numbers("codes")[entries.to_numpy()]
        words, phones = keys_of_members(codes[: len(rows)], values[: len(rows)])
        where = Where(
            self._index("words", words, whose, len(rows)),
            self._pairs(len(rows)),
            self._index("phones", phones, whose, len(rows)),
        )
        order = np.argsort(people)
        givens = last.givens if last is not None else frozenset(register.array("givens").to_pylist())
        return Company(people[order], order.astype(np.int32), where, codes, values, givens)

    def _index(self, name: str, own: Keys, whose: Places, rows: int) -> Index:
        """Where to look for what is a member's, in their own texts, and for what is looked for everywhere."""
        others = self._register.keys(name)
        salts = salts_of(whose.astype(np.int32)[own.entries])
        nobodys: Words = np.full(len(others.numbers), salt_of(NOBODY), dtype=np.uint64)
        return build_index(
            np.concatenate([own.numbers, others.numbers]),
            np.concatenate([salts, nobodys]),
            np.concatenate([own.entries, others.entries + np.int32(rows)]),
        )

    def _pairs(self, rows: int) -> Index:
        pairs = self._register.keys("pairs")
        return build_index(pairs.numbers, self._register.numbers("pairs_seconds"), pairs.entries + np.int32(rows))
