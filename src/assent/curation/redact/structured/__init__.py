"""What has a form that gives it away, one rule for each kind; the surest first, as `settle` wants it.

`rule`      what a rule is: a trigger asked of a whole column, then a look at the texts that answered yes
`skeleton`  texts as they look, where unseen characters hide what they say
`secret`    credentials · `mail` e-mail and handles · `web` URLs and IP addresses · `account` IBANs and cards
`identity`  national ids · `moment` dates, births, ages · `phone` · `place` coordinates and postcodes
`address`   street addresses, with the words of `streets` · `title` forms of address and what people do

    >>> import pyarrow as pa
    >>> find(pa.array(["write to jane [at] corp dot com"]))["rule"].to_pylist()
    ['structured.email.obfuscated']
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl
import pyarrow as pa

from assent.curation.redact.hits import Found, hits_of, settle, tags_hidden
from assent.curation.redact.structured.account import IBAN, PAYMENT_CARD
from assent.curation.redact.structured.address import ADDRESS
from assent.curation.redact.structured.identity import LICENCE, NATIONAL_ID
from assent.curation.redact.structured.mail import EMAIL, HANDLE
from assent.curation.redact.structured.moment import AGE, EXACT_DATE, LOOSE_DATE, WEEKDAY
from assent.curation.redact.structured.phone import NATIONAL_PHONE, PHONE
from assent.curation.redact.structured.place import COORDINATES, POSTCODE
from assent.curation.redact.structured.rule import Rule
from assent.curation.redact.structured.secret import CREDENTIAL
from assent.curation.redact.structured.skeleton import TRIGGER, Skeleton, skeleton
from assent.curation.redact.structured.title import JOB, TITLE
from assent.curation.redact.structured.web import IP_ADDRESS, URL

RULES: Final[tuple[Rule, ...]] = (
    CREDENTIAL, EMAIL, URL, HANDLE, IBAN, PAYMENT_CARD, NATIONAL_ID, LICENCE, IP_ADDRESS, COORDINATES, EXACT_DATE,
    PHONE, ADDRESS, NATIONAL_PHONE, POSTCODE, LOOSE_DATE, WEEKDAY, AGE, TITLE, JOB,
)  # fmt: skip
"""Where stretches of two rules overlap, the type is that of the first here."""


def find(texts: pa.Array) -> pa.Table:
    """Everything with a form of its own in these texts, in `HIT_SCHEMA`, settled among the rules."""
    column = pl.Series(pl.from_arrow(tags_hidden(texts)))
    shown: dict[int, Skeleton] = {row: skeleton(text) for row, text in _shown(column)}
    if shown:
        column = column.scatter(list(shown), [each.text for each in shown.values()])
    tables = []
    asked: dict[str, _Rows] = {}
    for rule in RULES:
        found: list[Found] = []
        for row, text in _triggered(column, rule, asked):
            back = shown[row].back if row in shown else None
            for start, end, kind, name in rule.find(text):
                found.append((row, *(back(start, end) if back else (start, end)), kind.value, name))
        tables.append(hits_of(found))
    return settle(tables)


def _shown(column: pl.Series) -> Iterator[tuple[int, str]]:
    rows, texts = _matching(column, TRIGGER)
    return zip(rows.to_list(), texts.to_list(), strict=True)


_Rows = tuple[pl.Series, pl.Series]
"""Places in the column, and the texts there."""


def _triggered(column: pl.Series, rule: Rule, asked: dict[str, _Rows]) -> Iterator[tuple[int, str]]:
    """Rows in which the triggers match, with their texts; what was asked of the column once is not asked again."""
    if rule.trigger not in asked:
        asked[rule.trigger] = _matching(column, rule.trigger)
    rows, texts = asked[rule.trigger]
    if rule.also is not None:
        if rule.also not in asked:
            places, found = _matching(texts, rule.also)
            asked[rule.also] = rows.gather(places), found
        rows, texts = asked[rule.also]
    return zip(rows.to_list(), texts.to_list(), strict=True)


def _matching(column: pl.Series, trigger: str) -> _Rows:
    rows = column.str.contains(trigger).fill_null(value=False).arg_true()
    return rows, column.gather(rows)
