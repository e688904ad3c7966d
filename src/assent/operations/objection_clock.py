"""How long an answer may take: one month from receipt, two further months where that was said in time with reasons.

Months are calendar months in UTC; a month that has no such day ends on its last: 31 January → 28 or 29 February.
The answer is due at the time of day at which the request came, which is earlier than the end of that day that the law
allows. Source: GDPR Art. 12(3); Regulation (EEC, Euratom) 1182/71 Art. 3.
"""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta
from typing import Final

MONTHS: Final = 1
FURTHER_MONTHS: Final = 2

_YEAR = 12


def due(received_at: datetime, *, extended: bool = False) -> datetime:
    """When the answer is due, on a whole second."""
    return add_months(received_at, MONTHS + FURTHER_MONTHS if extended else MONTHS).replace(microsecond=0)


def add_months(instant: datetime, months: int) -> datetime:
    """The same day and time that many months later, or the last day of that month where it has no such day."""
    count = instant.year * _YEAR + instant.month - 1 + months
    year, month = divmod(count, _YEAR)
    last = calendar.monthrange(year, month + 1)[1]
    return instant.replace(year=year, month=month + 1, day=min(instant.day, last))


def days_left(due_at: datetime, now: datetime) -> int:
    """Whole days until it is due; negative once it is overdue, from the first second on."""
    return (due_at - now) // timedelta(days=1)
